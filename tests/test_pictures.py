"""The pictures say in words what they show, keep their captions, and refuse what they cannot."""

import io
import re

from helpers import CourseError, plot_feature_maps, plot_history, plot_images, plot_kernel
from helpers import plots as module

import keras
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from keras import layers
from PIL import Image

RANDOM = np.random.default_rng(0)
GREY = RANDOM.integers(0, 256, (12, 8, 8), dtype="uint8")
LABELS = np.arange(12) % 10


@pytest.fixture(autouse=True)
def nothing_stays_open_or_changes():
    before = dict(mpl.rcParams)
    yield
    assert plt.get_fignums() == []
    assert dict(mpl.rcParams) == before


@pytest.fixture
def figures(monkeypatch):
    """The matplotlib figures that the pictures are made of."""
    made = []

    def keep(figure, *args, **kwargs):
        made.append(figure)
        return picture_of(figure, *args, **kwargs)

    picture_of = module.picture_of
    monkeypatch.setattr(module, "picture_of", keep)
    return made


def pixels(picture):
    return np.asarray(Image.open(io.BytesIO(picture.data)).convert("RGB"))


def axes_texts(figure):
    return [axes.get_xlabel() for axes in figure.axes]


# Images


@pytest.mark.parametrize("images", [GREY, GREY[..., None], GREY.astype(int), GREY / 255])
def test_grey_images_come_in_several_forms(images, figures):
    plot_images(images)
    shown = [axes.images[0] for axes in figures[0].axes]
    assert np.allclose([image.get_array() for image in shown], GREY / 255)
    assert {image.get_clim() for image in shown} == {(0, 1)}


def test_images_keep_their_colours(figures):
    images = RANDOM.random((2, 4, 5, 3))
    plot_images(images)
    shown = [axes.images[0].get_array() for axes in figures[0].axes]
    assert np.allclose(shown, images)


def test_labels_stand_under_the_images(figures):
    picture = plot_images(GREY, LABELS[:, None])
    assert axes_texts(figures[0]) == [str(label) for label in LABELS]
    assert picture.caption == "12 images, 12 labels"
    assert picture.alt == f"12 images, 12 labels, in rows of 6: {'; '.join(map(str, LABELS))}"


def test_right_and_wrong_differ_by_more_than_colour(figures):
    picture = plot_images(GREY[:2], [7, 9], predictions=[7, 4])
    assert axes_texts(figures[0]) == ["✓ 7", "✗ 4, is 9"]
    right, wrong = (axes.spines["left"] for axes in figures[0].axes)
    assert not right.get_visible()
    assert wrong.get_visible() and wrong.get_linestyle() == "--" and wrong.get_linewidth() >= 3
    assert "✓ 7; ✗ 4, is 9" in picture.alt
    assert picture.caption == "2 images with predictions"
    assert plot_images(GREY[:2], [7, 9], predictions=[1, 9]).caption == picture.caption


def test_predictions_may_be_probabilities_and_need_no_labels(figures):
    plot_images(GREY[:2], predictions=[[0.1, 0.7, 0.2], [0.5, 0.3, 0.2]])
    assert axes_texts(figures[0]) == ["? 1", "? 0"]


def test_class_names_take_the_place_of_numbers(figures):
    names = ["apple", "sweet_pepper"]
    plot_images(GREY[:2], [0, 1], predictions=[0, 0], class_names=names, title="Fruit")
    assert axes_texts(figures[0]) == ["✓ apple", "✗ apple\nis sweet pepper"]
    assert figures[0].get_suptitle() == "Fruit"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((GREY[0],), r"not \(8, 8\).*images\[:1\]"),
        ((np.zeros((2, 8, 8, 2)),), r"not \(2, 8, 8, 2\)"),
        ((np.zeros((61, 8, 8)),), "1 to 60 images, not 61"),
        ((GREY[:0],), "not 0"),
        ((GREY.astype(float),), "floats from 0 to 1.*float64"),
        ((GREY - 300.0,), "from -"),
        ((np.full((1, 4, 4), np.nan),), "nan"),
        ((GREY, LABELS[:3]), r"12 images, and labels of the shape \(3,\)"),
        ((GREY, LABELS, np.zeros((11, 10))), "predictions"),
        ((GREY, LABELS, None, ["one", "two"]), "2 names, and classes up to 9"),
    ],
)
def test_images_that_cannot_be_shown_are_refused(arguments, message):
    with pytest.raises(CourseError, match=message):
        plot_images(*arguments)


