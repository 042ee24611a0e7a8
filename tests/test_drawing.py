"""plot_model draws what is in the model: every layer, every arrow, in every style."""

import os
import re
import sys
import xml.etree.ElementTree as ET

from helpers import CourseError, first_difference, plot_difference, plot_model
from helpers.comparison import CannotTell
from helpers.drawing import MARKED

import keras
import numpy as np
import pygraphviz
import pytest
from keras import layers

SVG = "{http://www.w3.org/2000/svg}"


def texts(picture):
    """All texts in the boxes, in the order in which they are drawn."""
    return [text.text.strip() for text in ET.fromstring(picture.data).iter(f"{SVG}text")]


def arrows(picture):
    groups = ET.fromstring(picture.data).iter(f"{SVG}g")
    return sum(group.get("class") == "edge" for group in groups)


def frames(picture):
    """How many opened models have a frame around their layers."""
    groups = ET.fromstring(picture.data).iter(f"{SVG}g")
    return sum(group.get("class") == "cluster" for group in groups)


def boxes(picture):
    groups = ET.fromstring(picture.data).iter(f"{SVG}g")
    return sum(group.get("class") == "node" for group in groups)


def digit_layers():
    return [
        layers.Conv2D(32, 3, activation="relu"),
        layers.Conv2D(64, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]


DIGIT_TEXTS = [
    *("InputLayer", "28 × 28 × 1"),
    *("Conv2D", "26 × 26 × 32", "relu"),
    *("Conv2D", "24 × 24 × 64", "relu"),
    *("Flatten", "36864"),
    *("Dense", "128", "relu"),
    *("Dense", "10", "softmax"),
]
IMAGE = (28, 28, 1)


@keras.saving.register_keras_serializable()
class Digits(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.parts = digit_layers()

    def call(self, x):
        for part in self.parts:
            x = part(x)
        return x


def sequential():
    return keras.Sequential([keras.Input(IMAGE), *digit_layers()])


def functional():
    x = inputs = keras.Input(IMAGE)
    for layer in digit_layers():
        x = layer(x)
    return keras.Model(inputs, x)


def subclassed():
    model = Digits()
    model(np.zeros((2, *IMAGE), "float32"))
    return model


@pytest.mark.parametrize("make", [sequential, functional, subclassed])
def test_the_digit_network_is_drawn_alike_in_all_three_styles(make):
    picture = plot_model(make())
    assert texts(picture) == DIGIT_TEXTS
    assert arrows(picture) == 5
    kinds = "InputLayer, Conv2D, Conv2D, Flatten, Dense, Dense"
    assert picture.caption == f"{type(make()).__name__} model: {kinds}"
    assert "6 layers: InputLayer 28 × 28 × 1 → Conv2D 26 × 26 × 32, relu → Conv2D" in picture.alt


def test_the_picture_is_an_image_with_words_and_a_size():
    picture = plot_model(sequential())
    svg = ET.fromstring(picture.data)
    assert svg.tag == f"{SVG}svg" and picture.kind == "image/svg+xml"
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == picture.alt
    assert [title.text for title in svg.iter(f"{SVG}title")] == [picture.caption]
    assert int(svg.get("width")) > 200 and int(svg.get("height")) > 400
    assert "max-width:100%" in svg.get("style")
    assert picture.data.startswith("<svg") and "<!" not in picture.data
    assert not any(element.get("id") for element in svg.iter())


def test_texts_can_be_read_and_lines_be_seen():
    for element in ET.fromstring(plot_model(sequential()).data).iter():
        if element.tag == f"{SVG}text":
            assert float(element.get("font-size")) >= 12
            assert contrast("#0f172a", "#ffffff") > contrast(element.get("fill"), "#bbf7d0") > 4.5
        if element.get("stroke") not in (None, "none"):
            assert float(element.get("stroke-width", 1)) >= 1.2


def contrast(one, other):
    """The contrast of two colours, as WCAG counts it: 1 to 21."""
    light = []
    for colour in (one, other):
        parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        parts = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        light.append(parts @ (0.2126, 0.7152, 0.0722) + 0.05)
    return max(light) / min(light)


@pytest.mark.parametrize("make", [sequential, functional, subclassed])
def test_the_same_model_gives_the_same_picture_and_stays_as_it_was(make):
    model = make()
    first = plot_model(model, expand_nested=True)
    calls = [len(layer._inbound_nodes) for layer in model.layers]
    assert plot_model(model, expand_nested=True).data == first.data
    assert [len(layer._inbound_nodes) for layer in model.layers] == calls


def test_names_are_written_when_they_were_given():
    model = keras.Sequential(
        [keras.Input((4,), name="the four"), layers.Dense(3, name="a < b & c"), layers.Dense(2)],
        name="named",
    )
    assert texts(plot_model(model)) == [
        *("InputLayer", "4", "the four"),
        *("Dense", "3", "a < b & c"),
        *("Dense", "2"),
    ]
    assert plot_model(model).caption == "model named: InputLayer, Dense, Dense"


def test_what_is_shown_can_be_chosen():
    shown = texts(plot_model(sequential(), show_shapes=False, show_activations=False))
    assert shown == ["InputLayer", "Conv2D", "Conv2D", "Flatten", "Dense", "Dense"]
    assert "relu" not in texts(plot_model(sequential(), show_activations=False))
    assert "28 × 28 × 1" not in texts(plot_model(sequential(), show_shapes=False))


def test_it_can_be_drawn_from_left_to_right():
    down, right = (ET.fromstring(plot_model(sequential(), direction=d).data) for d in ("TB", "LR"))
    assert int(down.get("height")) > int(down.get("width"))
    assert int(right.get("width")) > int(right.get("height"))


def test_frozen_layers_say_so():
    model = sequential()
    model.layers[0].trainable = False
    shown = texts(plot_model(model, show_trainable=True))
    assert (shown.count("frozen"), shown.count("trainable")) == (1, 3)
    assert shown.index("frozen") < shown.index("trainable")
    assert "frozen" not in texts(plot_model(model))
    outer = keras.Sequential([keras.Input(IMAGE), model])
    assert "5 layers inside · partly frozen" in texts(plot_model(outer, show_trainable=True))
    model.trainable = False
    assert "5 layers inside · frozen" in texts(plot_model(outer, show_trainable=True))


def test_two_inputs_and_two_outputs():
    image, place = keras.Input(IMAGE, name="image"), keras.Input((4,), name="place")
    both = layers.Concatenate()([layers.Flatten()(image), place])
    digit, size = layers.Dense(10, name="digit")(both), layers.Dense(1, name="size")(both)
    picture = plot_model(keras.Model([image, place], [digit, size]))
    assert (boxes(picture), arrows(picture)) == (6, 5)
    assert {"image", "place", "digit", "size"} <= set(texts(picture))
    assert picture.caption.endswith("InputLayer, InputLayer, Flatten, Concatenate, Dense, Dense")
    assert re.search(
        r"concatenate\w* \(Concatenate 788\) takes from flatten\w* and place", picture.alt
    )
    assert "size (Dense 1) takes from concatenate" in picture.alt


def test_a_residual_connection():
    x = inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(3, 3, padding="same", name="inner")(x)
    picture = plot_model(keras.Model(inputs, layers.Add(name="sum")([x, inputs])))
    assert (boxes(picture), arrows(picture)) == (3, 3)
    assert re.search(r"sum \(Add 8 × 8 × 3\) takes from inner and input_layer", picture.alt)


def test_a_shared_layer_is_one_box():
    left, right = keras.Input((4,), name="left"), keras.Input((4,), name="right")
    shared = layers.Dense(3, name="shared")
    picture = plot_model(keras.Model([left, right], shared(left) - shared(right)))
    assert (boxes(picture), arrows(picture)) == (4, 4)  # two arrows lead on, one for each call
    assert "shared · used 2 times" in texts(picture)
    assert "shared (Dense 3, used 2 times) takes from left and right" in picture.alt


def block(name):
    return keras.Sequential([layers.Dense(5, activation="relu"), layers.Dropout(0.5)], name=name)


class Blocks(keras.Model):
    """Two Sequential blocks inside a subclassed model, and a `training` argument."""

    def __init__(self):
        super().__init__()
        self.first, self.second = block("first"), block("second")

    def call(self, x, training):
        return self.second(self.first(x, training=training), training=training)


class Scaled(keras.Layer):
    """A layer of one's own with a layer inside."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = layers.Dense(5)

    def build(self, shape):
        self.inner.build(shape)

    def call(self, x):
        return self.inner(x) * 2


class Nest(keras.Model):
    """A subclassed model and a layer of one's own inside a subclassed model."""

    def __init__(self):
        super().__init__()
        self.blocks, self.scaled = Blocks(), Scaled(name="scaled")

    def call(self, x):
        return self.scaled(self.blocks(x, training=False))


def test_nested_blocks_are_a_box_each_until_they_are_opened():
    model = Blocks()
    closed = plot_model(model, input_shape=(4,))
    assert texts(closed)[2:] == [
        *("Sequential", "5", "first · 2 layers inside"),
        *("Sequential", "5", "second · 2 layers inside"),
    ]
    assert (boxes(closed), arrows(closed), frames(closed)) == (3, 2, 0)
    opened = plot_model(model, expand_nested=True)
    assert (boxes(opened), arrows(opened), frames(opened)) == (5, 4, 2)
    assert opened.caption == "Blocks model: InputLayer, Dense, Dropout, Dense, Dropout"
    assert {"Sequential · first", "Sequential · second"} <= set(texts(opened))


def test_subclassed_models_inside_subclassed_models_are_opened_to_the_last():
    model = Nest()
    model(np.zeros((1, 4), "float32"))
    assert plot_model(model).caption == "Nest model: InputLayer, Blocks, Scaled"
    opened = plot_model(model, expand_nested=True)
    kinds = "InputLayer, Dense, Dropout, Dense, Dropout, Dense, Multiply"
    assert opened.caption == f"Nest model: {kinds}"
    assert (arrows(opened), frames(opened)) == (6, 4)


def test_a_nested_model_used_twice_is_drawn_once():
    encoder = keras.Sequential([keras.Input((4,)), layers.Dense(3)], name="encoder")
    left, right = keras.Input((4,)), keras.Input((4,))
    model = keras.Model([left, right], layers.Subtract()([encoder(left), encoder(right)]))
    opened = plot_model(model, expand_nested=True)
    assert (boxes(opened), arrows(opened), frames(opened)) == (4, 4, 1)
    scaled = Scaled()
    opened = plot_model(keras.Model([left, right], [scaled(left), scaled(right)]), True)
    assert opened.caption == "Functional model: InputLayer, InputLayer, Dense, Multiply, Multiply"
    assert (arrows(opened), frames(opened)) == (4, 1)
    outer = keras.Sequential([keras.Input((4,)), keras.Sequential([encoder, layers.Dense(2)])])
    assert frames(plot_model(outer, expand_nested=True)) == 2


def test_keras_own_layers_stay_closed():
    inputs = keras.Input((5, 8))
    model = keras.Model(inputs, layers.Bidirectional(layers.LSTM(3))(inputs))
    picture = plot_model(model, expand_nested=True)
    assert texts(picture) == ["InputLayer", "5 × 8", "Bidirectional", "6"]


def test_sizes_that_are_not_known_are_any():
    model = keras.Sequential([keras.Input((None, 3)), layers.Dense(2)])
    assert texts(plot_model(model)) == ["InputLayer", "any × 3", "Dense", "any × 2"]


def test_a_subclassed_model_with_several_inputs():
    class Sum(keras.Model):
        def call(self, x):
            return x["left"] + x["right"]

    model = Sum()
    picture = plot_model(model, input_shape={"left": (4,), "right": (4,)})
    assert texts(picture) == [
        *("InputLayer", "4", "left"),
        *("InputLayer", "4", "right"),
        "Add",
        "4",
    ]
    model = Sum()
    model({"left": np.ones((2, 4)), "right": np.ones((2, 4))})
    assert arrows(plot_model(model)) == 2

    class ListSum(keras.Model):
        def call(self, x):
            return x[0] + x[1]

    assert arrows(plot_model(ListSum(), input_shape=[(4,), (4,)])) == 2


def test_a_loaded_subclassed_model(tmp_path):
    subclassed().save(tmp_path / "digits.keras")
    picture = plot_model(keras.saving.load_model(tmp_path / "digits.keras"))
    assert texts(picture) == DIGIT_TEXTS


def test_opening_does_not_change_a_counter():
    class Counting(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2)
            self.count = self.add_weight(initializer="zeros", trainable=False)

        def call(self, x):
            self.count.assign_add(1)
            return self.dense(x)

    model = Counting()
    model(np.ones((1, 3)))
    plot_model(model)
    assert float(model.count) == 1


@pytest.mark.parametrize("make", [Digits, lambda: keras.Sequential(digit_layers())])
def test_a_model_without_an_input_says_what_to_do(make):
    model = make()
    with pytest.raises(CourseError, match=r"not seen an input yet.*input_shape=\(28, 28, 1\)"):
        plot_model(model)
    assert texts(plot_model(model, input_shape=IMAGE)) == DIGIT_TEXTS


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (Digits, r"the class Digits.*Digits\(\)"),
        ([layers.Dense(2)], r"a list.*keras.Sequential\(\[\.\.\.\]\)"),
        (None, "None"),
        (layers.Dense(2), "a Dense"),
        (keras.Sequential(), "without layers"),
    ],
)
def test_what_is_no_model_is_named(wrong, message):
    with pytest.raises(CourseError, match=message):
        plot_model(wrong)


