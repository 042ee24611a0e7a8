"""The class editions: nothing of a solution in the one, and every solution in the other.

That the solutions run, and that their checks call them right, is tested at the end of each lesson
(conftest.py).
"""

import re
import subprocess
import sys
import zipfile

from authoring import editions, lesson_exercises, refresh

import nbformat
import pytest

each_lesson = pytest.mark.parametrize("path", lesson_exercises.LESSONS, ids=lambda path: path.stem)


ABSENT = (", and the solution is folded below", " The solution is folded below.")


def sources(lesson):
    return {cell["id"]: cell.source for cell in lesson.cells}


@each_lesson
def test_the_edition_to_solve_is_the_lesson_without_what_answers(path):
    lesson = nbformat.read(path, as_version=4)
    edition = editions.to_solve(lesson)
    nbformat.validate(edition)
    left_out = sources(lesson).keys() - sources(edition).keys()
    notes = {name for name in left_out if name.endswith("-notes")}
    assert notes and "For instructors" not in str(edition)
    left_out -= notes
    assert left_out == {f"exercise-{n + 1}-solution" for n in range(len(left_out))}
    assert len(left_out) == len(lesson_exercises.in_lesson(path))
    for cell in edition.cells:
        before = sources(lesson)[cell["id"]]
        if cell.cell_type == "code":
            assert cell.source == before and not cell.outputs and cell.execution_count is None
        else:
            kept = re.sub(editions.FOLDED, "", before).rstrip()
            for absent in ABSENT:
                kept = kept.replace(absent, "")
            assert cell.source == kept
            assert not re.search("<details>|[Ss]olution is", cell.source)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The folder that the zip to hand out unpacks to."""
    folder = tmp_path_factory.mktemp("zip")
    editions.make_to_solve(folder / "to_solve.zip")
    with zipfile.ZipFile(folder / "to_solve.zip") as made:
        made.extractall(folder)
    return folder / editions.NAME


def test_the_zip_holds_what_a_learner_needs_and_speaks_of_nothing_else(unpacked):
    rooms = {path.name for path in unpacked.iterdir()}
    assert {"course.py", "README.md", "notebooks", *editions.PACKAGES} <= rooms
    assert rooms.isdisjoint({"authoring", "tests", "benchmarks", "conftest.py"})
    for path in unpacked.rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not re.search("solution is folded|unfold the solution|For instructors", text)
    readme = (unpacked / "README.md").read_text(encoding="utf-8")
    assert "\npython3 course.py\n" in readme and "\n\n\n" not in readme
    for target in re.findall(r"\]\((?!https?:|#)([^)]+)\)", readme):
        assert (unpacked / target).exists(), target
    named = set(re.findall(r"course\.py ([a-z-]+)", readme))
    assert "ready" in named and named.isdisjoint({"test", "slides", "editions", "refresh"})


def test_in_the_zip_the_course_starts_and_says_what_is_not_there(unpacked):
    lists = [(unpacked / name).read_bytes() for name in ("requirements.txt", "pyproject.toml")]
    assert lists == [
        (editions.ROOT / n).read_bytes() for n in ("requirements.txt", "pyproject.toml")
    ]
    for task in ("slides", "test"):
        done = subprocess.run(
            [sys.executable, unpacked / "course.py", task], capture_output=True, text=True
        )
        assert done.returncode == 1 and f"`{task}` is for instructors" in done.stderr


@each_lesson
def test_the_solved_edition_holds_each_solution_in_its_cell(path):
    lesson = nbformat.read(path, as_version=4)
    edition = sources(editions.solved(lesson))
    for place, one in enumerate(lesson_exercises.in_lesson(path), start=1):
        assert edition[f"exercise-{place}"] == one.code
        assert "```" not in edition[f"exercise-{place}-solution"]
    others = {name for name in sources(lesson) if not name.startswith("exercise-")}
    assert all(edition[name] == sources(lesson)[name] for name in others)


def test_the_solved_edition_is_run(tmp_path, monkeypatch):
    run = []
    monkeypatch.setattr(refresh, "run", run.append)
    editions.make_solved(tmp_path / "solved")
    made = sorted((tmp_path / "solved").glob("*.ipynb"))
    assert [path.name for path in made] == [path.name for path in lesson_exercises.LESSONS]
    assert run == made
    answer = sources(nbformat.read(made[0], as_version=4))["exercise-1"]
    assert "..." not in answer.replace("[..., np.newaxis]", "")
