"""The site has every lesson, its links lead somewhere, and it asks no other machine."""

import functools
import inspect
import itertools
import json
import re
from urllib.parse import unquote, urlsplit

import exercises
import helpers
from authoring import glossary, slide_types
from authoring.browser import open_browser, served
from authoring.lesson_exercises import LESSONS
from authoring.stored import picture_in

import nbformat
import pytest
from bs4 import BeautifulSoup

NOTED = ("data", "data-notes")


@functools.cache
def pages(site):
    """Every page of the site but the slides, which have tests of their own: its path, its HTML."""
    return {
        path: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for path in sorted(site.rglob("*.html"))
        if path.parent != site / "slides"
    }


def page_of(site, lesson):
    return pages(site)[site / f"notebooks/{lesson.stem}.html"]


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


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_leads_to_its_slides_and_its_notebook(site, lesson):
    links = page_of(site, lesson).select(".elsewhere a")
    slides, notebook = (site / "notebooks" / link["href"] for link in links)
    assert lesson.stem in slides.name and "<section" in slides.read_text(encoding="utf-8")
    assert notebook.read_bytes() == lesson.read_bytes() and links[1].has_attr("download")


def test_each_page_leads_to_the_repository_if_it_is_public(site, monkeypatch):
    from authoring import colab
    from authoring.site import foot

    public = [colab.address()] if colab.address() else []
    for page in pages(site).values():
        assert [link["href"] for link in page.select("footer a.repository")] == public
    monkeypatch.setattr(colab, "address", lambda: "https://example.org/a")
    assert foot()["footer_icons"][0]["url"] == "https://example.org/a"


BORN = {  # terms, and the lesson that each is born in
    **dict.fromkeys(("layer", "batch", "epoch", "loss", "logits", "strides", "softmax"), 1),
    **dict.fromkeys(("BatchNormalization", "MaxPooling2D", "learning rate", "one-hot"), 1),
    **dict.fromkeys(("tensor", "graph", "padding", "Dropout", "residual connection"), 2),
    **dict.fromkeys(("tracked", "head", ".keras"), 3),
    **dict.fromkeys(("gradient", "GradientTape", "retracing", "eager"), 4),
    **dict.fromkeys(("overfitting", "callback", "augmentation", "top-5 accuracy"), 5),
    **dict.fromkeys(("transfer", "fine-tuning", "frozen"), 6),
    **dict.fromkeys(("replica", "checkpoint", "speed-up", "TF_CONFIG"), 7),
}


def test_the_glossary_leads_to_where_each_term_is_born(site):
    read = pages(site)
    page, born = read[site / "glossary.html"], {}
    for entry in page.select("dl.glossary dt"):
        name, text = entry.find(string=True, recursive=True).strip(), entry.find_next("dd")
        link = text.select("a")[-1]
        path, anchor = link["href"].split("#")
        place = read[site / path].find(id=anchor)
        assert place.strong and name.casefold() in place.get_text().casefold()
        assert place.get_text() in text.get_text()
        born[name] = int(link.get_text().split()[1])
    assert born | BORN == born
    letters = [link.get_text() for link in page.select("article p a[href^='#']")]
    assert letters == [head.contents[0] for head in page.select("h2")] == sorted(letters)
    names = [re.sub(r"\W", "", name).casefold() for name in born]
    assert names == sorted(names)


def test_a_term_is_born_where_it_is_bold_first():
    markdown = nbformat.v4.new_markdown_cell
    text = "**Guess first:** **no**? A **kernel** slides (with **`strides=2`**). It has **the b**."
    sources = {
        "title": "**Keys** run cells.",
        "data-text": f"{text}\n\n- **Scaled** images.\n\n| **table** |\n\n**One two three four** ",
        "exercise-1-text": "**at most**",
        "data-text-notes": "**note**",
        "more-text": "Two **kernels**, [a **link**](b.ipynb).",
    }
    cells = [markdown(source, id=name) for name, source in sources.items()]
    lesson = nbformat.v4.new_notebook(cells=cells)
    terms = glossary.mark_terms({"01_a.ipynb": lesson})
    kernel = "A kernel slides (with `strides=2`). It has the b."
    assert [(term.name, term.text) for term in terms] == [
        ("b", kernel),
        ("kernel", kernel),
        ("link", "Two kernels, a link."),
        ("no", "no?"),
        ("scaled", "Scaled images."),
        ("`strides`", kernel),
    ]
    assert "A [**kernel**]{#term-kernel} slides" in lesson.cells[1].source
    assert lesson.cells[4].source == "Two **kernels**, [a [**link**]{#term-link}](b.ipynb)."


@pytest.mark.parametrize("package", [helpers, exercises], ids=lambda package: package.__name__)
def test_every_public_function_has_a_page_from_its_docstring(site, package):
    read = pages(site)
    index = read[site / "functions/index.html"]
    for name in package.__all__:
        value, page = getattr(package, name), read[site / f"functions/{name}.html"]
        assert index.select(f"article a[href='{name}.html']")
        shown = page.select_one("dl.py")
        first = inspect.getdoc(value).split("\n\n")[0].replace("`", "").split()
        assert " ".join(first) in " ".join(shown.dd.p.get_text().split())
        if not inspect.isclass(value):
            parts = {part.get_text().strip(":") for part in shown.select("dl.field-list > dt")}
            told = re.findall(r"^(Args|Returns|Raises):", inspect.getdoc(value), flags=re.M)
            assert len(parts) == len(told)
            for argument in inspect.signature(value).parameters:
                assert shown.find("strong", string=re.compile(rf"\b{argument}\b")), argument
        assert "`" not in shown.get_text()
    uses = read[site / "functions/as_code.html"]
    assert uses.select("article a[href='../notebooks/03_subclassing.html']")


def test_pages_of_functions_lead_to_one_another(site):
    page = pages(site)[site / "functions/first_difference.html"]
    links = {link["href"].split("#")[0] for link in page.select("dl.py a.reference")}
    assert links == {"compare_models.html", "CourseError.html"}


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


@pytest.mark.browser
def test_code_is_copied_with_the_keyboard_from_a_file(site):
    with open_browser() as browser:
        page = browser.new_page()
        page.goto((site / "notebooks/03_subclassing.html").as_uri())
        code = page.locator("article .cell_input pre").nth(2)
        code.locator("xpath=preceding-sibling::button").focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Copied").wait_for()
        page.evaluate("document.body.prepend(document.createElement('textarea'))")
        page.locator("textarea").focus()
        page.keyboard.press("ControlOrMeta+V")
        assert page.locator("textarea").input_value().strip() == code.inner_text().strip()
        assert page.locator(".cell_output .copy").count() == 0
        page.get_by_role("button", name="Copied").wait_for(state="detached")


@pytest.mark.browser
def test_on_paper_nothing_is_folded_cut_off_or_a_button(site):
    with open_browser() as browser:
        page = browser.new_page(viewport={"width": 700, "height": 1000})
        page.goto((site / "notebooks/03_subclassing.html").as_uri())
        page.emulate_media(media="print")
        seen = "s => [...document.querySelectorAll(s)].map(e => e.checkVisibility())"
        for hidden in ("button", ".cell summary", ".elsewhere", ".skip-to-content"):
            assert set(page.evaluate(seen, hidden)) == {False}, hidden
        for shown in ("article details pre", "article pre", "article img"):
            assert set(page.evaluate(seen, shown)) == {True}, shown
        cut = "[...document.querySelectorAll('pre')].filter(e => e.scrollWidth > e.clientWidth)"
        assert page.evaluate(f"{cut}.map(e => e.textContent)") == []
