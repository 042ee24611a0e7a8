"""The slides in a real browser: everything is on its page, and large and sharp enough to read."""

import base64
import copy
import io
import re

from authoring import browser, refresh, slide_sheets, slide_types, slides

import nbformat
import pytest
from PIL import Image
from test_accessibility import RULES, violations

each_lesson = pytest.mark.parametrize("path", slides.LESSONS, ids=lambda path: path.stem)

SIZES = {"1280x720": (1280, 720), "1920x1080": (1920, 1080)}
LEAST_TEXT = 1 / 42  # of a slide's height
LEAST_IN_PICTURES = 1 / 64  # labels of pictures, which a speaker points at
LABEL = {"IMG": 13, "svg": 13 * 4 / 3}  # the smallest words in our pictures, in their own pixels

# What is wrong with the slide that is shown: [cell, words, pixels] of each fault.
FAULTS = """
([leastText, leastLabel, label]) => {
  const page = Reveal.getCurrentSlide().querySelector(".page");
  const scale = Reveal.getScale(), box = page.getBoundingClientRect();
  const running = page.querySelector(".running").getBoundingClientRect();
  const faults = [];
  const fault = (element, words, pixels) => {
    if (pixels > 0.5) {
      const cell = element.closest("[data-cell]");
      faults.push([cell ? cell.dataset.cell : "?", words, Math.round(pixels * 10) / 10]);
    }
  };
  fault(page, "page taller than the window", box.bottom - innerHeight);
  fault(page, "page wider than the window", box.right - innerWidth);
  const blocks = [...page.querySelectorAll("[data-cell]")];
  if (!blocks.length) faults.push(["?", "an empty slide", 1]);
  const leaves = "p:not(.running), li, h1, h2, h3, td, th, pre, code, span, img, svg";
  for (const one of page.querySelectorAll(leaves)) {
    if (one.ownerSVGElement || one.closest("aside, .running")) continue;
    const its = one.getBoundingClientRect();
    fault(one, "below the page", its.bottom - (running.top - 2 * scale));
    fault(one, "right of the page", its.right - (box.right - 40 * scale));
    fault(one, "above the page", box.top - its.top);
    if (one.scrollWidth && getComputedStyle(one).display != "inline") {
      fault(one, "wider than its box", one.scrollWidth - one.clientWidth - 1);
    }
    const own = [...one.childNodes].some(node => node.nodeType == 3 && node.data.trim());
    if (own) {
      const size = parseFloat(getComputedStyle(one).fontSize) * scale;
      fault(one, "text too small", (leastText * innerHeight - size) * 10);
    }
  }
  for (const [place, one] of blocks.entries()) {
    for (const other of blocks.slice(place + 1)) {
      const a = one.getBoundingClientRect(), b = other.getBoundingClientRect();
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      fault(other, "over " + one.dataset.cell, Math.min(down, across));
    }
    for (const pre of one.querySelectorAll(".code pre, .text pre")) {
      fault(pre, "code is cut", pre.scrollWidth - pre.clientWidth);
    }
  }
  for (const one of page.querySelectorAll(".picture > img, .picture > svg")) {
    const its = one.getBoundingClientRect();
    const wide = one.tagName == "IMG" ? one.naturalWidth / 2 : +one.getAttribute("width");
    const high = one.tagName == "IMG" ? one.naturalHeight / 2 : +one.getAttribute("height");
    const shown = Math.min(its.width / wide, its.height / high);
    fault(one, "a picture not shown", wide > 0 && its.width > 30 && its.height > 30 ? 0 : 1);
    const words = label[one.tagName] * shown;
    fault(one, "the words of a picture too small", (leastLabel * innerHeight - words) * 10);
    if (one.tagName == "IMG") fault(one, "a picture not sharp", (shown - 2) * wide);
  }
  return faults;
}
"""

# axe looks at what is shown: all slides at once.
ONE_BELOW_THE_OTHER = """
() => {
  for (const one of document.querySelectorAll(".slides, .slides section")) {
    one.removeAttribute("hidden");
    one.removeAttribute("inert");
    one.removeAttribute("aria-hidden");
    one.style.cssText = "display: block; position: static; visibility: visible; opacity: 1; " +
      "transform: none; zoom: 1; pointer-events: auto; overflow: visible; " +
      "height: auto; width: 1280px";
  }
  for (const one of document.querySelectorAll(".fragment")) one.classList.remove("fragment");
  for (const one of document.querySelectorAll("html, body, .reveal")) {
    one.style.cssText = "overflow: visible; height: auto; pointer-events: auto; background: #fff";
  }
  for (const one of document.querySelectorAll(".backgrounds, .progress, .slide-number")) {
    one.remove();
  }
}
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


def lesson_page(opened, address, size=(1280, 720)):
    """A page with a lesson's slides, every fragment shown, and the addresses it asked for."""
    page = opened.new_page(viewport={"width": size[0], "height": size[1]})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.wait_for_function("Reveal.isReady()")
    page.add_style_tag(content=slide_sheets.ALL_SHOWN)
    return page, asked


