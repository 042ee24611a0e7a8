"""A model that is loaded in a new process answers as it did here, or the reason is told."""

from helpers import CourseError, predict_from_files, predict_in_new_process

import keras
import numpy as np
import pytest
from keras import layers


@keras.saving.register_keras_serializable(package="test_new_process")
class Twice(layers.Layer):
    def call(self, inputs):
        return 2 * inputs


@keras.saving.register_keras_serializable(package="test_new_process")
class Own(keras.Model):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.dense, self.twice = layers.Dense(units), Twice()

    def call(self, inputs):
        return self.twice(self.dense(inputs))

    def get_config(self):
        return {**super().get_config(), "units": self.units}


def a_model():
    return keras.Sequential([keras.Input((4,)), layers.Dense(3), Twice()])


def own_model():
    return Own(units=3)


X = np.random.default_rng(0).normal(size=(2, 4)).astype("float32")


def test_it_answers_as_it_does_here():
    model = a_model()
    there = predict_in_new_process(model, X, classes=[Twice])
    assert np.array_equal(there, model.predict(X, verbose=0))


def test_a_class_that_is_not_known_there():
    with pytest.raises(CourseError, match="could not use the saved model.*Twice"):
        predict_in_new_process(a_model(), X)


def test_files_of_both_kinds_in_one_process(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    listed, own = a_model(), own_model()
    own(X)
    listed.save("listed.keras")
    own.save("own.keras")
    listed.save_weights("listed.weights.h5")
    own.save_weights(tmp_path / "own.weights.h5")
    files = {
        "listed.keras": None,
        "listed.weights.h5": a_model,
        tmp_path / "own.keras": None,
        tmp_path / "own.weights.h5": own_model,
    }
    there = predict_from_files(files, X, classes=[Twice, Own])
    assert len(there) == 4
    for model, answers in zip([listed, listed, own, own], there, strict=True):
        assert np.allclose(answers, model.predict(X, verbose=0), atol=1e-6)


def test_weights_that_do_not_fit(tmp_path):
    keras.Sequential([keras.Input((4,)), layers.Dense(5)]).save_weights(tmp_path / "a.weights.h5")
    with pytest.raises(CourseError, match="could not use the saved model. It says: ValueError"):
        predict_from_files({tmp_path / "a.weights.h5": a_model}, X, classes=[Twice])


def test_what_has_no_source_is_named():
    class Empty(layers.Layer):
        pass

    with pytest.raises(CourseError, match="The class Empty has no method of its own"):
        predict_from_files([], X, classes=[Empty])
    function = eval(compile("lambda x: x", "<nowhere>", "eval"))
    with pytest.raises(CourseError, match="The source of <lambda> was not found"):
        predict_from_files([], X, classes=[function])
