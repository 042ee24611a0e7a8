"""Every check can tell right answers from wrong ones, and says what is wrong in words."""

import os
import re

from authoring import lesson_exercises
from exercises.checking import EXERCISES, check

import mutants
import nbformat
import pytest
from hard_to_judge import RIGHT, WRONG

HELD = [
    (path, one) for path in lesson_exercises.LESSONS for one in lesson_exercises.in_lesson(path)
]
each_exercise = pytest.mark.parametrize("path, one", HELD, ids=[one.number for _, one in HELD])

# Of what takes long, every third is tried in a run, and all of it once a week.
STEP = 1 if "COURSE_ALL_LESSONS" in os.environ else 3


def rows(kind):
    """Every answer of the tables, as parameters with an id such as 1.3-a layer left out."""
    return [
        pytest.param(path, one.number, answer, id=f"{one.number}-{label}")
        for path, one in HELD
        for label, answer in getattr(lesson_exercises.tables(int(path.name[:2])), kind)
        .get(one.number, {})
        .items()
    ]


@pytest.fixture(scope="session")
def desks():
    """A desk for each lesson, set up when it is first needed."""
    made = {}

    def desk(path):
        if path not in made:
            made[path] = lesson_exercises.Desk(path)
        return made[path]

    return desk


@pytest.mark.parametrize("path", lesson_exercises.LESSONS, ids=lambda path: path.stem)
def test_a_lesson_has_exercises_and_no_check_is_left_over(path):
    lesson = path.name[:2].lstrip("0")
    numbers = [one.number for one in lesson_exercises.in_lesson(path)]
    assert len(numbers) >= 4
    checks = [number for number in EXERCISES if number.startswith(f"{lesson}.")]
    assert numbers == checks, lesson_exercises.WRITE


@pytest.mark.parametrize("path", lesson_exercises.LESSONS, ids=lambda path: path.stem)
def test_no_exercise_has_a_cell_that_jupyterlab_named(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if re.search(r"^### Exercise|^check\(", cell.source, flags=re.M):
            assert lesson_exercises.is_exercise(cell), lesson_exercises.WRITE


@each_exercise
def test_its_cells_fit_together(path, one):
    assert one.text and one.check and one.solution, lesson_exercises.WRITE
    assert one.text.splitlines()[0] == f"### Exercise {one.number} · {EXERCISES[one.number].title}"
    assert re.search(rf'^check\("{re.escape(one.number)}", .+\)$', one.check, flags=re.M)
    assert one.solution.startswith("<details><summary>Solution</summary>\n\n```python\n")
    assert one.solution.endswith("\n\n</details>")
    why = one.solution.split("```")[-1].removesuffix("</details>")
    assert len(why.split()) >= 8, "the solution needs a line on why"


@each_exercise
def test_its_tables_are_long_enough(path, one):
    table = lesson_exercises.tables(int(path.name[:2]))
    known = [*getattr(EXERCISES[one.number].judge, "rows", list)()]
    assert len(table.WRONG.get(one.number, ())) + len(known) >= 6, lesson_exercises.WRITE
    assert len(table.RIGHT.get(one.number, ())) >= 3, lesson_exercises.WRITE


@each_exercise
def test_untouched_it_is_not_attempted_yet(path, one, desks):
    said = desks(path).try_answer(one.number, one.stub, tries=1)
    told = f"○ Exercise {one.number}: not attempted yet."
    assert said == f"{told}\n  Hint: {EXERCISES[one.number].start}\n"


@pytest.mark.parametrize("path, number, code", rows("RIGHT"))
def test_a_right_answer_is_accepted(path, number, code, desks):
    said = desks(path).try_answer(number, code)
    late = number in ("1.3", "5.2") and "Sequential" in code and "Input" not in code
    remark = " (It has no keras.Input, so until this check it had no weights.)" * late
    assert said == f"✓ Exercise {number}: right. {EXERCISES[number].why}{remark}\n"


def wrong_rows():
    """Those of `rows`, but of exercises whose checks take a second or more each one in `STEP`."""
    found = rows("WRONG")
    slow = [row for row in found if row.id.startswith(("1.6-", "2.5-", "3.6-", "5.8-", "6.5-"))]
    return [row for row in found if row not in slow] + slow[::STEP]


@pytest.mark.parametrize("path, number, answer", wrong_rows())
def test_a_wrong_answer_is_told_what_is_wrong(path, number, answer, desks):
    code, words = answer
    told, hint = desks(path).try_answer(number, code, tries=1).splitlines()
    assert told.startswith(f"✗ Exercise {number}: ") and words in told
    assert hint.startswith("  Hint: ") and len(hint) > 30


KNOWN = [
    pytest.param(number, place, id=f"{number}-{place}")
    for number, one in EXERCISES.items()
    for place, _ in enumerate(getattr(one.judge, "rows", list)())
]


@pytest.mark.parametrize("number, place", KNOWN)
def test_a_known_mistake_gets_its_own_words(number, place, capsys):
    answer, told = [*EXERCISES[number].judge.rows()][place]
    check(number, *answer)
    said = capsys.readouterr().out
    assert said.startswith(f"✗ Exercise {number}: ") and told in said.splitlines()[0]


@each_exercise
def test_no_mutant_of_its_solution_is_accepted(path, one, desks):
    table = lesson_exercises.tables(int(path.name[:2]))
    if one.number in getattr(table, "OPEN", ()):
        pytest.skip("many answers are right here, so a changed one need not be wrong")
    harmless = getattr(table, "HARMLESS", {}).get(one.number, ())
    accepted = []
    for change, code in [*mutants.of(one.code)][::STEP]:
        if any(words in change for words in harmless):
            continue
        try:
            said = desks(path).try_answer(one.number, code)
        except Exception:  # it stops before the check, and the learner sees where
            continue
        if said.startswith("✓"):
            accepted.append(change)
    assert not accepted


def hard_to_judge():
    for sign, answers in (("✓", RIGHT), ("✗", WRONG)):
        for number, label, code in answers:
            yield pytest.param(number, code, sign, id=f"{number}-{label}")


@pytest.mark.parametrize("number, code, sign", [*hard_to_judge()])
def test_an_answer_that_is_hard_to_judge_is_judged_rightly(number, code, sign, desks):
    path = next(path for path, one in HELD if one.number == number)
    assert desks(path).try_answer(number, code).startswith(f"{sign} Exercise {number}: ")
