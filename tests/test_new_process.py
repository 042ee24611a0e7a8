"""A model that is loaded in a new process answers as it did here, or the reason is told."""

from helpers import CourseError, predict_in_new_process

import keras
import numpy as np
import pytest
from keras import layers


@keras.saving.register_keras_serializable(package="test_new_process")
class Twice(layers.Layer):
    def call(self, inputs):
        return 2 * inputs


def a_model():
    return keras.Sequential([keras.Input((4,)), layers.Dense(3), Twice()])


def test_it_answers_as_it_does_here():
    model, x = a_model(), np.ones((2, 4))
    there = predict_in_new_process(model, x, classes=[Twice])
    assert np.array_equal(there, model.predict(x, verbose=0))


def test_a_class_that_is_not_known_there():
    with pytest.raises(CourseError, match="could not use the saved model.*Twice"):
        predict_in_new_process(a_model(), np.ones((2, 4)))
