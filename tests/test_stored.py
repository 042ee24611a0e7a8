"""A lesson's picture stays as it is stored while it shows the same."""

import base64
import html
import io

from authoring import refresh
from authoring.stored import StoredPicture, shows_the_same

import nbformat
import pytest
from PIL import Image

SVG = (
    '<svg viewBox="0 0 90 60" width="90" height="60"><g transform="translate(4 {y})">'
    '<path fill="{fill}" d="M1,1 C2.5,{y} 3,4 5,6"/><text x="1" y="2">{word}</text></g></svg>'
)


def drawing(y=20.5, fill="#fff", word="Dense", alt="A model"):
    data = SVG.format(y=y, fill=fill, word=word).encode()
    return StoredPicture("image/svg+xml", data, alt, 90, 60)


def photo(colour="#0072b2", level=9, size=(40, 30)):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG", compress_level=level)
    return StoredPicture("image/png", file.getvalue(), "A photo", *size)


@pytest.mark.parametrize(
    ("one", "other"), [(drawing(), drawing(y=21.25)), (photo(), photo(level=0))]
)
def test_what_differs_in_the_file_only_shows_the_same(one, other):
    assert one.data != other.data and shows_the_same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (drawing(), drawing(y=35)),
        (drawing(), drawing(fill="#eee")),
        (drawing(), drawing(word="Flatten")),
        (drawing(), drawing(alt="Another model")),
        (photo(), photo("#0072b3")),
        (photo(), photo(size=(40, 31))),
        (photo(), drawing(alt="A photo")),
    ],
)
def test_what_looks_different_does_not(one, other):
    assert not shows_the_same(one, other)


def lesson(*pictures):
    """A notebook whose one cell shows these pictures."""
    outputs = []
    for kind, data, alt, width, height in pictures:
        source = f"data:{kind};base64,{base64.b64encode(data).decode()}"
        words = f'alt="{html.escape(alt)}" width="{width}" height="{height}"'
        shown = {"text/html": f'<img src="{source}" {words}>'}
        outputs.append(nbformat.v4.new_output("display_data", shown))
    cell = nbformat.v4.new_code_cell("show()", outputs=outputs, id="a")
    return nbformat.v4.new_notebook(cells=[cell])


def test_refresh_keeps_a_picture_that_shows_the_same_and_takes_one_that_does_not():
    before = lesson(drawing(), drawing())
    after = lesson(drawing(y=21), drawing(word="Flatten"))
    wanted = [before.cells[0].outputs[0], after.cells[0].outputs[1].copy()]
    refresh.keep_pictures(before, after)
    assert after.cells[0].outputs == wanted
