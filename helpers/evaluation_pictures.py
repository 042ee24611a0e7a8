"""Pictures of what models cost, when training stops, what pooling keeps, and what is confused."""

from helpers.errors import CourseError
from helpers.picture import picture_of
from helpers.pictures import COLOURS, INK, LOOK

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

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
