"""What the measurements of compare.py come to: tables of ratios, pictures, the README's part."""

import functools
import json
import statistics

from plan import CHANGES, GPU, ONCE, PLAN, SIZES


def ratio(field, of, against):
    """The ratios of two measurements, of the runs that had the same turn."""

    def ratios(get):
        ones, others = get(of, field), get(against, field)
        return [number / others[turn] for turn, number in ones.items() if turn in others]

    return ratios


def value(field, of):
    return lambda get: list(get(of, field).values())


def share(allowed, of):
    """The seconds of a measurement, as a share of what is allowed."""
    return lambda get: [seconds / allowed for seconds in get(of, "seconds").values()]


WAYS = {"posts": "the posts' way", "course": "the course's way"}
SHORT = PLAN["cifar"]["course, short"][1]["epochs"]
TARGETS = [  # what, how it is told, the most (or for accuracies the least) wanted, from what
    ("digit network: time to train ÷ the posts'", "×", 0.25)
    + (ratio("seconds", "digits/course", "digits/posts"),),
    ("digit network: processor time ÷ the posts'", "×", None)
    + (ratio("processor", "digits/course", "digits/posts"),),
    ("digit network: accuracy, the posts' way", "%", None, value("accuracy", "digits/posts")),
    ("digit network: accuracy, the course's way", "%", 0.99, value("accuracy", "digits/course")),
    ("CIFAR network: time to train ÷ the posts'", "×", 0.2)
    + (ratio("seconds", "cifar/course", "cifar/posts to the end"),),
    ("CIFAR network: processor time ÷ the posts'", "×", None)
    + (ratio("processor", "cifar/course", "cifar/posts to the end"),),
    ("CIFAR network: accuracy, the posts' way", "%", None)
    + (value("accuracy", "cifar/posts to the end"),),
    ("CIFAR network: accuracy, the course's way", "%", 0.43, value("accuracy", "cifar/course")),
    (f"CIFAR network, {SHORT} epochs: time ÷ the posts' 5 epochs", "×", 1.0)
    + (ratio("seconds", "cifar/course, short", "cifar/posts, 5 epochs"),),
    ("CIFAR network, 5 epochs: accuracy, the posts' way", "%", None)
    + (value("accuracy", "cifar/posts, 5 epochs"),),
    (f"CIFAR network, {SHORT} epochs: accuracy, the course's way", "%", 0.36)
    + (value("accuracy", "cifar/course, short"),),
    ("an epoch, batches of 32: last rung ÷ `fit`", "×", 0.5)
    + (ratio("seconds", "loop/last rung, 32", "loop/fit, 32"),),
    ("an epoch, batches of 32: last rung with fixed weights ÷ `fit`", "×", None)
    + (ratio("seconds", "loop/last rung without Adam, 32", "loop/fit, 32"),),
    ("an epoch, batches of 32: last rung ÷ the posts' loop", "×", 0.1)
    + (ratio("seconds", "loop/last rung, 32", "loop/posts' loop, 32"),),
    ("an epoch, batches of 128: last rung ÷ `fit`", "×", 1.0)
    + (ratio("seconds", "loop/last rung, 128", "loop/fit, 128"),),
    ("peak memory, all of CIFAR-100 ÷ the posts'", "×", 0.4)
    + (ratio("memory", "memory/course", "memory/posts"),),
    ("peak memory, the imports alone ÷ the posts'", "×", None)
    + (ratio("memory", "memory/imports", "memory/posts"),),
    ("share of 0.2 s: what `import helpers` adds to TensorFlow's", "%", 1.0)
    + (share(0.2, "start/import helpers"),),
    ("share of 2 s: `helpers.plot_model` of ResNet50", "%", 1.0, share(2, "start/plot_model")),
    ("share of 3 s: drawing the images of lesson 1", "%", 1.0, share(3, "start/lesson 1's digits")),
    ("share of 3 s: drawing the images of lesson 5", "%", 1.0, share(3, "start/lesson 5's images")),
    ("share of 3 s: drawing as many images as MNIST has", "%", 1.0, share(3, "start/all digits")),
    ("share of 3 s: drawing as many images as CIFAR-100 has", "%", 1.0)
    + (share(3, "start/all colour images"),),
    ("share of 8 minutes: all lessons in one `pytest`", "%", 1.0, share(480, "lessons/all")),
]


