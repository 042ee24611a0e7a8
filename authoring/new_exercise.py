"""Writes an exercise to begin with: its cells, its check, and the first rows of its tables.

    python3 course.py new-exercise 1.7 "Title"

What it writes is a whole exercise, and passes the tests: it asks how much 6 × 7 is. Rewrite it
piece by piece. The number is the next of its lesson.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

from authoring import slide_types

import nbformat

ROOT = Path(__file__).parent.parent

TEXT = "### Exercise {number} · {title}\n\nHow much is 6 × 7?"
STUB = "my_number = ..."
CHECK = 'check("{number}", my_number)'
SOLUTION = """\
<details><summary>Solution</summary>

```python
my_number = 6 * 7
```

Here stands in a sentence or two why it is so.

</details>"""
JUDGE = """

@exercise(
    "{number}",
    "{title}",
    why="Here stands why it matters, for those who have it right.",
    start="Here stands a first step, for those who have not begun.",
)
def _exercise_{place}(answer):
    number = as_number(answer, "The number")
    require(number == 42, f"It is not {{number:g}}.", "Here stands where to look.")
"""
ANSWERS = {
    "RIGHT": """\
    "{number}": {{
        "a number": "my_number = 42",
        "another kind": "my_number = np.float32(42)",
        "worked out": "my_number = sum([6] * 7)",
    }},
""",
    "WRONG": """\
    "{number}": {{
        "added": ("my_number = 6 + 7", "It is not 13"),
        "the sign": ("my_number = -42", "It is not -42"),
        "a text": ('my_number = "42"', "a number is asked for"),
        "both": ("my_number = [6, 7]", "one number is asked for"),
        "infinite": ('my_number = float("inf")', "not a finite number"),
        "None": ("my_number = None", "The number is None"),
    }},
""",
}


def write(number, title, root=ROOT):
    """Write an exercise into a lesson, its module of checks, and its module of answers.

    Args:
        number: The next of its lesson, such as "1.7".
        title: Its heading.
        root: The folder of the course.

    Returns:
        The three files.

    Raises:
        ValueError: There is no such lesson, or it has another number to come.
    """
    lesson, _, place = number.partition(".")
    found = [*(root / "notebooks").glob(f"{lesson:0>2}_*.ipynb")]
    if not found:
        raise ValueError(f"{number!r} is no number such as 1.7, of a lesson that there is")
    notebook = nbformat.read(found[0], as_version=4)
    ids = [cell["id"] for cell in notebook.cells]
    count = sum(re.fullmatch(r"exercise-\d+", one) is not None for one in ids)
    if place != str(count + 1):
        raise ValueError(f"lesson {lesson} has {count} exercises: the next is {lesson}.{count + 1}")
    words = {"number": number, "title": title.replace('"', "'"), "place": place}
    new = {"-text": TEXT, "": STUB, "-check": CHECK, "-solution": SOLUTION}
    for part, text in new.items():
        code = part in ("", "-check")
        make = nbformat.v4.new_code_cell if code else nbformat.v4.new_markdown_cell
        cell = make(text if part == "-solution" else text.format(**words))
        cell["id"] = f"exercise-{place}{part}"
        notebook.cells.insert(ids.index("progress-text"), cell)
        ids.insert(ids.index("progress-text"), cell["id"])
    slide_types.complete(notebook)
    nbformat.write(notebook, found[0])
    checks = root / f"exercises/lesson_{lesson}.py"
    answers = root / f"tests/answers/lesson_{lesson}.py"
    text = checks.read_text(encoding="utf-8") + JUDGE.format(**words)
    checks.write_text(with_imports(text), encoding="utf-8")
    text = answers.read_text(encoding="utf-8")
    for table, rows in ANSWERS.items():
        between = rf"(?ms)(^{table} = \{{.*?)(^\}})"
        text = re.sub(between, lambda m, r=rows: m[1] + r.format(**words) + m[2], text, count=1)
    answers.write_text(text, encoding="utf-8")
    for command in (["check", "--quiet", "--select", "I", "--fix"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, checks, answers], check=True)
    return [found[0], checks, answers]


def with_imports(text):
    """A module of checks with what the new check imports."""
    block = re.search(r"from exercises\.verdicts import (\([^)]*\)|[^\n]*)", text)
    names = {*re.findall(r"\w+", block[1]), "as_number", "require"}
    line = f"from exercises.verdicts import ({', '.join(sorted(names))})"
    return text[: block.start()] + line + text[block.end() :]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="course.py new-exercise")
    parser.add_argument("number", help="the next of its lesson, such as 1.7")
    parser.add_argument("title")
    asked = parser.parse_args()
    try:
        written = write(asked.number, asked.title)
    except ValueError as error:
        parser.error(f"{error}.")
    print(f"Exercise {asked.number} is in these files: rewrite it piece by piece.")
    for path in written:
        print(f"    {path.relative_to(ROOT)}")
    lesson = written[0].name[:2]
    print(f"Then: python3 course.py refresh {lesson}, and python3 course.py test -k {asked.number}")
