"""Drawing many images block by block, as many blocks at a time as there are processor cores."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

BLOCK = 1000  # images that share a stream of random numbers, one for each block


def draw_in_blocks(draw_block, labels, images, seed):
    """Fill an array with one image for each label; how many are drawn at a time changes none.

    draw_block: is called with at most BLOCK labels and a random generator for them alone, and
        returns their images
    """

    def draw(start):
        block = slice(start, start + BLOCK)
        rng = np.random.default_rng([seed, start // BLOCK])
        images[block] = draw_block(labels[block], rng)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(draw, range(0, len(labels), BLOCK)):
            pass  # an error in a thread comes up here
    return images
