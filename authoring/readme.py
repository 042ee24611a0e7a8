"""The parts of README.md, authoring/CLASS.md and benchmarks/README.md read from elsewhere."""

import hashlib
import io
import json
import re
from pathlib import Path

import helpers
from authoring import colab, sheets
from authoring.browser import open_browser
from benchmarks import report
from exercises.lesson_1 import digit_network

import nbformat
import pytest
from PIL import Image, PngImagePlugin

ROOT = Path(__file__).parent.parent
README, BENCHMARKS = ROOT / "README.md", ROOT / "benchmarks/README.md"
CLASS = ROOT / "authoring/CLASS.md"
PICTURE = ROOT / "authoring/pictures/three_styles.png"
MINUTES = re.compile(  # of a lesson, and of its exercises, as its first cell tells them
    r"\*\*It takes\*\* about (\d+) minutes, and its exercises about (\d+) more"
)
PAGE = """<style>
main {{ display: inline-flex; gap: 14px; padding: 12px; background: white; }}
section {{ border: 1px solid #cbd5e1; border-radius: 6px; padding: 4px 14px; }}
h2 {{ font: 600 17px Helvetica, Arial, sans-serif; margin: 8px 0; color: #0f172a; }}
pre {{ font-size: 12.5px; line-height: 1.4; margin: 8px 0; }}
</style><main>{}</main>"""


def lesson(number):
    """A lesson as it is stored."""
    (path,) = (ROOT / "notebooks").glob(f"{number:02}_*.ipynb")
    return nbformat.read(path, as_version=4)


def table_of_lessons():
    """The table of lessons, each row read from the lesson's first cell."""
    rows = ["| lesson | you build | minutes | exercises |", "|---|---|---|---|"]
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        opening = cells[0].source
        exercises = sum(re.fullmatch(r"exercise-\d+", cell["id"]) is not None for cell in cells)
        title = re.search(r"^# Lesson (.+)$", opening, flags=re.M).group(1)
        built = re.search(r"\*\*You build\*\* (.+?)\. \*\*It takes\*\*", opening).group(1)
        minutes, more = MINUTES.search(opening).groups()
        exercises = f"{exercises}, in {more} minutes"
        rows.append(f"| [{title}](notebooks/{path.name}) | {built} | {minutes} | {exercises} |")
    return "\n".join(rows)


def generated_parts(path):
    """Every part that a page holds between `<!-- name -->` and `<!-- end of name -->`."""
    if path == BENCHMARKS:
        return report.tables()
    if path == CLASS:
        return {"plans": sheets.table_of_plans(), "goals": sheets.table_of_goals()}
    first = colab.LESSONS[0].name
    return {
        "lessons": table_of_lessons(),
        "figures": report.three_figures(),
        "badges": colab.badges(first),
    }


def with_generated_parts(path):
    """A page's text with every generated part as it should be now."""
    text = path.read_text(encoding="utf-8")
    for name, part in generated_parts(path).items():
        between = rf"(?s)(<!-- {name} -->\n).*?(<!-- end of {name} -->)"
        text, count = re.subn(between, lambda m, part=part: m[1] + part + "\n" + m[2], text)
        assert count == 1, f"{path.name} has no place for {name!r}"
    return text


def three_styles():
    """The digit network as code, under the name of each style."""
    styles = {"A list": "list", "A graph": "graph", "A class": "class"}
    return {name: helpers.as_code(digit_network(), style) for name, style in styles.items()}


def fingerprint():
    """What the picture is to be made from; it is stored inside the picture."""
    return hashlib.sha256(json.dumps(three_styles()).encode()).hexdigest()


def photograph(path):
    """Write the picture of one network in three styles, as it looks in a browser."""
    parts = [f"<section><h2>{k}</h2>{v._repr_html_()}</section>" for k, v in three_styles().items()]
    with open_browser() as browser:
        page = browser.new_page(viewport={"width": 1700, "height": 400}, device_scale_factor=2)
        page.set_content(PAGE.format("".join(parts)))
        image = Image.open(io.BytesIO(page.locator("main").screenshot()))
    about = PngImagePlugin.PngInfo()
    about.add_text("code", fingerprint())
    image.convert("RGB").quantize(64).save(path, pnginfo=about, optimize=True)


def refresh():
    """Write the generated parts, and the picture if there is a browser."""
    colab.refresh()
    for path in (README, CLASS, BENCHMARKS):
        path.write_text(with_generated_parts(path), encoding="utf-8")
    if not PICTURE.exists() or Image.open(PICTURE).text.get("code") != fingerprint():
        try:
            photograph(PICTURE)
        except pytest.skip.Exception as reason:
            print(f"{PICTURE.name} is left as it was: {reason}")
