"""The call that checks an exercise: it never raises, it remembers, and it helps more each time."""

from exercises import check, checking, hint, progress
from exercises.verdicts import Wrong, as_number, as_shape, call, describe, require
from helpers import CourseError

import numpy as np
import pytest
import tensorflow as tf


@pytest.fixture(autouse=True)
def exercises(monkeypatch):
    """Two exercises of a lesson 90, in place of the real ones."""
    monkeypatch.setattr(checking, "EXERCISES", {})

    @checking.exercise("90.1", "Three", why="Three is a crowd.", start="Count your fingers.")
    def judge_three(answer):
        require(answer != 2, "It is two.", "You left one out.")
        require(answer == 3, f"It is not {answer}.", "One more than two.")

    @checking.exercise("90.2", "Two things", why="Both count.", start="Begin with the first.")
    def judge_two(first, second, *data):
        call(first, second, doing="called")


def said(capsys, *answers, number="90.1"):
    check(number, *answers)
    return capsys.readouterr().out.splitlines()


def test_a_right_answer_is_told_why_it_matters(capsys):
    assert said(capsys, 3) == ["✓ Exercise 90.1: right. Three is a crowd."]


def test_an_empty_answer_is_not_wrong_and_gets_a_first_step(capsys):
    told, again = said(capsys, ...)
    assert told == "○ Exercise 90.1: not attempted yet." and "first step" in again
    assert said(capsys, ...)[1] == "  Hint: Count your fingers."


def test_a_wrong_answer_gets_a_hint_from_the_second_time_on(capsys):
    told, again = said(capsys, 4)
    assert told == "✗ Exercise 90.1: It is not 4." and "Check it a second time" in again
    assert said(capsys, 5) == ["✗ Exercise 90.1: It is not 5.", "  Hint: One more than two."]
    said(capsys, 3)
    assert "second time" in said(capsys, 4)[1], "after a right answer the hints begin anew"


def test_after_a_right_answer_no_hint_is_left(capsys):
    said(capsys, 3)
    hinted(capsys)
    assert hinted(capsys) == "Exercise 90.1 is done: there is nothing left to hint at."


def test_each_fault_begins_without_its_hint(capsys):
    said(capsys, 4)
    assert "second time" in said(capsys, 2)[1]
    assert said(capsys, 2)[1] == "  Hint: You left one out."
    assert said(capsys, 5)[1] == "  Hint: One more than two."


def hinted(capsys):
    hint("90.1")
    return capsys.readouterr().out.strip()


def test_hints_on_demand_go_from_the_start_to_what_is_wrong(capsys):
    assert hinted(capsys) == "Exercise 90.1, a hint: Count your fingers."
    assert "check one first" in hinted(capsys)
    said(capsys, 4)
    assert hinted(capsys) == "Exercise 90.1, a hint: One more than two."
    assert "the last hint" in hinted(capsys)
    said(capsys, 2)
    assert hinted(capsys) == "Exercise 90.1, a hint: You left one out."
    with pytest.raises(CourseError, match="There is no exercise"):
        hint("90.9")


def function():
    """Only a docstring."""


class OneEmptyMethod:
    def __init__(self):
        self.ready = True

    def call(self, inputs): ...


class OneEmptyGraph:
    @tf.function
    def call(self, inputs): ...


class OnlyBuildIsEmpty:
    def build(self, input_shape): ...

    @tf.function
    def call(self, inputs):
        return inputs


EMPTY = [..., function, OneEmptyMethod, OneEmptyGraph, type("Empty", (), {})]


@pytest.mark.parametrize("empty", EMPTY)
def test_what_is_empty(empty, capsys):
    assert said(capsys, empty)[0].startswith("○")


BEGUN = [OnlyBuildIsEmpty, type("Inherits", (OnlyBuildIsEmpty,), {})]


@pytest.mark.parametrize("begun", [lambda x: x, lambda: 0, lambda: print(), *BEGUN])
def test_what_is_begun(begun, capsys):
    assert said(capsys, begun)[0].startswith("✗")


