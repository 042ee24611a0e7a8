"""Starts worker.py in several processes on this machine, as a cluster would; for lesson 7."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from helpers import CourseError

SCRIPT = Path(__file__).with_name("worker.py")


def run(folder, epochs, batch, count=2, stop_at=None):
    """Start workers, print what worker 0 prints, and wait until all have ended or one has crashed.

    None of them outlives the call. What worker N prints is in the file worker-N.txt in the folder,
    and its log in worker-N.log. They use no GPU, which two processes cannot share.

    Args:
        folder: The path of the folder that all of them share, with the file images.npz.
        epochs: How many epochs they train, those before a restart included.
        batch: The number of images in the global batch.
        count: How many workers, from 1 up; they are numbered from 0.
        stop_at: At which step worker 1 crashes, counted from 0 over all epochs; None: at none.

    Returns:
        The lines that worker 0 printed.

    Raises:
        CourseError: A worker has crashed; with the last error that its log names.
    """
    command = [sys.executable, str(SCRIPT), str(folder), f"--epochs={epochs}", f"--batch={batch}"]
    command += [] if stop_at is None else [f"--stop-at={stop_at}"]
    ports, processes = free_ports(count), []
    with ExitStack() as stack:
        for worker in range(count):
            out, log = (_file(folder, worker, kind).open("wb") for kind in ("txt", "log"))
            with out, log:
                settings = os.environ | _settings(ports, worker)
                process = subprocess.Popen(command, env=settings, stdout=out, stderr=log)
            processes.append(process)
            stack.callback(process.wait)
            stack.callback(process.kill)  # not terminate: TensorFlow does not end on that
        printed = stack.enter_context(_file(folder, 0, "txt").open(encoding="utf-8"))
        codes = [None]
        while None in codes and not any(codes):
            time.sleep(0.05)
            codes = [process.poll() for process in processes]
            print(printed.read(), end="", flush=True)
    if any(codes):
        crashed = max(worker for worker, code in enumerate(codes) if code)
        raise CourseError(
            f"Worker {crashed} has crashed, so the others were ended. "
            f"{_last_error(_file(folder, crashed, 'log'))}"
        )
    return _file(folder, 0, "txt").read_text(encoding="utf-8").splitlines()


def free_ports(count):
    """Find ports of this machine that nobody uses at the moment."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("", 0))  # 0: the system chooses
        return [one.getsockname()[1] for one in sockets]


def _settings(ports, worker):
    """The environment variables of a worker."""
    cluster = {"worker": [f"127.0.0.1:{port}" for port in ports]}
    return {
        "TF_CONFIG": json.dumps({"cluster": cluster, "task": {"type": "worker", "index": worker}}),
        "CUDA_VISIBLE_DEVICES": "-1",
        "no_grpc_proxy": "127.0.0.1",
        "PYTHONUNBUFFERED": "1",  # each line comes as soon as it is printed
        "PYTHONUTF8": "1",
    }


def _file(folder, worker, kind):
    return Path(folder) / f"worker-{worker}.{kind}"


def _last_error(log):
    text = log.read_text(encoding="utf-8", errors="replace")
    errors = re.findall(r"^[\w.]*Error: .*", text, flags=re.M)
    return f"Its log says: {errors[-1]}" if errors else "Its log names no error."