def faults_of(page):
    """What is wrong with each slide of an open lesson: slide, cell, fault, pixels."""
    for number, place in enumerate(slide_sheets.places(page), start=1):
        page.evaluate("place => Reveal.slide(place.h, place.v)", place)
        for cell, words, pixels in page.evaluate(FAULTS, [LEAST_TEXT, LEAST_IN_PICTURES, LABEL]):
            yield f"slide {number}, cell {cell}: {words}, by {pixels} px"


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES.keys())
@each_lesson
def test_every_slide_can_be_read_and_asks_nobody_for_anything(folder, opened, path, size):
    page, asked = lesson_page(opened, (folder / f"{path.stem}.html").as_uri(), size)
    found = [f"{path.stem}, {fault}" for fault in faults_of(page)]
    page.close()
    assert not found, "\n".join(found)
    assert all(url.startswith(("file:", "data:")) for url in asked), asked


@pytest.mark.browser
@each_lesson
def test_axe_finds_nothing(folder, opened, path):
    page, _ = lesson_page(opened, (folder / f"{path.stem}.html").as_uri())
    page.evaluate(ONE_BELOW_THE_OTHER)
    found = violations(page, RULES)
    page.close()
    assert found == []


def faulty_lesson(fault):
    """A lesson of two slides, the second of which cannot be read."""
    image = io.BytesIO()
    Image.new("RGB", (500, 200), "white").save(image, "png")
    data = {"image/png": base64.b64encode(image.getvalue()).decode()}
    size = {"width": 748, "height": 300} if fault == "not sharp" else {"width": 2, "height": 1}
    output = nbformat.v4.new_output(
        "display_data", data, metadata={"image/png": {"alt": "", **size}}
    )
    cell = {
        "code is cut": nbformat.v4.new_code_cell("print('" + "long" * 40 + "')"),
        "below the page": nbformat.v4.new_markdown_cell("- a line\n" * 60),
        "right of the page": nbformat.v4.new_markdown_cell("| a |\n|---|\n| " + "w" * 200 + " |"),
        "not sharp": nbformat.v4.new_code_cell("1", outputs=[output]),
        "picture not shown": nbformat.v4.new_code_cell("1", outputs=[output]),
    }[fault]
    lesson = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# A lesson"), cell])
    lesson.cells[0]["id"], lesson.cells[1]["id"] = "title", "faulty"
    slide_types.complete(lesson)
    return lesson


@pytest.mark.browser
@pytest.mark.parametrize(
    "fault",
    ["code is cut", "below the page", "right of the page", "not sharp", "picture not shown"],
)
def test_a_slide_that_cannot_be_read_is_found(folder, opened, fault):
    (folder / "faulty.html").write_text(slides.html(faulty_lesson(fault)), encoding="utf-8")
    page, _ = lesson_page(opened, (folder / "faulty.html").as_uri())
    found = list(faults_of(page))
    page.close()
    assert any(re.search(rf"slide 2, cell faulty: .*{fault}", one) for one in found), found


@pytest.mark.browser
@pytest.mark.parametrize("size", [16, 17])
def test_text_that_is_too_small_is_found(folder, opened, size):
    page, _ = lesson_page(opened, (folder / f"{slides.LESSONS[0].stem}.html").as_uri())
    page.add_style_tag(content=f".code pre {{ font-size: {size}px !important }}")
    found = list(faults_of(page))
    page.close()
    assert any("text too small" in one for one in found)


@pytest.mark.browser
def test_after_guess_first_the_answer_comes_with_the_next_key(folder, opened):
    page = opened.new_page(viewport={"width": 1280, "height": 720})
    page.goto((folder / f"{slides.LESSONS[0].stem}.html").as_uri())
    page.wait_for_function("Reveal.isReady()")
    answer = page.locator('.output[data-cell="shape"]')
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
def test_the_speakers_window_shows_the_notes(folder, opened):
    with browser.served(folder) as address:
        context = opened.new_context()
        page = context.new_page()
        page.goto(f"{address}/{slides.LESSONS[0].stem}.html")
        page.wait_for_function("Reveal.isReady()")
        page.evaluate("Reveal.slide(1, 0)")
        with context.expect_page() as window:
            page.keyboard.press("s")
        speaker = window.value
        speaker.wait_for_selector(".speaker-controls-notes .value :text('For instructors')")
        shown = speaker.inner_text(".speaker-controls-notes")
        assert "Ask:" in shown and "A plausible wrong answer:" in shown
        context.close()


