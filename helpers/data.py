"""MNIST and CIFAR-100 as NumPy arrays, and images made ready for a network."""

import hashlib
import os
import pickle
import queue
import socket
import tarfile
import tempfile
import threading
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass
from numbers import Integral, Real
from pathlib import Path
from urllib.parse import urlsplit

from helpers.notebook import CourseError
from stand_ins.classes import COARSE_NAMES, COARSE_OF_FINE, FINE_NAMES  # noqa: F401

import keras
import numpy as np
import tensorflow as tf

PATIENCE = 5  # seconds for a host to answer, and again for each piece of a download


@dataclass(frozen=True)
class Source:
    """Where a data set comes from, and what its arrays must look like."""

    name: str
    file: str  # its name in the folder of COURSE_DATA_DIR
    archive: str  # its name in Keras's cache
    url: str
    sha256: str  # of the archive
    counts: dict[str, int]
    image_shape: tuple[int, ...]
    classes: dict[str, int]  # for each kind of labels, the end of their key, how many classes


# Addresses and hashes are those in Keras's own `load_data`; a test compares them.
SOURCES = {
    "mnist": Source(
        name="MNIST",
        file="mnist.npz",
        archive="mnist.npz",
        url="https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
        sha256="731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
        counts={"train": 60_000, "test": 10_000},
        image_shape=(28, 28),
        classes={"": 10},
    ),
    "cifar100": Source(
        name="CIFAR-100",
        file="cifar100.npz",
        archive="cifar-100-python-target_archive",
        url="https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
        sha256="85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
        counts={"train": 50_000, "test": 10_000},
        image_shape=(32, 32, 3),
        classes={"_fine": 100, "_coarse": 20},
    ),
}


class NotThere(CourseError):
    """A place has no such file, which is no fault as long as another place has it."""


def find_real_images(source: Source):
    """The real arrays or None, the place that has them, and what was wrong with the others."""
    wanted = os.environ.get("COURSE_DATA") or "auto"
    if wanted not in ("auto", "real", "stand-in"):
        raise CourseError(
            f"The environment variable COURSE_DATA is {wanted!r}: set it to 'auto', 'real' or "
            "'stand-in', or remove it."
        )
    if wanted == "stand-in":
        return None, None, ["COURSE_DATA asks for them"]
    failures, notes = [], []
    for place, read in (
        ("from the folder in COURSE_DATA_DIR", _from_folder),
        ("from Keras's cache", _from_cache),
        ("downloaded by Keras", _from_network),
    ):
        try:
            return read(source), place, notes
        except CourseError as failure:
            failures.append(f"  {len(failures) + 1}. {failure}.")
            if not isinstance(failure, NotThere):
                notes.append(str(failure))
    if wanted == "auto":
        return None, None, notes
    raise CourseError(
        "\n".join(
            [f"COURSE_DATA is 'real', and no real {source.name} images are there:", *failures]
        )
        + "\nFetch them where there is internet, with `python -m helpers.fetch FOLDER`, and set "
        "COURSE_DATA_DIR to that folder; or remove COURSE_DATA, and the course draws stand-ins."
    )


def _from_folder(source: Source) -> dict[str, np.ndarray]:
    folder = os.environ.get("COURSE_DATA_DIR")
    if not folder:
        raise NotThere("COURSE_DATA_DIR is not set")
    try:
        return read_arrays(source, Path(folder).expanduser() / source.file)
    except NotThere as failure:  # worth telling, as the reader pointed to it
        raise CourseError(f"{failure}, the folder in COURSE_DATA_DIR") from None


def _keras_cache() -> Path:
    return Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser() / "datasets"


def _from_cache(source: Source) -> dict[str, np.ndarray]:
    path = _keras_cache() / source.archive
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise NotThere(f"there is no {path.name} in {path.parent}, Keras's cache") from None
    except OSError as error:
        raise CourseError(f"{path} cannot be read ({in_words(error)})") from None
    if sha256 != source.sha256:
        raise CourseError(f"{path} is damaged (delete it to have it fetched again)")
    return read_arrays(source, path)


