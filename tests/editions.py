"""Makes class editions of the lessons: one to solve, one solved.

    python3 course.py editions            into the folder editions
    python3 course.py editions FOLDER     into another one

FOLDER/to_solve holds the lessons without the folded solutions and without the notes for
instructors, FOLDER/solved with the solutions in their cells, run from a fresh kernel on the data
that is at hand. Neither is committed: both are made from `notebooks/`, where exercise, check and
solution stand together.
"""

import copy
import re
import shutil
import sys
from pathlib import Path

import exercises
import nbformat
import refresh
import slide_types

LESSONS = exercises.LESSONS[0].parent
FOLDER = LESSONS.parent / "editions"


def to_solve(lesson):
    """A copy of a lesson (a notebook in memory) without folded solutions and instructors' notes."""
    edition = copy.deepcopy(lesson)
    edition.cells = [
        cell for cell in edition.cells if not (_is_solution(cell) or slide_types.is_note(cell))
    ]
    return edition


def solved(lesson):
    """A copy of a lesson with each solution in its cell, and under the check why; not run yet."""
    edition = copy.deepcopy(lesson)
    cells = {cell["id"]: cell for cell in edition.cells}
    for cell in edition.cells:
        if _is_solution(cell):
            answer = cells[cell["id"].removesuffix("-solution")]
            answer.source = exercises.solution_code(cell.source)
            cell.source = cell.source.split("\n```\n")[-1].removesuffix("</details>").strip()
    return edition


def _is_solution(cell):
    return re.fullmatch(r"exercise-\d+-solution", cell["id"]) is not None


def make(folder):
    """Write both editions into a folder, with the files that the lessons need beside them."""
    for name in ("to_solve", "solved"):
        place = folder / name
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(LESSONS, place, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        for path in sorted(place.glob("*.ipynb")):
            lesson = nbformat.read(path, as_version=4)
            nbformat.write((to_solve if name == "to_solve" else solved)(lesson), path)
            if name == "solved":
                print(f"running {path.name} ...", flush=True)
                refresh.run(path)
    print(f"Both editions are in {folder}: to_solve and solved.")


if __name__ == "__main__":
    make(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else FOLDER)
