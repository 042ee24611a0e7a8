"""The site can be read by everyone: axe-core finds nothing against WCAG 2.1 A and AA.

With the environment variable COURSE_ALL_LESSONS set, as once a week, every page is looked at also
on a narrow screen and in the dark.
"""

import json
import os
import re

from authoring.browser import open_browser, served

import pytest
from test_site import pages

RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
ALL = r"(?!functions/(?!index|plot_model)).*"  # the pages of other functions are as plot_model's
FEW = ALL if "COURSE_ALL_LESSONS" in os.environ else r"index.html|.*(01_sequential|glossary).html"


def violations(page, rules):
    """What axe-core has against an open page, folded parts unfolded: a line for each rule."""
    reason = "needs the authors' packages: python3 course.py set-up authors"
    axe = pytest.importorskip("axe_playwright_python.base", reason=reason)
    page.add_style_tag(content="* { animation: none !important; transition: none !important }")
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 100)))")
    page.evaluate(axe.AXE_SCRIPT)
    options = json.dumps({"resultTypes": ["violations"], "runOnly": rules})
    found = page.evaluate(f"axe.run({options})")["violations"]
    return [
        f"{one['id']} ({one['impact']}), {len(one['nodes'])} times, "
        f"the first: {one['nodes'][0]['html'][:200]}"
        for one in found
    ]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("scheme", "width", "rules", "which"),
    [("light", 1280, RULES, ALL), ("light", 390, RULES, FEW), ("dark", 1280, CONTRAST, FEW)],
    ids=["wide", "narrow", "dark"],
)
def test_axe_finds_nothing(site, scheme, width, rules, which):
    names = [path.relative_to(site).as_posix() for path in pages(site)]
    names = [name for name in names if re.fullmatch(which, name)]
    assert len(names) >= (12 if which == ALL else 3)
    with open_browser() as browser, served(site) as address:
        page = browser.new_page(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
        )
        wrong = {}
        for name in names:
            page.goto(f"{address}/{name}")
            wrong[name] = violations(page, rules)
    assert {name: found for name, found in wrong.items() if found} == {}


@pytest.mark.browser
def test_wide_code_can_be_scrolled_with_the_keyboard(site):
    with open_browser() as browser, served(site) as address:
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto(f"{address}/notebooks/01_sequential.html")
        wide = page.locator("pre[tabindex='0']").first
        wide.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("document.activeElement.scrollLeft > 0")


def test_headings_nest_and_there_is_one_title(site):
    for path, page in pages(site).items():
        if path.name == "search.html":  # its results are written by its script
            continue
        levels = [int(tag.name[1]) for tag in page.find("article").find_all(re.compile(r"^h\d$"))]
        assert levels[0] == 1 and levels.count(1) == 1, path.name
        steps = zip(levels, levels[1:], strict=False)
        assert all(after - before <= 1 for before, after in steps), path.name


def test_pictures_tables_and_links_have_words(site):
    for path, page in pages(site).items():
        assert page.html["lang"] == "en"
        assert len(page.title.get_text()) > 10, path.name
        for image in page.select("article img"):
            assert len(image["alt"]) > 20, path.name
        for table in page.select("article table"):
            heads = table.select("thead th")
            assert heads and all(head.get_text().strip() for head in heads), (path.name, table)
        for link in page.select("article a[href]:not(.headerlink)"):
            words = link.get_text().strip().lower()
            assert words and words not in {"here", "click here", "link", "this"}, (path.name, link)
