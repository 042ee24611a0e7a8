"""Handwritten digits drawn by code: a stand-in for MNIST where MNIST cannot be had.

A digit is drawn in four steps, for a whole block of images at once:

1. strokes: every digit has several handwriting styles, each a few pen strokes designed by hand,
   in digits.toml; a stroke is a smooth curve through a few points
2. variation: the points tremble, then the whole pen path is bent, stretched, slanted and turned
3. normalise: the ink fits a box of 20 x 20 pixels and its centre of mass lies in the middle of
   28 x 28 pixels, as in MNIST
4. ink: every short piece of the path leaves a soft round blot; the blots are added up, and the
   sum becomes full ink where it is large and clean background where it is small
"""

import tomllib
from pathlib import Path

from stand_ins.blocks import draw_in_blocks

import numpy as np

PIECES = 80  # short straight pieces that make up the pen path of a digit


def draw_digits(labels, seed=0):
    """Draw one handwritten digit for every label, white on black as in MNIST.

    labels: integers from 0 to 9, shape (n,)
    seed: a whole number, 0 or more; the same labels and seed give the same images

    Returns a uint8 array of shape (n, 28, 28): 0 is background, 255 is full ink. An image depends
    on the seed, its place and its own label only, so a longer row of labels begins alike.
    Raises ValueError if labels is not a row of integers from 0 to 9.
    """
    return draw_in_blocks(_draw_block, labels, 10, (28, 28), seed)


def _draw_block(labels, random):
    """Draw at most BLOCK digits: uint8 (n, 28, 28)."""
    uniform, normal = random.uniform, random.normal

    # 1. strokes: one style for each image
    lot = (uniform(0, 1) * BAG_SIZE[labels]).astype(int)
    style = BAG[BAG_START[labels] + np.minimum(lot, BAG_SIZE[labels] - 1)]

    # 2. variation: the points tremble, steady hands and shaky ones; path is (n, x and y, 2 PIECES)
    points = POINTS[style] + normal(0.065, *POINTS.shape[1:]) * uniform(0.3, 1.5, 1, 1)
    path = (CURVES[style] @ points).transpose(0, 2, 1)
    for wave in (np.pi, 2 * np.pi):  # a long bend of the paper, then a shorter, weaker one
        bend = normal(0.17 / wave, 2, 2, 1)
        phase = uniform(0, 2 * np.pi, 2, 2, 1)
        path = path + (bend * np.sin(wave * path[:, None] + phase)).sum(axis=2)
    x, y = path[:, 0], path[:, 1]
    x = x * np.exp(normal(0.25, 1))
    x = x + (normal(0.28, 1) - 0.15) * y  # most people write leaning to the right
    turn = normal(0.12, 1)
    x, y = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
    path = np.stack([x, y], axis=1)

    # 3. normalise: the longer side takes 20 pixels, pen included; narrow digits, upright or
    # leaning, get a thin pen, which keeps their loops open (a 1 has no loop and is always narrow)
    longer = np.ptp(path, axis=2).max(axis=1)
    centred = path - path.mean(axis=2, keepdims=True)
    room = np.linalg.det(centred @ centred.transpose(0, 2, 1) / (2 * PIECES))
    pen = np.exp(uniform(np.log(1.6), np.log(4.8)))
    limit = np.maximum(1.4, 46 * np.sqrt(np.maximum(room, 0)) / longer**2)
    pen = np.where(labels == 1, pen, np.minimum(pen, limit))[:, None, None]
    path = path * (20 - pen) / longer[:, None, None]
    starts, ends = path[..., :PIECES], path[..., PIECES:]
    length = np.linalg.norm(ends - starts, axis=1, keepdims=True)
    middle = (starts + ends) / 2
    centre = (middle * length).sum(axis=2, keepdims=True) / length.sum(axis=2, keepdims=True)
    middle = middle - centre + 13.5

    # 4. ink: a Gaussian blot is a column times a row, so one matrix product adds up all blots;
    # a long straight stroke has the sum 1 along its middle and EDGE at half the pen's width
    spread = pen / (2 * np.sqrt(-2 * np.log(EDGE)))
    pressure = 1 + normal(0.1, 1, 1) * np.sin(uniform(0, 2 * np.pi, 1, 1) + PEN_TIME)
    blots = np.exp(-0.5 * ((middle[..., None] - PIXELS) / spread[..., None]) ** 2)
    amount = pressure * length / (spread * np.sqrt(2 * np.pi))
    ink = (blots[:, 1] * amount.transpose(0, 2, 1)).transpose(0, 2, 1) @ blots[:, 0]
    contrast = np.maximum(0.5, spread * uniform(0.5, 1, 1, 1))
    ink = 0.5 + contrast * (ink / EDGE - 1)
    return np.rint(255 * np.clip(ink, 0, 1)).astype(np.uint8)


