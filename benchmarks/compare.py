"""The posts' way to train against the course's way, measured in turn on this machine.

    python benchmarks/compare.py [--runs 5] [--only digits loop ...] [--again] [--quick]

Needs the real data, in the folder named by COURSE_DATA_DIR, and hours for everything: `--only`
names a part, and an interrupted command carries on where it was. Each measurement runs in a process
of its own; the ways take turns, so that a slow minute hits all. The figures go into
results/compare.json, two pictures into website/pictures, and a table of ratios onto the screen.
Where TensorFlow finds a GPU, it is measured beside the CPU. The ablation, which changes one thing
of the posts' recipes at a time, runs only if named. `--quick` tries the command out, on 1,000 drawn
images; what it prints means nothing, and it writes nothing.
"""

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
RESULTS = HERE / "results/compare.json"
PICTURES = HERE.parent / "website/pictures"
SIZES = 1_000, 4_000, 16_000, 50_000
GPU = " (GPU)"


def trained(way, task, kind="train", **settings):
    return kind, {"way": f"{way}_way", "task": task, **settings}


CHANGES = {  # what the ablation changes in the posts' recipe
    "nothing": {},
    "batches of 256": {"batch": 256},
    "rate: warm-up and cosine": {"peak": 0.001},
    "both, and a higher rate": {"batch": 256, "peak": 0.005},
    "tf.data with prefetch": {"pipeline": True},
    "whole epoch in a graph": {"whole_epoch": True},
    "steps_per_execution=32": {"steps_per_execution": 32},
    "XLA (jit_compile)": {"jit_compile": True},
    "channels first": {"channels_first": True},
    "mixed float16": {"dtype": "mixed_float16"},
    "mixed bfloat16": {"dtype": "mixed_bfloat16"},
    "one thread": {"threads": 1},
    "dropout": {"dropout": 0.25},
    "flips and shifts": {"pipeline": True, "reach": 3},
}
FOR_PHOTOS_ONLY = "dropout", "flips and shifts"
PLAN = {
    "digits": {"posts": trained("posts", "digits"), "course": trained("course", "digits")},
    "cifar": {
        "posts to the end": trained("posts", "cifar"),
        "posts, 5 epochs": trained("posts", "cifar", epochs=5),
        "course": trained("course", "cifar"),
        "course, short": trained("course", "cifar", epochs=7, reach=1),
    },
    "loop": {
        "fit, 32": trained("posts", "fit_epoch", "epoch", batch=32),
        "posts' loop, 32": trained("posts", "loop_epoch", "epoch", batch=32),
        "last rung, 32": trained("course", "loop_epoch", "epoch", batch=32),
        "fit, 128": trained("posts", "fit_epoch", "epoch", batch=128),
        "last rung, 128": trained("course", "loop_epoch", "epoch", batch=128),
    },
    "memory": {way: ("memory", {"way": way}) for way in ("imports", "posts", "course")},
    "start": {
        what: ("start", {"what": what})
        for what in (
            *("import tensorflow", "import helpers", "plot_model", "load_mnist", "load_cifar100"),
        )
    },
    "growth": {
        f"{way}, {size}": trained(way, "cifar", epochs=1, images=size)
        for size in SIZES
        for way in ("posts", "course")
    },
    "course": {"lessons": ("lessons", {})},
    "ablation": {
        f"{task}: {name}": ("train", {"way": "ablation", "task": task, **change})
        for task in ("digits", "cifar")
        for name, change in CHANGES.items()
        if task == "cifar" or name not in FOR_PHOTOS_ONLY
    },
}
NOT_ON_GPU = "start", "course"


def ratio(field, of, against):
    return lambda get: [a / b for a, b in zip(get(of, field), get(against, field), strict=False)]


def value(field, of):
    return lambda get: get(of, field)


def share(allowed, of, less=None):
    """The seconds of one measurement, less those of another, as a share of what is allowed."""

    def shares(get):
        rest = get(less, "seconds") if less else [0] * len(get(of, "seconds"))
        return [(a - b) / allowed for a, b in zip(get(of, "seconds"), rest, strict=False)]

    return shares