# Training curves

CURVES = {
    "loss": [0.5, 0.3, 0.2, 0.1],
    "accuracy": [0.8, 0.9, 0.95, 0.99],
    "val_loss": [0.4, 0.25, 0.3, 0.35],
    "val_accuracy": [0.85, 0.9, 0.92, 0.91],
}


def history_of(curves):
    history = keras.callbacks.History()
    history.history = curves
    return history


@pytest.mark.parametrize("history", [CURVES, history_of(CURVES)])
def test_curves_are_drawn_and_the_best_epoch_is_marked(history, figures):
    picture = plot_history(history)
    loss, accuracy = figures[0].axes
    training, validation, ring = loss.lines
    assert training.get_xdata().tolist() == [1, 2, 3, 4]
    assert training.get_ydata().tolist() == CURVES["loss"]
    assert validation.get_ydata().tolist() == CURVES["val_loss"]
    assert (training.get_linestyle(), validation.get_linestyle()) == ("-", "--")
    assert (ring.get_xdata(), ring.get_ydata()) == (2, 0.25)
    assert loss.get_title() == "loss\nvalidation best at epoch 2"
    assert accuracy.get_title() == "accuracy\nvalidation best at epoch 3"
    assert picture.caption == "curves of loss and accuracy with validation"
    assert "Training loss falls from 0.5 to 0.1 over 4 epochs" in picture.alt
    assert "validation loss falls from 0.4 to 0.35 over 4 epochs; best at epoch 2" in picture.alt
    assert "Training accuracy rises from 0.8 to 0.99" in picture.alt


@pytest.mark.parametrize("length", [1, 2, 30])
def test_epochs_are_whole_numbers_from_one(length, figures):
    plot_history({"loss": np.linspace(1, 0.1, length)}, metric=None)
    figures[0].canvas.draw()
    axes = figures[0].axes[0]
    low, high = axes.get_xlim()
    ticks = [tick for tick in axes.get_xticks() if low <= tick <= high]
    assert ticks and all(tick == int(tick) and tick >= 1 for tick in ticks)


def test_curves_without_validation(figures):
    picture = plot_history({"loss": [0.5], "accuracy": [0.8]})
    assert [len(axes.lines) for axes in figures[0].axes] == [1, 1]
    assert picture.caption == "curves of loss and accuracy"
    assert picture.alt == "Training loss 0.5. Training accuracy 0.8."


def test_an_error_is_best_where_it_is_lowest():
    alt = plot_history({"loss": [3, 2], "mae": [2, 1], "val_mae": [1, 2]}, metric="mae").alt
    assert "best at epoch 1 with 1" in alt


def test_runs_are_laid_over_each_other(figures):
    picture = plot_history({"small": history_of(CURVES), "large": CURVES})
    assert picture.caption == "curves of loss and accuracy with validation, small, large"
    labels = [text.get_text() for text in figures[0].legends[0].get_texts()]
    assert labels == [f"{n}, {k}" for n in ("small", "large") for k in ("training", "validation")]
    small, _, _, large = figures[0].axes[0].lines[:4]
    assert small.get_color() != large.get_color()


def test_a_loss_that_is_no_number_is_drawn_all_the_same():
    nan = float("nan")
    assert "epoch 2" in plot_history({"loss": [1, 2], "val_loss": [nan, 2]}, metric=None).alt
    assert plot_history({"loss": [nan, nan], "val_loss": [nan, nan]}, metric=None).alt


