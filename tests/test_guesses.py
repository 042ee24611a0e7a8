"""A guess costs nothing, is told below the next cell, and no value makes it stop a lesson."""

import json

from exercises import checking, guesses, progress
from learner import progress_file

import keras
import numpy as np
import pytest
import tensorflow as tf
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


@pytest.fixture
def run(monkeypatch, capsys):
    """A function that runs a cell in a notebook of lesson 90, and returns what it prints."""
    monkeypatch.setattr(guesses, "GUESSES", {})
    monkeypatch.setattr(guesses, "_waiting", {})
    monkeypatch.setattr(guesses, "_guessing", False)
    monkeypatch.setattr(checking, "EXERCISES", {})
    checking.exercise("90.1", "Three", why="So.", start="Count.")(lambda answer: None)
    guesses.ask("90.a", "parameters", number="count")
    guesses.ask("90.b", "shapes", shape="shape")
    guesses.ask("90.c", "layers", choice="kind", among=("Dense", "Conv2D"))
    guesses.ask("90.d", "promises", yes="count > 3")
    shell = InteractiveShell(config=Config(HistoryManager={"enabled": False}))
    monkeypatch.setattr(guesses, "_shell", lambda: shell)
    shell.push({"guess": guesses.guess, "progress": progress, "np": np, "tf": tf, "keras": keras})

    def run(code):
        shell.run_cell(code)
        return capsys.readouterr().out

    return run


def after(run, guess, reveal):
    """What stands below a reveal when a guess went before it."""
    assert run(guess) == "Noted.\n"
    return run(reveal).strip()


def test_left_alone_it_says_nothing(run):
    assert run('guess("90.a", ...)') == run("count = 3") == run('guess("90.b", ...)') == ""
    assert run("progress(90)").splitlines() == [
        "Lesson 90: 0 of 1 exercises done.",
        "○ 90.1 Three: not yet",
    ]


@pytest.mark.parametrize(
    ("value", "answer", "told"),
    [
        ("15", "15", "✓ Your guess: 15. So it is."),
        ("15.0", "np.int64(15)", "✓ Your guess: 15. So it is."),
        ("4_700_000", "4_738_826", "✓ Your guess: 4,700,000. It is 4,738,826: within 10 %."),
        (
            "2_000_000",
            "4_738_826",
            "Your guess: 2,000,000. It is 4,738,826.",
        ),
        ("100", "4_738_826", "Your guess: 100. It is 4,738,826."),
        ("0.9", "tf.constant(0.951)", "✓ Your guess: 0.9. It is 0.951: within 10 %."),
        ("0.951", "0.95106", "✓ Your guess: 0.951. So it is."),
        ("1", "0", "Your guess: 1. It is 0."),
        ("0", "0.0", "✓ Your guess: 0. So it is."),
        ("-5", "5", "Your guess: -5. It is 5."),
    ],
)
def test_a_number_may_be_near(run, value, answer, told):
    assert after(run, f'guess("90.a", {value})', f"count = {answer}") == told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("(38, 38, 32)", "Your guess: (38, 38, 32). It is (40, 40, 32)."),
        ("(40, 40, 32)", "✓ Your guess: (40, 40, 32). So it is."),
        ("[None, 40, 40, 32]", "✓ Your guess: (40, 40, 32). So it is."),
        ("np.array([40, 40, 32])", "✓ Your guess: (40, 40, 32). So it is."),
        ("40", "Your guess: (40,). It is (40, 40, 32)."),
    ],
)
def test_a_shape_in_any_spelling(run, value, told):
    assert after(run, f'guess("90.b", {value})', "shape = (None, 40, 40, 32)") == told


