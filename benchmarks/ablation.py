"""The posts' recipes with one thing changed at a time, to find out what each change brings.

They are cut down to one epoch for the digits and five for CIFAR, as every row trains for as many.
"""

import course_way
import keras
import loops
import posts_way
from keras import layers


def digits(images, labels, epochs=1, **changes):
    return train(posts_way.digit_network, images, labels, epochs, **changes)


def cifar(images, labels, epochs=5, **changes):
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
    centred=False,
    whole_epoch=False,
    channels_first=False,
    dtype="float32",
    **compiling,
):
    """Train for some epochs; every option left out is as in the posts' recipe.

    On a GPU, Keras compiles by XLA unless it is told not to; here only if it is asked to.
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
    model.compile(optimizer, loss, metrics=["accuracy"], **compiling)
    if whole_epoch:
        epoch = loops.whole_epoch(model, optimizer, course_way.batches(images, labels, batch))
        for _ in range(epochs):
            epoch()
    elif pipeline:
        dataset = course_way.batches(images, labels, batch, reach)
        model.fit(dataset, epochs=epochs, shuffle=False, verbose=0)
    else:
        x = posts_way.prepare(images)
        model.fit(x, labels, batch_size=batch, epochs=epochs, verbose=0)
    return model


def with_channels_first(model):
    """The same layers on images whose colours come before their rows."""
    own = [keras.Input(model.input_shape[1:]), layers.Permute((3, 1, 2))]
    for layer in model.layers:
        settings = layer.get_config()
        if "data_format" in settings:
            settings["data_format"] = "channels_first"
        own.append(type(layer).from_config(settings))
    return keras.Sequential(own)
