"""Makes class editions of the lessons: one to solve, one solved.

    python3 course.py editions                  into the folder editions
    python3 course.py editions FOLDER           into another one
    python3 course.py editions colab ADDRESS    one for Colab, of the repository at that address

FOLDER/to_solve holds the lessons without the folded solutions, the notes for instructors, and all
that would answer a guess; FOLDER/solved with the solutions in their cells, run from a fresh kernel
on the data that is at hand. editions/colab holds the lessons with one cell more, which fetches and
installs the course when it runs in Colab and does nothing elsewhere. None is committed: all are
made from `notebooks/`, where exercise, check and solution stand together.
"""

import copy
import re
import shutil
import sys
from pathlib import Path

from authoring import lesson_exercises, refresh
from learner import own_copy

import nbformat

LESSONS = lesson_exercises.LESSONS[0].parent
FOLDER = LESSONS.parent / "editions"


def to_solve(lesson):
    """A learner's copy of a lesson (a notebook in memory), without its folded solutions."""
    edition = own_copy.for_learners(lesson)
    edition.cells = [cell for cell in edition.cells if not _is_solution(cell)]
    return edition


def solved(lesson):
    """A copy of a lesson with each solution in its cell, and under the check why; not run yet."""
    edition = copy.deepcopy(lesson)
    cells = {cell["id"]: cell for cell in edition.cells}
    for cell in edition.cells:
        if _is_solution(cell):
            answer = cells[cell["id"].removesuffix("-solution")]
            answer.source = lesson_exercises.solution_code(cell.source)
            cell.source = cell.source.split("\n```\n")[-1].removesuffix("</details>").strip()
    return edition


def for_colab(lesson, address):
    """A copy of a lesson with a cell on top that makes it run in Colab, and nowhere does harm."""
    edition = copy.deepcopy(lesson)
    cell = nbformat.v4.new_code_cell(COLAB_CELL.format(address=address), id="colab")
    edition.cells.insert(1, cell)  # below the title
    return edition


COLAB_CELL = """\
import sys

if "google.colab" in sys.modules:  # elsewhere, this cell does nothing
    !git clone -q {address} /content/course
    %cd /content/course
    %pip install -q -r requirements.txt
    %cd notebooks
    sys.path.append("/content/course")"""


def make_for_colab(folder, address):
    """Write the edition for Colab, whose first cell fetches the repository at an address.

    Raises:
        SystemExit: The address does not begin with https://, as one that Colab can reach does.
    """
    if not re.fullmatch(r"https://[\w./~:@-]+", address):
        sys.exit(f"{address!r} is no address of a repository: it begins with https://")
    folder.mkdir(parents=True, exist_ok=True)
    for path in lesson_exercises.LESSONS:
        nbformat.write(for_colab(nbformat.read(path, as_version=4), address), folder / path.name)
    print(f"The edition for Colab is in {folder}: upload a lesson there, and run it from the top.")


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
    if sys.argv[1:2] == ["colab"]:
        make_for_colab(FOLDER / "colab", "".join(sys.argv[2:]))
    else:
        make(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else FOLDER)
