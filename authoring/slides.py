"""Makes slides of the lessons, for a browser.

    python3 course.py slides                   into the folder slides
    python3 course.py slides FOLDER            into another one
    python3 course.py slides --pdf             and hand-outs and scripts to print (needs a Chromium)

FOLDER/index.html leads to one page a lesson; it needs no network, and nothing outside FOLDER. The
slides are the lessons as they are stored: text, code and what it printed. Each cell's
`slideshow.slide_type` says what stands together (see slide_types.py); slide_show/fit.js measures it
in the browser, and deals out what does not fit. After "Guess first", what the code shows comes with
the next key. FOLDER/questions.csv holds the notes' questions, to poll a class with.
"""

import argparse
import ast
import base64
import copy
import csv
import re
import shutil
import subprocess
from pathlib import Path
from xml.sax.saxutils import quoteattr

from authoring import browser, slide_types

import nbformat
from nbconvert.exporters import SlidesExporter
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from traitlets.config import Config

HERE = Path(__file__).parent
LESSONS = sorted((HERE.parent / "notebooks").glob("*.ipynb"))
FOLDER = HERE.parent / "slides"
TEMPLATE = HERE / "slide_show"

FOLDED = re.compile(r"<details><summary>(.*?)</summary>\n\n(.*?)\n\n</details>", flags=re.S)
NOTE = re.compile(
    r"· (\d+) minutes.*?\*\*Ask:\*\* (.*?)\n\n"
    r'\*\*A plausible wrong answer:\*\* "(.*?)" (.*?)\n\n</details>',
    flags=re.S,
)
QUESTION = ("lesson", "section", "minutes", "question", "plausible wrong answer", "what is wrong")
PRIORITY = ["text/html", "text/markdown", "text/plain"]  # and no scripts
TABLE = re.compile(r"^```.*?^```|(?:^\|[^\n]*\|[ ]*(?:\n|\Z))+", flags=re.S | re.M)
IMAGE = re.compile(r"<img [^>]*>")


def shown_code(source):
    """Code as a slide shows it: without `FULL_SIZE`, words for pictures, and what confirm says."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:  # a magic, say
        return source
    said, edits = {"FULL_SIZE", "alt"}, []
    for node in nodes:
        if isinstance(node, ast.IfExp) and ast.unparse(node.test) == "FULL_SIZE":
            edits.append((node, ast.get_source_segment(source, node.orelse)))
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "helpers.confirm":
            claim = ast.get_source_segment(source, node.args[0])
            shown = f'{claim}, "…"'
            if "\n" in claim or len(claim) > 68:
                shown = f"\n    {shown}\n"
            edits.append((node, f"helpers.confirm({shown})"))
            said |= {one.id for one in node.args[1:] if isinstance(one, ast.Name)}
    for node in nodes:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in said:
            edits += [(node, "")] if isinstance(node.value, ast.Constant | ast.JoinedStr) else []
    lines = source.encode().split(b"\n")
    for node, text in sorted(edits, key=lambda one: (-one[0].lineno, -one[0].col_offset)):
        first, last = node.lineno - 1, node.end_lineno - 1
        line = lines[first][: node.col_offset] + text.encode() + lines[last][node.end_col_offset :]
        lines[first : last + 1] = [line] if line.strip() else []
    return re.sub(r"\n{3,}", "\n\n", b"\n".join(lines).decode()).strip("\n")


def shown_output(output):
    """An output as a slide shows it: pictures, the ends of a long training, code in colours."""
    picture = picture_in(output)
    if picture:
        data, metadata = {"text/html": picture}, {"picture": True}
        return nbformat.v4.new_output("display_data", data, metadata=metadata)
    if output.output_type != "stream":
        return output
    text = re.sub(r"[^\n]*\r(?=[^\n])", "", output.text)  # of a progress bar its last state
    epochs = re.split(r"^(?=Epoch \d+/\d+$)", text, flags=re.M)[1:]
    if len(epochs) > 6:
        text = epochs[0] + "...\n" + epochs[-1]
    for code in (text, f"# {text}"):
        if is_code(code):
            data = {"text/html": highlight(code, PythonLexer(), HtmlFormatter())}
            return nbformat.v4.new_output("display_data", data)
    return nbformat.from_dict({**output, "text": text})


def picture_in(output):
    """The HTML of the picture that an output shows, or None."""
    data = output.get("data", {})
    for kind in ("image/svg+xml", "image/png", "image/jpeg"):
        if kind in data:
            words = {"alt": data.get("text/plain", ""), **output.metadata.get(kind, {})}
            code = base64.b64encode(data[kind].encode()).decode() if "svg" in kind else data[kind]
            words["src"] = f"data:{kind};base64,{code}".replace("\n", "")
            kept = [name for name in ("src", "alt", "width", "height") if name in words]
            return f"<img {' '.join(f'{name}={quoteattr(str(words[name]))}' for name in kept)}>"
    return IMAGE.fullmatch(data.get("text/html", "").strip()) and data["text/html"]


def is_code(text):
    """Whether a text that was printed is Python."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return False
    return any(isinstance(node, ast.Assign | ast.FunctionDef) for node in tree.body)


