"""What surrounds a class: presenting, sheets, the page before it, and exercises of one's own."""

import dis
import json
import re
import runpy
from pathlib import Path

import course
from authoring import new_exercise, present, sheets
from authoring.lesson_exercises import LESSONS, solution_code
from authoring.readme import CLASS
from authoring.slide_types import HEADING
from exercises import checking
from helpers import ready

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
ROOT = Path(__file__).parent.parent


# Presenting


def test_a_lesson_to_present_is_empty_and_large_and_leaves_ones_own_settings_alone(tmp_path):
    environment = present.prepare(LESSONS[1], tmp_path)
    shown = nbformat.read(tmp_path / "lessons" / LESSONS[1].name, as_version=4)
    assert "For instructors" not in str(shown)
    code = [cell for cell in shown.cells if cell.cell_type == "code"]
    assert code and not any(cell.outputs or cell.execution_count for cell in code)
    settings = Path(environment["JUPYTERLAB_SETTINGS_DIR"])
    look = settings / "@jupyterlab/apputils-extension/themes.jupyterlab-settings"
    assert json.loads(look.read_text())["overrides"]["code-font-size"] == "24px"
    own = ["JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR", "JUPYTER_CONFIG_DIR"]
    for name in (*own, "JUPYTER_DATA_DIR"):
        assert Path(environment[name]).is_relative_to(tmp_path)
    assert present.NotebookNotary(data_dir=environment["JUPYTER_DATA_DIR"]).check_signature(shown)


def test_jupyterlab_opens_that_copy(monkeypatch):
    calls = []

    def call(command, env):
        (folder,) = (word.split("=")[1] for word in command if "root_dir" in word)
        calls.append((command, sorted(path.name for path in Path(folder).iterdir())))
        return 0

    monkeypatch.setattr(present.subprocess, "call", call)
    assert present.main(["07", "--no-browser"]) == 0
    command, files = calls[0]
    assert command[-1] == "--no-browser" and "07_distribute.ipynb" in files and "worker.py" in files
    assert "--LabApp.default_url=/doc/tree/07_distribute.ipynb" in command


@pytest.mark.parametrize("words", [[], ["08"], ["0"]])
def test_without_a_lesson_it_says_which_there_are(words):
    with pytest.raises(SystemExit, match="01, 02, .* course.py present 02"):
        present.main(words)


# Sheets


@each_lesson
def test_a_sheet_has_every_section_with_its_minutes_and_question(path):
    lesson = nbformat.read(path, as_version=4)
    made = list(sheets.sections(lesson))
    headings = HEADING.findall("\n".join(cell.source for cell in lesson.cells))
    assert [f"## {one.title}" for one in made] == headings[:-1]  # not "What you know now"
    page = sheets.sheet(lesson)
    assert all(sheets.plain(one.question) in page for one in made)
    assert len(sheets.goals(lesson)) >= 4 and len(sheets.exercises(lesson)) >= 5
    assert 1 <= sum(one.may_be_skipped for one in made) <= 2


def names(code):
    """The names that code takes from before, and those that it makes."""
    taken, made = set(), set()

    def look(block, outside):
        for step in dis.get_instructions(block):
            if step.opname in ("LOAD_NAME", "LOAD_GLOBAL") and step.argval not in made:
                taken.add(step.argval)
            elif step.opname == "STORE_NAME" and outside:
                made.add(step.argval)
            elif hasattr(step.argval, "co_code"):
                look(step.argval, False)

    look(compile(TransformerManager().transform_cell(code), "cell", "exec"), True)
    return taken, made


@each_lesson
def test_nothing_later_needs_what_a_section_makes_that_may_be_skipped(path):
    parts = []
    for cell in nbformat.read(path, as_version=4).cells:
        if not parts or (cell.cell_type == "markdown" and HEADING.search(cell.source)):
            parts.append(("skip-when-late" in cell.metadata.get("tags", []), []))
        if cell["id"].endswith("-solution"):
            parts[-1][1].append(names(solution_code(cell.source)))
        elif cell.cell_type == "code":
            parts[-1][1].append(names(cell.source))
    assert any(skipped for skipped, _ in parts)
    for place, (skipped, cells) in enumerate(parts):
        missing = {name for _, made in cells for name in made} if skipped else set()
        for _, later in parts[place + 1 :]:
            for taken, made in later:
                assert not missing & taken
                missing -= made


def test_all_sheets_are_a_page_to_print(tmp_path):
    sheets.make(tmp_path / "sheets")
    page = (tmp_path / "sheets/index.html").read_text(encoding="utf-8")
    assert page.count("<article>") == len(LESSONS) and "http" not in page.split("</style>")[0]
    assert sheets.plain("`a*b*c` **is** <x>") == "<code>a*b*c</code> <em>is</em> &lt;x&gt;"


# The page before a class


