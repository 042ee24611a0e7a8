"""A picture shows itself in a notebook, small, sharp and with words."""

import io

from authoring import refresh
from helpers.plots import Picture, picture_of

import matplotlib.pyplot as plt
import nbformat
import pytest
from PIL import Image


@pytest.fixture
def figure():
    figure, axes = plt.subplots(figsize=(4, 3))
    axes.plot([1, 2, 3])
    return figure


def test_a_figure_becomes_a_small_palette_png(figure):
    picture = picture_of(figure, "A line rising from 1 to 3", "a line")
    image = Image.open(io.BytesIO(picture.data))
    assert image.format == "PNG" and image.mode == "P"
    assert image.size == (576, 432) and picture.size == (288, 216)
    assert len(picture.data) < 20_000
    assert not plt.get_fignums()


def test_a_notebook_gets_the_picture_its_words_and_its_size(figure):
    data, metadata = picture_of(figure, "A line rising", "a line")._repr_mimebundle_()
    assert set(data) == {"image/png", "text/html", "text/plain"}
    assert data["text/plain"] == "<picture: a line>"
    assert metadata["image/png"] == {"alt": "A line rising", "width": 288, "height": 216}


def test_html_says_the_words_for_jupyterlab():
    picture = Picture(b"pixels", 'A "line" < 3', "a line", (20, 10))
    data, _ = picture._repr_mimebundle_()
    assert 'alt="A &quot;line&quot; &lt; 3"' in data["text/html"]
    assert f'src="data:image/png;base64,{data["image/png"]}"' in data["text/html"]
    assert 'width="20" height="10"' in data["text/html"]


def test_a_lesson_stores_a_picture_once():
    data, metadata = Picture("<svg/>", "Nothing", "nothing")._repr_mimebundle_()
    table = {"text/html": "<table>", "text/plain": "a table"}
    shown = [
        nbformat.v4.new_output("display_data", data, metadata=metadata),
        nbformat.v4.new_output("display_data", table),
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=shown)])
    refresh.tidy(notebook)
    kept = [set(output.data) for output in notebook.cells[0].outputs]
    assert kept == [{"image/svg+xml", "text/plain"}, {"text/html", "text/plain"}]


def test_a_drawing_stays_text():
    data, metadata = Picture("<svg/>", "Nothing", "nothing")._repr_mimebundle_()
    assert data["image/svg+xml"] == "<svg/>"
    assert metadata["image/svg+xml"] == {"alt": "Nothing"}


def test_saving(figure, tmp_path):
    picture = picture_of(figure, "A line", "a line")
    assert picture.save(tmp_path / "line.png").read_bytes() == picture.data
    drawing = Picture("<svg>ä</svg>", "", "")
    assert drawing.save(tmp_path / "d.svg").read_text(encoding="utf-8") == "<svg>ä</svg>"
