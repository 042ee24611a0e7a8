"""The drawn stand-ins: the same again for the same seed, alike in form to the real sets, varied."""

import json
import os
from pathlib import Path

from stand_ins.blocks import BLOCK
from stand_ins.classes import COARSE_NAMES, COARSE_OF_FINE, FINE_NAMES
from stand_ins.colour import IS_BOX, KIN, PARTS, draw_colour_images
from stand_ins.digits import draw_digits

import numpy as np
import pytest

CLASSES = {draw_digits: 10, draw_colour_images: 100}
SHAPES = {draw_digits: (28, 28), draw_colour_images: (32, 32, 3)}
BOTH = pytest.mark.parametrize("draw", CLASSES)
LABELS = {
    draw: np.random.default_rng(7).permutation(np.arange(2_200) % classes)
    for draw, classes in CLASSES.items()
}


@pytest.fixture(scope="module")
def images():
    return {draw: draw(LABELS[draw], seed=3) for draw in CLASSES}


def test_the_names_are_those_of_the_data_set():
    assert len(set(FINE_NAMES)) == 100 and list(FINE_NAMES) == sorted(FINE_NAMES)
    assert len(set(COARSE_NAMES)) == 20 and list(COARSE_NAMES) == sorted(COARSE_NAMES)
    assert np.bincount(COARSE_OF_FINE).tolist() == [5] * 20
    assert COARSE_NAMES[COARSE_OF_FINE[FINE_NAMES.index("trout")]] == "fish"


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
    assert (PARTS[KIN][..., IS_BOX] == PARTS[KIN[:, :1]][..., IS_BOX]).all()
    assert np.isfinite(PARTS).all()


@BOTH
def test_images_are_bytes_of_the_whole_range(draw, images):
    assert images[draw].shape == (2_200, *SHAPES[draw]) and images[draw].dtype == "uint8"
    assert images[draw].min() == 0 and images[draw].max() == 255


@BOTH
def test_the_same_labels_and_seed_give_the_same_images(draw, images):
    few = LABELS[draw][:50]
    assert np.array_equal(draw(few.astype("uint8"), seed=3), images[draw][:50])
    assert np.array_equal(draw(few.tolist(), seed=3), images[draw][:50])
    assert not np.array_equal(draw(few, seed=4), images[draw][:50])


@BOTH
@pytest.mark.parametrize("count", [1, 37, BLOCK, BLOCK + 1])
def test_a_part_of_the_labels_gives_a_part_of_the_images(draw, images, count):
    assert np.array_equal(draw(LABELS[draw][:count], seed=3), images[draw][:count])


@BOTH
def test_an_image_does_not_depend_on_other_labels(draw, images):
    others = LABELS[draw].copy()
    others[::2] = 7
    assert np.array_equal(draw(others, seed=3)[1::2], images[draw][1::2])


@BOTH
def test_images_of_one_class_differ_also_between_blocks(draw):
    images = draw(np.full(BLOCK + 20, 8))
    assert len(np.unique(images.reshape(len(images), -1), axis=0)) == len(images)


@BOTH
@pytest.mark.parametrize("none", [[], np.zeros(0, int)])
def test_no_labels_give_no_images(draw, none):
    assert draw(none).shape == (0, *SHAPES[draw])


@BOTH
@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (3, r"shape \(\)"),
        ([[1], [2]], r"shape \(2, 1\)"),
        ([0.5, 1.0], "dtype float64"),
        ([True, False], "dtype bool"),
        (["fox"], "dtype <U3"),
        ([0, 100], "from 0 to 100"),
        ([-1, 5], "from -1 to 5"),
    ],
)
def test_labels_that_make_no_sense_are_refused(draw, labels, words):
    with pytest.raises(ValueError, match=f"{words}; expected integers from 0 to"):
        draw(labels)


def test_ink_is_centred_with_a_nearly_empty_border(images):
    digits = images[draw_digits].astype(float)
    assert (digits.max(axis=(1, 2)) > 200).all() and 0.05 < digits.mean() / 255 < 0.25
    for axis in (1, 2):
        middles = (digits.sum(axis=3 - axis) * np.arange(28)).sum(axis=1) / digits.sum(axis=(1, 2))
        assert np.abs(middles - 13.5).mean() < 0.5
    assert digits[:, 2:-2, 2:-2].sum() > 0.99 * digits.sum()


def test_digits_can_be_told_apart(images):
    flat, labels = images[draw_digits].reshape(2_200, -1) / 255, LABELS[draw_digits]
    means = np.stack([flat[:1_500][labels[:1_500] == digit].mean(axis=0) for digit in range(10)])
    answers = ((flat[1_500:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
    assert (answers == labels[1_500:]).mean() > 0.5  # chance: 0.1


def test_photos_are_colourful():
    photos = draw_colour_images(np.arange(100)).astype(int)
    assert 90 < photos.mean() < 170 and photos.std() > 45
    assert np.abs(np.diff(photos, axis=3)).mean() > 10


@pytest.mark.parametrize("fine", [0, 41, 97])
def test_a_class_is_as_likely_to_look_left_as_right(fine):
    mean = draw_colour_images(np.full(BLOCK, fine)).mean(axis=0)
    assert np.abs(mean - mean[:, ::-1]).mean() < 8


def test_kin_are_nearer_to_each_other_than_to_strangers(images):
    labels, coarse = LABELS[draw_colour_images], np.array(COARSE_OF_FINE)
    means = [images[draw_colour_images][labels == fine].mean(axis=0).ravel() for fine in range(100)]
    distances = np.linalg.norm(np.stack(means)[:, None] - np.stack(means), axis=2)
    kin = (coarse[:, None] == coarse) & ~np.eye(100, dtype=bool)
    strangers = coarse[:, None] != coarse
    assert distances[kin].mean() < 0.8 * distances[strangers].mean()
