"""Pictures that say in words what they show."""

import base64
import html
import io
import time
from pathlib import Path
from unittest import mock

from helpers.models import open_model
from helpers.notebook import CourseError

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator
from PIL import Image

SCREEN_SCALE = 2  # pixels a point, so that pictures stay sharp on a projector


class Picture:
    """An SVG or a PNG with a text alternative. As a cell's last expression it shows itself.

    Attributes:
        data: The picture: SVG text (str) or the bytes of a PNG file.
        alt: What the picture shows, in words, for screen readers.
        caption: The line that stands for the picture where pictures cannot be shown, and that
            tests compare: the same on every machine and for every data set.
        size: (width, height) in CSS pixels; None lets the browser decide.
    """

    def __init__(self, data, alt, caption, size=None):
        self.data, self.alt, self.caption, self.size = data, alt, caption, size

    @property
    def kind(self):
        """The picture's media type: "image/svg+xml" or "image/png"."""
        return "image/svg+xml" if isinstance(self.data, str) else "image/png"

    def save(self, path):
        """Write the picture to `path` (.svg or .png, as `kind` says) and return the path."""
        data = self.data.encode() if isinstance(self.data, str) else self.data
        Path(path).write_bytes(data)
        return Path(path)

    def __repr__(self):
        return f"<picture: {self.caption}>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        metadata = {"alt": self.alt}
        if self.size:
            metadata |= {"width": self.size[0], "height": self.size[1]}
        data = self.data if isinstance(self.data, str) else self._encoded()
        bundle = {self.kind: data, "text/html": self._repr_html_(), "text/plain": repr(self)}
        return bundle, {self.kind: metadata}

    def _repr_html_(self):
        """The picture with its words, for JupyterLab, which reads no `alt` from the metadata.

        Lessons are stored without it (authoring/refresh.py), or each picture would be there twice.
        """
        words = f'alt="{html.escape(self.alt)}" style="max-width: 100%; height: auto"'
        size = ' width="{}" height="{}"'.format(*self.size) if self.size else ""
        return f'<img src="data:{self.kind};base64,{self._encoded()}" {words}{size}>'

    def _encoded(self):
        data = self.data.encode() if isinstance(self.data, str) else self.data
        return base64.b64encode(data).decode()


def picture_of(figure, alt, caption, colours=128):
    """Turn a matplotlib figure into a `Picture`, a palette PNG of a few kilobytes, and close it.

    Args:
        figure: The matplotlib `Figure`.
        alt, caption: See `Picture`.
        colours: The size of the palette, 2 to 256.
    """
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=72 * SCREEN_SCALE, facecolor="white")
    plt.close(figure)
    image = Image.open(file).convert("RGB")
    file = io.BytesIO()
    palette = image.quantize(colours, dither=Image.Dither.NONE)
    palette.save(file, format="png", optimize=True)
    width, height = image.width // SCREEN_SCALE, image.height // SCREEN_SCALE
    return Picture(file.getvalue(), alt, caption, (width, height))


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
    found = _find_layer(model, layer)
    shapes = [step.shapes[0][1:] for step in open_model(model, nested=False).inputs]
    if len(shapes) > 1 or image.shape not in (shapes[0], shapes[0][:-1]):
        raise CourseError(
            f"The model takes {shapes}, and the image has the shape {image.shape}: pass one "
            "image, as in images[0], to a model with one input."
        )
    given = []
    call = found.call
    with mock.patch.object(found, "call", lambda *a, **k: given.append(call(*a, **k)) or given[-1]):
        model(image.reshape(1, *shapes[0]), training=False)
    if not given or len(np.shape(given[0])) != 4:
        raise CourseError(
            f"The layer {found.name!r} gives no maps (height, width, channels): choose "
            "another, such as a convolution or a pooling layer."
        )
    return np.asarray(given[0])[0], found


