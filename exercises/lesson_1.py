"""The exercises of lesson 1, Sequential."""

from exercises.checking import exercise
from exercises.kinds import (
    Call,
    Compiled,
    Function,
    Mistake,
    Network,
    OnPaper,
    Shape,
    Trained,
    Value,
    other_losses,
)
from exercises.networks import built_model
from exercises.verdicts import describe, require, unknown_name
from helpers.data import load_mnist

import keras
import numpy as np
import tensorflow as tf
from keras import layers


def _prepared(result, call):
    """Take what `prepare` returned; say what is wrong with its shape and type."""
    images = call.arguments[0]
    require(
        hasattr(result, "shape") and hasattr(result, "dtype"),
        f"The function returns {describe(result)}, and an array is asked for.",
        "A comma in what it returns makes a tuple: return one thing only."
        if isinstance(result, tuple)
        else "Compute with the whole array `images` at once; no loop is needed.",
    )
    result = np.asarray(result)
    made = f"From shape {images.shape} it makes {result.shape}"
    axis = "images[..., np.newaxis] adds one axis at the end, and leaves the others as they are."
    require(
        result.shape == (*images.shape, 1),
        f"{made}: the channel axis is missing."
        if result.shape == images.shape
        else f"{made}, and {(*images.shape, 1)} is right.",
        axis
        if result.size == images.size
        else "Is everything computed from `images`, as the brackets of the function name it, with "
        "no size written as a number?",
    )
    return result


def _right_type(result, _):
    require(
        result.dtype == np.float32,
        f"The numbers are right, but of type {result.dtype}, and they are to be float32.",
        'float64 takes twice the memory for nothing: .astype("float32") before the division.'
        if result.dtype == np.float64
        else 'The type has a name: .astype("float32").',
    )


def _images(seed, low, high, *shape):
    images = np.random.default_rng(seed).integers(low, high + 1, shape, "uint8")
    images[0, 0, :2] = low, high
    return images


BY_255 = "Divide by 255, the largest number that a pixel can have, whatever these images hold."
NO_GREY = 'Whole numbers, rounding and clipping lose it: .astype("float32"), then `/`, is all.'
LOST = "Only zeros and ones come out: every grey between them is lost."

exercise(
    "1.1",
    "One line to prepare images",
    why="Every network in this course gets its images in this form.",
    start="Put `return` and one expression in place of the three dots; section 1 does the same.",
)(
    Function(
        right=lambda images: np.float32(images[..., np.newaxis]) / 255,
        calls=[
            Call((_images(0, 0, 255, 5, 20, 30),), "called with five images of 20 × 30", BY_255),
            Call((_images(1, 3, 51, 2, 28, 24),), "called with two dark images", BY_255),
            Call((_images(2, 9, 9, 1, 7, 7),), "called with one image, all of one grey", BY_255),
        ],
        mistakes=[
            Mistake(lambda images: np.float32(images[..., None] // 255), LOST, NO_GREY),
            Mistake(lambda images: np.round(images[..., None] / 255), LOST, NO_GREY),
            Mistake(lambda images: np.clip(images[..., None], 0, 1) * 1.0, LOST, NO_GREY),
            Mistake(
                lambda images: np.float32(images[..., np.newaxis]),
                "The numbers still run from 0 to 255, and 0 to 1 is asked for.",
                "A pixel is at most 255: divide every one of them by that.",
            ),
            Mistake(
                lambda images: np.float32(images[..., np.newaxis]) / 256,
                "White comes out as 0.996, and it is to be 1.",
                "The largest number that a pixel can have is 255.",
            ),
            Mistake(
                lambda images: np.float32(images[..., np.newaxis]) / images.max(),
                "In dark images, the brightest pixel comes out as white.",
                BY_255,
            ),
            Mistake(
                lambda images: images[..., None] / images.max(axis=(1, 2))[:, None, None, None],
                "Each image is divided by its own brightest pixel, so that a dark one becomes "
                "bright.",
                BY_255,
            ),
            *(
                Mistake(
                    lambda images, turn=turn: np.float32(images[turn][..., np.newaxis]) / 255,
                    "The numbers run from 0 to 1, but they are not the pixels in their order.",
                    "Add the axis, change the type, divide; leave every pixel in its place.",
                )
                for turn in (np.s_[:, ::-1], np.s_[:, :, ::-1], np.s_[::-1])
            ),
            Mistake(
                lambda images: 1 - np.float32(images[..., np.newaxis]) / 255,
                "Black comes out as 1 and white as 0: the images are turned around.",
                "Divide by 255, and leave it at that.",
            ),
            Mistake(
                lambda images: np.float32(images[..., np.newaxis]) / 127.5 - 1,
                "The numbers run from -1 to 1, and 0 to 1 is asked for.",
                "Divide by 255, and leave it at that.",
            ),
        ],
        take=_prepared,
        then=_right_type,
        known=[
            unknown_name("the images"),
            ("reshape|broadcast", None, "Does it take the sizes from `images`, whatever they are?"),
        ],
        rtol=1e-3,  # float16 is told in another place
    )
)


FIRST, SECOND = (5 * 5 * 3 + 1) * 16, (3 * 3 * 16 + 1) * 8
WINDOW = "The first window fits into ({} - 5) // 2 + 1 places. The next halves that, the last "
WINDOW += "takes two more away."

exercise(
    "1.2",
    "A shape and a count on paper",
    why="Whoever can do this on paper sees at once in a summary what is not as it was meant.",
    start="Begin with the first layer alone: in how many places does its window fit, down and "
    "across?",
)(
    OnPaper(
        Shape(
            (22, 12, 8),
            hints=(
                WINDOW.format(100),
                WINDOW.format(60),
                "Each filter of the last Conv2D makes one channel. Channels stand last: (height, "
                "width, channels).",
            ),
        ),
        Value(
            "The parameter count",
            FIRST + SECOND,
            "One filter has a weight for each pixel of its window in each channel of its input, "
            "and one bias. How many channels does each Conv2D get? The first one gets those of "
            "the image.",
            [
                Mistake(
                    FIRST + SECOND + 2 * 2 * 16,
                    "{} parameters are too many: MaxPooling2D has no weights.",
                    "It takes the largest of what it sees. Add up what the two Conv2D layers have.",
                ),
                Mistake(
                    FIRST + SECOND - 16 - 8,
                    "{} parameters are the weights of all windows, but something is left out.",
                    "Each filter has one bias.",
                ),
                *(
                    Mistake(
                        count,
                        "{} parameters is one layer's count, and there are two with weights.",
                        "MaxPooling2D learns nothing; add up what the two Conv2D layers have.",
                    )
                    for count in (FIRST, SECOND)
                ),
            ],
        ),
    )
)


def digit_network() -> keras.Model:
    """The course's digit network, for images of shape (28, 28, 1)."""
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.Conv2D(64, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


exercise(
    "1.3",
    "The digit network from its specification",
    why="You can now turn a specification into a list of layers, which is most of this style.",
    start="keras.Sequential([keras.Input(...), ...]), and then one line for each point.",
)(Network(digit_network))


def _mended(*last):
    return lambda: keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(8, 3, activation="relu"),
            layers.MaxPooling2D(4),
            *(layer() for layer in last),
        ]
    )


def _dense():
    return layers.Dense(10, activation="softmax")


exercise(
    "1.4",
    "Mend a model",
    why="An output with too many axes is the most common mistake in a list, and summary() shows "
    "it.",
    start="Copy the model from the text above, and print its output_shape first.",
)(
    Network(
        _mended(layers.Flatten, _dense),
        given=_mended(_dense),
        hint="Compare it with the model in the text: all of its layers stay as they are, and a "
        "single one joins them.",
        mistakes=[
            Mistake(
                _mended(_dense, layers.Flatten),
                "It gives 360 numbers for an image, not ten.",
                "What must the dense layer get, and where does Flatten stand now?",
            ),
            *(
                Mistake(
                    _mended(pooling, _dense),
                    "It gives ten numbers for an image, but of the 6 × 6 places that arrive, only "
                    "one number for each channel is left.",
                    "Keep all the numbers of an image, in one row.",
                )
                for pooling in (layers.GlobalMaxPooling2D, layers.GlobalAveragePooling2D)
            ),
        ],
    )
)


def _scores() -> keras.Model:
    return keras.Sequential([keras.Input((4,)), layers.Dense(3)])


def _cross_entropy(smoothing=0.0):
    return keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)


