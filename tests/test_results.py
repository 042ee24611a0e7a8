"""What a class hands in is run within limits, and each notebook gets its line, whatever it does."""

import contextlib
import copy
import csv
import signal

from authoring import results
from authoring.lesson_exercises import LESSONS
from authoring.results import Limits, Result

import nbformat
import psutil
import pytest
from PIL import Image

LESSON = nbformat.read(LESSONS[0], as_version=4)
KNOWN = """
import sys
from types import SimpleNamespace as Named

one = Named(number="1.1", state="✓")  # what the check of 1.1 would leave behind
sys.modules["exercises.checking"] = Named(EXERCISES={"1.1": one})
"""
WAIT = """
import time

def wait():
    while True:  # whatever interrupts it
        try:
            time.sleep(9)
        except BaseException:
            pass
"""


def handed_in(folder, code, lost=(), name="a.ipynb"):
    """A copy of lesson 1 in which these cells have code, the others of the lesson none."""
    notebook = copy.deepcopy(LESSON)
    notebook.cells = [cell for cell in notebook.cells if cell["id"] not in lost]
    for cell in notebook.cells:
        if cell.cell_type == "code" and not cell["id"].startswith("exercise-"):
            cell.source = ""
        cell.source = code.get(cell["id"], cell.source)
    nbformat.write(notebook, folder / name)
    return folder / name


def test_each_exercise_gets_its_word(tmp_path):
    code = {
        "setup": "import helpers\nfrom exercises import check\nimport numpy as np",
        "exercise-1": "prepare = lambda x: np.float32(x[..., None]) / 255",
        "exercise-2": "my_shape = (22, 12, 8)\nmy_count = 2376",
        "exercise-2-check": 'check("1.2", my_shape, my_count)\nprint("✓ Exercise 1.5: right.")',
        "exercise-3": "my_digits = 3",
        "exercise-4": "my_mended = 1 / 0",
        "exercise-5": "my_scores = ...",
        "exercise-6": "x_val = y_val = np.zeros(3)\nmy_small = ...",
    }
    path = handed_in(tmp_path, code, lost=["exercise-1-check"])
    made = results.try_notebook(path, "a.ipynb", Limits())
    words = ["right", "right", "wrong", "error", "not attempted", "not attempted"]
    assert [*made.told.values()] == words and made.right == 2
    assert str(made) == "a.ipynb: lesson 1, 2 of 6 right" and made.megabytes > 0


@pytest.fixture
def in_the_background():
    """As a shell starts what it need not wait for: Ctrl + C means nothing to it."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("in_the_background")
def test_a_cell_that_fails_asks_ends_or_hangs_costs_its_own_exercise_only(tmp_path):
    cells = {
        "setup": KNOWN,
        "exercise-2": "raise SystemExit",
        "exercise-3": "input()",
        "exercise-4": "while True:\n    pass",
        "exercise-4-check": 'check("1.4", 0)',
        "exercise-6": "one.number = '1.6'",
    }
    made = results.try_notebook(handed_in(tmp_path, cells), "a.ipynb", Limits(seconds=3))
    assert [made.told[f"1.{n}"] for n in (1, 2, 3, 4, 6)] == ["right", *["error"] * 3, "right"]
    (remark,) = made.remarks
    assert remark.startswith("interrupted after 3 seconds: ") and "exercise-4" in remark


@pytest.mark.parametrize(
    ("code", "remark"),
    [
        ("import os\nos._exit(0)", "its Python ended"),
        ("import os\nos.abort()", "its Python ended"),
        ("x = b'x' * 10**9\nwait()", "took more than 0.5 GB of memory"),
        ("open('../begun', 'w')\nwait()", "took more than 15 minutes"),
    ],
    ids=["ends", "dies", "eats memory", "hangs for good"],
)
def test_a_notebook_that_ends_early_keeps_what_was_right(tmp_path, monkeypatch, code, remark):
    begun = tmp_path / "begun"
    code = code.replace("../begun", str(begun))
    monkeypatch.setattr(results.time, "monotonic", lambda: 999 * begun.exists())
    cells = {"setup": KNOWN + WAIT, "exercise-2": code}
    made = results.try_notebook(handed_in(tmp_path, cells), "a.ipynb", Limits(gigabytes=0.5))
    assert made.remarks == [f"{remark} in cell exercise-2"]
    assert [*made.told.values()] == ["right", *["not reached"] * 5]


def test_nothing_that_a_notebook_started_outlives_it(tmp_path):
    code = f"""