def test_none_is_an_answer_and_a_wrong_one(capsys):
    assert said(capsys, None)[0] == "✗ Exercise 90.1: It is not None."


def test_of_two_things_one_may_be_missing(capsys):
    told = said(capsys, ..., 2, number="90.2")[0]
    assert told == "✗ Exercise 90.2: Of the 2 things asked for, number 1 is still empty."


def test_arrays_at_the_end_are_no_answers(capsys):
    assert said(capsys, ..., np.zeros(3), number="90.2")[0].startswith("○")


@pytest.mark.parametrize("odd", [np.zeros((2, 2)), np.array([3, 4]), {3: 4}, print, tf.ones(2)])
def test_no_answer_makes_it_raise(odd, capsys):
    assert said(capsys, odd)[0].startswith("✗ Exercise 90.1: ")


def test_an_error_in_the_learners_function_is_put_into_words(capsys):
    def stops(x):
        return x.shape

    told = said(capsys, stops, 2, number="90.2")[0]
    assert "Called, it stopped with an error, AttributeError: 'int' object has no" in told


def test_a_wrong_number_of_answers_is_told(capsys):
    told = said(capsys, 3, 4)[0]
    assert told == "✗ Exercise 90.1: The check cannot use this answer, the number 3."


@pytest.mark.parametrize("number", ["90.9", 7, None, [1]])
def test_there_must_be_such_an_exercise(number):
    with pytest.raises(CourseError, match="There is no exercise .*90.1, 90.2"):
        check(number, 3)


def test_progress_counts_what_is_right(capsys):
    said(capsys, 3)
    said(capsys, 3)  # who looks again has not tried again
    progress(90)
    assert capsys.readouterr().out.splitlines() == [
        "Lesson 90: 1 of 2 exercises done.",
        "✓ 90.1 Three: done, 1 try",
        "○ 90.2 Two things: not yet",
    ]
    said(capsys, 4)
    progress("90")
    assert "✗ 90.1 Three: not right yet, 2 tries" in capsys.readouterr().out
    said(capsys, ...)
    progress()
    assert capsys.readouterr().out == "Lesson 90: 0 of 2 exercises done.\n"


def test_an_empty_answer_takes_nothing_back(capsys):
    said(capsys, 3)
    said(capsys, ...)
    progress(90)
    assert "✓ 90.1 Three: done, 1 try" in capsys.readouterr().out


def test_progress_of_no_lesson():
    with pytest.raises(CourseError, match="only for 90"):
        progress(4)


@pytest.mark.parametrize(
    ("answer", "number"), [(3, 3), (3.0, 3), (np.int64(3), 3), (tf.constant(3), 3)]
)
def test_numbers_in_any_spelling(answer, number):
    assert as_number(answer, "It") == number


@pytest.mark.parametrize("answer", ["3", None, [3], print, float("nan"), float("inf")])
def test_what_is_no_number(answer):
    with pytest.raises(Wrong, match="^It is "):
        as_number(answer, "It")


@pytest.mark.parametrize("answer", [(2, 3), [2, 3], np.array([2, 3]), (None, 2, 3), (2.0, 3)])
def test_shapes_in_any_spelling(answer):
    assert as_shape(answer, "It") == (2, 3)


@pytest.mark.parametrize("answer", ["2, 3", None, {2, 3}, (2.5, 3), print, (2, None)])
def test_what_is_no_shape(answer):
    with pytest.raises(Wrong, match="^It is .* a shape is asked for"):
        as_shape(answer, "It")


def test_answers_are_described_in_plain_words():
    told = [describe(one) for one in (None, "relu", 3, True, int, function, [], np.zeros(1))]
    assert told[:4] == ["None", "the text 'relu'", "the number 3", "True"]
    assert told[4:6] == ["the class int itself", "the function function itself"]
    assert told[6:] == ["a list", "an array"]
