"""Pictures can be read by the colour-blind: contrasts, and pairs that stay apart."""

import itertools

from helpers import drawing, plots

import numpy as np
import pytest
from matplotlib.colors import to_rgb

# What somebody sees who lacks one kind of cone: matrices for linear RGB at severity 1.0, from
# G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A Physiologically-based Model for Simulation
# of Color Vision Deficiency", IEEE Transactions on Visualization and Computer Graphics 15(6), 2009.
SIGHT = {
    "all cones": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]


def linear(colour):
    """Linear RGB of a colour as the web writes it."""
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(colour, other):
    """The contrast ratio of WCAG 2, from 1 to 21."""
    light, dark = sorted((linear(c) @ TO_XYZ[1] for c in (colour, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(colour, sight):
    """CIELAB of a colour as somebody with this sight sees it."""
    xyz = TO_XYZ @ np.clip(SIGHT[sight] @ linear(colour), 0, 1) / np.sum(TO_XYZ, axis=1)
    x, y, z = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_the_measure_knows_what_is_known():
    assert contrast("black", "white") == pytest.approx(21)
    assert contrast("#777777", "white") == pytest.approx(4.48, abs=0.01)
    assert lab("white", "all cones") == pytest.approx([100, 0, 0], abs=0.1)
    red, green = "#d01010", "#508000"  # the pair that is told apart least
    apart = {sight: np.linalg.norm(lab(red, sight) - lab(green, sight)) for sight in SIGHT}
    assert apart["deuteranopia"] < apart["all cones"] / 4


@pytest.mark.parametrize("colour", [*plots.COLOURS, plots.INK])
def test_text_in_these_colours_can_be_read_on_white_and_white_on_them(colour):
    assert contrast(colour, "white") >= 4.5


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("pair", [*itertools.combinations(plots.COLOURS, 2)])
def test_colours_of_curves_stay_apart(pair, sight):
    """Ten is several times what is just told apart; curves differ by markers or dashes too."""
    assert np.linalg.norm(lab(pair[0], sight) - lab(pair[1], sight)) >= 10


def test_curves_differ_without_colour():
    assert len(set(plots.MARKERS)) == len(plots.COLOURS)
    assert len(set(plots.STYLES)) == len(plots.COLOURS)


@pytest.mark.parametrize(
    "edge",
    [plots.GREY, plots.STARTING[1], plots.UNFINISHED[1]],
)
def test_bars_stand_out_from_white(edge):
    assert contrast(edge, "white") >= 3


def test_words_on_a_bar_can_be_read():
    assert contrast(plots.INK, plots.STARTING[0]) >= 4.5


@pytest.mark.parametrize(
    ("fill", "line"),
    [(fill, line) for _, fill, line in drawing.COLOURS]
    + [drawing.MODEL_COLOURS, drawing.OPENED_COLOURS],
)
def test_boxes_of_a_model_stand_out_and_can_be_read(fill, line):
    assert contrast(line, "white") >= 3
    assert contrast("#0f172a", fill) >= 4.5