def _find_layer(model, layer):
    for number, one in enumerate(model.layers):
        if layer is None and "Conv" in type(one).__name__:
            return one
        if layer in (one.name, number, number - len(model.layers)):
            return one
    wanted = "no convolution" if layer is None else f"no layer {layer!r}"
    names = ", ".join(f"{number}: {one.name}" for number, one in enumerate(model.layers))
    raise CourseError(f"In this model there is {wanted}. Its layers are {names}.")


STYLES = "-", "--", "-.", ":", (0, (8, 2, 1, 2, 1, 2))


def plot_bars(panels):
    """Lay models side by side: a panel for each measure, and in it a bar for each model.

    Args:
        panels: For each measure, by its name, the models' numbers by their names, as in
            `{"parameters": {"small": 10, "large": 500}, "seconds": {"small": 1, "large": 2}}`.

    Raises:
        CourseError: There are no panels or bars, or a number is negative or no number at all.
    """
    for bars in panels.values():
        numbers = [float(number) for number in bars.values()]
        if not numbers or not np.isfinite(numbers).all() or min(numbers) < 0:
            raise CourseError(f"Bars show numbers from 0 up, not {list(bars.values())}.")
    if not panels:
        raise CourseError("There is nothing to draw: pass {measure: {model: number}}.")
    most = max(map(len, panels.values()))
    with plt.style.context(LOOK):
        figure = Figure((max(5.2, 3.6 * len(panels)), 1.2 + 0.5 * most), layout="constrained")
        rows = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
        for axes, (measure, bars) in zip(rows, panels.items(), strict=True):
            _draw_bars(axes, measure, bars)
        alt = "; ".join(
            f"{measure}: " + ", ".join(f"{name} {_short(n)}" for name, n in bars.items())
            for measure, bars in panels.items()
        )
        names = list(dict.fromkeys(name for bars in panels.values() for name in bars))
        caption = f"{' and '.join(panels)} of {', '.join(names)}"
        return picture_of(figure, f"Bars. {alt}.", caption)


def _short(number):
    """A number as it stands beside its bar."""
    if number == int(number):
        return f"{int(number):,}"
    return f"{number:.2f}" if number < 1 else f"{number:.1f}" if number < 100 else f"{number:,.0f}"


def _draw_bars(axes, measure, bars):
    names, numbers = list(bars), [float(number) for number in bars.values()]
    axes.barh(names, numbers, color=[COLOURS[i % 5] for i in range(len(names))], height=0.6)
    axes.set(title=measure, xticks=[], xlim=(0, 1.35 * (max(numbers) or 1)))
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(left=False)
    if not axes.yaxis_inverted():
        axes.invert_yaxis()
    for name, number in zip(names, numbers, strict=True):
        axes.annotate(
            _short(number), (number, name), (5, 0), textcoords="offset points", va="center"
        )


