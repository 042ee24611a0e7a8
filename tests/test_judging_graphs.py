"""Where a graph branches, its layers and inputs have no one order: each right one is accepted."""

import itertools

from exercises.networks import judge_network
from exercises.verdicts import Wrong
from helpers.differences import orders_of
from helpers.models import open_model

import keras
import numpy as np
import pytest
from keras import layers, ops


def conv(filters, window=3, **settings):
    return layers.Conv2D(filters, window, padding="same", activation="relu", **settings)


def two_branches(meet=layers.Add, first=0):
    """Two branches of the same shapes that differ in their activations, and a third as it comes."""
    inputs = keras.Input((8, 8, 4))
    branches = [
        lambda: layers.Conv2D(4, 3, padding="same", activation="tanh")(conv(4)(inputs)),
        lambda: layers.Dropout(0.5)(conv(4)(inputs)),
        lambda: inputs,
    ]
    made = {place: branches[place]() for place in np.roll(range(3), first)}  # called in this order
    return inputs, made, meet


def met(order=(0, 1, 2), **settings):
    inputs, made, meet = two_branches(**settings)
    x = meet()([made[place] for place in order])
    return keras.Model(inputs, layers.Dense(3)(layers.GlobalMaxPooling2D()(x)))


@pytest.mark.parametrize("first", range(3))
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("meet", [layers.Add, layers.Multiply, layers.Maximum, layers.Average])
def test_a_sum_has_no_order(meet, order, first):
    judge_network(met(order, meet=meet, first=first), met(meet=meet))


@pytest.mark.parametrize("first", range(3))
def test_the_order_of_calls_does_not_count(first):
    judge_network(met(meet=layers.Concatenate, first=first), met(meet=layers.Concatenate))


@pytest.mark.parametrize("order", list(itertools.permutations(range(3)))[1:])
def test_the_order_end_to_end_counts(order):
    with pytest.raises(Wrong, match="takes its inputs in another order"):
        judge_network(met(order, meet=layers.Concatenate), met(meet=layers.Concatenate))


@pytest.mark.parametrize("meet", [layers.Multiply, layers.Maximum, layers.Average])
def test_another_way_to_meet_is_another_function(meet):
    with pytest.raises(Wrong, match="and another layer belongs there"):
        judge_network(met(meet=meet), met())


def residual(plus=lambda a, b: layers.Add()([a, b]), relu=None):
    inputs = x = keras.Input((8, 8, 4))
    for _ in range(3):
        inside = conv(4)(x) if relu is None else relu()(layers.Conv2D(4, 3, padding="same")(x))
        x = plus(x, layers.Conv2D(4, 3, padding="same")(inside))
    return keras.Model(inputs, layers.Dense(2)(layers.Flatten()(x)))


@pytest.mark.parametrize(
    "plus",
    [
        lambda a, b: layers.Add()([b, a]),
        lambda a, b: layers.add([a, b]),
        lambda a, b: a + b,
        lambda a, b: ops.add(b, a),
    ],
)
@pytest.mark.parametrize("relu", [None, layers.ReLU])
def test_residual_blocks_in_any_spelling(plus, relu):
    judge_network(residual(plus, relu), residual())


@pytest.mark.parametrize(
    "plus", [lambda a, b: b, lambda a, b: a - b, lambda a, b: b + b, lambda a, b: a + b + a]
)
def test_residual_blocks_that_are_none(plus):
    with pytest.raises(Wrong):
        judge_network(residual(plus), residual())


class Pair(keras.Model):
    """A class with two inputs."""

    def __init__(self, names=None):
        super().__init__()
        self.names = names
        self.last = layers.Dense(3)
        self.of_numbers = layers.Dense(4, activation="relu")
        self.look = layers.Conv2D(4, 3, activation="relu")
        self.pool = layers.GlobalMaxPooling2D()

    def call(self, inputs):
        image, numbers = inputs if self.names is None else (inputs[name] for name in self.names)
        both = ops.concatenate([self.pool(self.look(image)), self.of_numbers(numbers)], axis=-1)
        return self.last(both)


