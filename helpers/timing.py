"""How long something takes, and a picture that compares several ways of doing the same."""

import time

from helpers.errors import CourseError
from helpers.picture import picture_of
from helpers.pictures import BLUE, INK, LOOK

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

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
