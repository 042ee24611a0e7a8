"""Images are scaled once, and batches hold every example once, in order or shuffled anew."""

from helpers.data import batches, scale_images
from helpers.notebook import CourseError

import keras
import numpy as np
import pytest

IMAGES = np.arange(70 * 12, dtype="uint8").reshape(70, 2, 2, 3)
LABELS = np.arange(70, dtype="uint8")


def order(dataset):
    return [int(label) for _, labels in dataset for label in labels]


def test_bytes_become_floats_from_0_to_1_in_each_batch():
    images, labels = zip(*batches(IMAGES, LABELS, 32), strict=True)
    assert [len(part) for part in images] == [32, 32, 6]
    assert images[0].dtype == "float32" and labels[0].dtype == "uint8"
    np.testing.assert_allclose(np.concatenate(images), IMAGES / 255, rtol=1e-6)
    np.testing.assert_array_equal(np.concatenate(labels), LABELS)


def test_floats_stay_the_same():
    images = np.linspace(0, 1, 24, dtype="float32").reshape(2, 2, 2, 3)
    np.testing.assert_array_equal(next(iter(batches(images, LABELS[:2])))[0], images)


def test_shuffling_takes_every_example_once_and_in_a_new_order_each_epoch():
    keras.utils.set_random_seed(3)
    dataset = batches(IMAGES, LABELS, 16, shuffle=True)
    first, second = order(dataset), order(dataset)
    assert sorted(first) == sorted(second) == list(range(70))
    assert list(range(70)) != first != second
    keras.utils.set_random_seed(3)
    assert order(batches(IMAGES, LABELS, 16, shuffle=True)) == first


def test_images_and_labels_stay_together_when_shuffled():
    for images, labels in batches(IMAGES, LABELS, 16, shuffle=True):
        np.testing.assert_allclose(images, IMAGES[labels] / 255, rtol=1e-6)


def test_fit_takes_them():
    model = keras.Sequential(
        [keras.Input((2, 2, 3)), keras.layers.Flatten(), keras.layers.Dense(1)]
    )
    model.compile("sgd", "mse")
    history = model.fit(batches(IMAGES, LABELS / 70), shuffle=False, verbose=0)
    assert np.isfinite(history.history["loss"][0])


@pytest.mark.parametrize(
    "x, y, size, words",
    [
        (IMAGES, LABELS[:-1], 32, "as many labels as images"),
        (IMAGES[:0], LABELS[:0], 32, "at least one"),
        (IMAGES, 3, 32, "as many labels"),
        (IMAGES, LABELS, 0, "whole number from 1 up, not 0"),
        (IMAGES, LABELS, 2.5, "not 2.5"),
        (IMAGES, LABELS, True, "not True"),
    ],
)
def test_what_makes_no_sense_is_told(x, y, size, words):
    with pytest.raises(CourseError, match=words):
        batches(x, y, size)


@pytest.mark.parametrize(("shape", "becomes"), [((5, 4, 3), (5, 4, 3, 1)), ((5, 4, 3, 3),) * 2])
def test_scaled_images_are_floats_from_0_to_1_with_a_channel_axis(shape, becomes):
    images = np.zeros(shape, "uint8")
    images[0], images[1] = 255, 51
    scaled = scale_images(images)
    assert scaled.shape == becomes and scaled.dtype == "float32"
    assert np.unique(scaled).tolist() == [0.0, np.float32(0.2), 1.0]
    assert images[0].max() == 255  # what was given stays as it was


@pytest.mark.parametrize("wrong", [np.zeros((5, 4, 3), "float32"), np.zeros((5, 4), "uint8"), None])
def test_what_cannot_be_scaled_or_was_scaled_before(wrong):
    with pytest.raises(CourseError, match="were they scaled before"):
        scale_images(wrong)
