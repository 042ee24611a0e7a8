"""One epoch of the CIFAR network, in each of the ways that lesson 4 compares.

`fit`, `plain` and `whole_epoch` get images and labels, and return a function that trains for one
epoch and returns its loss. All but `plain` have their batches ready by then.
"""

from exercises.lesson_5 import cifar_network

import keras
import numpy as np
import tensorflow as tf


def ready(images, labels, batch):
    """Batches in the order of the images."""
    x = images.astype("float32") / 255
    return tf.data.Dataset.from_tensor_slices((x, labels)).batch(batch).prefetch(2)


def fit(images, labels, batch=32, **options):
    model, dataset = cifar_network(), ready(images, labels, batch)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], **options)
    return lambda: model.fit(dataset, shuffle=False, verbose=0).history["loss"][0]


def new_step(fixed=False, fused=False):
    """A function that trains a new network on one batch, and the metrics it keeps up.

    With fixed weights the gradients are computed and not applied, which tells what moving the
    weights costs. (They are used all the same, as a graph leaves out what nobody asks for.)
    Fused, the optimizer's many small operations are compiled into few.
    """
    model, optimizer = cifar_network(), keras.optimizers.Adam()
    optimizer.build(model.trainable_variables)
    apply = tf.function(optimizer.apply, jit_compile=True) if fused else optimizer.apply
    loss_function = keras.losses.SparseCategoricalCrossentropy()
    loss_mean, accuracy = keras.metrics.Mean(), keras.metrics.SparseCategoricalAccuracy()

    def step(x, y):
        with tf.GradientTape() as tape:
            predictions = model(x, training=True)
            loss = loss_function(y, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        if fixed:
            loss = tf.linalg.global_norm(gradients)
        else:
            apply(gradients)
        loss_mean.update_state(loss)
        accuracy.update_state(y, predictions)

    return step, [loss_mean, accuracy]


def epoch_of(all_batches, metrics):
    """The function that `all_batches` is, with the metrics reset before, and the loss after."""

    def epoch():
        for metric in metrics:
            metric.reset_state()
        all_batches()
        return float(metrics[0].result())

    return epoch


def one_by_one(x, y, batch=32):
    """Collect images one by one, and hand them out when a batch is full, and at the end."""
    batch_x, batch_y = [], []
    for number in range(len(x)):
        batch_x.append(x[number])
        batch_y.append(y[number])
        if len(batch_x) == batch or number + 1 == len(x):
            yield np.array(batch_x), np.array(batch_y)
            batch_x, batch_y = [], []


def plain(images, labels, batch=32):
    """The loop of the older posts, mended (it saw one image in 32): Python calls everything."""
    x = images / 255
    step, metrics = new_step()

    def all_batches():
        for x_batch, y_batch in one_by_one(x, labels, batch):
            step(x_batch, y_batch)

    return epoch_of(all_batches, metrics)


def whole_epoch(images, labels, batch=32, by=iter, **options):
    """A whole epoch inside one graph: the last rung of lesson 4's ladder.

    A `for` over the Dataset's iterator is a loop of the graph. One over the Dataset itself (`by`
    None) is left to tf.data.
    """
    dataset = ready(images, labels, batch)
    step, metrics = new_step(**options)

    @tf.function
    def all_batches():
        for x, y in by(dataset) if by else dataset:
            step(x, y)

    return epoch_of(all_batches, metrics)


def bare(images, labels, batch=32):
    """No training: an epoch's matrix products and convolutions, forwards and backwards, alone."""
    layers = [layer for layer in cifar_network().layers if layer.weights]
    inputs = [tf.random.normal((batch, *layer.input.shape[1:])) for layer in layers]
    kernels = [layer.kernel.value for layer in layers]

    def product(x, kernel):
        return tf.nn.conv2d(x, kernel, 1, "VALID") if len(x.shape) == 4 else x @ kernel

    @tf.function
    def products():
        found = []
        for x, kernel in zip(inputs, kernels, strict=True):
            with tf.GradientTape() as tape:
                tape.watch([x, kernel] if found else kernel)  # images need no gradient
                found.append(product(x, kernel))
            found.append(tape.gradient(found[-1], [x, kernel] if len(found) > 1 else kernel))
        return found

    def epoch():
        for _ in range(0, len(images), batch):
            products()

    return epoch
