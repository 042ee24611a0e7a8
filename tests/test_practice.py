"""Exercises that are drawn: solvable, judged as well as the lessons' own, the same everywhere."""

import ast
import re
import runpy
import sys
from random import Random

from exercises import check, hint, practice, progress
from exercises.checking import DRAWS, PRACTISED, RIGHT, exercise_of
from exercises.drawn import chain, changes, photo_and_figures, rivals, with_branches, with_shortcut
from exercises.kinds import OnPaper
from exercises.verdicts import NotAttempted, Wrong
from helpers.arguments import CourseError
from helpers.comparison import compare
from helpers.differences import orders_of, stages_of
from helpers.models import open_model

import keras
import mutants
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

MANY = range(1, 31)
LISTED = re.compile(r"^\d+\. (.*)[;.]$", flags=re.M)
CODE = re.compile(r"```python\n(.*?)\n```", flags=re.S)
each_kind = pytest.mark.parametrize("kind", DRAWS)
KINDS_OF_LAYERS = {
    "convolution": "Conv2D",
    "dense unit": "Dense",
    "max pooling": "MaxPooling2D",
    "everything in one row": "Flatten",
    "only the largest": "GlobalMaxPooling2D",
    "only the mean": "GlobalAveragePooling2D",
    "batch normalization": "BatchNormalization",
    "dropout": "Dropout",
    "end to end": "Concatenate",
    "added": "Add",
    "subtracted": "Subtract",
}


@pytest.fixture(autouse=True)
def nothing_practised():
    PRACTISED.clear()
    yield
    PRACTISED.clear()


def run(code):
    known = {"keras": keras, "layers": layers, "np": np}
    exec(code, known)
    return known


def answers(one, code=None):
    """The values that the check of an exercise wants, from its solution or from other code."""
    known = run(CODE.search(one.solution)[1] if code is None else code)
    names = re.search(r'check\("\S+", (.*)\)', one.text)[1]
    return [known[name] for name in names.split(", ")]


def refused(one, *given):
    try:
        one.judge(*given)
    except (Wrong, NotAttempted):
        return True
    return False


@each_kind
def test_a_number_brings_the_same_exercise_back_and_another_one_another(kind):
    drawn = {n: exercise_of(f"{kind}/{n}") for n in MANY}
    PRACTISED.clear()
    for n, one in drawn.items():
        again = exercise_of(f"{kind}/{n}")
        assert again is not one and (again.text, again.solution) == (one.text, one.solution)
    texts = {one.text.replace(one.number, "") for one in drawn.values()}
    assert len(texts) > 25


def test_they_are_the_same_on_every_machine():
    assert "16 filters of 3 × 3, `relu`" in exercise_of("1.3/1").text
    assert "my_shape = (21, 9, 16)" in exercise_of("1.2/1").solution


@each_kind
def test_the_right_solution_is_accepted_and_one_changed_thing_is_not(kind):
    quick = isinstance(exercise_of(f"{kind}/1").judge, OnPaper)
    for n in MANY if quick else (1,):
        one = exercise_of(f"{kind}/{n}")
        one.judge(*answers(one))
    for n in MANY if quick else (2,):
        one = exercise_of(f"{kind}/{n}")
        words, given = next(changed(one, Random(n)))
        assert refused(one, *given), f"{one.number}: {words}"


def changed(one, random):
    """Yield answers with one thing changed, and what that was, in an order that is drawn."""
    code = CODE.search(one.solution)[1]
    ways = list(mutants.of(code))
    for words, other in random.sample(ways, len(ways)):
        harmless = "training" in words or "kwargs" in words or other == ast.unparse(ast.parse(code))
        try:
            given = answers(one, other)
        except Exception:  # it stops before the check, and the learner sees where
            continue
        if not harmless:
            yield words, given


@each_kind
def test_known_mistakes_get_their_own_words(kind):
    for n in MANY:
        one = exercise_of(f"{kind}/{n}")
        if n > 3 and not isinstance(one.judge, OnPaper):
            break
        for wrong, told in getattr(one.judge, "rows", list)():
            with pytest.raises(Wrong) as caught:
                one.judge(*wrong)
            assert told in caught.value.told and len(caught.value.hint) > 20


def true_answers(kind, given):
    """What Keras itself says to an exercise on paper, from the code in its text."""
    made = run(re.sub(r"^keras\.", "model = keras.", given, flags=re.M))
    if kind == "2.1":
        made["model"] = keras.Model(made["inputs"], made["outputs"])
    if kind == "3.2":
        model = made["Puzzle"]()
        model(np.zeros((2, 5), "float32"))
        return [len(model.weights), len(model.trainable_weights)]
    model = made["model"]
    if kind == "6.3":
        return model
    if kind == "5.1":
        *body, flatten, dense = model.layers
        pooled = keras.Sequential([model.inputs[0], *body, layers.GlobalAveragePooling2D()])
        arriving = pooled.output_shape[1]
        return [body[-1].output.shape[1:], dense.count_params(), (arriving + 1) * dense.units]
    return [model.output_shape[1:], model.count_params()]


