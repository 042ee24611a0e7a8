"""The exercises of lesson 3, Subclassing."""

import inspect
import math
import tempfile
from contextlib import nullcontext
from pathlib import Path
from unittest import mock

from exercises.checking import exercise
from exercises.kinds import made_of
from exercises.lesson_1 import digit_network
from exercises.lesson_2 import photo_network
from exercises.modes import judge_direction, require_default
from exercises.networks import built_model, judge_network
from exercises.verdicts import (
    NotAttempted,
    Wrong,
    as_number,
    call,
    describe,
    require,
)
from helpers.models import all_layers, boxes_of, open_model

import keras
import numpy as np
import tensorflow as tf
from keras import layers

NEVER_RETURNS = "What `call` computes must leave it: its last line begins with `return`."


@exercise(
    "3.1",
    "A layer in one line",
    why="A layer without weights is no more than this: note the settings, and compute in call.",
    start="Put `return` and one expression in place of the three dots; `self.slope` is the number "
    "to multiply by.",
)
def _leaky(answer):
    numbers = np.array([[3.0, 1.0, -1.0, -2.0]], "float32")
    others = np.array([[0.2, 0.0], [-0.3, -40.0], [500.0, -0.01]], "float32")
    for slope in (0.25, 0.5, 0.9):
        layer = made_of(answer, layers.Layer, {"slope": slope})
        doing = "called on the numbers 3, 1, -1 and -2"
        known = [
            (
                "truth value",
                "Called on 3, 1, -1 and -2, it stops at an `if` or the like, which cannot ask "
                "about four numbers.",
                "An `if` asks about one number, and here are many. `ops` computes with all at "
                "once.",
            ),
            ("name 'slope'", None, "`__init__` noted it on `self`: call must say `self.` too."),
        ]
        given = call(layer, numbers, doing=doing, known=known)
        require(given is not None, "Its call returns nothing.", NEVER_RETURNS)
        given = np.asarray(given)
        require(
            given.shape == numbers.shape,
            f"From four numbers it makes {'a single one' if given.size == 1 else given.size}, of "
            f"shape {given.shape}.",
            "It changes numbers one by one, so as many must come out as went in.",
        )
        doing = "called on a batch of three, with two numbers each"
        more = np.asarray(call(layer, others, doing=doing))
        require(
            more.shape == others.shape,
            f"From a batch of shape {others.shape} it makes one of shape {more.shape}.",
            "It changes numbers one by one, so as many must come out as went in.",
        )
        pairs = [*zip(numbers[0], given[0], strict=True), *zip(others.flat, more.flat, strict=True)]
        for number, result in pairs:
            right = number if number > 0 else slope * number
            require(
                np.isclose(result, right),
                f"With the slope {slope}, {number:g} becomes {result:g}.",
                "A number above 0 stays as it is."
                if number > 0
                else "A number below 0 is multiplied by `self.slope`, whatever that is, and what "
                "comes out is still below 0.",
            )
    try:
        layer(keras.Input((4,)))
    except Exception:
        raise Wrong(
            "On numbers it is right, but inside a model it stops, where a tensor may have no "
            "numbers in it yet.",
            "NumPy functions and `if` need numbers. `ops` has functions of the same names as "
            "NumPy's that do not, such as ops.maximum and ops.where.",
        ) from None
    x = tf.constant([[2.0, -3.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        result = layer(x)
    gradient = tape.gradient(result, x)
    require(
        gradient is not None and np.allclose(gradient, [[1.0, 0.9]]),
        "It gives the right numbers, but no gradient finds its way back through it, so the layers "
        "before it could not learn.",
        "Compute with the inputs themselves: what stops gradients or leaves the tensors has no "
        "place in call.",
    )


@exercise(
    "3.2",
    "What Keras finds",
    why="A weight that Keras does not find is neither trained nor saved, and nothing warns you.",
    start="Go through the layers one by one: is it on `self`, and is it ever called?",
)
def _found(weights, trainable):
    weights = as_number(weights, "The number of weight arrays")
    trainable = as_number(trainable, "The number of trainable arrays")
    require(
        trainable <= weights,
        f"Of {weights:g} weight arrays, {trainable:g} cannot be trainable.",
        "First comes the number of all, then the number of those among them that are trained.",
    )
    require(
        weights >= 6,
        f"{weights:g} weight array{' is' if weights == 1 else 's are'} too few.",
        "A Dense layer has two, and BatchNormalization keeps four: two that the optimizer adjusts "
        "and two that the layer collects.",
    )
    require(
        weights == 6,
        f"{weights:g} weight arrays are too many.",
        "A layer made in call is not found, a layer that is never called has not built its "
        "weights, and Dropout has none."
        if weights < 20
        else "Count the arrays, not the numbers in them: a Dense layer has two, kernel and bias.",
    )
    require(
        trainable == 4,
        f"{trainable:g} trainable array{' is' if trainable == 1 else 's are'} too "
        f"{'many' if trainable > 4 else 'few'}.",
        "Two of the four arrays in BatchNormalization are not trainable: the running mean and "
        "variance. Everything else that Keras finds is.",
    )


@exercise(
    "3.3",
    "A layer with weights of its own",
    why="`add_weight` in `build` is how every layer of Keras gets its weights, Dense included.",
    start="It needs the methods build(self, input_shape) and call(self, inputs); section 1 has "
    "both.",
)
def _gain(answer):
    needs = (
        "`build` learns the number of channels from `input_shape`, so `__init__` needs no argument."
    )
    layer = made_of(answer, layers.Layer, {}, known=[("__init__.* missing", None, needs)])
    ones = np.ones((2, 5, 5, 3), "float32")
    known = [
        (
            "has no attribute|is not defined",
            None,
            "Was it made in build, as `self.name = ...`, and is it spelled alike in both?",
        ),
        (
            "You cannot add new elements of state",
            "Its call makes a weight, and when call runs it is too late for that.",
            "`add_weight` belongs into `build(self, input_shape)`, which Keras calls once.",
        ),
    ]
    try:
        given = call(
            layer, ones, doing="called on two images of 5 × 5 with 3 channels", known=known
        )
    except Wrong:
        if layer.weights:
            _judge_number_of_factors(layer.weights[0])
        raise
    require(given is not None, "Its call returns nothing.", NEVER_RETURNS)
    require(
        layer.weights,
        "After a call, Keras finds no weights in it.",
        "Arrays and tensors on `self` are not weights. `self.add_weight(...)` makes one.",
    )
    require(
        len(layer.weights) == 1,
        f"It has {len(layer.weights)} weight arrays, and one is enough.",
        "The factors are all that it learns.",
    )
    factors = layer.weights[0]
    _judge_number_of_factors(factors)
    require(
        layer.trainable_weights,
        "Its weight is not trainable, so training leaves the factors as they are.",
        "`add_weight` makes a weight trainable unless it is told otherwise.",
    )
    require(
        np.allclose(factors, 1),
        "Before any training, its factors are not all 1.",
        'The argument `initializer` of `add_weight` says how a weight begins: "zeros" is one '
        "choice, and there is another for this.",
    )
    factors.assign(np.reshape([2.0, -3.0, 0.5], factors.shape))
    given = np.asarray(layer(ones))
    require(
        given.shape == ones.shape,
        f"From shape {ones.shape} it makes {given.shape}.",
        "Each number is multiplied by one factor, so the shape stays.",
    )
    pixel = ", ".join(f"{number:g}" for number in given[0, 0, 0])
    require(
        np.allclose(given, [2.0, -3.0, 0.5]),
        f"With the factors 2, -3 and 0.5, a pixel of 1, 1 and 1 becomes {pixel}.",
        "The input is multiplied by the factors, channel by channel; nothing else happens.",
    )
    given = np.asarray(layer(2 * ones))
    require(
        np.allclose(given, [4.0, -6.0, 1.0]),
        "It gives the same, whatever the input is.",
        "The input is multiplied by the factors.",
    )
    for words, shape in (
        ("images of 4 × 6 with 5 channels", (2, 4, 6, 5)),
        ("rows of 6 numbers", (4, 6)),
        ("sequences of 7 rows with 4 channels", (2, 7, 4)),
    ):
        _judge_gain_of(answer, words, shape)
    call(made_of(answer, layers.Layer, {}), keras.Input((7,)), doing="called on a keras.Input")


def _judge_gain_of(answer, words, shape):
    """Judge what the layer makes of other inputs than images of 5 × 5, and how it learns there."""
    random = np.random.default_rng(0)
    layer, x = made_of(answer, layers.Layer, {}), random.normal(0, 2, shape).astype("float32")
    works = "It works for images of 5 × 5 with 3 channels, but"
    hint = (
        "How many channels there are stands last in `input_shape`. No size may be written as a "
        "number."
        if len(shape) == 4
        else "How many axes an input has must not matter: one factor for each channel, and no "
        "axes besides."
    )
    try:
        layer(x)
        right = random.normal(0, 2, shape[-1])
        layer.weights[0].assign(np.reshape(right, layer.weights[0].shape))
        with tf.GradientTape() as tape:
            given = layer(x)
        gradient = tape.gradient(given, layer.trainable_variables)[0]
    except Exception:
        raise Wrong(f"{works} stops at {words}.", hint) from None
    require(
        given.shape == shape,
        f"{works} of {words} (shape {shape}) it makes the shape {tuple(given.shape)}.",
        hint,
    )
    require(
        np.allclose(given, x * right, rtol=1e-4),
        f"{works} not for {words}: there, numbers are multiplied by the factors of other channels, "
        "or something else happens to them.",
        "The input is multiplied by the factors, channel by channel; nothing else happens.",
    )
    sums = x.reshape(-1, shape[-1]).sum(axis=0)
    require(
        gradient is not None and np.allclose(np.ravel(gradient), sums, rtol=1e-3, atol=1e-3),
        "Training leaves the factors as they are: no gradient of what it gives reaches them.",
        "Let call multiply by the weight itself, and not by a copy of its numbers.",
    )


def _judge_number_of_factors(factors):
    require(
        np.prod(factors.shape) == 3,
        f"For 3 channels its weight has the shape {tuple(factors.shape)}.",
        "One factor for each channel. The channels are the last number of `input_shape`.",
    )


@exercise(
    "3.4",
    "The digit network as a class",
    why="List, graph and class are three ways to write one and the same network.",
    start="class MyDigits(keras.Model): with __init__ and call, and then my_digits = MyDigits().",
)
def _digits_as_class(model):
    with _undecorated(model):
        judge_network(model, digit_network(), "class")


def _undecorated(model):
    """While this context lasts, a call that is a `tf.function` is the plain function inside it."""
    kind = type(model)
    function = getattr(vars(kind).get("call"), "python_function", None)
    return mock.patch.object(kind, "call", function) if function else nullcontext()


@exercise(
    "3.5",
    "Mend a class",
    why="All three run without a word of complaint, so they are worth looking for in every class.",
    start="Call a model of this class on a batch, and look at what it returns; then at its "
    "weights.",
)
def _mended(answer):
    model = made_of(answer, keras.Model, {})
    require_default(model)
    reference = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    with _undecorated(model):
        _judge_mended(model, reference)


def _judge_mended(model, reference):
    try:
        built_model(model, reference.inputs)
    except Wrong:
        training = "training" in inspect.signature(model.call).parameters
        if getattr(model, "built", False) and not model.weights and not training:
            raise NotAttempted from None  # all three mistakes are still there
        raise
    judge_direction(model, ((np.ones((2, 28, 28, 1), "float32"),), {}))
    _judge_home(model)
    judge_network(model, reference)


def _judge_home(model):
    """Find layers that call uses, and that are the same each time, but not on `self`."""
    ours = {id(one) for one in all_layers(model)}
    used = [
        {
            id(box.layer): box.layer
            for box in boxes_of(open_model(model, training=True, closed=True))
        }
        for _ in range(2)
    ]
    for key, layer in used[0].items():
        if isinstance(layer, layers.Layer) and layer.weights and key in used[1]:
            require(
                key in ours,
                f"Its call uses a {type(layer).__name__} that is not on `self`, so Keras does not "
                "find its weights, and they are not trained.",
                "Make every layer in __init__, as `self.name = ...`; call only uses them.",
            )


@exercise(
    "3.6",
    "The photo network in three parts",
    why="A class of a few lists has the short call of a class, and parts that Keras can read.",
    start="class MyPhoto(keras.Model): make the three parts in __init__, each a Sequential.",
)
def _photo_in_parts(model):
    if isinstance(model, keras.Model):
        require_default(model)
    with _undecorated(model):
        judge_network(model, photo_network(64), "class", in_parts=True)
    parts = [box for box in boxes_of(open_model(model, nested=False)) if box.sources]
    count = "1 part" if len(parts) == 1 else f"{len(parts)} parts"
    require(
        len(parts) == 3,
        f"The layers are right, but its call goes through {count}, not three.",
        "Points 1 to 5 go into one Sequential, 6 to 10 into the next, and the rest into a third.",
    )
    counts = [sum(math.prod(one.shape) for one in part.layer.weights) for part in parts]
    shapes = [tuple(part.shapes[0][0]) for part in parts]
    astray = "Not all layers stand in their part: points 1 to 5, points 6 to 10, and the rest."
    require(
        counts == [38_976, 221_952, 16_641],
        f"The layers are right, but its parts have {counts[0]:,}, {counts[1]:,} and {counts[2]:,} "
        "parameters.",
        astray,
    )
    require(
        shapes == [(32, 32, 64), (16, 16, 128), (1,)],
        f"The layers are right, but what comes out of its parts has the shapes {shapes[0]}, "
        f"{shapes[1]} and {shapes[2]}.",
        astray,
    )


@exercise(
    "3.7",
    "A layer that survives saving",
    why="Without `limit` in the note, loading would have taken the default, and nothing would have "
    "warned you.",
    start="get_config returns a dictionary: what the parent class knows, and `limit`.",
)
def _limited(answer):
    require(
        not (inspect.isfunction(answer) and "decorator" in answer.__name__),
        "The name now stands for a function, no longer for the class.",
        "The line that registers the class, above it, needs brackets at its end.",
    )
    for settings in (
        {"units": 3, "limit": 0.25, "use_bias": False, "activation": "tanh"},
        {"units": 2, "limit": 2.0},
        {"units": 4},
        {"units": 2, "limit": 0.5, "name": "mine", "kernel_initializer": "zeros"},
    ):
        layer = made_of(answer, layers.Dense, settings)
        _judge_limit(layer, settings.get("limit", 1.0))
        require(
            layer.trainable_weights == layer.weights,
            "Its weights are not trainable any more.",
            "Leave __init__ and call as they were.",
        )
        _judge_config(layer)
        registered = keras.saving.get_registered_name(answer)
        require(
            keras.saving.get_registered_object(registered) is answer,
            "The class is not registered, so whoever loads the file does not find it.",
            "One line above the class registers it; it begins with @keras.saving.",
        )
        _judge_file(layer)


# Some of what comes out is beyond a limit, and some is not.
FAR = np.array([[9.0, -9.0, 5.0, 7.0], [-9.0, 9.0, -5.0, -7.0], [0.1, 0.0, 0.0, 0.0]], "float32")


def _judge_limit(layer, limit):
    """Judge whether the layer is still the one that the exercise gave."""
    given = np.asarray(call(layer, FAR, doing="called on large numbers"))
    plain = layers.Dense(layer.units, layer.activation, layer.use_bias)
    plain.build(FAR.shape)
    plain.set_weights(layer.get_weights())
    require(
        np.allclose(given, np.clip(plain(FAR), -limit, limit), atol=1e-5),
        f"Made with a limit of {limit:g}, the layer no longer does what it did.",
        "Leave __init__ and call as they were: only get_config and one line above the class are "
        "missing.",
    )


def _judge_config(layer):
    """Judge whether a layer made from the note of get_config is the same layer."""
    known = [
        (
            "'super'",
            "Asked for get_config(), it stops at `super`: the parent class is not reached.",
            "super() has brackets, as in __init__ and call.",
        ),
        ("name 'limit'", None, "`limit` is known in `__init__` only. Where did that note it?"),
    ]
    config = call(layer.get_config, doing="asked for get_config()", known=known)
    require(
        isinstance(config, dict),
        f"Its get_config returns {describe(config)}, and a dictionary is asked for.",
        "`return` comes before one dictionary with everything, such as {**first, ...}. The method "
        "`update` changes a dictionary in its place, and returns None.",
    )
    extra = sorted(set(config) - {*layers.Dense.get_config(layer), "limit"})
    require(
        not extra,
        f"Its note holds {extra[0]!r}, and __init__ takes no argument of that name."
        if extra
        else "",
        "All of it goes to __init__: the dictionary holds its arguments, by their names. "
        "super().get_config() knows those of the parent class.",
    )
    doing = "made anew from what get_config returns"
    try:
        again = call(type(layer).from_config, dict(config), doing=doing)
    except Wrong as wrong:
        raise Wrong(
            wrong.told,
            "All of it goes to __init__: the dictionary holds its arguments, by their names. "
            "super().get_config() knows those of the parent class.",
        ) from None
    require(
        isinstance(again, type(layer)),
        f"What is made anew from its note is {describe(again)}.",
        "Leave from_config as Keras has it.",
    )
    limit = config.get("limit", layer.limit)
    require(
        not isinstance(limit, str),
        f"Its note holds {describe(limit)} as limit, and the layer was made with a number.",
        "Each argument must come back as it was: `self.limit` itself.",
    )
    doing = "made anew from what get_config returns, and called"
    hint = (
        "Each argument must come back as it was: a number as a number, not as a text or a tensor."
    )
    try:
        call(again, FAR, doing=doing)
    except Wrong as wrong:
        raise Wrong(wrong.told, hint) from None
    require(
        config.get("limit") != layer.limit or again.limit == layer.limit,
        f"The note holds the limit {layer.limit:g}, and what is made anew from it has "
        f"{describe(again.limit)}.",
        "The note is right. Leave from_config and __init__ as they were.",
    )
    shapes = [[weight.shape for weight in one.weights] for one in (layer, again)]
    same = shapes[0] == shapes[1]
    if same:
        again.set_weights(layer.get_weights())
        same = np.allclose(layer(FAR), again(FAR))
    lost = [key for key in ("activation", "use_bias") if key not in config]
    require(
        same or not lost,
        f"Its note does not hold all that the parent class knows: {' and '.join(lost)} got lost.",
        "super().get_config() returns what the parent class knows; add yours to it.",
    )
    require(
        same,
        "Made anew from what get_config returns, it is another layer: "
        + (
            "with the same weights it gives other answers."
            if shapes[0] == shapes[1]
            else f"its kernel has the shape {tuple(shapes[1][0])} instead of {tuple(shapes[0][0])}."
        ),
        "What __init__ was given must stand in the note: `self.limit`, and no fixed number. What "
        "is not noted gets its default."
        if shapes[0] == shapes[1]
        else "The parent's note has the units already: do not overwrite them with a fixed number.",
    )
    known, now = (layers.Dense.get_config(one) for one in (layer, again))
    lost = [key for key in known if known[key] != now[key]]
    require(
        not lost,
        f"Its note does not hold all that the parent class knows: {' and '.join(lost)} got lost.",
        "super().get_config() returns what the parent class knows; add yours to it.",
    )


def _judge_file(layer):
    """Judge whether a model with the layer is the same after it was saved and loaded."""
    model = keras.Sequential([keras.Input(FAR.shape[1:]), layer])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        call(model.save, path, doing="saved in a model")
        again = call(keras.saving.load_model, path, doing="saved in a model, and loaded again")
    require(
        np.allclose(model(FAR), again(FAR)),
        "Saved and loaded again, it gives other answers.",
        "Compare layer.get_config() before saving with that of the loaded layer.",
    )