def _from_network(source: Source) -> dict[str, np.ndarray]:
    path = _keras_cache() / source.archive
    if os.path.lexists(path):  # Keras would replace it, and lose it if the download fails
        raise NotThere(f"nothing was downloaded, to leave {path} alone")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fetching-", dir=path.parent) as fetching:
            download(source, Path(fetching)).replace(path)
    except OSError as error:
        raise CourseError(f"{path.parent} cannot be written ({in_words(error)})") from None
    return read_arrays(source, path)


def download(source: Source, folder: Path) -> Path:
    """Have Keras download a data set's archive into a folder, and check its hash.

    Raises:
        CourseError: the host does not answer, or the download fails.
    """
    host = urlsplit(source.url).hostname
    _knock(source.url, host)
    usual = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        path = keras.utils.get_file(
            source.archive,
            source.url,
            file_hash=source.sha256,
            cache_dir=folder,
            cache_subdir="",
        )
    except ValueError:
        raise CourseError(f"what {host} sent is not the file that Keras expects") from None
    except Exception as error:  # Keras raises a bare Exception while it handles the telling one
        cause = error if isinstance(error, OSError) else error.__context__ or error
        raise CourseError(f"the download from {host} failed ({in_words(cause)})") from None
    finally:
        socket.setdefaulttimeout(usual)
    return Path(path)


def _knock(url: str, host: str) -> None:
    """Make sure that a host answers; in a thread, as looking up its name can take minutes."""
    problems = queue.SimpleQueue()

    def ask():
        try:
            request = urllib.request.Request(url, method="HEAD")
            urllib.request.urlopen(request, timeout=PATIENCE).close()
            problems.put(None)
        except urllib.error.HTTPError:
            problems.put(None)  # a refusal is an answer too, and the download will tell
        except Exception as error:
            problems.put(in_words(error))

    threading.Thread(target=ask, daemon=True).start()
    try:
        problem = problems.get(timeout=PATIENCE)
    except queue.Empty:
        problem = "timed out"
    if problem:
        raise CourseError(f"{host} does not answer ({problem})")


def read_arrays(source: Source, path: Path) -> dict[str, np.ndarray]:
    """Read a data set from its npz file, or from CIFAR-100's archive, and check it.

    The archive holds pickles, and those can run code: check its hash first.

    Raises:
        NotThere: there is no such file.
        CourseError: it cannot be read, is damaged, or holds something else.
    """
    try:
        with path.open("rb") as file:
            data = _read_npz(file) if path.suffix == ".npz" else _read_cifar100(file)
        return _checked(source, data)
    except (FileNotFoundError, NotADirectoryError):
        raise NotThere(f"there is no {path.name} in {path.parent}") from None
    except OSError as error:
        raise CourseError(f"{path} cannot be read ({in_words(error)})") from None
    except Exception as error:  # a damaged file can fail in any way
        raise CourseError(
            f"{path.name} in {path.parent} is damaged or not {source.name} ({in_words(error)})"
        ) from None


def _read_npz(file) -> dict[str, np.ndarray]:
    if not zipfile.is_zipfile(file):
        raise ValueError("it is not a whole npz file")
    file.seek(0)
    with np.load(file, allow_pickle=False) as archive:
        return dict(archive)


def _read_cifar100(file) -> dict[str, np.ndarray]:
    data = {}
    with tarfile.open(fileobj=file) as archive:
        for part in ("train", "test"):
            batch = pickle.load(archive.extractfile(f"cifar-100-python/{part}"), encoding="bytes")
            pixels = batch[b"data"].reshape(-1, 3, 32, 32)  # colour first, and TensorFlow's is last
            data[f"x_{part}"] = np.ascontiguousarray(pixels.transpose(0, 2, 3, 1))
            for kind in ("fine", "coarse"):
                data[f"y_{part}_{kind}"] = np.array(batch[f"{kind}_labels".encode()], "uint8")
    return data