def plot_stopping(runs):
    """Compare ways to stop: the losses with the epochs kept, and what each way came to.

    Args:
        runs: For each way to stop, by its name, a dict with "history" (what `fit` returned, with
            validation), "kept" (the epoch whose weights the model has now, counted from 1),
            "accuracy" (on validation images, of the model as it is now) and "seconds".

    Raises:
        CourseError: A run lacks one of these, or its history has no validation loss.
    """
    if not runs:
        raise CourseError("There are no runs to compare.")
    losses = {}
    for name, run in runs.items():
        lacking = {"history", "kept", "accuracy", "seconds"} - set(run)
        if lacking:
            raise CourseError(f"The run {name!r} lacks {', '.join(sorted(lacking))}.")
        history = getattr(run["history"], "history", run["history"])
        if "val_loss" not in history:
            raise CourseError(f"The run {name!r} has no val_loss: pass validation_data to fit.")
        losses[name] = {"training": history["loss"], "validation": history["val_loss"]}
        if not 1 <= run["kept"] <= len(history["val_loss"]):
            raise CourseError(f"The run {name!r} has no epoch {run['kept']}, which it keeps.")
    measures = {
        "validation accuracy": {name: run["accuracy"] for name, run in runs.items()},
        "epochs": {name: len(loss["validation"]) for name, loss in losses.items()},
        "seconds": {name: run["seconds"] for name, run in runs.items()},
    }
    words = []
    with plt.style.context(LOOK):
        figure = Figure((10.4, 4.6 + 0.4 * len(runs)), layout="constrained")
        upper, lower = figure.subfigures(2, 1, height_ratios=(4, 1 + 0.4 * len(runs)))
        panels = upper.subplots(1, len(runs), sharey=True, sharex=True, squeeze=False)[0]
        for axes, (name, loss), colour in zip(panels, losses.items(), COLOURS, strict=False):
            words.append(_draw_stop(axes, name, loss, runs[name]["kept"], colour))
        panels[0].set_ylabel("loss")
        rows = lower.subplots(1, 3, sharey=True)
        for axes, (measure, bars) in zip(rows, measures.items(), strict=True):
            _draw_bars(axes, measure, bars)
            words.append(
                f"{measure}: " + ", ".join(f"{run} {_short(n)}" for run, n in bars.items())
            )
        caption = f"losses, accuracy, epochs and seconds of {', '.join(runs)}"
        return picture_of(figure, f"{'. '.join(words)}.", caption)


