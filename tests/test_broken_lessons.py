"""Lesson 1, broken on purpose in many ways: each must turn the run red, and name its cell."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
LESSON = ROOT / "notebooks/01_sequential.ipynb"


def replace(old, new):
    """A way to break a cell: other code in it."""

    def change(cell):
        assert old in cell.source, f"the lesson has changed: {old!r} is not in it any more"
        cell.source = cell.source.replace(old, new)

    return change


def put_first(line):
    """A way to break a cell: one more line of code above the others."""

    def change(cell):
        cell.source = line + "\n" + cell.source

    return change


def make_output_stale(cell):
    cell.outputs[0].data["text/plain"] = cell.outputs[0].data["text/plain"].replace("255", "254")


def forget_output(cell):
    cell.outputs = []


def forget_execution(cell):
    cell.execution_count = None


# What is done to which cell (by its id), and which cell must then be red, if not the same one.
# No way to break a cell may change what later cells show, or it could not be told from the others.
BROKEN = {
    "an error": ("add", replace("layers.Dense(units)", "layers.Dense(unit)"), None),
    "a wrong layer": ("debug", replace("MaxPooling2D", "AveragePooling2D"), None),
    "a wrong number of layers": ("unbuilt", replace("    layers.Dense(3),\n", ""), None),
    "a lost photo": ("data", replace("helpers.plot", "_ = helpers.plot"), None),
    "a lost drawing": ("picture", replace("_model(digits)", "_model(digits) and None"), None),
    "another picture": ("kernel", replace("[-1, 0, 1]] * 3", "[-1, 1]] * 2"), None),
    "a warning": ("input", replace("layers.Dense(3)", "layers.Dense(3, input_shape=(8,))"), None),
    "a log line": ("norm", put_first("import os; os.write(2, b'E0000 from C++')"), None),
    "a print too many": ("deeper", put_first("print('hello')"), None),
    "a stale output": ("shape", make_output_stale, None),
    "a forgotten output": ("weights", forget_output, None),
    "an output of no run": ("called", forget_execution, None),
    "a promise not kept": ("logits", replace("from_logits=True", "from_logits=False"), None),
    "a worse accuracy": ("compile", replace('"adam"', "keras.optimizers.SGD(0.0)"), "evaluate"),
    "half an answer": ("exercise-2", replace("my_shape = ...", "my_shape = 1"), "exercise-2-check"),
    "a killed kernel": ("progress", put_first("import os; os.kill(os.getpid(), 9)"), None),
}


def cell_numbers(notebook):
    """nbval's number of each code cell, by the cell's id."""
    ids = [cell["id"] for cell in notebook.cells if cell.cell_type == "code"]
    return {name: number for number, name in enumerate(ids)}


def red_cells(path):
    """Run a notebook as `pytest` does, and return the ids of its red cells and what was printed."""
    notebook = nbformat.read(path, as_version=4)
    shutil.copy(ROOT / "conftest.py", path.parent)
    command = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "-q", "-rf", path]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COURSE_"))}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    red = {int(number) for number in re.findall(r"^FAILED .*::Cell (\d+)", done.stdout, flags=re.M)}
    assert done.returncode == (1 if "\nFAILED" in done.stdout else 0), done.stdout + done.stderr
    return {name for name, number in cell_numbers(notebook).items() if number in red}, done.stdout


@pytest.fixture(scope="module")
def run_of_the_broken_copy(tmp_path_factory):
    """All ways at once in one copy: each is in a cell of its own, and each must show by itself.

    Where nothing is learnt, a few large batches are as good as many.
    """
    notebook = nbformat.read(LESSON, as_version=4)
    cells = {cell["id"]: cell for cell in notebook.cells}
    replace(", 3, 32)", ", 3, 600)")(cells["size"])
    for cell_id, change, _ in BROKEN.values():
        change(cells[cell_id])
    path = tmp_path_factory.mktemp("broken") / LESSON.name
    shutil.copy(LESSON.parent / "pictures.py", path.parent)
    nbformat.write(notebook, path)
    return red_cells(path)


@pytest.mark.parametrize("way", BROKEN)
def test_it_turns_the_run_red(way, run_of_the_broken_copy):
    broken, _, red = BROKEN[way]
    assert (red or broken) in run_of_the_broken_copy[0]


def test_nothing_else_is_red(run_of_the_broken_copy):
    expected = {red or broken for broken, _, red in BROKEN.values()}
    assert run_of_the_broken_copy[0] == expected


def test_a_dead_kernel_is_named_as_such(run_of_the_broken_copy):
    assert "The kernel died while it ran this cell" in run_of_the_broken_copy[1]


def test_a_guess_without_an_answer_is_red(tmp_path):
    code = [
        "from exercises.guesses import ask, guess\n"
        'ask("90.a", "counts", number="three")\nask("90.b", "counts", number="four")',
        'guess("90.a", ...)\nguess("90.b", ...)',
        "three = 3",
    ]
    cells = [nbformat.v4.new_code_cell(source, execution_count=1) for source in code]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "90_lesson.ipynb")
    _, printed = red_cells(tmp_path / "90_lesson.ipynb")
    assert re.findall(r"^FAILED .*::(.*?)(?: - |$)", printed, flags=re.M) == ["Answer 90.b"]
    assert "name 'four' is not defined" in printed