@pytest.mark.parametrize(
    ("history", "metric", "message"),
    [
        (None, "accuracy", "got a NoneType.*history = model.fit"),
        ([1, 2], "accuracy", "got a list"),
        ({}, "accuracy", "no epochs"),
        (history_of({}), "accuracy", "no epochs"),
        ({"accuracy": [1]}, "accuracy", "no loss"),
        ({"small": {"accuracy": [1]}}, "accuracy", "no loss"),
        (CURVES, "acc", "'acc' in this history; there is 'accuracy'"),
        ({"loss": [1]}, "accuracy", "none, so pass metric=None"),
    ],
)
def test_what_is_no_history_is_refused(history, metric, message):
    with pytest.raises(CourseError, match=message):
        plot_history(history, metric)


# The sliding kernel

EDGE = np.array([[-1, 0, 1]] * 3)
STRIPE = np.array([[0, 0, 9, 9, 0, 0]] * 6)


def test_a_kernel_gives_what_keras_gives(figures):
    image, kernel = RANDOM.random((9, 7)), RANDOM.standard_normal((3, 2))
    for stride in (1, 2):
        plot_kernel(image, kernel, stride)
        drawn = figures[-1].axes[2].images[0].get_array()
        keras_image, keras_kernel = image[None, :, :, None], kernel[:, :, None, None]
        wanted = keras.ops.conv(keras_image, keras_kernel, strides=stride)[0, :, :, 0]
        assert np.allclose(drawn, wanted, atol=1e-5)


def test_windows_and_what_they_give_are_marked_and_worked_out(figures):
    picture = plot_kernel(STRIPE, EDGE)
    image, _, output = figures[0].axes
    frames = [
        [patch.get_bbox().bounds for patch in axes.patches if patch.get_linewidth() > 2]
        for axes in (image, output)
    ]
    assert frames == [
        [(-0.5, -0.5, 3, 3), (2.5, 2.5, 3, 3)],
        [(-0.5, -0.5, 1, 1), (2.5, 2.5, 1, 1)],
    ]
    assert picture.caption == "a 3 × 3 kernel slides over a 6 × 6 image, output 4 × 4"
    first = "A: " + " + ".join(["0·(−1) + 0·0 + 9·1"] * 3) + " = 27"
    assert first in picture.alt
    assert "B: " + " + ".join(["9·(−1) + 0·0 + 0·1"] * 3) + " = −27" in picture.alt
    assert any(first in text.get_text() for text in figures[0].texts)
    assert sum(text.get_text() == "−27" for text in output.texts) == 8


def test_a_stride_moves_the_windows_further(figures):
    image = np.zeros((7, 7))
    image[2:5, 4:7] = 1
    picture = plot_kernel(image, np.ones((3, 3)), stride=2)
    image, _, output = figures[0].axes
    assert image.patches[-1].get_bbox().bounds == (3.5, 1.5, 3, 3)
    assert output.patches[-1].get_bbox().bounds == (1.5, 0.5, 1, 1)
    assert picture.caption.endswith("output 3 × 3") and "= 9" in picture.alt


def test_large_images_show_no_numbers(figures):
    picture = plot_kernel(np.zeros((28, 28, 1)), np.ones((3, 3)))
    assert picture.caption == "a 3 × 3 kernel slides over a 28 × 28 image, output 26 × 26"
    image, kernel, _ = figures[0].axes
    assert [text.get_text() for text in kernel.texts] == ["1"] * 9
    assert not any(text.get_text() == "0" for text in image.texts)


@pytest.mark.parametrize(
    ("image", "kernel", "stride", "message"),
    [
        (np.zeros((2, 2)), EDGE, 1, r"\(3, 3\) and \(2, 2\)"),
        (np.zeros(9), EDGE, 1, "at least as large"),
        (np.zeros((4, 4, 3)), EDGE, 1, r"\(4, 4, 3\)"),
        (STRIPE, np.zeros((0, 0)), 1, "at least as large"),
        (STRIPE, EDGE, 0, "from 1 up, not 0"),
        (STRIPE, EDGE, 1.5, "not 1.5"),
    ],
)
def test_kernels_that_do_not_fit_are_refused(image, kernel, stride, message):
    with pytest.raises(CourseError, match=message):
        plot_kernel(image, kernel, stride)