KINDS = 'There are several accuracies: the text "accuracy" takes the kind that fits the labels.'

exercise(
    "1.5",
    "A loss for these labels",
    why="The loss must fit the labels and the last layer; nothing warns you when it does not.",
    start="Call my_scores.compile(...): the text tells what the labels and the last layer are.",
)(
    Compiled(
        _scores,
        {"loss": _cross_entropy(), "metrics": ["accuracy"]},
        labels=np.eye(3, dtype="float32")[[0, 2, 1, 1, 0, 2, 2, 0]],
        answers=np.random.default_rng(0).normal(0, 2, (8, 3)).astype("float32"),
        smoothed=_cross_entropy(1.0),
        mistakes=[
            *other_losses("categorical_crossentropy", from_logits=True),
            Mistake(
                {"metrics": []},
                "It has no metrics.",
                'compile(metrics=["accuracy"]): a list, even for a single one.',
            ),
            Mistake(
                {"metrics": [keras.metrics.Accuracy()]},
                "Its Accuracy counts how many numbers are the same as in the labels, and logits "
                "never are.",
                KINDS,
            ),
            Mistake(
                {"metrics": ["sparse_categorical_accuracy"]},
                "Its accuracy is for labels that are whole numbers, and `fit` would stop at these.",
                KINDS,
            ),
            Mistake(
                {"metrics": ["binary_accuracy"]},
                "Its accuracy is for a single yes or no: it looks at each number by itself.",
                KINDS,
            ),
        ],
    )
)


TRAINED = Trained(load_mnist, classes=10, goal=0.85)


@exercise(
    "1.6",
    "Small and good",
    why="A small network can read nearly as well as one of millions of parameters, most of which "
    "sit where many numbers reach a dense layer.",
    start="Begin with the digit network, and put a MaxPooling2D after each Conv2D.",
)
def _small(model, x_val, y_val):
    model = built_model(model, [keras.Input((28, 28, 1))])
    traced = tf.function(model).get_concrete_function(tf.TensorSpec((1, 28, 28, 1)))
    used = sum(one.shape.num_elements() for one in traced.graph.variables)  # Keras may miss some
    count = max(model.count_params(), used)
    require(
        count <= 20_000,
        f"It has {count:,} parameters, and at most 20,000 are allowed.",
        _where_they_are(model),
    )
    TRAINED(model, x_val, y_val)


def _where_they_are(model):
    """Say which layer of a model has the most parameters."""
    inside = [one for one in model.layers if not isinstance(one, layers.InputLayer)]
    if not any(one.weights for one in inside):
        return "Pooling leaves fewer numbers to flatten, and so fewer weights."
    place, largest = max(enumerate(inside, start=1), key=lambda pair: pair[1].count_params())
    arriving = "channels" if isinstance(largest, layers.Conv2D) else "numbers"
    return (
        f"{largest.count_params():,} of them are in layer {place}, {describe(largest)}: let fewer "
        f"{arriving} arrive there."
    )
