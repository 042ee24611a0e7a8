"""Worker processes on this machine that train one model together: started, watched, ended."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from helpers import worker_guard
from helpers.notebook import CourseError

PORT_WAS_TAKEN = "Could not start gRPC server"  # what TensorFlow says then
ATTEMPTS = 5
PAUSE = 0.03  # seconds between two looks at the workers
LOG_LINE = re.compile(r"[IWE]\d{4} |WARNING: All log messages")  # TensorFlow's, not Python's


@dataclass
class Event:
    """Something that was seen of a worker: a line that it printed, or that it was killed."""

    seconds: float  # since the workers were started
    worker: int
    line: str | None  # None: it was killed


class Workers:
    """Processes that run one script together, each with its own TF_CONFIG, in a `with` block.

    The block starts them, and whatever way it is left, none of them goes on: they are killed at
    its end, and end by themselves should this process die. Their ports are free ones, and other
    ones when somebody takes one meanwhile. They use no GPU, which two processes cannot share, and
    no proxy. What they print is in `lines`, and their log is in files in the folder. After the
    block, `seconds` tells how long it took, and `cut_short` which workers came to no proper end.

        with Workers("worker.py", folder, 4) as pair:
            pair.wait()
        print(*pair.lines[0], sep="\\n")
    """

    def __init__(self, script, folder, *words, count=2, hold=None, time_limit=100):
        """Note what to start.

        Args:
            script: The path of a Python script.
            folder: The folder that all workers share, made if it is not there; the first word on
                the script's command line.
            words: What else stands on the command line.
            count: How many workers, from 1 up. They are numbered from 0; number 0 is the chief.
            hold: `{worker: text}`: where such a worker has printed a line with this text, it
                stands still, so that it can be killed at the same place in every run.
            time_limit: The most seconds that the block may wait for them, all in all.

        Raises:
            CourseError: There is no such script, or no worker.
        """
        self.script, self.folder = Path(script).resolve(), Path(folder).resolve()
        if not self.script.is_file():
            raise CourseError(f"There is no script {self.script.name} in {self.script.parent}.")
        if not isinstance(count, int) or count < 1:
            raise CourseError(f"The number of workers is a whole number from 1 up, not {count!r}.")
        self.words, self.count, self.hold = words, count, hold or {}
        self.time_limit = time_limit
        self.processes, self.events, self.killed = [], [], set()
        self.seconds, self.cut_short = 0.0, set()

    @property
    def lines(self) -> list[list[str]]:
        """What each worker has printed so far, line by line."""
        return [
            [e.line for e in self.events if e.worker == worker and e.line is not None]
            for worker in range(self.count)
        ]

    def numbers(self, word: str, worker: int = 0) -> list[float]:
        """The numbers that a worker printed behind a word and ≈, as in "loss ≈ 4.605"."""
        text = "\n".join(self.lines[worker])
        return [float(number) for number in re.findall(rf"{word} ≈ (\d[\d.e+-]*)", text)]

    def wait(self) -> None:
        """Wait until every worker has come to its end.

        Raises:
            CourseError: One ended with an error, or the time is up; with the end of its log.
        """
        while self._look():
            time.sleep(PAUSE)

    def wait_for(self, text: str, worker: int = 0) -> None:
        """Wait until a worker has printed a line with this text.

        Raises:
            CourseError: One ended with an error, the time is up, or it ended without such a line.
        """
        running = True
        while not any(text in line for line in self.lines[worker]):
            if not running:
                raise CourseError(f"Worker {worker} came to its end, and never said {text!r}.")
            running = self._look()
            time.sleep(PAUSE)

    def kill(self, worker: int) -> None:
        """End a worker from outside, as a power cut would: it cannot do or say anything more."""
        self._read()
        self.killed.add(worker)
        self.processes[worker].kill()
        self.processes[worker].wait()
        self.events.append(Event(time.monotonic() - self.start, worker, None))

    def __enter__(self):
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.attempt, self.end = 1, time.monotonic() + self.time_limit
            self._start()
        except BaseException:
            self._end_all()
            raise
        return self

    def __exit__(self, *error):
        try:
            self._read()
            self.seconds = time.monotonic() - self.start
            self.cut_short = {n for n, process in enumerate(self.processes) if process.poll() != 0}
        finally:
            self._end_all()

    def _start(self):
        self.processes, self.events, self.killed = [], [], set()
        self.start = time.monotonic()
        usual = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        usual |= {"CUDA_VISIBLE_DEVICES": "-1", "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
        cluster = {"worker": [f"127.0.0.1:{port}" for port in free_ports(self.count)]}
        words = [str(word) for word in (self.script, self.folder, *self.words)]
        for worker in range(self.count):
            config = {"cluster": cluster, "task": {"type": "worker", "index": worker}}
            own = {"TF_CONFIG": json.dumps(config), worker_guard.HOLD: self.hold.get(worker, "")}
            with self._file(worker, "txt").open("wb") as out, self.log(worker).open("wb") as log:
                process = subprocess.Popen(
                    [sys.executable, "-P", worker_guard.__file__, *words],
                    env=usual | own,
                    stdin=subprocess.PIPE,  # closed by the system when this process is gone
                    stdout=out,
                    stderr=log,
                )
            self.processes.append(process)

    def _end_all(self):
        for process in self.processes:
            process.kill()  # not terminate: TensorFlow does not end on that
        for process in self.processes:
            process.wait()
            process.stdin.close()

    def log(self, worker: int) -> Path:
        """The file with everything that a worker wrote apart from its lines."""
        return self._file(worker, "log")

    def _file(self, worker, kind):
        return self.folder / f"worker-{worker}.{kind}"

    def _look(self):
        """Read on, see to workers that failed, and return whether any is still running."""
        codes = [process.poll() for process in self.processes]
        self._read()
        failed = [n for n, code in enumerate(codes) if code and n not in self.killed]
        if any(PORT_WAS_TAKEN in self._text(n, "log") for n in failed):
            if self.attempt == ATTEMPTS:
                raise CourseError(f"No free ports were found in {ATTEMPTS} attempts.")
            self.attempt += 1
            self._end_all()
            self._start()
        elif failed:
            raise CourseError(f"Worker {failed[0]} ended with an error. {self._said(failed[0])}")
        waiting = [n for n, process in enumerate(self.processes) if process.poll() is None]
        if waiting and time.monotonic() > self.end:
            raise CourseError(
                f"Worker {waiting[-1]} has not come to its end in {self.time_limit} seconds. "
                f"Is the machine busy? Then give more with time_limit. {self._said(waiting[-1])}"
            )
        return bool(waiting)

    def _read(self):
        """Note the lines that have come since the last time, whole ones only."""
        now = time.monotonic() - self.start
        for worker, known in enumerate(self.lines):
            for line in self._text(worker, "txt").split("\n")[len(known) : -1]:
                self.events.append(Event(now, worker, line.rstrip("\r")))

    def _text(self, worker, kind):
        return self._file(worker, kind).read_text(encoding="utf-8", errors="replace")

    def _said(self, worker):
        """The end of what a worker wrote, for a message."""
        log = [line for line in self._text(worker, "log").splitlines() if line.strip()]
        log = [line for line in log if not LOG_LINE.match(line)] or self.lines[worker]
        last = "".join(f"\n    {line[:200]}" for line in log[-5:]) or " nothing."
        return f"The last it wrote (see {self.log(worker).name} in its folder):{last}"


def free_ports(count: int) -> list[int]:
    """Find some ports of this machine on which nobody listens at the moment."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))  # 0: the system chooses
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
