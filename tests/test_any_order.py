"""Cells run twice, or in another order: the right result, or an error that says what is missing."""

import os
import re
from contextlib import contextmanager
from pathlib import Path

from authoring.lesson_exercises import LESSONS

import nbformat
import pytest
from nbclient import NotebookClient
from nbval.plugin import coalesce_streams


class Run:
    """A lesson in a kernel of its own, whose cells are run one by one."""

    def __init__(self, path):
        self.notebook = nbformat.read(path, as_version=4)
        resources = {"metadata": {"path": str(Path(path).parent)}}
        self.client = NotebookClient(
            self.notebook, timeout=600, allow_errors=True, resources=resources
        )
        self.place = {cell["id"]: i for i, cell in enumerate(self.notebook.cells)}
        self.code = [cell["id"] for cell in self.notebook.cells if cell.cell_type == "code"]

    def cell(self, name):
        """Run a cell, and return what is seen: text, ticks and errors, no bars and no figures."""
        cell = self.notebook.cells[self.place[name]]
        self.client.execute_cell(cell, self.place[name])
        seen = []
        for output in coalesce_streams(cell.outputs):
            if output.output_type == "error":
                seen.append(f"{output.ename}: {output.evalue}")
            else:
                seen.append(output.get("text") or output.data["text/plain"])
        text = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(seen))
        return "\n".join(line for line in text.splitlines() if line and "━━━ " not in line)


@contextmanager
def running(number):
    run = Run(LESSONS[number - 1])
    with run.client.setup_kernel():
        yield run


# Cells that by design show something else the second time, and why.
DIFFERENT = {
    "unbuilt": "Keras counts the names of layers on",
    "debug": "Keras counts the names of layers on",
    "called": "the model is built already: 6 weights before, 6 after",
}


@pytest.mark.skipif("COURSE_ALL_LESSONS" not in os.environ, reason="once a week: it takes a minute")
def test_every_cell_can_be_run_twice():
    with running(1) as run:
        for name in run.code:
            first, second = run.cell(name), run.cell(name)
            for text in (first, second):
                assert "Error: " not in text and "✗" not in text, (name, text)
            if name not in DIFFERENT and not name.endswith("-check"):
                assert re.sub("≈.*", "", second) == re.sub("≈.*", "", first), name


def test_a_cell_too_early_names_what_is_missing():
    too_early = {
        "data": "'TRAIN' is not defined",
        "scale": "'images' is not defined",
        "split": "'x' is not defined",
        "deeper": "'colour' is not defined",
        "head": "'deeper' is not defined",
        "compile": "'digits' is not defined",
        "fit": "'digits' is not defined",
        "curves": "'history' is not defined",
        "exercise-1-check": "'prepare' is not defined",
    }
    with running(1) as run:
        assert "'helpers' is not defined" in run.cell("data")
        run.cell("setup")
        for name, words in too_early.items():
            assert words in run.cell(name), name


def test_a_model_is_not_trained_before_it_is_compiled():
    with running(1) as run:
        for name in ("setup", "size", "data", "scale", "split", "digits"):
            run.cell(name)
        assert "compile()" in run.cell("fit")


def test_data_loaded_again_is_not_scaled_or_split_twice():
    with running(1) as run:
        for name in ("setup", "size", "data", "scale", "split"):
            run.cell(name)
        for name in ("scale", "split", "split", "data", "scale"):
            run.cell(name)
        assert "float32" in run.cell("scale") and "0.0, 1.0" in run.cell("scale")
        assert run.cell("split") == "((5400, 28, 28, 1), (600, 28, 28, 1))"
