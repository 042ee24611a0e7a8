"""Workers find each other, say what they do, and none is left, whatever happens."""

import json
import subprocess

from helpers import CourseError

import pytest
import workers

BEGIN = """
import json, os, sys, time
from pathlib import Path
me = json.loads(os.environ["TF_CONFIG"])["task"]["index"]
"""


@pytest.fixture
def script(tmp_path, monkeypatch):
    """Have workers run some code in place of worker.py."""

    def write(code):
        path = tmp_path / "script.py"
        path.write_text(BEGIN + code, encoding="utf-8")
        monkeypatch.setattr(workers, "SCRIPT", path)

    return write


@pytest.fixture
def started(monkeypatch):
    """The list of all processes that are started."""
    processes = []

    class Noted(subprocess.Popen):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            processes.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    return processes


def all_gone(processes):
    return processes and all(process.returncode is not None for process in processes)


def test_each_gets_its_place_in_one_cluster(script, tmp_path):
    script("Path(sys.argv[1], f'{me}.json').write_text(os.environ['TF_CONFIG'])")
    workers.run(tmp_path, 4, 64, count=3)
    configs = [json.loads((tmp_path / f"{n}.json").read_text()) for n in range(3)]
    assert [one["task"] for one in configs] == [{"type": "worker", "index": n} for n in range(3)]
    addresses = configs[0]["cluster"]["worker"]
    assert all(one["cluster"] == configs[0]["cluster"] for one in configs)
    assert len(set(addresses)) == 3 and all(a.startswith("127.0.0.1:") for a in addresses)


def test_the_script_is_told_what_to_do(script, tmp_path):
    script("print(*sys.argv[1:], sep='\\n')")
    lines = workers.run(tmp_path, 4, 64, count=1, stop_at=7)
    assert lines == [str(tmp_path), "--epochs=4", "--batch=64", "--stop-at=7"]
    assert len(workers.run(tmp_path, 4, 64, count=1)) == 3


def test_they_use_neither_a_gpu_nor_a_proxy(script, tmp_path):
    script("print(os.environ['CUDA_VISIBLE_DEVICES'], os.environ['no_grpc_proxy'])")
    assert workers.run(tmp_path, 1, 1, count=1) == ["-1 127.0.0.1"]


def test_what_worker_0_prints_is_shown_and_returned(script, tmp_path, capsys):
    script("print(f'worker {me}: loss ≈ 4.6')\nprint('log', file=sys.stderr)")
    assert workers.run(tmp_path, 1, 1) == ["worker 0: loss ≈ 4.6"]
    assert capsys.readouterr().out == "worker 0: loss ≈ 4.6\n"
    assert (tmp_path / "worker-1.txt").read_text("utf-8") == "worker 1: loss ≈ 4.6\n"
    assert (tmp_path / "worker-1.log").read_text("utf-8") == "log\n"


def test_the_others_are_ended_when_one_crashes(script, tmp_path, capsys, started):
    wait = "while not Path(sys.argv[1], 'here').exists(): time.sleep(0.01)"
    script(f"""
if me == 1:
    {wait}
    os._exit(1)
print("here", flush=True)
Path(sys.argv[1], "here").touch()
time.sleep(600)
""")
    with pytest.raises(CourseError, match="Worker 1 has crashed.* Its log names no error"):
        workers.run(tmp_path, 1, 1)
    assert capsys.readouterr().out == "here\n"
    assert all_gone(started)


def test_the_error_of_a_crash_is_told(script, tmp_path):
    script("if me == 1:\n    raise ValueError('no such thing')\ntime.sleep(600)")
    with pytest.raises(CourseError, match="Its log says: ValueError: no such thing$"):
        workers.run(tmp_path, 1, 1)


def test_none_is_left_when_waiting_is_interrupted(script, tmp_path, monkeypatch, started):
    def interrupted(seconds):
        raise KeyboardInterrupt

    script("time.sleep(600)")
    monkeypatch.setattr(workers.time, "sleep", interrupted)
    with pytest.raises(KeyboardInterrupt):
        workers.run(tmp_path, 1, 1)
    assert len(started) == 2 and all_gone(started)


def test_ports_differ():
    assert len(set(workers.free_ports(20))) == 20
