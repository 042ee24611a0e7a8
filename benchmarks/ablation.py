"""The plain recipe with one thing changed at a time, to find out what each change brings.

It is cut down to a few epochs of a part of the images, as there are many changes to try.
"""

from benchmarks import course_recipe, plain_recipe, tasks

import keras


def train(
    task,
    images,
    epochs=4,
    batch=plain_recipe.BATCH,
    peak=None,
    pipeline=False,
    reach=None,
    dropout=0.0,
    smoothing=0.0,
    centred=False,
    dtype="float32",
    **compiling,
):
    """Train, and return the accuracy and the times of the fastest epoch, the first left out."""
    (x, y), test = tasks.load(task, images)
    keras.config.set_dtype_policy(dtype)
    network = plain_recipe.digit_network() if task == "digits" else plain_recipe.cifar_network()
    model = course_recipe.with_extras(network, dropout, centred)
    steps = epochs * -(-len(x) // batch)
    rate = course_recipe.warmed_cosine(peak, steps, steps // 4) if peak else 0.001
    loss = "sparse_categorical_crossentropy"
    if smoothing:
        y = keras.utils.to_categorical(y, model.output_shape[-1])
        loss = keras.losses.CategoricalCrossentropy(label_smoothing=smoothing)
    model.compile(keras.optimizers.Adam(rate), loss, metrics=["accuracy"], **compiling)
    if pipeline:
        data = {"x": course_recipe.batches(x, y, batch, reach), "shuffle": False}
    else:
        data = {"x": plain_recipe.prepare(x), "y": y, "batch_size": batch}
    begun, taken = [], []
    stopwatch = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: begun.append(tasks.clock()),
        on_epoch_end=lambda epoch, logs: taken.append(tasks.since(begun[-1])),
    )
    model.fit(**data, epochs=epochs, callbacks=[stopwatch], verbose=0)
    return tasks.fastest(taken[1:]) | {"accuracy": tasks.accuracy(model, *test)}
