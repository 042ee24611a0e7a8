"""Old names for two kinds of checks, until lessons 5 and 6 call these themselves."""

from exercises.kinds import Compiled, Trained, other_losses

import keras
import numpy as np


def judge_compiled(model, loss: str, from_logits: bool) -> None:
    """Judge how a model for three classes of whole-number labels is compiled; see `Compiled`."""
    Compiled(
        lambda: keras.Sequential([keras.Input((1,)), keras.layers.Dense(3)]),
        {"loss": loss},
        labels=np.array([0, 2, 1, 1, 0, 2, 2, 0]),
        answers=np.random.default_rng(0).dirichlet(np.ones(3), 8).astype("float32"),
        mistakes=other_losses(loss, from_logits),
    ).judge(model)


def accuracy_of(model, x, y, classes: int) -> float:
    """The share of images that a model gets right; see `Trained`."""
    return Trained(None, classes, 0)._share(model, x, y)
