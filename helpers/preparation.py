"""Images made ready for a network: split, scaled, in batches."""

from numbers import Real

from helpers.errors import CourseError

import numpy as np
import tensorflow as tf


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
