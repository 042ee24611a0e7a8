"""The slides in a real browser: all of a lesson is there, on its page, and large enough to read."""

import base64
import copy
import csv
import io
import re

from authoring import browser, refresh, slide_sheets, slide_types, slides
from authoring.readme import MINUTES

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from PIL import Image
from test_accessibility import RULES, violations

each_lesson = pytest.mark.parametrize("path", slides.LESSONS, ids=lambda path: path.stem)

LEAST = {"code": 20.5, "printed": 18.4, "text": 17.4}  # pixels of a slide's 720

# What is wrong with the slide that is shown: too small a kind of text, or what leaves the page.
FAULTS = """
least => {
  const page = Reveal.getCurrentSlide(), unit = Reveal.getScale(), faults = [];
  if (!page.querySelector("[data-cell]")) faults.push("an empty slide");
  for (const one of page.querySelectorAll("[data-cell] *")) {
    if (one.closest("svg *") || !one.getClientRects().length) continue;
    const box = one.getBoundingClientRect(), name = one.tagName + one.textContent.slice(0, 40);
    if (box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > 696 * unit + 1)
      faults.push("off the page: " + name);
    if (one.matches("pre, table, td, li, p") && one.scrollWidth > one.clientWidth + 1)
      faults.push("wider than its box: " + name);
    if (one.matches("img, svg") && box.width < 30) faults.push("hardly seen: " + name);
    if ([...one.childNodes].some(node => node.nodeType == 3 && node.data.trim())) {
      const kind = one.closest(".printed") ? "printed" : one.closest("pre") ? "code" : "text";
      const zoom = one.closest("[data-cell]").style.zoom || 1;
      const size = parseFloat(getComputedStyle(one).fontSize) * zoom;
      if (size < least[kind] - 0.01 && !one.closest("table")) faults.push(`${size} px: ${name}`);
    }
  }
  return faults;
}
"""
TEXTS = """
[...document.querySelectorAll("[data-cell]")].map(one => [one.dataset.cell, one.textContent])
"""

EXERCISES = """
[...document.querySelectorAll(".page")].flatMap(page => [...new Set(
  [...page.querySelectorAll("[data-cell]")]
    .map(one => /^exercise-\\d+(?=$|-text)/.exec(one.dataset.cell)?.[0]).filter(name => name)
)])
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The slides of all lessons, made once."""
    made = tmp_path_factory.mktemp("slides")
    slides.make(made)
    return made


@pytest.fixture(scope="module")
def opened():
    with browser.open_browser() as one:
        yield one


def open_slides(opened, address, size=(1280, 720), asked=None):
    """A page with a lesson's slides, every fragment shown; what it asks for is put into `asked`."""
    page = opened.new_page(viewport={"width": size[0], "height": size[1]})
    page.on("request", lambda request: asked is not None and asked.append(request.url))
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(address)
    page.wait_for_function("window.Reveal?.isReady()")
    page.add_style_tag(content=slide_sheets.ALL_SHOWN)
    return page


def faults_of(page):
    """What is wrong with each slide of an open lesson."""
    for number, place in enumerate(slide_sheets.places(page), start=1):
        page.evaluate("place => Reveal.slide(place.h, place.v)", place)
        yield from (f"slide {number}: {fault}" for fault in page.evaluate(FAULTS, LEAST))


def lines_of(texts):
    """The lines of each cell, from pairs of a cell's id and a text of it."""
    lines = {}
    for cell, text in texts:
        lines.setdefault(cell, set()).update(" ".join(line.split()) for line in text.splitlines())
    return lines


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)], ids=["720", "1080"])
@each_lesson
def test_every_slide_can_be_read_and_asks_nobody_for_anything(folder, opened, path, size):
    asked, made = [], folder / f"{path.stem}.html"
    page = open_slides(opened, made.as_uri(), size, asked)
    assert list(faults_of(page)) == []
    assert all(url.startswith(("file:", "data:")) for url in asked), asked
    shown, exercises = lines_of(page.evaluate(TEXTS)), page.evaluate(EXERCISES)
    page.close()
    assert len(exercises) == len(set(exercises)) > 4  # a page each
    blocks = BeautifulSoup(made.read_text(encoding="utf-8"), "html.parser").select("[data-cell]")
    wanted = lines_of((one["data-cell"], one.get_text()) for one in blocks)
    assert {
        cell: lines - shown[cell] for cell, lines in wanted.items() if lines - shown[cell]
    } == {}


@pytest.mark.browser
@each_lesson
def test_axe_finds_nothing(folder, opened, path):
    page = open_slides(opened, (folder / f"{path.stem}.html").as_uri())
    page.emulate_media(media="print")  # shows all slides, one below the other
    page.evaluate(
        "for (const one of document.querySelectorAll('section'))"
        " for (const name of ['hidden', 'inert', 'aria-hidden']) one.removeAttribute(name)"
    )
    found = violations(page, RULES)
    page.close()
    assert found == []


