"""The tables of README.md, and the front page's figures, made from the stored results."""

import statistics

from benchmarks.measure import STATES, stored

LEARNT = [  # what; the least wanted; part, its names of the course's recipe and of the plain one
    ("digits: accuracy", 0.99, "digits", "course", "plain"),
    ("photos: accuracy", 0.43, "photos", "course", "plain"),
    ("photos, short: accuracy", 0.36, "photos", "course, 4 epochs", "plain, 5 epochs"),
]
TIMES = [  # what; the most wanted; part; the run that is divided, and by which
    ("digits: time", 0.2, "digits", "course", "plain"),
    ("photos: time", 0.1, "photos", "course", "plain"),
    ("photos, short: time", 1, "photos", "course, 4 epochs", "plain, 5 epochs"),
]
LOOPS = [
    ("`fit`, 50 steps at a time ÷ `fit`", None, "loops", "fit, 50 steps", "fit"),
    ("whole epoch, looped by tf.data ÷ `fit`", None, "loops", "by tf.data", "fit"),
    ("whole epoch ÷ `fit`", 0.6, "loops", "whole epoch", "fit"),
    ("whole epoch, Adam compiled ÷ `fit`", None, "loops", "whole epoch, fused", "fit"),
    ("whole epoch, fixed ÷ `fit`", None, "loops", "whole epoch, fixed", "fit"),
    ("products and convolutions alone ÷ `fit`", None, "loops", "bare", "fit"),
    ("whole epoch ÷ plain loop", 0.1, "loops", "whole epoch", "plain"),
    ("whole epoch ÷ `fit`, by 128", 1, "loops", "whole epoch by 128", "fit by 128"),
    ("epochs in pipelines that are tuned ÷ not", None, "ends", "tuned", "untuned"),
    ("PyTorch ÷ whole epoch", None, "yardstick", "PyTorch", "whole epoch"),
    ("JAX, a step at a time ÷ whole epoch", None, "yardstick", "JAX", "whole epoch"),
    ("JAX, a scan ÷ whole epoch", None, "yardstick", "JAX, scan", "whole epoch"),
]
WAITING = {"compared with a copy": 5, "drawn": 1}  # what is wanted of those figures


def told(number, form, digits=1):
    return f"{100 * number:.{digits}f} %" if form == "%" else f"{number:.2f} ×"


def table(titles, lines):
    lines = [" | ".join(line) for line in (titles, ["---"] * len(titles), *lines)]
    return "\n".join(f"| {line} |" for line in lines)


def numbers(results, part, figure, name):
    """One figure of each run; [] if unmeasured."""
    return [run[figure] for run in results.get(part, {"runs": {}})["runs"].get(name, [])]


def ratios(results, part, figure, *names):
    """One figure of each run, divided by that of the other's run of the same turn.

    A recipe's time is that of an epoch, as often as it usually trains for one.
    """
    recipe, runs = part in ("digits", "photos") and figure != "memory", names
    if recipe:
        part, runs = "epochs", [f"{part}, {name.split(',')[0]}" for name in names]
    one, other = (numbers(results, part, figure, name) for name in runs)
    found = [a / b for a, b in zip(one, other, strict=False)]
    if recipe and found:
        task = runs[0].split(",")[0]
        more, less = (statistics.median(numbers(either(), task, "epochs", name)) for name in names)
        found = [more / less * ratio for ratio in found]
    return found


def cell(found, form="×", processor=()):
    """The median of some runs, with the smallest and the largest; empty if there is none."""
    if not found:
        return ""
    low, median, high = (told(f(found), form, 2) for f in (min, statistics.median, max))
    spread = f"{median} ({low} to {high})" if len(found) > 1 else median
    return spread + (f"; {cell(processor, form).split(' (')[0]}" if processor else "")


def verdict(wanted, found):
    """Whether each state's median is as wanted; what holds in one state only is told as that."""
    medians = {state: statistics.median(runs) for state, runs in found.items() if runs}
    met = [state for state, n in medians.items() if n <= wanted]
    if len(medians) == len(STATES):
        return "met" if len(met) == len(STATES) else f"met only {met[0]}" if met else "missed"
    return f"{'met' if met else 'missed'} {min(medians)}, {min(set(STATES) - set(medians))} unknown"


