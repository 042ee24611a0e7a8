"""A learner's own copy: made once, never overwritten, corrected only when they ask for it."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

from learner import memory, own_copy

import nbformat
import pytest
from nbformat.sign import NotebookNotary

ROOT = Path(__file__).parent.parent
LESSON, OTHER = "07_distribute.ipynb", "03_subclassing.ipynb"
AS_NEW = f"my_lessons/{OTHER} is as new: if it is open, close its tab, and open it again.\n"


@pytest.fixture(autouse=True)
def course(tmp_path, monkeypatch):
    """A course of two lessons, as stored, and of what lesson 7 has beside it; no copy yet."""
    lessons = tmp_path / "notebooks"
    lessons.mkdir()
    for name in (LESSON, OTHER, "worker.py", "workers.py"):
        (lessons / name).write_bytes((ROOT / "notebooks" / name).read_bytes())
    monkeypatch.setattr(own_copy, "LESSONS", lessons)
    monkeypatch.setattr(own_copy, "FOLDER", tmp_path / "my_lessons")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "home/jupyter"))
    monkeypatch.setattr(memory, "size", lambda: 16.0)
    return lessons


def change(path, source):
    """Change the code of a lesson's first code cell, as a learner or an author does."""
    lesson = nbformat.read(path, as_version=4)
    next(cell for cell in lesson.cells if cell.cell_type == "code").source = source
    nbformat.write(lesson, path)


def code_of(path):
    cells = nbformat.read(path, as_version=4).cells
    return next(cell.source for cell in cells if cell.cell_type == "code")


def names(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_a_copy_is_the_lesson_without_outputs_and_notes(course):
    own_copy.main([])
    assert names(own_copy.FOLDER) == sorted([LESSON, OTHER, "worker.py", "workers.py"])
    stored = nbformat.read(course / LESSON, as_version=4)
    own = nbformat.read(own_copy.FOLDER / LESSON, as_version=4)
    nbformat.validate(own)
    wanted = [(c["id"], c.source) for c in stored.cells if not c["id"].endswith("-notes")]
    assert [(cell["id"], cell.source) for cell in own.cells] == wanted
    assert len(wanted) < len(stored.cells) and "<summary>Solution</summary>" in str(own)
    code = [cell for cell in own.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code)


def test_a_copy_is_trusted_also_by_whoever_has_never_started_jupyter():
    own_copy.main([])
    with NotebookNotary() as notary:
        for path in own_copy.FOLDER.glob("*.ipynb"):
            assert notary.check_signature(nbformat.read(path, as_version=4)), path.name


def test_where_no_trust_can_be_kept_the_copy_is_made(tmp_path, monkeypatch):
    (tmp_path / "a_file").touch()
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "a_file"))
    own_copy.main([])
    assert LESSON in names(own_copy.FOLDER)


def test_what_is_there_is_never_overwritten_and_a_correction_is_offered(course, capsys):
    own_copy.main([])
    change(own_copy.FOLDER / OTHER, "mine")
    own_copy.main([])
    assert capsys.readouterr().out == ""
    change(course / OTHER, "corrected")
    for _ in range(2):
        own_copy.main([])
        assert code_of(own_copy.FOLDER / OTHER) == "mine"
        assert capsys.readouterr().out == (
            "Lesson 3 has been corrected since your copy was made: `python3 course.py reset 03` "
            "gives you the new one and keeps yours beside it.\n"
        )


def test_new_outputs_and_notes_are_no_correction(course, capsys):
    own_copy.main([])
    lesson = nbformat.read(course / LESSON, as_version=4)
    for cell in lesson.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], 99
        elif cell["id"].endswith("-notes"):
            cell.source += "More."
    nbformat.write(lesson, course / LESSON)
    own_copy.main([])
    assert capsys.readouterr().out == ""


def test_what_the_learner_deletes_comes_back():
    own_copy.main([])
    (own_copy.FOLDER / OTHER).unlink()
    own_copy.main([])
    assert OTHER in names(own_copy.FOLDER)


