"""The exercises of lesson 2, Functional."""

import functools

from exercises.checking import exercise
from exercises.kinds import Compiled, Mistake, Network, OnPaper, Shape, Value, other_losses
from exercises.lesson_1 import digit_network
from exercises.verdicts import about

import keras
import numpy as np
from keras import layers

NARROW, WIDE, LAST = (3 * 3 * 3 + 1) * 8, (5 * 5 * 3 + 1) * 4, (3 * 3 * 12 + 1) * 6
SIDE = "The two branches keep 32, pooling halves it, and the last Conv2D has no padding."

exercise(
    "2.1",
    "A shape and a count, with branches",
    why="Where branches meet, the shapes must agree: whoever works them out first meets no errors.",
    start='Begin with one branch alone: what does padding="same" do to height and width?',
)(
    OnPaper(
        Shape(
            (14, 14, 6),
            (
                SIDE,
                SIDE,
                "Each filter of the last Conv2D makes one channel, whatever goes in. Channels "
                "stand last.",
            ),
        ),
        Value(
            "The parameter count",
            NARROW + WIDE + LAST,
            "One filter has a weight for each pixel of its window in each channel of its input, "
            "and one bias. How many channels does the last Conv2D get?",
            [
                Mistake(
                    NARROW + WIDE + LAST + 32 * 32 * 3,
                    "{} parameters are too many by the numbers of one image: an Input has none.",
                    "Add up the three Conv2D layers; nothing else has weights.",
                ),
                Mistake(
                    NARROW + (3 * 3 * 3 + 1) * 4 + LAST,
                    "With {} parameters, one of the windows is taken for a smaller one.",
                    "The window of `wide` is 5 × 5.",
                ),
                Mistake(
                    NARROW + WIDE + LAST - 8 - 4 - 6,
                    "{} parameters are the weights of all windows, but something is left out.",
                    "Each filter has one bias.",
                ),
                *(
                    Mistake(
                        count,
                        "With {} parameters, one of the branches is left out.",
                        "Both branches have a Conv2D of their own. Add up three layers.",
                    )
                    for count in (NARROW + LAST, WIDE + LAST)
                ),
                *(
                    Mistake(
                        NARROW + WIDE + (3 * 3 * channels + 1) * 6,
                        "{} parameters would be right if only one branch went into the last "
                        "Conv2D.",
                        "Concatenate joins the channels of both. How many are there then?",
                    )
                    for channels in (4, 8)
                ),
            ],
        ),
    )
)


exercise(
    "2.2",
    "The digit network as a graph",
    why="The same network in the second style: from here on, nothing limits you to one line.",
    start="inputs = keras.Input(...), then x = ...(inputs), and from then on x = ...(x).",
)(Network(digit_network, style="graph"))


def _price() -> keras.Model:
    photo, facts = keras.Input((64, 64, 3), name="photo"), keras.Input((5,), name="facts")
    x = layers.Conv2D(16, 3, activation="relu")(photo)
    x = layers.GlobalMaxPooling2D()(x)
    y = layers.Dense(8, activation="relu")(facts)
    x = layers.Concatenate()([x, y])
    return keras.Model([photo, facts], layers.Dense(1)(x))


exercise(
    "2.3",
    "Two inputs that meet",
    why="A network can put together whatever becomes numbers: images, measurements, words.",
    start="Draw it with boxes and arrows first. Each input is a keras.Input of its own.",
)(Network(_price))


def _mended(mended=True) -> keras.Model:
    """The graph of 2.4; or as it is when only the mistake of which Keras tells is mended."""
    inputs = keras.Input((28, 28, 16))
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(inputs)
    x = layers.Conv2D(16, 3, padding="same")(x)
    x = layers.Add()([inputs, x])
    x = layers.GlobalMaxPooling2D()(x if mended else inputs)
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))


exercise(
    "2.4",
    "Mend a graph",
    why="Keras finds arrows that do not fit; one that starts in the wrong place, only you can see.",
    start="Run the broken graph in a cell of your own, and read the message from its end.",
)(
    Network(
        _mended,
        mistakes=[
            Mistake(
                lambda: _mended(False),
                "One mistake is still there: no Conv2D lies on the way from the input to the "
                "output.",
                "Go back from the output, line by line: which line takes the wrong thing in its "
                "brackets?",
            )
        ],
    )
)


@functools.cache
def photo_network(side: int) -> keras.Model:
    """The course's photo network, for images of shape (side, side, 3); made once, for its size."""
    blocks = [
        layer
        for filters, rate in ((64, 0.5), (128, 0.3))
        for layer in (
            layers.Conv2D(filters, 3, padding="same", activation="relu"),
            layers.Conv2D(filters, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.BatchNormalization(),
            layers.Dropout(rate),
        )
    ]
    return keras.Sequential(
        [
            keras.Input((side, side, 3)),
            *blocks,
            layers.GlobalMaxPooling2D(),
            layers.Dense(128, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


@exercise(
    "2.5",
    "The photo network, twice",
    why="A style is a way of writing: the network does not know in which one it was written.",
    start="Write one block first, as a function: for the list it returns a list of layers.",
)
def _photo_network(as_list, as_graph):
    for model, style in ((as_list, "list"), (as_graph, "graph")):
        with about(f"In the {style}"):
            Network(lambda: photo_network(256), style)(model)


def _weather() -> keras.Model:
    inputs = keras.Input((8,))
    x = layers.Dense(16, activation="relu")(inputs)
    sky = layers.Dense(4, activation="softmax", name="sky")(x)
    return keras.Model(inputs, {"sky": sky, "degrees": layers.Dense(1, name="degrees")(x)})


def _measured(seed):
    return np.random.default_rng(seed).normal(10, 5, (8, 1)).astype("float32")


exercise(
    "2.6",
    "Two outputs, two losses",
    why="Each output has a loss of its own, and the weights keep the largest from deciding all.",
    start="Call my_weather.compile(...); section 4 gives losses and weights by the outputs' names.",
)(
    Compiled(
        _weather,
        {
            "loss": {"sky": "sparse_categorical_crossentropy", "degrees": "mean_squared_error"},
            "loss_weights": {"sky": 1.0, "degrees": 0.1},
        },
        labels={"sky": np.array([0, 1, 2, 3, 2, 1, 0, 3]), "degrees": _measured(0)},
        answers={
            "sky": np.random.default_rng(1).dirichlet(np.ones(4), 8).astype("float32"),
            "degrees": _measured(2),
        },
        mistakes=[
            *other_losses("sparse_categorical_crossentropy", output="sky"),
            *other_losses("mean_squared_error", output="degrees"),
            Mistake(
                {"loss_weights": {"degrees": 0.1}},
                "There are loss weights, but none for sky.",
                "Keras wants a weight for every output, for one that counts fully too: 1.0.",
            ),
        ],
    )
)