def even(table):
    """A Markdown table with as many cells in each row as in its first, as JupyterLab shows it."""
    if table.group().startswith("```"):
        return table.group()
    rows = [re.split(r"(?<!\\)\|", line.strip()[1:-1]) for line in table.group().splitlines()]
    evened = ((row + [" "] * len(rows[0]))[: len(rows[0])] for row in rows)
    return "".join(f"|{'|'.join(row)}|\n" for row in evened)


def opened(cell):
    """A markdown cell as one or more: what it folds is unfolded, and comes with a key.

    Text above a heading that stands within the cell still belongs to the slide before.
    """
    kind, heading = slide_types.of(cell), slide_types.HEADING.search(cell.source)
    start = heading.start() if heading else 0
    first, *folded = FOLDED.split(cell.source[start:])
    parts = [(cell.source[:start], "-"), (first, kind)]
    for summary, text, after in zip(folded[::3], folded[1::3], folded[2::3], strict=True):
        usual = kind if not parts[-1][0].strip() and len(parts) == 2 else "fragment"
        parts += [(f"### {summary}\n\n{text}", usual), (after, "fragment")]
    for text, kind in parts:
        if text.strip():
            part, text = copy.deepcopy(cell), TABLE.sub(even, text)
            part.source, part.metadata.slideshow.slide_type = text.strip(), kind
            yield part


def arranged(lesson):
    """A lesson as a notebook of what its slides show, for nbconvert's `SlidesExporter`.

    A cell's metadata say which cell it comes from, what the page's foot says, and with which key
    (0, 1 ..., or None: at once) its text or code appears, and with which what it shows.
    """
    lesson = nbformat.v4.upgrade(copy.deepcopy(lesson))
    slide_types.complete(lesson)
    place = {cell["id"]: number for number, cell in enumerate(lesson.cells)}
    lesson.cells.sort(key=lambda one: place.get(one["id"].removesuffix("-notes"), place[one["id"]]))
    cells, running = [], [title_of(lesson).split(":")[0]]
    for whole in lesson.cells:
        kind = slide_types.of(whole)
        if whole.cell_type == "raw" or kind == "skip":
            continue
        if kind == "notes":
            whole.source = FOLDED.sub(r"**\1**\n\n\2", whole.source)
        markdown = whole.cell_type == "markdown" and kind != "notes"
        for cell in opened(whole) if markdown else [whole]:
            kind = slide_types.of(cell)
            if kind in ("slide", "subslide") or not cells:
                keys, guess, coded = 0, "Guess first" in cell.source, False
            keys += kind == "fragment"
            key = keys if kind == "fragment" else 0 if guess else None
            at_once = kind != "fragment" and not (markdown and coded)
            if markdown and (heading := slide_types.HEADING.search(cell.source)):
                running[1:] = [heading.group()[3:]]
            if cell.cell_type == "code":
                coded = True
                cell.source = shown_code(cell.source)
                cell.outputs = [shown_output(output) for output in cell.outputs]
            cell.source = re.sub(r" ?[^.\n]*`FULL_SIZE`[^.\n]*\.", "", cell.source)
            cell.metadata.update(cell=cell["id"], appears=None if at_once else key, shows=key)
            cell.metadata.running = re.sub(r"[`*]", "", " · ".join(running))
            cell["id"] = f"cell-{len(cells)}"
            cells.append(cell)
    lesson.cells = cells
    return lesson


