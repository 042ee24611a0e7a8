"""Makes editions of the course for a class.

    python3 course.py editions to_solve         a zip to hand out: the course without solutions
    python3 course.py editions solved           every solution in its place, run (ten minutes)
    python3 course.py editions colab ADDRESS    lessons for Colab and Kaggle (see colab.py)

They come into the folder editions, and none is committed: all are made from `notebooks/`, where
exercise, check and solution stand together. to_solve.zip holds all that a learner's machine needs;
its lessons have no solutions, no notes for instructors, and no answers to guesses: neither folded
ones nor outputs. The folder solved has the lessons with the solutions in their cells, run from a
fresh kernel on the data that is at hand.
"""

import argparse
import copy
import re
import shutil
import tomllib
import zipfile

from authoring import colab, lesson_exercises, refresh
from learner import own_copy

import nbformat

LESSONS = lesson_exercises.LESSONS[0].parent
ROOT = LESSONS.parent
FOLDER = ROOT / "editions"
NAME = "three-ways-to-a-keras-model"  # of the folder that the zip unpacks to
FILES = ("course.py", "pyproject.toml", "requirements.txt", "LICENSE", "LICENSE-PROSE.txt")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = [one for one in PROJECT["tool"]["setuptools"]["packages"] if "." not in one]
SECTIONS = ("Start", "The lessons", "For students", "Data", "When something fails", "Licences")
FOLDED = r"(?s)\s*<details><summary>[^<]*</summary>.*?</details>"
ABSENT = [  # what is said of what only the whole course has, and what takes its place
    (r",? and the solution is folded below(?=\.)", ""),
    (r" ?The solution is folded below\.", ""),
    (r"The solution is folded below it,\s+and the last cell", "The last cell"),
    (r",? or unfold the solution\.", "."),
    (r"<img [^>]*>\n\n", ""),
    (r" \(Forty answers on which checkers.*?judged rightly here\.\)", ""),
    (
        r" Here is one of them, written out by\n`helpers.as_code`, which does that for any model:",
        "",
    ),
    (r"Download this repository, open", "Open"),
    (r"\nSomething else is wrong\? There is a form[^\n]*\n", ""),
    (r"; to try every lesson on your machine:.*?```\n\n(?=## )", ".\n\n"),
    (r"### What good training is worth.*?(?=## )", ""),
    (r"\n\[CITATION.cff\]\([^)]*\) says [^.]*\.", ""),
]


def without_the_absent(text):
    """A text of the course without what it says of things that are not in the edition to solve."""
    for pattern, instead in ABSENT:
        text = re.sub(pattern, instead, text, flags=re.S)
    return text


def to_solve(lesson):
    """A learner's copy of a lesson (a notebook in memory), with no solution and no word of one."""
    edition = own_copy.for_learners(lesson)
    edition.cells = [cell for cell in edition.cells if not _is_solution(cell)]
    for cell in edition.cells:
        if cell.cell_type != "code":
            cell.source = without_the_absent(re.sub(FOLDED, "", cell.source).rstrip())
    return edition


def readme_to_solve():
    """The README of the edition to solve: of the course's own, what its learners need."""
    text = without_the_absent((ROOT / "README.md").read_text(encoding="utf-8"))
    opening, *sections = re.split(r"(?m)^(?=## )", text)
    return opening + "".join(one for one in sections if one[3:].startswith(SECTIONS))


def make_to_solve(path):
    """Write the edition to solve as a zip, which starts by the README's command."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name in FILES:
            made.write(ROOT / name, f"{NAME}/{name}")
        made.writestr(f"{NAME}/README.md", readme_to_solve())
        for file in sorted(one for room in PACKAGES for one in (ROOT / room).rglob("*.*")):
            if file.suffix == ".pyc":
                continue
            text = without_the_absent(file.read_text(encoding="utf-8"))
            made.writestr(f"{NAME}/{file.relative_to(ROOT).as_posix()}", text)
        for file in sorted(LESSONS.glob("*.py")):
            made.write(file, f"{NAME}/notebooks/{file.name}")
        for file in lesson_exercises.LESSONS:
            edition = to_solve(nbformat.read(file, as_version=4))
            made.writestr(f"{NAME}/notebooks/{file.name}", nbformat.writes(edition) + "\n")


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


def _is_solution(cell):
    return re.fullmatch(r"exercise-\d+-solution", cell["id"]) is not None


def make_solved(folder):
    """Write the solved edition into a folder, with the files that the lessons need beside them."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(LESSONS, folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    for path in sorted(folder.glob("*.ipynb")):
        nbformat.write(solved(nbformat.read(path, as_version=4)), path)
        print(f"running {path.name} ...", flush=True)
        refresh.run(path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="course.py editions",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("edition", choices=("to_solve", "solved", "colab"))
    help_on_address = "of the repository, for colab; else that in pyproject.toml"
    parser.add_argument("address", nargs="?", default="", help=help_on_address)
    asked = parser.parse_args()
    if asked.edition == "colab":
        colab.make(FOLDER / "colab", asked.address)
    elif asked.edition == "to_solve":
        make_to_solve(FOLDER / "to_solve.zip")
        print(f"{FOLDER / 'to_solve.zip'}: unpack it, and start it as its README says.")
    else:
        make_solved(FOLDER / "solved")
        print(f"The solved edition is in {FOLDER / 'solved'}.")
