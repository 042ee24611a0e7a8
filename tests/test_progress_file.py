"""Progress is still there tomorrow, in a learner's copy and nowhere else, and costs nothing."""

import json
import os

from exercises import check, checking, guesses, progress
from exercises.verdicts import require
from learner import progress_file

import pytest


@pytest.fixture
def tomorrow(monkeypatch):
    """A function that begins as a new kernel does: with two exercises, and nothing tried."""

    def begin():
        monkeypatch.setattr(checking, "EXERCISES", {})
        monkeypatch.setattr(guesses, "GUESSES", {})
        monkeypatch.setattr(progress_file, "_said", set())
        for number in ("90.1", "91.1"):
            checking.exercise(number, "Three", why="So.", start="Count.")(judge)

    def judge(answer):
        require(answer == 3, "No.", "One more.")

    begin()
    return begin


@pytest.fixture
def copy(tmp_path, monkeypatch, tomorrow):
    """The folder of a learner's copy, where the kernel has started."""
    monkeypatch.setattr(progress_file, "FOLDER", tmp_path)
    monkeypatch.delenv(progress_file.SWITCH)
    (tmp_path / progress_file.RECORD).write_text("{}")
    return tmp_path


def kept(copy):
    return json.loads((copy / "progress.json").read_text(encoding="utf-8"))


def told(capsys, lesson=None):
    capsys.readouterr()
    progress(lesson)
    return capsys.readouterr().out


def test_it_is_there_tomorrow_without_the_answer(copy, tomorrow, capsys):
    check("90.1", "a wrong answer")
    check("90.1", 3)
    check("91.1", ...)
    assert kept(copy) == {"90.1": {"state": "✓", "tries": 2}}
    tomorrow()
    assert told(capsys, 90).splitlines()[1] == "✓ 90.1 Three: done, 2 tries"
    tomorrow()
    check("91.1", 4)
    assert kept(copy) == {
        "90.1": {"state": "✓", "tries": 2},
        "91.1": {"state": "✗", "tries": 1},
    }
    tomorrow()
    lines = ["Lesson 90: 1 of 1 exercises done.", "Lesson 91: 0 of 1 exercises done."]
    assert told(capsys).splitlines() == lines
    check("90.1", 4)
    assert kept(copy)["90.1"] == {"state": "✗", "tries": 3}, "it counts on"


def test_two_kernels_do_not_overwrite_each_other(copy, tomorrow, capsys):
    check("90.1", 3)
    first = checking.EXERCISES
    tomorrow()
    check("91.1", 3)
    checking.EXERCISES = first
    check("90.1", 3)
    assert kept(copy).keys() == {"90.1", "91.1"}


@pytest.mark.parametrize("why", ["switched off", "no copy"])
def test_elsewhere_nothing_is_written(why, copy, monkeypatch, capsys):
    if why == "no copy":
        (copy / progress_file.RECORD).unlink()
    else:
        monkeypatch.setenv("COURSE_PROGRESS", "off")
    (copy / "progress.json").write_text('{"90.1": {"state": "✓", "tries": 2}}', encoding="utf-8")
    before = (copy / "progress.json").read_bytes()
    check("91.1", 3)
    assert told(capsys).startswith("Lesson 90: 0 of 1")
    assert (copy / "progress.json").read_bytes() == before


def test_tests_and_nbval_never_touch_a_learners():
    assert os.environ["COURSE_PROGRESS"] == "off"


DAMAGED = [b"", b"\xff\xfe", b"[1]", b'{"90.1": 3}', b'{"90.1": {"state": "?", "tries": 1}}']


@pytest.mark.parametrize("damaged", DAMAGED)
def test_a_damaged_file_costs_a_sentence(damaged, copy, capsys):
    (copy / "progress.json").write_bytes(damaged)
    check("90.1", 3)
    check("91.1", 3)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        "progress.json is damaged: it is put aside as progress.json.damaged, and your progress is "
        "counted anew."
    )
    assert [line[:20] for line in lines[1:]] == ["✓ Exercise 90.1: rig", "✓ Exercise 91.1: rig"]
    assert (copy / "progress.json.damaged").read_bytes() == damaged
    assert kept(copy).keys() == {"90.1", "91.1"}


def test_a_file_that_cannot_be_written_costs_a_sentence(copy, capsys):
    (copy / ".progress.json.part").mkdir()
    check("90.1", 3)
    check("91.1", 3)
    lines = capsys.readouterr().out.splitlines()
    assert [line[:40] for line in lines] == [
        "Your progress cannot be kept in progress",
        "✓ Exercise 90.1: right. So.",
        "✓ Exercise 91.1: right. So.",
    ]


def test_the_terminal_tells_it_too(copy, tomorrow, monkeypatch, capsys):
    lessons = copy / "course/notebooks"
    lessons.mkdir(parents=True)
    cells = [{"id": name} for name in ("exercise-1", "exercise-1-check", "exercise-2")]
    (lessons / "01_first.ipynb").write_text(json.dumps({"cells": cells}))
    monkeypatch.setattr(progress_file, "__file__", str(copy / "course/learner/progress_file.py"))
    with pytest.raises(SystemExit, match="no copy of the lessons yet"):
        progress_file.main()
    (copy / "course/my_lessons").mkdir()
    progress_file.main()
    assert capsys.readouterr().out == "Lesson 1: 0 of 2 exercises done.\n"
    states = {"1.2": "✓", "1.a": "✓", "1.b": "✗"}
    states = {number: {"state": state, "tries": 1} for number, state in states.items()}
    (copy / "course/my_lessons/progress.json").write_text(json.dumps(states))
    progress_file.main()
    assert capsys.readouterr().out == "Lesson 1: 1 of 2 exercises done. Guesses: 1 of 2.\n"