def learnt():
    """What does not depend on what else the machine does: accuracies, and the peak of memory."""
    lines = []
    for what, wanted, part, course, plain in LEARNT:
        ours, theirs = (numbers(either(), part, "accuracy", name) for name in (course, plain))
        met = "met" if statistics.median(ours) >= wanted else "missed"
        lines.append([what, cell(theirs, "%"), cell(ours, "%"), f"≥ {told(wanted, '%')}", met])
    memory = ratios(either(), "photos", "memory", "course", "plain")
    met = "met" if statistics.median(memory) <= 0.4 else "missed"
    lines.append(["photos: peak of memory", "1", cell(memory), "≤ 0.40 ×", met])
    return table(["what", "plain recipe", "course's recipe", "wanted", "verdict"], lines)


def against_wanted(rows):
    """What was wanted and what was reached in each state, and the verdict.

    Each row is what it says, the most wanted, and a function of a state's results that returns
    ratios by the clock, and ratios of processor time.
    """
    lines, results = [], {state: stored(state) for state in STATES}
    for what, wanted, ratios_in in rows:
        both = {state: ratios_in(results[state]) for state in STATES}
        found = {state: by_clock for state, (by_clock, _) in both.items()}
        if any(found.values()):
            cells = [cell(clock, "×", processor) for clock, processor in both.values()]
            ends = (f"≤ {told(wanted, '×')}", verdict(wanted, found)) if wanted else ("", "")
            lines.append([what, ends[0], *cells, ends[1]])
    return table(["what", "wanted", *STATES, "verdict"], lines) if lines else "Not measured yet."


def times(rows):
    """Rows for `against_wanted`: runs that are divided by others."""
    for what, wanted, *where in rows:
        yield (
            what,
            wanted,
            lambda results, where=where: [
                ratios(results, where[0], figure, *where[1:]) for figure in ("seconds", "processor")
            ],
        )


def waiting():
    """Rows for `against_wanted`: figures that are ratios as they are measured."""
    for part in ("engine", "waiting"):
        for name, runs in either().get(part, {"runs": {}})["runs"].items():
            for figure in [one for one in runs[0] if one != "memory"]:
                where = part, figure, name
                row = lambda results, where=where: (numbers(results, *where), ())  # noqa: E731
                yield f"{name}: {figure}", WAITING.get(figure), row


def states():
    """In what state, and on what machine, the figures were made."""
    lines = []
    for state in STATES:
        made = dict.fromkeys(f"{e['state']}, on {e['machine']}" for e in stored(state).values())
        lines.append(f"- **{state}**: {'; '.join(made) or 'not measured yet'}")
    return "\n".join(lines)


def stand_ins(results):
    """How networks learn from drawn images, and how from real ones."""
    (digits,), (drawn,), (real,) = (
        results["stand_ins"]["runs"][name] for name in ("digits", "drawn", "real")
    )
    plain = statistics.median(numbers(results, "digits", "accuracy", "plain"))
    lines = [["digits: accuracy after 5 epochs", f"{digits['accuracy']:.3g}", f"{plain:.3g}"]]
    for what in drawn:
        if what != "memory":
            lines.append([f"photos: {what}", f"{drawn[what]:.3g}", f"{real[what]:.3g}"])
    return table(["what", "trained on drawn images", "on real ones"], lines)


def either():
    """All results, from whichever state has them: for what does not depend on the state."""
    return stored("busy") | stored("idle")


def tables():
    """The tables of README.md, by name."""
    return {
        "states": states(),
        "training": learnt(),
        "times": against_wanted(times(TIMES)),
        "loops": against_wanted(times(LOOPS)),
        "waiting": against_wanted(waiting()),
        "stand-ins": stand_ins(either()),
    }


def three_figures():
    """The front page's figures: three that are the same whatever else the machine does."""

    def percent(task, name):
        return told(statistics.median(numbers(either(), task, "accuracy", name)), "%")

    memory = statistics.median(ratios(either(), "photos", "memory", "course", "plain"))
    rounds = int(statistics.median(numbers(either(), "digits", "epochs", "course")))
    return (
        f"- **{percent('photos', 'course')}** right on unseen photos of 100 kinds of things; with "
        f"the plain recipe, {percent('photos', 'plain')}.\n"
        f"- **{percent('digits', 'course')}** right on unseen digits, after "
        f"{'one round' if rounds == 1 else f'{rounds} rounds'} of training; with the "
        f"plain recipe, {percent('digits', 'plain')}.\n"
        f"- **{told(memory, '%', 0)}** of the plain recipe's memory, for training on 50,000 "
        "photos."
    )
