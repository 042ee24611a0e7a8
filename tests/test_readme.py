"""The README's generated parts are what they are generated from, and its links lead somewhere."""

import re

from authoring import readme_pictures
from authoring.readme import README, ROOT, generated_parts, with_generated_parts


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


def test_its_pictures_are_those_of_the_lessons():
    folder, refresh = readme_pictures.FOLDER, "run `python3 course.py refresh readme` and commit"
    assert (folder / "speed_ladder.png").read_bytes() == readme_pictures.ladder().data, refresh
    made_from = readme_pictures.fingerprint_in(folder / "lesson.png")
    assert made_from == readme_pictures.fingerprint(), refresh


def test_its_pictures_have_words():
    pictures = re.findall(r"<img [^>]+>", README.read_text(encoding="utf-8"))
    assert len(pictures) == 2 + generated_parts().get("benchmarks", "").count("<img ")
    for tag in pictures:
        assert (ROOT / re.search('src="(.+?)"', tag)[1]).exists()
        assert len(re.search('alt="(.+?)"', tag)[1]) > 40


def test_messages_it_explains_are_messages_of_the_course():
    text = README.read_text(encoding="utf-8").split("## When something fails")[1]
    quoted = re.findall(r'^\| "(.+?)"', text, flags=re.M)
    paths = [ROOT / "course.py", *(ROOT / "helpers").glob("*.py")]
    source = re.sub(r'"\s+f?"', "", "".join(path.read_text(encoding="utf-8") for path in paths))
    assert quoted and [part for q in quoted for part in q.split("...") if part not in source] == []


def test_commands_it_names_are_those_that_course_py_knows():
    import course

    text = README.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:python3|py) course\.py ([a-z-]+)", text))
    known = set(re.findall(r"python3 course\.py ([a-z-]+)", course.__doc__))
    assert {"test", "editions"} <= named <= known
