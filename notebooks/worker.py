"""One of the workers that train the CIFAR network together, for lesson 7.

    python worker.py FOLDER EPOCHS BATCH

The environment variable TF_CONFIG says who the workers are, and which of them this one is. All of
them share FOLDER: the images are there, checkpoints and the trained model go there.
"""

import sys
import time
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

# Part 1: who are we?
strategy = tf.distribute.MultiWorkerMirroredStrategy()
is_chief = not strategy.cluster_resolver.task_id
folder, epochs, batch = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])

# Part 2: the model, and a step
keras.config.set_floatx("float64")
keras.utils.set_random_seed(7)
with strategy.scope():
    model = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(256, activation="relu"),
            layers.Dense(100, activation="softmax"),
        ]
    )
    optimizer = keras.optimizers.Adam()
    optimizer.build(model.trainable_variables)
loss_of_each = keras.losses.SparseCategoricalCrossentropy(reduction="none")


def replica_step(x, y):
    with tf.GradientTape() as tape:
        loss = ops.sum(loss_of_each(y, model(x / 255, training=True))) / batch
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply(gradients, model.trainable_variables)
    return loss


@tf.function
def train_step(x, y):
    return strategy.reduce("SUM", strategy.run(replica_step, args=(x, y)), axis=None)


# Part 3: begin, or carry on
done = tf.Variable(0)
checkpoint = tf.train.Checkpoint(model=model, optimizer=optimizer, done=done)
manager = tf.train.CheckpointManager(checkpoint, folder / "checkpoints", max_to_keep=2)
checkpoint.restore(manager.latest_checkpoint)
print(f"carrying on after epoch {int(done)}" if manager.latest_checkpoint else "beginning")

# Part 4: the epochs
images = np.load(folder / "images.npz")
x, y = images["x"], images["y"]
for epoch in range(int(done) + 1, epochs + 1):
    start, losses = time.perf_counter(), []
    order = np.random.default_rng(epoch).permutation(len(x))
    dataset = tf.data.Dataset.from_tensor_slices((x[order], y[order]))
    dataset = dataset.batch(batch, drop_remainder=True).repeat()
    batches = iter(strategy.experimental_distribute_dataset(dataset))
    for number in range(len(x) // batch):
        losses.append(train_step(*next(batches)))
        if number == len(x) // batch // 2:
            print(f"epoch {epoch}: half way")
    seconds = time.perf_counter() - start
    done.assign(epoch)
    if is_chief:
        manager.save()
    print(f"epoch {epoch}: loss ≈ {np.mean(losses):.3f}, seconds ≈ {seconds:.2f}")
if is_chief:
    model.save(folder / "model.keras")
