"""Plots draw what they are given, say in words what they show, and refuse what they cannot draw."""

import inspect
import io
import re
import xml.etree.ElementTree as ET

import pictures
from authoring import refresh
from authoring.stored import picture_in
from helpers import CourseError, drawing, plot_bars, plot_feature_maps, plot_history, plot_images
from helpers import plots as module
from helpers.plots import Picture, picture_of
from pictures import plot_confusion, plot_kernel

import keras
import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from keras import layers
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

RANDOM = np.random.default_rng(0)
GREY = RANDOM.integers(0, 256, (12, 8, 8), dtype="uint8")
PHOTOS = RANDOM.random((3, 8, 6, 3))
LABELS = np.arange(12) % 10
NAN, INF = float("nan"), float("inf")
CURVES = {
    "loss": [0.5, 0.3, 0.2, 0.1],
    "accuracy": [0.8, 0.9, 0.95, 0.99],
    "val_loss": [0.4, 0.25, 0.3, 0.35],
    "val_accuracy": [0.85, 0.9, 0.92, 0.91],
}
EDGE = np.array([[-1, 0, 1]] * 3)
STRIPE = np.array([[0, 0, 9, 9, 0, 0]] * 6)


def small_network():
    parts = [layers.Conv2D(5, 3), layers.MaxPooling2D(name="pool"), layers.Flatten()]
    return keras.Sequential([keras.Input((8, 6, 1)), *parts, layers.Dense(2)])


NETWORK = small_network()
GOOD = {  # what each plot takes
    plot_images: {"images": GREY[:2], "labels": [5, 0], "predictions": [5, 3], "title": "Digits"}
    | {"class_names": [f"class {n}" for n in range(10)], "columns": 6},
    plot_history: {"history": CURVES, "metric": "accuracy", "guessing": 0.1, "subplots": False}
    | {"mode": "auto", "validation_freq": 1},
    plot_bars: {"measures": {"seconds": {"small": 1, "large": 2}}},
    plot_feature_maps: {"model": NETWORK, "image": np.ones((8, 6, 1)), "layer": 0}
    | {"columns": 8, "most": 32},
    plot_kernel: {"image": STRIPE, "kernel": EDGE, "stride": 1},
    plot_confusion: {"true": [0, 1, 1], "predicted": [0, 1, 0], "class_names": ["a", "b"]},
}


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

    monkeypatch.setattr(module, "picture_of", keep)
    monkeypatch.setattr(pictures, "picture_of", keep)
    return made


def history_of(log, epochs=None):
    history = keras.callbacks.History()
    history.history = log
    history.epoch = [epoch - 1 for epoch in epochs or ()]  # Keras counts from 0
    return history


# A picture, and how a notebook shows and stores it


def shown(obj):
    """What a notebook gets of an object."""
    shell = InteractiveShell.instance()
    try:
        module.give_figures_words()
        return shell.display_formatter.format(obj)[0]
    finally:
        InteractiveShell.clear_instance()


def stored(data):
    """The one output that a lesson keeps of this."""
    output = nbformat.v4.new_output("display_data", data, metadata={"image/png": {"width": 3}})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[output])])
    refresh.tidy(notebook)
    nbformat.validate(notebook)
    return notebook.cells[0].outputs[0]


@pytest.mark.parametrize(
    ("picture", "kind", "size"),
    [
        (Picture(b"pixels", 'A "line" < 3', "a line", (20, 10)), "image/png", (20, 10)),
        (Picture('<svg x="1" width="7" height="9"/>', "ä & b", "b"), "image/svg+xml", (7, 9)),
    ],
)
def test_a_picture_is_shown_and_stored_as_one_image_with_words(picture, kind, size):
    output = stored(shown(picture))
    assert set(output.data) == {"text/html", "text/plain"}
    assert output.data["text/plain"] == f"<picture: {picture.caption}>"
    image = ET.fromstring(output.data["text/html"].removesuffix(">") + "/>")
    assert image.tag == "img" and image.get("alt") == picture.alt
    found = picture_in(output)
    assert (found.kind, found.alt, (found.width, found.height)) == (kind, picture.alt, size)
    data = picture.data.encode() if isinstance(picture.data, str) else picture.data
    assert found.data == data


