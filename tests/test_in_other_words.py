"""Keras's errors in plain words: each entry is met by the error of the installed Keras itself."""

import re

from exercises.in_other_words import WORDS, in_other_words

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

ONES = np.ones((8, 4), "float32")


def model(*last, loss="mse"):
    made = keras.Sequential([keras.Input((4,)), *(last or [layers.Dense(3)])])
    made.compile("sgd", loss)
    return made


class Forgets(layers.Layer):
    def __init__(self):
        self.dense = layers.Dense(1)


class Late(keras.Model):
    def call(self, inputs):
        self.dense = layers.Dense(2)
        return self.dense(inputs)


class WithoutSelf(keras.Model):
    def call(inputs):  # noqa: N805, the mistake itself
        return inputs


class Asks(layers.Layer):
    def call(self, inputs):
        return inputs if ops.sum(inputs) > 0 else -inputs


class Unknown(layers.Layer):
    pass


def load_unknown(folder):
    path = folder / "unknown.keras"
    keras.Sequential([keras.Input((4,)), Unknown()]).save(path)
    text = path.read_bytes()
    assert text
    keras.saving.load_model(path, custom_objects=None)


def variables_in_a_graph():
    @tf.function
    def step(x):
        return layers.Dense(1)(x)

    step(tf.constant(ONES))
    step(tf.constant(ONES[:2]))


def gradients_of_nothing():
    weight = keras.Variable([1.0])
    keras.optimizers.SGD().apply_gradients([(None, weight)])


def ask_twice():
    x = tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y = x * x
    tape.gradient(y, x)
    tape.gradient(y, x)


def unconnected():
    one, other = keras.Input((4,)), keras.Input((4,))
    keras.Model(one, layers.Dense(1)(other))


def two_inputs():
    one, other = keras.Input((4,)), keras.Input((4,))
    keras.Model([one, other], layers.Add()([one, other]))(ONES)


def another_size():
    layer = layers.Dense(2)
    layer(ONES)
    layer(ONES[:, :3])


