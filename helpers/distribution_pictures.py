"""Pictures of a batch that is shared out, and of what worker processes did when."""

import re

from helpers.errors import CourseError
from helpers.picture import picture_of
from helpers.pictures import COLOURS, INK, LOOK, RED

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

STARTING, UNFINISHED = ("#f1f5f9", "#64748b"), ("#ffffff", COLOURS[0])  # fill and edge
END_OF_EPOCH = re.compile(r"epoch (\d+): loss")


def plot_split(parts):
    """Show the images of a global batch, and beside them those that each replica gets.

    Args:
        parts: For each replica, in order, its images (n, height, width, 3), floats 0 to 1. Each has
            the same number, 1 to 16, and there are 1 to 5 replicas.

    Raises:
        CourseError: There are no such images.
    """
    parts = [np.asarray(part, "float32") for part in parts]
    if not 1 <= len(parts) <= 5 or any(part.ndim != 4 or part.shape[3] != 3 for part in parts):
        raise CourseError(
            "plot_split takes a list with the images of each of up to five replicas, of shape "
            f"(n, height, width, 3) each, not {[part.shape for part in parts]}."
        )
    each = len(parts[0])
    if not 1 <= each <= 16 or any(part.shape != parts[0].shape for part in parts):
        raise CourseError(f"Each replica gets as many images: {[len(part) for part in parts]}?")
    columns = 8
    rows = -(-each // columns)
    with plt.style.context(LOOK):
        figure = Figure((10.4, len(parts) * (5.1 / columns * rows + 0.4)))
        grid = figure.add_gridspec(len(parts), 2)
        whole = figure.add_subplot(grid[:, 0], title=f"global batch: {each * len(parts)} images")
        whole.imshow(_mosaic(np.concatenate([_filled(part, columns) for part in parts]), columns))
        for number, (part, colour) in enumerate(zip(parts, COLOURS, strict=False)):
            axes = figure.add_subplot(grid[number, 1])
            axes.set_title(f"replica {number + 1}: {each} images", color=colour)
            axes.imshow(_mosaic(_filled(part, columns), columns))
            high, right = rows * (part.shape[1] + 2), columns * (part.shape[2] + 2) + 3
            whole.plot([right, right], [number * high, (number + 1) * high - 3], color=colour, lw=4)
        for axes in figure.axes:
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
    caption = f"a global batch of {each * len(parts)} images and its {len(parts)} parts"
    alt = f"{caption}: the first {each} go to replica 1, the next {each} to replica 2, and so on"
    return picture_of(figure, alt, caption, colours=256)


def _filled(images, columns):
    """The images with white ones behind, until the last row is full."""
    missing = -len(images) % columns
    return np.concatenate([images, np.ones((missing, *images.shape[1:]), "float32")])


def _mosaic(images, columns):
    """Images in rows, as one image, with two white pixels between them."""
    images = np.pad(images, ((0, 0), (0, 2), (0, 2), (0, 0)), constant_values=1)
    rows = images.reshape(-1, columns, *images.shape[1:])
    return np.clip(np.concatenate([np.concatenate(row, axis=1) for row in rows]), 0, 1)


def plot_timeline(runs):
    """Draw what each worker did when: starting, its epochs, and where it was killed.

    Args:
        runs: By their names, `helpers.Workers` whose block is over. The end of an epoch is a line
            that holds "epoch 3: loss".

    Raises:
        CourseError: There are no runs, or nothing was seen of one.
    """
    if not runs or not all(run.events for run in runs.values()):
        raise CourseError("There is no run to draw, or nothing was seen of its workers.")
    words = []
    most = sum(run.count for run in runs.values())
    with plt.style.context(LOOK):
        figure = Figure((10.4, 0.62 * most + 0.9 * len(runs) + 0.4), layout="constrained")
        heights = [run.count + 0.6 for run in runs.values()]
        panels = figure.subplots(len(runs), 1, sharex=True, squeeze=False, height_ratios=heights)
        longest = max(run.seconds for run in runs.values())
        panels[-1, 0].set(xlabel="seconds", xlim=(0, 1.04 * longest))
        for axes, (name, run) in zip(panels[:, 0], runs.items(), strict=True):
            axes.set_title(name, loc="left")
            told = [_draw_worker(axes, run, worker) for worker in range(run.count)]
            words.append(f"{name}: {', '.join(told)}")
            axes.set_yticks(range(run.count), [f"worker {n}" for n in range(run.count)])
            axes.set_ylim(run.count - 0.5, -0.5)
            axes.tick_params(left=False)
            axes.spines["left"].set_visible(False)
        caption = f"what the workers did, {', '.join(runs)}"
        return picture_of(figure, f"Bars along the time. {'; '.join(words)}.", caption)


def _draw_worker(axes, run, worker):
    """Draw the bar of one worker, and tell what is seen."""
    seen = [event for event in run.events if event.worker == worker]
    lines = [event for event in seen if event.line is not None]
    if not lines:
        return f"worker {worker} says nothing"
    start, epochs, told = lines[0].seconds, [], "no epoch"
    _draw_part(axes, worker, 0, start, "starting", STARTING)
    for event in lines:
        over = END_OF_EPOCH.search(event.line)
        if over:
            epochs.append(over[1])
            _draw_part(axes, worker, start, event.seconds, over[1], (COLOURS[0], "white"), "white")
            start = event.seconds
    if epochs:
        told = f"epochs {epochs[0]} to {epochs[-1]}"
    if worker in run.cut_short:
        end = next((event.seconds for event in seen if event.line is None), run.seconds)
        _draw_part(axes, worker, start, end, "", UNFINISHED, hatch="///")
        told += ", and part of another one"
    if worker in run.killed:
        axes.plot(end, worker, "x", color=RED, markersize=14, markeredgewidth=4)
        told += ", and is killed"
    return f"worker {worker} does {told}"


def _draw_part(axes, worker, start, end, text, colours, ink=INK, hatch=None):
    fill, edge = colours
    look = {"color": fill, "edgecolor": edge, "linewidth": 2, "hatch": hatch}
    axes.barh(worker, end - start, left=start, height=0.62, **look)
    if end - start > 0.013 * len(text) * axes.get_xlim()[1]:  # else it would stand out
        axes.text((start + end) / 2, worker, text, color=ink, ha="center", va="center")