TARGETS = [  # what, how it is told, the most (or for accuracies the least) wanted, from what
    ("digits: time to train, of the posts'", "×", 0.25)
    + (ratio("seconds", "digits/course", "digits/posts"),),
    ("digits: processor time, of the posts'", "×", None)
    + (ratio("processor", "digits/course", "digits/posts"),),
    ("digits: accuracy, the posts' way", "%", None, value("accuracy", "digits/posts")),
    ("digits: accuracy, the course's way", "%", 0.99, value("accuracy", "digits/course")),
    ("CIFAR: time to train, of the posts'", "×", 0.2)
    + (ratio("seconds", "cifar/course", "cifar/posts to the end"),),
    ("CIFAR: accuracy, the posts' way", "%", None, value("accuracy", "cifar/posts to the end")),
    ("CIFAR: accuracy, the course's way", "%", 0.43, value("accuracy", "cifar/course")),
    ("CIFAR, short: time, of the posts' 5 epochs", "×", 1.0)
    + (ratio("seconds", "cifar/course, short", "cifar/posts, 5 epochs"),),
    ("CIFAR, short: accuracy, the posts' 5 epochs", "%", None)
    + (value("accuracy", "cifar/posts, 5 epochs"),),
    ("CIFAR, short: accuracy, the course's way", "%", 0.36)
    + (value("accuracy", "cifar/course, short"),),
    ("loop: an epoch, of fit's, batches of 32", "×", 0.5)
    + (ratio("seconds", "loop/last rung, 32", "loop/fit, 32"),),
    ("loop: an epoch, of fit's, batches of 128", "×", 1.0)
    + (ratio("seconds", "loop/last rung, 128", "loop/fit, 128"),),
    ("loop: an epoch, of the posts' loop's", "×", 0.1)
    + (ratio("seconds", "loop/last rung, 32", "loop/posts' loop, 32"),),
    ("memory: peak, of the posts'", "×", 0.4, ratio("memory", "memory/course", "memory/posts")),
    ("memory: the imports alone, of the posts' peak", "×", None)
    + (ratio("memory", "memory/imports", "memory/posts"),),
    ("start: added by `import helpers`, of 0.2 s", "%", 1.0)
    + (share(0.2, "start/import helpers", "start/import tensorflow"),),
    ("start: `plot_model` of ResNet50, of 2 s", "%", 1.0, share(2, "start/plot_model")),
    ("start: all of MNIST drawn, of 3 s", "%", 1.0, share(3, "start/load_mnist")),
    ("start: all of CIFAR-100 drawn, of 3 s", "%", 1.0, share(3, "start/load_cifar100")),
    ("course: all lessons in one pytest, of 8 minutes", "%", 1.0, share(480, "course/lessons")),
]


def told(number, form):
    return f"{100 * number:.1f} %" if form == "%" else f"{number:.2f} ×"


def verdict(reached, form, wanted, least):
    """In words, whether a median meets its target, and if not, by how much it misses it."""
    if reached >= wanted if least else reached <= wanted:
        return "met"
    if least:
        return f"missed by {100 * (wanted - reached):.1f} points"
    return f"missed by {100 * (reached / wanted - 1):.0f} %"


def getter(results, device=""):
    """A function that gives one field of a measurement, all its runs in order."""

    def get(name, field):
        runs = results["measurements"].get(name + device, {}).get("runs", {})
        return [runs[seed][field] for seed in sorted(runs, key=int) if field in runs[seed]]

    return get


def table(results):
    """What was reached beside what was wanted, then growth and ablation, as Markdown."""
    lines = ["| what | wanted | reached | |", "|---|---|---|---|"]
    for device in ("", GPU):
        get = getter(results, device)
        for words, form, wanted, figures in TARGETS:
            numbers = figures(get)
            if not numbers:
                continue
            least, middle = "accuracy" in words, statistics.median(numbers)
            reached = told(middle, form)
            if len(numbers) > 1:
                reached += f" ({told(min(numbers), form)} to {told(max(numbers), form)})"
            goal = f"{'≥' if least else '≤'} {told(wanted, form)}" if wanted else ""
            end = verdict(middle, form, wanted, least) if wanted else ""
            lines.append(f"| {words}{device} | {goal} | {reached} | {end} |")
    for more in (growth_table, ablation_table):
        lines += more(results)
    return "\n".join(lines)


def exponent(sizes, values):
    """The power of the size with which values grow: 1 if twice the images take twice as much."""
    import numpy as np

    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])


def growth(results, field, way, device=""):
    """The sizes that were measured, and the median of a field for each."""
    get = getter(results, device)
    medians = {size: get(f"growth/{way}, {size}", field) for size in SIZES}
    medians = {size: statistics.median(values) for size, values in medians.items() if values}
    return list(medians), list(medians.values())


def growth_table(results):
    lines = []
    for device in ("", GPU):
        for field in ("seconds", "memory"):
            for way in ("posts", "course"):
                sizes, values = growth(results, field, way, device)
                if len(sizes) > 1:
                    name = {"seconds": "time", "memory": "memory"}[field]
                    end = exponent(sizes[-2:], values[-2:])
                    lines.append(
                        f"| {name}{device} | {way} | {exponent(sizes, values):.2f} | {end:.2f} |"
                    )
    head = f"| grows with the images to the power of | way | {SIZES[0]:,} to {SIZES[-1]:,} |"
    return lines and ["", f"{head} the last two sizes |", "|---|---|---|---|", *lines]


