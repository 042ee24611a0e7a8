"""Every lesson keeps the house rules: how it is stored, how it is built, how long it is."""

import json
import re
import statistics
import string

from authoring import slide_types
from authoring.lesson_exercises import LESSONS, guesses_in, is_exercise
from authoring.stored import picture_in
from exercises.guesses import GUESSES

import nbformat
import pytest

# The only reasons for which a cell's output may be left out of the comparison.
REASONS = {"figures-differ-between-machines", "times-differ-between-machines"}


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture
def lesson(path):
    return nbformat.read(path, as_version=4)


def code_cells(lesson):
    return [cell for cell in lesson.cells if cell.cell_type == "code"]


def code_told(lesson):
    return [cell for cell in told(lesson) if cell.cell_type == "code"]


def told(lesson):
    """The cells of a lesson without its exercises and guesses, counted apart, and without notes."""
    apart = (is_exercise, slide_types.is_note, slide_types.is_guess)
    return [cell for cell in lesson.cells if not any(one(cell) for one in apart)]


def prose(cells):
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return re.sub(r"```.*?```", "", text, flags=re.S)


def lines(cell):
    return [line for line in cell.source.splitlines() if line.strip()]


def test_there_are_lessons_in_an_unbroken_order():
    numbers = [int(path.name[:2]) for path in LESSONS]
    assert numbers == list(range(1, len(LESSONS) + 1)) and numbers


def test_it_is_a_valid_notebook(lesson):
    nbformat.validate(lesson)


def test_it_was_run_in_order_from_a_fresh_kernel(lesson):
    counts = [cell.execution_count for cell in code_cells(lesson)]
    assert counts == list(range(1, len(counts) + 1))


def test_it_shows_no_error_and_no_warning(lesson):
    for cell in code_cells(lesson):
        for output in cell.outputs:
            assert output.output_type != "error", cell.source
            assert output.get("name") != "stderr", cell.source


def test_every_checkpoint_holds(lesson):
    shown = [o.text for c in code_cells(lesson) for o in c.outputs if o.output_type == "stream"]
    assert any("✓" in text for text in shown)
    assert not any("✗" in text for text in shown)


def test_its_stored_outputs_are_those_of_real_data(lesson):
    shown = [o.text for c in code_cells(lesson) for o in c.outputs if o.output_type == "stream"]
    sources = [line for text in shown for line in text.splitlines() if "images" in line]
    sources = [line for line in sources if line.startswith(("MNIST:", "CIFAR-100:"))]
    assert sources
    assert all(": real images" in line for line in sources)


def test_output_left_out_of_the_comparison_says_why(lesson):
    for cell in code_cells(lesson):
        tags = set(cell.metadata.get("tags", []))
        assert ("nbval-ignore-output" in tags) == bool(tags & REASONS), cell.source
        assert "nbval-skip" not in tags and "NBVAL" not in cell.source, cell.source


def test_it_holds_nothing_that_changes_from_run_to_run(path, lesson):
    assert lesson.metadata.language_info == {"name": "python"}
    assert set(lesson.metadata) == {"kernelspec", "language_info"}
    for cell in lesson.cells:
        assert set(cell.metadata) <= {"slideshow", "tags"}
    assert not re.search(r"/(home|root|work|Users|tmp)/", path.read_text(encoding="utf-8"))


def test_its_size_is_moderate(path, lesson):
    assert path.stat().st_size < 1_000_000
    assert 25 <= len(told(lesson)) <= 80
    assert 600 <= len(prose(told(lesson)).split()) <= 2_400
    exercises = [c for c in lesson.cells if is_exercise(c) and not slide_types.is_note(c)]
    assert len(prose(exercises).split()) <= 1_200


def test_code_is_led_by_prose_and_comes_in_small_cells(lesson):
    led = [
        before.cell_type == "markdown"
        for before, cell in zip(told(lesson), told(lesson)[1:], strict=False)
        if cell.cell_type == "code"
    ]
    assert lesson.cells[0].cell_type == "markdown"
    assert sum(led) / len(led) >= 0.85
    assert statistics.median(len(lines(cell)) for cell in code_told(lesson)) <= 5