@pytest.mark.filterwarnings("ignore:.build.* was called")  # of a layer that is never called
@pytest.mark.parametrize("kind", ["1.2", "2.1", "3.2", "5.1", "6.3"])
def test_what_is_right_on_paper_is_right_for_keras(kind):
    for n in range(1, 11):
        one = exercise_of(f"{kind}/{n}")
        right = true_answers(kind, CODE.search(one.text)[1])
        if kind == "6.3":
            which = re.search(r"the \*(\w+)\* layer", one.text)[1]
            right.layers[{"first": 0, "second": 1, "last": -1}[which]].trainable = False
            weights = right.trainable_weights, right.non_trainable_weights
            right = [sum(np.prod(weight.shape) for weight in some) for some in weights]
        assert answers(one) == [*right]


@each_kind
def test_each_point_names_the_layer_that_the_solution_has_there(kind):
    for n in MANY[::3]:
        one = exercise_of(f"{kind}/{n}")
        if not (points := LISTED.findall(one.text)):
            continue
        shape = tuple(map(int, re.findall(r"\d+", re.search(r"shape (\(.*?\))", one.text)[1])))
        graph = open_model(answers(one)[-1], shape)
        stages = stages_of(next(orders_of(graph)), graph.inputs)
        for words, stage in zip(points, stages, strict=True):
            kinds = [kind for sign, kind in KINDS_OF_LAYERS.items() if sign in words]
            assert stage.kind == kinds[0], words
            told = [int(number) for number in re.findall(r"(\d+) (?:filters|dense)", words)]
            size = [stage.settings.get("filters") or stage.settings.get("units")]
            assert told == (size if size != [None] else []), words
            if stage.kind in ("Conv2D", "Dense"):
                activation = stage.activations[0] if stage.activations else "no activation"
                assert activation in words
            if window := re.search(r"of (\d) × (\d)", words):
                set_to = stage.settings.get("kernel_size") or stage.settings.get("pool_size")
                assert set_to == tuple(map(int, window.groups()))
            if stage.kind == "Conv2D":
                steps = re.search(r"move (\d) pixels", words)
                assert stage.settings["strides"] == (int(steps[1]) if steps else 1,) * 2
                assert ('"same"' in words) == (stage.settings["padding"] == "same")
            if stage.kind == "Dropout":
                assert str(stage.settings["rate"]) in words
            assert ("used twice" in words) == (stage.calls == 2)


NETWORKS = (chain, with_shortcut, with_branches, photo_and_figures, rivals)


@pytest.mark.parametrize("draw", NETWORKS)
def test_what_is_drawn_can_be_trained(draw):
    for n in range(2):
        model = draw(Random(n))[1].model()
        x = [np.random.default_rng(n).random((4, *i.shape[1:]), "float32") for i in model.inputs]
        with tf.GradientTape() as tape:
            answer = model(x if len(x) > 1 else x[0], training=True)
        for gradient in tape.gradient(answer, model.trainable_variables):
            assert np.isfinite(gradient).all()


def test_a_change_is_another_function():
    network = chain(Random(1), padded=True, regular=True)[1]
    for words, other in changes(network):
        assert compare(network.model(), other.model()).same is False, words


def test_a_list_to_mend_counts_as_not_attempted_until_it_is_changed():
    for n in (1, 2, 3):
        one = exercise_of(f"1.4/{n}")
        given = CODE.search(one.text)[1]
        with pytest.raises(NotAttempted):
            one.judge(run(f"model = {given}")["model"])


def test_a_graph_to_mend_has_one_mistake_for_keras_and_one_for_the_check():
    for n in range(1, 7):
        one = exercise_of(f"2.4/{n}")
        given, right = CODE.search(one.text)[1].splitlines(), CODE.search(one.solution)[1]
        lines = right.splitlines()
        wrong = [k for k, line in enumerate(lines[:-1]) if line != given[k]]
        told, unseen = wrong
        lines[unseen] = given[unseen]
        assert refused(one, *answers(one, "\n".join(lines)))
        lines[told] = given[told]
        with pytest.raises(ValueError):
            run("\n".join(lines))


def said(capsys, number, *given):
    check(number, *given)
    return capsys.readouterr().out.splitlines()


