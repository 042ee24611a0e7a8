"""The parts of the README that are read from elsewhere, so that they cannot go stale."""

import json
import re
import sys
from pathlib import Path

from authoring import readme_pictures

import nbformat

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
RESULTS = ROOT / "benchmarks/results"
COMPARED = RESULTS / "compare.json"


def generated_parts():
    """Every part that the README holds between `<!-- name -->` and `<!-- end of name -->`."""
    parts = {
        "lesson picture": lesson_picture(),
        "ladder": ladder(),
        "lessons": lessons(),
        "stand-in": stand_in(),
    }
    if COMPARED.exists():
        parts["benchmarks"] = benchmarks()
    return parts


def lesson_picture():
    """A piece of a lesson as it looks in a browser."""
    name = readme_pictures.SHOWN[0]
    title = json.loads((ROOT / f"notebooks/{name}.ipynb").read_text(encoding="utf-8"))["cells"][0]
    title = "".join(title["source"]).splitlines()[0].removeprefix("# ")
    alt = f"From {title}: a few lines of code, the drawing of their network, and a line with a tick"
    return f'<img src="authoring/pictures/lesson.png" width="560" alt="{alt}">'


def ladder():
    """The speed ladder as lesson 4 stored it."""
    picture = readme_pictures.ladder()
    width, alt = picture.width, picture.alt
    return f'<img src="authoring/pictures/speed_ladder.png" width="{width}" alt="{alt}">'


def lessons():
    """The table of lessons, each row read from the lesson's first cell."""
    rows = ["| lesson | you build | minutes | exercises |", "|---|---|---|---|"]
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        opening = cells[0].source
        exercises = sum(re.fullmatch(r"exercise-\d+", cell["id"]) is not None for cell in cells)
        title = re.search(r"^# Lesson (.+)$", opening, flags=re.M).group(1)
        built = re.search(r"\*\*You build\*\* (.+?)\. \*\*It takes\*\*", opening).group(1)
        minutes = re.search(r"\*\*It takes\*\* about (\d+) minutes", opening).group(1)
        rows.append(f"| [{title}](notebooks/{path.name}) | {built} | {minutes} | {exercises} |")
    return "\n".join(rows)


def stand_in():
    """What the benchmarks found out about the stand-in data."""
    digits, colour = (
        json.loads((RESULTS / f"stand_in_{name}.json").read_text(encoding="utf-8"))
        for name in ("digits", "colour")
    )
    read = [run["accuracy"] for run in digits["runs"]]
    read = " and ".join(f"{accuracy:.1%}".replace("%", " %") for accuracy in read)
    rows = [
        ("test accuracy after 5 epochs, 10,000 training images", "accuracy_10000", ".1%"),
        ("test accuracy after 5 epochs, 50,000 training images", "accuracy_50000", ".1%"),
        (f"epoch with the lowest validation loss, of {colour['epochs']}", "best_epoch", "d"),
        ("validation loss at that epoch", "best_val_loss", ".2f"),
        ("validation loss at the end", "last_val_loss", ".2f"),
        ("training accuracy at the end", "last_accuracy", ".1%"),
        ("wrong answers within the right superclass (by chance: 4.0 %)", "kin_among_wrong", ".1%"),
        ("validation accuracy won by random flips and shifts", "augmentation_gain", ".1%"),
    ]
    table = ["| the CIFAR network | on drawn images | on real ones |", "|---|---|---|"]
    for words, key, form in rows:
        unit = " points" if key == "augmentation_gain" else " %"
        drawn, real = (
            f"{colour[kind][key]:{form}}".replace("%", unit) for kind in ("drawn", "real")
        )
        table.append(f"| {words} | {drawn} | {real} |")
    return (
        f"The digit network, trained on {digits['train_size']:,} drawn digits alone for "
        f"{digits['epochs']} epochs, reads {read} of MNIST's real test images.\n\n"
    ) + "\n".join(table)


def benchmarks():
    """How the course's way to train compares with the posts', with a table and pictures."""
    return _report().readme_part(COMPARED)


def _report():
    sys.path.insert(0, str(ROOT / "benchmarks"))
    import report  # here: nothing else needs the folder on the path

    return report


def with_generated_parts(text):
    """The README's text with every generated part as it should be now."""
    for name, part in generated_parts().items():
        between = rf"(?s)(<!-- {name} -->\n).*?(<!-- end of {name} -->)"
        text, count = re.subn(between, lambda m, part=part: m[1] + part + "\n" + m[2], text)
        assert count == 1, f"the README has no place for {name!r}"
    return text


def refresh():
    """Write the README's pictures, and the generated parts into the README."""
    readme_pictures.refresh()
    if COMPARED.exists():
        results = json.loads(COMPARED.read_text(encoding="utf-8"))
        for name, picture in _report().pictures(results).items():
            picture.save(readme_pictures.FOLDER / f"{name}.png")
    README.write_text(with_generated_parts(README.read_text(encoding="utf-8")), encoding="utf-8")
