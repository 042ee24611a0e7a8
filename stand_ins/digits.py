"""Handwritten digits drawn by code: a stand-in for MNIST where MNIST cannot be had.

A digit is drawn in four steps, for a whole block of images at once:

1. strokes: every digit has several handwriting styles, each a few pen strokes designed by hand;
   a stroke is a smooth curve through a few points
2. variation: the points tremble, then the whole pen path is bent, stretched, slanted and turned
3. normalise: the ink fits a box of 20 x 20 pixels and its centre of mass lies in the middle of
   28 x 28 pixels, as in MNIST
4. ink: every short piece of the path leaves a soft round blot; the blots are added up, and the
   sum becomes full ink where it is large and clean background where it is small
"""

from stand_ins.blocks import BLOCK, draw_in_blocks

import numpy as np

PIECES = 80  # short straight pieces that make up the pen path of a digit

# The styles of each digit: how often it is chosen, then its strokes, parted by "/", each a row of
# points "x,y" that the pen passes through (0,0 is the top left corner, 100,100 the bottom right).
# A point written twice is one point: strokes that share it stay joined, with a corner there.
STYLES = {
    0: [
        (3, "50,0 24,12 12,50 24,88 50,100 76,88 88,50 76,12 50,0"),
        (2, "62,4 35,3 15,30 12,65 35,98 68,92 88,60 80,20 55,4 35,12"),
        (1, "68,10 45,2 18,30 15,70 45,100 80,78 85,35 64,8"),
        (1, "40,8 18,35 14,70 40,99 72,88 88,50 72,8 42,2 30,16"),
        (1, "70,0 40,8 12,45 14,85 40,100 72,75 86,35 70,5 45,10"),
        (1, "85,8 50,6 18,28 12,70 40,100 75,85 84,45 66,14 42,6"),
        (1, "30,18 48,4 40,2 16,30 14,75 45,100 82,72 84,28 60,4 40,10 45,22"),
        (1, "50,0 20,18 5,50 25,88 55,100 85,80 95,45 80,12 50,0 28,14 22,30"),
    ],
    1: [
        (5, "50,0 50,50 50,100"),
        (4, "68,0 50,50 32,100"),
        (2, "80,0 50,52 20,100"),
        (1, "36,18 52,0 / 52,0 52,100"),
        (1, "22,25 54,0 / 54,0 54,100 / 22,100 84,100"),
    ],
    2: [
        (2, "12,25 35,2 68,8 72,35 45,70 10,98 / 10,98 88,96"),
        (2, "12,22 38,2 70,10 70,42 42,78 14,96 6,84 22,76 48,90 92,96"),
        (2, "15,20 45,0 75,18 62,55 35,86 10,94 5,78 25,74 50,92 75,100 98,88"),
        (2, "15,28 32,4 62,4 70,30 45,68 14,94 45,92 92,88"),
        (1, "8,8 45,2 70,12 60,45 10,98 / 10,98 50,90 90,98"),
        (1, "10,30 20,5 60,0 74,30 60,70 30,96 8,92 10,74 40,74 70,90 100,98"),
        (1, "20,32 14,12 45,0 78,20 60,60 20,96 / 20,96 55,86 95,92"),
        (1, "22,25 40,2 66,12 60,40 30,80 14,92 20,78 40,84 62,100 84,94"),
        (2, "12,30 20,8 50,0 78,22 70,60 40,92 12,96 8,80 30,72 60,84 95,90"),
    ],
    3: [
        (2, "15,12 45,0 75,18 65,40 36,48 / 36,48 70,54 82,78 50,100 10,88"),
        (2, "15,10 50,0 75,20 55,43 38,48 55,52 82,72 60,97 10,90"),
        (1, "12,5 75,5 / 75,5 40,42 / 40,42 78,55 80,85 45,100 8,88"),
        (2, "14,14 45,0 72,15 62,38 38,50 30,45 45,44 78,62 72,92 40,100 8,86"),
        (1, "10,20 40,0 80,10 70,36 25,54 / 25,54 70,48 84,70 50,98 5,98"),
        (1, "25,5 60,0 72,20 52,42 / 52,42 74,60 66,88 40,100 12,92"),
        (1, "5,14 40,4 85,2 60,28 35,46 / 35,46 75,50 80,75 45,98 0,90"),
        (1, "10,22 30,2 70,2 74,28 35,46 / 35,46 78,56 80,88 40,100 14,92 10,76"),
        (1, "20,8 60,0 68,22 40,44 62,58 64,84 30,100"),
    ],
    4: [
        (2, "20,5 14,50 / 14,50 82,48 / 76,0 68,100"),
        (2, "18,5 10,35 22,55 50,54 74,46 / 80,2 72,46 64,100"),
        (1, "70,0 8,65 / 8,65 92,65 / 70,0 68,100"),
        (2, "28,4 8,52 / 8,52 88,50 / 72,18 60,100"),
        (1, "66,2 20,45 14,55 30,58 72,52 / 66,2 70,50 64,100"),
        (1, "20,0 10,55 / 10,55 85,50 / 62,28 58,100"),
        (1, "45,0 5,62 / 5,62 95,56 / 65,30 50,100"),
        (1, "15,8 12,48 40,56 80,38 / 85,0 80,38 70,100"),
        (1, "8,10 14,52 35,58 82,20 / 90,4 76,55 60,100"),
    ],
    5: [
        (2, "82,2 26,2 / 26,2 18,45 / 18,45 50,38 80,60 68,92 35,100 5,88"),
        (2, "28,6 20,45 / 20,45 50,40 78,62 65,95 30,100 5,88 / 30,4 92,0"),
        (2, "85,2 36,4 / 36,4 24,38 55,50 72,74 45,99 5,90"),
        (1, "95,0 50,6 32,12 26,42 60,54 66,80 40,100 5,94"),
        (1, "35,15 28,42 55,46 70,70 50,98 8,96 / 36,12 95,2"),
        (1, "80,0 45,4 / 45,4 15,42 60,46 85,70 60,98 20,96 5,80"),
        (1, "75,4 30,0 / 30,0 30,36 / 30,36 62,34 78,62 58,92 24,100 15,78"),
        (1, "70,4 28,4 / 28,4 24,44 / 24,44 60,40 82,64 70,92 40,98 20,86 22,72"),
    ],
    6: [
        (2, "70,0 35,25 12,65 25,95 55,100 78,78 60,56 30,62 15,78"),
        (2, "60,0 25,45 10,80 35,100 65,88 66,66 42,62 14,82"),
        (1, "82,8 55,2 22,35 12,70 35,99 72,90 78,62 50,48 18,66"),
        (2, "30,0 14,40 12,80 38,100 70,84 64,60 40,60 14,80"),
        (1, "45,0 15,35 8,75 40,100 85,85 90,60 60,50 25,75 30,95"),
        (1, "75,0 40,30 22,70 30,98 52,96 64,76 55,62 40,72 32,92"),
        (1, "55,0 18,30 8,70 35,98 80,92 92,70 70,55 35,62 20,88"),
        (1, "50,0 30,40 28,80 45,100 62,86 60,68 45,66 32,82"),
        (1, "20,5 8,50 20,90 55,100 85,80 80,55 50,52 25,70 22,90"),
        (1, "64,0 30,40 22,80 40,100 58,86 54,72 40,70 28,84"),
    ],
    7: [
        (3, "8,8 82,5 / 82,5 40,100"),
        (2, "8,10 85,5 / 85,5 52,45 40,100"),
        (2, "8,8 82,5 / 82,5 40,100 / 28,52 80,50"),
        (1, "8,12 80,6 / 80,6 55,45 45,100 / 25,55 85,44"),
        (1, "10,26 10,8 / 10,8 82,8 / 82,8 54,50 45,100"),
        (2, "5,16 40,5 78,8 66,45 48,100"),
        (1, "10,30 15,5 / 15,5 45,14 85,5 / 85,5 55,50 40,100"),
        (1, "0,30 25,8 55,8 90,0 / 90,0 60,48 30,100"),
        (2, "8,35 10,8 / 10,8 80,8 / 80,8 78,45 66,100"),
        (1, "5,10 85,8 / 85,8 82,50 78,100"),
        (1, "12,30 24,6 60,8 84,10 80,50 70,100"),
        (1, "14,28 12,10 / 12,10 85,4 / 85,4 60,45 40,100 / 35,52 88,52"),
    ],
    8: [
        (2, "75,15 45,0 20,18 45,45 76,72 50,100 18,80 42,52 70,30 75,15"),
        (1, "50,0 25,22 50,46 75,22 50,0 / 50,46 20,72 50,100 80,72 50,46"),
        (2, "84,8 50,0 25,20 50,48 74,76 46,100 20,78 48,50 76,22"),
        (1, "60,0 30,10 35,38 62,62 60,92 35,98 25,75 50,48 74,18 60,0"),
        (2, "84,6 56,0 36,20 48,45 60,72 42,98 20,86 36,60 84,6"),
        (2, "88,4 62,2 44,20 50,44 54,76 34,98 18,86 36,60 64,36 88,4"),
        (1, "90,12 60,0 20,10 30,40 62,64 60,92 30,100 15,82 40,55 85,20"),
        (1, "70,20 50,0 15,14 25,42 70,58 82,82 48,100 16,88 30,58 66,42 70,20"),
        (1, "85,10 50,0 20,20 45,45 52,75 40,98 28,80 45,55 85,10"),
        (1, "20,5 58,58 66,88 44,100 24,84 50,46 85,5"),
        (1, "20,100 56,42 66,14 46,0 26,14 50,52 82,98"),
        (1, "72,6 30,6 14,26 60,48 66,82 40,100 18,80 40,52 86,26 76,8"),
        (1, "78,4 40,2 22,20 45,40 54,44 / 54,44 24,64 18,90 50,100 72,80 54,44 86,16 78,4"),
        (2, "76,14 46,0 16,18 40,48 62,72 46,100 30,78 46,54 72,34 76,14"),
        (2, "66,14 48,0 30,16 48,40 80,68 50,100 16,76 42,44 60,28 66,14"),
        (1, "70,4 36,4 22,22 44,44 70,72 44,100 20,80 44,48 66,26 70,4"),
    ],
    9: [
        (2, "75,12 42,0 12,25 35,50 68,34 75,12 / 75,12 70,55 65,100"),
        (2, "72,15 40,2 12,28 35,52 68,34 76,10 / 76,10 78,55 60,94 22,92"),
        (2, "72,18 45,2 15,20 25,48 58,42 74,15 72,55 62,100"),
        (1, "80,4 40,6 14,30 34,50 64,36 80,4 / 80,4 64,60 50,100"),
        (1, "70,2 35,8 18,28 42,38 68,20 70,2 / 70,2 66,50 60,100"),
        (2, "82,2 52,4 30,26 38,42 60,34 82,2 / 82,2 58,55 36,100"),
        (1, "78,18 50,0 18,14 20,42 60,44 78,18 60,60 36,100"),
        (1, "70,8 30,4 10,30 40,46 80,28 / 80,10 80,60 70,100"),
        (1, "72,10 40,0 8,30 20,64 55,60 75,20 / 75,20 78,60 80,100"),
        (1, "66,14 40,0 18,16 26,40 52,40 66,14 / 66,14 78,50 70,90 40,98 30,84"),
        (1, "75,0 30,10 18,36 40,48 72,22 / 75,0 64,60 58,100"),
    ],
}