@pytest.mark.browser
def test_after_guess_first_the_answer_comes_with_the_next_key(folder, opened):
    page = opened.new_page(viewport={"width": 1280, "height": 720})
    page.goto((folder / f"{slides.LESSONS[0].stem}.html").as_uri())
    page.wait_for_function("window.Reveal?.isReady()")
    answer = page.locator('.printed[data-cell="shape"]')
    for _ in range(60):
        page.keyboard.press("Space")
        if page.evaluate("!!Reveal.getCurrentSlide().querySelector('[data-cell=shape]')"):
            break
    assert page.locator('.code[data-cell="shape"]').is_visible() and not answer.is_visible()
    page.keyboard.press("Space")
    answer.wait_for(state="visible", timeout=10_000)
    assert "(6000, 28, 28)" in answer.inner_text()
    page.close()


@pytest.mark.browser
def test_the_speakers_window_shows_the_notes_and_the_pace(folder, opened):
    with browser.served(folder) as address:
        context = opened.new_context()
        page = context.new_page()
        page.goto(f"{address}/{slides.LESSONS[0].stem}.html")
        page.wait_for_function("window.Reveal?.isReady()")
        timings = page.evaluate("Reveal.getSlides().map(one => +one.dataset.timing)")
        minutes = sum(map(int, MINUTES.search(slides.LESSONS[0].read_text("utf-8")).groups()))
        assert timings[0] == 0 and abs(sum(timings) - 60 * minutes) < len(timings)
        page.evaluate("Reveal.slide(1, 0)")
        with context.expect_page() as window:
            page.keyboard.press("s")
        speaker = window.value
        speaker.wait_for_selector(".speaker-controls-notes .value :text('For instructors')")
        shown = speaker.inner_text(".speaker-controls-notes")
        assert "Ask:" in shown and "A plausible wrong answer:" in shown
        assert speaker.is_visible(".pacing")
        context.close()


@pytest.mark.browser
def test_a_hand_out_has_a_page_for_each_slide_and_a_script_one_for_each_note(
    tmp_path, folder, opened
):
    name = slides.LESSONS[0].stem
    for part in ("reveal", "fit.js", "slides.css", f"{name}.html"):
        (tmp_path / part).symlink_to(folder / part)
    slides.print_pdf(tmp_path)
    page = open_slides(opened, (folder / f"{name}.html").as_uri())
    count, notes = page.evaluate(
        "[Reveal.getTotalSlides(), document.querySelectorAll('.notes').length]"
    )
    page.close()
    for kind, pages in (("hand-out", count), ("script", count + notes)):
        printed = (tmp_path / f"{name}-{kind}.pdf").read_bytes()
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == pages


def picture(kind, size):
    file = io.BytesIO()
    Image.new("RGB", size, "#0072b2").save(file, kind)
    return base64.b64encode(file.getvalue()).decode()


def shown(**data):
    return new_output("display_data", data={"text/plain": "<shown>", **data})


def printed(text, name="stdout"):
    return new_output("stream", name=name, text=text)


SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="{}"><path d="M1 1"/></svg>'
INLINE = base64.b64encode(SVG.format(60).encode()).decode()
INLINE = f'<img src="data:image/svg+xml;base64,{INLINE}" alt="a line">'
ODD = [
    [shown(**{"image/png": picture("PNG", (1500, 300))})],
    [shown(**{"image/jpeg": picture("JPEG", (60, 900))})],
    [shown(**{"image/svg+xml": SVG.format(3000)}), shown(**{"text/html": INLINE})],
    [new_output("error", ename="E", evalue="no", traceback=["\x1b[31mE\x1b[0m: no", "line " * 99])],
    [shown(**{"text/html": "<table><tr>" + "<td>a wide cell</td>" * 40 + "</tr></table>"})],
    [printed("\r  0%|  |\r100%|██|\n", "stderr")],
    [printed("".join(f"row {n}\n" for n in range(99)))],
    [printed("x" * 3000), shown(**{"image/png": picture("PNG", (640, 480))})],
    [shown(**{"application/javascript": "alert()", "text/plain": "a widget"})],
]
TEXT = [
    "Or:\n\n| a | b |\n|---|---|\n| x \\| y |\n| 1 | 2 | 3 |\n\n- a\n  - b\n\n> $x_1^2 < 3$ & <b>",
    "# Many\n\n" + "\n".join(f"{n}. a point of a long list" for n in range(1, 60)),
    "## Long\n\n" + "word " * 900,
    "![none](none.png)",
    "",
    "```\n" + "much = code\n" * 70 + "```",
    "Before.\n\n## A heading\n\n<details><summary>Answer</summary>\n\nNo.\n\n</details>",
]
CODE = [
    "%matplotlib inline\n!ls",
    "x = " + " + ".join(["number"] * 60),
    "def f():\n    ...\n\n" * 30,
]


def odd_lesson():
    """A notebook of what somebody may add: every text, code and output above."""
    cells = [new_raw_cell("nobody sees this"), *map(new_markdown_cell, TEXT)]
    cells += map(new_code_cell, CODE)
    for outputs in ODD:
        cells += [new_markdown_cell("Guess first!"), new_code_cell("show()", outputs=outputs)]
    return new_notebook(cells=cells)


