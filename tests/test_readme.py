"""The README's generated parts are what they are generated from, and its links lead somewhere."""

import re

from readme import README, ROOT, with_generated_parts


def test_its_generated_parts_are_fresh():
    text = README.read_text(encoding="utf-8")
    assert text == with_generated_parts(text), "run `python3 course.py refresh readme` and commit"


def test_its_links_to_files_lead_somewhere():
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", README.read_text(encoding="utf-8"))
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_environment_variables_it_names_are_those_that_exist():
    named = set(re.findall(r"\b(?:COURSE|KERAS)_[A-Z_]+", README.read_text(encoding="utf-8")))
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "helpers").glob("*.py"))
    assert named and all(name in source for name in named)
