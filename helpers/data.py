"""MNIST and CIFAR-100 as NumPy arrays, made ready for a network; and the places they come from."""

import os
import queue
import socket
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from urllib.parse import urlsplit

from helpers.arguments import CourseError, count, is_whole, kind_of, one_of, text_of, yes_or_no
from stand_ins.classes import COARSE_NAMES, COARSE_OF_FINE, FINE_NAMES  # noqa: F401

import keras
import numpy as np
import tensorflow as tf

PATIENCE = 5  # seconds for a host to answer, and again for each piece of a download


# Load


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

    The names of the classes are `helpers.data.FINE_NAMES`, those of the superclasses COARSE_NAMES.

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
    label_mode = one_of(label_mode, "label_mode", ("fine", "coarse", "both"))
    data = _load(SOURCES["cifar100"], train_size, test_size)
    for key in ("y_train", "y_test"):
        fine, coarse = data[key], np.array(COARSE_OF_FINE, "uint8")[data[key]]
        both = np.stack([fine, coarse], axis=1)
        data[key] = {"fine": fine, "coarse": coarse, "both": both}[label_mode]
    return (data["x_train"], data["y_train"]), (data["x_test"], data["y_test"])


def load_images(name: str, train_size: int | None = None, test_size: int | None = None):
    """Load a set of images of your own, such as Fashion-MNIST, under its own name.

    The file NAME.npz in the folder that COURSE_DATA_DIR names holds it: `x_train` and `x_test`, as
    uint8 of shape (n, height, width) or (n, height, width, 3), 0 to 255, and `y_train` and
    `y_test`, whole numbers from 0 up, of shape (n,) or (n, 1).

    Args:
        name: the file's, without its ending: "fashion_mnist".
        train_size: how many training images, the first ones of the set; all of them if left out.
        test_size: the same for test images.

    Returns:
        `(x_train, y_train), (x_test, y_test)`: images as the file has them, labels of shape (n,).

    Raises:
        CourseError: COURSE_DATA_DIR names no folder, there is no such file in it, it holds other
            arrays, or a size makes no sense.
    """
    folder = os.environ.get("COURSE_DATA_DIR")
    if not folder:
        raise CourseError(
            "Images of your own come from the folder that the environment variable "
            "COURSE_DATA_DIR names: set it, and start the course anew."
        )
    path, data, counts = expanded(folder) / f"{text_of(name, 'name')}.npz", {}, []
    try:
        with np.lib.npyio.NpzFile(path) as archive:
            for part, size in {"train": train_size, "test": test_size}.items():
                x, y = archive[f"x_{part}"], archive[f"y_{part}"]
                if x.dtype != "uint8" or x.ndim not in (3, 4) or x.shape[3:] not in ((), (3,)):
                    raise ValueError(f"x_{part} is {x.dtype} {x.shape}, not uint8 images")
                if y.dtype.kind not in "iu" or y.size != len(x):
                    raise ValueError(f"y_{part} is {y.dtype} {y.shape}, not a label an image")
                if size is not None and not is_whole(size, 1, len(x)):
                    raise ValueError(
                        f"{part}_size is {kind_of(size)}, and there are {len(x):,} images"
                    )
                data[part] = x[:size].copy(), y.ravel()[:size].copy()
                counts.append(f"{len(data[part][0]):,} to {part}")
    except Exception as error:  # a damaged file can fail in any way
        raise CourseError(f"{path} cannot be read as images ({_words(error)}).") from None
    print(f"{name}: images from the folder in COURSE_DATA_DIR ({', '.join(counts)})")
    return data["train"], data["test"]


# Scale, split, batches


def scale_images(images):
    """Scale images to what networks like: numbers from 0 to 1, with a channel axis.

    Args:
        images: whole numbers from 0 to 255 of any integer dtype, as they are loaded; shape
            (n, height, width) or (n, height, width, channels).

    Returns:
        float32 of shape (n, height, width, channels), 0 to 1; grey images get one channel.

    Raises:
        CourseError: these are not such images, a single one, or they are scaled already.
    """
    return _unscaled(images).astype("float32") / 255


