"""The exercises of lesson 3, Subclassing."""

import inspect
import math
import tempfile
from pathlib import Path

from exercises.checking import exercise
from exercises.kinds import Call, Layer, Mistake, Network, OnPaper, Value, made_of
from exercises.lesson_1 import digit_network
from exercises.lesson_2 import photo_network
from exercises.modes import judge_direction
from exercises.networks import built_model, judge_network
from exercises.verdicts import NotAttempted, Wrong, call, describe, require
from helpers.models import all_layers, boxes_of, open_model, undecorated

import keras
import numpy as np
from keras import layers, ops


def _bent(bend):
    """A class of layers that bends numbers in some way."""

    class Bent(layers.Layer):
        def __init__(self, slope):
            super().__init__()
            self.slope = slope

        def call(self, inputs):
            return bend(inputs, self.slope)

    return Bent


NUMBERS = np.array([[0.2, 3.0], [-0.3, -40.0], [500.0, -0.01], [0.7, 0.0]], "float32")
BEND = "A number above 0 stays as it is; one below 0 is multiplied by `self.slope`, and what comes "
BEND += "out is still below 0."

exercise(
    "3.1",
    "A layer in one line",
    why="A layer without weights is no more than this: note the settings, and compute in call.",
    start="Put `return` and one expression in place of the three dots; `self.slope` is the number "
    "to multiply by.",
)(
    Layer(
        right=_bent(lambda x, slope: ops.maximum(x, slope * x)),
        made=[{"slope": slope} for slope in (0.25, 0.5, 0.9)],
        calls=[
            Call((NUMBERS,), "called on four rows of two numbers", BEND),
            Call((NUMBERS.reshape(2, 2, 2),), "called on a batch of shape (2, 2, 2)", BEND),
        ],
        mistakes=[
            Mistake(_bent(bend), told, BEND)
            for bend, told in (
                (lambda x, _: ops.relu(x), "What is below 0 becomes 0, as with relu."),
                (lambda x, slope: slope * x, "Every number is multiplied, those above 0, too."),
                (
                    lambda x, slope: ops.minimum(x, slope * x),
                    "The two sides are swapped: what is above 0 is multiplied, and what is below 0 "
                    "stays.",
                ),
                (
                    lambda x, slope: ops.maximum(x, -slope * x),
                    "What is below 0 is multiplied, but comes out above 0.",
                ),
                (
                    lambda x, slope: ops.where(x > 0, x, slope),
                    "What is below 0 becomes the slope itself, and not a multiple of it.",
                ),
                (
                    lambda x, slope: ops.where(x > 0, x, x / slope),
                    "What is below 0 is divided by the slope.",
                ),
                (
                    lambda x, slope: ops.where(x > slope, x, slope * x),
                    "What lies between 0 and the slope is multiplied, too.",
                ),
                (
                    lambda x, _: ops.leaky_relu(x),
                    "It takes no notice of the slope that it was made with: what is below 0 is "
                    "multiplied by 0.2.",
                ),
            )
        ],
        known=[
            (
                "truth value",
                "It stops at an `if` or the like, which cannot ask about many numbers.",
                "An `if` asks about one number, and here are many. `ops` computes with all at "
                "once.",
            ),
            ("name 'slope'", None, "`__init__` noted it on `self`: call must say `self.` too."),
        ],
    )
)


NOT_THOSE = "A layer made in call is not found, a layer that is never called has not built its "
NOT_THOSE += "weights, and Dropout has none."

exercise(
    "3.2",
    "What Keras finds",
    why="A weight that Keras does not find is neither trained nor saved, and nothing warns you.",
    start="Go through the layers one by one: is it on `self`, and is it ever called?",
)(
    OnPaper(
        Value(
            "The number of weight arrays",
            6,
            "Count the arrays, not the numbers in them: a Dense layer has two, kernel and bias.",
            [
                Mistake(
                    few,
                    "{} is too few for all weight arrays, trainable or not.",
                    "A Dense layer has two, and BatchNormalization keeps four: two that the "
                    "optimizer adjusts and two that the layer collects.",
                )
                for few in range(6)
            ]
            + [Mistake(many, "{} weight arrays are too many.", NOT_THOSE) for many in range(7, 13)],
        ),
        Value(
            "The number of trainable arrays",
            4,
            "Two of the four arrays in BatchNormalization are not trainable: the running mean and "
            "variance. Everything else that Keras finds is.",
        ),
    )
)


