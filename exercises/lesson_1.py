"""The exercises of lesson 1, Sequential."""

from exercises.checking import exercise
from exercises.networks import built_model, judge_network
from exercises.training import accuracy_of, judge_compiled, output_shape
from exercises.verdicts import (
    NotAttempted,
    Wrong,
    about,
    as_image_shape,
    as_number,
    call,
    describe,
    require,
    unknown_name,
)

import keras
import numpy as np
from keras import layers


@exercise(
    "1.1",
    "One line to prepare images",
    why="Every network in this course gets its images in this form.",
    start="Put `return` and one expression in place of the three dots; section 1 does the same.",
)
def _prepare(prepare):
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (5, 20, 30), "uint8")
    images[0, 0, :2] = 0, 255
    dark = random.integers(3, 52, (2, 28, 24), "uint8")  # none of its pixels is black or white
    _judge_prepared(prepare, images, "five grey images of 20 × 30 pixels")
    _judge_prepared(prepare, dark, "two dark grey images of 28 × 24 pixels")


def _judge_prepared(prepare, images, what):
    before = images.copy()
    known = [unknown_name("the images")]
    prepared = call(prepare, images, doing=f"called with {what}", known=known)
    require(
        prepared is not None,
        "The function returns None.",
        "It computes something and lets it go: the line begins with `return`.",
    )
    require(
        hasattr(prepared, "shape") and hasattr(prepared, "dtype"),
        f"The function returns {describe(prepared)}, and an array is asked for.",
        "A comma in what it returns makes a tuple: return one thing only."
        if isinstance(prepared, tuple)
        else "Compute with the whole array `images` at once; no loop is needed.",
    )
    prepared = np.asarray(prepared)
    made = f"From shape {images.shape} it makes {prepared.shape}"
    axis = "images[..., np.newaxis] adds one axis at the end, and leaves the others as they are."
    require(
        prepared.size == images.size and prepared.shape[:3] == images.shape,
        f"{made}.",
        axis
        if prepared.size == images.size
        else "Is everything computed from `images`, as the brackets of the function name it, with "
        "no size written as a number?",
    )
    require(
        prepared.ndim == 4,
        f"{made}: the channel axis is missing."
        if prepared.ndim < 4
        else f"{made}: that is an axis too many.",
        axis,
    )
    require(
        prepared.dtype.kind == "f",
        f"The numbers are of type {prepared.dtype}, and they are to be float32.",
        '.astype("float32") turns whole numbers into numbers with a point.'
        if prepared.max() > 1
        else "Whole numbers from 0 to 1 are only 0 and 1: what comes after the point is thrown "
        'away. .astype("float32") comes first, then `/`.',
    )
    _judge_pixels(prepared[..., 0].astype("float64"), before, before / 255)
    require(
        prepared.dtype == np.float32,
        f"The numbers are of type {prepared.dtype}, and they are to be float32.",
        'float64 takes twice the memory for nothing: .astype("float32") before the division.'
        if prepared.dtype == np.float64
        else 'The type has a name: .astype("float32").',
    )
    require(
        np.array_equal(images, before),
        "The numbers are right, but the images that it was given are not what they were.",
        "Compute something new, and return that: nothing is put back into `images`.",
    )


def _judge_pixels(prepared, pixels, right):
    """Judge the numbers that are made of the pixels, all of shape (n, height, width)."""
    close = {"rtol": 0, "atol": 1e-3}  # float16 is told in another place
    if np.allclose(prepared, right, **close):
        return
    low, high = prepared.min(), prepared.max()
    one_to_one = np.allclose(np.sort(prepared, axis=None), np.sort(right, axis=None), **close)
    require(
        not one_to_one,
        "The numbers run from 0 to 1, but they are not the pixels in their order.",
        "Add the axis, change the type, divide; leave every pixel in its place.",
    )
    require(
        not np.isin(prepared, (0, 1)).all(),
        "Only zeros and ones come out: every grey between them is lost.",
        '`//`, rounding and clipping lose it: .astype("float32") first, then `/`.',
    )
    require(
        pixels.max() == 255 or not np.isclose(high, 1),
        f"In dark images, none of whose pixels is above {pixels.max()}, the numbers run from "
        f"{low:.4g} to {high:.4g}: the brightest pixel comes out as white.",
        "Divide by 255, the largest number that a pixel can have, whatever these images hold.",
    )
    require(
        np.isclose(low, right.min(), **close) and np.isclose(high, right.max(), **close),
        f"The numbers run from {low:.4g} to {high:.4g}, and 0 to 1 is asked for.",
        "A pixel is at most 255: divide every one of them by that.",
    )
    far = np.unravel_index(np.argmax(np.abs(prepared - right)), right.shape)
    raise Wrong(
        f"A pixel of {pixels[far]} becomes {prepared[far]:.4g}, and {right[far]:.4g} is right.",
        "Each pixel, divided by 255, and nothing else: not by another image's largest number, "
        "and not turned around.",
    )


