"""One of the workers that train the CIFAR network together, for lesson 7.

    python worker.py FOLDER --epochs 4 --batch 64

The environment variable TF_CONFIG says who the workers are, and which of them this one is. All of
them share FOLDER: the images are there, checkpoints and the trained model go there.
"""

import argparse
import os
import time
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

parser = argparse.ArgumentParser(description="Train the CIFAR network together with others.")
parser.add_argument("folder", type=Path, help="has images.npz; checkpoints and model go there")
parser.add_argument("--epochs", type=int, default=4)
parser.add_argument("--batch", type=int, default=64, help="images in the global batch")
parser.add_argument("--stop-at", type=int, metavar="STEP", help="worker 1 crashes at this step")
options = parser.parse_args()

# Part 1: who am I?
strategy = tf.distribute.MultiWorkerMirroredStrategy()
me = strategy.cluster_resolver.task_id or 0  # without TF_CONFIG it is None: I am alone
print(f"worker {me} of {strategy.num_replicas_in_sync}")

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
        loss = ops.sum(loss_of_each(y, model(x / 255, training=True))) / options.batch
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply(gradients, model.trainable_variables)
    return loss


@tf.function
def train_step(x, y):
    return strategy.reduce("SUM", strategy.run(replica_step, args=(x, y)), axis=None)


# Part 3: begin, or carry on
done = tf.Variable(0)
checkpoint = tf.train.Checkpoint(model=model, optimizer=optimizer, done=done)
manager = tf.train.CheckpointManager(checkpoint, options.folder / "checkpoints", max_to_keep=2)
checkpoint.restore(manager.latest_checkpoint)
print(f"carrying on after epoch {int(done)}" if manager.latest_checkpoint else "beginning")

# Part 4: the epochs
images = np.load(options.folder / "images.npz")
x, y = images["x"], images["y"]
steps = len(x) // options.batch
for epoch in range(int(done) + 1, options.epochs + 1):
    start, losses = time.perf_counter(), []
    order = np.random.default_rng(epoch).permutation(len(x))
    dataset = tf.data.Dataset.from_tensor_slices((x[order], y[order]))
    dataset = dataset.batch(options.batch, drop_remainder=True).repeat()
    batches = iter(strategy.experimental_distribute_dataset(dataset))
    for step in range((epoch - 1) * steps, epoch * steps):
        if me == 1 and step == options.stop_at:
            os._exit(1)  # at once, as in a power cut: nothing is saved, nothing said
        losses.append(train_step(*next(batches)))
    seconds = time.perf_counter() - start
    done.assign(epoch)
    if me == 0:
        manager.save()
    print(f"epoch {epoch}: loss ≈ {np.mean(losses):.3f}, seconds ≈ {seconds:.2f}")
if me == 0:
    model.save(options.folder / "model.keras")