def split_validation(x, y, fraction: float = 0.1, seed: int = 0):
    """Set a random share of the training images aside for validation.

    Args:
        x: training images, or any array with one example a row.
        y: their labels, as many.
        fraction: the share to set aside, above 0 and below 1.
        seed: a whole number from 0 up; the same seed gives the same split.

    Returns:
        `(x_train, y_train), (x_val, y_val)`: new arrays, shuffled, their dtypes kept; every example
        is in exactly one of the two sets.

    Raises:
        CourseError: x and y are not as many, one of the sets would be empty, or `fraction` or
            `seed` makes no sense.
    """
    x, y = _as_many(x, y)
    if not isinstance(fraction, Real) or not 0 < fraction < 1:
        raise CourseError(
            f"fraction is {kind_of(fraction)}: give a share above 0 and below 1, say 0.1."
        )
    seed = count(seed, "seed", 0)
    held_out = round(len(x) * fraction)
    if not 0 < held_out < len(x):
        raise CourseError(
            f"fraction is {kind_of(fraction)}, which leaves one of the two sets without any of the "
            f"{len(x):,} images: give another share, or more images."
        )
    order = np.random.default_rng(seed).permutation(len(x))
    val, train = order[:held_out], order[held_out:]
    return (x[train], y[train]), (x[val], y[val])


def scaled_batches(images, labels, batch_size: int = 32, shuffle: bool = False) -> tf.data.Dataset:
    """Make a `tf.data.Dataset` of batches for `fit`, `evaluate` or a loop, and scale each batch.

    The images stay in memory as they are, one byte a number; each batch is scaled when its turn
    comes, as `scale_images` does it. Tell `fit` with `shuffle=False` that a dataset sees to its own
    order, or Keras warns you.

    Args:
        images: whole numbers from 0 to 255 of any integer dtype, as they are loaded; shape
            (n, height, width) or (n, height, width, channels).
        labels: numbers, one label an image; shape (n,), or (n, classes) if one-hot.
        batch_size: how many images a batch has; the last one may have fewer.
        shuffle: whether each epoch goes through the images in a new order, which
            `keras.utils.set_random_seed` makes repeatable.

    Returns:
        A dataset of pairs: images as float32 of shape (batch, height, width, channels), 0 to 1, and
        their labels, their dtype kept.

    Raises:
        CourseError: these are not such images, or scaled already; there are none, or not as many
            labels; or `batch_size` or `shuffle` makes no sense.
    """
    images, labels = _as_many(_unscaled(images), labels)
    if not len(images) or labels.dtype.kind not in "biuf":
        raise CourseError(
            f"Batches need at least one image, and labels that are numbers; these are {len(images)}"
            f" images, with labels of dtype {labels.dtype}."
        )
    batch_size, shuffle = count(batch_size, "batch_size"), yes_or_no(shuffle, "shuffle")
    dataset = tf.data.Dataset.from_tensor_slices((images, labels))
    if shuffle:
        dataset = dataset.shuffle(len(images))
    dataset = dataset.batch(min(batch_size, len(images)))
    return dataset.map(lambda x, y: (tf.cast(x, "float32") / 255, y)).prefetch(2)


def _unscaled(images) -> np.ndarray:
    """Images as they are loaded: uint8 with a channel axis; CourseError for anything else."""
    images = _array(images)
    single = images.ndim == 2 or images.ndim == 3 and images.shape[-1] in (1, 3, 4)
    found, advice = f"{images.dtype} of shape {images.shape}", ""
    if single:
        advice = " One image alone is image[np.newaxis]."
    elif images.dtype.kind == "f":
        advice = " Were they scaled before?"
    right = images.ndim in (3, 4) and not single and np.issubdtype(images.dtype, np.integer)
    if right and images.size and not 0 <= images.min() <= images.max() <= 255:
        right, found = False, f"numbers from {images.min()} to {images.max()}"
    if not right:
        raise CourseError(
            "Images to scale are whole numbers from 0 to 255, of shape (n, height, width) or "
            f"(n, height, width, channels), and these are {found}.{advice}"
        )
    images = images.astype("uint8", copy=False)
    return images[..., np.newaxis] if images.ndim == 3 else images


def _as_many(x, y) -> tuple[np.ndarray, np.ndarray]:
    """Both as arrays with as many rows; CourseError if they are not that."""
    x, y = _array(x), _array(y)
    if not x.ndim or not y.ndim or len(x) != len(y):
        raise CourseError(
            "Give as many labels as images: two arrays with one row for each image, not of shape "
            f"{x.shape} and {y.shape}."
        )
    return x, y