def test_a_wrong_direction_is_named():
    with pytest.raises(CourseError, match="'LR'.*not 'up'"):
        plot_model(sequential(), direction="up")


@pytest.mark.filterwarnings("ignore:.*unbuilt state")
def test_an_input_that_does_not_fit_is_named():
    with pytest.raises(CourseError, match=r"does not take \(4,\): Input 0.*min_ndim=4"):
        plot_model(Digits(), input_shape=(4,))


def outlined(picture):
    """For each of the two models, the texts in what is outlined: in boxes, and at arrows."""
    root = ET.fromstring(picture.data)
    return [
        [
            [text.text.strip("\xa0 ") for text in group.iter(f"{SVG}text")]
            for group in model.iter(f"{SVG}g")
            if group.get("class") in ("node", "edge")
            and any(part.get("stroke") == MARKED for part in group.iter())
        ]
        for model in root.iter(f"{SVG}svg")
        if model is not root
    ]


def small(*more, padding="valid", last="softmax"):
    first = layers.Conv2D(4, 3, activation="relu", padding=padding)
    after = [layers.Flatten(), layers.Dense(5, activation=last)]
    return keras.Sequential([keras.Input((12, 12, 1)), first, *more, *after])


CONV, DENSE = ["Conv2D", "10 × 10 × 4", "differs", "relu"], ["Dense", "5", "differs"]


