"""A class is opened in either mode, and its layers must hear whether it trains."""

from exercises.modes import judge_training
from exercises.verdicts import Wrong
from helpers.arguments import CourseError
from helpers.models import boxes_of, open_model

import keras
import numpy as np
import pytest
from keras import layers

BATCH = np.ones((2, 4), "float32")


class Net(keras.Model):
    """Hands `training` on, by way of one nested list and one layer of its own."""

    def __init__(self):
        super().__init__()
        self.first = keras.Sequential([layers.Dense(3), layers.BatchNormalization()])
        self.drop = layers.Dropout(0.5)

    def call(self, inputs, training=False):
        return self.drop(self.first(inputs, training=training), training=training)


class LeftToKeras(Net):
    def call(self, inputs, training=None):
        return self.drop(self.first(inputs))


class WithAnIf(Net):
    def call(self, inputs, training=False):
        x = self.first(inputs, training=training)
        if training:
            x = self.drop(x, training=True)
        return x


class Deaf(Net):
    def call(self, inputs):
        return self.drop(self.first(inputs))


class HalfDeaf(Net):
    def call(self, inputs, training=False):
        return self.drop(self.first(inputs, training=False), training=training)


class Always(Net):
    def call(self, inputs, training=False):
        return self.drop(self.first(inputs, training=training), training=True)


class UnlessTold(Net):
    def call(self, inputs, training=True):
        return self.drop(self.first(inputs, training=training), training=training)


def built(kind):
    model = kind()
    model(BATCH, training=False) if kind is not Deaf else model(BATCH)
    return model


def values(model):
    return [variable.numpy() for variable in model.variables]


@pytest.mark.parametrize("kind", [Net, LeftToKeras, WithAnIf])
def test_a_class_that_hands_training_on_is_right_and_stays_as_it_was(kind):
    model = built(kind)
    before = values(model)
    judge_training(model, ((BATCH,), {}))
    assert all(np.array_equal(a, b) for a, b in zip(before, values(model), strict=True))


@pytest.mark.parametrize(
    "kind, words",
    [
        (Deaf, "does not take the argument `training`"),
        (HalfDeaf, "with training=True, the BatchNormalization in `self.first`"),
        (Always, "with training=False, the Dropout works"),
        (UnlessTold, "without `training`"),
    ],
)
def test_a_class_that_does_not_is_told_where(kind, words):
    model = built(kind)
    before = values(model)
    with pytest.raises(Wrong, match=words):
        judge_training(model, ((BATCH,), {}))
    assert all(np.array_equal(a, b) for a, b in zip(before, values(model), strict=True))


def test_a_class_without_such_layers_need_not_hear_of_training():
    class Plain(keras.Model):
        def call(self, inputs):
            return inputs

    judge_training(Plain(), ((BATCH,), {}))


@pytest.mark.parametrize("training, seen", [(False, False), (True, True)])
def test_a_class_is_opened_in_the_mode_asked_for(training, seen):
    model = built(WithAnIf)
    before = values(model)
    boxes = boxes_of(open_model(model, training=training))
    assert any(box.layer is model.drop for box in boxes) == seen
    assert all(np.array_equal(a, b) for a, b in zip(before, values(model), strict=True))


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_class_whose_first_call_failed_has_not_seen_an_input():
    class Broken(keras.Model):
        """It has no `call`."""

        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(3)

    model = Broken()
    with pytest.raises(NotImplementedError):
        model(keras.Input((4,)))
    with pytest.raises(CourseError, match="does not have a `call"):
        open_model(model)
