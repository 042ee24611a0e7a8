"""The site has every lesson, its links lead somewhere, and it asks no other machine."""

import itertools
import json
import re
from urllib.parse import unquote, urlsplit

from authoring import slide_types
from authoring.browser import open_browser, served
from authoring.lesson_exercises import LESSONS
from authoring.stored import picture_in

import nbformat
import pytest
from bs4 import BeautifulSoup

NOTED = ("data", "data-notes")


def pages(site):
    """Every page of the site: its path, and its HTML, read."""
    return {
        path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in sorted(site.rglob("*.html"))
    }


def page_of(site, lesson):
    return BeautifulSoup(
        (site / f"notebooks/{lesson.stem}.html").read_text(encoding="utf-8"), "html.parser"
    )


def pictures(lesson):
    """The alternative texts of a lesson's pictures, in order, as they are stored."""
    cells = nbformat.read(lesson, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return [picture.alt for picture in map(picture_in, outputs) if picture]


def test_the_front_page_leads_to_every_lesson_in_order(site):
    front = pages(site)[site / "index.html"]
    assert front.h1.get_text().startswith("Three ways to a Keras model")
    wanted = [f"notebooks/{lesson.stem}.html" for lesson in LESSONS]
    for part in (".sidebar-tree", "article"):
        links = [link["href"] for link in front.select(f"{part} a[href^=notebooks]")]
        assert links == wanted, part


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_is_there_whole(site, lesson):
    page = page_of(site, lesson)
    cells = nbformat.read(lesson, as_version=4).cells
    cells = [cell for cell in cells if not slide_types.is_guess(cell)]
    assert len(page.select(".cell_input")) == sum(cell.cell_type == "code" for cell in cells)
    folded = [cell for cell in cells if cell.source.startswith("<details>")]
    folded = [cell for cell in folded if not cell["id"].endswith("-notes")]
    assert len(page.select("article details")) >= len(folded) > 0
    assert page.select("article details[open]") == []


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_pictures_keep_their_words(site, lesson):
    shown = page_of(site, lesson).select("article img")
    assert [image["alt"] for image in shown] == pictures(lesson) != []


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_the_answer_to_a_guess_is_folded(site, lesson):
    cells = nbformat.read(lesson, as_version=4).cells
    cells = [c for c in cells if not (slide_types.is_guess(c) or c["id"].endswith("-notes"))]
    asked = [
        "Guess first" in before.source and bool(cell.get("outputs"))
        for before, cell in itertools.pairwise(cells)
        if cell.cell_type == "code"
    ]
    shown = page_of(site, lesson).select("article div.cell")
    folded = [bool(cell.select("details:not([open]) .cell_output")) for cell in shown]
    assert folded == asked and sum(asked) > 3
    words = {
        one.get_text(strip=True) for one in page_of(site, lesson).select("details.hide summary")
    }
    assert words == {"Show the answerHide the answer"}


def test_notes_for_instructors_are_left_out(site, tmp_path):
    from authoring.site import for_the_site

    new = nbformat.v4.new_markdown_cell
    notebook = nbformat.v4.new_notebook(cells=[new(name, id=name) for name in NOTED])
    nbformat.write(notebook, tmp_path / "lesson.ipynb")
    assert [cell.source for cell in for_the_site(tmp_path / "lesson.ipynb").cells] == ["data"]
    assert not any("For instructors ·" in page.get_text() for page in pages(site).values())


def test_a_folder_with_other_things_is_left_alone(site, tmp_path):
    from authoring.site import build

    (tmp_path / "letter.txt").touch()
    with pytest.raises(SystemExit, match="holds other things than a site"):
        build(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_links_to_files_that_the_site_does_not_show_become_words(site):
    from authoring.site import with_links_for_the_site

    text = "[a](LICENSE) [b](notebooks/01_sequential.ipynb) [`c/`](c) [d](https://d.org) [e](#e)"
    text += " [f](CONTRIBUTING.md) [g](README.md)"
    wanted = "a [b](notebooks/01_sequential.ipynb) `c/` [d](https://d.org) [e](#e)"
    wanted += " [f](CONTRIBUTING.md) [g](index.md)"
    assert with_links_for_the_site(text) == wanted


def test_search_knows_the_words_of_the_lessons(site):
    text = (site / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(re.fullmatch(r"Search\.setIndex\((.*)\);?\s*", text, flags=re.S)[1])
    found = index["terms"]["retrac"]  # Sphinx keeps the stems of words
    found = [found] if isinstance(found, int) else found
    assert "notebooks/04_gradient_tape" in [index["docnames"][place] for place in found]


def test_nothing_comes_from_another_machine(site):
    loads = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src"}
    for path, page in pages(site).items():
        for tag, attribute in loads.items():
            for found in page.find_all(tag, attrs={attribute: True}):
                assert not re.match(r"(https?:)?//", found[attribute]), (path.name, found)
    for path in site.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"""(url\(|@import\s+)["']?(https?:)?//""", text), path.name


def test_its_pictures_are_there(site):
    shown = [(path, tag["src"]) for path, page in pages(site).items() for tag in page("img")]
    files = [(path, src) for path, src in shown if not src.startswith("data:image/")]
    assert len(shown) > 40 and files
    assert [src for path, src in files if not (path.parent / unquote(src)).is_file()] == []


def test_links_lead_somewhere(site):
    read = pages(site)
    anchors = {path: {tag["id"] for tag in page.find_all(id=True)} for path, page in read.items()}
    dead, seen = [], 0
    for path, page in read.items():
        for link in page.find_all("a", href=True):
            to = urlsplit(link["href"])
            if to.scheme:  # another site's: only its shape can be looked at
                good = to.scheme == "https" and "." in to.netloc and " " not in link["href"]
            else:
                target = (path.parent / unquote(to.path)).resolve() if to.path else path
                good = target.is_file()
                if good and to.fragment:
                    good = unquote(to.fragment) in anchors[target]
                seen += 1
            if not good:
                dead.append(f"{path.name}: {link['href']}")
    assert dead == [] and seen > 100


@pytest.mark.browser
def test_a_reader_finds_a_word_and_walks_on(site):
    """In Chromium: search, open what was found, unfold, next lesson; at a telephone's width too."""
    with open_browser() as browser, served(site) as address:
        page = browser.new_page()
        asked, wrong = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(f"{address}/index.html")
        page.locator(".sidebar-search").fill("retracing")
        page.locator(".sidebar-search").press("Enter")
        page.locator("#search-results a", has_text="Lesson 4").first.click()
        page.wait_for_url("**/04_gradient_tape.html*")
        details = page.locator("article details", has_text="Solution").first
        code = details.locator("p, pre").first
        assert not code.is_visible()
        details.locator("summary").click()
        assert code.is_visible()
        page.locator("article a", has_text="Lesson 5").last.click()
        page.wait_for_url("**/05_cifar100.html*")
        page.set_viewport_size({"width": 390, "height": 844})
        for lesson in LESSONS:
            page.goto(f"{address}/notebooks/{lesson.stem}.html")
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, lesson.stem
            sizes = page.evaluate(
                "Promise.all([...document.images].map("
                "i => (i.loading = 'eager', i.decode().then(() => i.naturalWidth))))"
            )
            assert all(sizes), lesson.stem
        assert wrong == []
        assert [url for url in asked if not url.startswith((address, "data:"))] == []


@pytest.mark.browser
def test_it_can_be_read_from_a_folder_without_a_server(site):
    with open_browser() as browser:
        page = browser.new_page()
        page.goto((site / "index.html").as_uri())
        page.locator("article a", has_text="1 ·").first.click()
        page.wait_for_url("**/01_sequential.html")
        page.goto((site / "search.html").as_uri() + "?q=retracing")
        page.locator("#search-results a", has_text="Lesson 4").first.wait_for()
