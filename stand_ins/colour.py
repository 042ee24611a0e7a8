"""Small colour pictures drawn by code: a stand-in for CIFAR-100 where it cannot be had.

A picture is a list of parts, ovals and boxes of one colour each, laid over one another:

1. parts: each of the five classes of a superclass has the same parts, with other measures and
   colours, which are in colour.toml
2. variation: a picture goes a little of the way to one of its kin; its parts tremble in place,
   size, angle and colour; blobs of clutter lie behind and before them
3. pose: the picture is shifted, turned, scaled and, half of the time, mirrored
4. paint: every part covers what is behind it, with edges sharp or soft
5. light: texture, light from a side, a tinge and grain, as in photographs
"""

from stand_ins import classes, templates
from stand_ins.blocks import draw_in_blocks
from stand_ins.templates import IS_BOX, RED, RX, TURN, WAVES, X, Y, box, oval

import numpy as np

GROUP = 64  # images painted together
SIDE, PIXELS = 32, 32 * 32
# A picture's list of parts: BEFORE blobs of clutter, the sky, the ground, BEHIND blobs, the parts
# of the template.
BEFORE, BEHIND = 3, 4
SKY, GROUND = BEFORE, BEFORE + 1


def draw_colour_images(fine_labels, seed=0):
    """Draw one small colour picture for every label, as in CIFAR-100.

    fine_labels: integers 0 to 99, shape (n,); `stand_ins.classes.FINE_NAMES` names them
    seed: a whole number of 0 or more; the same labels and seed give the same images

    Returns a uint8 array of shape (n, 32, 32, 3), 0 to 255: red, green and blue.
    An image depends on its own label, its place and the seed, not on the other labels.
    Raises ValueError if fine_labels is not a row of integers from 0 to 99.
    """
    return draw_in_blocks(_draw_block, fine_labels, 100, (SIDE, SIDE, 3), seed)


def _draw_block(labels, random):
    """Draw at most BLOCK pictures: uint8 (n, SIDE, SIDE, 3)."""
    n, uniform, normal, whole = len(labels), random.uniform, random.normal, random.whole

    # 2. variation: a step towards one of the kin, trembling parts, clutter
    kin = KIN[COARSE[labels], whole(5)]
    step = 0.65 * uniform(0, 1, 1, 1) ** 2
    parts = (1 - step) * PARTS[labels] + step * PARTS[kin]
    tremble = normal(1, parts.shape[1], 8) * uniform(0.5, 1.5, 1, 1)
    parts[..., X:RX] += 0.05 * tremble[..., 0:2]
    parts[..., RX:TURN] *= np.exp(0.16 * tremble[..., 2:4])
    parts[..., TURN] += 0.1 * tremble[..., 4]
    parts[..., RED:] += 0.06 * tremble[..., 5:8] + normal(0.04, 1, 3)
    parts[:, GROUND, Y] += normal(0.2)
    parts[:, SKY : GROUND + 1, RED:] += normal(0.07, 2, 3)
    for blobs in (parts[:, :BEFORE], parts[:, GROUND + 1 : GROUND + 1 + BEHIND]):
        count = blobs.shape[1]
        blobs[..., X:RX] = uniform(-1.1, 1.1, count, 2)
        blobs[..., RX:TURN] = np.exp(uniform(-3.0, -0.8, count, 2))
        blobs[..., TURN] = uniform(0, 6.28, count)
        blobs[..., RED:] = uniform(0.1, 0.9, count, 3)

    # 3. pose: the pixel at (x, y) shows the picture's point (x, y, 1) @ pose
    turn, size, wide = normal(0.12), np.exp(normal(0.2) + 0.05), np.exp(normal(0.08))
    mirror = np.where(uniform(0, 1) < 0.5, -1, 1)
    pose = np.zeros((n, 3, 3), np.float32)
    pose[:, 0, 0], pose[:, 0, 1] = np.cos(turn) / wide * mirror, np.sin(turn) * mirror
    pose[:, 1, 0], pose[:, 1, 1] = -np.sin(turn), np.cos(turn) * wide
    pose[:, :2, :2] /= size[:, None, None]
    pose[:, 2, :2] = uniform(-0.3, 0.3, 2)
    pose[:, 2, 2] = 1
    sharp = size * uniform(6, 16)  # 16: an edge fades over one pixel

    # 4. paint and 5. light, one superclass at a time: its pictures have the same kinds of parts
    tinge = np.exp(normal(0.15, 1, 1)) * (1 + normal(0.07, 1, 3))
    colours = np.clip(parts[..., RED:], 0, 1) * tinge
    slope = normal(0.15, 1, 2)
    light = 1 + slope[..., 0] * PLANE[0] + slope[..., 1] * PLANE[1]
    texture = TEXTURES[whole(len(TEXTURES))] * np.exp(normal(0.4, 1) - 3.0) + normal(0.05, 1)
    grain, loud = whole(GRAIN.size - 3 * PIXELS), np.exp(normal(0.5, 1, 1) - 3.9)
    images = np.empty((n, PIXELS, 3), np.uint8)
    for coarse in np.unique(COARSE[labels]):
        count, boxes, waved = KINDS[coarse]
        rows = np.flatnonzero(COARSE[labels] == coarse)
        for own in np.split(rows, range(GROUP, len(rows), GROUP)):
            cover = _cover(parts[own, :count], pose[own], sharp[own], boxes, waved)
            paint = colours[own, :count].mT @ cover  # (images, 3, PIXELS)
            paint *= light[own, None]
            paint += texture[own, None]
            grains = np.stack([GRAIN[start : start + 3 * PIXELS] for start in grain[own]])
            paint += loud[own] * grains.reshape(paint.shape)
            images[own] = np.clip(255 * paint + 0.5, 0, 255).astype(np.uint8).mT
    return images.reshape(n, SIDE, SIDE, 3)


