"""The exercises of the lessons: for each, a check that says what is right or first goes wrong."""

import importlib
import pkgutil

from exercises import in_other_words
from exercises.checking import check, hint, practice, progress
from exercises.guesses import guess

__all__ = ["check", "guess", "hint", "practice", "progress"]

for module in pkgutil.iter_modules(__path__):
    if module.name.startswith(("lesson_", "drawn", "guesses_rows")):  # each tells what it holds
        importlib.import_module(f"{__name__}.{module.name}")

in_other_words.start()