def test_a_figure_becomes_a_small_sharp_png():
    figure, axes = plt.subplots(figsize=(4, 3))
    axes.plot([1, 2, 3])
    picture = picture_of(figure, "A line rising from 1 to 3", "a line")
    image = Image.open(io.BytesIO(picture.data))
    assert image.format == "PNG" and image.mode == "P" and len(picture.data) < 20_000
    assert image.size == (800, 600) and picture.size == (400, 300)


def test_plain_figures_get_what_is_written_on_them_as_words():
    figure = Figure()
    axes = figure.add_subplot(title="A line", xlabel="x", ylabel="y")
    axes.plot([1, 2], label="steep")
    axes.legend(title="which")
    figure.suptitle("Lines")
    output = stored(shown(figure))
    assert picture_in(output).alt == "A figure. Lines; A line; y over x; which: steep"
    assert set(output.data) == {"text/html", "text/plain"} and output.metadata == {}


def test_other_outputs_stay_as_they_are():
    table = {"text/html": "<table>", "text/plain": "a table"}
    assert stored(table).data == table and picture_in(stored(table)) is None


def test_saving(tmp_path):
    drawing_ = Picture("<svg>ä</svg>", "", "")
    assert drawing_.save(tmp_path / "d.svg").read_text(encoding="utf-8") == "<svg>ä</svg>"
    assert Picture(b"1", "", "").save(tmp_path / "p.png").read_bytes() == b"1"


# The look


