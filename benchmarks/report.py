"""The tables of README.md, and the front page's figures, made from the stored results."""

import statistics

from benchmarks.measure import STATES, stored

TRAINING = [  # what; the most wanted (of an accuracy: the least); part, figure; of which ÷ which
    ("digits: time", 0.25, "digits", "seconds", "course", "plain"),
    ("digits: processor time", None, "digits", "processor", "course", "plain"),
    ("digits: accuracy, plain recipe", None, "digits", "accuracy", "plain"),
    ("digits: accuracy, course's recipe", 0.99, "digits", "accuracy", "course"),
    ("photos: time", 0.2, "photos", "seconds", "course", "plain"),
    ("photos: processor time", None, "photos", "processor", "course", "plain"),
    ("photos: accuracy, plain recipe", None, "photos", "accuracy", "plain"),
    ("photos: accuracy, course's recipe", 0.43, "photos", "accuracy", "course"),
    ("photos: peak of memory", 0.4, "photos", "memory", "course", "plain"),
    ("photos, short: time", 1, "photos", "seconds", "course, 4 epochs", "plain, 5 epochs"),
    ("photos, short: accuracy, plain recipe", None, "photos", "accuracy", "plain, 5 epochs"),
    ("photos, short: accuracy, course's recipe", 0.36, "photos", "accuracy", "course, 4 epochs"),
]
LOOPS = [
    ("whole epoch ÷ `fit`", 0.5, "loops", "seconds", "whole epoch", "fit"),
    ("whole epoch, fixed ÷ `fit`", None, "loops", "seconds", "whole epoch, fixed", "fit"),
    ("whole epoch ÷ plain loop", 0.1, "loops", "seconds", "whole epoch", "plain"),
    ("whole epoch ÷ `fit`, by 128", 1, "loops", "seconds", "whole epoch by 128", "fit by 128"),
]
WAITING = {"compared with a copy": 5, "drawn": 1}  # what is wanted of those figures


def told(number, form, digits=1):
    return f"{100 * number:.{digits}f} %" if form == "%" else f"{number:.2f} ×"


def table(titles, lines):
    lines = [" | ".join(line) for line in (titles, ["---"] * len(titles), *lines)]
    return "\n".join(f"| {line} |" for line in lines)


def numbers(results, part, figure, of, against=None):
    """One figure of each run, or its ratios to another's of the same turn; [] if unmeasured."""
    runs = results.get(part, {"runs": {}})["runs"]
    ones, others = ([run[figure] for run in runs.get(name, [])] for name in (of, against))
    return [a / b for a, b in zip(ones, others, strict=False)] if against else ones


def cell(found, form):
    """The median of some runs, with the smallest and the largest; empty if there is none."""
    if not found:
        return ""
    low, median, high = (told(f(found), form, 2) for f in (min, statistics.median, max))
    return f"{median} ({low} to {high})" if len(found) > 1 else median


def verdict(wanted, form, found):
    """Whether each state's median is as wanted; what holds in one state only is told as that."""
    medians = {state: statistics.median(runs) for state, runs in found.items() if runs}
    met = [state for state, n in medians.items() if (n >= wanted if form == "%" else n <= wanted)]
    if len(medians) == len(STATES):
        return "met" if len(met) == len(STATES) else f"met only {met[0]}" if met else "missed"
    return f"{'met' if met else 'missed'} {min(medians)}, {min(set(STATES) - set(medians))} unknown"


def against_wanted(rows, results):
    """What was wanted and what was reached in each state, and the verdict."""
    lines = []
    for what, wanted, *where in rows:
        form = "%" if where[1] == "accuracy" else "×"
        found = {state: numbers(results[state], *where) for state in STATES}
        if any(found.values()):
            goal = f"{'≥' if form == '%' else '≤'} {told(wanted, form)}" if wanted else ""
            end = verdict(wanted, form, found) if wanted else ""
            lines.append([what, goal, *(cell(found[state], form) for state in STATES), end])
    return table(["what", "wanted", *STATES, "verdict"], lines) if lines else "Not measured yet."


def waiting_rows(results):
    """A row for each figure of the parts "engine" and "waiting"."""
    return [
        (f"{name}: {figure}", WAITING.get(figure), part, figure, name)
        for part in ("engine", "waiting")
        for name, runs in results.get(part, {"runs": {}})["runs"].items()
        for figure in runs[0]
        if figure != "memory"
    ]


def states(results):
    """In what state, and on what machine, the figures were made."""
    lines = []
    for state in STATES:
        made = dict.fromkeys(f"{e['state']}, on {e['machine']}" for e in results[state].values())
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


def tables():
    """The tables of README.md, by name."""
    results = {state: stored(state) for state in STATES}
    either = results["busy"] | results["idle"]  # where the state does not matter
    return {
        "states": states(results),
        "training": against_wanted(TRAINING, results),
        "loops": against_wanted(LOOPS, results),
        "waiting": against_wanted(waiting_rows(either), results),
        "stand-ins": stand_ins(either),
    }


def three_figures():
    """The front page's figures: three that are the same whatever else the machine does."""
    results = stored("busy") | stored("idle")

    def percent(task, name):
        return told(statistics.median(numbers(results, task, "accuracy", name)), "%")

    memory = statistics.median(numbers(results, "photos", "memory", "course", "plain"))
    return (
        f"- **{percent('photos', 'course')}** right on unseen photos of 100 kinds of things; with "
        f"the plain recipe, {percent('photos', 'plain')}.\n"
        f"- **{percent('digits', 'course')}** right on unseen digits, after two rounds; with the "
        f"plain recipe, {percent('digits', 'plain')}.\n"
        f"- **{told(memory, '%', 0)}** of the plain recipe's memory, for training on 50,000 "
        "photos."
    )
