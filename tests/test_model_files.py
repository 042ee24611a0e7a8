"""A damaged or foreign file is told from a whole one, and the words say which it is."""

import zipfile

from helpers import CourseError, check_file

import h5py
import keras
import numpy as np
import pytest
from keras import layers


@pytest.fixture
def model():
    return keras.Sequential([keras.Input((4,)), layers.Dense(3)])


@pytest.fixture
def keras_file(model, tmp_path):
    model.save(tmp_path / "whole.keras")
    return tmp_path / "whole.keras"


@pytest.fixture
def weights_file(model, tmp_path):
    model.save_weights(tmp_path / "whole.weights.h5")
    return tmp_path / "whole.weights.h5"


class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)

    def call(self, inputs):
        return self.dense(inputs)


def test_whole_files_are_returned(keras_file, weights_file, tmp_path):
    assert check_file(keras_file) == keras_file
    assert check_file(str(weights_file)) == weights_file
    own = Own()
    own(np.ones((1, 4)))
    own.save(tmp_path / "own.keras")
    own.save_weights(tmp_path / "own.weights.h5")
    check_file(tmp_path / "own.keras")
    check_file(tmp_path / "own.weights.h5")


def test_there_is_no_file(tmp_path):
    with pytest.raises(CourseError, match=r"There is no file none\.keras in the folder"):
        check_file(tmp_path / "none.keras")


def test_keras_goes_by_the_name(keras_file):
    with pytest.raises(CourseError, match=r"model\.zip should end in \.keras or \.weights\.h5"):
        check_file(keras_file.rename(keras_file.with_name("model.zip")))


@pytest.mark.parametrize("name", ["new.keras", "new.weights.h5"])
def test_an_empty_file(tmp_path, name):
    (tmp_path / name).touch()
    with pytest.raises(CourseError, match=f"{name} is empty"):
        check_file(tmp_path / name)


@pytest.mark.parametrize("name", ["new.keras", "new.weights.h5"])
def test_a_web_page(tmp_path, name):
    (tmp_path / name).write_text("\n<!DOCTYPE html><html>404</html>")
    with pytest.raises(CourseError, match="not what its name says: it begins like a web page"):
        check_file(tmp_path / name)


@pytest.mark.parametrize("share", [0.3, 0.5, 0.99])
def test_a_file_cut_short(keras_file, weights_file, share):
    for path in keras_file, weights_file:
        whole = path.read_bytes()
        path.write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(CourseError, match=f"{path.name} is cut short: its end is missing"):
            check_file(path)


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8])
def test_one_byte_of_the_numbers_changed(keras_file, share):
    whole = bytearray(keras_file.read_bytes())
    whole[int(share * len(whole))] ^= 255
    keras_file.write_bytes(whole)
    with pytest.raises(CourseError, match=r"is damaged: .+ in it has changed since it was saved"):
        check_file(keras_file)


def test_names_exchanged(keras_file, weights_file):
    as_weights = keras_file.rename(keras_file.with_name("a.weights.h5"))
    with pytest.raises(CourseError, match=r"it is a zip archive, as \.keras files are"):
        check_file(as_weights)
    as_keras = weights_file.rename(weights_file.with_name("b.keras"))
    with pytest.raises(CourseError, match=r"it holds weights \(HDF5\)"):
        check_file(as_keras)


def test_archives_of_something_else(tmp_path):
    with zipfile.ZipFile(tmp_path / "holiday.keras", "w") as archive:
        archive.writestr("picture.txt", "the sea")
    with pytest.raises(CourseError, match="zip archive, but no Keras model is in it"):
        check_file(tmp_path / "holiday.keras")
    with h5py.File(tmp_path / "tides.weights.h5", "w") as file:
        file["heights"] = np.arange(3)
    with pytest.raises(CourseError, match="holds no weights that Keras has saved"):
        check_file(tmp_path / "tides.weights.h5")


def test_anything_else(tmp_path):
    (tmp_path / "picture.keras").write_bytes(b"\x89PNG\r\n\x1a\n and so on")
    with pytest.raises(CourseError, match="it begins as no saved model does"):
        check_file(tmp_path / "picture.keras")