def contrast(colour, other):
    """The contrast ratio of WCAG 2, from 1 to 21."""
    rgb = np.array([to_rgb(colour), to_rgb(other)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    light, dark = sorted(linear @ (0.2126, 0.7152, 0.0722), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_can_be_read_and_bars_stand_out():
    assert contrast("black", "white") == pytest.approx(21)
    assert contrast("#777777", "white") == pytest.approx(4.48, abs=0.01)
    assert all(contrast(colour, "white") >= 4.5 for colour in (*module.COLOURS, module.INK))
    assert contrast(module.GREY, "white") >= 3
    boxes = [*(box[1:] for box in drawing.COLOURS), drawing.MODEL_COLOURS, drawing.OPENED_COLOURS]
    assert all(contrast(line, "white") >= 3 for _, line in boxes)
    assert all(contrast("#0f172a", fill) >= 4.5 for fill, _ in boxes)


def test_pictures_do_not_depend_on_the_readers_settings():
    plain = [plot(**good) for plot, good in GOOD.items()]
    with plt.rc_context({"font.size": 30, "axes.facecolor": "red", "savefig.bbox": "tight"}):
        changed = [plot(**good) for plot, good in GOOD.items()]
    assert [one.data for one in plain] == [one.data for one in changed]


@pytest.mark.parametrize("plot", GOOD)
def test_pictures_are_small_files_with_words(plot):
    picture = plot(**GOOD[plot])
    assert picture.kind == "image/png" and len(picture.data) < 60_000
    assert 150 < picture.size[0] < 900
    assert len(picture.alt) > 20 and not re.search(r"\d\.\d", picture.caption)


# Images


@pytest.mark.parametrize("images", [GREY, GREY[..., None], GREY.astype(int), GREY / 255])
def test_grey_images_come_in_several_forms(images, figures):
    plot_images(images)
    tiles = [axes.images[0] for axes in figures[0].axes]
    assert np.allclose([tile.get_array() for tile in tiles], GREY / 255)
    assert {tile.get_clim() for tile in tiles} == {(0, 1)}


def test_images_keep_their_colours(figures):
    assert plot_images(PHOTOS[:1]).alt == "1 image, in rows of 1"
    assert np.allclose(figures[0].axes[0].images[0].get_array(), PHOTOS[0])


def test_labels_stand_under_the_images(figures):
    picture = plot_images(GREY, LABELS[:, None])
    assert [axes.get_xlabel() for axes in figures[0].axes] == [str(label) for label in LABELS]
    assert picture.caption == "12 images, 12 labels"
    assert picture.alt == f"12 images, 12 labels, in rows of 6: {'; '.join(map(str, LABELS))}"


def test_right_and_wrong_differ_by_more_than_colour(figures):
    picture = plot_images(GREY[:2], [7, 9], predictions=[7, 4])
    assert [axes.get_xlabel() for axes in figures[0].axes] == ["✓ 7", "✗ 4, is 9"]
    right, wrong = (axes.spines["left"] for axes in figures[0].axes)
    assert not right.get_visible()
    assert wrong.get_visible() and wrong.get_linestyle() == "--" and wrong.get_linewidth() >= 3
    assert "✓ 7; ✗ 4, is 9" in picture.alt
    assert picture.caption == "2 images with predictions"
    assert plot_images(GREY[:2], [7, 9], predictions=[1, 9]).caption == picture.caption


@pytest.mark.parametrize(
    "predictions", [[1, 0], [[1], [0]], [[0.1, 0.7], [0.5, 0.3]], [[0.9], [0.2]], [0.9, 0.2]]
)
def test_predictions_may_be_probabilities_and_need_no_labels(predictions):
    assert plot_images(GREY[:2], predictions=predictions).alt.endswith("? 1; ? 0")


@pytest.mark.parametrize(
    "names",
    [["a_cat", "dog"], ("a_cat", "dog"), np.array(["a_cat", "dog"]), iter(["a cat", "dog"])],
)
def test_class_names_take_the_place_of_numbers(names):
    picture = plot_images(GREY[:2], [0, 1], predictions=[0, 0], class_names=names, title="Pets")
    assert picture.alt.startswith("Pets. ") and picture.alt.endswith("✓ a cat; ✗ a cat, is dog")


def test_long_names_are_wrapped_and_numbers_may_be_names(figures):
    alt = plot_images(GREY[:1], [0], class_names=["large omnivores and herbivores"]).alt
    assert alt.endswith("large omnivores and herbivores")
    assert max(map(len, figures[0].axes[0].get_xlabel().split("\n"))) <= 16
    assert plot_images(GREY[:3], [0, 1, 2], class_names=range(5, 8)).alt.endswith("5; 6; 7")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((GREY[0],), r"not \(8, 8\).*images\[:1\]"),
        ((PHOTOS[0],), r"not \(8, 6, 3\).*images\[:1\]"),
        ((np.zeros((2, 8, 8, 2)),), r"not \(2, 8, 8, 2\)"),
        (([PHOTOS[0], PHOTOS[0, :4]],), "rows of one length"),
        ((np.zeros((61, 8, 8)),), r"1 to 60 images.*\(61, 8, 8\)"),
        ((GREY[:0],), r"\(0, 8, 8\)"),
        ((GREY.astype(float),), "floats from 0 to 1.*float64"),
        ((GREY - 300.0,), "from -"),
        ((np.full((1, 4, 4), np.nan),), "NaN"),
        ((GREY, LABELS[:3]), r"12 images, and labels of the shape \(3,\)"),
        ((GREY, LABELS + 1.5), "labels must be whole numbers"),
        ((GREY, LABELS, np.zeros((11, 10))), "predictions"),
        ((GREY, LABELS, None, ["one", "two"]), "2 class_names, and none for class 9"),
        ((GREY, LABELS - 1, None, range(10)), "none for class -1"),
        ((GREY, LABELS, None, ["same"] * 10), "same name"),
        ((GREY, LABELS, None, None, 0), "columns must be"),
    ],
)
def test_images_that_cannot_be_shown_are_refused(arguments, message):
    with pytest.raises(CourseError, match=message):
        plot_images(*arguments)


# Training curves


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
    assert loss.get_title() == "loss\n○ best at epoch 2"
    assert accuracy.get_title() == "accuracy\n○ best at epoch 3"
    assert picture.caption == "curves of loss and accuracy with validation"
    assert picture.alt == (
        "Training loss falls from 0.5 to 0.1 over 4 epochs; validation loss falls from 0.4 to 0.35 "
        "over 4 epochs; best at epoch 2 with 0.25. Training accuracy rises from 0.8 to 0.99 over 4 "
        "epochs; validation accuracy rises from 0.85 to 0.91 over 4 epochs; best at epoch 3 with "
        "0.92."
    )


def test_one_metric_or_several_are_drawn(figures):
    plot_history({"loss": [2, 1]})
    plot_history(CURVES, "val_accuracy")
    plot_history(CURVES, ["loss", "accuracy", "val_loss"])
    assert [len(figure.axes) for figure in figures] == [1, 1, 3]
    curve, _ = figures[1].axes[0].lines
    assert curve.get_ydata().tolist() == CURVES["val_accuracy"] and curve.get_linestyle() == "-"


@pytest.mark.parametrize("length", [1, 2, 30])
def test_epochs_are_whole_numbers_from_one(length, figures):
    plot_history({"loss": np.linspace(1, 0.1, length)})
    figures[0].canvas.draw()
    axes = figures[0].axes[0]
    low, high = axes.get_xlim()
    ticks = [tick for tick in axes.get_xticks() if low <= tick <= high]
    assert ticks and all(tick == int(tick) and tick >= 1 for tick in ticks) and low >= 0.5


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([0.5], "is 0.5 after epoch 1"),
        ([2.3, 2.3, 2.3], "stays at 2.3 over 3 epochs"),
        ([2.3001, 2.3], "stays at 2.3 over 2 epochs"),
        ([1, 3, 1], "begins and ends at 1 over 3 epochs"),
        ([3, NAN, 2], "falls from 3 to 2 over 3 epochs, and is not a finite number in 1 of 3"),
        ([INF, 3, 2, NAN], "falls from 3 to 2 between epochs 2 and 3, and .* in 2 of 4"),
        ([3, NAN, NAN], "is 3 after epoch 1, and is not a finite number in 2 of 3"),
        ([NAN, INF], "is not a finite number in any epoch"),
    ],
)
def test_words_hold_for_level_broken_and_single_point_curves(values, words):
    alt = plot_history({"loss": values}).alt
    assert re.fullmatch(f"Training loss {words}.", alt), alt


