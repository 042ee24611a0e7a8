"""A checkpoint's line is always the same while the claim holds, and helps when it does not."""

from helpers import confirm

import numpy as np
import pytest


@pytest.mark.parametrize("holds", [True, 1, np.True_, np.array([True])])
def test_a_claim_that_holds(holds, capsys):
    confirm(holds, "The sums agree", "They differ by 0.1234")
    assert capsys.readouterr().out == "✓ The sums agree.\n"


@pytest.mark.parametrize("holds", [False, 0, None, np.False_, np.array([False])])
def test_a_claim_that_does_not_hold(holds, capsys):
    confirm(holds, "The sums agree", "They differ by 0.1234.")
    out = capsys.readouterr().out
    assert "✓" not in out and "✗ Not so here: The sums agree." in out
    assert "They differ by 0.1234." in out


def test_a_tensor_will_do(capsys):
    import tensorflow as tf

    confirm(tf.constant(2.0) > 1.0, "Two is more than one", "?")
    assert "✓" in capsys.readouterr().out
