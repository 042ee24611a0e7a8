"""Pictures that say in words what they show, and the look that all of them share."""

import base64
import html
import io
import re
import sys
import textwrap
from unittest import mock

from helpers.arguments import (
    CourseError,
    classes,
    count,
    kind_of,
    numbers,
    one_number,
    one_of,
    text_of,
    texts_of,
    write,
    yes_or_no,
)
from helpers.models import open_model

import keras
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from PIL import Image

SCREEN_SCALE = 2  # pixels of the file for each on the page, so that a projector shows it sharp


class Picture:
    """An SVG or a PNG with a text alternative. As a cell's last expression it shows itself.

    Attributes:
        data: The picture: SVG text (str) or the bytes of a PNG file.
        alt: What the picture shows, in words, for screen readers.
        caption: The line that stands for the picture where pictures cannot be shown, and that
            tests compare: the same on every machine and for every data set.
        size: (width, height) in CSS pixels; None where an SVG does not tell.
    """

    def __init__(self, data, alt, caption, size=None):
        self.data, self.alt, self.caption, self.size = data, alt, caption, size
        if size is None and isinstance(data, str):
            told = re.match(r'\s*<svg[^>]* width="(\d+)"[^>]* height="(\d+)"', data)
            self.size = told and tuple(map(int, told.groups()))

    @property
    def kind(self):
        """The picture's media type: "image/svg+xml" or "image/png"."""
        return "image/svg+xml" if isinstance(self.data, str) else "image/png"

    def save(self, path):
        """Write the picture to `path` (.svg or .png, as `kind` says) and return the path.

        Raises:
            CourseError: It cannot be written there.
        """
        return write(path, self._bytes())

    def _bytes(self):
        return self.data.encode() if isinstance(self.data, str) else self.data

    def __repr__(self):
        return f"<picture: {self.caption}>"

    def _repr_html_(self):
        """The picture as every page shows it, that of a notebook nobody trusts included."""
        source = f"data:{self.kind};base64,{base64.b64encode(self._bytes()).decode()}"
        size = ' width="{}" height="{}"'.format(*self.size) if self.size else ""
        style = 'style="max-width: 100%; height: auto"'
        return f'<img src="{source}" alt="{html.escape(self.alt)}"{size} {style}>'


def picture_of(figure, alt, caption, colours=128):
    """Turn a matplotlib figure into a `Picture`, a palette PNG of a few kilobytes, and close it.

    Args:
        figure: The matplotlib `Figure`.
        alt, caption: See `Picture`.
        colours: The size of the palette, 2 to 256.
    """
    plt.close(figure)
    return _drawn(figure, alt, caption, colours)


def _drawn(figure, alt, caption, colours, **options):
    file = io.BytesIO()
    dpi = SCREEN_SCALE * figure.get_dpi()
    figure.savefig(file, format="png", dpi=dpi, facecolor="white", **options)
    image = Image.open(file).convert("RGB")
    file = io.BytesIO()
    palette = image.quantize(colours, dither=Image.Dither.NONE)
    palette.save(file, format="png", optimize=True)
    size = image.width // SCREEN_SCALE, image.height // SCREEN_SCALE
    return Picture(file.getvalue(), alt, caption, size)


def give_figures_words():
    """Have notebooks show matplotlib's own figures with words, too: what is written on them."""
    ipython = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    if shell:
        shell.display_formatter.mimebundle_formatter.for_type(Figure, _with_words)


def _with_words(figure):
    words = [figure.get_suptitle()]
    for axes in figure.axes:
        names = filter(None, (axes.get_ylabel(), axes.get_xlabel()))
        words += [axes.get_title(), " over ".join(names)]
        legend = axes.get_legend()
        if legend:
            words.append(", ".join(text.get_text() for text in legend.get_texts()))
            words[-1] = f"{legend.get_title().get_text()}: {words[-1]}".removeprefix(": ")
    alt = f"A figure. {'; '.join(filter(None, words))}".strip()
    picture = _drawn(figure, alt, "", 256, bbox_inches="tight")
    return {"text/html": picture._repr_html_()}, {}


