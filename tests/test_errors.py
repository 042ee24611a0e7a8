"""Errors are shown in one sentence that is the same on every machine."""

from helpers import CourseError, show_error

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


def test_as_many_sentences_as_asked_for(capsys):
    show_error(failing(ValueError("One. Two. Three.")), 1, 2, sentences=2)
    assert capsys.readouterr().out == "ValueError: One. Two.\n"


def test_no_error_is_said_too(capsys):
    show_error(len, "abc")
    assert capsys.readouterr().out == "No error.\n"


def test_an_interruption_is_no_error():
    with pytest.raises(KeyboardInterrupt):
        show_error(failing(KeyboardInterrupt()))


def test_in_a_notebook_our_errors_have_no_traceback():
    assert CourseError("Mend it.")._render_traceback_() == ["Mend it."]