def _gain(compute, begins="ones"):
    """A class of layers that compute something from the input and a number for each channel."""

    class Gain(layers.Layer):
        def build(self, input_shape):
            self.factors = self.add_weight(shape=(input_shape[-1],), initializer=begins)

        def call(self, inputs):
            return compute(inputs, self.factors)

    return Gain


ANY_INPUT = (
    "One factor for each channel, the last number of `input_shape`. How many axes there are "
)
ANY_INPUT += "besides must not matter, and no size may be written as a number."
CHANNELS = "The input is multiplied by the factors, channel by channel; nothing else happens."

exercise(
    "3.3",
    "A layer with weights of its own",
    why="`add_weight` in `build` is how every layer of Keras gets its weights, Dense included.",
    start="It needs the methods build(self, input_shape) and call(self, inputs); section 1 has "
    "both.",
)(
    Layer(
        right=_gain(lambda x, factors: x * factors),
        also=[_gain(lambda x, distances: x * (1 + distances), begins="zeros")],
        made=[{}],
        calls=[
            Call((np.random.default_rng(0).normal(0, 2, shape).astype("float32"),), doing, hint)
            for shape, doing, hint in (
                ((2, 5, 5, 3), "called on two images of 5 × 5 with 3 channels", CHANNELS),
                ((2, 4, 6, 5), "called on images of 4 × 6 with 5 channels", ANY_INPUT),
                ((4, 6), "called on rows of 6 numbers", ANY_INPUT),
                ((2, 7, 4), "called on sequences of 7 rows with 4 channels", ANY_INPUT),
            )
        ],
        mistakes=[
            Mistake(_gain(compute), told, CHANNELS)
            for compute, told in (
                (lambda x, factors: x + factors, "The factors are added to the input."),
                (
                    lambda x, factors: x * ops.abs(factors),
                    "A factor below 0 does the same as one above 0.",
                ),
                (
                    lambda x, factors: factors * ops.ones_like(x),
                    "It gives the same, whatever the input is.",
                ),
                (
                    lambda x, factors: ops.matmul(x, factors),
                    "It adds up the channels, and one number is left of each pixel.",
                ),
                (lambda x, factors: x, "It gives what it gets: the factors are not used."),
            )
        ],
        known=[
            (
                "__init__.* missing",
                None,
                "`build` learns the number of channels from `input_shape`, so `__init__` needs no "
                "argument.",
            ),
            (
                "You cannot add new elements of state",
                "Its call makes a weight, and when call runs it is too late for that.",
                "`add_weight` belongs into `build(self, input_shape)`, which Keras calls once.",
            ),
            (
                "has no attribute|is not defined",
                None,
                "Was it made in build, as `self.name = ...`, and is it spelled alike in both?",
            ),
        ],
    )
)

exercise(
    "3.4",
    "The digit network as a class",
    why="List, graph and class are three ways to write one and the same network.",
    start="class MyDigits(keras.Model): with __init__ and call, and then my_digits = MyDigits().",
)(Network(digit_network, style="class"))


@exercise(
    "3.5",
    "Mend a class",
    why="All three run without a word of complaint, so they are worth looking for in every class.",
    start="Call a model of this class on a batch, and look at what it returns; then at its "
    "weights.",
)
def _mended(answer):
    model = made_of(answer, keras.Model, {})
    reference = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    with undecorated(model):
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
        made_of(answer, layers.Dense, {"units": 5, "limit": 8.0})  # which leaves that one as it is
        _judge_limit(layer, settings)
        config = _config_of(layer)
        _judge_limit(layer, settings, "Asked for get_config(), the layer changes. ")
        _judge_config(layer, config)
        registered = keras.saving.get_registered_name(answer)
        require(
            keras.saving.get_registered_object(registered) is answer,
            "The class is not registered, so whoever loads the file does not find it.",
            "One line above the class registers it; it begins with @keras.saving.",
        )
        _judge_file(layer)


