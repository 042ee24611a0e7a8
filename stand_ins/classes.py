"""The names of CIFAR-100, in the data set's order, and what the drawn pictures of them are made of.

Published in A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
"""

import tomllib
from pathlib import Path

SUPERCLASSES = tomllib.loads((Path(__file__).parent / "colour.toml").read_text(encoding="utf-8"))
USUAL = SUPERCLASSES.pop("usual")
BACKDROPS = [classes.pop("backdrop") for classes in SUPERCLASSES.values()]
MEASURES = {name: own for classes in SUPERCLASSES.values() for name, own in classes.items()}
_COARSE = {name: n for n, classes in enumerate(SUPERCLASSES.values()) for name in classes}

FINE_NAMES = tuple(sorted(MEASURES))  # 100 names: FINE_NAMES[0] is "apple"
COARSE_NAMES = tuple(SUPERCLASSES)  # 20 names: COARSE_NAMES[0] is "aquatic_mammals"
COARSE_OF_FINE = tuple(_COARSE[name] for name in FINE_NAMES)  # 100 numbers
