"""The course's three networks, each in all three styles, are one function each."""

from helpers import first_difference

import keras
import pytest
from keras import layers


def conv(filters, padding="valid"):
    return layers.Conv2D(filters, 3, padding=padding, activation="relu")


def photo_block(filters, rate):
    return [
        *(conv(filters, "same") for _ in range(2)),
        layers.MaxPooling2D(),
        layers.BatchNormalization(),
        layers.Dropout(rate),
    ]


def digit_layers():
    ends = [layers.Dense(128, activation="relu"), layers.Dense(10, activation="softmax")]
    return [conv(32), conv(64), layers.Flatten(), *ends]


def cifar_layers():
    ends = [layers.Dense(256, activation="relu"), layers.Dense(100, activation="softmax")]
    pools = layers.MaxPooling2D(2), layers.MaxPooling2D(2)
    return [conv(16), pools[0], conv(32), pools[1], layers.Flatten(), *ends]


def photo_layers():
    ends = [layers.Dense(128, activation="relu"), layers.Dense(1, activation="sigmoid")]
    blocks = photo_block(64, 0.5) + photo_block(128, 0.3)
    return [*blocks, layers.GlobalMaxPooling2D(), *ends]


class InBlocks(keras.Model):
    """Layers as a class with nested Sequential models, which take five layers each."""

    def __init__(self, own_layers):
        super().__init__()
        starts = range(0, len(own_layers), 5)
        self.blocks = [keras.Sequential(own_layers[start : start + 5]) for start in starts]

    def call(self, inputs, training=False):
        for block in self.blocks:
            inputs = block(inputs, training=training)
        return inputs


def in_three_styles(make_layers, shape):
    inputs = x = keras.Input(shape)
    for layer in make_layers():
        x = layer(x)
    as_class = InBlocks(make_layers())
    as_class(keras.Input(shape))
    return [
        keras.Sequential([keras.Input(shape), *make_layers()]),
        keras.Model(inputs, x),
        as_class,
    ]


NETWORKS = {
    "digit": (digit_layers, (28, 28, 1), 4_738_826, 4_738_826),
    "CIFAR": (cifar_layers, (32, 32, 3), 325_956, 325_956),
    "photo": (photo_layers, (256, 256, 3), 277_569, 277_185),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_three_styles_are_one_function(name):
    make_layers, shape, parameters, trainable = NETWORKS[name]
    listed, graph, as_class = models = in_three_styles(make_layers, shape)
    for model in models:
        assert model.count_params() == parameters
        assert sum(weight.shape.num_elements() for weight in model.trainable_weights) == trainable
    assert first_difference(listed, graph) is None
    assert first_difference(graph, as_class) is None


def test_the_photo_networks_blocks_have_the_parameters_that_the_course_names():
    *_, as_class = in_three_styles(photo_layers, (256, 256, 3))
    assert [block.count_params() for block in as_class.blocks] == [38_976, 221_952, 16_641]
