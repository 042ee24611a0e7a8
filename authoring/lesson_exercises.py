"""The exercises as the lessons hold them, and a way to try an answer outside the lesson.

python -m authoring.lesson_exercises      every wrong answer of the tables, and what is said
python -m authoring.lesson_exercises 3    those of lesson 3
"""

import contextlib
import importlib
import io
import os
import re
import sys
import warnings
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from authoring import slide_types
from exercises.checking import EXERCISES

import nbformat

ROOT = Path(__file__).parent.parent
sys.path += [str(ROOT / "tests"), str(ROOT / "notebooks")]  # the answers; what lessons import
WRITE = 'write it with `python3 course.py new-exercise NUMBER "Title"`, and go on from there'
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@dataclass
class InLesson:
    """One exercise as it stands in a lesson: the sources of its four cells."""

    number: str
    text: str
    stub: str
    check: str
    solution: str

    @property
    def code(self):
        """The code of the folded solution."""
        return solution_code(self.solution)


def solution_code(source):
    """The code inside a folded solution, as it goes into the exercise's cell."""
    found = re.search(r"```python\n(.*?)\n```", source, flags=re.S)
    if not found:
        raise ValueError(f"an exercise has no solution: {WRITE}")
    return found.group(1)


def is_exercise(cell):
    """Whether a cell belongs to the exercises of a lesson, which have a count of their own."""
    return re.match(r"(exercise|progress)", cell["id"]) is not None


def guesses_in(cell):
    """The numbers of the guesses that a cell of a lesson asks for, in order; else an empty list."""
    if not slide_types.is_guess(cell):
        return []
    return re.findall(r'^guess\("(.+?)", \.\.\.\)', cell.source, flags=re.M)


def in_lesson(path):
    """Every `InLesson` of a notebook file, in order."""
    cells = defaultdict(str)  # a cell that is missing is empty, and a test says how to write it
    cells |= {c["id"]: c.source for c in nbformat.read(path, as_version=4).cells if is_exercise(c)}
    count = sum(re.fullmatch(r"exercise-\d+", name) is not None for name in cells)
    return [
        InLesson(
            f"{int(path.name[:2])}.{place}",
            *(cells[f"exercise-{place}{part}"] for part in ("-text", "", "-check", "-solution")),
        )
        for place in range(1, count + 1)
    ]


def tables(lesson):
    """The module of answers for a lesson: SETUP, RIGHT, WRONG, and what else it says of them."""
    return importlib.import_module(f"answers.lesson_{lesson}")


class Desk:
    """Where answers of one lesson are tried: its imports, and what its table sets up."""

    def __init__(self, path):
        cells = {cell["id"]: cell.source for cell in nbformat.read(path, as_version=4).cells}
        self.start = {"__name__": "__main__"}
        with contextlib.chdir("."):  # a lesson may go into a folder of its own
            exec(cells["setup"], self.start)
            exec(getattr(tables(int(path.name[:2])), "SETUP", ""), self.start)
        self.exercises = {one.number: one for one in in_lesson(path)}

    def try_answer(self, number, code, tries=0):
        """Put code into an exercise's cell, run that and the check, and return what it prints.

        Args:
            number: The exercise's number.
            code: The answer.
            tries: How often its fault has been checked before; after once, the check gives a hint.

        Raises:
            Exception: Whatever the answer itself raises before it is checked.
        """
        EXERCISES[number].tries = defaultdict(lambda: tries)
        space = dict(self.start)
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(action="ignore"):
            exec(compile(code, f"<answer to {number}>", "exec"), space)
        with contextlib.redirect_stdout(io.StringIO()) as said:
            exec(self.exercises[number].check, space)
        return said.getvalue()


def feedback(lessons):
    """Print every wrong answer of the tables, and what the check says at two tries."""
    os.environ.setdefault("COURSE_DATA", "stand-in")
    for path in LESSONS:
        lesson = int(path.name[:2])
        if lessons and str(lesson) not in lessons:
            continue
        desk = Desk(path)
        for number, answers in tables(lesson).WRONG.items():
            print(f"\n## {number} {EXERCISES[number].title}\n\n{desk.exercises[number].text}\n")
            for label, (code, _) in answers.items():
                said = desk.try_answer(number, code, tries=1)
                print(f"### {label}\n```python\n{code.strip()}\n```\n{said}")


if __name__ == "__main__":
    feedback(sys.argv[1:])
