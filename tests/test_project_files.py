"""The files that services read beside the course fit the course."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import course

import pytest
import yaml

ROOT = Path(__file__).parent.parent
CI = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
JOBS = CI["jobs"]


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def commands():
    """Every command that a service runs."""
    steps = [step for job in JOBS.values() for step in job["steps"]]
    lines = [line for step in steps for line in step.get("run", "").splitlines()]
    return [*lines, json.loads(read(".devcontainer/devcontainer.json"))["postCreateCommand"]]


def test_commands_of_services_name_what_is_there():
    known = re.findall(r"python3 course\.py ([a-z-]+)", course.__doc__)
    for command in commands():
        words = command.split()
        if "course.py" in words:
            task, *paths = words[words.index("course.py") + 1 :]
            assert task in known, command
            assert all((ROOT / path).exists() for path in paths if path.startswith("tests/"))


def test_services_take_pythons_that_can():
    everywhere = JOBS["units"]["strategy"]["matrix"]["python"]
    oldest, newest = course.OLDEST[1], course.NEWEST[1]
    assert everywhere == [f"3.{minor}" for minor in range(oldest, newest + 1)]
    container = json.loads(read(".devcontainer/devcontainer.json"))["image"]
    others = re.findall(r"python[=:](3\.\d+)", container + read("environment.yml"))
    assert len(others) == 2 and set(others) <= set(everywhere)


def versions(text):
    """The least and the first too high version that a list of packages allows, by package."""
    rows = re.findall(r"^(\w+)>=([\d.]+),<([\d.]+)$", text, flags=re.M)
    return {package: (least, too_high) for package, least, too_high in rows}


def test_readme_and_packages_agree_on_the_range_of_versions():
    allowed = versions(read("requirements.txt"))
    words = r"TensorFlow (\S+) to (\S+) with Keras (\S+) to (\S+) on Python (\S+) to (\S+) will"
    told = re.search(words.replace(" ", r"\s+"), read("README.md")).groups()
    for package, said in (("tensorflow", told[:2]), ("keras", told[2:4])):
        least, too_high = allowed[package]
        major, minor = too_high.split(".")
        assert said == (least, f"{major}.{int(minor) - 1}")
    oldest, newest = (f"{one[0]}.{one[1]}" for one in (course.OLDEST, course.NEWEST))
    assert told[4:] == (oldest, newest)
    too_high = f"3.{course.NEWEST[1] + 1}"
    project = tomllib.loads(read("pyproject.toml"))["project"]
    assert project["requires-python"] == f">={oldest},<{too_high}"


def test_the_oldest_packages_are_those_at_the_lower_ends():
    pinned = dict(re.findall(r"^(\w+)==([\d.]+)$", read("authoring/oldest.txt"), flags=re.M))
    allowed = versions(read("requirements.txt"))
    assert pinned.keys() == allowed.keys()
    assert all(f"{pinned[one]}.".startswith(f"{allowed[one][0]}.") for one in allowed)


def test_services_try_lessons_and_facts_with_the_oldest_packages_and_the_newest():
    rows = JOBS["lessons"]["strategy"]["matrix"]["include"]
    assert {row["constraint"]: row["python"] for row in rows} == {
        "": f"3.{course.NEWEST[1]}",
        "authoring/oldest.txt": f"3.{course.OLDEST[1]}",
    }
    assert JOBS["lessons"]["env"] == {"UV_CONSTRAINT": "${{ matrix.constraint }}"}
    tried = CI["env"]["WITH_KERAS"].split()
    assert tried[:2] == ["notebooks", "tests/test_keras_facts.py"]
    assert all((ROOT / path).exists() for path in tried)
    assert "course.py test $WITH_KERAS" in JOBS["lessons"]["steps"][-1]["run"]


def test_the_canary_is_in_no_range_and_opens_an_issue():
    steps = "\n".join(step.get("run", "") for step in JOBS["canary"]["steps"])
    install = re.search(r"uv pip install .* --upgrade \$\((.+)\)", steps)[1]
    done = subprocess.run(["bash", "-c", install], cwd=ROOT, capture_output=True, text=True)
    assert {"tensorflow", "keras", "numpy"} <= set(done.stdout.split())
    assert re.fullmatch(r"([a-z-]+\n)+", done.stdout)
    assert "$WITH_KERAS" in steps and "authoring.canary" in steps and "gh issue create" in steps
    assert JOBS["canary"]["permissions"]["issues"] == "write"


def test_the_citation_is_of_this_version():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    assert yaml.safe_load(read("CITATION.cff"))["version"] == project["version"]


def test_what_is_made_is_not_committed():
    folders = ("site", "slides", "sheets", "editions", "my_lessons")
    made = [f"{folder}/index.html" for folder in folders]
    done = subprocess.run(["git", "check-ignore", *made], cwd=ROOT, capture_output=True, text=True)
    if done.returncode == 128:
        pytest.skip("not a checkout of git")
    assert done.stdout.split() == made
