"""How the original posts train, written anew from what they say they do.

Images become numbers from 0 to 1 by `x / 255`, which makes eight bytes of every one. Then `fit`
with its own batches of 32 and Adam as Keras sets it: for five epochs, or until the *training* loss
stops falling. Their own loop calls every operation from Python; it has been mended, as theirs saw
one image in 32.
"""

from helpers.exercises.lesson_1 import digit_network
from helpers.exercises.lesson_5 import cifar_network

import keras
import numpy as np
import tensorflow as tf

BATCH = 32


def prepare(images):
    """Images as loaded to numbers from 0 to 1, with a channel axis: float64."""
    images = images / 255
    return images[..., np.newaxis] if images.ndim == 3 else images


def compiled(model):
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def digits(images, labels, epochs=5):
    """Train the digit network, and return it."""
    model = compiled(digit_network())
    model.fit(prepare(images), labels, batch_size=BATCH, epochs=epochs, verbose=0)
    return model


def cifar(images, labels, epochs=150):
    """Train the CIFAR network until its training loss has not fallen for two epochs."""
    model, stop = compiled(cifar_network()), keras.callbacks.EarlyStopping("loss", patience=2)
    options = {"batch_size": BATCH, "epochs": epochs, "callbacks": [stop], "verbose": 0}
    model.fit(prepare(images), labels, **options)
    return model


def fit_epoch(images, labels, batch=BATCH):
    """A function that trains the CIFAR network for one epoch with `fit`."""
    model, x = compiled(cifar_network()), prepare(images).astype("float32")
    return lambda: model.fit(x, labels, batch_size=batch, verbose=0)


def batches(x, y, batch=BATCH):
    """Collect images one by one, and hand them out when a batch is full, and at the end."""
    batch_x, batch_y = [], []
    for number in range(len(x)):
        batch_x.append(x[number])
        batch_y.append(y[number])
        if len(batch_x) == batch or number + 1 == len(x):
            yield np.array(batch_x), np.array(batch_y)
            batch_x, batch_y = [], []


def loop_epoch(images, labels, batch=BATCH):
    """A function that trains the CIFAR network for one epoch with the posts' own loop."""
    model, x, optimizer = cifar_network(), prepare(images), keras.optimizers.Adam()
    loss_function = keras.losses.SparseCategoricalCrossentropy()
    loss_mean, accuracy = keras.metrics.Mean(), keras.metrics.SparseCategoricalAccuracy()

    def epoch():
        for metric in (loss_mean, accuracy):
            metric.reset_state()
        for x_batch, y_batch in batches(x, labels, batch):
            with tf.GradientTape() as tape:
                predictions = model(x_batch, training=True)
                loss = loss_function(y_batch, predictions)
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply(gradients, model.trainable_variables)
            loss_mean.update_state(loss)
            accuracy.update_state(y_batch, predictions)

    return epoch