def title_of(lesson):
    """The heading of a lesson, as plain text."""
    heading = re.search(r"^# (.+)$", lesson.cells[0].source, flags=re.M)
    return re.sub(r"[`*]", "", heading.group(1)) if heading else "Slides"


def html(lesson, folder=HERE.parent / "notebooks"):
    """The page of a lesson's slides; its pictures are looked for in the folder."""
    exporter = SlidesExporter(
        template_name=TEMPLATE.name,
        extra_template_basedirs=[str(TEMPLATE.parent)],
        exclude_anchor_links=True,
        embed_images=True,
        config=Config(NbConvertBase={"display_data_priority": PRIORITY}),
    )
    resources = {"metadata": {"path": str(folder), "name": title_of(lesson)}}
    made, _ = exporter.from_notebook_node(arranged(lesson), resources)
    return re.sub(r'href="(\w+)\.ipynb"', r'href="\1.html"', made)


def questions(lesson):
    """A row for each question in a lesson's notes; QUESTION says what is in it."""
    section = ""
    for cell in lesson.cells:
        section = (slide_types.HEADING.findall(cell.source) or [section])[-1]
        if slide_types.of(cell) == "notes" and (note := NOTE.search(cell.source)):
            yield title_of(lesson), section[3:], *note.groups()


def make(folder):
    """Write the slides of all lessons into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(TEMPLATE / "reveal", folder / "reveal", dirs_exist_ok=True)
    shutil.copy(TEMPLATE / "fit.js", folder)
    look = (TEMPLATE / "slides.css").read_text(encoding="utf-8")
    look += HtmlFormatter(style="default").get_style_defs(".highlight") + "\n"
    (folder / "slides.css").write_text(look, encoding="utf-8")
    entries, rows = [], [QUESTION]
    for path in LESSONS:
        lesson = nbformat.read(path, as_version=4)
        (folder / f"{path.stem}.html").write_text(html(lesson), encoding="utf-8")
        entries.append(f'<li><a href="{path.stem}.html">{title_of(lesson)}</a></li>')
        rows += questions(lesson)
    index = (TEMPLATE / "contents.html").read_text(encoding="utf-8")
    index = index.replace("<!-- lessons -->", "\n".join(entries))
    (folder / "index.html").write_text(index, encoding="utf-8")
    with (folder / "questions.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)


def print_pdf(folder):
    """Print each lesson's slides as a hand-out, and with the notes as a script."""
    for path in sorted(folder.glob("*_*.html")):
        for name, query in {"hand-out": "", "script": "?script"}.items():
            to = path.with_name(f"{path.stem}-{name}.pdf")
            flags = [*browser.FLAGS, "--headless", "--no-pdf-header-footer"]
            command = [browser.find(), *flags, f"--print-to-pdf={to}", path.as_uri() + query]
            subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="course.py slides")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--pdf", action="store_true", help="hand-outs and scripts, too")
    asked = parser.parse_args()
    if asked.pdf and not browser.find():
        parser.error(
            "--pdf prints with Chromium or Chrome: install it, or name it: COURSE_BROWSER."
        )
    make(asked.folder.resolve())
    if asked.pdf:
        print_pdf(asked.folder.resolve())
    print(f"The slides are in {asked.folder}: open index.html. Space goes on, S shows the notes.")