@pytest.mark.parametrize("values", [[0.5], [0.1, 0.1], [NAN, 1], [NAN, NAN]])
def test_where_no_epoch_is_better_than_others_none_is_called_best(values, figures):
    picture = plot_history({"loss": values, "val_loss": values})
    assert "best" not in picture.alt and len(figures[0].axes[0].lines) == 2


def test_a_resumed_training_keeps_its_epochs():
    log = {"loss": [3, 2, 1], "val_loss": [3, 1, 2]}
    alt = plot_history(history_of(log, [4, 5, 6])).alt
    assert "falls from 3 to 1 between epochs 4 and 6" in alt and "best at epoch 5" in alt


@pytest.mark.parametrize("often", [2, [2, 4], np.array([4, 2])])
def test_validation_now_and_then_stands_at_its_epochs(often, figures):
    log = {"loss": [5, 4, 3, 2, 1], "val_loss": [2, 1]}
    assert "best at epoch 4" in plot_history(log, validation_freq=often).alt
    assert figures[0].axes[0].lines[1].get_xdata().tolist() == [2, 4]
    for wrong in (1, 3, [2]):
        with pytest.raises(CourseError, match="5 epochs .* 2 values .* pass the validation_freq"):
            plot_history(log, validation_freq=wrong)


def test_keras_metrics_are_better_in_the_direction_that_keras_has_for_them():
    directions = {}
    for name, kind in vars(keras.metrics).items():
        if inspect.isclass(kind) and hasattr(kind, "from_config"):
            needed = {"num_classes": 2, "target_class_ids": [0], "recall": 0.5, "precision": 0.5}
            needed |= {"specificity": 0.5, "sensitivity": 0.5}
            known = inspect.signature(kind).parameters.items()
            given = {n: needed[n] for n, p in known if n in needed and p.default is p.empty}
            if name not in ("Metric", "MeanMetricWrapper"):
                metric = kind(**given)
                directions[metric.name] = getattr(metric, "_direction", None)
    directions = {name: {"up": "max", "down": "min"}.get(d) for name, d in directions.items()}
    assert sum(way is not None for way in directions.values()) > 25
    for name, way in directions.items():
        if way is not None:
            assert module._better(name, "auto") == way, name
            assert module._better(f"val_an_output_{name}_2", "auto") == way, name