@pytest.mark.parametrize(
    ("first", "second", "marked"),
    [
        (small(), small(padding="same"), [[CONV], [["Conv2D", "12 × 12 × 4", *CONV[2:]]]]),
        (small(), small(last="relu"), [[[*DENSE, "softmax"]], [[*DENSE, "relu"]]]),
        (
            small(),
            small(layers.MaxPooling2D(2)),
            [[["missing here"]], [["MaxPooling2D", "5 × 5 × 4", "only here"]]],
        ),
        (
            small(layers.BatchNormalization()),
            small(),
            [[["BatchNormalization", "10 × 10 × 4", "only here"]], [["missing here"]]],
        ),
        (
            keras.Sequential([keras.Input((4,)), layers.Dense(3)]),
            keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(2)]),
            [[["Dense", "3", "ends too early"]], [["Dense", "2", "only here"]]],
        ),
        (
            keras.Sequential([keras.Input((5,)), layers.Dense(3)]),
            keras.Sequential([keras.Input((4,)), layers.Dense(3)]),
            [[["InputLayer", "5", "differs"]], [["InputLayer", "4", "differs"]]],
        ),
    ],
    ids=["setting", "activation", "missing", "extra", "end", "input"],
)
def test_the_first_difference_is_outlined_in_both(first, second, marked):
    picture = plot_difference(first, second)
    assert outlined(picture) == marked
    assert picture.caption == f"The first difference: {first_difference(first, second)}."
    root = ET.fromstring(picture.data)
    assert root.get("aria-label") == picture.alt and picture.caption in picture.alt
    assert boxes(picture) == sum(len(model.layers) + 1 for model in (first, second))
    shown = " ".join(text.text for text in root.findall(f"{SVG}text"))
    assert shown == f"first second {picture.caption}"


