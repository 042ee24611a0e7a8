"""The class editions: nothing of a solution in the one, and every solution in the other.

That the solutions run, and that their checks call them right, is tested at the end of each lesson
(conftest.py).
"""

import editions
import exercises
import nbformat
import pytest
import refresh

each_lesson = pytest.mark.parametrize("path", exercises.LESSONS, ids=lambda path: path.stem)


def sources(lesson):
    return {cell["id"]: cell.source for cell in lesson.cells}


@each_lesson
def test_the_edition_to_solve_is_the_lesson_without_solutions(path):
    lesson = nbformat.read(path, as_version=4)
    edition = editions.to_solve(lesson)
    nbformat.validate(edition)
    left_out = sources(lesson).keys() - sources(edition).keys()
    notes = {name for name in left_out if name.endswith("-notes")}
    assert notes and "For instructors" not in str(edition)
    left_out -= notes
    assert left_out == {f"exercise-{n + 1}-solution" for n in range(len(left_out))}
    assert len(left_out) == len(exercises.in_lesson(path))
    assert "<summary>Solution</summary>" not in str(edition)
    assert sources(edition).items() < sources(lesson).items()


@each_lesson
def test_the_solved_edition_holds_each_solution_in_its_cell(path):
    lesson = nbformat.read(path, as_version=4)
    edition = sources(editions.solved(lesson))
    for place, one in enumerate(exercises.in_lesson(path), start=1):
        assert edition[f"exercise-{place}"] == one.code
        assert "```" not in edition[f"exercise-{place}-solution"]
    others = {name for name in sources(lesson) if not name.startswith("exercise-")}
    assert all(edition[name] == sources(lesson)[name] for name in others)


def test_the_command_makes_both_in_a_folder(tmp_path, monkeypatch):
    run = []
    monkeypatch.setattr(refresh, "run", run.append)
    editions.make(tmp_path)
    for name in ("to_solve", "solved"):
        made = sorted((tmp_path / name).glob("*.ipynb"))
        assert [path.name for path in made] == [path.name for path in exercises.LESSONS]
    assert run == made
    answer = sources(nbformat.read(made[0], as_version=4))["exercise-1"]
    assert "..." not in answer.replace("[..., np.newaxis]", "")