@pytest.mark.parametrize(
    ("metric", "mode", "epoch"),
    [
        ("mape", "auto", 2),
        ("root_mean_squared_error", "auto", 2),
        ("digit_loss", "max", 2),
        ("f1_score", "auto", 1),
        ("maestro_accuracy", "auto", 1),
        ("auc_1", "auto", 1),
        ("mae", "max", 1),
        ("glossiness", "min", 2),
        ("glossiness", "max", 1),
        ("glossiness", "auto", None),
        ("inaccuracy", "auto", None),
    ],
)
def test_which_way_is_better_is_known_or_told_but_never_guessed(metric, mode, epoch):
    log = {"loss": [3, 2, 1], metric: [3, 1, 2], f"val_{metric}": [3, 1, 2]}
    alt = plot_history(log, metric, mode=mode).alt
    assert re.findall(r"best at epoch (\d)", alt) == ([str(epoch)] if epoch else [])


def test_runs_are_laid_over_each_other(figures):
    picture = plot_history({32: history_of(CURVES), 0.1: CURVES})
    assert picture.caption == "curves of loss and accuracy with validation, 32, 0.1"
    labels = [text.get_text() for text in figures[0].legends[0].get_texts()]
    assert labels == [f"{n}, {k}" for n in ("32", "0.1") for k in ("training", "validation")]
    first, _, _, second = figures[0].axes[0].lines[:4]
    assert first.get_linewidth() > second.get_linewidth()  # or it would hide the first
    assert "32: training loss falls from 0.5" in picture.alt and "0.1: training" in picture.alt


def test_no_two_of_many_runs_look_the_same(figures):
    plot_history({f"_${n}$": {"loss": [n + 2, 1]} for n in range(12)})
    lines = figures[0].axes[0].lines
    assert len({(line.get_color(), line.get_marker()) for line in lines}) == 12
    assert len(figures[0].legends[0].get_texts()) == 12


def test_runs_may_have_panels_of_their_own_on_one_scale(figures):
    runs = {f"run {n}": {**CURVES, "loss": [n + 3, 2, 1, 0.5]} for n in range(5)}
    picture = plot_history(runs, "loss", subplots=True)
    assert [axes.get_title().split("\n")[0] for axes in figures[0].axes] == list(runs)
    assert len({axes.get_ylim() for axes in figures[0].axes}) == 1
    assert picture.alt.count("best at epoch 2") == 5


def test_a_line_for_guessing():
    picture = plot_history({"a": CURVES, "b": CURVES}, "val_accuracy", guessing=0.02)
    assert picture.alt.endswith("A dotted line for guessing is at 0.02.")
    assert picture.caption == "curves of val_accuracy, a, b"


@pytest.mark.parametrize(
    ("history", "metric", "message"),
    [
        (None, "accuracy", "got None.*history = model.fit"),
        ([1, 2], "accuracy", "got a list"),
        (NETWORK, None, "got a Sequential"),
        ({"a": CURVES, "b": None}, None, "got None as run 'b'"),
        ({}, "accuracy", "no epochs"),
        (history_of({}), None, "no epochs"),
        ({"accuracy": [1]}, None, "no values of 'loss'.* there is 'accuracy'"),
        ({"small": {"accuracy": [1]}}, None, "'loss' in run 'small'"),
        (CURVES, "acc", "'acc' in this history: there is 'loss', 'accuracy'"),
        ({"loss": [1, 2], "accuracy": [1]}, None, "2 epochs .* 1 values of the training accuracy"),
        ({"loss": [[1, 2]]}, None, "a list of numbers"),
        ({n: CURVES for n in range(13)}, None, "up to 12 runs"),
        ({1: CURVES, "1": CURVES}, None, "its own name"),
    ],
)
def test_what_is_no_history_is_refused(history, metric, message):
    with pytest.raises(CourseError, match=message):
        plot_history(history, metric)


# Bars