def _checked(source: Source, data: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays of a data set, and no others; ValueError where one is not as it must be."""
    checked = {}
    for part, count in source.counts.items():
        wanted = {f"x_{part}": ((count, *source.image_shape), 255)}
        wanted |= {f"y_{part}{kind}": ((count,), n - 1) for kind, n in source.classes.items()}
        for key, (shape, top) in wanted.items():
            if key not in data:
                raise ValueError(f"it has no {key}")
            array = checked[key] = data[key]
            if array.dtype != "uint8" or array.shape != shape:
                raise ValueError(f"{key} is {array.dtype} {array.shape}, not uint8 {shape}")
            if array.max() > top:
                raise ValueError(f"{key} goes up to {array.max()}, not {top}")
    return checked


def in_words(error: BaseException) -> str:
    """The reason inside an error, on one line."""
    error = getattr(error, "reason", error)
    return " ".join(str(getattr(error, "strerror", None) or error or "no reason given").split())


def load_mnist(train_size: int | None = None, test_size: int | None = None):
    """Load MNIST, grey images of handwritten digits.

    Args:
        train_size: how many training images, the first ones of the set; all 60,000 if left out.
        test_size: how many test images; all 10,000 if left out.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: images as uint8 of shape (n, 28, 28), 0 to 255, and
        the digits they show as uint8 of shape (n,), 0 to 9.

    Raises:
        CourseError: a size or COURSE_DATA makes no sense, or COURSE_DATA is "real" and there are no
            real images.
    """
    data = _load(SOURCES["mnist"], train_size, test_size)
    return (data["x_train"], data["y_train"]), (data["x_test"], data["y_test"])


def load_cifar100(
    train_size: int | None = None, test_size: int | None = None, label_mode: str = "fine"
):
    """Load CIFAR-100, small colour images of 100 classes in 20 superclasses.

    The names of the classes are FINE_NAMES and COARSE_NAMES in `stand_ins.classes`.

    Args:
        train_size: how many training images, the first ones of the set; all 50,000 if left out.
        test_size: how many test images; all 10,000 if left out.
        label_mode: "fine" for the classes, "coarse" for the superclasses, or "both".

    Returns:
        `(x_train, y_train), (x_test, y_test)`: images as uint8 of shape (n, 32, 32, 3), 0 to 255,
        and labels as uint8 of shape (n,), where `keras.datasets` has (n, 1): 0 to 99 if fine, 0 to
        19 if coarse. With "both", labels have shape (n, 2): the fine one, then the coarse one.

    Raises:
        CourseError: a size, `label_mode` or COURSE_DATA makes no sense, or COURSE_DATA is "real"
            and there are no real images.
    """
    if label_mode not in ("fine", "coarse", "both"):
        raise CourseError(f"label_mode is {label_mode!r}: ask for 'fine', 'coarse' or 'both'.")
    data = _load(SOURCES["cifar100"], train_size, test_size)
    for part in ("train", "test"):
        both = data[f"y_{part}_fine"], data[f"y_{part}_coarse"]
        data[f"y_{part}_both"] = np.stack(both, axis=1)
    y_train, y_test = data[f"y_train_{label_mode}"], data[f"y_test_{label_mode}"]
    return (data["x_train"], y_train), (data["x_test"], y_test)


def _load(source: Source, train_size, test_size) -> dict[str, np.ndarray]:
    """The arrays of one data set, cut to size; prints the line that says where they are from."""
    sizes = {}
    for part, size in (("train", train_size), ("test", test_size)):
        most = source.counts[part]
        sizes[part] = size = most if size is None else size
        if not isinstance(size, Integral) or isinstance(size, bool) or not 1 <= size <= most:
            raise CourseError(
                f"{part}_size is {size!r}: ask for 1 to {most:,} images, or leave it out for all "
                "of them."
            )
    data, place, notes = find_real_images(source)
    counts = f"({sizes['train']:,} to train, {sizes['test']:,} to test)"
    notes = ", and ".join(notes)
    if data is None:
        data = _draw(source, sizes)
        print(f"{source.name}: stand-in images drawn by the course {counts}, because {notes}.")
    else:
        print(f"{source.name}: real images, {place} {counts}" + (f"; {notes}." if notes else ""))
    for key, array in data.items():
        size = sizes[key.split("_")[1]]  # "y_train_fine" belongs to "train"
        if size < len(array):
            data[key] = array[:size].copy()  # a view would keep the whole array in memory
    return data


def _draw(source: Source, sizes: dict[str, int]) -> dict[str, np.ndarray]:
    """Stand-ins: shuffled labels, of each class as many as of any other, and images to match."""
    from stand_ins.colour import draw_colour_images
    from stand_ins.digits import draw_digits

    data, classes = {}, max(source.classes.values())
    for seed, (part, size) in enumerate(sizes.items()):
        rounds = np.tile(np.arange(classes, dtype="uint8"), (-(-source.counts[part] // classes), 1))
        labels = np.random.default_rng(seed).permuted(rounds, axis=1).ravel()[:size]
        if source.name == "MNIST":
            data |= {f"x_{part}": draw_digits(labels, seed), f"y_{part}": labels}
        else:
            data |= {f"x_{part}": draw_colour_images(labels, seed), f"y_{part}_fine": labels}
            data[f"y_{part}_coarse"] = np.array(COARSE_OF_FINE, "uint8")[labels]
    return data


def scale_images(images):
    """Scale images to what networks like: numbers from 0 to 1, with a channel axis.

    Args:
        images: uint8 of shape (n, height, width) or (n, height, width, channels), 0 to 255.

    Returns:
        float32 of shape (n, height, width, channels), 0 to 1; grey images get one channel.

    Raises:
        CourseError: these are not such images, or they are scaled already.
    """
    images = np.asarray(images)
    if images.dtype != "uint8" or images.ndim not in (3, 4):
        raise CourseError(
            "scale_images takes images as they are loaded, whole numbers from 0 to 255 (uint8), "
            f"and got {images.dtype} of shape {images.shape}: were they scaled before?"
        )
    if images.ndim == 3:
        images = images[..., np.newaxis]
    return images.astype("float32") / 255


def split_validation(x, y, fraction: float = 0.1, seed: int = 0):
    """Set a random share of the training images aside for validation.

    Args:
        x: training images, or any array with one example a row.
        y: their labels, as many.
        fraction: the share to set aside, above 0 and below 1.
        seed: the same seed gives the same split.

    Returns:
        `(x_train, y_train), (x_val, y_val)`: new arrays, shuffled, their dtypes kept; every example
        is in exactly one of the two sets.

    Raises:
        CourseError: x and y differ in length, or one of the sets would be empty.
    """
    x, y = np.asarray(x), np.asarray(y)
    if len(x) != len(y):
        raise CourseError(f"There are {len(x):,} images and {len(y):,} labels: give as many.")
    if not isinstance(fraction, Real) or not 0 < fraction < 1:
        raise CourseError(f"fraction is {fraction!r}: give a share above 0 and below 1, say 0.1.")
    held_out = round(len(x) * fraction)
    if not 0 < held_out < len(x):
        raise CourseError(
            f"fraction is {fraction!r}, which leaves one of the two sets without any of the "
            f"{len(x):,} images: give another share, or more images."
        )
    order = np.random.default_rng(seed).permutation(len(x))
    val, train = order[:held_out], order[held_out:]
    return (x[train], y[train]), (x[val], y[val])


def batches(x, y, batch_size: int = 32, shuffle: bool = False) -> tf.data.Dataset:
    """Make a `tf.data.Dataset` of batches for `fit`, `evaluate` or a loop of your own.

    The images stay as they are in memory. Whole numbers from 0 to 255 become floats from 0 to 1 in
    each batch, where they take four times the room; images that are floats already stay the same.
    Tell `fit` with `shuffle=False` that a dataset sees to its own order, or Keras warns you.

    Args:
        x: images, or any array with one example a row.
        y: their labels, as many.
        batch_size: how many examples a batch has; the last one may have fewer.
        shuffle: whether each epoch goes through the examples in a new order, which
            `keras.utils.set_random_seed` makes repeatable.

    Raises:
        CourseError: there are no examples, not as many labels as images, or the batch size is not
            a whole number from 1 up.
    """
    x, y = np.asarray(x), np.asarray(y)
    if not x.ndim or not y.ndim or len(x) != len(y) or not len(x):
        raise CourseError(
            "Batches need as many labels as images, and at least one, not arrays of shape "
            f"{x.shape} and {y.shape}."
        )
    if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
        raise CourseError(f"The batch size is a whole number from 1 up, not {batch_size!r}.")
    dataset = tf.data.Dataset.from_tensor_slices((x, y))
    if shuffle:
        dataset = dataset.shuffle(len(x))
    dataset = dataset.batch(batch_size)
    if x.dtype == "uint8":
        dataset = dataset.map(lambda images, labels: (tf.cast(images, "float32") / 255, labels))
    return dataset.prefetch(2)
