"""The exercises of the lessons: for each, a check that says what is right or first goes wrong."""

import importlib
import pkgutil

from exercises import guesses_rows
from exercises.checking import check, hint, progress
from exercises.guesses import guess

__all__ = ["check", "guess", "guesses_rows", "hint", "progress"]

for module in pkgutil.iter_modules(__path__):
    if module.name.startswith("lesson_"):  # each makes its exercises known
        importlib.import_module(f"{__name__}.{module.name}")
