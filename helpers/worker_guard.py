"""Runs a worker's script, and ends with the process that started it.

Only `helpers.workers` starts this file. It must not import `helpers`, which starts TensorFlow:
a worker's script has to join its cluster before that.
"""

import os
import runpy
import sys
import threading
from pathlib import Path

HOLD = "COURSE_HOLD"  # the environment variable with the text at which to stand still


def end_with_the_parent():
    """Wait until nobody holds the other end of standard input any more, then end at once.

    The system closes that end when the parent process is gone, however it went.
    """
    while os.read(0, 1):
        pass
    os._exit(1)


class Held:
    """A text stream that never returns from the line that holds a certain text."""

    def __init__(self, stream, text):
        self.stream, self.text, self.line = stream, text, ""

    def write(self, text):
        self.line += text
        count = self.stream.write(text)
        if "\n" in self.line:
            self.stream.flush()
            if self.text in self.line:
                threading.Event().wait()
            self.line = self.line.rpartition("\n")[2]
        return count

    def __getattr__(self, name):
        return getattr(self.stream, name)


if __name__ == "__main__":
    threading.Thread(target=end_with_the_parent, daemon=True).start()
    if os.environ.get(HOLD):
        sys.stdout = Held(sys.stdout, os.environ[HOLD])
    del sys.argv[0]
    sys.path.insert(0, str(Path(sys.argv[0]).parent))
    runpy.run_path(sys.argv[0], run_name="__main__")
