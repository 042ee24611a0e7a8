"""The exercises of lesson 2, Functional."""

import functools

from exercises.checking import exercise
from exercises.lesson_1 import digit_network
from exercises.networks import built_model, judge_network, judge_style
from exercises.training import judge_losses, names_of_outputs
from exercises.verdicts import NotAttempted, about, as_image_shape, as_number, require
from helpers.models import all_layers

import keras
import numpy as np
from keras import layers


@exercise(
    "2.1",
    "A shape and a count, with branches",
    why="Where branches meet, the shapes must agree: whoever works them out first meets no errors.",
    start='Begin with one branch alone: what does padding="same" do to height and width?',
)
def _on_paper(shape, count):
    hint = "Each filter of the last Conv2D makes one channel, whatever goes in."
    shape = as_image_shape(shape, channels=6, hint=hint)
    for side, size in zip(("height", "width"), shape, strict=False):
        require(
            size == 14,
            f"The {side} is not {size}.",
            "The two branches keep 32, pooling halves it, and the last Conv2D has no padding.",
        )
    count = as_number(count, "The parameter count")
    narrow, wide, last = (3 * 3 * 3 + 1) * 8, (5 * 5 * 3 + 1) * 4, (3 * 3 * 12 + 1) * 6
    require(
        count != narrow + wide + last - 8 - 4 - 6,
        f"{count:,.0f} parameters are the weights of all windows, but something is left out.",
        "Each filter has one bias.",
    )
    require(
        count not in (narrow + last, wide + last),
        f"With {count:,.0f} parameters, one of the branches is left out.",
        "Both branches have a Conv2D of their own. Add up three layers.",
    )
    one_branch_goes_on = [narrow + wide + (3 * 3 * channels + 1) * 6 for channels in (4, 8)]
    require(
        count not in one_branch_goes_on,
        f"{count:,.0f} parameters would be right if only one branch went into the last Conv2D.",
        "Concatenate joins the channels of both. How many are there then?",
    )
    require(
        count == narrow + wide + last,
        f"The parameter count is not {count:,.0f}.",
        "One filter has a weight for each pixel of its window in each channel of its input, and "
        "one bias. How many channels does the last Conv2D get?",
    )


@exercise(
    "2.2",
    "The digit network as a graph",
    why="The same network in the second style: from here on, nothing limits you to one line.",
    start="inputs = keras.Input(...), then x = ...(inputs), and from then on x = ...(x).",
)
def _digit_network(model):
    judge_network(model, digit_network(), "graph")


@exercise(
    "2.3",
    "Two inputs that meet",
    why="A network can put together whatever becomes numbers: images, measurements, words.",
    start="Draw it with boxes and arrows first. Each input is a keras.Input of its own.",
)
def _two_inputs(model):
    photo, facts = keras.Input((64, 64, 3), name="photo"), keras.Input((5,), name="facts")
    x = layers.Conv2D(16, 3, activation="relu")(photo)
    x = layers.GlobalMaxPooling2D()(x)
    y = layers.Dense(8, activation="relu")(facts)
    x = layers.Concatenate()([x, y])
    price = layers.Dense(1)(x)
    judge_network(model, keras.Model([photo, facts], price))


@exercise(
    "2.4",
    "Mend a graph",
    why="Keras finds arrows that do not fit; one that starts in the wrong place, only you can see.",
    start="Run the broken graph in a cell of your own, and read the message from its end.",
)
def _mended(model):
    inputs = keras.Input((28, 28, 16))
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(inputs)
    x = layers.Conv2D(16, 3, padding="same")(x)
    x = layers.Add()([inputs, x])
    x = layers.GlobalMaxPooling2D()(x)
    reference = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
    model = built_model(model, reference.inputs)
    require(
        not isinstance(model, keras.Sequential),
        "The answer is a list, and a list cannot hold this shortcut.",
        "Copy the broken graph into the cell, and change what is wrong in it.",
    )
    require(
        any(isinstance(one, layers.Conv2D) for one in all_layers(model)),
        "One mistake is still there: no Conv2D lies on the way from the input to the output.",
        "Go back from the output, line by line: which line takes the wrong thing in its brackets?",
    )
    judge_network(model, reference)


@exercise(
    "2.5",
    "The photo network, twice",
    why="A style is a way of writing: the network does not know in which one it was written.",
    start="Write one block first, as a function: for the list it returns a list of layers.",
)
def _photo_network(as_list, as_graph):
    reference = photo_network(256)
    for model, style in ((as_list, "list"), (as_graph, "graph")):
        with about(f"In the {style}"):
            judge_network(model, reference, style)


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
    "2.6",
    "Two outputs, two losses",
    why="Each output has a loss of its own, and the weights keep the largest from deciding all.",
    start="Call my_weather.compile(...); section 4 gives losses and weights by the outputs' names.",
)
def _two_losses(model):
    model = built_model(model, [keras.Input((8,))])
    if not model.compiled:
        raise NotAttempted
    judge_style(model, "graph")
    for name in ("sky", "degrees"):
        require(
            name in names_of_outputs(model),
            f"The model has no output {name!r} any more.",
            "Leave its layers and outputs as they are: only the call of compile is missing.",
        )
    as_given = "Take the cell as it was given, and add nothing but the call of compile."
    with about("The layers are not those that were given", as_given):
        judge_network(model, _weather(model))
    random = np.random.default_rng(0)
    chances = random.uniform(0.1, 1, (6, 4))
    judge_losses(
        model,
        {"sky": ("sparse_categorical_crossentropy", 1), "degrees": ("mean_squared_error", 0.1)},
        labels={"sky": np.array([0, 1, 2, 3, 2, 1]), "degrees": random.normal(10, 5, (6, 1))},
        answers={
            "sky": chances / chances.sum(axis=1, keepdims=True),
            "degrees": random.normal(10, 5, (6, 1)),
        },
    )


def _weather(model):
    """The model as it was given, with its outputs in the form in which the answer has them."""
    inputs = keras.Input((8,))
    x = layers.Dense(16, activation="relu")(inputs)
    sky = layers.Dense(4, activation="softmax")(x)
    outputs = {"sky": sky, "degrees": layers.Dense(1)(x)}
    named = [outputs[name] for name in names_of_outputs(model)]
    return keras.Model(inputs, keras.tree.pack_sequence_as(model.output, named))
