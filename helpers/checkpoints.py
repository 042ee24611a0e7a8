"""Checkpoints: a lesson's promises, kept in a form that a learner and a test both can read."""


def confirm(holds, claim: str, otherwise: str) -> None:
    """Print whether a claim of the lesson holds.

    The line printed for a claim that holds never varies, so stored and new outputs can be compared
    on every machine; put figures that a run produces into `otherwise`, not into `claim`.

    Args:
        holds: Anything with a truth value: a bool, a NumPy bool, a tensor with one element.
        claim: What the lesson promises, as a sentence without a full stop.
        otherwise: What went wrong and what to look at, shown only when the claim does not hold.
    """
    if holds:
        print(f"✓ {claim}.")
    else:
        print(f"✗ Not so here: {claim}.\n  {otherwise}")