IMAGES = np.ones((2, 8, 8), "float32")
LATE = keras.Sequential([layers.Dense(2)])
RAISED = {
    "channels missing": (
        lambda _: layers.Conv2D(2, 3)(IMAGES),
        "channels, images[..., np.newaxis]",
    ),
    "axes missing": (lambda _: layers.LSTM(2)(ONES), "takes input with 3 axes"),
    "another size": (lambda _: another_size(), "built for 4 numbers in the last axis"),
    "another shape": (lambda _: model()(np.ones((4,))), "takes input of shape (None, 4)"),
    "one input of two": (lambda _: two_inputs(), "takes 2 input(s), and got 1"),
    "window too large": (
        lambda _: keras.Sequential([keras.Input((4, 4, 1)), layers.Conv2D(1, 6)]),
        "window is larger than the image",
    ),
    "branches": (
        lambda _: layers.Concatenate()([keras.Input((4, 4, 1)), keras.Input((2, 2, 1))]),
        "meet in Concatenate",
    ),
    "a sum": (
        lambda _: layers.Add()([keras.Input((4, 4, 1)), keras.Input((2, 2, 1))]),
        "must be equal: the same padding",
    ),
    "whole numbers": (
        lambda _: model(loss="categorical_crossentropy").fit(ONES, np.zeros(8), verbose=0),
        "begins with sparse_",
    ),
    "one-hot": (
        lambda _: model(loss="sparse_categorical_crossentropy").fit(
            ONES, np.eye(8)[:, :3], verbose=0
        ),
        "the one without sparse_",
    ),
    "a label too high": (
        lambda _: model(loss="sparse_categorical_crossentropy").fit(ONES, np.full(8, 7), verbose=0),
        "one label is 7, and the model gives 3 numbers",
    ),
    "fewer labels": (lambda _: model().fit(ONES, ONES[:5], verbose=0), "not as many labels"),
    "no loss": (lambda _: model(loss=None).fit(ONES, ONES, verbose=0), "without a loss"),
    "not compiled": (
        lambda _: keras.Sequential([keras.Input((4,)), layers.Dense(1)]).fit(ONES, ONES),
        "call model.compile",
    ),
    "not built": (lambda _: LATE.count_params(), "no weights yet"),
    "never called": (lambda _: keras.Sequential([layers.Dense(2)]).output, "its input yet"),
    "no layer": (lambda _: keras.Sequential([layers.Dense]), "no layer. Are the brackets missing"),
    "not connected": (lambda _: unconnected(), "no way of layer calls leads"),
    "NumPy in a graph": (lambda _: np.sqrt(keras.Input((4,))), "keras.ops has functions"),
    "TensorFlow in a graph": (lambda _: tf.sqrt(keras.Input((4,))), "keras.ops has functions"),
    "an activation": (lambda _: layers.Dense(1, activation="relo"), "no activation called relo"),
    "a loss": (
        lambda _: model(loss="crosentropy").fit(ONES, ONES, verbose=0),
        "Keras knows no loss called crosentropy",
    ),
    "an optimizer": (lambda _: model().compile("addam"), "Keras knows no optimizer called addam"),
    "a setting": (lambda _: layers.Conv2D(2, 3, filter=3), "no setting called filter"),
    "no super": (lambda _: Forgets()(ONES), "super().__init__()"),
    "made in call": (lambda _: (made := Late(), made(ONES), made(ONES)), "is too late"),
    "no self": (lambda _: WithoutSelf()(ONES), "The first in its brackets is self"),
    "an if": (lambda _: Asks()(keras.Input((4,))), "keras.ops.where"),
    "an if in fit": (lambda _: model(Asks()).fit(ONES, ONES, verbose=0), "keras.ops.where"),
    "variables in a graph": (lambda _: variables_in_a_graph(), "made inside the function"),
    "no gradients": (lambda _: gradients_of_nothing(), "the tape has seen no way"),
    "asked twice": (lambda _: ask_twice(), "a tape answers once"),
    "a file's name": (lambda folder: model().save(folder / "model.txt"), "end in .keras"),
    "a name for weights": (
        lambda folder: model().save_weights(folder / "model.h5"),
        "end in .weights.h5",
    ),
    "a class not known": (load_unknown, "a class Unknown that Keras does not know"),
    "a layer for outputs": (
        lambda _: keras.Model(keras.Input((4,)), layers.Dense(1)),
        "`outputs` is a layer",
    ),
    "no such name": (lambda _: eval("prepare"), "nothing is called prepare here"),
    "no file": (lambda folder: keras.saving.load_model(folder / "none.keras"), "there is no file"),
}


@pytest.mark.parametrize("fault", RAISED)
def test_an_error_of_keras_has_plain_words(fault, tmp_path):
    raises, words = RAISED[fault]
    with pytest.raises(Exception) as caught:
        raises(tmp_path)
    said = in_other_words(caught.value)
    assert said and words in said, f"{type(caught.value).__name__}: {caught.value}"


def test_every_entry_is_met_by_an_error(tmp_path):
    met = set()
    for raises, _ in RAISED.values():
        with pytest.raises(Exception) as caught:
            raises(tmp_path)
        words = in_other_words(caught.value)
        met |= {
            n
            for n, row in enumerate(WORDS)
            if words and re.match(re.escape(row[2].split("{")[0]), words)
        }
    assert met == set(range(len(WORDS)))


@pytest.mark.parametrize("error", [ValueError("something else"), KeyError("relu"), Exception()])
def test_other_errors_get_no_words(error):
    assert in_other_words(error) is None


def test_the_line_stands_under_the_traceback(capsys):
    from exercises import in_other_words as module

    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    shell.events.register("post_run_cell", module._after_a_cell)
    try:
        shell.run_cell("import keras\nkeras.Sequential([keras.layers.Dense])")
        shell.run_cell("1 / 0")
    finally:
        shell.events.unregister("post_run_cell", module._after_a_cell)
        InteractiveShell.clear_instance()
    said = capsys.readouterr().out
    assert said.count("In other words:") == 1
    assert said.index("ValueError") < said.index("In other words:") < said.index("ZeroDivision")