# Feature maps


def parts():
    return [
        layers.Conv2D(5, 3),
        layers.MaxPooling2D(name="pool"),
        layers.Flatten(),
        layers.Dense(2),
    ]


def sequential():
    return keras.Sequential([keras.Input((8, 6, 1)), *parts()])


def functional():
    x = inputs = keras.Input((8, 6, 1))
    for layer in parts():
        x = layer(x)
    return keras.Model(inputs, x)


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.parts = parts()

    def call(self, x):
        for part in self.parts:
            x = part(x)
        return x


def subclassed():
    model = Subclassed()
    model(np.zeros((1, 8, 6, 1)))
    return model


@pytest.mark.parametrize("make", [sequential, functional, subclassed])
def test_feature_maps_are_the_layers_output(make, figures):
    model, image = make(), RANDOM.random((8, 6, 1)).astype("float32")
    picture = plot_feature_maps(model, image)
    convolution = next(layer for layer in model.layers if isinstance(layer, layers.Conv2D))
    wanted = np.asarray(convolution(image[None]))[0]
    tiles = [axes.images[0] for axes in figures[0].axes if axes.images]
    assert np.allclose([tile.get_array() for tile in tiles], wanted.transpose(2, 0, 1), atol=1e-5)
    assert len({tile.get_clim() for tile in tiles}) == 1
    assert picture.caption == "feature maps (Conv2D, 6 × 4), 5 of 5"
    assert picture.alt.startswith(f"{convolution.name} (Conv2D, 6 × 4): 5 maps. Their values go")
    highest = wanted.max(axis=(0, 1)).argmax() + 1
    assert f"map {highest} has the highest" in picture.alt


@pytest.mark.parametrize("layer", ["pool", 1, -3])
def test_a_layer_is_found_by_name_or_number(layer):
    picture = plot_feature_maps(sequential(), np.zeros((8, 6)), layer, columns=2, most=3)
    assert picture.caption == "feature maps (MaxPooling2D, 3 × 2), 3 of 5"
    assert "pool (MaxPooling2D, 3 × 2): 5 maps, the first 3" in picture.alt
    assert "Zero everywhere: 5 maps" in picture.alt


@pytest.mark.parametrize(
    ("shape", "layer", "message"),
    [
        ((8, 6, 1), "no such", r"no layer 'no such'.* 1: pool"),
        ((8, 6, 1), 9, "no layer 9"),
        ((8, 6, 1), 3, "gives no maps"),
        ((28, 28), 0, r"\[\(8, 6, 1\)\], and the image has the shape \(28, 28\)"),
    ],
)
def test_maps_that_cannot_be_shown_are_refused(shape, layer, message):
    with pytest.raises(CourseError, match=message):
        plot_feature_maps(sequential(), np.zeros(shape), layer)


def test_a_model_without_convolution_says_so():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(2)])
    with pytest.raises(CourseError, match="no convolution"):
        plot_feature_maps(model, np.zeros(4))


# All


def all_pictures(model):
    return [
        plot_images(GREY, LABELS),
        plot_history(CURVES),
        plot_kernel(STRIPE, EDGE),
        plot_feature_maps(model, np.ones((8, 6, 1))),
    ]


def test_pictures_do_not_depend_on_the_readers_settings():
    model = sequential()
    plain = all_pictures(model)
    with plt.rc_context({"font.size": 30, "axes.facecolor": "red", "lines.linewidth": 9}):
        changed = all_pictures(model)
        assert mpl.rcParams["font.size"] == 30
    for one, other in zip(plain, changed, strict=True):
        assert np.array_equal(pixels(one), pixels(other))


def test_pictures_are_small_files_with_words():
    for picture in all_pictures(sequential()):
        assert picture.kind == "image/png" and len(picture.data) < 60_000
        assert 200 < picture.size[0] < 900
        assert len(picture.alt) > 20 and not re.search(r"\d\.\d", picture.caption)