def ablation_table(results):
    lines = []
    for device in ("", GPU):
        get = getter(results, device)
        for name in CHANGES:
            cells = []
            for task in ("digits", "cifar"):
                one, base = f"ablation/{task}: {name}", f"ablation/{task}: nothing"
                times, right = ratio("seconds", one, base)(get), get(one, "accuracy")
                failed = get(one, "failed")
                cells.append(f"{statistics.median(times):.2f} ×" if times else " ".join(failed[:1]))
                cells.append(told(statistics.median(right), "%") if right else "")
            if any(cells):
                lines.append(f"| {name}{device} | {' | '.join(cells)} |")
    head = "| changed in the posts' recipe | digits: time | accuracy | CIFAR: time | accuracy |"
    return lines and ["", head, "|---|---|---|---|---|", *lines]


def pictures(results):
    """Bars of the ratios, and how time and memory grow: what there is figures for, by name."""
    import helpers
    from helpers.picture import picture_of
    from helpers.pictures import COLOURS, GRID, LOOK, MARKERS

    import matplotlib.pyplot as plt
    from matplotlib.figure import Figure

    drawn, get = {}, getter(results)
    bars = {
        words: 100 * statistics.median(figures(get))
        for words, form, wanted, figures in TARGETS
        if form == "×" and wanted and figures(get)
    }
    if bars:
        drawn["benchmark_ratios"] = helpers.plot_bars({"time and memory, in percent": bars})
    curves = {
        (field, way): growth(results, field, way)
        for field in ("seconds", "memory")
        for way in ("posts", "course")
    }
    if all(len(sizes) > 1 for sizes, _ in curves.values()):
        said = []
        with plt.style.context(LOOK):
            figure = Figure((9, 4), layout="constrained")
            for axes, field in zip(figure.subplots(1, 2), ("seconds", "memory"), strict=True):
                least = min(min(curves[field, way][1]) for way in ("posts", "course"))
                for way, colour, marker in zip(("posts", "course"), COLOURS, MARKERS, strict=False):
                    sizes, values = curves[field, way]
                    shares, power = [v / least for v in values], exponent(sizes, values)
                    label = f"the {way}' way" if way == "posts" else "the course's way"
                    axes.plot(sizes, shares, f"{marker}-", color=colour, label=label)
                    name = "time" if field == "seconds" else "peak memory"
                    said.append(
                        f"{label}: {name} grows with the images to the power of {power:.2f}"
                    )
                title = f"{name}, in multiples of the least"
                axes.set(xscale="log", yscale="log", xlabel="images", title=title)
                axes.set_xticks(SIZES, [f"{size:,}" for size in SIZES])
                low, high = axes.get_ylim()
                ticks = [n * 10**power for power in range(4) for n in (1, 2, 5)]
                ticks = [tick for tick in ticks if low <= tick <= high]
                axes.set_yticks(ticks, [f"{tick}" for tick in ticks])
                axes.minorticks_off()
                axes.grid(color=GRID)
            axes.legend()
        alt = f"Two log-log charts over the number of images: {'; '.join(said)}."
        drawn["benchmark_growth"] = picture_of(figure, alt, "growth of time and memory")
    return drawn


def readme_part(path=RESULTS):
    """The README's part on these measurements, as it follows from the stored results."""
    results = json.loads(path.read_text(encoding="utf-8"))
    images = [
        f'<img src="website/pictures/{name}.png" width="{picture.size[0]}" alt="{picture.alt}">'
        for name, picture in pictures(results).items()
    ]
    return "\n\n".join(
        [
            "## Fast, and shown to be",
            "The original posts' way to train against the course's, the same layers on both sides, "
            f"measured in turn on {results['machine']}: medians, with the smallest and the largest "
            "run. Measure your own machine with [`benchmarks/compare.py`](benchmarks/compare.py).",
            *images,
            table(results),
        ]
    )


def settings_of(group, which):
    """Everything that a measurement depends on: its settings, and the code of its recipe."""
    kind, settings = PLAN[group][which]
    files = ["measuring.py"] if kind == "memory" else []
    files += sorted(path.name for path in HERE.glob("*_way.py")) if kind == "memory" else []
    if kind in ("train", "epoch"):
        used = ["ablation", "course_way", "posts_way"]
        files = [f"{way}.py" for way in (used if group == "ablation" else [settings["way"]])]
    code = b"".join((HERE / file).read_bytes() for file in files)
    return {"kind": kind, **settings, "recipe": hashlib.sha256(code).hexdigest()[:8]}


