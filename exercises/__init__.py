"""The exercises of the lessons: for each, a check that says what is right or first goes wrong."""

import importlib
import pkgutil

from exercises.checking import check, hint, practice, progress

__all__ = ["check", "hint", "practice", "progress"]

for module in pkgutil.iter_modules(__path__):
    if module.name.startswith(("lesson_", "drawn")):  # each makes its exercises known
        importlib.import_module(f"{__name__}.{module.name}")
