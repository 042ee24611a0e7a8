"""Pictures that one lesson needs: the sliding kernel of lesson 1, the confusion of lesson 5."""

from helpers import CourseError
from helpers.arguments import classes, count, numbers, texts_of
from helpers.plots import BLUE, GREY, INK, RED, in_our_look, picture_of, shortened

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke


@in_our_look
def plot_kernel(image, kernel, stride=1):
    """Show what a convolution does: a kernel slides over an image, each window giving one number.

    Two windows are marked, A at the upper left and B where the output is strongest, with the
    numbers that they give.

    Args:
        image: Numbers (height, width), at most 10 × 10.
        kernel: Numbers (rows, columns), not larger than the image.
        stride: How many pixels the kernel moves at a time, from 1 up.

    Raises:
        CourseError: The shapes do not fit, a number is not finite, or the stride is not a whole
            number from 1 up.
    """
    image, kernel = numbers(image, "The image") * 1.0, numbers(kernel, "The kernel") * 1.0
    flat = image.ndim == kernel.ndim == 2 and kernel.size > 0
    if not flat or max(image.shape) > 10 or np.any(kernel.shape > np.array(image.shape)):
        raise CourseError(
            "A kernel (rows, columns) slides over an image (height, width) at least as large, and "
            f"at most 10 × 10. These have the shapes {kernel.shape} and {image.shape}."
        )
    stride = count(stride, "stride")
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)[::stride, ::stride]
    output = (windows * kernel).sum(axis=(2, 3))
    strength = np.abs(output).ravel()
    strongest = divmod(int(np.flatnonzero(strength == strength.max())[-1]), output.shape[1])
    marks = {(0, 0): ("A", BLUE, "-")}
    marks.setdefault(strongest, ("B", RED, "--"))
    sums = [
        f"{letter}: {_products(windows[at], kernel)} = {_signed(output[at])}"
        for at, (letter, *_) in marks.items()
    ]
    grids = {"image": image, "kernel": kernel, "output": output}
    sizes = {what: " × ".join(map(str, grid.shape)) for what, grid in grids.items()}
    widths = [max(2, grid.shape[1]) for grid in grids.values()]
    cell = min(9 / sum(widths), 3.8 / image.shape[0])  # inches
    figure = Figure((10.4, cell * max(2, image.shape[0]) + 1.1 + 0.3 * len(sums)), layout="none")
    inch = 1 / figure.get_figheight()
    room = {"left": 0.02, "right": 0.98, "wspace": 0.08, "top": 1 - 0.7 * inch}
    room |= {"bottom": (0.3 + 0.3 * len(sums)) * inch, "width_ratios": widths}
    panels = figure.subplots(1, 3, gridspec_kw=room)
    for axes, sign, (what, grid) in zip(panels, ("", "∗ ", "= "), grids.items(), strict=True):
        _draw_numbers(axes, grid, "gray" if what == "image" else "RdBu_r", 110 * cell)
        axes.set_title(f"{sign}{what} {sizes[what]}", pad=18)
    for (row, column), mark in marks.items():
        _outline(panels[0], (row * stride, column * stride), kernel.shape, *mark)
        _outline(panels[2], (row, column), (1, 1), *mark)
    figure.text(0.5, 0.1 * inch, "\n".join(sums), ha="center", fontsize=12)
    caption = f"a {sizes['kernel']} kernel slides over a {sizes['image']} image"
    caption += f", output {sizes['output']}"
    return picture_of(figure, f"{caption}. {'. '.join(sums)}.", caption)


def _signed(number):
    return f"{number:.3g}".replace("-", "−")


def _products(window, kernel):
    """Write out the products that one window adds up, if there is room for them."""
    pairs = zip(map(_signed, window.ravel()), map(_signed, kernel.ravel()), strict=True)
    text = " + ".join(f"{a}·({b})" if b[0] == "−" else f"{a}·{b}" for a, b in pairs)
    return text if len(text) < 110 else f"sum of {kernel.size} products"


