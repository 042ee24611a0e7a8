"""The guesses of the lessons, one call each: see `ask`. A letter counts them through a lesson."""

from exercises.guesses import ask  # noqa: F401
