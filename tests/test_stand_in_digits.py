"""The drawn digits: the same again for the same seed, alike in form to MNIST, told apart."""

from stand_ins.digits import BLOCK, draw_digits

import numpy as np
import pytest


@pytest.fixture(scope="module")
def labels():
    return np.random.default_rng(7).integers(0, 10, 2 * BLOCK + 300)


@pytest.fixture(scope="module")
def images(labels):
    return draw_digits(labels, seed=3)


def test_shape_dtype_and_range(images, labels):
    assert images.shape == (len(labels), 28, 28)
    assert images.dtype == np.uint8
    assert images.min() == 0
    assert images.max() == 255


def test_same_seed_same_images(images, labels):
    assert np.array_equal(draw_digits(labels, seed=3), images)


def test_other_seed_other_images(images, labels):
    assert not np.array_equal(draw_digits(labels[:50], seed=4), images[:50])


def test_blocks_differ():
    ones = draw_digits(np.ones(BLOCK + 20, int))
    assert not np.array_equal(ones[:20], ones[BLOCK:])


@pytest.mark.parametrize("count", [1, 7, 32, 333, BLOCK - 1, BLOCK, BLOCK + 1])
def test_a_shorter_row_of_labels_begins_alike(images, labels, count):
    assert np.array_equal(draw_digits(labels[:count], seed=3), images[:count])


def test_an_image_does_not_depend_on_the_other_labels(images, labels):
    others = (labels + 1) % 10
    kept = np.arange(len(labels)) % 3 == 0
    mixed = draw_digits(np.where(kept, labels, others), seed=3)
    assert np.array_equal(mixed[kept], images[kept])


def test_labels_of_any_integer_type(images, labels):
    assert np.array_equal(draw_digits(labels[:40].astype(np.uint8), seed=3), images[:40])
    assert np.array_equal(draw_digits(labels[:40].tolist(), seed=3), images[:40])


def test_every_image_has_ink_and_a_nearly_empty_border(images):
    assert (images.reshape(len(images), -1).max(axis=1) > 200).all()
    ink = images.mean(axis=(1, 2)) / 255
    assert 0.05 < ink.mean() < 0.25
    border = images.astype(float)
    border[:, 2:-2, 2:-2] = 0
    assert border.sum() < 0.01 * images.sum()


def test_ink_is_centred(images):
    weight = images / images.sum(axis=(1, 2), keepdims=True)
    rows = (weight.sum(axis=2) * np.arange(28)).sum(axis=1)
    columns = (weight.sum(axis=1) * np.arange(28)).sum(axis=1)
    assert np.abs(rows - 13.5).mean() < 0.5
    assert np.abs(columns - 13.5).mean() < 0.5


@pytest.mark.parametrize("digit", range(10))
def test_images_of_one_digit_differ(digit):
    images = draw_digits(np.full(60, digit))
    assert len(np.unique(images.reshape(60, -1), axis=0)) == 60


def test_digits_can_be_told_apart(images, labels):
    flat = images.reshape(len(images), -1) / 255
    seen, new = slice(0, 1500), slice(1500, None)
    means = np.stack([flat[seen][labels[seen] == digit].mean(axis=0) for digit in range(10)])
    distance = ((flat[new, None] - means) ** 2).sum(axis=2)
    assert (distance.argmin(axis=1) == labels[new]).mean() > 0.5  # chance: 0.1


def test_no_labels():
    for none in ([], np.zeros(0, int)):
        images = draw_digits(none)
        assert images.shape == (0, 28, 28)
        assert images.dtype == np.uint8


@pytest.mark.parametrize(
    ("labels", "given"),
    [
        ([[1, 2], [3, 4]], "shape (2, 2)"),
        (5, "shape ()"),
        ([0.0, 1.0], "float64"),
        ([True, False], "bool"),
        (["1", "2"], "dtype <U1"),
        ([3, 10], "from 3 to 10"),
        ([-1, 3], "from -1 to 3"),
    ],
)
def test_wrong_labels_are_named(labels, given):
    with pytest.raises(ValueError) as error:
        draw_digits(labels)
    assert given in str(error.value)
    assert "expected" in str(error.value)
