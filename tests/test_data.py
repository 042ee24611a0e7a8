"""Loading, scaling, splitting and batching, and each place that images can come from."""

import inspect
import os
import socket
import threading
from dataclasses import replace
from pathlib import Path

import helpers
from helpers import data
from helpers.arguments import CourseError
from helpers.data import (
    COARSE_OF_FINE,
    SOURCES,
    load_cifar100,
    load_mnist,
    scale_images,
    scaled_batches,
    split_validation,
)
from helpers.fetch import main

import keras
import numpy as np
import pytest

LOAD = {"mnist": load_mnist, "cifar100": load_cifar100}
SETS = pytest.mark.parametrize("name", SOURCES)
REAL_DATA = Path(
    os.environ.get("COURSE_TEST_DATA_DIR") or Path(__file__).parents[2] / "shared" / "data"
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty folder in COURSE_DATA_DIR, an empty cache, hosts that refuse, sets of 20 + 10."""
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.setenv("COURSE_DATA", "auto")
    monkeypatch.setenv("COURSE_DATA_DIR", str(folder))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    for name in SOURCES:
        small = {"url": f"http://127.0.0.1:1/{name}", "counts": {"train": 20, "test": 10}}
        monkeypatch.setitem(SOURCES, name, replace(SOURCES[name], **small))
        means = {key: array.mean() for key, array in images(name).items()}
        monkeypatch.setitem(SOURCES, name, replace(SOURCES[name], means=means))
    return folder


def images(name):
    """Arrays such as a set has them, with random pixels."""
    rng, made = np.random.default_rng(7), {}
    for part, count in SOURCES[name].counts.items():
        shape = count, *SOURCES[name].shape
        made[f"x_{part}"] = rng.integers(0, 256, shape, dtype="uint8")
        made[f"y_{part}"] = rng.integers(0, 10, count, dtype="uint8")
    return made


def in_folder(folder, name, **changed):
    arrays = {SOURCES[name].in_file(key): array for key, array in images(name).items()}
    np.savez_compressed(folder / f"{name}.npz", **arrays | changed)


@pytest.fixture
def keras_has_them(monkeypatch):
    """Keras finds the images in its cache or downloads them, in its own shapes and dtypes."""

    def load(name):
        parts = images(name)
        y = {part: parts[f"y_{part}"].astype(int)[:, None] for part in ("train", "test")}
        return (parts["x_train"], y["train"]), (parts["x_test"], y["test"])

    for name in SOURCES:
        module = getattr(keras.datasets, name)
        monkeypatch.setattr(module, "load_data", lambda name=name: load(name))
    monkeypatch.setattr(data, "_knock", lambda url: None)


def assert_loads(name, expected):
    (x_train, y_train), (x_test, y_test) = LOAD[name]()
    for key, array in zip(expected, (x_train, y_train, x_test, y_test), strict=True):
        assert array.dtype == "uint8"
        np.testing.assert_array_equal(array, expected[key])


def the_line(capsys, name):
    """The one line that a load printed, without the name of the set."""
    (line,) = capsys.readouterr().out.splitlines()
    start = f"{SOURCES[name].name}: "
    assert line.startswith(start)
    return line.removeprefix(start)


# Load


@SETS
def test_a_size_means_the_first_ones_and_frees_the_rest(name, folder, capsys):
    in_folder(folder, name)
    (x_train, y_train), (x_test, y_test) = LOAD[name](train_size=np.int64(5), test_size=1)
    np.testing.assert_array_equal(x_train, images(name)["x_train"][:5])
    assert len(y_train) == 5 and len(x_test) == len(y_test) == 1
    assert x_train.base is None and x_test.base is None
    assert "(5 to train, 1 to test)" in the_line(capsys, name)


@SETS
@pytest.mark.parametrize("size", [0, -1, 21, 2.0, True, "100"])
def test_senseless_sizes_are_refused(name, size, capsys):
    with pytest.raises(CourseError) as error:
        LOAD[name](train_size=size)
    assert str(error.value) == (
        f"train_size is {size!r}: ask for 1 to 20 images, or leave it out for all of them."
    )
    assert capsys.readouterr().out == ""


def test_label_modes_of_cifar100():
    (_, fine), _ = load_cifar100()
    (_, coarse), _ = load_cifar100(label_mode="coarse")
    (_, both), (_, both_test) = load_cifar100(test_size=4, label_mode="both")
    np.testing.assert_array_equal(coarse, np.array(COARSE_OF_FINE)[fine])
    np.testing.assert_array_equal(both, np.stack([fine, coarse], axis=1))
    assert both.dtype == "uint8" and both_test.shape == (4, 2)
    with pytest.raises(
        CourseError, match="label_mode must be 'fine', 'coarse' or 'both', not 'all'"
    ):
        load_cifar100(label_mode="all")


def test_another_value_of_course_data_is_refused(monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "fake")
    with pytest.raises(CourseError, match="'fake': set it to 'auto', 'real' or 'stand-in'"):
        load_mnist(5, 5)


def test_real_tells_what_is_wrong_everywhere_and_what_to_do(folder, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_DATA", "real")
    (folder / "mnist.npz").write_bytes(b"")
    with pytest.raises(CourseError) as error:
        load_mnist(5, 5)
    told = str(error.value)
    assert told.startswith("COURSE_DATA is 'real', and there are no real MNIST images: ")
    assert f"{folder / 'mnist.npz'} cannot be read as MNIST (" in told
    assert "127.0.0.1 does not answer (" in told and "python -m helpers.fetch FOLDER" in told
    assert capsys.readouterr().out == ""


@SETS
def test_stand_ins_when_asked_for(name, folder, monkeypatch, capsys):
    in_folder(folder, name)
    monkeypatch.setenv("COURSE_DATA", "stand-in")
    (x_train, y_train), (x_test, y_test) = LOAD[name]()
    assert the_line(capsys, name) == (
        "stand-in images drawn by the course (20 to train, 10 to test), "
        "because COURSE_DATA asks for them."
    )
    assert x_train.shape == (20, *SOURCES[name].shape) and x_test.shape[0] == 10
    assert {array.dtype.name for array in (x_train, y_train, x_test, y_test)} == {"uint8"}
    (x_few, y_few), _ = LOAD[name](7, 1)
    np.testing.assert_array_equal(x_few, x_train[:7])
    np.testing.assert_array_equal(y_few, y_train[:7])


def test_stand_ins_have_as_many_of_each_class_in_no_order(monkeypatch):
    (_, digits), (_, others) = load_mnist()
    assert set(np.bincount(digits)) == {2} and set(np.bincount(others)) == {1}
    assert digits.tolist() != sorted(digits) and digits[:10].tolist() != digits[10:].tolist()


# The folder in COURSE_DATA_DIR


@SETS
def test_images_from_the_folder(name, folder, capsys):
    in_folder(folder, name)
    assert_loads(name, images(name))
    assert the_line(capsys, name) == (
        "real images, from the folder in COURSE_DATA_DIR (20 to train, 10 to test)"
    )


OTHERS = {
    "noise": ({"x_train": np.zeros((20, 28, 28), "uint8")}, "the mean of x_train is 0.000, not 1"),
    "labels": ({"y_test": np.full(10, 99, "uint8")}, "the mean of y_test is 99.000, not"),
    "floats": ({"x_train": np.zeros((20, 28, 28))}, "x_train is float64 (20, 28, 28), not uint8"),
    "wrong shape": ({"x_test": np.zeros((10, 32, 32), "uint8")}, "(10, 32, 32), not uint8 (10, 28"),
    "other length": ({"y_train": np.zeros(19, "uint8")}, "y_train is uint8 (19,)"),
    "objects": ({"y_test": np.array([None] * 10)}, "allow_pickle"),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_another_data_set_in_the_folder_is_not_announced_as_this_one(kind, folder, capsys):
    changed, reason = OTHERS[kind]
    in_folder(folder, "mnist", **changed)
    load_mnist()
    line = the_line(capsys, "mnist")
    assert line.startswith("stand-in") and reason in line
    assert f"because {folder / 'mnist.npz'} cannot be read as MNIST (" in line
    assert "), and 127.0.0.1 does not answer (" in line


def test_a_damaged_file_is_named_and_the_next_place_is_tried(folder, keras_has_them, capsys):
    file = folder / "mnist.npz"
    in_folder(folder, "mnist")
    whole = file.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 0xFF
    for content in (b"", whole[:-2000], b"<html>Please log in</html>", bytes(flipped)):
        file.write_bytes(content)
        assert_loads("mnist", images("mnist"))
        line = the_line(capsys, "mnist")
        assert line.startswith("real images, from Keras (20 to train, 10 to test); ")
        assert f"{file} cannot be read as MNIST (" in line and line.endswith(").")
        assert file.read_bytes() == content


@pytest.mark.parametrize("place", ["{folder}", "{folder}/file/in"])
def test_a_folder_without_the_file(place, folder, monkeypatch, capsys):
    (folder / "file").touch()
    monkeypatch.setenv("COURSE_DATA_DIR", place.format(folder=folder))
    load_mnist()
    line = the_line(capsys, "mnist")
    assert "mnist.npz cannot be read as MNIST (No" in line and line.startswith("stand-in images")


def test_a_user_without_a_home_folder(monkeypatch, capsys):
    monkeypatch.setattr(pytest.importorskip("pwd"), "getpwuid", {}.__getitem__)
    for variable in ("HOME", "KERAS_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("COURSE_DATA_DIR", "~/gone")
    load_mnist()
    assert the_line(capsys, "mnist").startswith("stand-in images")


# Keras


@SETS
def test_addresses_and_names_are_those_of_keras(name, monkeypatch):
    monkeypatch.undo()
    source = inspect.getsource(getattr(keras.datasets, name).load_data)
    assert SOURCES[name].archive.removesuffix("_archive") in source
    assert all(part in source for part in SOURCES[name].url.rsplit("/", 1))


@SETS
def test_what_keras_has_already_needs_no_host(name, tmp_path, keras_has_them, monkeypatch, capsys):
    monkeypatch.setattr(data, "_knock", lambda url: pytest.fail("a host was asked"))
    monkeypatch.setenv("COURSE_DATA_DIR", "")
    cache = tmp_path / "keras" / "datasets"
    cache.mkdir(parents=True)
    (cache / SOURCES[name].archive).touch()
    assert_loads(name, images(name))
    assert the_line(capsys, name) == "real images, from Keras (20 to train, 10 to test)"


def test_a_download_that_stops_is_given_up(keras_has_them, monkeypatch, capsys):
    timeouts = []

    def load_data():
        timeouts.append(socket.getdefaulttimeout())
        raise Exception("URL fetch failure on http://host/mnist: None --\ntimed out")

    monkeypatch.setattr(keras.datasets.mnist, "load_data", load_data)
    socket.setdefaulttimeout(None)
    load_mnist()
    assert "Keras cannot load the real ones (URL fetch failure on" in the_line(capsys, "mnist")
    assert timeouts == [data.PATIENCE] and 1 <= data.PATIENCE <= 10
    assert socket.getdefaulttimeout() is None


def test_a_host_that_never_answers(monkeypatch, capsys):
    monkeypatch.setattr(data, "PATIENCE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as listens:
        silent = replace(SOURCES["mnist"], url=f"http://127.0.0.1:{listens.getsockname()[1]}/")
        monkeypatch.setitem(SOURCES, "mnist", silent)
        load_mnist()
    assert the_line(capsys, "mnist").endswith("and 127.0.0.1 does not answer (timed out).")


def test_a_look_up_that_never_ends(monkeypatch, capsys):
    monkeypatch.setattr(data, "PATIENCE", 0.3)
    ended = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: ended.wait(20) and [])
    monkeypatch.setitem(SOURCES, "mnist", replace(SOURCES["mnist"], url="http://host.invalid/"))
    load_mnist()
    ended.set()
    assert the_line(capsys, "mnist").endswith("and host.invalid does not answer (timed out).")


# python -m helpers.fetch FOLDER


def test_what_is_fetched_loads_and_is_not_fetched_twice(
    tmp_path, keras_has_them, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert main(["a class/images"]) == 0
    fetched = tmp_path / "a class" / "images"
    out = capsys.readouterr().out
    assert out.startswith("MNIST: fetched\nCIFAR-100: fetched\n")
    assert f"export COURSE_DATA_DIR='{fetched}'\n" in out
    assert sorted(path.name for path in fetched.iterdir()) == ["cifar100.npz", "mnist.npz"]

    monkeypatch.setattr(data, "_from_keras", lambda source: pytest.fail("Keras was asked"))
    monkeypatch.setenv("COURSE_DATA_DIR", str(fetched))
    for name in SOURCES:
        assert_loads(name, images(name))
    capsys.readouterr()
    assert main([str(fetched)]) == 0
    assert capsys.readouterr().out.startswith("MNIST: already there\nCIFAR-100: already there\n")


def test_one_set_that_fails_leaves_nothing_half_made_and_does_not_stop_the_other(
    folder, keras_has_them, monkeypatch, capsys
):
    monkeypatch.setattr(keras.datasets.mnist, "load_data", lambda: 1 / 0)
    assert main([str(folder)]) == 1
    printed = capsys.readouterr()
    assert printed.err == "MNIST: Keras cannot load the real ones (division by zero).\n"
    assert printed.out == "CIFAR-100: fetched\n"
    assert [path.name for path in folder.iterdir()] == ["cifar100.npz"]


def test_an_interruption_leaves_nothing_half_made(folder, keras_has_them, monkeypatch):
    def save_half(file, **arrays):
        file.write(b"PK")
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", save_half)
    with pytest.raises(KeyboardInterrupt):
        main([str(folder)])
    assert list(folder.iterdir()) == []


def test_another_file_of_that_name_is_left_alone(folder, keras_has_them, capsys):
    (folder / "mnist.npz").write_bytes(b"mine")
    assert main([str(folder)]) == 1
    assert "delete it to have it fetched" in capsys.readouterr().err
    assert (folder / "mnist.npz").read_bytes() == b"mine"


def test_a_folder_that_cannot_be_written(tmp_path, keras_has_them, capsys):
    (tmp_path / "file").touch()
    assert main([str(tmp_path / "file" / "in")]) == 1
    assert f"MNIST: {tmp_path / 'file' / 'in'} cannot be written (Not a" in capsys.readouterr().err


# Scale, split, batches

IMAGES = np.arange(70 * 32 * 5 * 3, dtype="uint32").astype("uint8").reshape(70, 32, 5, 3)
LABELS = np.arange(70, dtype="uint8")


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int64", "uint16"])
@pytest.mark.parametrize("shape", [(5, 6, 7), (5, 6, 7, 3)])
def test_scaled_images_are_floats_from_0_to_1_with_a_channel_axis(dtype, shape):
    given = np.zeros(shape, dtype)
    top = np.iinfo(dtype).max if dtype == "int8" else 255
    given[0], given[1] = top, 51
    (batch, _), *others = scaled_batches(given, LABELS[:5])
    for scaled in (scale_images(given), batch.numpy()):
        assert scaled.shape == (5, 6, 7, 3 if len(shape) == 4 else 1)
        assert scaled.dtype == "float32" and others == []
        assert set(np.unique(scaled)) == {0, np.float32(0.2), np.float32(top / 255)}
    assert given[0].max() == top  # what was given stays as it was


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (IMAGES / 255, "these are float64 of shape (70, 32, 5, 3). Were they scaled before?"),
        (IMAGES[0], "uint8 of shape (32, 5, 3). One image alone is image[np.newaxis]."),
        (IMAGES[0, ..., 0], "uint8 of shape (32, 5). One image alone is image[np.newaxis]."),
        (IMAGES.astype(int) - 1, "these are numbers from -1 to 254."),
        (IMAGES.astype(int) * 2, "these are numbers from 0 to 510."),
        (IMAGES > 9, "these are bool of shape"),
    ],
)
def test_other_images_are_refused_and_never_passed_on(images, words):
    for scale in (scale_images, lambda images: scaled_batches(images, LABELS[: len(images)])):
        with pytest.raises(CourseError) as error:
            scale(images)
        assert str(error.value).endswith(words) or words in str(error.value)


def order(dataset):
    return [int(label) for _, labels in dataset for label in labels]


def test_batches_hold_every_image_once_in_order():
    images, labels = zip(*scaled_batches(IMAGES, LABELS, 32), strict=True)
    assert [len(part) for part in images] == [32, 32, 6] and labels[0].dtype == "uint8"
    np.testing.assert_allclose(np.concatenate(images), IMAGES / 255, rtol=1e-6)
    np.testing.assert_array_equal(np.concatenate(labels), LABELS)


def test_shuffling_takes_every_image_once_with_its_label_in_a_new_order_each_epoch():
    keras.utils.set_random_seed(3)
    dataset = scaled_batches(IMAGES, LABELS, 16, shuffle=True)
    first, second = order(dataset), order(dataset)
    assert sorted(first) == sorted(second) == list(range(70))
    assert list(range(70)) != first != second
    for images, labels in dataset:
        np.testing.assert_allclose(images, IMAGES[labels] / 255, rtol=1e-6)
    keras.utils.set_random_seed(3)
    assert order(scaled_batches(IMAGES, LABELS, 16, shuffle=True)) == first


def test_the_split_is_disjoint_whole_shuffled_and_keeps_pairs_together():
    y = np.arange(200, dtype="uint8")
    x = np.tile(y[:, None, None], (1, 4, 4))
    (x_train, y_train), (x_val, y_val) = split_validation(x, y, fraction=0.25)
    assert len(y_train) == 150 and sorted([*y_train, *y_val]) == y.tolist()
    np.testing.assert_array_equal(x_train[:, 0, 0], y_train)
    np.testing.assert_array_equal(x_val[:, 3, 3], y_val)
    assert x_train.dtype == x_val.dtype == "uint8" and x_train.base is None
    assert y_train.tolist() != sorted(y_train) and y_val.tolist() != sorted(y_val)
    np.testing.assert_array_equal(split_validation(x, y, 0.25)[0][1], y_train)
    assert (split_validation(x, y, 0.25, seed=1)[0][1] != y_train).any()


@pytest.mark.parametrize(("count", "fraction"), [(10, 0.01), (0, 0.5), (10, 1), (10, np.nan)])
def test_senseless_shares_are_refused(count, fraction):
    words = "leaves one of the two sets without|give a share above 0 and below 1"
    with pytest.raises(CourseError, match=words):
        split_validation(np.zeros(count), np.zeros(count), fraction)


# The real images, where this machine has them


@SETS
def test_the_real_images(name, monkeypatch, capsys):
    monkeypatch.undo()
    if not (REAL_DATA / f"{name}.npz").exists():
        pytest.skip(f"no {name}.npz in {REAL_DATA} (COURSE_TEST_DATA_DIR names another)")
    monkeypatch.setenv("COURSE_DATA", "real")
    monkeypatch.setenv("COURSE_DATA_DIR", str(REAL_DATA))
    (x_train, y_train), (x_test, y_test) = LOAD[name]()
    assert "from the folder in COURSE_DATA_DIR" in the_line(capsys, name)
    assert x_train.shape == (SOURCES[name].counts["train"], *SOURCES[name].shape)
    assert len(x_test) == len(y_test) == 10_000
    assert set(y_train) == set(y_test) == set(range(10 if name == "mnist" else 100))
    if name == "cifar100":
        with np.load(REAL_DATA / "cifar100.npz") as file:
            np.testing.assert_array_equal(file["y_train_coarse"], np.array(COARSE_OF_FINE)[y_train])


# Images of one's own


def own_images(folder, **changes):
    rng = np.random.default_rng(0)
    arrays = {
        "x_train": rng.integers(0, 256, (30, 8, 9), "uint8"),
        "y_train": np.arange(30).reshape(30, 1),
        "x_test": rng.integers(0, 256, (6, 8, 9), "uint8"),
        "y_test": np.arange(6),
    }
    np.savez(folder / "clothes.npz", **arrays | changes)
    return arrays


def test_images_of_ones_own_come_under_their_own_name(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    arrays = own_images(tmp_path)
    (x, y), (x_test, y_test) = helpers.load_images("clothes", 20)
    assert np.array_equal(x, arrays["x_train"][:20]) and x.dtype == "uint8"
    assert y.tolist() == list(range(20)) and (len(x_test), y_test.shape) == (6, (6,))
    said = "clothes: images from the folder in COURSE_DATA_DIR (20 to train, 6 to test)\n"
    assert capsys.readouterr().out == said


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"x_train": np.zeros((30, 8, 9))}, "x_train is float64"),
        ({"x_test": np.zeros((6, 8), "uint8")}, "not uint8 images"),
        ({"x_train": np.zeros((30, 8, 9, 4), "uint8")}, "not uint8 images"),
        ({"y_train": np.arange(29)}, "not a label an image"),
        ({"y_test": np.zeros(6)}, "not a label an image"),
        ({}, "train_size is 31"),
    ],
)
def test_other_arrays_are_refused(tmp_path, monkeypatch, changes, words):
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    own_images(tmp_path, **changes)
    with pytest.raises(helpers.CourseError, match=words):
        helpers.load_images("clothes", 31 if not changes else 5)


def test_images_of_ones_own_need_their_folder_and_file(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_DATA_DIR", raising=False)
    with pytest.raises(helpers.CourseError, match="COURSE_DATA_DIR names"):
        helpers.load_images("clothes")
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    with pytest.raises(helpers.CourseError, match="clothes.npz cannot be read"):
        helpers.load_images("clothes")
