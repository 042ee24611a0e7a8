"""Lessons for Colab and Kaggle, and the badges that lead to them.

Where the course is public says one setting in pyproject.toml:

    [project.urls]
    Repository = "https://github.com/OWNER/NAME"

With it, `python3 course.py refresh readme` writes badges into the README and the first cell of each
lesson; without it, it takes them away. In lessons they are words, as a lesson asks no other machine
for a picture. They lead to the repository's branch `colab`, into which CI puts the lessons that
`python3 course.py editions colab` makes. Those have one cell more, which fetches the course where
it is not, as in Colab and Kaggle, and installs nothing that is there already.
"""

import copy
import re
import tomllib
from pathlib import Path

import nbformat

ROOT = Path(__file__).parent.parent
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
BRANCH = "colab"
SERVICES = {  # the name, its picture, and where it opens a lesson
    "Colab": (
        "https://colab.research.google.com/assets/colab-badge.svg",
        "https://colab.research.google.com/github/{place}/blob/{branch}/{lesson}",
    ),
    "Kaggle": (
        "https://kaggle.com/static/images/open-in-kaggle.svg",
        "https://kaggle.com/kernels/welcome?src=https://github.com/{place}/blob/{branch}/{lesson}",
    ),
    "Binder": (
        "https://mybinder.org/badge_logo.svg",
        "https://mybinder.org/v2/gh/{place}/HEAD?labpath=notebooks/{lesson}",
    ),
}
BADGES = re.compile(r"\n\n\*\*Without installing anything:\*\* [^\n]*")

CELL = """\
# Fetches the course where it is not, as in Colab and Kaggle; elsewhere, this does nothing.
import importlib.util
import sys
from pathlib import Path

if importlib.util.find_spec("helpers") is None:
    !git clone -q --depth 1 {address} course
    !"{{sys.executable}}" -m pip install -q pydot pygraphviz ./course
    importlib.invalidate_caches()
    if importlib.util.find_spec("helpers"):
        print("The course is here, and nothing need be restarted.")
    else:
        print("The course could not be fetched. In Kaggle, turn on Internet in the settings.")
if Path("course/notebooks").exists():
    %cd -q course/notebooks"""


def address():
    """The public address of the course, or None: there is none yet.

    Raises:
        SystemExit: It is none that the badges can lead to.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    given = project.get("urls", {}).get("Repository")
    if given is not None and not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", given):
        raise SystemExit(
            f"In pyproject.toml, Repository is {given!r}: badges need an address such as "
            "https://github.com/OWNER/NAME, and without that line there are none."
        )
    return given


def ways(lesson):
    """For the file of a lesson: each service's name, picture and address; none if not public."""
    place = (address() or "").removeprefix("https://github.com/")
    return [
        (name, picture, way.format(place=place, branch=BRANCH, lesson=lesson))
        for name, (picture, way) in SERVICES.items()
        if place
    ]


def badges(lesson):
    """The badges of a lesson as pictures, for the README."""
    return " ".join(f"[![Open in {name}]({pic})]({way})" for name, pic, way in ways(lesson))


def with_badges(opening, lesson):
    """The first text of a lesson, with its badges as words; without an address, with none."""
    links = " · ".join(f"[open in {name}]({way})" for name, _, way in ways(lesson))
    opening = BADGES.sub("", opening)
    return f"{opening}\n\n**Without installing anything:** {links}" if links else opening


def refresh():
    """Write the badges into the lessons, or take them away."""
    for path in LESSONS:
        lesson = nbformat.read(path, as_version=4)
        opening = with_badges(lesson.cells[0].source, path.name)
        if opening != lesson.cells[0].source:
            lesson.cells[0].source = opening
            nbformat.write(lesson, path)


def edition(lesson, address):
    """A copy of a lesson with a cell below its title that fetches the course from an address."""
    made = copy.deepcopy(lesson)
    cell = nbformat.v4.new_code_cell(CELL.format(address=address), id="colab")
    made.cells.insert(1, cell)
    return made


def make(folder, where):
    """Write the lessons for Colab and Kaggle into a folder.

    Args:
        folder: Where to.
        where: The address of the repository; empty for that in pyproject.toml.

    Raises:
        SystemExit: There is no address, or it does not begin with https://, as one does that Colab
            and Kaggle can reach.
    """
    where = where or address() or ""
    if not re.fullmatch(r"https://[\w./~:@-]+", where):
        raise SystemExit(f"{where!r} is no address of a repository: it begins with https://")
    folder.mkdir(parents=True, exist_ok=True)
    for path in LESSONS:
        nbformat.write(edition(nbformat.read(path, as_version=4), where), folder / path.name)
    print(f"The edition for Colab and Kaggle is in {folder}: upload a lesson there, and run it.")
