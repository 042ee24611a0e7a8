"""The pages that people read first are what they are generated from, and say what is so."""

import re

import course
from authoring.readme import (
    BENCHMARKS,
    CLASS,
    PICTURE,
    README,
    ROOT,
    fingerprint,
    with_generated_parts,
)

import pytest
from PIL import Image

PAGES = [README, CLASS, BENCHMARKS, ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md"]
TEXT = README.read_text(encoding="utf-8")
STALE = "run `python3 course.py refresh readme` and commit"


@pytest.mark.parametrize("page", [README, CLASS, BENCHMARKS], ids=["front", "class", "benchmarks"])
def test_its_generated_parts_are_fresh(page):
    assert page.read_text(encoding="utf-8") == with_generated_parts(page), STALE


def test_its_picture_is_of_the_lesson_as_it_is_stored_and_has_words():
    assert Image.open(PICTURE).text["code"] == fingerprint(), STALE
    (tag,) = re.findall(r"<img [^>]+>", TEXT)
    assert (ROOT / re.search('src="(.+?)"', tag)[1]) == PICTURE
    assert len(re.search('alt="(.+?)"', tag)[1]) > 40


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    titles = re.findall(r"^#+ (.+)$", text, flags=re.M)
    places = {title.lower().replace(" ", "-").replace(",", "") for title in titles}
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", text):
        found = target[1:] in places if target[0] == "#" else (page.parent / target).exists()
        assert found, target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_files_it_names_are_there(page):
    named = re.findall(r"`([a-z_]+/[\w./]*)`", page.read_text(encoding="utf-8"))
    made = r"(editions|my_lessons|slides|site)/"  # by a command
    not_yet = rf"{made}|.*(lesson_8|08_name)"  # the latter are examples
    named = [path for path in named if not re.match(not_yet, path)]
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_environment_variables_it_names_are_those_that_exist():
    named = set(re.findall(r"\b(?:COURSE|KERAS)_[A-Z_]+", TEXT))
    files = [*(ROOT / "helpers").glob("*.py"), *(ROOT / "learner").glob("*.py")]
    source = "".join(path.read_text(encoding="utf-8") for path in files)
    assert named and all(name in source for name in named)


def test_messages_it_explains_are_messages_of_the_course():
    quoted = re.findall(r'^\| "(.+?)"', TEXT.split("## When something fails")[1], flags=re.M)
    paths = [ROOT / "course.py", *(ROOT / "helpers").glob("*.py")]
    source = re.sub(r'"\s+f?"', "", "".join(path.read_text(encoding="utf-8") for path in paths))
    assert quoted and [part for q in quoted for part in q.split("...") if part not in source] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_it_names_are_those_that_course_py_knows(page):
    named = re.findall(r"(?:python3|py) course\.py ([a-z-]+)", page.read_text(encoding="utf-8"))
    assert set(named) <= set(re.findall(r"python3 course\.py ([a-z-]+)", course.__doc__))