@pytest.mark.browser
def test_what_somebody_adds_fits_too(folder, opened):
    (folder / "odd.html").write_text(slides.html(odd_lesson()), encoding="utf-8")
    page = open_slides(opened, (folder / "odd.html").as_uri())
    assert list(faults_of(page)) == []
    assert page.locator(".picture :is(img, svg)").count() == 6  # the tall drawing in two columns
    assert page.evaluate("[...document.querySelectorAll('ol')].at(-1).start") > 1
    assert page.locator(".page:not(:has([data-cell]:not(.fragment)))").count() == 0
    page.close()


def test_what_somebody_adds_makes_slides():
    made = slides.html(odd_lesson())
    page = BeautifulSoup(made, "html.parser")
    assert "nobody sees this" not in made and "  0%|" not in made and "100%|██|" in made
    assert "\x1b" not in made and page.find(class_="ansi-red-fg").get_text() == "E"
    assert [one["alt"] for one in page.select(".picture img")] == [
        *["<shown>"] * 3,
        "a line",
        "<shown>",
    ]
    assert [one.get_text() for one in page.table.find_all("td")] == ["x | y", "", "1", "2"]


def test_a_notebook_of_an_older_format_makes_slides():
    lesson = odd_lesson()
    lesson.nbformat_minor = 4
    for cell in lesson.cells:
        del cell["id"]
    assert "a wide cell" in slides.html(lesson)


def test_code_is_shown_without_its_plumbing():
    source = """FULL_SIZE = False
GOAL, N = 0.9 if FULL_SIZE else 0.5, (1, 2) if FULL_SIZE else (3, 4)
claim = "ö holds"
helpers.confirm(ö < GOAL, claim, f"it is {ö}")
helpers.confirm(
    a
    and b,
    "both",
    "one",
)
alt = "a line"
show(alt)"""
    assert slides.shown_code(source).splitlines() == [
        "GOAL, N = 0.5, (3, 4)",
        'helpers.confirm(ö < GOAL, "…")',
        "helpers.confirm(",
        "    a",
        '    and b, "…"',
        ")",
        "show(alt)",
    ]
    for kept in ("%time\nx = 1", "print(claim)\nclaim = 'a'", "if FULL_SIZE:\n    pass"):
        assert slides.shown_code(kept) == kept


def test_a_long_training_is_shown_by_its_ends_and_printed_code_in_colours():
    text = "".join(f"Epoch {n}/9\n9/9 ━━ loss: {n}\n" for n in range(1, 10))
    ends = slides.shown_output(printed(text)).text
    assert ends == "Epoch 1/9\n9/9 ━━ loss: 1\n...\nEpoch 9/9\n9/9 ━━ loss: 9\n"
    code = slides.shown_output(printed("1: a part\nx = 1\n"))
    assert 'class="highlight"' in code.data["text/html"]
    plain = printed("320 18496\n✓ The same.\n")
    assert slides.shown_output(plain) == plain


@each_lesson
def test_notes_stand_open_beside_the_heading_of_their_section(path):
    page = BeautifulSoup(slides.html(nbformat.read(path, as_version=4)), "html.parser")
    assert not page.find("details")
    for one in page.select(".page"):
        heading = one.find("h2")
        wanted = heading is not None and "What you know now" not in heading.get_text()
        assert len(one.select("aside.notes")) == wanted, heading
    assert len(page.select("aside.notes")) > 5


def test_an_authors_own_choice_of_type_is_kept_and_a_missing_one_made():
    lesson = nbformat.read(slides.LESSONS[0], as_version=4)
    usual = [slide_types.of(cell) for cell in lesson.cells]
    changed = copy.deepcopy(lesson)
    changed.cells[1].metadata.slideshow.slide_type = "skip"
    changed.cells[2].metadata.pop("slideshow")
    changed.cells[5].metadata.slideshow.slide_type = "no such type"
    changed.cells[6].metadata.update({"collapsed": True, "tags": ["one"]})
    refresh.tidy(changed)
    assert [slide_types.of(cell) for cell in changed.cells] == [usual[0], "skip", *usual[2:]]
    assert set(changed.cells[6].metadata) == {"slideshow", "tags"}


def test_the_folder_holds_all_that_the_slides_need(folder):
    slides.make(folder)  # over an old one, too
    index = (folder / "index.html").read_text(encoding="utf-8")
    for path in slides.LESSONS:
        assert f'href="{path.stem}.html"' in index
        made = (folder / f"{path.stem}.html").read_text(encoding="utf-8")
        needed = set(re.findall(r'<(?:script|link|a)\b[^>]* (?:src|href)="([^"#]+)"', made))
        assert len(needed) >= 5
        assert all((folder / name).is_file() for name in needed), needed
    assert (folder / "reveal/LICENSE").is_file()


def test_a_class_can_be_polled_with_every_question_of_the_notes(folder):
    with (folder / "questions.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    lessons = [nbformat.read(path, as_version=4) for path in slides.LESSONS]
    notes = [cell for lesson in lessons for cell in lesson.cells if slide_types.is_note(cell)]
    assert len(rows) == len(notes) > 50
    assert all(all(row.values()) and row["question"].endswith("?") for row in rows)
