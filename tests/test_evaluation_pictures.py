"""Pictures for judging models tell the truth, in words too, and in captions that never vary."""

from helpers.notebook import CourseError
from helpers.plots import (
    plot_bars,
    plot_confusion,
    plot_metric,
    plot_pooling,
    plot_runs,
    plot_stopping,
)

import numpy as np
import pytest

LONG = {"loss": [4.0, 3.0, 2.0, 1.0], "val_loss": [4.1, 3.5, 3.7, 5.0]}
SHORT = {"loss": [4.0, 3.0, 2.0], "val_loss": [4.2, 3.6, 3.7]}


class History:
    """What fit returns, as far as pictures care."""

    def __init__(self, history):
        self.history = history


def stopping(**changes):
    long = {"history": History(LONG), "kept": 4, "accuracy": 0.3, "seconds": 12.34}
    short = {"history": SHORT, "kept": 2, "accuracy": 0.35, "seconds": 3.21}
    return {"on loss": long | changes, "on val_loss": short}


def is_small_png(picture):
    return picture.kind == "image/png" and len(picture.data) < 100_000


def test_bars_say_every_number():
    picture = plot_bars(
        {
            "parameters": {"small": 325_956, "large": np.int64(6_453_572)},
            "seconds": {"small": 0.149, "large": 1.26},
        }
    )
    assert is_small_png(picture)
    assert picture.caption == "parameters and seconds of small, large"
    for words in ("small 325,956", "large 6,453,572", "small 0.15", "large 1.3"):
        assert words in picture.alt


def test_bars_of_zero_can_be_drawn():
    assert "nothing 0" in plot_bars({"share": {"nothing": 0.0}}).alt


@pytest.mark.parametrize("panels", [{}, {"seconds": {}}, {"a": {"b": -1}}, {"a": {"b": np.nan}}])
def test_bars_need_numbers(panels):
    with pytest.raises(CourseError):
        plot_bars(panels)


def test_stopping_compares_the_runs():
    picture = plot_stopping(stopping())
    assert is_small_png(picture)
    assert picture.caption == "losses, accuracy, epochs and seconds of on loss, on val_loss"
    for words in (
        "on loss: 4 epochs, the training loss ends at 1.00",
        "the validation loss at 5.00 after a least value of 3.50; kept is epoch 4",
        "on val_loss: 3 epochs",
        "kept is epoch 2",
        "validation accuracy: on loss 0.30, on val_loss 0.35",
        "epochs: on loss 4, on val_loss 3",
        "seconds: on loss 12.3, on val_loss 3.2",
    ):
        assert words in picture.alt


@pytest.mark.parametrize(
    "runs, words",
    [
        ({}, "no runs"),
        ({"a": {"history": LONG, "kept": 1}}, "lacks accuracy, seconds"),
        (stopping(kept=5), "no epoch 5"),
        (stopping(kept=0), "no epoch 0"),
        (stopping(history={"loss": [1.0]}), "pass validation_data"),
    ],
)
def test_stopping_says_what_is_missing(runs, words):
    with pytest.raises(CourseError, match=words):
        plot_stopping(runs)


def test_runs_lie_side_by_side():
    picture = plot_runs({"plain": History(LONG), "better": SHORT})
    assert is_small_png(picture)
    assert picture.caption == "curves of loss of plain, better"
    assert "plain: loss in training ends at 1.00, in validation ends at 5.00" in picture.alt
    assert "better: loss in training ends at 2.00, in validation ends at 3.70" in picture.alt


@pytest.mark.parametrize("count", [1, 4, 5, 9])
def test_any_number_of_runs_can_be_drawn(count):
    picture = plot_runs({f"run {n}": LONG for n in range(count)})
    assert picture.alt.count("ends at 1.00") == count


def test_runs_need_the_curves():
    with pytest.raises(CourseError, match="no runs"):
        plot_runs({})
    with pytest.raises(CourseError, match="'plain' has no curves of accuracy"):
        plot_runs({"plain": LONG}, metric="accuracy")