def _cover(parts, pose, sharp, boxes, waved):
    """How much of each pixel shows each part in the end, shape (images, parts, PIXELS).

    Every image has its own products of matrices, so that it cannot depend on the others.
    """
    x, y, rx, ry, turn, taper = np.moveaxis(parts[..., X:WAVES], -1, 0)[..., None]
    cos, sin = np.cos(turn), np.sin(turn)
    # a part's own coordinates, -1 to 1 inside it, as factors of a pixel's x, y and 1
    u = np.concatenate([cos, sin, -x * cos - y * sin], axis=-1) / rx @ pose.mT
    v = np.concatenate([-sin, cos, x * sin - y * cos], axis=-1) / ry @ pose.mT
    x_sharp, y_sharp = sharp[:, None, None] * rx, sharp[:, None, None] * ry

    cover = np.empty((*parts.shape[:2], PIXELS), np.float32)
    # ovals: 1 - u*u - v*v is a sum of products of x, y and 1
    ovals = np.flatnonzero(~boxes)
    steep = np.minimum(x_sharp, y_sharp)[:, ovals] / 2
    squares = -steep * (_products(u[:, ovals]) + _products(v[:, ovals]))
    squares[..., -1:] += steep + 0.5
    cover[:, ovals] = squares @ PRODUCTS
    # boxes: the nearer of the distances to the sides and to top and foot
    boxes = np.flatnonzero(boxes)
    side = ((taper / 2 * v + (1 - taper / 2) * ONE) * x_sharp + 0.5 * ONE)[:, boxes] @ PLANE
    side -= np.abs((x_sharp * u)[:, boxes] @ PLANE)
    end = y_sharp[:, boxes] + 0.5 - np.abs((y_sharp * v)[:, boxes] @ PLANE)
    cover[:, boxes] = np.minimum(side, end)
    np.clip(cover, 0, 1, out=cover)
    waves = parts[:, waved, WAVES:RED, None]
    stripes = np.cos(waves[:, :, 0] * (u[:, waved] @ PLANE))
    stripes *= np.cos(waves[:, :, 1] * (v[:, waved] @ PLANE))
    cover[:, waved] *= np.clip(0.5 + 2 * stripes, 0, 1)

    # from front to back: a part shows where those before it leave room
    room = np.ones((len(parts), PIXELS), np.float32)
    for part in [*range(BEFORE), *range(parts.shape[1] - 1, BEFORE - 1, -1)]:
        cover[:, part] *= room
        room -= cover[:, part]
    return cover


def _products(form):
    """The square of a sum of x, y and 1, as factors of PRODUCTS."""
    return (form[..., :, None] * form[..., None, :]).reshape(*form.shape[:-1], 9)


def _prepare_parts():
    """The parts of all classes, (100, most, 12), and what the classes of each superclass share.

    That is: how many parts there are, which of them are boxes, and the places of waved ones.
    """
    blobs = [oval(0, 0, 1, 1, "#888"), box(0, 0, 1, 1, "#888")]
    before, behind = (blobs * BEFORE)[:BEFORE], (blobs * BEHIND)[:BEHIND]
    parts, kinds = np.zeros((100, 40, 12), np.float32), []
    for kin, backdrop in zip(KIN, classes.BACKDROPS, strict=True):
        sky = box(0, 0, 9, 9, backdrop["above"])
        ground = box(0, backdrop["horizon"] + 3, 9, 3, backdrop["below"])
        template = backdrop["template"]
        for fine in kin:
            measures = classes.USUAL[template] | classes.MEASURES[classes.FINE_NAMES[fine]]
            own = getattr(templates, template)(**measures)
            own = [*before, sky, ground, *behind, *own]
            parts[fine, : len(own)] = own
        waved = parts[kin, : len(own), WAVES:RED].any(axis=(0, 2))
        kinds.append((len(own), parts[kin[0], : len(own), IS_BOX] > 0, np.flatnonzero(waved)))
    return parts[:, : max(count for count, _, _ in kinds)], kinds


def _prepare_textures(count=256):
    """Cloudy patterns, (count, PIXELS): noise whose waves are the stronger the longer they are."""
    noise = np.random.default_rng(0).standard_normal((count, SIDE, SIDE))
    frequency = np.hypot(np.fft.fftfreq(SIDE)[:, None], np.fft.rfftfreq(SIDE))
    waves = np.fft.rfft2(noise) / np.maximum(frequency, 1 / SIDE)
    cloudy = np.fft.irfft2(waves, s=(SIDE, SIDE)).reshape(count, PIXELS)
    cloudy -= cloudy.mean(axis=1, keepdims=True)
    return (cloudy / cloudy.std(axis=1, keepdims=True)).astype(np.float32)


COARSE = np.array(classes.COARSE_OF_FINE)
KIN = np.stack([np.flatnonzero(coarse == COARSE) for coarse in range(COARSE.max() + 1)])
PARTS, KINDS = _prepare_parts()
TEXTURES = _prepare_textures()
GRAIN = np.random.default_rng(0).standard_normal(1 << 18, np.float32)
_at = (np.arange(SIDE, dtype=np.float32) - 15.5) / 16
ONE = np.array([0, 0, 1], np.float32)
PLANE = np.stack([np.tile(_at, SIDE), np.repeat(_at, SIDE), np.ones(PIXELS, np.float32)])
PRODUCTS = (PLANE[:, None] * PLANE).reshape(9, PIXELS)  # x*x, x*y, x, y*x, ... at every pixel