def plot_runs(runs, metric="loss"):
    """Lay training runs side by side, a panel for each, on one scale.

    Args:
        runs: For each run, by its name, what `fit` returned, or its `history`.
        metric: Which curves to draw, for training and validation.

    Raises:
        CourseError: There are no runs, or one has no such curves.
    """
    histories, words = _histories(runs), []
    with plt.style.context(LOOK):
        figure = Figure((10.4, 3.6 * -(-len(runs) // 4) + 0.4), layout="constrained")
        columns = min(4, len(runs))
        rows = -(-len(runs) // columns)
        panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        for axes in panels.flat[len(runs) :]:
            axes.set_axis_off()
        for axes, (name, history) in zip(panels.flat, histories.items(), strict=False):
            if f"val_{metric}" not in history or metric not in history:
                raise CourseError(f"The run {name!r} has no curves of {metric} and val_{metric}.")
            curves = {"training": history[metric], "validation": history[f"val_{metric}"]}
            _draw_curves(axes, curves, None)
            axes.set_title(name)
            ends = (f"{which} ends at {values[-1]:.2f}" for which, values in curves.items())
            words.append(f"{name}: {metric} in {', in '.join(ends)}")
        for axes in panels[:, 0]:
            axes.set_ylabel(metric)
        handles, labels = panels[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=2)
        caption = f"curves of {metric} of {', '.join(runs)}"
        return picture_of(figure, f"{'. '.join(words)}.", caption)


def plot_metric(runs, metric="val_accuracy", guessing=None):
    """Lay one curve of several training runs over each other; a ring marks the best of each.

    Args:
        runs: For each run, by its name, what `fit` returned, or its `history`.
        metric: Which curve to draw. Best is the highest, for a loss the lowest.
        guessing: What somebody who only guesses would reach, drawn as a dotted line; or None.

    Raises:
        CourseError: There are no runs, or one has no such curve.
    """
    histories, words = _histories(runs), []
    with plt.style.context(LOOK):
        figure = Figure((8, 4.6), layout="constrained")
        axes = figure.add_subplot(xlabel="epoch", ylabel=metric.replace("_", " "))
        axes.grid(axis="y", color="#e2e8f0")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        for place, (name, history) in enumerate(histories.items()):
            values = np.asarray(history.get(metric, ()), float)
            if not len(values) or not np.isfinite(values).any():
                raise CourseError(f"The run {name!r} has no curve of {metric}.")
            colour, style = COLOURS[place % 5], STYLES[place % 5]
            axes.plot(np.arange(1, len(values) + 1), values, style, color=colour, label=name)
            best = int(np.nanargmin(values) if "loss" in metric else np.nanargmax(values))
            axes.plot(best + 1, values[best], "o", color=colour, ms=11, mfc="none", mew=2)
            words.append(
                f"{name} goes from {values[0]:.3f} to {values[-1]:.3f} in {len(values)} epochs, "
                f"its best is {values[best]:.3f} after epoch {best + 1}"
            )
        if guessing is not None:
            axes.axhline(guessing, color=INK, linestyle=":", linewidth=1.5, label="guessing")
            words.append(f"a dotted line for guessing is at {guessing:.3f}")
        axes.set_ylim(bottom=0)
        figure.legend(loc="outside upper center", ncols=3)
        caption = f"{metric} of {', '.join(runs)}"
        return picture_of(figure, f"Curves of {metric}. {'; '.join(words)}.", caption)


def _histories(runs):
    """The `history` of each run by the run's name; `CourseError` if there are no runs."""
    if not runs:
        raise CourseError("There are no runs to compare.")
    return {name: getattr(run, "history", run) for name, run in runs.items()}


def _draw_curves(axes, curves, colour):
    """Draw a training curve and a validation curve over the epochs."""
    for (which, values), style, own in zip(curves.items(), ("-", "--"), COLOURS, strict=False):
        epochs = np.arange(1, len(values) + 1)
        axes.plot(epochs, values, style, color=colour or own, label=which)
    axes.set_xlabel("epoch")
    axes.grid(axis="y", color="#e2e8f0")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))


def _draw_stop(axes, name, loss, kept, colour):
    """Draw the losses of one run, mark the epoch it keeps, and tell what is seen."""
    _draw_curves(axes, loss, colour)
    axes.set_title(f"{name}\nkeeps epoch {kept}")
    axes.plot(kept, loss["validation"][kept - 1], "o", color=INK, ms=11, mfc="none", mew=2)
    axes.legend(loc="upper left")
    training, validation = loss.values()
    return (
        f"{name}: {len(training)} epochs, the training loss ends at {training[-1]:.2f}, the "
        f"validation loss at {validation[-1]:.2f} after a least value of {min(validation):.2f}; "
        f"kept is epoch {kept}"
    )


def plot_pooling(feature_map, pool_size=2):
    """Show what max pooling keeps of a feature map: all of it, and a part with its numbers.

    Args:
        feature_map: Numbers (height, width), one channel of what a layer gives for one image.
        pool_size: The side of the windows of which only the largest number is kept.

    Raises:
        CourseError: It is no feature map, or too small for three windows each way.
    """
    before = np.asarray(feature_map, float)
    if not isinstance(pool_size, int) or pool_size < 2:
        raise CourseError(f"The pool size is a whole number from 2 up, not {pool_size!r}.")
    if before.ndim != 2 or min(before.shape) < 3 * pool_size:
        raise CourseError(
            f"A feature map has the shape (height, width), each at least {3 * pool_size}, "
            f"not {before.shape}: one channel of one image is maps[0, :, :, 0]."
        )
    height, width = (side // pool_size for side in before.shape)
    cut = before[: height * pool_size, : width * pool_size]
    windows = cut.reshape(height, pool_size, width, pool_size)
    after = windows.max(axis=(1, 3))
    variety = np.lib.stride_tricks.sliding_window_view(after - windows.min(axis=(1, 3)), (3, 3))
    row, column = np.unravel_index(variety.sum(axis=(2, 3)).argmax(), variety.shape[:2])
    side = 3 * pool_size
    part = before[pool_size * row :, pool_size * column :][:side, :side]
    with plt.style.context(LOOK):
        figure = Figure((10.4, 8.6), layout="constrained")
        (whole, pooled), (numbers, kept) = figure.subplots(2, 2)
        colours = {"cmap": "cividis", "vmin": before.min(), "vmax": before.max()}
        for axes, array, what in ((whole, before, "before"), (pooled, after, "after")):
            axes.imshow(array, **colours)
            axes.set_title(f"{what}: {array.shape[0]} × {array.shape[1]}")
        _draw_part(numbers, part, pool_size, colours)
        numbers.set_title("the marked part, window by window")
        _draw_part(kept, after[row : row + 3, column : column + 3], 1, colours)
        kept.set_title("the largest of each window")
        for axes, at, length in ((whole, (column, row), side), (pooled, (column, row), 3)):
            corner = [pool_size * i - 0.5 if length == side else i - 0.5 for i in at]
            axes.add_patch(
                Rectangle(corner, length, length, fill=False, color=COLOURS[1], linewidth=3)
            ).set_path_effects([withStroke(linewidth=7, foreground="white")])
        for axes in figure.axes:
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
    sizes = " to ".join(f"{array.shape[0]} × {array.shape[1]}" for array in (before, after))
    caption = f"max pooling of {pool_size} × {pool_size}: a feature map goes from {sizes}"
    example = f"{', '.join(f'{n:.2g}' for n in part[:pool_size, :pool_size].flat)}"
    alt = (
        f"{caption}. A part is marked on both maps and enlarged with its numbers. The first window "
        f"holds {example}, and only {after[row, column]:.2g} is left of it."
    )
    return picture_of(figure, alt, caption)


def _draw_part(axes, array, pool_size, colours):
    """Draw numbers on their colours, the windows outlined, the largest of each in bold."""
    shown = axes.imshow(array, **colours)
    for (row, column), number in np.ndenumerate(array):
        top, left = row // pool_size * pool_size, column // pool_size * pool_size
        window = array[top : top + pool_size, left : left + pool_size]
        first = np.argwhere(window == window.max())[0] + (top, left)
        largest = tuple(first) == (row, column)
        light = np.dot(shown.to_rgba(number)[:3], (0.3, 0.6, 0.1)) > 0.5
        axes.text(
            column,
            row,
            f"{number:.1f}" if abs(number) >= 10 else f"{number:.2f}",
            ha="center",
            va="center",
            color=INK if light else "white",
            weight="bold" if largest else None,
            fontsize=16 if pool_size == 1 else 15 if largest else 12,
        )
        if tuple(first) == (row, column):
            axes.add_patch(
                Rectangle(
                    (left - 0.5, top - 0.5),
                    pool_size,
                    pool_size,
                    fill=False,
                    color="white",
                    linewidth=3,
                )
            ).set_path_effects([withStroke(linewidth=5, foreground=INK)])


def plot_confusion(true, predicted, class_names):
    """Draw for each true class (a row) what share of its images was taken for which class.

    Args:
        true: Integers (n,), the right classes.
        predicted: Integers (n,), the classes that a model chose.
        class_names: The name for each class, at most 30.

    Raises:
        CourseError: The arrays do not fit each other or the names.
    """
    true, predicted = np.asarray(true), np.asarray(predicted)
    count = len(class_names)
    if true.ndim != 1 or true.shape != predicted.shape or not len(true):
        raise CourseError(
            "Confusion needs one true and one predicted class an image, and these have the shapes "
            f"{true.shape} and {predicted.shape}. Turn probabilities into classes with argmax."
        )
    for classes in (true, predicted):
        if not np.issubdtype(classes.dtype, np.integer) or not classes.min() >= 0:
            raise CourseError("Classes are integers from 0 up.")
        if classes.max() >= count:
            raise CourseError(f"There are {count} names, and none for class {classes.max()}.")
    if count > 30:
        raise CourseError(f"{count} classes are too many to draw: group them, 30 at most.")
    counts = np.zeros((count, count))
    np.add.at(counts, (true, predicted), 1)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    names = [str(name).replace("_", " ") for name in class_names]
    with plt.style.context(LOOK):
        figure = Figure((3.5 + 0.36 * count, 3 + 0.33 * count), layout="constrained")
        axes = figure.subplots()
        shown = axes.imshow(shares, cmap="cividis", vmin=0)
        axes.set_xticks(range(count), names, rotation=90, fontsize=11)
        axes.set_yticks(range(count), names, fontsize=11)
        axes.set(xlabel="the model's answer", ylabel="what it is")
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
        bar = figure.colorbar(shown, label="share of the row's images", shrink=0.8)
        bar.outline.set_visible(False)
    seen = counts.sum(axis=1) > 0
    right = np.diag(shares)
    best = int(np.where(seen, right, -1).argmax())
    worst = int(np.where(seen, right, 2).argmin())
    wrong = shares - np.diag(right)
    taken = np.argsort(wrong, axis=None)[::-1][:3]
    pairs = [divmod(int(i), count) for i in taken if wrong.flat[i] > 0]
    alt = (
        f"A table of {count} × {count} squares, one row for each true class. The diagonal, right "
        f"answers, holds {np.trace(counts) / len(true):.0%} of all images, from {right[best]:.0%} "
        f"of {names[best]} to {right[worst]:.0%} of {names[worst]}."
    )
    if pairs:
        mixed = (f"{names[a]} for {names[b]} ({wrong[a, b]:.0%})" for a, b in pairs)
        alt += f" Most often taken for something else: {', '.join(mixed)}."
    return picture_of(figure, alt, f"a table of which of {count} classes is taken for which")


GREY = "#64748b"


def seconds(function, repeats: int = 3) -> float:
    """Call a function several times and return the shortest time that a call took.

    The shortest, because everything that disturbs a measurement makes it longer. Call the function
    once before you measure it, if its first call does more than the later ones, as tracing does.

    Args:
        function: What to call, without arguments.
        repeats: How often to call it.

    Raises:
        CourseError: `function` cannot be called, or `repeats` is less than 1.
    """
    if not callable(function):
        raise CourseError(
            f"seconds needs a function to call, not a {type(function).__name__}: "
            "write seconds(f), not seconds(f())."
        )
    if repeats < 1:
        raise CourseError(f"repeats is {repeats}: measure at least once.")
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def plot_speeds(seconds_by_name: dict[str, float], reference: str = "fit"):
    """Draw how long each way takes as bars, as multiples of what one of them takes.

    Args:
        seconds_by_name: The seconds that each way takes, by its name, in the order to draw.
        reference: The name of the way whose bar has length 1.

    Raises:
        CourseError: The reference is not among the names, or a time is not above 0.
    """
    names = list(seconds_by_name)
    if reference not in seconds_by_name:
        there = ", ".join(repr(name) for name in names) or "nothing"
        raise CourseError(f"There is no time for {reference!r} to compare with, only for {there}.")
    for name, time_taken in seconds_by_name.items():
        if not time_taken > 0:
            raise CourseError(f"{name!r} took {time_taken} seconds, and a time is above 0.")
    ratios = [seconds_by_name[name] / seconds_by_name[reference] for name in names]
    with plt.style.context(LOOK):
        figure = Figure((8, 0.6 * len(names) + 1), layout="constrained")
        axes = figure.add_subplot(
            title=f"time for the same work, in multiples of {reference}", yticks=range(len(names))
        )
        colours = [GREY if name == reference else BLUE for name in names]
        bars = axes.barh(names, ratios, height=0.62, color=colours)
        labels = axes.bar_label(bars, [f"{ratio:.2g} ×" for ratio in ratios], padding=7, color=INK)
        for label in labels:
            label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 2})
        axes.axvline(1, color=INK, linestyle=":", linewidth=1.5, zorder=0)
        axes.invert_yaxis()
        axes.margins(x=0.1)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        told = "; ".join(
            f"{name}, {ratio:.2g} times" for name, ratio in zip(names, ratios, strict=True)
        )
        alt = f"Bars of the time each takes, compared with {reference}: {told}"
        return picture_of(figure, alt, f"times compared with {reference}: {', '.join(names)}")