def test_a_missing_layer_is_looked_for_in_its_own_branch():
    def two_inputs(*more):
        image, facts = keras.Input((12, 12, 1)), keras.Input((4,))
        x = layers.GlobalMaxPooling2D()(layers.Conv2D(4, 3)(image))
        y = facts
        for layer in more:
            y = layer(y)
        return keras.Model([image, facts], layers.Dense(1)(layers.Concatenate()([x, y])))

    picture = plot_difference(two_inputs(), two_inputs(layers.Dense(4)))
    assert outlined(picture) == [[["missing here"]], [["Dense", "4", "only here"]]]
    into = next(
        group.find(f"{SVG}path").get("d")
        for group in ET.fromstring(picture.data).iter(f"{SVG}g")
        if group.get("class") == "edge" and group.find(f"{SVG}path").get("stroke") == MARKED
    )
    assert float(re.match(r"M(.*?),", into)[1]) > 200  # from the right one of the two branches


def test_a_layer_of_a_class_is_outlined_where_it_stands_inside():
    opened = keras.Sequential([layers.Dense(5, activation="relu"), layers.Dropout(0.5)])
    other = keras.Sequential([keras.Input((4,)), opened, *block("second").layers])
    model = Blocks()
    model.second.layers[1].rate = 0.25
    picture = plot_difference(model, other, input_shape=(4,))
    assert outlined(picture) == [[["Dropout", "5", "differs"]]] * 2
    assert frames(picture) == 3