def _curve(count):
    """Smooth curve (Catmull-Rom) through count points: weights (steps, count) of the points."""
    points = np.eye(count)
    before, after = 2 * points[:1] - points[1:2], 2 * points[-1:] - points[-2:-1]
    points = np.concatenate([before, points, after])
    t = np.linspace(0, 1, 40, endpoint=False)[:, None]
    steps = []
    for a, b, c, d in zip(points, points[1:], points[2:], points[3:], strict=False):
        bend = 2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)
        steps.append(b + 0.5 * t * (c - a + t * bend))
    return np.concatenate([*steps, points[-2:-1]])


def _read_style(text):
    """Points (k, 2) of a style and the weights (2 PIECES, k) that make its path out of them."""
    strokes = [
        [tuple(int(number) for number in point.split(",")) for point in stroke.split()]
        for stroke in text.split("/")
    ]
    names = sorted({point for stroke in strokes for point in stroke})
    points = np.array(names) / 100 - 0.5
    curves, walks = [], []
    for stroke in strokes:
        chosen = np.eye(len(names))[[names.index(point) for point in stroke]]
        curve = _curve(len(stroke)) @ chosen
        steps = np.linalg.norm(np.diff(curve @ points, axis=0), axis=1)
        curves.append(curve)
        walks.append(np.concatenate([[0], np.cumsum(steps)]))
    # share the pieces out by length, and cut every stroke into pieces of equal length
    total = np.cumsum([0, *(walk[-1] for walk in walks)])
    shares = np.diff(np.rint(PIECES * total / total[-1]).astype(int))
    starts, ends = [], []
    for curve, walk, share in zip(curves, walks, shares, strict=True):
        cuts = np.searchsorted(walk, np.linspace(0, walk[-1], share + 1) - 1e-9)
        starts.append(curve[cuts[:-1]])
        ends.append(curve[cuts[1:]])
    return points, np.concatenate([*starts, *ends])


def _read_styles(texts):
    """All styles in two tables, filled up with zeros: (styles, k, 2) and (styles, 2 PIECES, k)."""
    styles = [_read_style(text) for text in texts]
    most = max(len(points) for points, _ in styles)
    all_points = np.zeros((len(styles), most, 2), np.float32)
    all_curves = np.zeros((len(styles), 2 * PIECES, most), np.float32)
    for i, (points, curve) in enumerate(styles):
        all_points[i, : len(points)] = points
        all_curves[i, :, : len(points)] = curve
    return all_points, all_curves


STYLES = tomllib.loads((Path(__file__).parent / "digits.toml").read_text(encoding="utf-8")).values()
POINTS, CURVES = _read_styles([text for styles in STYLES for _, text in styles])
# A bag of styles for each digit, in which a style lies as often as it is to be chosen.
BAG = np.repeat(np.arange(len(POINTS)), [share for styles in STYLES for share, _ in styles])
BAG_SIZE = np.array([sum(share for share, _ in styles) for styles in STYLES])
BAG_START = np.cumsum(BAG_SIZE) - BAG_SIZE
EDGE = np.float32(0.3)
PIXELS = np.arange(28, dtype=np.float32)
PEN_TIME = np.linspace(0, 2 * np.pi, PIECES, dtype=np.float32)