def run_one(name, seed, quick=False):
    """Run one measurement in a process of its own; a failure of the ablation is a result too."""
    command = [sys.executable, __file__, "--one", name, str(seed)] + ["--quick"] * quick
    paths = os.pathsep.join([str(HERE.parent.resolve()), os.environ.get("PYTHONPATH", "")])
    data = {"COURSE_DATA": "stand-in" if quick else "real", "TF_CPP_MIN_LOG_LEVEL": "2"}
    if not name.endswith(GPU) and not name.startswith("machine/"):
        data["CUDA_VISIBLE_DEVICES"] = "-1"  # with a GPU in sight, Keras compiles for it by XLA
    environment = os.environ | data | {"PYTHONPATH": paths.rstrip(os.pathsep)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode == 0:
        return json.loads(done.stdout.splitlines()[-1])
    if name.startswith("ablation/") and done.returncode > 0:  # below 0: it was stopped
        return {"failed": f"fails ({done.stderr.strip().splitlines()[-1][:60].split(':')[0]})"}
    sys.exit(f"{name} failed; what was measured before is kept.\n{done.stderr[-2000:]}")


def measure(results, groups, runs, run, save):
    """Run what the results lack, the ways in turn, and save after each; keeps what is there."""
    for group in groups:
        devices = [""] + [GPU] * (results["gpu"] and group not in NOT_ON_GPU)
        for seed in range(1 if group == "course" else runs):
            for which in PLAN[group]:
                for device in devices:
                    name, settings = f"{group}/{which}{device}", settings_of(group, which)
                    entry = results["measurements"].get(name)
                    if entry is None or entry["settings"] != settings:
                        entry = {"settings": settings, "runs": {}}
                        results["measurements"][name] = entry
                    if str(seed) not in entry["runs"]:
                        entry["runs"][str(seed)] = run(name, seed)
                        entry["summary"] = summary(entry["runs"].values())
                        save(results)


def summary(runs):
    """Median, smallest and largest of each figure of some runs."""
    runs = list(runs)
    numbers = {key: [run[key] for run in runs if key in run] for run in runs for key in run}
    return {
        key: {
            "median": statistics.median(values),
            "smallest": min(values),
            "largest": max(values),
        }
        for key, values in numbers.items()
        if key != "failed"
    }


def save(results):
    """Write the results, so that an interruption leaves the old ones or the new ones whole."""
    RESULTS.parent.mkdir(exist_ok=True)
    part = RESULTS.with_suffix(".part")
    part.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    part.replace(RESULTS)


def earlier(machine, groups, again):
    """The results so far, without what is to be measured again."""
    new = {"machine": machine["words"], "gpu": machine["gpu"], "measurements": {}}
    if not RESULTS.exists():
        return new
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    if results["machine"] != new["machine"]:
        if again:
            return new
        sys.exit(
            f"{RESULTS.name} was measured on another machine ({results['machine']}), and figures "
            "of two machines cannot be compared: --again measures everything anew, here."
        )
    for name in list(results["measurements"]):
        if again and name.split("/")[0] in groups:
            del results["measurements"][name]
    return results


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, help="of each measurement (default: 5, quick: 2)")
    parser.add_argument("--only", nargs="+", choices=PLAN, help="these parts and no others")
    parser.add_argument("--again", action="store_true", help="repeat what has been measured")
    parser.add_argument("--quick", action="store_true", help="try it out, on a few drawn images")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        import measuring

        name, seed = chosen.one
        group, which = name.removesuffix(GPU).split("/", 1)
        kind, settings = ("machine", {}) if group == "machine" else PLAN[group][which]
        print(json.dumps(measuring.one(kind, settings, int(seed), chosen.quick)))
        return
    folder = Path(os.environ.get("COURSE_DATA_DIR", "/nowhere")).expanduser()
    needed = [folder / name for name in ("mnist.npz", "cifar100.npz")]
    if not chosen.quick and not all(path.exists() for path in needed):
        sys.exit(
            "The real data are needed, and COURSE_DATA_DIR names no folder with mnist.npz and "
            "cifar100.npz: fetch them with `python -m helpers.fetch FOLDER`, or try --quick."
        )
    groups = chosen.only or [group for group in PLAN if group != "ablation"]
    runs = chosen.runs or (2 if chosen.quick else 5)
    machine = run_one("machine/words", 0, chosen.quick)

    def run(name, seed):
        result = run_one(name, seed, chosen.quick)
        print(f"{name}, run {seed + 1}: {json.dumps(result)}", flush=True)
        return result

    if chosen.quick:
        results = {"machine": machine["words"], "gpu": machine["gpu"], "measurements": {}}
        measure(results, groups, runs, run, lambda results: None)
    else:
        results = earlier(machine, groups, chosen.again)
        measure(results, groups, runs, run, save)
        sys.path.insert(0, str(HERE.parent))
        for name, picture in pictures(results).items():
            picture.save(PICTURES / f"{name}.png")
    print(f"\nMeasured on {results['machine']}.\n\n{table(results)}")


if __name__ == "__main__":
    main()
