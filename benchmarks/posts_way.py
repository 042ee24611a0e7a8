"""How the original posts train, written anew from what they say they do.

Images become numbers from 0 to 1 by `x / 255`, which makes eight bytes of every one. Then `fit`
with its own batches of 32 and Adam as Keras sets it: for five epochs, or until the *training* loss
stops falling. Their own loop is in loops.py.
"""

from exercises.lesson_1 import digit_network
from exercises.lesson_5 import cifar_network

import keras
import numpy as np

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
