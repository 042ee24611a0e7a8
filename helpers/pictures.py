"""Pictures of images, training curves, a sliding kernel and feature maps."""

from helpers.errors import CourseError
from helpers.opening import opened
from helpers.picture import picture_of

import keras
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

# After Okabe and Ito, for the colour-blind, and darker, so that text in them can be read on white.
COLOURS = BLUE, RED, _, _, _ = "#0072B2", "#C04A00", "#00795A", "#A0467F", "#5A4300"
INK = "#1e293b"
LOOK = [
    "default",  # whatever the reader has set for pictures of their own
    {
        "font.size": 13,
        "axes.titlesize": 13,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": "#64748b",
        "axes.labelcolor": INK,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "text.color": INK,
        "lines.linewidth": 2.2,
        "legend.frameon": False,
        "figure.constrained_layout.use": True,
    },
]
MARKERS = "os^Dv"  # one for each colour, for those who cannot tell the colours apart
GRID = "#e2e8f0"  # lines that only guide the eye
MOST_IMAGES = 60


def plot_images(images, labels=None, predictions=None, class_names=None, columns=6, title=None):
    """Show images in a grid, each with its label, or with a prediction and whether it is right.

    Args:
        images: Array (n, height, width), (n, height, width, 1) or (n, height, width, 3), of
            integers 0 to 255 or floats 0 to 1; n is 1 to 60.
        labels: Integers, (n,) or (n, 1).
        predictions: Integers (n,), or class probabilities (n, classes).
        class_names: The name of each class, for showing instead of its number.
        columns: Images in a row.
        title: A line above the images.

    Raises:
        CourseError: An array has another shape, range or length, or a class has no name.
    """
    images = _checked_images(images)
    labels = _classes(labels, len(images), "labels", class_names)
    predictions = _classes(predictions, len(images), "predictions", class_names)
    columns = max(1, min(columns, len(images)))
    rows = -(-len(images) // columns)
    caption = f"{len(images)} images"
    height = 1.5
    if predictions is not None:
        caption += " with predictions"
        height = 2.0 if class_names else 1.8
    elif labels is not None:
        caption += f", {len(labels)} labels"
        height = 1.8
    between = "\nis " if class_names else ", is "
    texts = []
    with plt.style.context(LOOK):
        size = (1.6 * columns, height * rows + 0.4 * bool(title))
        figure = Figure(size)
        for i, image in enumerate(images):
            axes = figure.add_subplot(rows, columns, i + 1, xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
            axes.imshow(image, cmap="gray", vmin=0, vmax=1)
            text, style = "" if labels is None else labels[i], {}
            if predictions is not None and text in ("", predictions[i]):
                text = f"{'✓' if text else '?'} {predictions[i]}"
            elif predictions is not None:
                text = f"✗ {predictions[i]}{between}{text}"
                style = {"color": RED, "weight": "bold"}
                axes.spines[:].set(visible=True, color=RED, linewidth=3, linestyle="--")
            axes.set_xlabel(text, **style)
            texts.append(text.replace("\n", ", "))
        figure.suptitle(title)
        alt = f"{caption}, in rows of {columns}: {'; '.join(texts)}".rstrip(": ;")
        return picture_of(figure, f"{title}. {alt}" if title else alt, caption)


def _checked_images(images):
    images = np.asarray(images)
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    if images.ndim != 3 and (images.ndim != 4 or images.shape[-1] != 3):
        raise CourseError(
            "Images are an array of shape (n, height, width), with 1 or 3 channels last if any, "
            f"not {images.shape}. One image alone is images[:1]."
        )
    if not 1 <= len(images) <= MOST_IMAGES:
        raise CourseError(
            f"A grid shows 1 to {MOST_IMAGES} images, not {len(images)}: pass some, images[:12]."
        )
    top = 255 if np.issubdtype(images.dtype, np.integer) else 1
    if not (images.min() >= 0 and images.max() <= top):
        raise CourseError(
            "Images are integers from 0 to 255 or floats from 0 to 1, and these are "
            f"{images.dtype} from {images.min():g} to {images.max():g}."
        )
    return images / top


def _classes(values, count, what, class_names):
    """Name the class of each image, given integers or probabilities."""
    if values is None:
        return None
    values = np.asarray(values)
    if values.ndim == 2:
        values = values[:, 0] if values.shape[1] == 1 else values.argmax(axis=1)
    if values.shape != (count,):
        raise CourseError(f"There are {count} images, and {what} of the shape {values.shape}.")
    values = np.rint(values).astype(int)
    if class_names is None:
        return [str(value) for value in values]
    if values.min() < 0 or values.max() >= len(class_names):
        raise CourseError(f"There are {len(class_names)} names, and classes up to {values.max()}.")
    return [class_names[value].replace("_", " ") for value in values]


def plot_history(history, metric="accuracy"):
    """Draw the loss, and one metric, over the epochs; the best epoch on validation has a ring.

    Args:
        history: What `model.fit` returned, or its `history`, a dict of lists; or a dict of
            several of these by name, to lay their curves over each other.
        metric: The metric's name in `history.history`; None draws the loss alone.

    Raises:
        CourseError: It is no history, it has no epochs, or the metric is not in it.
    """
    runs = _checked_runs(history, metric)
    panels = ["loss", metric] if metric else ["loss"]
    words = []
    with plt.style.context(LOOK):
        figure = Figure((5.2 * len(panels), 4.4))
        for axes, what in zip(
            figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True
        ):
            axes.set(xlabel="epoch", title=what)
            axes.margins(0.06, 0.08)
            axes.grid(axis="y", color=GRID)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
            for i, (name, run) in enumerate(runs.items()):
                look = COLOURS[i % len(COLOURS)], MARKERS[i % len(MARKERS)]
                words.append(_draw_run(axes, what, name, run, *look))
            axes.set_xlim(left=max(0.5, axes.get_xlim()[0]))  # there is no epoch 0
        lines, labels = axes.get_legend_handles_labels()
        figure.legend(lines, labels, loc="outside upper center", ncols=2)
        caption = f"curves of {' and '.join(panels)}"
        caption += " with validation" * any("val_loss" in run for run in runs.values())
        caption += f", {', '.join(runs)}" * (len(runs) > 1)
        return picture_of(figure, " ".join(words), caption)


def _checked_runs(history, metric):
    """Give each run's curves by the run's name, which is "" where there is just one."""
    runs = {"": history}
    if isinstance(history, dict) and all(
        hasattr(run, "keys") or hasattr(run, "history") for run in history.values()
    ):
        runs = history or runs
    runs = {name: getattr(run, "history", run) for name, run in runs.items()}
    for run in runs.values():
        if not isinstance(run, dict):
            raise CourseError(
                f"plot_history draws what model.fit returned, and got a {type(run).__name__}. "
                "Write history = model.fit(...), and then plot_history(history)."
            )
        if not len(run.get("loss", ())):
            raise CourseError("There is no loss in this history: was it trained for no epochs?")
        if metric and metric not in run:
            there = [repr(name) for name in run if not name.startswith("val_") and name != "loss"]
            raise CourseError(
                f"There is no metric {metric!r} in this history; there is "
                f"{', '.join(there) or 'none, so pass metric=None'}."
            )
    return runs


def _draw_run(axes, what, name, run, colour, marker):
    """Draw one run's training and validation curves, and tell what they show."""
    start = f"{name}, " * bool(name)
    words = []
    for key, label, style in ((what, "training", "-"), (f"val_{what}", "validation", "--")):
        if key not in run:
            continue
        values = np.asarray(run[key], float)
        validates = label == "validation"
        colour = RED if validates and not name else colour
        epochs = np.arange(1, len(values) + 1)
        look = {"color": colour, "label": start + label}
        if name or len(values) <= 12:
            look |= {"marker": marker, "markevery": -(-len(values) // 12)}
        axes.plot(epochs, values, style, **look)
        way = "falls" if values[-1] < values[0] else "rises"
        told = f"{way} from {values[0]:.3g} to {values[-1]:.3g} over {len(values)} epochs"
        words.append(f"{start}{label} {what} {told if len(values) > 1 else f'{values[0]:.3g}'}")
        if validates and np.isfinite(values).any():
            least = any(part in what for part in ("loss", "error", "mae", "mse"))
            best = np.nanargmin(values) if least else np.nanargmax(values)
            axes.plot(best + 1, values[best], "o", color=colour, ms=14, mfc="none", mew=2)
            axes.set_title(f"{axes.get_title()}\n{name or 'validation'} best at epoch {best + 1}")
            words.append(f"best at epoch {best + 1} with {values[best]:.3g}")
    text = "; ".join(words)
    return f"{text[0].upper()}{text[1:]}."


def plot_kernel(image, kernel, stride=1):
    """Show what a convolution does: a kernel slides over an image, each window giving one number.

    Two windows are marked, A at the upper left and B where the output is strongest, with the
    numbers that they give. Arrays up to 10 × 10 show their numbers, larger ones colours, and
    a dash where a number of kernel or output is negative.

    Args:
        image: Numbers (height, width) or (height, width, 1).
        kernel: Numbers (rows, columns), not larger than the image.
        stride: How many pixels the kernel moves at a time.

    Raises:
        CourseError: The shapes do not fit, or the stride is not a whole number from 1 up.
    """
    image, kernel = np.asarray(image, float), np.asarray(kernel, float)
    image = image[..., 0] if image.ndim == 3 and image.shape[-1] == 1 else image
    fits = (
        image.ndim == kernel.ndim == 2
        and kernel.size
        and np.all(kernel.shape <= np.array(image.shape))
    )
    if not fits:
        raise CourseError(
            "A kernel (rows, columns) slides over an image (height, width) at least as large, "
            f"and these have the shapes {kernel.shape} and {image.shape}."
        )
    if not isinstance(stride, int) or stride < 1:
        raise CourseError(f"The stride is a whole number from 1 up, not {stride!r}.")
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)[::stride, ::stride]
    output = (windows * kernel).sum(axis=(2, 3))
    strength = np.abs(output).ravel()
    strongest = int(np.flatnonzero(strength == strength.max())[-1])
    marks = {(0, 0): ("A", BLUE, "-"), divmod(strongest, output.shape[1]): ("B", RED, "--")}
    sums = [
        f"{letter}: {_products(windows[at], kernel)} = {_number(output[at])}"
        for at, (letter, *_) in marks.items()
    ]
    grids = {"image": image, "kernel": kernel, "output": output}
    sizes = {what: " × ".join(map(str, grid.shape)) for what, grid in grids.items()}
    with plt.style.context(LOOK):
        figure, panels = _row_of_panels(grids.values(), room_below=0.3 * len(sums))
        for axes, (what, grid) in zip(panels, grids.items(), strict=True):
            _draw_numbers(axes, grid, "gray" if what == "image" else "RdBu_r")
            axes.set_title(f"{what} {sizes[what]}", pad=16)
        for (row, column), mark in marks.items():
            _outline(panels[0], (row * stride, column * stride), kernel.shape, *mark)
            _outline(panels[2], (row, column), (1, 1), *mark)
        figure.text(0.5, 0.02, "\n".join(sums), ha="center", va="bottom", fontsize=12)
        caption = f"a {sizes['kernel']} kernel slides over a {sizes['image']} image"
        caption += f", output {sizes['output']}"
        return picture_of(figure, f"{caption}. {'. '.join(sums)}.", caption)


def _row_of_panels(grids, room_below):
    """Make axes for grids side by side, whose cells have one size, or are larger in small grids."""
    shapes = [grid.shape for grid in grids]
    width, gap, top = 10.4, 0.6, 0.7  # inches, as all here
    widths = np.array([max(columns, shapes[0][1] / 3) for _, columns in shapes])
    widths = widths * min((width - 4 * gap) / widths.sum(), 3.8 / shapes[0][0])
    heights = [wide * rows / columns for wide, (rows, columns) in zip(widths, shapes, strict=True)]
    height = max(heights) + top + 0.3 + room_below
    figure = Figure((width, height), layout="none")
    left = (width - widths.sum() - 2 * gap) / 2
    panels = []
    for wide, high, sign in zip(widths, heights, "∗= ", strict=True):
        bottom = height - top - (max(heights) + high) / 2
        box = (left / width, bottom / height, wide / width, high / height)
        panels.append(figure.add_axes(box))
        left += wide + gap
        middle = (height - top - max(heights) / 2) / height
        figure.text((left - gap / 2) / width, middle, sign, ha="center", va="center", fontsize=24)
    return figure, panels


def _number(number):
    return f"{number:.3g}".replace("-", "−")


def _products(window, kernel):
    """Write out the products that one window adds up, if there is room for them."""
    pairs = zip(window.ravel(), kernel.ravel(), strict=True)
    texts = [
        f"{_number(a)}·{_number(b)}" if b >= 0 else f"{_number(a)}·({_number(b)})" for a, b in pairs
    ]
    text = " + ".join(texts)
    return text if len(text) < 110 else f"sum of {len(texts)} products"


def _draw_numbers(axes, numbers, colours):
    """Draw an array as cells, and where there are few, pale ones with the numbers in them."""
    few = max(numbers.shape) <= 10
    low, high = numbers.min(), numbers.max() + (numbers.min() == numbers.max())
    if colours == "gray":
        low -= 1.5 * (high - low) * few
    else:  # zero in the middle, and white
        high = (np.abs(numbers).max() or 1) * (2 if few else 1)
        low = -high
    axes.imshow(numbers, colours, vmin=low, vmax=high)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(True)
    if not few and colours != "gray":  # on a dark cell a light dash
        rows, columns = np.nonzero(numbers < 0)
        inks = np.where(numbers[rows, columns] < -0.5 * high, "white", INK)
        axes.scatter(columns, rows, 120 / len(numbers), inks, marker="_", linewidth=1)
    for (row, column), number in np.ndenumerate(numbers) if few else ():
        axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, color="#64748b"))
        axes.text(column, row, _number(number), ha="center", va="center", fontsize=15)


def _outline(axes, corner, shape, letter, colour, style):
    x, y = corner[1] - 0.5, corner[0] - 0.5
    frame = {"fill": False, "color": colour, "lw": 3, "ls": style, "clip_on": False, "zorder": 3}
    axes.add_patch(Rectangle((x, y), shape[1], shape[0], **frame))
    tag = {
        "color": "white",
        "weight": "bold",
        "bbox": {"boxstyle": "round,pad=0.15", "color": colour},
    }
    axes.annotate(letter, (x, y), (1, 4), textcoords="offset points", fontsize=11, **tag)


def plot_feature_maps(model, image, layer=None, columns=8, most=32):
    """Show what a layer makes of one image: each of its channels as a tile, on one colour scale.

    Args:
        model: A built Keras model with one input, in any style.
        image: One image as the model takes it, (height, width, channels) or (height, width).
        layer: The layer's name, or its index in `model.layers`; None takes the first convolution.
        columns: Tiles in a row.
        most: How many channels to show at most.

    Raises:
        CourseError: There is no such layer, it gives no maps, or the image does not fit.
    """
    maps, found = _maps_of(model, np.asarray(image, "float32"), layer)
    height, width, count = maps.shape
    shown = min(count, most)
    columns = min(columns, shown)
    rows = -(-shown // columns)
    kind = f"{type(found).__name__}, {height} × {width}"
    title = f"{found.name} ({kind}): {count} maps" + f", the first {shown}" * (shown < count)
    with plt.style.context(LOOK):
        size = (1.2 * columns + 0.9, 1.2 * rows * height / width + 0.5)
        figure = Figure(size, layout="compressed")
        panels = figure.subplots(rows, columns, squeeze=False)
        for number, axes in enumerate(panels.flat):
            axes.axis("off")
            if number < shown:
                tile = axes.imshow(maps[..., number], "viridis", vmin=maps.min(), vmax=maps.max())
        figure.colorbar(tile, ax=panels, pad=0.02)
        figure.suptitle(title)
        caption = f"feature maps ({kind}), {shown} of {count}"
        alt = (
            f"{title}. Their values go from {maps.min():.3g} to {maps.max():.3g}; map "
            f"{maps.max(axis=(0, 1)).argmax() + 1} has the highest. Zero everywhere: "
            f"{np.sum(~maps.any(axis=(0, 1)))} maps."
        )
        return picture_of(figure, alt, caption, colours=256)


def _maps_of(model, image, layer):
    """Find a layer, and compute its output for one image."""
    with opened(model) as graph:
        found = _find_layer(model, layer)
        calls = [node for nodes in graph._nodes_by_depth.values() for node in nodes]
        outputs = [node.output_tensors[0] for node in calls if node.operation is found]
        if not outputs or len(outputs[0].shape) != 4:
            raise CourseError(
                f"The layer {found.name!r} gives no maps (height, width, channels): choose "
                "another, such as a convolution or a pooling layer."
            )
        shapes = [tensor.shape[1:] for tensor in graph.inputs]
        if len(shapes) > 1 or image.shape not in (shapes[0], shapes[0][:-1]):
            raise CourseError(
                f"The model takes {shapes}, and the image has the shape {image.shape}: pass one "
                "image, as in images[0], to a model with one input."
            )
        part = keras.Model(graph.inputs[0], outputs[0], name="part")
        return np.asarray(part(image.reshape(1, *shapes[0]), training=False))[0], found


def _find_layer(model, layer):
    for number, one in enumerate(model.layers):
        if layer is None and "Conv" in type(one).__name__:
            return one
        if layer in (one.name, number, number - len(model.layers)):
            return one
    wanted = "no convolution" if layer is None else f"no layer {layer!r}"
    names = ", ".join(f"{number}: {one.name}" for number, one in enumerate(model.layers))
    raise CourseError(f"In this model there is {wanted}. Its layers are {names}.")
