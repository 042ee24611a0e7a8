"""A network in any style and spelling is accepted; one that differs in anything is not."""

import random

from exercises.networks import judge_network
from exercises.verdicts import Wrong

import keras
import pytest
from keras import layers, ops

# The course's networks, each layer as its kind and settings. The photo network is judged on small
# images, where it is as deep and a hundred times as fast.
CONV = {"kind": "conv", "filters": 32, "window": 3, "padding": "valid", "activation": "relu"}
DENSE = {"kind": "dense", "units": 128, "activation": "relu"}


def photo_block(filters, rate):
    conv = CONV | {"filters": filters, "padding": "same"}
    return [conv, conv, {"kind": "pool", "window": 2}, {"kind": "norm"}, dropout(rate)]


def dropout(rate):
    return {"kind": "dropout", "rate": rate}


NETWORKS = {
    "digit": (
        (28, 28, 1),
        [
            CONV,
            CONV | {"filters": 64},
            {"kind": "flat"},
            DENSE,
            DENSE | {"units": 10, "activation": "softmax"},
        ],
    ),
    "CIFAR": (
        (32, 32, 3),
        [
            CONV | {"filters": 16},
            {"kind": "pool", "window": 2},
            CONV,
            {"kind": "pool", "window": 2},
            {"kind": "flat"},
            DENSE | {"units": 256},
            DENSE | {"units": 100, "activation": "softmax"},
        ],
    ),
    "photo": (
        (16, 16, 3),
        [
            *photo_block(64, 0.5),
            *photo_block(128, 0.3),
            {"kind": "global"},
            DENSE,
            DENSE | {"units": 1, "activation": "sigmoid"},
        ],
    ),
}
AS_LAYER = {
    "relu": lambda: layers.ReLU(),
    "softmax": lambda: layers.Softmax(),
    "sigmoid": lambda: layers.Activation("sigmoid"),
    "tanh": lambda: layers.Activation("tanh"),
}


def spell(step, rng):
    """One step as a list of layers or functions, in a spelling chosen at random."""
    kind = step["kind"]
    if kind in ("conv", "dense"):
        name = step["activation"]
        way = rng.choice(["text", "function", "layer"]) if name else "none"
        activation = {"text": name, "function": getattr(keras.activations, name or "relu")}
        own = {"activation": activation[way]} if way in activation else {}
        if kind == "conv":
            window = rng.choice([step["window"], (step["window"],) * 2])
            if step["padding"] == "same" or rng.random() < 0.5:
                own["padding"] = step["padding"]
            made = layers.Conv2D(step["filters"], window, **own)
        else:
            made = layers.Dense(step["units"], **own)
        return [made, AS_LAYER[name]()] if way == "layer" else [made]
    window = step.get("window")
    spellings = {
        "pool": [
            lambda: layers.MaxPooling2D(window),
            lambda: layers.MaxPool2D((window, window)),
            lambda: layers.MaxPooling2D(window, strides=window, padding="valid"),
        ],
        "mean": [lambda: layers.AveragePooling2D(window)],
        "flat": [lambda: layers.Flatten(), lambda: layers.Reshape((-1,))],
        "norm": [lambda: layers.BatchNormalization(), lambda: layers.BatchNormalization(axis=-1)],
        "dropout": [lambda: layers.Dropout(step["rate"])],
        "global": [
            lambda: layers.GlobalMaxPooling2D(),
            lambda: layers.GlobalMaxPool2D(),
            lambda: layers.Lambda(lambda x: ops.max(x, axis=(1, 2))),
        ],
    }
    return [rng.choice(spellings[kind])()]


class AsClass(keras.Model):
    """Layers in a class, made in another order than that in which call uses them."""

    def __init__(self, own_layers, cuts):
        super().__init__()
        self.last = own_layers[-1]
        self.blocks = [keras.Sequential(own_layers[a:b]) for a, b in cuts]

    def call(self, inputs, training=False):
        x = inputs
        for block in self.blocks:
            x = block(x, training=training)
        return self.last(x)


def in_a_style(shape, own_layers, rng):
    """The layers as a model, in a style chosen at random."""
    style = rng.choice(["list", "late list", "add", "graph", "nested graph", "class"])
    if style == "list":
        return keras.Sequential([keras.Input(shape), *own_layers])
    if style == "late list":
        return keras.Sequential(own_layers)
    if style == "add":
        model = keras.Sequential()
        for layer in own_layers:
            model.add(layer)
        return model
    cut = rng.randrange(1, len(own_layers) - 1)
    if style == "class":
        return AsClass(own_layers, [(0, cut), (cut, len(own_layers) - 1)])
    inputs = x = keras.Input(shape)
    if style == "nested graph":
        own_layers = [keras.Sequential(own_layers[:cut]), *own_layers[cut:]]
    for layer in own_layers:
        x = layer(x)
    return keras.Model(inputs, x)