def test_every_cell_has_its_part_on_the_slides(lesson):
    for cell in lesson.cells:
        assert set(cell.metadata.slideshow) == {"slide_type"} and slide_types.of(cell), cell["id"]
        assert (slide_types.of(cell) == "notes") == slide_types.is_note(cell), cell["id"]


def test_every_section_has_notes_for_instructors_below_its_first_code(lesson):
    sections = {
        cell["id"]: place
        for place, cell in enumerate(lesson.cells[:-1])
        if cell.cell_type == "markdown" and slide_types.HEADING.search(cell.source)
    }
    notes = {c["id"]: place for place, c in enumerate(lesson.cells) if slide_types.is_note(c)}
    assert notes.keys() == {f"{name}-notes" for name in sections}
    for name, place in sections.items():
        between = lesson.cells[place + 1 : notes[f"{name}-notes"]]
        assert all(cell.cell_type == "code" for cell in between), name


def test_the_minutes_of_the_notes_add_up_to_the_lessons(lesson):
    pattern = (
        r"<details><summary>For instructors · (\d+) minutes</summary>\n\n\*\*Ask:\*\* .+\?\n\n"
        r"\*\*A plausible wrong answer:\*\* \".+\" .+\n\n</details>"
    )
    notes = [cell.source for cell in lesson.cells if slide_types.is_note(cell)]
    *sections, exercises = [int(re.fullmatch(pattern, note).group(1)) for note in notes]
    promise = r"\*\*It takes\*\* about (\d+) minutes, and its exercises about (\d+) more\."
    told = re.search(promise, lesson.cells[0].source).groups()
    assert (sum(sections), exercises) == (int(told[0]), int(told[1]))


def test_every_guess_has_its_row_and_stands_before_what_it_is_about(path, lesson):
    number = int(path.name[:2])
    asked = [guesses_in(cell) for cell in lesson.cells]
    rows = [name for name in GUESSES if name.split(".")[0] == str(number)]
    assert sum(asked, []) == rows
    assert rows == [f"{number}.{letter}" for letter in string.ascii_lowercase[: len(rows)]]
    for place, names in enumerate(asked):
        if names:
            before, cell, after = lesson.cells[place - 1 : place + 2]
            assert len(names) == len(lines(cell)) and not cell.outputs, names
            assert "**Guess first" in before.source and after.cell_type == "code", names
            assert slide_types.of(cell) == "skip", names


def test_exercises_stand_together_before_the_recap(lesson):
    theirs = [is_exercise(cell) for cell in lesson.cells]
    assert theirs[-1] is False and theirs[-2] is True
    assert sum(a != b for a, b in zip(theirs, theirs[1:], strict=False)) == 2


def test_it_opens_and_closes_as_a_lesson_does(lesson):
    first, last = lesson.cells[0].source, lesson.cells[-1].source
    for part in ("you can**", "**It takes** about", "**It builds on**", "**You build**"):
        assert part in first
    assert "What you know now" in last and "The way on" in last


def test_it_leads_to_the_lessons_before_and_after(path, lesson):
    links = re.findall(r"\]\((\w+\.ipynb)\)", prose(lesson.cells))
    place = LESSONS.index(path)
    before = [LESSONS[place - 1].name] if place else []
    after = [later.name for later in LESSONS[place + 1 : place + 2]]
    assert links == before + after


def test_headings_nest(lesson):
    levels = [len(mark) for mark in re.findall(r"^(#+) ", prose(lesson.cells), flags=re.M)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))


def test_pictures_are_there_and_have_words(lesson):
    outputs = [output for cell in code_cells(lesson) for output in cell.outputs]
    pictures = [*filter(None, map(picture_in, outputs))]
    assert len(pictures) >= 3
    assert all(len(picture.alt) > 20 for picture in pictures)
    assert not re.search(r"'image/\w+", str(outputs)), "a picture is stored twice"


def test_it_uses_no_old_or_hidden_ways(lesson):
    source = "\n".join(cell.source for cell in code_cells(lesson))
    for bad in ("input_shape=", "sys.path", "filterwarnings", "%%capture", 'history["acc"]'):
        assert bad not in source


def test_ids_are_words_so_that_diffs_can_be_read(path):
    ids = [cell["id"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in ids)
