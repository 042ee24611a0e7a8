"""Workers are started, watched and ended: always ended, whatever happens."""

import contextlib
import json
import socket
import subprocess
import sys

from helpers import CourseError, Workers
from helpers.workers import ATTEMPTS, LOG_LINE, PORT_WAS_TAKEN, free_ports

import pytest

TASK = """
import json, os, sys, time
config = json.loads(os.environ["TF_CONFIG"])
me = config["task"]["index"]
"""


@pytest.fixture
def script(tmp_path):
    """Write a worker's script, and return its path."""

    def write(code):
        path = tmp_path / "script.py"
        path.write_text(TASK + code, encoding="utf-8")
        return path

    return write


class Lifelines:
    """A port to which processes hold a connection for as long as they live."""

    # What a worker runs to get connected. The connection is closed when the process is gone.
    CODE = """
import socket
lifeline = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
print("connected")
"""

    def __init__(self, server):
        self.server = server
        self.port = server.getsockname()[1]

    def all_gone(self, count):
        """Wait for the ends of so many connections, each for ten seconds at most."""
        for _ in range(count):
            connection, _ = self.server.accept()
            with connection:
                connection.settimeout(10)
                # A reset is how Windows tells of a process that was killed.
                with contextlib.suppress(ConnectionResetError):
                    assert connection.recv(1) == b""
        return True


@pytest.fixture
def lifelines():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        yield Lifelines(server)


def test_each_gets_its_place_in_one_cluster(script, tmp_path):
    path = script("print(os.environ['TF_CONFIG'])\nprint(sys.argv[1:])")
    with Workers(path, tmp_path / "new" / "folder", 4, "word", count=3) as workers:
        workers.wait()
    configs = [json.loads(lines[0]) for lines in workers.lines]
    assert [config["task"] for config in configs] == [
        {"type": "worker", "index": n} for n in range(3)
    ]
    addresses = configs[0]["cluster"]["worker"]
    assert all(config["cluster"] == configs[0]["cluster"] for config in configs)
    assert len(set(addresses)) == 3 and all(a.startswith("127.0.0.1:") for a in addresses)
    assert workers.lines[2][1] == str([str(tmp_path / "new" / "folder"), "4", "word"])
    assert workers.cut_short == set() and workers.seconds > 0


def test_the_script_runs_as_if_it_were_started_by_itself(script, tmp_path):
    (tmp_path / "beside.py").write_text("name = 'imported'")
    with Workers(script("import beside\nprint(beside.name, __name__)"), tmp_path, count=1) as one:
        one.wait()
    assert one.lines == [["imported __main__"]]