def draw_digits(labels, seed=0):
    """Draw one handwritten digit for every label, white on black as in MNIST.

    labels: integers from 0 to 9, shape (n,)
    seed: a whole number, 0 or more; the same labels and seed give the same images

    Returns a uint8 array of shape (n, 28, 28): 0 is background, 255 is full ink. An image depends
    on the seed, its place and its own label only, so a longer row of labels begins alike.
    Raises ValueError if labels is not a row of integers from 0 to 9.
    """
    labels = np.asarray(labels)
    if labels.ndim != 1:
        raise ValueError(f"labels has shape {labels.shape}, but one dimension (n,) is expected.")
    if labels.size and not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"labels has dtype {labels.dtype}, but integers 0 to 9 are expected.")
    if labels.size and (labels.min() < 0 or labels.max() > 9):
        raise ValueError(
            f"labels goes from {labels.min()} to {labels.max()}, but integers 0 to 9 are expected."
        )
    images = np.empty((len(labels), 28, 28), np.uint8)
    return draw_in_blocks(_draw_block, labels, images, seed)


def _draw_block(labels, rng):
    """Draw at most BLOCK digits: uint8 (n, 28, 28)."""
    n = len(labels)

    # Random numbers are drawn for a full block, so that image i gets the same ones for every n.
    def uniform(low, high, *shape):
        return (low + (high - low) * rng.random((BLOCK, *shape), np.float32))[:n]

    def normal(spread, *shape):
        return spread * rng.standard_normal((BLOCK, *shape), np.float32)[:n]

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


def _read_styles():
    """All styles in two tables, filled up with zeros: (styles, k, 2) and (styles, 2 PIECES, k)."""
    styles = [_read_style(text) for digit in range(10) for _, text in STYLES[digit]]
    most = max(len(points) for points, _ in styles)
    all_points = np.zeros((len(styles), most, 2), np.float32)
    all_curves = np.zeros((len(styles), 2 * PIECES, most), np.float32)
    for i, (points, curve) in enumerate(styles):
        all_points[i, : len(points)] = points
        all_curves[i, :, : len(points)] = curve
    return all_points, all_curves


POINTS, CURVES = _read_styles()
# A bag of styles for each digit, in which a style lies as often as it is to be chosen.
BAG = np.repeat(np.arange(len(POINTS)), [share for d in range(10) for share, _ in STYLES[d]])
BAG_SIZE = np.array([sum(share for share, _ in STYLES[digit]) for digit in range(10)])
BAG_START = np.cumsum(BAG_SIZE) - BAG_SIZE
EDGE = np.float32(0.3)
PIXELS = np.arange(28, dtype=np.float32)
PEN_TIME = np.linspace(0, 2 * np.pi, PIECES, dtype=np.float32)