def _array(values) -> np.ndarray:
    try:
        return np.asarray(values)
    except Exception as error:
        raise CourseError(f"No array can be made of these values ({_words(error)}).") from None


# The places that images come from: a folder, Keras, or the course's own pen


@dataclass(frozen=True)
class Source:
    """A data set: where to get it, and what its arrays are like, wherever they are from."""

    name: str
    key: str  # of its module in `keras.datasets`; its file in a folder is KEY.npz
    fine: str  # the end of the labels' names in that file
    archive: str  # its name in Keras's cache
    url: str  # where Keras gets it from
    shape: tuple[int, ...]  # of an image
    counts: dict[str, int]
    means: dict[str, float]  # of its arrays, by which the set is told from others of its shape

    def in_file(self, key):
        """The name in a file of what is called x_train, y_train, x_test or y_test here."""
        return key + self.fine if key.startswith("y") else key


SOURCES = {
    "mnist": Source(
        name="MNIST",
        key="mnist",
        fine="",
        archive="mnist.npz",
        url="https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
        shape=(28, 28),
        counts={"train": 60_000, "test": 10_000},
        means={"x_train": 33.318, "y_train": 4.454, "x_test": 33.791, "y_test": 4.443},
    ),
    "cifar100": Source(
        name="CIFAR-100",
        key="cifar100",
        fine="_fine",
        archive="cifar-100-python-target_archive",
        url="https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
        shape=(32, 32, 3),
        counts={"train": 50_000, "test": 10_000},
        means={"x_train": 121.936, "y_train": 49.5, "x_test": 122.241, "y_test": 49.5},
    ),
}


def _load(source: Source, train_size, test_size) -> dict[str, np.ndarray]:
    """The arrays of one data set, cut to size; prints the line that says where they are from."""
    sizes = {"train": train_size, "test": test_size}
    for part, size in sizes.items():
        most = source.counts[part]
        sizes[part] = most if size is None else size
        if not is_whole(sizes[part], 1, most):
            raise CourseError(
                f"{part}_size is {kind_of(size)}: ask for 1 to {most:,} images, or leave it out "
                "for all of them."
            )
    data, place, problems = _find_real(source)
    counts = f"({sizes['train']:,} to train, {sizes['test']:,} to test)"
    if data is None:
        data = _draw(source, sizes)
        print(f"{source.name}: stand-in images drawn by the course {counts}, because {problems}.")
    else:
        print(f"{source.name}: real images, {place} {counts}" + (problems and f"; {problems}."))
    for key, array in data.items():
        size = sizes[key[2:]]
        if size < len(array):
            data[key] = array[:size].copy()  # a view would keep the whole array in memory
    return data


def _find_real(source: Source):
    """The real arrays or None, the place that has them, and what was wrong with other places."""
    wanted = os.environ.get("COURSE_DATA") or "auto"
    if wanted not in ("auto", "real", "stand-in"):
        raise CourseError(
            f"The environment variable COURSE_DATA is {wanted!r}: set it to 'auto', 'real' or "
            "'stand-in', or remove it."
        )
    if wanted == "stand-in":
        return None, None, "COURSE_DATA asks for them"
    problems = []
    if folder := os.environ.get("COURSE_DATA_DIR"):
        try:
            return _read(source, expanded(folder)), "from the folder in COURSE_DATA_DIR", ""
        except CourseError as error:
            problems.append(str(error))
    try:
        return _from_keras(source), "from Keras", ", and ".join(problems)
    except CourseError as error:
        problems.append(str(error))
    if wanted == "auto":
        return None, None, ", and ".join(problems)
    raise CourseError(
        f"COURSE_DATA is 'real', and there are no real {source.name} images: "
        f"{', and '.join(problems)}. Fetch them where there is internet, with "
        "`python -m helpers.fetch FOLDER`, and set COURSE_DATA_DIR to that folder; or remove "
        "COURSE_DATA, and the course draws stand-ins."
    )