import subprocess, sys, time
sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"],
                           start_new_session=True)
open({str(tmp_path / "pid")!r}, "w").write(str(sleeper.pid))
time.sleep(1)
"""
    results.try_notebook(handed_in(tmp_path, {"exercise-1": code}), "a.ipynb", Limits())
    with contextlib.suppress(psutil.NoSuchProcess):
        sleeper = psutil.Process(int((tmp_path / "pid").read_text()))
        psutil.wait_procs([sleeper], timeout=10)
        assert not sleeper.is_running() or sleeper.status() == psutil.STATUS_ZOMBIE


def test_who_interrupts_the_command_interrupts_what_it_started(tmp_path, monkeypatch):
    started = []

    def interrupt(process):
        started.append(process)
        raise KeyboardInterrupt

    monkeypatch.setattr(results, "memory_of", interrupt)
    with pytest.raises(KeyboardInterrupt):
        results.try_notebook(handed_in(tmp_path, {}), "a.ipynb", Limits())
    assert started and not started[0].is_running()


def test_what_is_no_lesson_gets_its_line_too(tmp_path):
    whole = LESSONS[0].read_text(encoding="utf-8")
    (tmp_path / "damaged.ipynb").write_text(whole[:5000], encoding="utf-8")
    (tmp_path / "folder.ipynb").mkdir()
    (tmp_path / "empty.ipynb").touch()
    (tmp_path / "bytes.ipynb").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "list.ipynb").write_text("[1]", encoding="utf-8")
    foreign = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell('check("1.1", 2)')])
    nbformat.write(foreign, tmp_path / "foreign.ipynb")
    made = {one.name: str(one) for one in results.make(tmp_path, Limits())}
    assert len(made) == 6 and "foreign.ipynb: is not of this course" in made.values()
    assert sum("cannot be read as a notebook" in words for words in made.values()) == 5
    assert not list(tmp_path.glob("*.png"))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_is_known_by_its_cells_and_where_ids_are_lost_by_its_checks(path):
    lesson = nbformat.read(path, as_version=4)
    assert results.lesson_of(lesson) == path
    for number, cell in enumerate(lesson.cells):
        cell["id"] = f"lost-{number}"
    assert results.lesson_of(lesson) == path


def test_a_check_that_is_lost_or_emptied_is_put_below_its_exercise():
    notebook = copy.deepcopy(LESSON)
    own = [cell["id"] for cell in notebook.cells]
    notebook.cells = [cell for cell in notebook.cells if cell["id"] != "exercise-2-check"]
    next(cell for cell in notebook.cells if cell["id"] == "exercise-3-check").source = ""
    results.with_checks(notebook, LESSONS[0])
    assert [cell["id"] for cell in notebook.cells] == own
    checks = [cell.source for cell in notebook.cells if cell["id"].endswith("-check")]
    assert checks == [cell.source for cell in LESSON.cells if cell["id"].endswith("-check")]


def test_the_table_and_the_picture_have_every_learner(tmp_path, monkeypatch):
    words = ["right", "wrong", "error", "not attempted", "not reached", "right"]

    def tried(path, name, limits):
        told = {f"1.{n + 1}": word for n, word in enumerate(words)}
        if "none" in name:
            return Result(name, remarks=["is not of this course"])
        return Result(
            name, 1, told, ["took more than 10 minutes"] * name.startswith("b"), 61.4, 1200.2
        )

    monkeypatch.setattr(results, "try_notebook", tried)
    for name in ("a/1.ipynb", "b/1.ipynb", "none.ipynb", ".ipynb_checkpoints/a.ipynb"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    made = results.make(tmp_path, Limits())
    with (tmp_path / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["notebook"] for row in rows] == ["a/1.ipynb", "b/1.ipynb", "none.ipynb"]
    assert [rows[0][f"exercise {n}"] for n in range(1, 7)] == words
    assert (rows[0]["right"], rows[0]["of"], rows[0]["MB at most"]) == ("2", "6", "1200")
    assert rows[1]["remarks"] == "took more than 10 minutes" and rows[2]["lesson"] == ""
    assert Image.open(tmp_path / "results_1.png").width > 1000
    alt = results.draw(made[:2], 1).alt
    assert alt.startswith("a/1.ipynb: lesson 1, 2 of 6 right; b/1.ipynb: lesson 1")
