"""The drawn stand-in for CIFAR-100: its names, its promises, and kin that look alike."""

import json
import os
from pathlib import Path

from stand_ins.cifar100_labels import COARSE_NAMES, COARSE_OF_FINE, FINE_NAMES
from stand_ins.colour import BLOCK, IS_BOX, KIN, PARTS, draw_colour_images

import numpy as np
import pytest


@pytest.fixture(scope="module")
def labels():
    return np.random.default_rng(7).permutation(np.repeat(np.arange(100), 20))


@pytest.fixture(scope="module")
def images(labels):
    return draw_colour_images(labels, seed=3)


def test_the_names_are_those_of_the_data_set():
    assert len(FINE_NAMES) == len(set(FINE_NAMES)) == 100
    assert list(FINE_NAMES) == sorted(FINE_NAMES) and list(COARSE_NAMES) == sorted(COARSE_NAMES)
    assert len(COARSE_NAMES) == 20
    assert np.bincount(COARSE_OF_FINE).tolist() == [5] * 20
    assert COARSE_NAMES[COARSE_OF_FINE[FINE_NAMES.index("trout")]] == "fish"
    assert COARSE_NAMES[COARSE_OF_FINE[0]] == "fruit_and_vegetables"


def test_the_names_agree_with_the_published_file():
    file = Path(os.environ.get("COURSE_DATA_DIR", ".")) / "cifar100_labels.json"
    if not file.exists():
        pytest.skip("COURSE_DATA_DIR has no cifar100_labels.json")
    published = json.loads(file.read_text(encoding="utf-8"))
    assert list(FINE_NAMES) == published["fine"]
    assert list(COARSE_NAMES) == published["coarse"]
    assert list(COARSE_OF_FINE) == published["fine_to_coarse"]


def test_kin_are_the_same_list_of_parts():
    # else a picture on the way from one to the other would be a jumble
    for kin in KIN:
        assert (PARTS[kin, :, IS_BOX] == PARTS[kin[0], :, IS_BOX]).all()
    assert np.isfinite(PARTS).all()


def test_images_are_colour_pictures_of_the_whole_range(images, labels):
    assert images.shape == (len(labels), 32, 32, 3)
    assert images.dtype == np.uint8
    assert images.min() == 0 and images.max() == 255
    assert 90 < images.mean() < 170 and images.std() > 45
    grey = np.abs(np.diff(images.astype(int), axis=3)).mean()
    assert grey > 10  # colours, not greys


def test_the_same_labels_and_seed_give_the_same_images(images, labels):
    assert np.array_equal(draw_colour_images(labels, seed=3), images)
    assert np.array_equal(draw_colour_images(labels.astype(np.uint8), seed=3), images)
    assert not np.array_equal(draw_colour_images(labels[:50], seed=4), images[:50])


@pytest.mark.parametrize("count", [1, 37, BLOCK, BLOCK + 1])
def test_a_part_of_the_labels_gives_a_part_of_the_images(images, labels, count):
    assert np.array_equal(draw_colour_images(labels[:count], seed=3), images[:count])


def test_an_image_does_not_depend_on_other_labels(images, labels):
    others = labels.copy()
    others[::2] = 7
    assert np.array_equal(draw_colour_images(others, seed=3)[1::2], images[1::2])


def test_no_labels_give_no_images():
    for empty in ([], np.zeros(0, int)):
        images = draw_colour_images(empty)
        assert images.shape == (0, 32, 32, 3) and images.dtype == np.uint8


def test_images_of_one_class_differ_also_between_blocks():
    images = draw_colour_images(np.full(BLOCK + 20, 8))
    assert len(np.unique(images.reshape(len(images), -1), axis=0)) == len(images)


@pytest.mark.parametrize("fine", [0, 41, 58, 97])
def test_mirrored_pictures_occur(fine):
    # a class is as likely to look left as right: its mean image is nearly its own mirror image
    mean = draw_colour_images(np.full(BLOCK, fine)).mean(axis=0)
    assert np.abs(mean - mean[:, ::-1]).mean() < 8


def test_kin_are_nearer_to_each_other_than_to_strangers(images, labels):
    means = np.stack([images[labels == fine].mean(axis=0).ravel() for fine in range(100)])
    distances = np.linalg.norm(means[:, None] - means, axis=2)
    coarse = np.array(COARSE_OF_FINE)
    kin = (coarse[:, None] == coarse) & ~np.eye(100, dtype=bool)
    strangers = coarse[:, None] != coarse
    assert distances[kin].mean() < 0.8 * distances[strangers].mean()


@pytest.mark.parametrize(
    "labels, words",
    [
        (3, r"shape \(\)"),
        ([[1], [2]], r"shape \(2, 1\)"),
        ([0.5, 1.0], "float64"),
        ([True, False], "bool"),
        (["fox"], "expected integers 0 to 99"),
        ([0, 100], "from 0 to 100"),
        ([-1, 5], "from -1 to 5"),
    ],
)
def test_labels_that_make_no_sense_are_refused(labels, words):
    with pytest.raises(ValueError, match=words) as caught:
        draw_colour_images(labels)
    assert "expected" in str(caught.value)