def measured(results, device=""):
    """What TARGETS has figures for; beside each, whether more is better, and its numbers."""
    get = getter(results, device)
    for words, form, wanted, figures in TARGETS:
        if numbers := figures(get):
            yield words, form, wanted, "accuracy" in words, numbers


def verdicts(results):
    """Whether each target is met: by its words, true or false, for what has been measured."""
    return {
        words: verdict(statistics.median(numbers), form, wanted, least) == "met"
        for words, form, wanted, least, numbers in measured(results)
        if wanted
    }


def agreement(first, second):
    """Whether two sets of results come to the same verdicts, in words."""
    if first["machine"] != second["machine"]:
        return f"The second time was on another machine ({second['machine']})."
    one, other = verdicts(first), verdicts(second)
    both = [words for words in one if words in other]
    apart = [words for words in both if one[words] != other[words]]
    said = f"Measured a second time, {len(both) - len(apart)} of {len(both)} verdicts are the same"
    if apart:
        said += f"; not the same: {'; '.join(apart)}"
    if missing := len(one) - len(both):
        said += f" ({missing} not measured a second time)"
    return f"{said}."


def told(number, form, digits=1):
    return f"{100 * number:.{digits}f} %" if form == "%" else f"{number:.2f} ×"


def verdict(reached, form, wanted, least):
    """In words, whether a median meets its target, and if not, by how much it misses it."""
    if reached >= wanted if least else reached <= wanted:
        return "met"
    missed = 100 * (wanted - reached) if least else 100 * (reached / wanted - 1)
    digits = 2 if missed < 0.1 else 1 if least or missed < 1 else 0
    return f"missed by {missed:.{digits}f} {'points' if least else '%'}"


def getter(results, device=""):
    """A function that gives one field of a measurement: for each turn, what came out."""

    def get(name, field):
        runs = results["measurements"].get(name + device, {}).get("runs", {})
        return {turn: runs[turn][field] for turn in sorted(runs, key=int) if field in runs[turn]}

    return get


def table(results):
    """What was reached beside what was wanted, then growth and ablation, as Markdown."""
    tables = [make(results) for make in (targets_table, growth_table, ablation_table)]
    return "\n\n".join(lines for lines in tables if lines)


def targets_table(results, second=None):
    """What was wanted and what was reached; beside it, if given, what the second time came to."""
    titles = ["what", "wanted", "reached", "target"] + (["second time"] if second else [])
    lines = [f"| {' | '.join(titles)} |", "|---" * len(titles) + "|"]
    for device in ("", GPU):
        again = measured(second, device) if second else ()
        later = {words: numbers for words, *_, numbers in again}
        for words, form, wanted, least, numbers in measured(results, device):
            tell = functools.partial(told, form=form, digits=2 if least else 1)
            middle = statistics.median(numbers)
            ends = f" ({tell(min(numbers))} to {tell(max(numbers))})" if len(numbers) > 1 else ""
            goal = f"{'≥' if least else '≤'} {told(wanted, form)}" if wanted else ""
            end = verdict(middle, form, wanted, least) if wanted else ""
            cells = [f"{words}{device}", goal, f"{tell(middle)}{ends}", end]
            if second:
                cells.append(tell(statistics.median(later[words])) if words in later else "")
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def exponent(sizes, values):
    """The power of the size with which values grow: 1 if twice the images take twice as much."""
    import numpy as np

    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])


def growth(results, field, way, device=""):
    """The sizes that were measured, and the median of a field for each."""
    get = getter(results, device)
    medians = {size: get(f"growth/{way}, {size}", field).values() for size in SIZES}
    medians = {size: statistics.median(values) for size, values in medians.items() if values}
    return list(medians), list(medians.values())


def exponents(results, field, way, device=""):
    """The power with which a figure grows, over all sizes and the last two; empty if unmeasured."""
    sizes, values = growth(results, field, way, device)
    if len(sizes) < len(SIZES):
        return ["", ""]
    return [f"{exponent(sizes[start:], values[start:]):.2f}" for start in (0, -2)]


