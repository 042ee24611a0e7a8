"""The one error of this package, and how a notebook shows errors: as a sentence, no traceback."""

import re


class CourseError(Exception):
    """Something the reader can mend. Its message says what happened and what to do."""

    def _render_traceback_(self) -> list[str]:
        """What IPython prints in place of a traceback."""
        return [str(self)]


def show_error(function, *arguments, sentences: int = 1) -> None:
    """Call a function that is expected to fail, and print how its error message begins.

    Folders are left out of the message, so that it is the same on every machine.

    Args:
        function: What to call.
        arguments: What to call it with.
        sentences: How many sentences of the message to print.
    """
    try:
        function(*arguments)
    except Exception as error:
        words = " ".join(str(error).split())
        begin = " ".join(re.split(r"(?<=[.:!?]) (?=[A-Z])", words)[:sentences])
        begin = re.sub(r"(?<![^\s'\"=])(?:[A-Za-z]:)?[/\\][^\s'\"=]*[/\\]", "", begin)  # folders
        print(f"{type(error).__name__}: {begin}")
    else:
        print("No error.")
