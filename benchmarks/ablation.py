"""The posts' recipes with one thing changed at a time, to find out what each change brings.

They are cut down to a few epochs of a part of the images, as there are many changes to try.
"""

import course_way
import keras
import loops
import measuring
import posts_way
from keras import layers


class Stopwatch(keras.callbacks.Callback):
    """Takes the time of each epoch, into a list `taken`."""

    def __init__(self):
        super().__init__()
        self.taken = []

    def on_epoch_begin(self, epoch, logs=None):
        self.start = measuring.clock()

    def on_epoch_end(self, epoch, logs=None):
        self.taken.append(measuring.since(self.start))


def digits(images, labels, epochs=4, **changes):
    return train(posts_way.digit_network, images, labels, epochs, **changes)


def cifar(images, labels, epochs=4, **changes):
    return train(posts_way.cifar_network, images, labels, epochs, **changes)


def train(
    network,
    images,
    labels,
    epochs,
    batch=posts_way.BATCH,
    peak=None,
    pipeline=False,
    reach=None,
    dropout=0.0,
    smoothing=0.0,
    centred=False,
    whole_epoch=False,
    channels_first=False,
    dtype="float32",
    **compiling,
):
    """Train for some epochs, and return the network and the time of each epoch.

    Every option left out is as in the posts' recipe. On a GPU, Keras compiles by XLA unless it is
    told not to; here only if it is asked to.
    """
    compiling.setdefault("jit_compile", False)
    keras.config.set_dtype_policy(dtype)
    model = course_way.with_extras(network(), dropout, centred)
    if channels_first:
        model = with_channels_first(model)
    steps = epochs * -(-len(images) // batch)
    rate = course_way.warmed_cosine(peak, steps, steps // 4) if peak else 0.001
    optimizer = keras.optimizers.Adam(rate)
    loss = "sparse_categorical_crossentropy"
    if smoothing:
        labels = keras.utils.to_categorical(labels, model.output_shape[-1])
        loss = keras.losses.CategoricalCrossentropy(label_smoothing=smoothing)
    model.compile(optimizer, loss, metrics=["accuracy"], **compiling)
    stopwatch = Stopwatch()
    options = {"epochs": epochs, "callbacks": [stopwatch], "verbose": 0}
    if whole_epoch:
        train_epoch = loops.whole_epoch(model, optimizer, course_way.batches(images, labels, batch))
        for epoch in range(epochs):
            stopwatch.on_epoch_begin(epoch)
            train_epoch()
            stopwatch.on_epoch_end(epoch)
    elif pipeline:
        model.fit(course_way.batches(images, labels, batch, reach), shuffle=False, **options)
    else:
        model.fit(posts_way.prepare(images), labels, batch_size=batch, **options)
    return model, stopwatch.taken


def with_channels_first(model):
    """The same layers on images whose colours come before their rows."""
    own = [keras.Input(model.input_shape[1:]), layers.Permute((3, 1, 2))]
    for layer in model.layers:
        settings = layer.get_config()
        if "data_format" in settings:
            settings["data_format"] = "channels_first"
        own.append(type(layer).from_config(settings))
    return keras.Sequential(own)