def growth_table(results, second=None):
    lines = []
    for device in ("", GPU):
        for field, name in (("seconds", "time"), ("memory", "peak memory")):
            for way in ("posts", "course"):
                cells = exponents(results, field, way, device)
                if any(cells):
                    cells += exponents(second, field, way, device) if second else []
                    lines.append(f"| {name}, {WAYS[way]}{device} | {' | '.join(cells)} |")
    spans = [f"{first:,} to {SIZES[-1]:,}" for first in (SIZES[0], SIZES[-2])]
    spans += [f"second time, {span}" for span in spans] if second else []
    head = f"| grows with the images to the power of | {' | '.join(spans)} |"
    return "\n".join([head, "|---" * (len(spans) + 1) + "|", *lines] if lines else [])


def ablation_table(results):
    lines = []
    for device in ("", GPU):
        get = getter(results, device)
        for name in CHANGES:
            cells = []
            for task in ("digits", "cifar"):
                one, base = f"ablation/{task}: {name}", f"ablation/{task}: nothing"
                right, failed = (list(get(one, field).values()) for field in ("accuracy", "failed"))
                cells.append(told(statistics.median(right), "%") if right else ", ".join(failed))
                for field in ("processor", "seconds", "memory"):
                    ratios = ratio(field, one, base)(get)
                    cells.append(told(statistics.median(ratios), "×") if ratios else "")
            if any(cells):
                lines.append(f"| {name}{device} | {' | '.join(cells)} |")
    columns = "accuracy | processor time | time | memory"
    parts = " | ".join(f"{task}: {columns}" for task in ("digits", "CIFAR"))
    head = f"| changed in the posts' recipe | {parts} |"
    return "\n".join([head, "|---|" + "---|" * 8, *lines] if lines else [])


def pictures(results):
    """Bars of the ratios, and how time and memory grow: what there is figures for, by name."""
    drawn = {"benchmark_ratios": ratio_bars(results), "benchmark_growth": growth_charts(results)}
    return {name: picture for name, picture in drawn.items() if picture}


def ratio_bars(results):
    """A bar for each ratio that has a target, and a mark where the target is."""
    from helpers.plots import COLOURS, LOOK, picture_of

    import matplotlib.pyplot as plt
    from matplotlib.figure import Figure

    bars = {
        words.replace("`", ""): (statistics.median(numbers), wanted)
        for words, form, wanted, _, numbers in measured(results)
        if form == "×" and wanted
    }
    if not bars:
        return None
    reached, wanted = zip(*bars.values(), strict=True)
    with plt.style.context(LOOK):
        figure = Figure((9, 0.5 * len(bars) + 1), layout="constrained")
        axes = figure.add_subplot(yticks=range(len(bars)), yticklabels=bars)
        axes.barh(range(len(bars)), reached, 0.6, color=COLOURS[0])
        for row, (number, goal) in enumerate(bars.values()):
            place = max(number, goal), row
            axes.annotate(told(number, "×"), place, (8, 0), textcoords="offset points", va="center")
        axes.plot(wanted, range(len(bars)), "|", color="black", ms=22, mew=2, label="wanted")
        axes.margins(x=0.15)
        axes.invert_yaxis()
        figure.legend(loc="outside lower right")
    said = "; ".join(
        f"{words} {told(number, '×')}, wanted {told(goal, '×')}"
        for words, (number, goal) in bars.items()
    )
    return picture_of(figure, f"Bars: {said}.", "what was reached, and what was wanted")


def growth_charts(results):
    """Time and peak memory over the number of images, both ways, with logarithmic scales."""
    from helpers.plots import LOOK, picture_of

    import matplotlib.pyplot as plt
    from matplotlib.figure import Figure

    said = []
    with plt.style.context(LOOK):
        figure = Figure((9, 4), layout="constrained")
        parts = {"seconds": "time", "memory": "peak memory"}
        for axes, (field, name) in zip(figure.subplots(1, 2), parts.items(), strict=True):
            curves = {way: growth(results, field, way) for way in ("posts", "course")}
            if any(len(sizes) < 2 for sizes, _ in curves.values()):
                return None
            draw_growth(axes, name, curves)
            said += [
                f"{WAYS[way]}: {name} grows to the power of {exponent(*curve):.2f} of the images, "
                f"between the last two sizes {exponent(*(part[-2:] for part in curve)):.2f}"
                for way, curve in curves.items()
            ]
        axes.legend()
    alt = f"Two log-log charts over the number of images: {'; '.join(said)}."
    return picture_of(figure, alt, "growth of time and memory")


