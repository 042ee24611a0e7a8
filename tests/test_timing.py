"""Times are measured honestly, and the picture says the ratios in words too."""

import io

from helpers import CourseError
from helpers.plots import plot_speeds, seconds

import pytest
from PIL import Image


def test_the_shortest_of_several_calls_counts(monkeypatch):
    clock = iter([0.0, 5.0, 10.0, 12.0, 20.0, 23.0])
    monkeypatch.setattr("helpers.plots.time.perf_counter", lambda: next(clock))
    calls = []
    assert seconds(lambda: calls.append(1), repeats=3) == 2.0
    assert len(calls) == 3


def test_what_a_function_raises_is_not_swallowed():
    with pytest.raises(ZeroDivisionError):
        seconds(lambda: 1 / 0)


def test_calling_the_function_oneself_is_told():
    with pytest.raises(CourseError, match=r"not seconds\(f\(\)\)"):
        seconds(3.0)
    with pytest.raises(CourseError, match="at least once"):
        seconds(print, repeats=0)


@pytest.mark.parametrize("names", [["fit"], ["fit", "slow", "fast"], list("abcdefg") + ["fit"]])
def test_a_picture_of_few_or_many(names):
    picture = plot_speeds({name: 1.0 + i for i, name in enumerate(names)})
    image = Image.open(io.BytesIO(picture.data))
    assert image.format == "PNG" and len(picture.data) < 60_000


def test_ratios_are_told_in_words_and_the_caption_has_none():
    picture = plot_speeds({"fit": 0.5, "by hand": 3.5, "in a graph": 0.25})
    assert "by hand, 7 times" in picture.alt and "in a graph, 0.5 times" in picture.alt
    assert picture.caption == "times compared with fit: fit, by hand, in a graph"
    other = plot_speeds({"fit": 0.5, "by hand": 3.5, "in a graph": 0.1})
    assert other.caption == picture.caption and other.data != picture.data


def test_another_reference():
    assert "b, 2 times" in plot_speeds({"a": 1.0, "b": 2.0}, reference="a").alt


@pytest.mark.parametrize("times", [{}, {"loop": 1.0}, {"fit": 0.0}, {"fit": 1.0, "x": -1}])
def test_times_that_cannot_be_compared(times):
    with pytest.raises(CourseError):
        plot_speeds(times)