def test_the_exercise_for_thursday_is_ten_lines_and_works(tmp_path, monkeypatch, capsys):
    block = next(
        one
        for one in re.findall(r"(?s)```python\n(.*?)```", CLASS.read_text("utf-8"))
        if "Thursday" in one
    )
    assert len([line for line in block.splitlines() if line]) <= 10
    monkeypatch.setattr(checking, "EXERCISES", {})
    (tmp_path / "thursday.py").write_text(block, encoding="utf-8")
    check = runpy.run_path(str(tmp_path / "thursday.py"))["check"]
    for answer in (..., 1024, 32 * 32 * 3):
        check("Thursday.1", answer)
    checking.progress("Thursday")
    said = capsys.readouterr().out
    assert "○ Exercise Thursday.1" in said and "✗ Exercise Thursday.1: It is not 1024." in said
    assert "✓ Exercise Thursday.1: right." in said and "1 of 1 exercises done" in said


def test_what_is_missing_is_said_and_what_is_there(capsys):
    def there():
        return "a thing"

    def missing():
        """Whether another is there."""
        raise OSError("no")

    assert ready.main([there]) == 0 and capsys.readouterr().out == "✓ a thing\nAll is there.\n"
    assert ready.main([there, missing]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[1] == "✗ Whether another is there. No: OSError: no" and "missing" in said[2]


def test_a_network_is_trained_and_drawn_and_images_are_found(monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "stand-in")
    assert ready.training() and ready.drawing() and ready.packages().startswith("Python 3.")
    assert ready.images().count("stand-in images") == 2 and ready.memory().endswith("GB of memory")


# Packages on a stick


@pytest.mark.parametrize("uv", ["uv", None])
def test_packages_go_into_a_folder_and_are_installed_from_it(tmp_path, monkeypatch, uv):
    calls = []
    monkeypatch.setattr(course, "VENV", str(tmp_path / "venv"))
    monkeypatch.setattr(course.shutil, "which", lambda name: uv)
    (tmp_path / "venv").mkdir()
    monkeypatch.setattr(course.subprocess, "call", lambda command, cwd: calls.append(command) or 0)
    folder = str(tmp_path / "stick")
    assert course.main(["wheelhouse", folder]) == 0
    download = calls[-1]
    assert download[download.index("-d") + 1] == folder and "setuptools>=77" in download
    assert any(word.startswith("tensorflow") for word in download)
    assert not any(word.startswith(("-e", "#")) for word in download)
    for stamp in (tmp_path / "venv").iterdir():
        stamp.unlink()
    assert course.main(["set-up", "--from", folder]) == 0
    assert calls[-1][-5:] == ["--no-index", "--find-links", folder, "-r", "requirements.txt"]
    for words in (["set-up", "--from"], ["set-up", "--from", "none"], ["wheelhouse"]):
        with pytest.raises(SystemExit, match="set-up --from FOLDER"):
            course.main(words)


# Exercises to stay


@pytest.fixture
def copy_of_the_course(tmp_path):
    for name in ("notebooks/01_sequential.ipynb", "exercises/lesson_1.py"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "tests/answers").mkdir(parents=True)
    name = "tests/answers/lesson_1.py"
    (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    return tmp_path


def test_a_new_exercise_is_whole(copy_of_the_course, monkeypatch, capsys):
    paths = new_exercise.write("1.7", 'A "new" one', copy_of_the_course)
    lesson = nbformat.read(paths[0], as_version=4)
    nbformat.validate(lesson)
    ids = [cell["id"] for cell in lesson.cells]
    parts = [f"exercise-7{part}" for part in ("-text", "", "-check", "-solution")]
    place = ids.index("progress-text")
    assert ids[place - 4 : place] == parts and ids[place - 5] == "exercise-6-solution"
    cells = {cell["id"]: cell.source for cell in lesson.cells}
    assert cells["exercise-7-text"].startswith("### Exercise 1.7 · A 'new' one\n")
    monkeypatch.setattr(checking, "EXERCISES", {})
    runpy.run_path(str(paths[1]))
    assert checking.EXERCISES["1.7"].title == "A 'new' one"
    tables = runpy.run_path(str(paths[2]))
    right, wrong = tables["RIGHT"]["1.7"], tables["WRONG"]["1.7"]
    assert len(right) >= 3 and len(wrong) >= 6 and len(tables["RIGHT"]) == 7

    def said(code):
        exec("import numpy as np\nfrom exercises import check\n" + code, {})
        return capsys.readouterr().out

    check = f"\n{cells['exercise-7-check']}"
    for code in (*right.values(), solution_code(cells["exercise-7-solution"])):
        assert said(code + check).startswith("✓")
    for code, words in wrong.values():
        assert words in said(code + check)
    assert said(cells["exercise-7"] + check).startswith("○")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("1.9", "the next is 1.7"),
        ("1.6", "the next is 1.7"),
        ("9.1", "no number"),
        ("x", "such as"),
    ],
)
def test_a_new_exercise_is_the_next_of_its_lesson(copy_of_the_course, number, words):
    with pytest.raises(ValueError, match=words):
        new_exercise.write(number, "Title", copy_of_the_course)