def test_bars_say_every_number(figures):
    picture = plot_bars(
        {
            "parameters": {32: 325_956, "large": np.int64(6_453_572)},
            "seconds": {"large": 1.26, 32: 0.149, "none": 0},
        }
    )
    assert picture.caption == "parameters and seconds of 32, large, none"
    assert picture.alt == (
        "Bars. parameters: 32 325,956, large 6,453,572; seconds: large 1.3, 32 0.15, none 0."
    )
    parameters, seconds = figures[0].axes
    assert [label.get_text() for label in parameters.get_yticklabels()] == ["32", "large", "none"]
    rows = [round(bar.get_center()[1]) for bar in seconds.patches]
    assert rows == [1, 0, 2]  # each in its model's


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1e-7, "1e-07"),
        (0.02, "0.02"),
        (1.0, "1"),
        (99.5, "99.5"),
        (1234.5, "1,234"),
        (2e9, "2e+09"),
    ],
)
def test_numbers_beside_bars_are_short_and_true(number, text):
    assert plot_bars({"a": {"b": number}}).alt == f"Bars. a: b {text}."


@pytest.mark.parametrize(
    "measures", [{}, {"seconds": {}}, {"a": {"b": -1}}, {"a": {"b": NAN}}, {"a": {"b": [1, 2]}}]
)
def test_bars_need_numbers(measures):
    with pytest.raises(CourseError):
        plot_bars(measures)


# Feature maps


def functional():
    x = inputs = keras.Input((8, 6, 1))
    for layer in small_network().layers:
        x = layer(x)
    return keras.Model(inputs, x)


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.parts = small_network().layers

    def call(self, x):
        for part in self.parts:
            x = part(x)
        return x


def subclassed():
    model = Subclassed()
    model(np.zeros((1, 8, 6, 1)))
    return model


@pytest.mark.parametrize("make", [small_network, functional, subclassed])
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


@pytest.mark.parametrize("layer", ["pool", 1, -3, np.int64(1)])
def test_a_layer_is_found_by_name_or_number(layer):
    picture = plot_feature_maps(NETWORK, np.zeros((8, 6)), layer, columns=2, most=3)
    assert picture.caption == "feature maps (MaxPooling2D, 3 × 2), 3 of 5"
    assert "pool (MaxPooling2D, 3 × 2): 5 maps, the first 3" in picture.alt
    assert "All their finite values are 0. Zero everywhere: 5 maps." in picture.alt


@pytest.mark.parametrize(
    ("shape", "filters", "image"),
    [
        ((1, 1, 1), 1, (1, 1)),
        ((1, 40, 1), 9, (1, 40)),
        ((40, 1, 3), 2, (40, 1, 3)),
        ((None, None, 3), 4, (9, 7, 3)),
    ],
)
def test_maps_may_have_any_size(shape, filters, image):
    model = keras.Sequential([keras.Input(shape, batch_size=2), layers.Conv2D(filters, 1)])
    picture = plot_feature_maps(model, np.ones(image))
    assert f"Conv2D, {image[0]} × {image[1]}): {filters} map" in picture.alt
    assert picture.size[1] < 900
    model.layers[0].set_weights([np.full_like(w, NAN) for w in model.layers[0].get_weights()])
    alt = plot_feature_maps(model, np.ones(image)).alt
    assert (
        f"No value is finite. Zero everywhere: 0 maps. Of numbers that are not finite, {filters}"
        in alt
    )


@pytest.mark.parametrize(
    ("shape", "layer", "message"),
    [
        ((8, 6, 1), "no such", r"no layer 'no such'.* 1: pool"),
        ((8, 6, 1), 9, "no layer 9"),
        ((8, 6, 1), 3, "gives no maps"),
        ((28, 28), 0, r"\(8, 6, 1\), and the image has the shape \(28, 28\)"),
    ],
)
def test_maps_that_cannot_be_shown_are_refused(shape, layer, message):
    with pytest.raises(CourseError, match=message):
        plot_feature_maps(NETWORK, np.zeros(shape), layer)


def test_a_model_without_convolution_says_so():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(2)])
    with pytest.raises(CourseError, match="no convolution"):
        plot_feature_maps(model, np.zeros(4))


# The sliding kernel of lesson 1


@pytest.mark.parametrize("stride", [1, 2])
def test_a_kernel_gives_what_keras_gives(stride, figures):
    image, kernel = RANDOM.random((9, 7)), RANDOM.standard_normal((3, 2))
    plot_kernel(image, kernel, stride)
    drawn = figures[0].axes[2].images[0].get_array()
    keras_image, keras_kernel = image[None, :, :, None], kernel[:, :, None, None]
    wanted = keras.ops.conv(keras_image, keras_kernel, strides=stride)[0, :, :, 0]
    assert np.allclose(drawn, wanted, atol=1e-5)


