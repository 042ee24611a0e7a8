"""The README's two pictures, made from the lessons: a piece of one, and the speed ladder."""

import hashlib
import io
import json
from pathlib import Path

from authoring.browser import open_browser
from authoring.stored import picture_in

import nbformat
import pytest
from nbconvert import HTMLExporter
from PIL import Image, PngImagePlugin

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "authoring/pictures"
LADDER = ("04_gradient_tape", "times")
SHOWN = ("02_functional", ("graph-text", "graph", "graph-picture", "copied-text", "copied"))


def ladder():
    """The speed ladder as lesson 4 holds it."""
    lesson, name = LADDER
    (picture,) = filter(None, map(picture_in, _cells(lesson)[name].outputs))
    return picture


def shown_cells():
    """The cells of the README's picture of a lesson."""
    lesson, names = SHOWN
    cells = _cells(lesson)
    return [cells[name] for name in names]


def fingerprint():
    """What the picture of a lesson was made from; it is stored inside the picture."""
    what = [[cell.source, cell.get("outputs")] for cell in shown_cells()]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


def fingerprint_in(path):
    """What a stored picture of a lesson says it was made from."""
    return Image.open(path).text.get("cells")


def refresh():
    """Write both pictures; without a browser, say that the one of a lesson is left as it was."""
    (FOLDER / "speed_ladder.png").write_bytes(ladder().data)
    path = FOLDER / "lesson.png"
    if path.exists() and fingerprint_in(path) == fingerprint():
        return
    try:
        _photograph(path)
    except pytest.skip.Exception as reason:
        print(f"{path.name} is left as it was: {reason}")


def _cells(lesson):
    path = ROOT / f"notebooks/{lesson}.ipynb"
    return {cell["id"]: cell for cell in nbformat.read(path, as_version=4).cells}


def _photograph(path):
    notebook = nbformat.v4.new_notebook(cells=shown_cells())
    exporter = HTMLExporter(exclude_input_prompt=True, exclude_output_prompt=True)
    page_text, _ = exporter.from_notebook_node(notebook)
    with open_browser() as browser:
        page = browser.new_page(viewport={"width": 860, "height": 400}, device_scale_factor=2)
        page.route("http*://**", lambda route: route.abort())  # everything shown is in the page
        page.set_content(page_text)
        image = Image.open(io.BytesIO(page.locator("main").screenshot()))
    about = PngImagePlugin.PngInfo()
    about.add_text("cells", fingerprint())
    image.convert("RGB").quantize(64).save(path, pnginfo=about, optimize=True)
