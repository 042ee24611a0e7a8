"""How the course trains the same layers: larger batches, a rate that rises and falls, less memory.

Images stay whole numbers of one byte until their batch is due. Each option is one of the changes
that lead from the posts' recipe to this one, so that the ablation can switch them one by one.
"""

from helpers.exercises.lesson_1 import digit_network
from helpers.exercises.lesson_5 import cifar_network

import keras
import numpy as np
import tensorflow as tf
from keras import layers


def with_helpers(network, dropout=0.0, centred=False):
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


def flips_and_shifts(reach):
    """A function for `map`: mirror each image or not, and move it by up to `reach` pixels.

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
    """Batches as `helpers.batches` makes them, shuffled; with `reach`, changed on their way."""
    images = images[..., np.newaxis] if images.ndim == 3 else images
    dataset = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(len(images)).batch(batch)
    if reach is not None:
        dataset = dataset.map(flips_and_shifts(reach))
    return dataset.map(lambda x, y: (tf.cast(x, "float32") / 255, y)).prefetch(2)


def train(model, dataset, epochs, peak, warmup, **options):
    """Compile and fit, with a warm-up that takes the share `warmup` of all steps."""
    steps = epochs * len(dataset)
    rate = warmed_cosine(peak, steps, round(warmup * steps))
    loss = "sparse_categorical_crossentropy"
    model.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"], **options)
    model.fit(dataset, epochs=epochs, shuffle=False, verbose=0)
    return model


def digits(images, labels, epochs=2, batch=192, peak=0.004):
    """Train the digit network, and return it."""
    return train(digit_network(), batches(images, labels, batch), epochs, peak, warmup=0.25)


def cifar_model(dropout=0.15):
    return with_helpers(cifar_network(), dropout, centred=True)


def cifar(images, labels, epochs=10, batch=256, peak=0.006, reach=1):
    """Train the CIFAR network with a little dropout, flips and shifts, and return it."""
    return train(cifar_model(), batches(images, labels, batch, reach), epochs, peak, warmup=0.1)


def whole_epoch(model, optimizer, dataset):
    """A function that trains a model for one epoch inside one graph: the last rung of lesson 4.

    Without an optimizer the weights stay as they are, which tells what moving them costs. (The
    gradients are used all the same, as a graph leaves out what nobody asks for.)
    """
    if optimizer:
        optimizer.build(model.trainable_variables)
    loss_function = keras.losses.SparseCategoricalCrossentropy()
    loss_mean, accuracy = keras.metrics.Mean(), keras.metrics.SparseCategoricalAccuracy()

    @tf.function
    def all_batches(dataset):
        for x, y in dataset:
            with tf.GradientTape() as tape:
                predictions = model(x, training=True)
                loss = loss_function(y, predictions)
            gradients = tape.gradient(loss, model.trainable_variables)
            if optimizer:
                optimizer.apply(gradients, model.trainable_variables)
            else:
                loss = tf.linalg.global_norm(gradients)
            loss_mean.update_state(loss)
            accuracy.update_state(y, predictions)

    def epoch():
        for metric in (loss_mean, accuracy):
            metric.reset_state()
        all_batches(dataset)

    return epoch


def loop_epoch(images, labels, batch=32, moves=True):
    """A function that trains the CIFAR network for one epoch with the course's fastest loop."""
    x = images.astype("float32") / 255
    dataset = tf.data.Dataset.from_tensor_slices((x, labels)).batch(batch).prefetch(2)
    return whole_epoch(cifar_network(), keras.optimizers.Adam() if moves else None, dataset)