# Some of what comes out is beyond a limit, and some is not.
FAR = np.array([[9.0, -9.0, 5.0, 7.0], [-9.0, 9.0, -5.0, -7.0], [0.1, 0.0, 0.0, 0.0]], "float32")
ALL_TO_INIT = (
    "All of it goes to __init__: the dictionary holds its arguments, by their names, each "
)
ALL_TO_INIT += "as it was given. super().get_config() knows those of the parent class."


def _judge_limit(layer, settings, after=""):
    """Judge whether a layer is still the one that the exercise gave."""
    limit = settings.get("limit", 1.0)
    told = f"{after}Made with a limit of {limit:g}, it no longer does what it did."
    hint = "Leave __init__ and call as they were: only get_config and one line above the class are "
    hint += "missing, and get_config only reads what is on `self`."
    plain = layers.Dense(**{key: value for key, value in settings.items() if key != "limit"})
    plain.build(FAR.shape)
    require(getattr(layer, "limit", None) == limit and layer.units == plain.units, told, hint)
    given = np.asarray(call(layer, FAR, doing="called on large numbers"))
    plain.set_weights(layer.get_weights())
    require(np.allclose(given, np.clip(plain(FAR), -limit, limit), atol=1e-5), told, hint)
    require(layer.trainable_weights == layer.weights, "Its weights are not trainable.", hint)


def _config_of(layer):
    """What get_config of a layer returns, if its arguments are all known to the class."""
    known = [
        (
            "'super'",
            "Asked for get_config(), it stops at `super`: the parent class is not reached.",
            "super() has brackets, as in __init__ and call.",
        ),
        (
            "'method' object is not",
            "Asked for get_config(), it stops: `super().get_config` is a method, no dictionary.",
            "Brackets call a method: super().get_config().",
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
    for extra in sorted(set(config) - {*layers.Dense.get_config(layer), "limit"}):
        raise Wrong(
            f"Its note holds {extra!r}, and __init__ takes no argument of that name.", ALL_TO_INIT
        )
    return dict(config)


def _judge_config(layer, config):
    """Judge whether a layer made from what get_config returned is the same layer."""
    limit = config.get("limit", layer.limit)
    require(
        isinstance(limit, int | float | np.number),
        f"Its note holds {describe(limit)} as limit, and the layer was made with a number.",
        ALL_TO_INIT,
    )
    doing = "made anew from what get_config returns"
    again = call(type(layer).from_config, config, doing=doing, known=[("", None, ALL_TO_INIT)])
    require(
        isinstance(again, type(layer)),
        f"What is made anew from its note is {describe(again)}.",
        "Leave from_config as Keras has it.",
    )
    call(again, FAR, doing=f"{doing}, and called", known=[("", None, ALL_TO_INIT)])
    require(
        limit == layer.limit,
        f"The limit in its note is {limit:g}, and the layer was made with {layer.limit:g}.",
        "What __init__ was given must stand in the note: `self.limit`, and no fixed number.",
    )
    require(
        "limit" in config or again.limit == layer.limit,
        f"Its note says nothing of the limit: made anew from it, the layer has {again.limit:g} in "
        f"place of {layer.limit:g}.",
        "What is not noted gets its default. Note `self.limit`, by the name of the argument.",
    )
    require(
        again.limit == layer.limit,
        f"The note holds the limit {layer.limit:g}, and what is made anew from it has "
        f"{describe(again.limit)}.",
        "The note is right. Leave from_config and __init__ as they were.",
    )
    known, now = (layers.Dense.get_config(one) for one in (layer, again))
    changed = [key for key in known if known[key] != now[key]]
    lost = [key for key in changed if key not in config]
    require(
        not lost,
        f"Its note does not hold all that the parent class knows: {', '.join(lost)} got lost.",
        "super().get_config() returns what the parent class knows; add yours to it.",
    )
    for key in changed:
        raise Wrong(
            f"Made anew from what get_config returns, it has another value of {key}: "
            f"{describe(now[key])}.",
            "The parent's note has it right already: add `limit`, and change nothing else.",
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
