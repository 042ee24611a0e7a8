"""What every test run needs: stand-in data unless told otherwise, and an nbval that sees more."""

import os
import queue
import time

import nbval.kernel
import nbval.plugin

# Tests are offline and the same everywhere, so they draw their data; a folder named by
# COURSE_DATA_DIR means: with the real data in it, and with nothing else.
os.environ.setdefault("COURSE_DATA", "real" if "COURSE_DATA_DIR" in os.environ else "stand-in")


class CourseKernel(nbval.kernel.RunningKernel):
    """nbval's kernel, which also shows log lines, and whose death is noticed at once."""

    def __init__(self, *args, **kwargs):
        # With this variable set, a kernel keeps what is written to file descriptor 2 from the
        # page, and a learner would meet log lines that no test has seen. pytest sets it anew.
        os.environ.pop("PYTEST_CURRENT_TEST", None)
        super().__init__(*args, **kwargs)

    def get_message(self, stream, timeout=None):
        """Wait for a message, but no longer than the kernel lives."""
        end = time.monotonic() + (timeout or float("inf"))
        while True:
            try:
                return _stored(super().get_message(stream, timeout=1))
            except queue.Empty:
                if not self.is_alive():
                    raise RuntimeError("The kernel died while it ran this cell") from None
                if time.monotonic() > end:
                    raise


def _stored(message):
    """What a lesson stores of a message: of a picture not the HTML that shows it once more."""
    data = message["content"].get("data", {})
    if any(kind.startswith("image/") for kind in data):
        data.pop("text/html", None)
    return message


nbval.plugin.RunningKernel = CourseKernel