def _draw_numbers(axes, grid, colours, size):
    """Draw an array as cells, each with its number in it."""
    low, high = grid.min(), grid.max() + (grid.min() == grid.max())
    if colours != "gray":  # zero in the middle, and white
        high = np.abs(grid).max() or 1
        low = -high
    shown = axes.imshow(grid, colours, vmin=low, vmax=high)
    axes.set(xticks=[], yticks=[])
    size = min(15, size / max(len(_signed(number)) for number in grid.flat))
    for (row, column), number in np.ndenumerate(grid):
        axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, color=GREY))
        light = np.dot(shown.to_rgba(number)[:3], (0.2, 0.7, 0.1)) > 0.5
        look = {"color": INK if light else "white", "fontsize": size}
        axes.text(column, row, _signed(number), ha="center", va="center", **look)


def _outline(axes, corner, shape, letter, colour, style):
    x, y = corner[1] - 0.5, corner[0] - 0.5
    frame = Rectangle((x, y), shape[1], shape[0], fill=False, color=colour, lw=3, ls=style)
    frame.set(clip_on=False, zorder=3, path_effects=[withStroke(linewidth=6, foreground="white")])
    axes.add_patch(frame)
    box = {"boxstyle": "round,pad=0.15", "color": colour}
    look = {"color": "white", "weight": "bold", "fontsize": 11, "bbox": box}
    axes.annotate(letter, (x, y), (1, 4), textcoords="offset points", **look)


@in_our_look
def plot_confusion(true, predicted, class_names):
    """Draw for each true class (a row) what share of its images was taken for which class.

    Args:
        true: The right classes, whole numbers (n,) or (n, 1).
        predicted: The classes that a model chose, the same; or probabilities (n, classes).
        class_names: The name of each class, a list or an array of up to 30.

    Raises:
        CourseError: The arrays do not fit each other or the names.
    """
    names = texts_of(class_names)
    if len(names) > 30:
        raise CourseError(f"{len(names)} classes are too many to draw: group them, 30 at most.")
    true, predicted = classes(true, "true", names), classes(predicted, "predicted", names)
    if len(true) != len(predicted):
        raise CourseError(
            f"There are {len(true)} true classes and {len(predicted)} predicted: one an image each."
        )
    counts = np.zeros((len(names), len(names)))
    np.add.at(counts, (true, predicted), 1)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    short = [shortened(name) for name in names]
    room = 1.3 + 0.075 * max(map(len, short))  # inches, for the names
    figure = Figure((room + max(3.2, 0.36 * len(names)), room + max(2.6, 0.33 * len(names)) - 0.3))
    axes = figure.add_subplot(xlabel="the model's answer", ylabel="what it is")
    shown = axes.imshow(shares, cmap="cividis", vmin=0)
    axes.set_xticks(range(len(names)), short, rotation=90, fontsize=11)
    axes.set_yticks(range(len(names)), short, fontsize=11)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    bar = figure.colorbar(shown, label="share of the row's images", shrink=0.8)
    bar.outline.set_visible(False)
    right, seen = np.diag(shares), counts.sum(axis=1) > 0
    best, worst = int(np.where(seen, right, -1).argmax()), int(np.where(seen, right, 2).argmin())
    alt = (
        f"A table of {len(names)} × {len(names)} squares, one row for each true class. The "
        f"diagonal, right answers, holds {np.trace(counts) / len(true):.0%} of all images"
    )
    if right[best] > right[worst]:
        alt += f", from {right[best]:.0%} of {names[best]} to {right[worst]:.0%} of {names[worst]}"
    wrong = shares - np.diag(right)
    places = [divmod(int(at), len(names)) for at in np.argsort(-wrong, axis=None)[:3]]
    mixed = [f"{names[a]} for {names[b]} ({wrong[a, b]:.0%})" for a, b in places if wrong[a, b]]
    if mixed:
        alt += f". Most often taken for something else: {', '.join(mixed)}"
    return picture_of(
        figure, f"{alt}.", f"a table of which of {len(names)} classes is taken for which"
    )
