"""How the course trains the same layers: larger batches, a rate that rises and falls, less memory.

Images stay whole numbers of one byte until their batch is due. The ablation tries the single steps
from the posts' recipe to these.
"""

from exercises.lesson_1 import digit_network
from exercises.lesson_5 import cifar_network

import keras
import numpy as np
import tensorflow as tf
from keras import layers


def with_extras(network, dropout=0.0, centred=False):
    """The same layers, and beside them some that have no weights.

    Centred, images of numbers from 0 to 1 go in as numbers from -1 to 1. Dropout comes before each
    dense layer, and does nothing but in training.
    """
    model = keras.Sequential([keras.Input(network.input_shape[1:])])
    if centred:
        model.add(layers.Rescaling(2, offset=-1))
    for layer in network.layers:
        if dropout and isinstance(layer, layers.Dense):
            model.add(layers.Dropout(dropout))
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
    """As `helpers.scaled_batches`, shuffled; with `reach`, images are changed on their way."""
    images = images[..., np.newaxis] if images.ndim == 3 else images
    dataset = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(len(images)).batch(batch)
    if reach is not None:
        dataset = dataset.map(shifts(reach))
    return dataset.map(lambda x, y: (tf.cast(x, "float32") / 255, y)).prefetch(2)


def train(model, dataset, epochs, peak, warmup, loss="sparse_categorical_crossentropy"):
    """Compile and fit, with a warm-up that takes the share `warmup` of all steps."""
    steps = epochs * len(dataset)
    rate = warmed_cosine(peak, steps, round(warmup * steps))
    model.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"])
    model.fit(dataset, epochs=epochs, shuffle=False, verbose=0)
    return model


def digits(images, labels, epochs=2, batch=192, peak=0.004):
    """Train the digit network, and return it.

    With label smoothing (Szegedy et al., 2016, arXiv:1512.00567), an answer costs least where the
    right class gets a little less than the probability 1.
    """
    dataset = batches(images, keras.utils.to_categorical(labels, 10), batch)
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=0.1)
    return train(digit_network(), dataset, epochs, peak, warmup=0.25, loss=loss)


def cifar_model():
    return with_extras(cifar_network(), dropout=0.15, centred=True)


def cifar(images, labels, epochs=10, batch=256, peak=0.006, reach=1):
    """Train the CIFAR network with a little dropout, flips and shifts, and return it."""
    return train(cifar_model(), batches(images, labels, batch, reach), epochs, peak, warmup=0.1)
