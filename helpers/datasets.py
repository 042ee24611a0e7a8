"""MNIST and CIFAR-100 as NumPy arrays: real images where they can be had, else drawn stand-ins.

Asked in this order, and every load prints one line that says where its images came from:

1. the folder named by the environment variable COURSE_DATA_DIR, which `helpers.fetch` fills;
2. Keras's own cache, `~/.keras/datasets` or `$KERAS_HOME/datasets`;
3. a download by Keras into that cache;
4. the course, which draws stand-ins.

The environment variable COURSE_DATA can change that: with "real" a load stops with an error where
there are no real images, with "stand-in" it draws at once, and "auto" is as if it were not set.
"""

from numbers import Integral

from helpers.cifar100_labels import COARSE_OF_FINE
from helpers.errors import CourseError
from helpers.real_images import SOURCES, Source, find_real_images

import numpy as np


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

    The names of the classes are FINE_NAMES and COARSE_NAMES in `helpers.cifar100_labels`.

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
    from helpers.stand_in import draw_colour_images, draw_digits  # here: few loads need to draw

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
