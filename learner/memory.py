"""Says whether there is memory enough for a lesson, before a kernel dies of too little."""

import contextlib
from pathlib import Path

import psutil

NEEDED = 4  # gigabytes that a machine should have, or a container's share of one
LIMITS = "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"  # Linux's


def size() -> float:
    """How many gigabytes there are: the machine's, or fewer where a container has a limit."""
    sizes = [psutil.virtual_memory().total]
    for path in LIMITS:
        with contextlib.suppress(OSError, ValueError):  # there is none
            sizes.append(int(Path(path).read_text()))
    return min(sizes) / 2**30


def too_little() -> str:
    """What to expect, in a sentence, where memory is short; else an empty text."""
    if size() > NEEDED - 0.5:  # a machine keeps some for itself
        return ""
    return (
        f"There are {size():.1f} GB of memory here, and {NEEDED} would be better: a lesson takes "
        "up to 1.5, JupyterLab, a browser and the system the rest. If a kernel dies, this is why: "
        "close other programs, have one lesson open at a time, and leave FULL_SIZE at False."
    )
