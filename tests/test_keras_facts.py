"""What the lessons say of Keras without showing it: when one of these fails, mend the lesson."""

from unittest import mock

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

X, Y = 5 + np.random.default_rng(0).normal(size=(32, 4)).astype("float32"), np.ones((32, 1))


def test_lesson_5_augmentation_is_on_unless_training_is_false_and_dropout_the_other_way_round():
    images = np.random.default_rng(0).random((8, 9, 9, 3), "float32")
    for layer, alone in ((layers.RandomTranslation(0.3, 0.3), True), (layers.Dropout(0.5), False)):
        model = keras.Sequential([keras.Input((9, 9, 3)), layer])
        changed = [
            not np.allclose(answer, images)
            for answer in (
                model(images),
                model(images, training=True),
                model(images, training=False),
                model.predict(images, verbose=0),
            )
        ]
        assert changed == [alone, True, False, False]


def test_lesson_6_fit_overrules_training_false_in_a_graph():
    inputs = keras.Input((4,))
    norm = layers.BatchNormalization()
    base = keras.Model(inputs, norm(inputs))
    inputs = keras.Input((4,))
    model = keras.Model(inputs, layers.Dense(1)(base(inputs, training=False)))
    model.compile("adam", loss="mse")
    before = norm.moving_mean.numpy().copy()
    model.fit(X, Y, verbose=0)
    assert not np.array_equal(before, norm.moving_mean)


def test_lesson_6_keras_notes_arguments_for_layers_only():
    class OwnLayer(layers.Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)

    class OwnModel(keras.Model):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)

    assert OwnLayer(50).get_config()["units"] == 50
    with pytest.raises((NotImplementedError, TypeError)):  # the former since Keras 3.12
        OwnModel.from_config(OwnModel(50).get_config())


def test_lesson_6_weights_h5_holds_the_optimizers_numbers_too(tmp_path):
    def model():
        one = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
        one.compile("adam", loss="mse")
        one.optimizer.build(one.trainable_variables)
        return one

    trained, other = model(), model()
    trained.fit(X, Y, verbose=0)
    trained.save_weights(tmp_path / "a.weights.h5")
    other.load_weights(tmp_path / "a.weights.h5")
    assert int(other.optimizer.iterations) == 1


def test_lesson_6_momentum_is_what_stays_of_the_running_average():
    norm = layers.BatchNormalization()
    assert norm.momentum == 0.99
    norm = layers.BatchNormalization(momentum=0.9)
    norm(X, training=True)
    assert np.allclose(norm.moving_mean, 0.1 * X.mean(axis=0), rtol=1e-4)


def test_lesson_7_losses_divide_by_the_number_of_replicas_unless_there_is_one_for_each_image():
    half = np.full_like(Y, 0.5)
    mean, each = (
        keras.losses.BinaryCrossentropy(reduction=r) for r in ("sum_over_batch_size", "none")
    )
    two = mock.PropertyMock(return_value=2)
    with mock.patch.object(type(tf.distribute.get_strategy()), "num_replicas_in_sync", two):
        assert np.isclose(mean(Y, half), np.log(2) / 2)
        assert np.allclose(each(Y, half), np.log(2))
    assert np.isclose(mean(Y, half), np.log(2))