@each_lesson
def test_nothing_of_a_lesson_is_lost_on_the_slides(path):
    lesson = nbformat.read(path, as_version=4)
    shown = {}
    for block in slides.arranged(lesson).cells:
        place = block.metadata.place
        shown.setdefault((place.cell, place.kind), []).append(block)
    for cell in lesson.cells:
        if slide_types.of(cell) in ("skip", "notes"):
            assert (cell["id"], "code") not in shown and (cell["id"], "text") not in shown
        elif cell.cell_type == "code":
            whole = [line for line in cell.source.splitlines() if line.strip()]
            parts = [block.source for block in shown[cell["id"], "code"]]
            lines = [line for line in "\n".join(parts).splitlines() if line.strip()]
            assert lines in (whole, whole * 2), cell["id"]
            pictures = [o for o in cell.outputs if "image/" in str(o.get("data", {}).keys())]
            assert len(shown.get((cell["id"], "picture"), [])) == len(pictures), cell["id"]
            assert ((cell["id"], "output") in shown) == (len(cell.outputs) > len(pictures))
        else:
            words = re.sub(r"</?(details|summary)>|```\w*|[`#]", "", cell.source).split()
            parts = "\n".join(block.source for block in shown[cell["id"], "text"])
            assert re.sub(r"```\w*|[`#]", "", parts).split() == words, cell["id"]


@each_lesson
def test_notes_stand_open_beside_the_heading_of_their_section(path):
    made = slides.html(nbformat.read(path, as_version=4))
    assert "<details" not in made
    notes = 0
    for page in made.split('<div class="page')[1:]:
        notes += page.count('<aside class="notes">')
        wanted = "<h2" in page and "What you know now" not in page
        assert page.count('<aside class="notes">') == wanted, page[:1000]
    assert notes == made.count("For instructors · ") > 5


def test_a_long_training_is_shown_by_its_ends():
    text = "".join(f"Epoch {n}/9\n9/9 ━━ loss: {n}\n" for n in range(1, 10))
    cell = nbformat.v4.new_code_cell("fit()")
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=text)]
    (output,) = slides.blocks_of(cell, later=False)[1].outputs
    assert output.text == "Epoch 1/9\n9/9 ━━ loss: 1\n...\nEpoch 9/9\n9/9 ━━ loss: 9\n"


def test_a_drawing_too_tall_for_a_page_stands_in_two_columns():
    lesson = nbformat.read(slides.LESSONS[1], as_version=4)
    (cell,) = [cell for cell in lesson.cells if cell["id"] == "photo-picture"]
    drawing = cell.outputs[0].data["image/svg+xml"]
    wide, high = slides.svg_size(drawing)
    columns = slides.in_columns(drawing)
    assert slides.svg_size(columns)[0] == 2 * wide and slides.svg_size(columns)[1] < 0.6 * high
    assert columns.count("<svg") == 3 and slides.in_columns(columns) == columns


def test_an_authors_own_choice_of_type_is_kept_and_a_missing_one_made():
    lesson = nbformat.read(slides.LESSONS[0], as_version=4)
    usual = [slide_types.of(cell) for cell in lesson.cells]
    changed = copy.deepcopy(lesson)
    changed.cells[1].metadata.slideshow.slide_type = "skip"
    changed.cells[2].metadata.pop("slideshow")
    changed.cells[3].metadata.slideshow.slide_type = "no such type"
    changed.cells[4].metadata.update({"collapsed": True, "tags": ["one"]})
    refresh.tidy(changed)
    assert [slide_types.of(cell) for cell in changed.cells] == [usual[0], "skip", *usual[2:]]
    assert set(changed.cells[4].metadata) == {"slideshow", "tags"}


def test_the_folder_holds_all_that_the_slides_need(tmp_path):
    slides.make(tmp_path)
    slides.make(tmp_path)  # over an old one, too
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    for path in slides.LESSONS:
        assert f'href="{path.stem}.html"' in index
        made = (tmp_path / f"{path.stem}.html").read_text(encoding="utf-8")
        needed = set(re.findall(r'<(?:script|link)[^>]* (?:src|href)="([^"]+)"', made))
        needed |= set(re.findall(r'<a [^>]*href="([^"#]+)"', made))
        assert len(needed) >= 5
        assert all((tmp_path / name).is_file() for name in needed), needed
    assert (tmp_path / "reveal/LICENSE").is_file()