# After Okabe and Ito, for the colour-blind, and darker, so that text in them can be read on white.
COLOURS = BLUE, RED, _, _, _ = "#0072B2", "#C04A00", "#00795A", "#A0467F", "#5A4300"
MARKERS = "os^Dv"  # one for each colour, for those who cannot tell the colours apart
INK = "#1e293b"
GREY = "#64748b"
GRID = "#e2e8f0"  # lines that only guide the eye
LOOK = [
    "default",  # whatever the reader has set for pictures of their own
    {
        "figure.dpi": 72,  # so that a point is a pixel of the page
        "figure.constrained_layout.use": True,
        "font.size": 13,
        "axes.titlesize": 13,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": GREY,
        "axes.labelcolor": INK,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "text.color": INK,
        "text.parse_math": False,  # dollars in a name are dollars
        "lines.linewidth": 2.2,
        "legend.frameon": False,
    },
]
in_our_look = plt.style.context(LOOK)  # as a decorator: whatever the function draws


def shortened(text, width=30):
    """A name as it is drawn; the alternative text has it whole."""
    text = text if len(text) <= width else f"{text[: width - 1].strip()}…"
    return f" {text}" if text.startswith("_") else text  # matplotlib hides what begins with _


MOST_IMAGES = 60


@in_our_look
def plot_images(images, labels=None, predictions=None, class_names=None, columns=6, title=None):
    """Show images in a grid, each with its label, or with a prediction and whether it is right.

    Args:
        images: Array (n, height, width), (n, height, width, 1) or (n, height, width, 3), of
            integers 0 to 255 or floats 0 to 1; n is 1 to 60. One image alone is `images[:1]`.
        labels: Whole numbers (n,) or (n, 1).
        predictions: The same; or probabilities, (n, classes), or of class 1 (n,) or (n, 1).
        class_names: The name of each class, a list or an array, shown instead of its number.
        columns: Images in a row, from 1 up.
        title: A line above the images.

    Raises:
        CourseError: An array has another shape, range or length, or a class has no name.
    """
    images = _checked_images(images)
    names = None if class_names is None else texts_of(class_names)
    labels = _texts(labels, "labels", len(images), names)
    predictions = _texts(predictions, "predictions", len(images), names)
    title = title if title is None else text_of(title, "title")
    columns = min(count(columns, "columns"), len(images))
    several = "s" * (len(images) > 1)
    caption = f"{len(images)} image{several}"
    if predictions is not None:
        caption += " with predictions"
    elif labels is not None:
        caption += f", {len(images)} label{several}"
    nothing = [None] * len(images)
    texts = [*map(_verdict, labels or nothing, predictions or nothing)]
    below, size = [", ".join(parts) for parts in texts], 13
    if max(map(len, below)) > size:
        below = ["\n".join(textwrap.fill(shortened(p, 40), 16) for p in parts) for parts in texts]
        size = 11
    lines = max(text.count("\n") + bool(text) for text in below)
    rows = -(-len(images) // columns)
    high = 1.5 * np.clip(images.shape[1] / images.shape[2], 0.25, 1) + 0.02 * size * lines
    figure = Figure((1.6 * columns, high * rows + 0.4 * (title is not None)))
    for place, (image, text) in enumerate(zip(images, below, strict=True), 1):
        axes = figure.add_subplot(rows, columns, place, xticks=[], yticks=[])
        axes.imshow(image, cmap="gray", vmin=0, vmax=1)
        wrong = text.startswith("✗")
        axes.spines[:].set(visible=wrong, color=RED, linewidth=3, linestyle="--")
        look = {"color": RED, "weight": "bold"} if wrong else {}
        axes.set_xlabel(text, fontsize=size, **look)
    if title is not None:
        figure.suptitle(shortened(title, 16 * columns))
    told = "; ".join(", ".join(parts) for parts in texts)
    alt = f"{caption}, in rows of {columns}: {told}".rstrip(": ;")
    return picture_of(figure, alt if title is None else f"{title}. {alt}", caption)


def _checked_images(images):
    """Give images as floats 0 to 1, the grey ones without a channel axis."""
    images = numbers(images, "Images")
    shape = images.shape
    if images.ndim == 4 and shape[-1] == 1:
        images = images[..., 0]
    elif not (
        images.ndim == 3 and shape[-1] not in (1, 3, 4) or images.ndim == 4 and shape[-1] == 3
    ):
        one = " One image alone is images[:1]." * (images.ndim in (2, 3))
        raise CourseError(
            "Images are an array of shape (n, height, width), with 1 or 3 channels last if any, "
            f"not {shape}.{one}"
        )
    if not images.size or len(images) > MOST_IMAGES:
        raise CourseError(
            f"A grid shows 1 to {MOST_IMAGES} images, and these have the shape {shape}: pass some, "
            "images[:12]."
        )
    top = 255 if images.dtype.kind in "iu" else 1
    if images.min() < 0 or images.max() > top:
        raise CourseError(
            "Images are integers from 0 to 255 or floats from 0 to 1, and these are "
            f"{images.dtype} from {images.min():g} to {images.max():g}."
        )
    return images / top


def _texts(values, what, images, names):
    """Give the text of each image's class, or None where nothing is known."""
    if values is None:
        return None
    values = classes(values, what, names)
    if len(values) != images:
        raise CourseError(f"There are {images} images, and {what} of the shape {values.shape}.")
    return [str(one) if names is None else names[one] for one in values]


def _verdict(label, guess):
    """What stands below an image, in one part or two."""
    if guess is None:
        return [label or ""]
    if label is None:
        return [f"? {guess}"]
    return [f"✓ {guess}"] if guess == label else [f"✗ {guess}", f"is {label}"]


MOST_RUNS = 12
# Which way Keras's metrics are better. It puts the name of one of several outputs before them, and
# a number behind a metric that is not the first of its kind.
LESS_IS_BETTER = re.compile(
    r"(.+_)?(crossentropy|ce|bce|hinge|huber|kl_divergence|log_?cosh|mae|mape|mse|msle|poisson|rmse|"
    r"mean_(absolute|absolute_percentage|squared|squared_logarithmic)_error|false_\w+tives)(_\d+)?"
)
MORE_IS_BETTER = re.compile(
    r"(.+_)?(acc|accuracy|auc|precision|recall|(f1|fbeta|r2)_score|io_u|cosine_similarity|\w+_"
    r"correlation|sensitivity_at_specificity|specificity_at_sensitivity|true_\w+tives)(_\d+)?"
)


@in_our_look
def plot_history(
    history, metric=None, guessing=None, subplots=False, mode="auto", validation_freq=1
):
    """Draw curves over the epochs; a ring marks the best epoch of a validation curve.

    Args:
        history: What `model.fit` returned, or its `history`, a dict of lists; or a dict of up to
            12 of these by name, to lay their curves over each other.
        metric: What to draw, a name in `history.history` or a list of names, a panel for each. A
            name that begins with "val_" means the validation curve alone. None draws the loss, and
            the accuracy where there is one.
        guessing: What somebody who only guesses would reach in the last of these, a dotted line;
            or None.
        subplots: Whether each of several runs gets a panel of its own, all on one scale.
        mode: "max" or "min", whether more or less of a metric is better. "auto" knows it of
            Keras's own metrics; of others, no epoch is called the best. A loss is always "min".
        validation_freq: As `fit` was told: validation came every so many epochs (an integer), or
            after these epochs (a list of integers).

    Raises:
        CourseError: It is no history, it has no epochs, the metric is not in it, or an argument is
            none of these.
    """
    runs = _runs(history)
    metrics = _metrics(runs, metric)
    mode = one_of(mode, "mode", ("auto", "min", "max"))
    subplots = yes_or_no(subplots, "subplots")
    guessing = None if guessing is None else one_number(guessing, "guessing")
    curves = {
        (what, name): _curves(name, run, what, validation_freq)
        for what in metrics
        for name, run in runs.items()
    }
    epochs = [epoch for parts in curves.values() for _, some, _ in parts for epoch in some]
    side = 0.06 * (max(epochs) - min(epochs)) or 0.5
    groups = [[name] for name in runs] if subplots else [list(runs)]
    columns = min(4, len(groups)) if len(groups) > 1 else min(2, len(metrics))
    gap = -len(groups) % columns if len(groups) > 1 else 0  # each metric begins a row
    panels = [panel for what in metrics for panel in [(what, g) for g in groups] + [None] * gap]
    rows = -(-len(panels) // columns)
    figure, first, words = Figure(), {}, []
    for place, panel in enumerate(panels):
        if panel is None:
            continue
        what, group = panel
        axes = figure.add_subplot(rows, columns, place + 1, xlabel="epoch", sharey=first.get(what))
        first.setdefault(what, axes)
        axes.set_title(what.replace("_", " "))
        if len(groups) > 1:
            axes.set_title(shortened(group[0], 24))
            axes.set_ylabel("" if place % columns else what.replace("_", " "))
        axes.set_xlim(max(0.5, min(epochs) - side), max(epochs) + side)  # there is no epoch 0
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        axes.grid(axis="y", color=GRID)
        words += _draw_runs(axes, what, {n: curves[what, n] for n in group}, _better(what, mode))
        if guessing is not None and what == metrics[-1]:
            axes.axhline(guessing, color=INK, linestyle=":", linewidth=1.5, label="guessing")
    if guessing is not None:
        words.append(f"A dotted line for guessing is at {guessing:.3g}.")
    width = 10.4 if columns > 1 else 7
    lines = _legend_above(figure, width, most_columns=4 if len(groups) > 1 else len(runs))
    figure.set_size_inches(width, rows * (3.2 if columns > 2 else 3.9) + 0.3 * lines + 0.2)
    caption = f"curves of {' and '.join(metrics)}"
    kinds = {kind for parts in curves.values() for kind, _, _ in parts}
    caption += " with validation" * (len(kinds) == 2)
    caption += f", {', '.join(runs)}" * (len(runs) > 1)
    return picture_of(figure, " ".join(words), caption)


def _runs(history):
    """Give what `fit` returned by the run's name, which is "" where there is just one."""
    several = isinstance(history, dict) and any(_log(run) is not None for run in history.values())
    runs = {str(name): run for name, run in history.items()} if several else {"": history}
    for name, run in runs.items():
        if _log(run) is None:
            raise CourseError(
                f"plot_history draws what model.fit returned, and got {kind_of(run)}"
                f"{f' as run {name!r}' if name else ''}. Write history = model.fit(...), and then "
                "plot_history(history)."
            )
    if several and not len(runs) == len(history) <= MOST_RUNS:
        raise CourseError(f"plot_history draws up to {MOST_RUNS} runs, each with its own name.")
    return runs


def _log(run):
    """Give a run's dict of lists, or None where it is no run."""
    log = getattr(run, "history", run)
    return log if isinstance(log, dict) else None


def _metrics(runs, metric):
    """Give the names of what is to be drawn."""
    metrics = [metric] if isinstance(metric, str) else metric
    if metrics is None:
        known = all("accuracy" in _log(run) for run in runs.values())
        metrics = ["loss", "accuracy"] if known else ["loss"]
    names = isinstance(metrics, list | tuple) and all(isinstance(one, str) for one in metrics)
    if not names or not metrics:
        raise CourseError(f"metric must be a name or a list of names, not {kind_of(metric)}.")
    return list(dict.fromkeys(metrics))


def _curves(name, run, what, validation_freq):
    """Give the curves of one run and metric: for each its kind, epochs and values."""
    log, metric = _log(run), what.removeprefix("val_")
    whose = f"run {name!r}" if name else "this history"
    values = {}
    for kind, key in {"loss": "loss", "training": metric, "validation": f"val_{metric}"}.items():
        values[kind] = numbers(log.get(key, ()), f"{key} in {whose}", finite=False)
        if values[kind].ndim != 1:
            raise CourseError(f"{key} in {whose} must be a list of numbers, one for each epoch.")
    shown = ["training", "validation"] if what == metric else ["validation"]
    if not any(len(values[kind]) for kind in shown):
        held = f"there is {', '.join(map(repr, log))}" if log else "was it trained for no epochs?"
        raise CourseError(f"There are no values of {what!r} in {whose}: {held}.".replace("?.", "?"))
    trained = max(len(values["training"]), len(values["loss"])) or len(values["validation"])
    epochs = list(range(1, trained + 1))
    if isinstance(run, keras.callbacks.History) and len(run.epoch) == trained:
        epochs = [epoch + 1 for epoch in run.epoch]  # which begin later where fit resumed
    if isinstance(validation_freq, list | tuple | range | set | np.ndarray):
        after = [*validation_freq] if isinstance(validation_freq, set) else validation_freq
        after = numbers(after, "validation_freq").ravel().tolist()
        validated = [epoch for epoch in epochs if epoch in after]
    else:
        every = count(validation_freq, "validation_freq")
        validated = [epoch for epoch in epochs if epoch % every == 0]
    epochs = {"training": epochs, "validation": validated}
    for kind in shown:
        if len(values[kind]) not in (0, len(epochs[kind])):
            raise CourseError(
                f"There are {trained} epochs in {whose}, and {len(values[kind])} values of the "
                f"{kind} {metric}. Where validation came now and then, pass the validation_freq "
                "that fit was told, as in plot_history(history, validation_freq=2)."
            )
    return [(kind, epochs[kind], values[kind]) for kind in shown if len(values[kind])]


def _better(metric, mode):
    """Tell which value is best, the "min" or the "max"; None where nobody knows."""
    metric = metric.removeprefix("val_")
    if re.fullmatch("(.+_)?loss", metric):
        return "min"
    if mode != "auto":
        return mode
    less, more = LESS_IS_BETTER.fullmatch(metric), MORE_IS_BETTER.fullmatch(metric)
    return "min" if less else "max" if more else None


def _draw_runs(axes, what, runs, way):
    """Draw the curves of some runs into one panel, and tell of each run what they show."""
    told, rings = [], []
    for place, (name, curves) in enumerate(runs.items()):
        words = []
        for kind, epochs, values in curves:
            validates = kind == "validation"
            number = place if len(runs) > 1 else int(validates)
            look = {
                "color": COLOURS[number % 5],
                "marker": MARKERS[(number + number // 5) % 5],
                "linestyle": "--" if validates and what[:4] != "val_" else "-",
                # so that of two curves that agree, the later one leaves the earlier one's edges
                "linewidth": 2.2 * (3 - 2 * (place + 1) / len(runs)),
                "label": kind,
            }
            if len(runs) > 1:
                look["label"] = shortened(name) + f", {kind}" * (what[:4] != "val_")
            finite = np.isfinite(values)
            if len(runs) == 1 and len(values) > 12 and finite.all():
                look["marker"] = None
            every = -(-len(values) // 12) if finite.all() else 1
            axes.plot(epochs, np.where(finite, values, np.nan), markevery=every, **look)
            words.append(f"{kind} {what.removeprefix('val_')} {_in_words(epochs, values)}")
            best = _best(values, way) if validates else None
            if best is not None:
                ring = {"color": look["color"], "markersize": 14, "markeredgewidth": 2}
                axes.plot(epochs[best], values[best], "o", markerfacecolor="none", **ring)
                rings.append(epochs[best])
                words.append(f"best at epoch {epochs[best]} with {values[best]:.3g}")
        text = "; ".join(words)
        told.append(f"{name}: {text}." if name else f"{text[0].upper()}{text[1:]}.")
    if rings:
        line = f"○ best at epoch {rings[0]}" if len(runs) == 1 else "○ best on validation"
        axes.set_title(f"{axes.get_title()}\n{line}")
    if not any(np.isfinite(values).any() for curves in runs.values() for *_, values in curves):
        axes.text(0.5, 0.5, "no finite number", ha="center", transform=axes.transAxes)
    return told


def _best(values, way):
    """Give the place of the best value; None where none is known, or better than all others."""
    sound = values[np.isfinite(values)]
    if way is None or len(sound) < 2 or f"{sound.min():.3g}" == f"{sound.max():.3g}":
        return None
    return int(np.flatnonzero(values == (sound.min() if way == "min" else sound.max()))[0])


def _in_words(epochs, values):
    """Tell how a curve goes: truly, too, where it is level, broken or a single point."""
    sound = np.flatnonzero(np.isfinite(values))
    if not len(sound):
        return "is not a finite number in any epoch"
    first, last, low, high = (
        f"{n:.3g}" for n in (*values[sound[[0, -1]]], values[sound].min(), values[sound].max())
    )
    start, end = epochs[sound[0]], epochs[sound[-1]]
    if len(sound) == 1:
        text = f"is {first} after epoch {start}"
    elif low == high:
        text = f"stays at {first}"
    elif first == last:
        text = f"begins and ends at {first}"
    else:
        way = "falls" if values[sound[-1]] < values[sound[0]] else "rises"
        text = f"{way} from {first} to {last}"
    if len(sound) > 1:
        whole = epochs[sound[0] : sound[-1] + 1] == list(range(1, end + 1))
        text += f" over {end} epochs" if whole else f" between epochs {start} and {end}"
    broken = len(values) - len(sound)
    return text + f", and is not a finite number in {broken} of {len(values)}" * bool(broken)


def _legend_above(figure, width, most_columns):
    """Put one legend of all panels on top, in as many columns as fit, and tell its lines."""
    entries = {}
    for axes in figure.axes:
        lines, labels = axes.get_legend_handles_labels()
        entries |= dict(zip(labels, lines, strict=True))
    room = int(72 * width / (60 + 8 * max(map(len, entries))))
    columns = max(1, min(room, max(2, min(4, most_columns))))
    figure.legend(entries.values(), entries, loc="outside upper center", ncols=columns)
    return -(-len(entries) // columns)


@in_our_look
def plot_bars(measures):
    """Lay models side by side: a panel for each measure, and in it a bar for each model.

    Args:
        measures: For each measure, by its name, the models' numbers (from 0 up) by their names, as
            in `{"parameters": {"small": 10, "large": 500}, "seconds": {"small": 1, "large": 2}}`.
            1 to 6 measures, 1 to 30 models.

    Raises:
        CourseError: There are no measures or models, too many, or a number is negative or none.
    """
    measures = _checked_bars(measures)
    names = list(dict.fromkeys(name for bars in measures.values() for name in bars))
    columns = min(3, len(measures))
    rows = -(-len(measures) // columns)
    longest = max(len(shortened(name)) for name in names)
    width = max(5.2, 0.1 * longest + 3 * columns)
    figure = Figure((width, rows * (0.7 + 0.5 * len(names)) + 0.5))
    for place, (measure, bars) in enumerate(measures.items()):
        axes = figure.add_subplot(rows, columns, place + 1, xticks=[], yticks=range(len(names)))
        axes.set_title("\n".join(textwrap.wrap(shortened(measure, 60), 26)))
        axes.set_yticklabels([] if place % columns else map(shortened, names))
        rungs = [names.index(name) for name in bars]
        colours = [COLOURS[rung % 5] for rung in rungs]
        drawn = axes.barh(rungs, list(bars.values()), color=colours, height=0.6)
        axes.bar_label(drawn, map(_short, bars.values()), padding=5)
        axes.set(xlim=(0, 1.35 * (max(bars.values()) or 1)), ylim=(len(names) - 0.5, -0.5))
        axes.spines["bottom"].set_visible(False)
        axes.tick_params(left=False)
    alt = "; ".join(
        f"{measure}: " + ", ".join(f"{name} {_short(number)}" for name, number in bars.items())
        for measure, bars in measures.items()
    )
    return picture_of(figure, f"Bars. {alt}.", f"{' and '.join(measures)} of {', '.join(names)}")


def _checked_bars(measures):
    panels = measures.values() if isinstance(measures, dict) else [measures]
    if not panels or not all(isinstance(bars, dict) and bars for bars in panels):
        raise CourseError('Pass numbers by name: {"seconds": {"small": 1, "large": 2}}.')
    if len(panels) > 6 or max(map(len, panels)) > 30:
        raise CourseError("plot_bars has room for 6 measures of 30 models.")
    checked = {
        str(measure): {str(name): one_number(n, f"{measure} of {name}") for name, n in bars.items()}
        for measure, bars in measures.items()
    }
    if min(number for bars in checked.values() for number in bars.values()) < 0:
        raise CourseError("Bars show numbers from 0 up, and some of these are negative.")
    return checked


def _short(number):
    """A number as it stands beside its bar."""
    if number >= 1e9 or 0 < number < 0.01:
        return f"{number:.2g}"
    digits = 0 if number == int(number) or number >= 100 else 1 if number >= 1 else 2
    return f"{number:,.{digits}f}"


@in_our_look
def plot_feature_maps(model, image, layer=None, columns=8, most=32):
    """Show what a layer makes of one image: each of its channels as a tile, on one colour scale.

    Args:
        model: A built Keras model with one input, in any style.
        image: One image as the model takes it, (height, width, channels) or (height, width).
        layer: The layer's name, or its index in `model.layers`; None takes the first convolution.
        columns: Tiles in a row, from 1 up.
        most: How many channels to show at most, from 1 up.

    Raises:
        CourseError: It is no built model, there is no such layer, it gives no maps, or the image
            does not fit.
    """
    if not isinstance(model, keras.Model):
        raise CourseError(f"plot_feature_maps needs a Keras model, and got {kind_of(model)}.")
    image = numbers(image, "The image").astype("float32")
    columns, most = count(columns, "columns"), count(most, "most")
    maps, found = _maps_of(model, image, layer)
    height, width, channels = maps.shape
    shown = min(channels, most)
    columns = min(columns, shown)
    rows = -(-shown // columns)
    kind = f"{type(found).__name__}, {height} × {width}"
    title = f"{found.name} ({kind}): {channels} map{'s' * (channels > 1)}"
    title += f", the first {shown}" * (shown < channels)
    slender = np.clip(height / width, 0.5, 2)  # what is thinner is drawn wider than it is
    wide = max(1.2 * columns + 0.9, 3.2)
    heading = textwrap.wrap(title, int(9 * wide))
    figure = Figure((wide, 1.2 * rows * slender + 0.25 * len(heading) + 0.3), layout="compressed")
    panels = figure.subplots(rows, columns, squeeze=False)
    sound = maps[np.isfinite(maps)]
    low, high = (sound.min(), sound.max()) if sound.size else (0, 0)
    for number, axes in enumerate(panels.flat):
        axes.axis("off")
        if number < shown:
            tile = axes.imshow(maps[..., number], "viridis", vmin=low, vmax=high)
            axes.set_aspect(slender * width / height)
    figure.colorbar(tile, ax=panels, pad=0.02)
    figure.suptitle("\n".join(heading))
    caption = f"feature maps ({kind}), {shown} of {channels}"
    values = f"All their finite values are {low:.3g}" if sound.size else "No value is finite"
    if low < high:
        values = f"Their values go from {low:.3g} to {high:.3g}"
        brightest = np.flatnonzero((maps == high).any(axis=(0, 1)))[0] + 1
        values += f"; map {brightest} has the highest"
    zero, broken = np.sum(~maps.any(axis=(0, 1))), np.sum(~np.isfinite(maps).all(axis=(0, 1)))
    alt = f"{title}. {values}. Zero everywhere: {zero} maps."
    if broken:
        alt = f"{alt} Of numbers that are not finite, {broken} maps hold some."
    return picture_of(figure, alt, caption, colours=256)


def _maps_of(model, image, layer):
    """Find a layer, and note what it gives while the model is called on one image."""
    found = _find_layer(model, layer)
    shapes = [step.shapes[0] for step in open_model(model, nested=False).inputs]
    batch = (image if image.ndim == len(shapes[0]) - 1 else image[..., None])[None]
    sizes = zip(batch.shape[1:], shapes[0][1:], strict=False)
    fits = batch.ndim == len(shapes[0]) and all(b in (a, None) for a, b in sizes)
    if len(shapes) > 1 or not fits:
        raise CourseError(
            f"The model takes inputs of shape {' and '.join(str(s[1:]) for s in shapes)}, and "
            f"the image has the shape {image.shape}: pass one image, as in images[0], to a "
            "model with one input."
        )
    given, call = [], found.call
    with mock.patch.object(found, "call", lambda *a, **k: given.append(call(*a, **k)) or given[-1]):
        model(np.repeat(batch, shapes[0][0] or 1, axis=0), training=False)
    if not given or len(np.shape(given[0])) != 4:
        raise CourseError(
            f"The layer {found.name!r} gives no maps (height, width, channels): choose "
            "another, such as a convolution or a pooling layer."
        )
    return np.asarray(given[0])[0], found


def _find_layer(model, layer):
    if isinstance(layer, str | int | np.integer | None):
        for number, one in enumerate(model.layers):
            if layer is None and "Conv" in type(one).__name__:
                return one
            if layer is not None and layer in (one.name, number, number - len(model.layers)):
                return one
    wanted = "no convolution" if layer is None else f"no layer {kind_of(layer)}"
    names = ", ".join(f"{number}: {one.name}" for number, one in enumerate(model.layers))
    raise CourseError(f"In this model there is {wanted}. Its layers are {names}.")
