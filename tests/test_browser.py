"""A lesson in a real JupyterLab, as a learner sees it: run, and interrupted.

With the environment variable COURSE_ALL_LESSONS set, as once a week, every lesson is run.
"""

import json
import os

from authoring.browser import open_browser
from authoring.lesson_exercises import LESSONS
from authoring.stored import picture_in

import lab
import pytest

pytestmark = pytest.mark.browser
NAMES = [path.name for path in LESSONS]


@pytest.fixture(scope="module")
def browser():
    with open_browser() as browser:
        yield browser


@pytest.fixture(params=["notebooks"])
def open_lesson(browser, tmp_path, request):
    """A function that opens a lesson in a JupyterLab of its own.

    (One server for all lessons grew from test to test, to gigabytes, and became slow.)
    """
    with lab.jupyterlab(tmp_path, request.param) as server:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        try:
            yield lambda name: lab.Lesson(server, context.new_page(), name)
        finally:
            context.close()


def named(lesson):
    """What is seen of every code cell, by the cell's id."""
    return {cell["id"]: seen for cell, seen in zip(lesson.code, lesson.cells(), strict=True)}


def check_pictures(lesson):
    """Look whether each picture that the lesson stores is seen where it belongs, with its words."""
    stored = [
        lesson.code.index(cell)
        for cell in lesson.code
        for output in cell.outputs
        if picture_in(output)
    ]
    pictures = lesson.pictures()
    assert [picture["cell"] for picture in pictures] == stored != []
    for picture in pictures:
        where = lesson.code[picture["cell"]]["id"]
        assert picture["drawn"] and picture["uncovered"], (where, picture)
        assert picture["width"] > 50 and picture["height"] > 50, (where, picture)
        assert picture["inside"], (where, picture)
        assert len(picture["alt"]) > 20, (where, picture)


@pytest.mark.parametrize("name", NAMES[1:2])
def test_who_has_run_nothing_sees_the_pictures(open_lesson, name):
    lesson = open_lesson(name)
    assert lesson.page.locator("[data-icon='ui-components:not-trusted']").count() == 1
    check_pictures(lesson)


@pytest.mark.parametrize("open_lesson", ["my_lessons"], indirect=True)
def test_a_learners_own_copy_is_quiet_and_trusted_and_keeps_the_progress(open_lesson):
    lesson = open_lesson(NAMES[0])
    page = lesson.page
    assert page.locator("[data-icon='ui-components:trusted']").count() == 1
    assert [seen["text"] for seen in lesson.cells()] == [""] * len(lesson.code)

    lesson.clear()  # there is nothing to clear; a learner, too, takes a while to begin
    for name in ("setup", "unbuilt"):
        lesson.run(name)
    assert page.locator(".Toastify__toast, .jp-Dialog").count() == 0
    colours = page.evaluate(
        """() => [...document.querySelectorAll('.jp-OutputArea-output :is(pre, span)')]
            .map(one => getComputedStyle(one).color)"""
    )
    assert len(colours) > 5 and len({*colours}) == 1  # that of all text

    lesson.write("exercise-2", "my_shape, my_count = (22, 12, 8), 2376")
    for name in ("exercise-2", "exercise-2-check"):
        lesson.run(name)
    assert "✓ Exercise 1.2: right." in named(lesson)["exercise-2-check"]["text"]
    lesson.restart()
    for name in ("setup", "progress"):
        lesson.run(name)
    told = named(lesson)["progress"]["text"]
    assert "1 of 6 exercises done" in told and "✓ 1.2" in told and "done, 1 try" in told
    kept = json.loads((lesson.server.folder / "progress.json").read_text(encoding="utf-8"))
    assert kept == {"1.2": {"state": "✓", "tries": 1}}


@pytest.mark.parametrize("name", NAMES if "COURSE_ALL_LESSONS" in os.environ else NAMES[1:2])
def test_run_all(open_lesson, name):
    lesson = open_lesson(name)
    lesson.run_all()
    cells = named(lesson)
    assert [seen["prompt"] for seen in cells.values()] == [
        f"[{number}]:" for number in range(1, len(cells) + 1)
    ]
    for cell, seen in cells.items():
        assert not seen["errors"], (cell, seen)
        assert "✗" not in seen["text"], (cell, seen["text"])
        if cell.endswith("-check"):
            assert "not attempted yet" in seen["text"], (cell, seen["text"])
    assert any("✓" in seen["text"] for seen in cells.values())
    stored_bars = [c["id"] for c in lesson.code if "━━━ " in str(c.outputs)]
    for cell in stored_bars:
        assert "━━━" in cells[cell]["text"], cell

    check_pictures(lesson)

    folded = lesson.page.locator(".jp-MarkdownCell details")
    assert folded.count() >= sum(cell.endswith("-check") for cell in cells)  # the solutions
    for number in range(folded.count()):
        one = folded.nth(number)
        heights = []
        for _ in range(3):
            heights.append(one.bounding_box()["height"])
            one.locator("summary").click()
        assert heights[0] == heights[2] and heights[1] > heights[0] + 20, (number, heights)


def interrupt(lesson, name, needs):
    """Run a cell that trains after those that it needs, and interrupt it as a learner does."""
    lesson.clear()
    for cell in needs:
        lesson.run(cell)
    lesson.start(name)
    lesson.wait_for_text(name, "━")
    lesson.menu("Kernel", "Interrupt Kernel")
    lesson.wait_for_text(name, "KeyboardInterrupt")
    lesson.wait_until_idle()
    stopped = named(lesson)[name]
    assert len(stopped["errors"]) == 1 and "KeyboardInterrupt" in stopped["errors"][0]


def test_training_can_be_interrupted_and_goes_on(open_lesson):
    lesson = open_lesson(NAMES[0])
    needs = "setup", "size", "data", "scale", "split", "digits", "compile"
    interrupt(lesson, "fit", needs)

    for name in ("count", "sparse", "norm"):  # what does not need the training goes on
        lesson.run(name)
        assert not named(lesson)[name]["errors"], name
    lesson.run("curves")  # there is no history, and that is said
    assert "'history' is not defined" in named(lesson)["curves"]["errors"][0]

    for name in ("fit", "curves", "evaluate", "wrong", "maps"):
        lesson.run(name)
        seen = named(lesson)[name]
        assert not seen["errors"], (name, seen)
    assert "✓" in named(lesson)["evaluate"]["text"]