def test_a_check_says_which_point_is_not_kept(capsys):
    one = exercise_of("1.3/1")
    code = CODE.search(one.solution)[1].replace("Conv2D(16", "Conv2D(12")
    told = said(capsys, "1.3/1", *answers(one, code))
    assert told[0] == "✗ Exercise 1.3/1: Layer 2, a Conv2D, has 12 filters."
    again = said(capsys, "1.3/1", *answers(one, code))
    assert again[1] == "  Hint: Point 2 asks for 16 filters."
    assert said(capsys, "1.3/1", ...)[0] == "○ Exercise 1.3/1: not attempted yet."
    (right,) = said(capsys, "1.3/1", *answers(one))
    assert right == f"✓ Exercise 1.3/1: right. {one.why}" and 'practice("1.3")' in right


def test_the_style_asked_for_is_wanted(capsys):
    for number, style in (("2.2/4", "graph"), ("3.4/1", "class"), ("5.2/1", "list")):
        one = exercise_of(number)
        model = one.judge.right()
        if style == "graph":
            model = keras.Sequential([model.inputs[0], *model.layers[1:]])
        assert f"here a {style} is asked for" in said(capsys, number, model)[0]


def test_hints_begin_with_a_first_step_and_end_with_what_is_wrong(capsys):
    one = exercise_of("1.2/1")
    hint("1.2/1")
    assert capsys.readouterr().out == f"Exercise 1.2/1, a hint: {one.start}\n"
    check("1.2/1", (21, 9, 3), 5)
    hint("1.2/1")
    assert "Each filter of the last Conv2D" in capsys.readouterr().out


def test_practice_shows_the_exercise_and_a_notebook_its_solution_folded(capsys):
    practice("1.3/17")
    shown = capsys.readouterr().out
    one = exercise_of("1.3/17")
    assert shown.startswith(f"Exercise 1.3/17 · {one.title}\n\n{one.text}")
    assert "my_network = keras" not in shown and 'check("1.3/17", my_network)' in shown
    page = one._repr_markdown_()
    assert page.startswith("**Exercise 1.3/17 · ") and one.text in page
    assert page.index("<details><summary>Solution</summary>") < page.index("my_network = keras")


def test_practice_without_a_number_draws_a_new_one_each_time(capsys):
    for _ in range(4):
        practice("6.3")
    assert len(PRACTISED) == 4
    assert len(set(re.findall(r"Exercise (6\.3/\d+)", capsys.readouterr().out))) == 4


def test_progress_tells_of_practice_beside_the_exercises_of_the_lesson(capsys):
    progress(6)
    before = capsys.readouterr().out.splitlines()[0]
    assert before.endswith("done.") and "practised" not in before
    for number in ("6.3/1", "6.3/2", "1.2/1"):
        check(number, *answers(exercise_of(number)))
    check("6.3/3", 1, 2)
    capsys.readouterr()
    progress(6)
    assert capsys.readouterr().out.splitlines()[0] == before[:-1] + ", and 2 practised."
    assert exercise_of("6.3/1").state == RIGHT


@pytest.mark.parametrize("number", ["1.1", "1.1/3", "9.9/1", "1.3/", "1.3/0", "1.3/x", "1.3/1/2"])
def test_what_cannot_be_practised_is_told_with_all_that_can(number):
    with pytest.raises(CourseError) as error:
        practice(number)
    assert all(kind in str(error.value) for kind in DRAWS)
    if "/" in number:
        for ask in (lambda: check(number, 1), lambda: hint(number)):
            with pytest.raises(CourseError):
                ask()


def sheet(monkeypatch, *words):
    """Run the command that prints a sheet."""
    monkeypatch.setattr(sys, "argv", ["exercises", *words])
    runpy.run_module("exercises", run_name="__main__")


def test_a_sheet_has_all_solutions_at_its_end(monkeypatch, capsys):
    sheet(monkeypatch, "1.3", "3.2", "--count", "2", "--first", "7")
    printed = capsys.readouterr().out
    assert printed.startswith("# Exercises\n\n## Exercise 1.3/7 · ")
    asked, solved = printed.split("# Solutions\n")
    for number in ("1.3/7", "1.3/8", "3.2/7", "3.2/8"):
        one = exercise_of(number)
        assert f"## Exercise {number} · {one.title}\n\n{one.text}" in asked
        assert f"## Exercise {number}\n\n{one.solution}" in solved
        assert one.solution not in asked
    sheet(monkeypatch, "1.3", "3.2", "--count", "2", "--first", "7")
    assert capsys.readouterr().out == printed


def test_a_sheet_of_what_cannot_be_drawn_is_told_in_a_sentence(monkeypatch):
    with pytest.raises(SystemExit, match=r"'1\.1' cannot be practised\. Those that can are 1\.2"):
        sheet(monkeypatch, "1.1")