def pair(form=list, names=("image", "numbers"), image_first=True, joined=None):
    image, numbers = (keras.Input(s, name=n) for s, n in zip(((8, 8, 1), (5,)), names, strict=True))
    if image_first:
        x = layers.GlobalMaxPooling2D()(layers.Conv2D(4, 3, activation="relu")(image))
    y = layers.Dense(4, activation="relu")(numbers)
    if not image_first:
        x = layers.GlobalMaxPooling2D()(layers.Conv2D(4, 3, activation="relu")(image))
    z = layers.Dense(3)((joined or layers.Concatenate())([x, y]))
    inputs = {
        list: [image, numbers],
        tuple: (image, numbers),
        reversed: [numbers, image],
        dict: {names[0]: image, names[1]: numbers},
    }[form]
    return keras.Model(inputs, z)


@pytest.mark.parametrize("form", [list, tuple, reversed, dict])
@pytest.mark.parametrize("names", [("image", "numbers"), ("z", "a"), (None, None)])
@pytest.mark.parametrize("image_first", [True, False])
def test_inputs_in_any_form_order_and_name(form, names, image_first):
    names = names if form is not dict or names[0] else ("picture", "facts")
    judge_network(pair(form, names, image_first), pair())


def test_a_class_that_takes_a_list():
    judge_network(Pair(), pair())


@pytest.mark.parametrize("names", [None, ["z", "a"]])
def test_a_class_that_has_seen_its_inputs(names):
    model, values = Pair(names), [np.ones((1, 8, 8, 1)), np.ones((1, 5))]
    model(values if names is None else dict(zip(names, values, strict=True)))
    judge_network(model, pair())


def test_an_input_that_is_left_aside_is_told():
    with pytest.raises(Wrong, match=r"input of shape \(5,\) is never used"):
        judge_network(pair(joined=lambda both: both[0]), pair())


def test_inputs_of_the_same_shape_go_by_their_names():
    def difference(form):
        one, other = keras.Input((4,), name="one"), keras.Input((4,), name="other")
        x = layers.Subtract()([layers.Dense(3, activation="relu")(one), layers.Dense(3)(other)])
        return keras.Model(form(one, other), x)

    asked = difference(lambda one, other: [one, other])
    judge_network(difference(lambda one, other: [other, one]), asked)
    judge_network(difference(lambda one, other: {"other": other, "one": one}), asked)


def twins(minus=layers.Subtract, shared=True, swapped=False):
    one, other = keras.Input((6,), name="one"), keras.Input((6,), name="other")
    look, read = layers.Dense(4, activation="relu"), layers.Dense(4)
    again = look if shared else layers.Dense(4, activation="relu")
    pair = [read(look(one)), read(again(layers.Dense(6)(other)))]
    return keras.Model([one, other], minus()(pair[::-1] if swapped else pair))


def test_a_shared_layer_comes_once_however_it_is_reached():
    judge_network(twins(), twins())
    judge_network(twins(layers.Add, swapped=True), twins(layers.Add))
    for other in (twins(swapped=True), twins(shared=False)):
        with pytest.raises(Wrong):
            judge_network(other, twins())


def test_one_positive_output_does_not_hide_an_activation():
    def network(activation):
        inputs = keras.Input((16, 16, 3))
        x = layers.GlobalMaxPooling2D()(conv(8)(inputs))
        return keras.Model(inputs, layers.Dense(1, activation=activation)(x))

    for _ in range(3):
        with pytest.raises(Wrong, match="has an activation .relu. too many"):
            judge_network(network("relu"), network(None))


def test_the_order_as_written_comes_first_and_none_comes_twice():
    first, second = orders_of(open_model(met((1, 0, 2))))
    assert [type(box.layer).__name__ for box in first[:3]] == ["Conv2D", "Dropout", "Conv2D"]
    assert [type(box.layer).__name__ for box in second[:3]] == ["Conv2D", "Conv2D", "Conv2D"]
    assert len(list(orders_of(open_model(residual())))) == 1