def test_no_proxy_and_no_gpu(script, tmp_path, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("GRPC_PROXY", "http://127.0.0.1:9")
    path = script("""
print([name for name in os.environ if "proxy" in name.lower()], os.environ["CUDA_VISIBLE_DEVICES"])
""")
    with Workers(path, tmp_path, count=1) as one:
        one.wait()
    assert one.lines == [["[] -1"]]


def test_lines_and_numbers_are_told_apart_from_the_log(script, tmp_path):
    path = script("""
print("log", file=sys.stderr)
print(f"epoch 1: loss ≈ 4.25, seconds ≈ {me + 1}.5")
print("epoch 2: loss ≈ 3e-05, seconds ≈ 1")
print("not a whole line", end="")
""")
    with Workers(path, tmp_path) as pair:
        pair.wait()
    assert pair.lines[0] == [
        "epoch 1: loss ≈ 4.25, seconds ≈ 1.5",
        "epoch 2: loss ≈ 3e-05, seconds ≈ 1",
    ]
    assert pair.numbers("loss") == [4.25, 3e-05]
    assert pair.numbers("seconds", worker=1) == [2.5, 1.0]
    assert pair.log(0).read_text().strip() == "log"


def test_one_is_killed_where_it_was_held(script, tmp_path, lifelines):
    path = script(Lifelines.CODE + "for n in range(100):\n    print('line', n)\ntime.sleep(60)")
    with Workers(path, tmp_path, lifelines.port, hold={1: "line 3"}) as pair:
        pair.wait_for("line 3", worker=1)
        pair.wait_for("line 99", worker=0)
        pair.kill(1)
        assert [process.poll() is None for process in pair.processes] == [True, False]
    assert pair.lines[1][-1] == "line 3"
    assert [event.line for event in pair.events if event.worker == 1][-1] is None
    assert pair.killed == {1} and pair.cut_short == {0, 1}
    assert lifelines.all_gone(2)


def test_the_other_one_may_end_well_after_one_was_killed(script, tmp_path):
    path = script("print('here')\ntime.sleep(60 * me)\nprint('done')")
    with Workers(path, tmp_path) as pair:
        pair.wait_for("here", worker=1)
        pair.kill(1)
        pair.wait()
    assert pair.lines == [["here", "done"], ["here"]] and pair.cut_short == {1}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_none_is_left_when_the_block_is_left_by_an_error(script, tmp_path, lifelines, error):
    path = script(Lifelines.CODE + "time.sleep(60)")
    with pytest.raises(error), Workers(path, tmp_path, lifelines.port) as pair:
        for worker in (0, 1):
            pair.wait_for("connected", worker)
        raise error
    assert lifelines.all_gone(2)


def test_none_is_left_when_starting_them_is_interrupted(script, tmp_path, lifelines, monkeypatch):
    path, real, started = script(Lifelines.CODE + "time.sleep(60)"), subprocess.Popen, []

    def interrupted_the_second_time(*args, **kwargs):
        if started:
            lifelines.connection = lifelines.server.accept()[0]  # the first one is up by now
            raise KeyboardInterrupt
        started.append(real(*args, **kwargs))
        return started[0]

    monkeypatch.setattr("helpers.workers.subprocess.Popen", interrupted_the_second_time)
    with pytest.raises(KeyboardInterrupt), Workers(path, tmp_path, lifelines.port):
        pass
    assert started[0].poll() is not None
    lifelines.connection.close()


def test_none_is_left_when_the_process_that_started_them_is_killed(script, tmp_path, lifelines):
    path = script(Lifelines.CODE + "time.sleep(60)")
    code = f"""
import time
from helpers.workers import Workers
with Workers({str(path)!r}, {str(tmp_path)!r}, {lifelines.port}) as pair:
    for worker in (0, 1):
        pair.wait_for("connected", worker)
    print("up", flush=True)
    time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout.readline() == "up\n"
        parent.kill()
        assert lifelines.all_gone(2)


def test_a_worker_in_the_middle_of_something_ends_too(script, tmp_path, lifelines):
    """It ends although it never comes back to Python's main thread, and ignores being asked to."""
    code = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nsum(range(10**11))"
    with Workers(script(Lifelines.CODE + code), tmp_path, lifelines.port, count=1) as one:
        one.wait_for("connected")
    assert lifelines.all_gone(1)


def test_an_error_is_told_with_the_end_of_the_log(script, tmp_path, lifelines):
    path = script(
        Lifelines.CODE
        + """
print("I0000 a log line of TensorFlow's", file=sys.stderr)
if me == 1:
    raise ValueError("no such thing")
time.sleep(60)
"""
    )
    with pytest.raises(CourseError) as error, Workers(path, tmp_path, lifelines.port) as pair:
        pair.wait()
    told = str(error.value)
    assert told.startswith("Worker 1 ended with an error. The last it wrote (see worker-1.log")
    assert told.endswith("ValueError: no such thing") and "I0000" not in told
    assert lifelines.all_gone(2)


def test_what_tensorflow_logs_is_known():
    for line in ("I0000 00:00:1795 grpc_server_lib.cc", "WARNING: All log messages before"):
        assert LOG_LINE.match(line)
    assert not LOG_LINE.match("Error: 1")


def test_an_error_is_told_while_waiting_for_a_line_too(script, tmp_path):
    path = script("sys.exit('nothing will come') if me else time.sleep(60)")
    told = "(?s)Worker 1 ended with an error.*nothing will come"
    with pytest.raises(CourseError, match=told), Workers(path, tmp_path) as pair:
        pair.wait_for("never said")


def test_a_line_that_never_comes(script, tmp_path):
    path, told = script("print('other')"), "Worker 1 came to its end, and never said 'so'"
    with pytest.raises(CourseError, match=told), Workers(path, tmp_path) as pair:
        pair.wait_for("so", worker=1)


@pytest.mark.parametrize("wait", [Workers.wait, lambda pair: pair.wait_for("never said")])
def test_the_time_is_limited(script, tmp_path, wait):
    path = script("time.sleep(60)")
    pair, told = Workers(path, tmp_path, time_limit=0), "not come to its end in 0 seconds"
    with pytest.raises(CourseError, match=told), pair:
        wait(pair)
    assert [process.poll() is None for process in pair.processes] == [False, False]


def test_a_port_that_was_taken_meanwhile_is_replaced(script, tmp_path, monkeypatch):
    """The script stands for TensorFlow, which cannot listen on a port that is taken."""
    path = script(f"""
import socket
port = int(config["cluster"]["worker"][me].split(":")[1])
try:
    server = socket.create_server(("127.0.0.1", port), reuse_port=False)
except OSError:
    sys.exit("UnknownError: {PORT_WAS_TAKEN}")
print("listening")
""")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        bad = taken.getsockname()[1]
        ports = iter([[bad, free_ports(1)[0]], [free_ports(1)[0], bad]])
        monkeypatch.setattr(
            "helpers.workers.free_ports", lambda count: next(ports, None) or free_ports(count)
        )
        with Workers(path, tmp_path) as pair:
            pair.wait()
        assert pair.attempt == 3
        assert pair.lines == [["listening"], ["listening"]]

        monkeypatch.setattr("helpers.workers.free_ports", lambda count: [bad] * count)
        told = f"No free ports were found in {ATTEMPTS} attempts"
        with pytest.raises(CourseError, match=told), Workers(path, tmp_path, count=1) as one:
            one.wait()


def test_tensorflow_itself_says_so_when_its_port_was_taken(script, tmp_path, monkeypatch):
    path = script("""
import tensorflow as tf
print(tf.distribute.MultiWorkerMirroredStrategy().num_replicas_in_sync)
""")
    with socket.create_server(("0.0.0.0", 0)) as taken:
        ports = iter([[taken.getsockname()[1]]])
        monkeypatch.setattr(
            "helpers.workers.free_ports", lambda count: next(ports, None) or free_ports(count)
        )
        with Workers(path, tmp_path, count=1) as one:
            one.wait()
    assert one.lines == [["1"]] and one.attempt == 2


def test_ports_are_free_and_differ():
    ports = free_ports(20)
    assert len(set(ports)) == 20
    for port in ports[:3]:
        socket.create_server(("127.0.0.1", port)).close()


def test_a_block_can_be_entered_again(script, tmp_path):
    workers = Workers(script("print('here')"), tmp_path)
    for _ in range(2):
        with workers:
            workers.wait()
        assert workers.lines == [["here"], ["here"]]


def test_what_cannot_be_started(script, tmp_path):
    with pytest.raises(CourseError, match="There is no script missing.py in"):
        Workers(tmp_path / "missing.py", tmp_path)
    for count in (0, -1, "two"):
        with pytest.raises(CourseError, match="number of workers"):
            Workers(script(""), tmp_path, count=count)


def test_nothing_is_started_before_the_block(script, tmp_path):
    Workers(script("print('here')"), tmp_path / "folder")
    assert not (tmp_path / "folder").exists()


def test_it_does_not_wait_for_a_log_that_nobody_reads(script, tmp_path):
    path = script("for _ in range(30):\n    print('x' * 9999, file=sys.stderr)\nprint('done')")
    with Workers(path, tmp_path, count=1) as one:
        one.wait()
    assert one.lines == [["done"]] and one.log(0).stat().st_size >= 300_000