def _read(source: Source, folder: Path) -> dict[str, np.ndarray]:
    """The arrays of a data set from its file in a folder, if they are what they should be."""
    path, data = folder / f"{source.key}.npz", {}
    try:
        with np.lib.npyio.NpzFile(path) as archive:
            for key, mean in source.means.items():
                array = data[key] = archive[source.in_file(key)]
                shape = (source.counts[key[2:]], *(source.shape if key[0] == "x" else ()))
                if array.dtype != "uint8" or array.shape != shape:
                    raise ValueError(f"{key} is {array.dtype} {array.shape}, not uint8 {shape}")
                if abs(array.mean() - mean) > 0.001:
                    raise ValueError(f"the mean of {key} is {array.mean():.3f}, not {mean}")
    except Exception as error:  # a damaged file can fail in any way
        raise CourseError(f"{path} cannot be read as {source.name} ({_words(error)})") from None
    return data


def _from_keras(source: Source) -> dict[str, np.ndarray]:
    """The arrays of a data set, from Keras's cache or downloaded by Keras, which checks the hash.

    Keras waits for as long as a host likes, so the host is asked beforehand.
    """
    cache = expanded(os.environ.get("KERAS_HOME") or "~/.keras") / "datasets"
    if not os.path.exists(cache / source.archive):  # noqa: PTH110 (for it may be another's)
        _knock(source.url)
    usual = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        train, test = getattr(keras.datasets, source.key).load_data()
    except Exception as error:
        raise CourseError(f"Keras cannot load the real ones ({_words(error)})") from None
    finally:
        socket.setdefaulttimeout(usual)
    data = {}
    for part, (x, y) in {"train": train, "test": test}.items():
        data |= {f"x_{part}": np.ascontiguousarray(x), f"y_{part}": y.ravel().astype("uint8")}
    return data


def _knock(url: str) -> None:
    """Make sure that a host answers; in a thread, as looking up its name can take minutes."""
    problems = queue.SimpleQueue()

    def ask():
        try:
            request = urllib.request.Request(url, method="HEAD")
            urllib.request.urlopen(request, timeout=PATIENCE).close()
            problems.put("")
        except urllib.error.HTTPError:
            problems.put("")  # a refusal is an answer too, and the download will tell
        except Exception as error:
            problems.put(_words(error))

    threading.Thread(target=ask, daemon=True).start()
    try:
        problem = problems.get(timeout=PATIENCE)
    except queue.Empty:
        problem = "timed out"
    if problem:
        raise CourseError(f"{urlsplit(url).hostname} does not answer ({problem})")


def _draw(source: Source, sizes: dict[str, int]) -> dict[str, np.ndarray]:
    """Stand-ins: shuffled labels, of each class as many as of any other, and images to match."""
    if source.key == "mnist":  # imported here: few loads need to draw
        from stand_ins.digits import draw_digits as draw
    else:
        from stand_ins.colour import draw_colour_images as draw
    data, classes = {}, 10 if source.key == "mnist" else 100
    for seed, (part, size) in enumerate(sizes.items()):
        rounds = np.tile(np.arange(classes, dtype="uint8"), (-(-source.counts[part] // classes), 1))
        labels = np.random.default_rng(seed).permuted(rounds, axis=1).ravel()[:size]
        data |= {f"x_{part}": draw(labels, seed), f"y_{part}": labels}
    return data


def fetch_images(source: Source, folder: Path) -> str:
    """Put the file of one data set into a folder, unless it is there already.

    The file gets its name only when it is whole.

    Args:
        source: one of SOURCES.
        folder: where to; it is made if need be.

    Returns:
        What was done, in words.

    Raises:
        CourseError: the images cannot be had or kept, or another file has that name.
    """
    path, half = folder / f"{source.key}.npz", folder / f"{source.key}-unfinished.npz"
    try:
        if path.exists():
            try:
                _read(source, folder)
            except CourseError as error:
                raise CourseError(f"{error}: delete it to have it fetched") from None
            return "already there"
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with half.open("wb") as file:  # before the download, as the folder may refuse
                data = _from_keras(source)
                np.savez(file, **{source.in_file(key): array for key, array in data.items()})
            half.replace(path)
        finally:
            half.unlink(missing_ok=True)
    except OSError as error:
        raise CourseError(f"{folder} cannot be written ({_words(error)})") from None
    return "fetched"


def expanded(path: str) -> Path:
    """A path, with the user's home for "~" if there is one (`Path.expanduser` would fail)."""
    return Path(os.path.expanduser(path))  # noqa: PTH111


def _words(error: BaseException) -> str:
    """The reason inside an error, on one line."""
    error = getattr(error, "reason", error)
    words = str(getattr(error, "strerror", None) or error) or type(error).__name__
    return " ".join(words.split())