def draw_growth(axes, name, curves):
    from helpers.plots import COLOURS, GRID, MARKERS

    least = min(min(values) for _, values in curves.values())
    for (way, (sizes, values)), colour, marker in zip(
        curves.items(), COLOURS, MARKERS, strict=False
    ):
        shares = [value / least for value in values]
        axes.plot(sizes, shares, f"{marker}-", color=colour, label=WAYS[way])
    title = f"{name}, in multiples of the least"
    axes.set(xscale="log", yscale="log", xlabel="images", title=title)
    axes.set_xticks(SIZES, [f"{size:,}" for size in SIZES])
    low, high = axes.get_ylim()
    ticks = [number * 10**power for power in range(4) for number in (1, 2, 5)]
    ticks = [tick for tick in ticks if low <= tick <= high]
    axes.set_yticks(ticks, [f"{tick}" for tick in ticks])
    axes.minorticks_off()
    axes.grid(color=GRID)


def second_path(path):
    """Where the results of a second time are stored, beside those of the first."""
    return path.with_stem(f"{path.stem}_second")


def readme_part(path):
    """The README's part on these measurements, as it follows from the stored results."""
    results, later = json.loads(path.read_text(encoding="utf-8")), second_path(path)
    second = json.loads(later.read_text(encoding="utf-8")) if later.exists() else None
    images = [
        f'<img src="authoring/pictures/{name}.png" width="{picture.size[0]}" alt="{picture.alt}">'
        for name, picture in pictures(results).items()
    ]
    beside = second if second and second["machine"] == results["machine"] else None
    parts = [
        "## Fast, and shown to be",
        "This course goes back to older posts. They train the digit network for five epochs, and "
        "the CIFAR network until its *training* loss stops falling, both in batches of 32. The "
        "course's way, in `benchmarks/course_way.py`, trains the same layers in fewer epochs, with "
        "what lesson 5 teaches: larger batches and a learning rate that rises and falls; for "
        "photos also a little dropout, centred images, flips and shifts; and for digits, beyond "
        "the lessons, label smoothing, which asks for a little less than certainty.",
        "The last rung of lesson 4's ladder of loops is a whole epoch inside one graph. The posts' "
        "loop (mended, as it saw one image in 32) gathers its images one by one and calls every "
        "operation from Python. Of each loop, the fastest of three epochs of 16,000 photos counts.",
        *epochs_of_the_posts(results, beside),
        f"Both ways took turns on {results['machine']}. The table has the median of "
        f"{runs_of(results)}, with the smallest and the largest. To measure your own machine, with "
        "the real images in `COURSE_DATA_DIR` and some hours (on Windows, "
        "`.venv\\Scripts\\python`; `--only ablation` makes the last table):",
        "```\n.venv/bin/python benchmarks/compare.py --into my_machine.json\n```",
        *images,
        targets_table(results, beside),
        *([agreement(results, second)] if second else []),
    ]
    folded = {
        "How time and memory of one epoch of the CIFAR network grow with the number of images (1: "
        "twice the images take twice as much; a start that is always the same is in all of them, "
        "and weighs most where images are few)": growth_table(results, beside),
        "What each change brings, and what does not help (the posts' recipe, cut down to four "
        "epochs of 5,000 digits or 25,000 photos; one run each, the times those of its fastest "
        "epoch; small differences are noise)": ablation_table(results),
    }
    for summary, body in folded.items():
        if body:
            parts += [f"<details><summary>{summary}</summary>", body, "</details>"]
    return "\n\n".join(parts)


def epochs_of_the_posts(results, second=None):
    """A sentence on how long the posts' way went on here, if that has been measured."""
    gets = [getter(each) for each in (results, second) if each]
    if epochs := [n for get in gets for n in get("cifar/posts to the end", "epochs").values()]:
        yield (
            f"The posts' way is written anew from what they say. Here, its training of the CIFAR "
            f"network stopped after {min(epochs)} to {max(epochs)} epochs; the posts tell of 48 "
            "to 54."
        )


def runs_of(results):
    """How often each measurement was run: "5 runs", or "3 to 5 runs"; and what only once."""
    counts = [
        len(entry["runs"])
        for name, entry in results["measurements"].items()
        if name.split("/")[0] not in ONCE
    ]
    if not counts:
        return "one run"
    fewest, most = min(counts), max(counts)
    said = f"{most} runs" if fewest == most else f"{fewest} to {most} runs"
    lessons = any(name.startswith("lessons/") for name in results["measurements"])
    return f"{said} (all lessons: one run)" if lessons else said