def test_a_metric_of_several_runs_in_one_picture():
    accuracy = {"val_accuracy": [0.1, 0.35, 0.3]}
    picture = plot_metric({"new head": History(accuracy), "from scratch": accuracy}, guessing=0.02)
    assert is_small_png(picture)
    assert picture.caption == "val_accuracy of new head, from scratch"
    assert "new head goes from 0.100 to 0.300 in 3 epochs, its best is 0.350 after epoch 2" in (
        picture.alt
    )
    assert "guessing is at 0.020" in picture.alt


def test_the_best_loss_is_the_least():
    assert "its best is 3.500 after epoch 2" in plot_metric({"long": LONG}, "val_loss").alt


@pytest.mark.parametrize("runs", [{}, {"a": LONG}, {"a": {"val_accuracy": [np.nan]}}])
def test_a_metric_needs_its_curve(runs):
    with pytest.raises(CourseError, match="no runs|no curve of val_accuracy"):
        plot_metric(runs)


def test_pooling_shows_the_largest_of_each_window():
    feature_map = np.zeros((8, 9), "float32")
    feature_map[2:4, 4:6] = [[1, 2], [7, 3]]
    picture = plot_pooling(feature_map)
    assert is_small_png(picture)
    assert picture.caption == "max pooling of 2 × 2: a feature map goes from 8 × 9 to 4 × 4"
    assert picture.alt.startswith(picture.caption)


def test_pooling_tells_the_first_window_of_the_marked_part():
    picture = plot_pooling(np.arange(36.0).reshape(6, 6))
    assert "holds 0, 1, 6, 7, and only 7 is left" in picture.alt


def test_pooling_takes_tensors_and_flat_maps():
    import tensorflow as tf

    assert is_small_png(plot_pooling(tf.zeros((30, 30)), pool_size=3))


@pytest.mark.parametrize("shape, size", [((5, 9), 2), ((1, 8, 8, 4), 2), ((8, 8), 3), ((8, 8), 1)])
def test_pooling_needs_a_map_with_room(shape, size):
    with pytest.raises(CourseError):
        plot_pooling(np.zeros(shape), size)


def test_confusion_names_what_is_confused():
    true = [0, 0, 0, 0, 1, 1, 2, 2]
    predicted = [0, 0, 0, 2, 1, 1, 1, 2]
    picture = plot_confusion(true, predicted, ["fish", "sweet_pepper", "people"])
    assert is_small_png(picture)
    assert picture.caption == "a table of which of 3 classes is taken for which"
    for words in (
        "holds 75% of all images",
        "from 100% of sweet pepper to 50% of people",
        "something else: people for sweet pepper (50%), fish for people (25%).",
    ):
        assert words in picture.alt


def test_confusion_without_a_mistake_and_with_classes_that_do_not_occur():
    picture = plot_confusion(np.array([2, 2, 1]), np.array([2, 2, 1]), ["a", "b", "c", "d"])
    assert "from 100% of b to 100% of b" in picture.alt and "else" not in picture.alt


@pytest.mark.parametrize(
    "true, predicted, names, words",
    [
        ([0, 1], [0], "ab", "one true and one predicted"),
        ([], [], "ab", "one true and one predicted"),
        ([0, 1], [[0.1, 0.9], [0.8, 0.2]], "ab", "argmax"),
        ([0, 1], [0.0, 1.0], "ab", "integers"),
        ([0, -1], [0, 1], "ab", "integers"),
        ([0, 2], [0, 1], "ab", "2 names, and none for class 2"),
        ([0, 1], [0, 1], "a" * 31, "too many"),
    ],
)
def test_confusion_says_what_does_not_fit(true, predicted, names, words):
    with pytest.raises(CourseError, match=words):
        plot_confusion(np.array(true), np.array(predicted), list(names))
