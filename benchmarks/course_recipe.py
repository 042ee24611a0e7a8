"""How the course trains the same layers: larger batches, a rate that rises and falls, less memory.

Images stay bytes until their batch is due.
"""

from exercises.lesson_1 import digit_network
from exercises.lesson_5 import cifar_network

import keras
import numpy as np
import tensorflow as tf
from keras import layers


def photo_network():
    """The CIFAR network, and beside its layers some without weights.

    Images go in as numbers from -1 to 1, and before each dense layer comes a little dropout.
    """
    model = keras.Sequential([keras.Input((32, 32, 3)), layers.Rescaling(2, offset=-1)])
    for layer in cifar_network().layers:
        if isinstance(layer, layers.Dense):
            model.add(layers.Dropout(0.15))
        model.add(layer)
    return model


def warmed_cosine(peak, steps, warmup):
    """A learning rate that rises to its peak in `warmup` steps, then falls along half a cosine."""
    warmup = max(1, min(warmup, steps - 1))
    return keras.optimizers.schedules.CosineDecay(
        peak / 25, decay_steps=max(1, steps - warmup), warmup_target=peak, warmup_steps=warmup
    )


def shifts(reach):
    """A function for `map`: move each image by up to `reach` pixels, and mirror half of them.

    Its random numbers come from a Generator: `tf.random.uniform` in a `map` would start again with
    every epoch, and show each place in the order the same change every time.
    """
    random = tf.random.Generator.from_seed(keras.random.randint((), 0, 2**31 - 1).numpy())

    def change(images, labels):
        count, side = tf.shape(images)[0], images.shape[1]
        images = tf.pad(images, [[0, 0], [reach, reach], [reach, reach], [0, 0]], "SYMMETRIC")
        starts = random.uniform((2, count, 1), 0, 2 * reach + 1, "int32")
        rows, columns = starts[0] + tf.range(side), starts[1] + tf.range(side)
        columns = tf.where(random.uniform((count, 1)) < 0.5, columns[:, ::-1], columns)
        images = tf.gather(images, rows, axis=1, batch_dims=1)
        return tf.gather(images, columns, axis=2, batch_dims=1), labels

    return change


def batches(images, labels, batch, reach=None):
    """Shuffled batches of images from 0 to 1; with `reach`, each is moved and mirrored anew."""
    images = images[..., np.newaxis] if images.ndim == 3 else images
    dataset = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(len(images)).batch(batch)
    if reach is not None:
        dataset = dataset.map(shifts(reach))
    return dataset.map(lambda x, y: (tf.cast(x, "float32") / 255, y)).prefetch(2)


def train(model, dataset, epochs, peak, warmup, callbacks, loss="sparse_categorical_crossentropy"):
    """Compile and fit, with a warm-up that takes the share `warmup` of all steps."""
    steps = epochs * len(dataset)
    rate = warmed_cosine(peak, steps, round(warmup * steps))
    model.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"])
    model.fit(dataset, epochs=epochs, shuffle=False, callbacks=list(callbacks), verbose=0)
    return model


def digits(images, labels, epochs=1, batch=96, peak=0.003, callbacks=()):
    """Train the digit network, and return it.

    With label smoothing (Szegedy et al., 2016, arXiv:1512.00567), an answer costs least where the
    right class gets a little less than the probability 1.
    """
    dataset = batches(images, keras.utils.to_categorical(labels, 10), batch)
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=0.1)
    return train(digit_network(), dataset, epochs, peak, 0.25, callbacks, loss)


def photos(images, labels, epochs=10, batch=256, peak=0.006, reach=1, callbacks=()):
    """Train the CIFAR network with a little dropout, flips and shifts, and return it."""
    dataset = batches(images, labels, batch, reach)
    return train(photo_network(), dataset, epochs, peak, 0.1, callbacks)