def test_a_reset_gives_a_new_lesson_and_keeps_the_old_one(course, capsys):
    own_copy.main([])
    day = time.strftime("%Y-%m-%d")
    for count, mine in enumerate(["first", "second"], start=1):
        change(own_copy.FOLDER / OTHER, mine)
        change(course / OTHER, f"corrected {count}")
        own_copy.main(["reset", OTHER])
        kept = f"03_subclassing-{day}{'' if count == 1 else '-2'}.ipynb"
        assert capsys.readouterr().out == (
            f"{AS_NEW}What you had saved is kept beside it, as {kept}.\n"
        )
        assert code_of(own_copy.FOLDER / kept) == mine
        assert code_of(own_copy.FOLDER / OTHER) == f"corrected {count}"
    own_copy.main([])
    assert capsys.readouterr().out == "", "nothing more is offered"
    own_copy.main(["reset", OTHER])
    assert capsys.readouterr().out == AS_NEW


def test_a_file_beside_the_lessons_follows_the_course_until_it_is_changed(course):
    own_copy.main([])
    (course / "worker.py").write_text("new")
    (own_copy.FOLDER / "workers.py").write_text("mine")
    (course / "workers.py").write_text("new")
    own_copy.main([])
    assert (own_copy.FOLDER / "worker.py").read_text() == "new"
    assert (own_copy.FOLDER / "workers.py").read_text() == "mine"
    own_copy.main(["reset", OTHER])
    assert (own_copy.FOLDER / "workers.py").read_text() == "mine", "lesson 3 does not use it"
    own_copy.main(["reset", LESSON])
    assert (own_copy.FOLDER / "workers.py").read_text() == "new"
    kept = own_copy.FOLDER / f"workers-{time.strftime('%Y-%m-%d')}.py"
    assert kept.read_text() == "mine"


@pytest.mark.parametrize("record", [b"", b"[]", b"\xff", b"{}"])
def test_a_damaged_record_costs_no_work(record, course, capsys):
    own_copy.main([])
    change(own_copy.FOLDER / OTHER, "mine")
    (own_copy.FOLDER / own_copy.RECORD).write_bytes(record)
    own_copy.main([])
    assert code_of(own_copy.FOLDER / OTHER) == "mine" and capsys.readouterr().out == ""
    change(course / OTHER, "corrected")
    own_copy.main([])
    assert "Lesson 3 has been corrected" in capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["reset", OTHER]])
def test_a_folder_that_cannot_be_written_gets_one_sentence(words):
    own_copy.FOLDER.write_text("a file in its place")
    with pytest.raises(SystemExit, match=r"my_lessons cannot be written \(File exists\): your own"):
        own_copy.main(words)


def test_of_too_little_memory_it_warns_before_a_kernel_dies(monkeypatch, capsys):
    monkeypatch.setattr(memory, "size", lambda: 2.0)
    own_copy.main([])
    told = capsys.readouterr().out
    assert told.startswith("There are 2.0 GB of memory here, and 4 would be better: a lesson takes")


@pytest.mark.parametrize(("limit", "size"), [("max", 23.0), (str(2 * 2**30), 2.0)])
def test_a_containers_share_of_the_memory_counts(limit, size, tmp_path, monkeypatch):
    monkeypatch.undo()
    (tmp_path / "memory.max").write_text(limit)
    monkeypatch.setattr(memory, "LIMITS", [tmp_path / "memory.max", tmp_path / "gone"])
    machine = SimpleNamespace(total=23 * 2**30)
    monkeypatch.setattr(memory.psutil, "virtual_memory", lambda: machine)
    assert memory.size() == size


def test_a_path_may_have_spaces_and_letters_that_the_terminal_does_not_know(course, tmp_path):
    place = tmp_path / "Kurs für Ünï 課程"
    shutil.copytree(ROOT / "learner", place / "learner")
    shutil.copytree(course, place / "notebooks")
    plain = {"LANG": "C", "LC_ALL": "C", "PYTHONPATH": str(place)}
    for module in ("learner.own_copy", "learner.progress_file"):
        command = [sys.executable, "-m", module]
        done = subprocess.run(command, cwd=place, env=os.environ | plain, capture_output=True)
        assert done.returncode == 0, done.stderr
    assert LESSON in names(place / "my_lessons") and b"Lesson 7: 0 of" in done.stdout


def test_it_starts_without_tensorflow():
    code = "import sys, learner.own_copy; print({'tensorflow', 'helpers'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr
