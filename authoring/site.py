"""Makes a site with search: README, lessons as they are stored, slides, glossary, functions.

    python3 course.py site            into the folder site
    python3 course.py site FOLDER     into another one

No lesson is run, nothing is downloaded, and the pages ask no other machine for anything: copy the
folder to any web server, or open its index.html. A warning of Sphinx's stops the build.

Where pyproject.toml names a public repository, `Repository` under [project.urls], the foot of each
page leads there.
"""

import itertools
import re
import shutil
import sys
import tempfile
from pathlib import Path

from authoring import colab, function_pages, glossary, slide_types, slides

import nbformat
from sphinx.cmd.build import build_main

HERE = Path(__file__).parent
ROOT = HERE.parent
FOLDER = ROOT / "site"
GUESS = "**Guess first"  # a text that asks for one holds these words
PAGES = {"README.md": "index.md", "CONTRIBUTING.md": "CONTRIBUTING.md"}


def lessons():
    """The notebooks, in order."""
    return sorted((ROOT / "notebooks").glob("*.ipynb"))


def gather(folder):
    """Put what the site is made from into a folder, where Sphinx can read it."""
    shutil.copy(HERE / "website/conf.py", folder)
    shutil.copytree(HERE / "website/static", folder / "static")
    shutil.copytree(HERE / "pictures", folder / "extra/authoring/pictures")  # where the README says
    for name, page in PAGES.items():
        text = with_links_for_the_site((ROOT / name).read_text(encoding="utf-8"))
        if page == "index.md":
            text += contents()
        (folder / page).write_text(text, encoding="utf-8")
    shown = {path.name: for_the_site(path) for path in lessons()}
    terms = glossary.mark_terms(shown)
    (folder / "glossary.md").write_text(glossary.page(terms), encoding="utf-8")
    (folder / "notebooks").mkdir()
    (folder / "extra/notebooks").mkdir()
    for path in lessons():
        nbformat.write(shown[path.name], folder / "notebooks" / path.name)
        shutil.copy(path, folder / "extra/notebooks")  # as it is, to download
    slides.make(folder / "extra/slides")
    function_pages.write(folder / "functions", shown)


def with_links_for_the_site(text):
    """A page's text, with words for pictures of elsewhere and links to what the site lacks."""
    text = re.sub(r"!\[([^]]*)\]\(https?:[^)]*\)", r"\1", text)
    shown = {f"notebooks/{path.name}" for path in lessons()}

    def link(match):
        words, target = match[1], match[2]
        if re.match(r"https?:|#", target) or target in shown:
            return match[0]
        return f"[{words}]({PAGES[target]})" if target in PAGES else words

    return re.sub(r"(?<!!)\[([^]]*)\]\(([^)\s]+)\)", link, text)


def contents():
    """The list of all pages, from which Sphinx makes the site's sidebar."""
    pages = [f"notebooks/{path.name}" for path in lessons()]
    pages += ["glossary.md", "functions/index.md"]
    pages += [page for page in PAGES.values() if page != "index.md"]
    return "\n```{toctree}\n:hidden:\n\n" + "\n".join(pages) + "\n```\n"


def for_the_site(path):
    """A lesson without notes for instructors and cells for guesses; answers to those are folded.

    Below its heading are links to its slides and to the notebook.
    """
    lesson = nbformat.read(path, as_version=4)
    left_out = (slide_types.is_note, slide_types.is_guess)
    lesson.cells = [cell for cell in lesson.cells if not any(one(cell) for one in left_out)]
    if lesson.cells[0]["id"] == "title":
        heading, text = lesson.cells[0].source.split("\n", 1)
        links = f'<a href="../slides/{path.stem}.html">Slides</a> · '
        links += f'<a href="{path.name}" download>Notebook to download</a>'
        lesson.cells[0].source = f'{heading}\n\n<p class="elsewhere">{links}</p>\n{text}'
    for before, cell in itertools.pairwise(lesson.cells):
        if cell.cell_type == "code" and GUESS in before.source:
            cell.metadata.tags = [*cell.metadata.get("tags", []), "hide-output"]
    return lesson


def foot():
    """What the theme is to show at the foot of each page: a link to the repository, if public."""
    repository = colab.address()
    link = {"name": "Repository", "url": repository, "html": "Repository", "class": "repository"}
    return {"footer_icons": [link] if repository else []}


def build(folder):
    """Build the site into a folder, in place of the site that is there.

    Raises:
        SystemExit: The folder holds something else, or Sphinx has something to say; its lines
            stand above.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / "searchindex.js").exists():
        sys.exit(f"{folder} holds other things than a site: name a new folder, or an empty one.")
    with tempfile.TemporaryDirectory() as temporary:
        source, made = Path(temporary, "source"), Path(temporary, "site")
        source.mkdir()
        gather(source)
        doctrees = str(Path(temporary, "doctrees"))
        words = ["-b", "html", "-W", "--keep-going", "-q", "-d", doctrees, str(source), str(made)]
        if build_main(words) != 0:
            sys.exit("The site was not built: the lines above say what Sphinx does not like.")
        (made / ".buildinfo").unlink()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(made, folder)


if __name__ == "__main__":
    place = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else FOLDER
    build(place)
    print(f"The site is in {place}: open {place / 'index.html'}")