def spelled(shape, steps, rng):
    return in_a_style(shape, [layer for step in steps for layer in spell(step, rng)], rng)


def plain(shape, steps):
    """The network written plainly, one layer for each point, to judge by."""
    own = []
    for step in steps:
        if step["kind"] == "conv":
            settings = {"padding": step["padding"], "activation": step["activation"]}
            own.append(layers.Conv2D(step["filters"], step["window"], **settings))
        elif step["kind"] == "dense":
            own.append(layers.Dense(step["units"], activation=step["activation"]))
        else:
            first = {
                "pool": lambda step=step: layers.MaxPooling2D(step["window"]),
                "flat": layers.Flatten,
                "norm": layers.BatchNormalization,
                "dropout": lambda step=step: layers.Dropout(step["rate"]),
                "global": layers.GlobalMaxPooling2D,
            }[step["kind"]]
            own.append(first())
    return keras.Sequential([keras.Input(shape), *own])


def left_out(steps, rng):
    place = rng.randrange(len(steps))
    return steps[:place] + steps[place + 1 :]


def swapped(steps, rng):
    places = [n for n in range(len(steps) - 1) if steps[n] != steps[n + 1]]
    place = rng.choice(places)
    return steps[:place] + [steps[place + 1], steps[place]] + steps[place + 2 :]


def added(steps, rng):
    extra = rng.choice([dropout(0.2), {"kind": "norm"}, DENSE | {"units": 7}])
    place = rng.randrange(1, len(steps))
    return steps[:place] + [extra] + steps[place:]


def softmax_twice(steps, rng):
    return [*steps, {"kind": "dense", **steps[-1]}]


def changed(steps, rng):
    place = rng.choice([n for n, step in enumerate(steps) if len(step) > 1])
    step = steps[place]
    key = rng.choice([key for key in step if key != "kind"])
    other = {
        "filters": lambda value: rng.choice([value // 2, value * 2, value + 1]),
        "units": lambda value: rng.choice([value * 2, value + 1]),
        "window": lambda value: value + 1,
        "padding": lambda value: {"same": "valid", "valid": "same"}[value],
        "activation": lambda value: rng.choice(
            [name for name in (None, "relu", "tanh", "sigmoid", "softmax") if name != value]
        ),
        "rate": lambda value: value + 0.1,
    }[key](step[key])
    return steps[:place] + [step | {key: other}] + steps[place + 1 :]


def mean_for_max(steps, rng):
    places = [n for n, step in enumerate(steps) if step["kind"] == "pool"]
    if not places:
        return left_out(steps, rng)
    place = rng.choice(places)
    return steps[:place] + [steps[place] | {"kind": "mean"}] + steps[place + 1 :]


WAYS_TO_SPOIL = [left_out, swapped, added, softmax_twice, changed, changed, mean_for_max]


@pytest.fixture(scope="module")
def references():
    return {name: plain(shape, steps) for name, (shape, steps) in NETWORKS.items()}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", NETWORKS)
def test_no_right_variant_is_refused(name, seed, references):
    shape, steps = NETWORKS[name]
    model = spelled(shape, steps, random.Random(seed))
    assert judge_network(model, references[name]) is model


@pytest.mark.parametrize("seed", range(14))
@pytest.mark.parametrize("name", NETWORKS)
def test_no_wrong_variant_is_accepted(name, seed, references):
    shape, steps = NETWORKS[name]
    rng = random.Random(seed)
    spoilt = WAYS_TO_SPOIL[seed % len(WAYS_TO_SPOIL)](steps, rng)
    try:
        model = spelled(shape, spoilt, rng)
    except ValueError:
        return  # Keras refuses to build it, and says why
    with pytest.raises(Wrong) as wrong:
        judge_network(model, references[name])
    assert wrong.value.told.endswith((".", "?")) and wrong.value.hint.endswith((".", "?"))
    assert "cannot use" not in wrong.value.told


def test_judging_leaves_the_model_as_it_was():
    shape, steps = NETWORKS["digit"]
    model = plain(shape, steps)
    before = model.get_weights()
    judge_network(model, plain(shape, steps))
    assert all((a == b).all() for a, b in zip(before, model.get_weights(), strict=True))
    assert model.layers[0].output.shape == (None, 26, 26, 32)
