"""Two models are one function, or the first difference is named in a learner's words."""

from helpers import CourseError, compare_models, first_difference

import keras
import numpy as np
import pytest
from keras import layers, ops


def a_list(*more, filters=4, activation="relu", shape=(8, 8, 1)):
    return keras.Sequential(
        [
            keras.Input(shape),
            layers.Conv2D(filters, 3, activation=activation),
            *(more or (layers.Flatten(),)),
            layers.Dense(3, activation="softmax"),
        ]
    )


def a_graph():
    inputs = keras.Input((8, 8, 1))
    x = layers.Conv2D(4, 3, activation="relu", name="one")(inputs)
    x = layers.Flatten()(x)
    return keras.Model(inputs, layers.Dense(3, activation="softmax")(x))


class AClass(keras.Model):
    def __init__(self):
        super().__init__()
        self.out = layers.Dense(3, activation="softmax")  # made in another order than it is used
        self.body = keras.Sequential([layers.Conv2D(4, 3, activation="relu"), layers.Flatten()])

    def call(self, inputs):
        return self.out(self.body(inputs))


class Stretched(AClass):
    def call(self, inputs):
        return 2 * super().call(inputs)


STYLES = [a_list, a_graph, AClass]


@pytest.mark.parametrize("first", STYLES)
@pytest.mark.parametrize("second", STYLES)
def test_one_network_in_two_styles(first, second, capsys):
    shape = (8, 8, 1) if first is second is AClass else None
    compare_models(first(), second(), shape)
    assert capsys.readouterr().out == (
        "✓ The same function: 3 layers, 475 parameters, the same answers.\n"
    )


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (lambda: a_list(layers.GlobalMaxPooling2D()), "layer 2: Flatten where the other has Glo"),
        (lambda: a_list(filters=5), "layer 1: Conv2D with filters=4 where the other has 5"),
        (
            lambda: a_list(activation="tanh"),
            "layer 1: Conv2D with the activation relu where the other has the activation tanh",
        ),
        (lambda: a_list(shape=(9, 9, 1)), "the first takes inputs of shape (8, 8, 1), the second"),
        (
            lambda: a_list(layers.Flatten(), layers.Dropout(0.5)),
            "layer 3: the second model has a Dropout there, which is missing in the first",
        ),
        (
            lambda: keras.Sequential(a_graph().layers[:-1]),
            "layer 3: a Dense, which only the first model has",
        ),
        (Stretched, "layer 4: the second model has a Multiply there"),
    ],
)
def test_the_first_difference_is_named(second, words, capsys):
    difference = first_difference(a_graph(), second())
    assert str(difference).startswith(words)
    compare_models(a_graph(), second())
    assert capsys.readouterr().out == f"✗ Not the same function: {difference}.\n"


def test_weights_stay_as_they_were():
    first, second = a_list(), AClass()
    second(np.zeros((1, 8, 8, 1)))
    before = [model.get_weights() for model in (first, second)]
    assert first_difference(first, second) is None
    for model, weights in zip((first, second), before, strict=True):
        assert all(map(np.array_equal, model.get_weights(), weights))


class Half(layers.Layer):
    """The same type and no settings, so only the answers can tell it from its like."""

    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def get_config(self):
        return {}

    def call(self, inputs):
        return inputs * self.factor


def test_equal_layers_with_other_answers():
    models = [keras.Sequential([keras.Input((4,)), Half(factor)]) for factor in (0.5, 0.25)]
    assert first_difference(models[0], models[0]) is None
    assert first_difference(*models) is not None


def two_inputs(join, swap=False, shared=False):
    left, right = keras.Input((4,)), keras.Input((4,))
    look = layers.Dense(4)
    a, b = look(left), (look if shared else layers.Dense(4))(right)
    return keras.Model([left, right], join()([b, a] if swap else [a, b]))


def test_several_inputs_and_the_order_of_what_is_joined():
    assert first_difference(two_inputs(layers.Subtract), two_inputs(layers.Subtract)) is None
    swapped = first_difference(two_inputs(layers.Subtract), two_inputs(layers.Subtract, swap=True))
    assert (swapped.what, swapped.where) == ("order", 3)
    assert (swapped.mine.sources, swapped.theirs.sources) == ((2, 1), (1, 2))


def test_where_a_layer_takes_its_input_from():
    def shortcut(from_first):
        inputs = keras.Input((4,))
        first = layers.Dense(4)(inputs)
        second = layers.Dense(4)(first)
        return keras.Model(inputs, layers.Add()([second, first if from_first else inputs]))

    assert str(first_difference(shortcut(True), shortcut(False))) == (
        "layer 3: Add takes from layer 2 and layer 1 where the other takes from layer 2 and an "
        "input"
    )


def test_a_shared_layer_is_not_two_layers():
    shared, own = two_inputs(layers.Add, shared=True), two_inputs(layers.Add)
    assert first_difference(shared, two_inputs(layers.Add, shared=True)) is None
    assert str(first_difference(shared, own)) == (
        "layer 1: Dense is used twice, and once in the other"
    )


def test_training_layers_are_compared_at_rest():
    def make():
        return a_list(layers.BatchNormalization(), layers.Dropout(0.5), layers.Flatten())

    first, second = make(), make()
    first.layers[1].set_weights([np.full(4, value) for value in (2.0, 1.0, 3.0, 4.0)])
    assert first_difference(first, second) is None


def test_neither_has_seen_an_input():
    with pytest.raises(CourseError, match="has not seen an input yet"):
        first_difference(AClass(), AClass())


@pytest.mark.parametrize("wrong", [None, AClass, [layers.Dense(3)]])
def test_what_is_not_a_model(wrong):
    with pytest.raises(CourseError, match="The comparison needs a Keras model, and got"):
        first_difference(a_graph(), wrong)


def test_functions_of_keras_ops_count_as_layers():
    inputs = keras.Input((8, 8, 1))
    x = ops.relu(layers.Conv2D(4, 3)(inputs))
    written_out = keras.Model(inputs, layers.Dense(3, activation="softmax")(layers.Flatten()(x)))
    assert first_difference(a_graph(), written_out) is None
