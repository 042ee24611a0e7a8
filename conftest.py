"""What every test run needs: stand-in data unless told otherwise, and an nbval that sees more.

nbval runs every lesson as it is stored, its exercises not attempted. Each solution then runs in the
same kernel, and its check must call it right: no lesson need be run a second time for that.
"""

import os
import queue
import time
from collections import defaultdict
from pathlib import Path

import nbformat
import nbval.kernel
import nbval.plugin

# Tests are offline and the same everywhere, so they draw their data; a folder named by
# COURSE_DATA_DIR means: with the real data in it, and with nothing else.
os.environ.setdefault("COURSE_DATA", "real" if os.environ.get("COURSE_DATA_DIR") else "stand-in")

# What lessons have stored, a CPU has computed; name a GPU here to try them on it all the same.
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

# Test processes side by side fill the cores already: one thread each takes a seventh less time.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")

os.environ["COURSE_PROGRESS"] = "off"  # no test and no nbval writes into a learner's progress


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
                return super().get_message(stream, timeout=1)
            except queue.Empty:
                if not self.is_alive():
                    raise RuntimeError("The kernel died while it ran this cell") from None
                if time.monotonic() > end:
                    raise


class Answer(nbval.plugin.IPyNbCell):
    """The answer to a guess of a lesson, evaluated when the cell below the guess has run."""

    def reportinfo(self):
        """Where pytest reports it: by the number of the guess or exercise, not a cell's."""
        return self.fspath, 0, f"{self.fspath.relto(self.config.rootdir)}::{self.name}"


class Solution(Answer):
    """One exercise of a lesson, solved: it runs when the lesson has, and its check must agree."""

    def runtest(self):
        """Run the solution and the check, and fail unless the check says that it is right."""
        super().runtest()
        told = "".join(out.get("text", "") for out in self.test_outputs)
        if f"✓ {self.name.replace('Solution', 'Exercise')}: right." not in told:
            self.raise_cell_error("The check refuses the lesson's own solution", told)


collect_cells = nbval.plugin.IPyNbFile.collect


def collect_cells_and_solutions(lesson):
    """Yield nbval's item for every code cell of a lesson, then one for every exercise, solved.

    Below the cell that answers a guess comes an item that evaluates the answer.
    """
    from authoring.lesson_exercises import guesses_in, in_lesson  # here: it imports TensorFlow

    cells, waiting = list(collect_cells(lesson)), []
    for item in cells:
        yield item
        asked = guesses_in(item.cell)
        for number in [] if asked else waiting:
            code = f'__import__("exercises").guesses.answer_to("{number}")'
            yield Answer.from_parent(
                lesson,
                name=f"Answer {number}",
                cell_num=item.cell_num,
                cell=nbformat.v4.new_code_cell(code),
                options=defaultdict(bool),
            )
        waiting = asked
    for place, one in enumerate(in_lesson(Path(lesson.fspath))):
        yield Solution.from_parent(
            lesson,
            name=f"Solution {one.number}",
            cell_num=len(cells) + place,
            cell=nbformat.v4.new_code_cell(f"{one.code}\n{one.check}"),
            options=defaultdict(bool),
        )


nbval.plugin.RunningKernel = CourseKernel
nbval.plugin.IPyNbFile.collect = collect_cells_and_solutions
