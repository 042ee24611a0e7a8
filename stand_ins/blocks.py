"""Drawing many images block by block, as many blocks at a time as there are processor cores."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

BLOCK = 1000  # images that share a stream of random numbers, one for each block


class Random:
    """Random numbers for a block's n images, always those of a full block: image i has its own."""

    def __init__(self, n, *seed):
        self.n, self.rng = n, np.random.default_rng(seed)

    def uniform(self, low, high, *shape):
        return (low + (high - low) * self.rng.random((BLOCK, *shape), np.float32))[: self.n]

    def normal(self, spread, *shape):
        return spread * self.rng.standard_normal((BLOCK, *shape), np.float32)[: self.n]

    def whole(self, below):
        return self.rng.integers(below, size=BLOCK)[: self.n]


def draw_in_blocks(draw_block, labels, classes, shape, seed):
    """One uint8 image of this shape for each label; how many are drawn at a time changes none.

    draw_block: gets at most BLOCK labels and a `Random` for them, and returns their images

    Raises ValueError if the labels are not a row of integers from 0 to classes - 1.
    """
    labels = np.asarray(labels)
    wanted = f"expected integers from 0 to {classes - 1}, of shape (n,)"
    if labels.ndim != 1:
        raise ValueError(f"The labels have shape {labels.shape}; {wanted}.")
    if labels.size and not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"The labels have dtype {labels.dtype}; {wanted}.")
    if labels.size and not 0 <= labels.min() <= labels.max() < classes:
        raise ValueError(f"The labels reach from {labels.min()} to {labels.max()}; {wanted}.")
    labels, images = labels.astype(int), np.empty((len(labels), *shape), np.uint8)

    def draw(start):
        block = slice(start, start + BLOCK)
        own = labels[block]
        images[block] = draw_block(own, Random(len(own), seed, start // BLOCK))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(draw, range(0, len(labels), BLOCK)))  # an error in a thread comes up here
    return images
