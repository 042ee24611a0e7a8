"""The one error of this package, which a notebook shows as a sentence instead of a traceback."""


class CourseError(Exception):
    """Something the reader can mend. Its message says what happened and what to do."""

    def _render_traceback_(self) -> list[str]:
        """What IPython prints in place of a traceback."""
        return [str(self)]
