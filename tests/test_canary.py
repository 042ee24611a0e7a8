"""What the canary says of a run with failures: which fact of which lesson, and why."""

import subprocess
import sys

from authoring import canary

import nbformat
import pytest

CELLS = {"fine": ("print(1)", "1\n"), "words": ("print('new `words`')", "old words\n")}
FACTS = """
def test_lesson_3_two_is_three():
    assert 2 == 3

def test_lesson_3_one_is_one():
    pass
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A small course in which two cells and a fact fall, and what pytest reports of it."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "notebooks").mkdir()
    (folder / "tests").mkdir()
    (folder / "tests/test_keras_facts.py").write_text(FACTS)
    lesson = nbformat.v4.new_notebook()
    lesson.cells = [nbformat.v4.new_markdown_cell("# Lesson 3", id="title")]
    for name, (code, shown) in CELLS.items():
        output = nbformat.v4.new_output("stream", name="stdout", text=shown)
        lesson.cells.append(nbformat.v4.new_code_cell(code, id=name, outputs=[output]))
        lesson.cells[-1].execution_count = len(lesson.cells) - 1
    lesson.cells.append(nbformat.v4.new_code_cell("int('a')", id="stops"))
    nbformat.write(lesson, folder / "notebooks/03_tiny.ipynb")
    words = ["--nbval", "--nbval-current-env", "--junit-xml=report.xml", "notebooks", "tests"]
    done = subprocess.run([sys.executable, "-m", "pytest", *words], cwd=folder)
    assert done.returncode == 1
    return folder / "report.xml"


def test_each_line_names_the_lesson_the_cell_or_fact_and_the_reason(report, monkeypatch):
    monkeypatch.setattr(canary, "ROOT", report.parent)
    assert canary.fallen(report) == [
        "- lesson 3, cell `words`: the lesson shows `old words`, and now it is `new 'words'`",
        "- lesson 3, cell `stops`: `ValueError: invalid literal for int() with base 10: 'a'`",
        "- lesson 3, a fact that it tells: two is three: `assert 2 == 3`",
    ]


def test_the_first_line_names_the_versions_and_the_status_says_whether_something_fell(
    report, monkeypatch, tmp_path, capsys
):
    monkeypatch.setattr(canary, "ROOT", report.parent)
    assert canary.main(report) == 1
    title, nothing, *lines = capsys.readouterr().out.splitlines()
    assert title.startswith("With TensorFlow 2.") and title.endswith(", this falls")
    assert "Keras 3." in title and nothing == "" and len(lines) == 3
    good = tmp_path / "good.xml"
    good.write_text('<testsuites><testcase classname="a" name="b"/></testsuites>')
    assert canary.main(good) == 0
    assert capsys.readouterr().out.splitlines()[0].endswith(", nothing falls")