def test_a_choice_and_yes_or_no(run):
    wanted = "✓ Your guess: Conv2D. So it is."
    assert after(run, 'guess("90.c", " conv2d")', 'kind = "Conv2D"') == wanted
    assert after(run, 'guess("90.c", "Dense")', "pass") == "Your guess: Dense. It is Conv2D."
    assert after(run, 'guess("90.d", "No")', "count = 4") == "Your guess: no. It is yes."
    for value in ('"yes"', "True", "np.bool_(True)", '"Y"'):
        assert after(run, f'guess("90.d", {value})', "pass") == "✓ Your guess: yes. So it is."


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ('guess("90.a", "15")', "Your guess is the text '15', and a number is asked for."),
        ('guess("90.a", (1, 2))', "Your guess is a tuple, and one number is asked for."),
        ('guess("90.a", float("nan"))', "Your guess is nan, which is not a finite number."),
        ('guess("90.a", print)', "and one number is asked for."),
        ('guess("90.b", "(3, 4)")', "Your guess is the text '(3, 4)', and a shape is asked for."),
        ('guess("90.b", [3, None])', "with None in it, and a shape is asked for."),
        ('guess("90.b", keras.Input((3,)))', "and a shape is asked for."),
        ('guess("90.c", "Pooling")', "Choose 'Dense' or 'Conv2D'."),
        ('guess("90.c", np.zeros(3))', "Choose 'Dense' or 'Conv2D'."),
        ('guess("90.d", 1)', "Your guess is the number 1, and yes or no is asked for."),
        ('guess("90.d", None)', "Your guess is None, and yes or no is asked for."),
        ('guess("90.z", 1)', "There is no guess '90.z'"),
        ("guess([], 1)", "There is no guess '[]'"),
    ],
)
def test_odd_values_get_a_sentence_and_count_for_nothing(run, call, told):
    said = run(call)
    assert told in said and len(said.splitlines()) == 1
    assert run("count, shape, kind = 3, (3,), 'Dense'") == ""
    assert "Guesses" not in run("progress(90)")


def test_it_waits_for_the_cell_that_shows_the_answer(run):
    assert run('guess("90.a", 3)') == "Noted.\n"
    assert run('guess("90.b", (2,))') == "Noted.\n", "another guess is no answer"
    assert "Your guess" not in run("1 / 0")
    assert run("unrelated = 1") == ""
    assert run("count = 3").strip() == "✓ Your guess: 3. So it is."
    assert run("shape = (2,)").strip() == "✓ Your guess: (2,). So it is."
    assert run("more = 1") == ""


def test_an_answer_from_before_is_not_told_by_the_guess_itself(run):
    run("count = 3")
    assert run('guess("90.a", 3)') == "Noted.\n"
    assert run("count = 4").strip() == "Your guess: 3. It is 4."


def test_the_recap_counts_them_and_says_what_to_look_at(run):
    after(run, 'guess("90.a", 3)', "count = 3")
    assert run("progress(90)").splitlines()[-1] == "Guesses: 1 of 1."
    after(run, 'guess("90.b", 3)', "shape = (2,)")
    after(run, 'guess("90.c", "Dense")', 'kind = "Conv2D"')
    last = run("progress(90)").splitlines()[-1]
    assert last == "Guesses: 1 of 3; look again at shapes and layers."
    assert run("progress()") == "Lesson 90: 0 of 1 exercises done. Guesses: 1 of 3.\n"
    after(run, 'guess("90.b", 2)', "pass")
    assert run("progress(90)").splitlines()[-1] == "Guesses: 2 of 3; look again at layers."


def test_in_a_learners_copy_it_is_kept_without_the_value(run, tmp_path, monkeypatch):
    monkeypatch.setattr(progress_file, "FOLDER", tmp_path)
    monkeypatch.delenv(progress_file.SWITCH)
    (tmp_path / progress_file.RECORD).write_text("{}")
    after(run, 'guess("90.a", 3)', "count = 700")
    kept = json.loads((tmp_path / "progress.json").read_text(encoding="utf-8"))
    assert kept == {"90.a": {"state": "✗", "tries": 1}}
    guesses.ask("90.a", "parameters", number="count")
    assert run("progress(90)").splitlines()[-1] == "Guesses: 0 of 1; look again at parameters."


def test_a_guess_has_one_answer():
    with pytest.raises(ValueError):
        guesses.ask("90.y", "nothing")
    with pytest.raises(ValueError):
        guesses.ask("90.y", "two things", number="3", shape="(3,)")
