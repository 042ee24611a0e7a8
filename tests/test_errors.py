"""Errors are shown in one sentence that is the same on every machine; times are the shortest."""

from helpers import CourseError, seconds, show_error

import pytest


def failing(error):
    def fail(*_):
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (ValueError("Too long. Make it shorter."), "ValueError: Too long."),
        (TypeError("\nCould not\n  locate 'A'. Look: there"), "TypeError: Could not locate 'A'."),
        (CourseError("a.keras is empty: save it again."), None),
        (KeyError(3), "KeyError: 3"),
        (OSError("File not found: at=/tmp/x/a.keras. Go."), "OSError: File not found: at=a.keras."),
        (OSError(r"No file C:\Users\me\a.keras. Go."), "OSError: No file a.keras."),
        (ValueError("The shape / dtype is wrong."), "ValueError: The shape / dtype is wrong."),
        (ValueError("See keras/src/a.py for it."), "ValueError: See keras/src/a.py for it."),
    ],
)
def test_the_first_sentence_is_shown(error, shown, capsys):
    show_error(failing(error))
    assert capsys.readouterr().out == (shown or f"{type(error).__name__}: {error}") + "\n"


@pytest.mark.parametrize(("part", "shown"), [("o. T", "… o. T …"), ("four", "One.")])
def test_the_part_asked_for_is_shown_if_it_is_there(part, shown, capsys):
    show_error(failing(ValueError("One.\nTwo. Three.")), 1, 2, part=part)
    assert capsys.readouterr().out == f"ValueError: {shown}\n"


def test_no_error_is_said_too(capsys):
    show_error(len, "abc")
    assert capsys.readouterr().out == "No error.\n"


def test_an_interruption_is_no_error():
    with pytest.raises(KeyboardInterrupt):
        show_error(failing(KeyboardInterrupt()))


def test_in_a_notebook_our_errors_have_no_traceback():
    assert CourseError("Mend it.")._render_traceback_() == ["Mend it."]


def test_the_shortest_of_several_calls_counts(monkeypatch):
    clock = iter([0.0, 5.0, 10.0, 12.0, 20.0, 23.0])
    monkeypatch.setattr("helpers.notebook.time.perf_counter", lambda: next(clock))
    calls = []
    assert seconds(lambda: calls.append(1), repeats=3) == 2.0
    assert len(calls) == 3


def test_what_a_function_raises_is_not_swallowed():
    with pytest.raises(ZeroDivisionError):
        seconds(lambda: 1 / 0)


def test_calling_the_function_oneself_is_told():
    with pytest.raises(CourseError, match=r"not seconds\(f\(\)\)"):
        seconds(3.0)
    for repeats in (0, 1.5, None):
        with pytest.raises(CourseError, match="repeats must be a whole number from 1 to 1,000"):
            seconds(print, repeats)
