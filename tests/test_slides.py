"""The slides in a real browser: everything is on its page, and large and sharp enough to read."""

import json
import re
from pathlib import Path

import browser
import nbformat
import pytest
import refresh
import slide_sheets
import slide_types
import slides

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


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES.keys())
@pytest.mark.parametrize("path", slides.LESSONS, ids=lambda path: path.stem)
def test_every_slide_can_be_read(folder, opened, path, size):
    page, asked = lesson_page(opened, (folder / f"{path.stem}.html").as_uri(), size)
    found = []
    for number, place in enumerate(slide_sheets.places(page), start=1):
        page.evaluate("place => Reveal.slide(place.h, place.v)", place)
        for cell, words, pixels in page.evaluate(FAULTS, [LEAST_TEXT, LEAST_IN_PICTURES, LABEL]):
            found.append(f"{path.stem}, slide {number}, cell {cell}: {words}, by {pixels} px")
    page.close()
    assert not found, "\n".join(found)
    assert all(url.startswith(("file:", "data:")) for url in asked), asked