@exercise(
    "1.2",
    "A shape and a count on paper",
    why="Whoever can do this on paper sees at once in a summary what is not as it was meant.",
    start="Begin with the first layer alone: in how many places does its window fit, down and "
    "across?",
)
def _on_paper(shape, count):
    shape = as_image_shape(
        shape,
        channels=8,
        hint="Each filter of the last Conv2D makes one channel. Channels stand last: (height, "
        "width, channels).",
    )
    for place, (side, size, right) in enumerate((("height", 100, 22), ("width", 60, 12))):
        require(
            shape[place] == right,
            f"The {side} is not {shape[place]}.",
            f"The first window fits into ({size} - 5) // 2 + 1 places. The next halves that, the "
            "last takes two more away.",
        )
    count = as_number(count, "The parameter count")
    first, second = (5 * 5 * 3 + 1) * 16, (3 * 3 * 16 + 1) * 8
    without_biases = first + second - 16 - 8
    require(
        count != without_biases,
        f"{count:,.0f} parameters are the weights of all windows, but something is left out.",
        "Each filter has one bias.",
    )
    require(
        count not in (first, second),
        f"{count:,.0f} parameters is one layer's count, and there are two with weights.",
        "MaxPooling2D learns nothing; add up what the two Conv2D layers have.",
    )
    require(
        count == first + second,
        f"The parameter count is not {count:,.0f}.",
        "One filter has a weight for each pixel of its window in each channel of its input, and "
        "one bias. How many channels does each Conv2D get? The first one gets those of the image.",
    )


@exercise(
    "1.3",
    "The digit network from its specification",
    why="You can now turn a specification into a list of layers, which is most of this style.",
    start="keras.Sequential([keras.Input(...), ...]), and then one line for each point.",
)
def _digit_network(model):
    judge_network(model, digit_network())


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


@exercise(
    "1.4",
    "Mend a model",
    why="An output with too many axes is the most common mistake in a list, and summary() shows "
    "it.",
    start="Copy the model from the text above, and print its output_shape first.",
)
def _mended(model):
    reference = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(8, 3, activation="relu"),
            layers.MaxPooling2D(4),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model = built_model(model, reference.inputs)
    shape = output_shape(model, reference.inputs)
    if shape == (None, 6, 6, 10) and len(model.layers) == 3:
        raise NotAttempted
    last = "Its last layer was right: leave it as it is in the text, with nothing after it."
    require(
        len(shape) > 1,
        "It gives a single number for an image, not a row of ten.",
        last,
    )
    require(
        len(shape) == 2,
        f"Its output still has the shape {shape}: not one row of ten numbers an image.",
        "One layer puts all the numbers of an image in one row. Where must it stand?",
    )
    count = shape[-1]
    require(
        count == 10,
        f"It gives {count} number{'s' * (count != 1)} for an image, not ten.",
        "What must the dense layer get, and where does Flatten stand now?" if count > 10 else last,
    )
    try:
        judge_network(model, reference)
    except Wrong as wrong:
        told = wrong.told.replace("is not in the specification", "is one too many")
        raise Wrong(
            told.replace("the specification has something else", "another layer belongs"),
            last
            if told.startswith("Layer 4, a Dense, has")
            else "Keep all layers of the model in the text, and add the one that puts all the "
            "numbers of an image in one row.",
        ) from None


@exercise(
    "1.5",
    "A loss for these labels",
    why="The loss must fit the labels and the last layer; nothing warns you when it does not.",
    start="Call my_scores.compile(...): the text tells what the labels and the last layer are.",
)
def _compiled(model):
    reference = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    model = built_model(model, reference.inputs)
    if not model.compiled:
        raise NotAttempted
    as_given = "Leave its layers as they are: only the call of compile is missing."
    count = output_shape(model, reference.inputs)[-1]
    require(count == 3, f"The model gives {count} numbers for three classes.", as_given)
    require(
        model.trainable_weights,
        "It cannot learn: its layers are frozen.",
        "Training changes a layer's weights only while its `trainable` is True.",
    )
    with about("The model is not the one that was given", as_given):
        judge_network(model, reference)
    judge_compiled(model, loss="categorical_crossentropy", from_logits=True, accuracy=True)


@exercise(
    "1.6",
    "Small and good",
    why="A small network can read nearly as well as one of millions of parameters, most of which "
    "sit where many numbers reach a dense layer.",
    start="Begin with the digit network, and put a MaxPooling2D after each Conv2D.",
)
def _small(model, x_val, y_val):
    model = built_model(model, [keras.Input((28, 28, 1))])
    require(
        model.count_params() <= 20_000,
        f"It has {model.count_params():,} parameters, and at most 20,000 are allowed.",
        _where_they_are(model) if model.count_params() > 20_000 else "",
    )
    accuracy = accuracy_of(model, x_val, y_val, classes=10)
    require(
        accuracy >= 0.3,
        f"It reads {accuracy:.0%} of the validation images, hardly more than guessing would: it "
        "has not learnt.",
        "Was this very model fitted, with x_train and y_train, and does each image keep its own "
        "label? Are loss and last layer those for whole-number labels?",
    )
    require(
        accuracy >= 0.85,
        f"It reads {accuracy:.0%} of the validation images, and at least 85% is asked for.",
        "Is the loss the one for whole-number labels? Does the last layer give probabilities? If "
        "both are right, a few more filters or one more epoch help.",
    )


def _where_they_are(model):
    """Say which layer of a model has the most parameters."""
    inside = [one for one in model.layers if not isinstance(one, layers.InputLayer)]
    if not inside:
        return "Pooling leaves fewer numbers to flatten, and so fewer weights."
    place, largest = max(enumerate(inside, start=1), key=lambda pair: pair[1].count_params())
    arriving = "channels" if isinstance(largest, layers.Conv2D) else "numbers"
    return (
        f"{largest.count_params():,} of them are in layer {place}, {describe(largest)}: let fewer "
        f"{arriving} arrive there."
    )