def test_of_the_same_function_nothing_is_outlined_and_a_sentence_says_so():
    picture = plot_difference(sequential(), subclassed())
    assert outlined(picture) == [[], []]
    assert picture.caption.startswith("The two are the same function: ")
    assert boxes(picture) == 12


class Dice(keras.Model):
    def call(self, x):
        return x * np.random.default_rng().random()


def test_what_cannot_be_told_is_not_drawn():
    model = Dice()
    model(np.ones((1, 3), "float32"))
    with pytest.raises(CannotTell, match="It cannot be told here whether they differ: "):
        plot_difference(model, Dice())
    with pytest.raises(CourseError, match="needs a Keras model, and got None"):
        plot_difference(model, None)


class Branching(keras.Model):
    def call(self, x):
        return x if keras.ops.sum(x) > 0 else -x


class WithNumPy(keras.Model):
    def call(self, x):
        return np.maximum(x, 0)


@pytest.mark.parametrize(("kind", "reason"), [(Branching, "`if` or `while`"), (WithNumPy, "NumPy")])
def test_a_call_that_needs_values_says_so(kind, reason):
    model = kind()
    model(np.ones((1, 3), "float32"))
    with pytest.raises(CourseError, match=f"The {kind.__name__} model cannot be opened.*{reason}"):
        plot_model(model)


def test_no_dot_program_is_needed(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert texts(plot_model(sequential())) == DIGIT_TEXTS


def test_what_fontconfig_says_stays_off_the_page(monkeypatch, capfd):
    class Talking(pygraphviz.AGraph):
        def draw(self, *args, **kwargs):
            os.write(2, b"Fontconfig warning")
            return super().draw(*args, **kwargs)

    monkeypatch.setattr(pygraphviz, "AGraph", Talking)
    plot_model(sequential())
    assert capfd.readouterr() == ("", "")


def test_without_pygraphviz_the_reason_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    with pytest.raises(CourseError, match=r"pygraphviz.*pip install -r requirements.txt"):
        plot_model(sequential())


NETWORKS = {
    "MobileNet": 32,
    "MobileNetV2": 32,
    "MobileNetV3Small": 32,
    "EfficientNetB0": 32,
    "VGG16": 32,
    "ResNet50": 32,
    "ResNet50V2": 32,
    "Xception": 71,
    "InceptionV3": 75,
    "DenseNet121": 32,
    "ConvNeXtTiny": 32,
}


@pytest.mark.parametrize(("name", "size"), NETWORKS.items())
def test_well_known_networks_are_drawn_whole(name, size):
    make = getattr(keras.applications, name)
    model = make(weights=None, input_shape=(size, size, 3), classes=10)
    picture = plot_model(model)
    kinds = [type(operation).__name__ for operation in model.operations]
    shown = texts(picture)
    for kind in set(kinds):
        assert shown.count(kind) == kinds.count(kind), kind
    assert boxes(picture) == len(kinds)
    tensors = sum(
        len({id(t._keras_history[0]) for t in op._inbound_nodes[0].input_tensors})
        for op in model.operations
    )
    assert arrows(picture) == tensors
    assert f"{len(kinds)} layers" in picture.caption
    keras.utils.clear_session()
