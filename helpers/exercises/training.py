"""Is a learner's model compiled for its labels, and has it learnt something?"""

import re

from helpers.exercises.verdicts import Wrong, call, require

import keras
import numpy as np

ACCURACIES = ("accuracy", "acc", "categorical_accuracy", "sparse_categorical_accuracy")


def judge_compiled(model, loss: str, from_logits: bool, accuracy: bool = False) -> None:
    """Judge how a model is compiled.

    Args:
        model: A built Keras model.
        loss: The loss's name as Keras writes it, such as "sparse_categorical_crossentropy".
        from_logits: Whether the loss must be told that the model ends without softmax or sigmoid.
        accuracy: Whether accuracy must be among the metrics.

    Raises:
        Wrong: It is not compiled, or in another way.
    """
    require(
        model.compiled,
        "The model is not compiled yet.",
        "model.compile(...) says which optimizer, loss and metrics it trains with.",
    )
    config = model.get_compile_config() or {}
    name, told = _name_of(config.get("loss"))
    if name is None:
        raise Wrong("It has no loss.", "compile(loss=...) says what training makes small.")
    if name != loss:
        _say_which_loss(name, loss)
    told = bool(told.get("from_logits", False))
    require(
        told == from_logits,
        "The loss takes the answers for probabilities, and they are none."
        if from_logits
        else "The loss takes the answers for logits, and they are probabilities already.",
        "A loss object can be told so: from_logits=True."
        if from_logits
        else "Leave out from_logits: the last layer has an activation that makes probabilities.",
    )
    if accuracy:
        metrics = keras.tree.flatten(_plain_names(config.get("metrics")))
        require(
            any(name in ACCURACIES for name in metrics),
            "It has no accuracy among its metrics.",
            'compile(metrics=["accuracy"]): a list, even for a single one.',
        )


def accuracy_of(model, x, y, classes: int) -> float:
    """Let a model answer, and count the share of right answers.

    Args:
        model: A built Keras model.
        x: A batch of inputs.
        y: The right classes, whole numbers, shape (n,).
        classes: How many numbers the model must give for each input.

    Raises:
        Wrong: It gives something else than one row of numbers for each input.
    """
    answers = call(model.predict, x, verbose=0, doing="asked about the validation images")
    require(
        np.shape(answers) == (len(x), classes),
        f"For {len(x)} images its answers have the shape {np.shape(answers)}.",
        f"It must give a row of {classes} numbers for each image: one for each class.",
    )
    require(
        np.isfinite(answers).all(),
        "Some of its answers are nan, not a number.",
        "Training has run away: make the model anew, and take a lower learning rate.",
    )
    return float(np.mean(np.argmax(answers, axis=-1) == np.ravel(y)))


def _name_of(loss):
    """The name of a loss as compile got it (string, function or object), and its settings."""
    if isinstance(loss, dict):
        config = loss.get("config", {})
        name = config if isinstance(config, str) else loss.get("class_name", "")
        return _snake(name), config if isinstance(config, dict) else {}
    if isinstance(loss, str):
        return _snake(loss), {}
    return (None, {}) if loss is None else (_snake(getattr(loss, "__name__", str(loss))), {})


def _plain_names(metrics):
    if isinstance(metrics, dict) and "class_name" in metrics:
        return _name_of(metrics)[0]
    if isinstance(metrics, list | tuple):
        return [_plain_names(one) for one in metrics]
    if isinstance(metrics, dict):
        return [_plain_names(one) for one in metrics.values()]
    return _name_of(metrics)[0] or ""


def _snake(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _say_which_loss(name, loss):
    """Say why a loss does not fit, from what the two are for."""
    sparse, wanted = name.startswith("sparse"), loss.startswith("sparse")
    if name.removeprefix("sparse_") == loss.removeprefix("sparse_") and sparse != wanted:
        has = "whole numbers, one for each example" if sparse else "one-hot rows"
        raise Wrong(
            f"Its loss is {name}, which is for labels that are {has}.",
            f"These labels are {'whole numbers' if wanted else 'one-hot rows'}.",
        )
    kinds = {
        "mean_squared_error": "for guessing quantities, not for choosing a class",
        "mse": "for guessing quantities, not for choosing a class",
        "binary_crossentropy": "for a single yes or no",
    }
    raise Wrong(
        f"Its loss is {name}, which is {kinds.get(name, 'made for another task')}.",
        "Look at how many classes there are, and how the labels are written.",
    )