def frames(axes):
    return [patch.get_bbox().bounds for patch in axes.patches if patch.get_linewidth() > 2]


def test_windows_and_what_they_give_are_marked_and_worked_out(figures):
    picture = plot_kernel(STRIPE, EDGE)
    image, _, output = figures[0].axes
    assert frames(image) == [(-0.5, -0.5, 3, 3), (2.5, 2.5, 3, 3)]
    assert frames(output) == [(-0.5, -0.5, 1, 1), (2.5, 2.5, 1, 1)]
    assert picture.caption == "a 3 × 3 kernel slides over a 6 × 6 image, output 4 × 4"
    first = "A: " + " + ".join(["0·(−1) + 0·0 + 9·1"] * 3) + " = 27"
    assert first in picture.alt
    assert "B: " + " + ".join(["9·(−1) + 0·0 + 0·1"] * 3) + " = −27" in picture.alt
    assert any(first in text.get_text() for text in figures[0].texts)
    assert sum(text.get_text() == "−27" for text in output.texts) == 8


def test_a_stride_moves_the_windows_further(figures):
    spot = np.zeros((7, 7))
    spot[2:5, 4:7] = 1
    picture = plot_kernel(spot, np.ones((3, 3)), stride=2)
    image, _, output = figures[0].axes
    assert frames(image)[-1] == (3.5, 1.5, 3, 3) and frames(output)[-1] == (1.5, 0.5, 1, 1)
    assert picture.caption.endswith("output 3 × 3") and "= 9" in picture.alt


@pytest.mark.parametrize(
    ("image", "kernel", "stride", "message"),
    [
        (np.zeros((2, 2)), EDGE, 1, r"\(3, 3\) and \(2, 2\)"),
        (np.zeros((11, 3)), EDGE, 1, "at most 10 × 10"),
        (np.zeros((4, 4, 3)), EDGE, 1, r"\(4, 4, 3\)"),
        (STRIPE, np.zeros((0, 0)), 1, "at least as large"),
        (STRIPE, EDGE, 1.5, "stride must be .* not 1.5"),
    ],
)
def test_kernels_that_do_not_fit_are_refused(image, kernel, stride, message):
    with pytest.raises(CourseError, match=message):
        plot_kernel(image, kernel, stride)


# The confusion of lesson 5


@pytest.mark.parametrize("shape", [8, (8, 1)])
def test_confusion_names_what_is_confused(shape, figures):
    true = np.reshape([0, 0, 0, 0, 1, 1, 2, 2], shape)
    predicted = np.eye(3)[[0, 0, 0, 2, 1, 1, 1, 2]]
    picture = plot_confusion(true, predicted, np.array(["fish", "sweet_pepper", "people"]))
    assert figures[0].axes[0].images[0].get_array().tolist() == [
        [0.75, 0, 0.25],
        [0, 1, 0],
        [0, 0.5, 0.5],
    ]
    assert picture.caption == "a table of which of 3 classes is taken for which"
    for words in (
        "holds 75% of all images",
        "from 100% of sweet pepper to 50% of people",
        "something else: people for sweet pepper (50%), fish for people (25%).",
    ):
        assert words in picture.alt


def test_confusion_without_a_mistake_and_with_classes_that_do_not_occur():
    picture = plot_confusion(np.array([2, 2, 1]), np.array([2, 2, 1]), ["a", "b", "c", "d"])
    assert picture.alt.endswith("holds 100% of all images.")


@pytest.mark.parametrize(
    ("true", "predicted", "names", "words"),
    [
        ([0, 1], [0], "ab", "2 true classes and 1 predicted"),
        ([], [], "ab", "true must be classes"),
        ([0, 1], [0.5, 1.5], "ab", "predicted must be whole numbers"),
        ([0, -1], [0, 1], "ab", "none for class -1"),
        ([0, 2], [0, 1], "ab", "2 class_names, and none for class 2"),
        ([0, 1], [0, 1], range(31), "too many"),
    ],
)
def test_confusion_says_what_does_not_fit(true, predicted, names, words):
    with pytest.raises(CourseError, match=words):
        plot_confusion(true, predicted, list(names))
