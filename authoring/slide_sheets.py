"""Draws every slide small, twelve on a sheet, so that a person can look at all of them.

.venv/bin/python -m authoring.slide_sheets FOLDER        every lesson
.venv/bin/python -m authoring.slide_sheets FOLDER 01     these lessons
"""

import io
import sys
import tempfile
from pathlib import Path

from authoring import browser, slides

from PIL import Image

COLUMNS, ROWS, SCALE = 3, 4, 0.5

ALL_SHOWN = ".fragment { opacity: 1 !important; visibility: inherit !important; }"


def draw(folder, words=()):
    """Write the sheets of the lessons whose names begin with one of the words, or of all."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made, browser.open_browser() as opened:
        slides.make(Path(made))
        for path in slides.LESSONS:
            if not words or path.name.startswith(tuple(words)):
                size = {"width": 1280, "height": 720}
                page = opened.new_page(viewport=size, device_scale_factor=SCALE)
                page.goto((Path(made) / f"{path.stem}.html").as_uri())
                page.wait_for_function("window.Reveal?.isReady()")
                page.add_style_tag(content=ALL_SHOWN)
                write_sheets(pictures_of(page), folder / path.stem)
                page.close()


def pictures_of(page):
    """A picture of each slide of an open lesson, in order."""
    for place in places(page):
        page.evaluate("place => Reveal.slide(place.h, place.v)", place)
        yield Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def places(page):
    """Where the slides of an open lesson are, in order: {h: 0, v: 0} and so on."""
    return page.evaluate("Reveal.getSlides().map(one => Reveal.getIndices(one))")


def write_sheets(pictures, stem):
    """Lay pictures out on sheets: stem-01.png, stem-02.png ..."""
    pictures = list(pictures)
    wide, high = pictures[0].size
    for start in range(0, len(pictures), COLUMNS * ROWS):
        sheet = Image.new("RGB", (COLUMNS * (wide + 8), ROWS * (high + 8)), "#64748b")
        for place, picture in enumerate(pictures[start : start + COLUMNS * ROWS]):
            sheet.paste(
                picture, (place % COLUMNS * (wide + 8) + 4, place // COLUMNS * (high + 8) + 4)
            )
        sheet.save(f"{stem}-{start // (COLUMNS * ROWS) + 1:02}.png")
    print(f"{stem.name}: {len(pictures)} slides")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    draw(Path(sys.argv[1]), sys.argv[2:])
