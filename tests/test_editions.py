"""The class editions: nothing of a solution in the one, and every answer right in the other."""

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
def test_solved_it_runs_and_every_check_says_right(path, tmp_path):
    lesson = nbformat.read(path, as_version=4)
    copy = tmp_path / path.name
    for beside in path.parent.glob("*.py"):
        (tmp_path / beside.name).write_text(beside.read_text(encoding="utf-8"), encoding="utf-8")
    nbformat.write(editions.solved(lesson), copy)
    refresh.run(copy)
    shown = {
        cell["id"]: "".join(out.get("text", "") for out in cell.outputs)
        for cell in nbformat.read(copy, as_version=4).cells
        if cell.cell_type == "code"
    }
    held = exercises.in_lesson(path)
    for place, one in enumerate(held, start=1):
        told = shown[f"exercise-{place}-check"]
        assert told.startswith(f"✓ Exercise {one.number}: right."), told
    assert f": {len(held)} of {len(held)} exercises done." in shown["progress"]
    assert not [text for text in shown.values() if "✗" in text]


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
