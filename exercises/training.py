"""Is a learner's model compiled for its labels, and has it learnt something?"""

import math
import re

from exercises.verdicts import Wrong, about, call, require

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
    _require_compiled(model)
    config = model.get_compile_config() or {}
    _judge_loss(config.get("loss"), loss, from_logits)
    if accuracy:
        metrics = keras.tree.flatten(_plain_names(config.get("metrics")))
        require(
            any(name in ACCURACIES for name in metrics),
            "It has no accuracy among its metrics.",
            'compile(metrics=["accuracy"]): a list, even for a single one.',
        )


def judge_losses(model, asked: dict, labels: dict, answers: dict) -> None:
    """Judge how a graph with several outputs is compiled, from the loss that some labels give.

    Args:
        model: A built Functional model.
        asked: For the name of each output, the name of its loss and its weight in the sum.
        labels: For the name of each output, an array of labels.
        answers: For the name of each output, an array of what the model might answer.

    Raises:
        Wrong: It is not compiled, or in another way.
    """
    _require_compiled(model)
    names = names_of_outputs(model)
    total = sum(
        weight * float(np.mean(keras.losses.get(loss)(labels[name], answers[name])))
        for name, (loss, weight) in asked.items()
    )
    if np.isclose(_sum_of_losses(model, names, labels, answers), total, rtol=1e-4):
        return
    config = model.get_compile_config() or {}
    losses = _by_output(config.get("loss"), model, names, "loss")
    weights = _by_output(config.get("loss_weights"), model, names, "loss_weights")
    for name, (loss, _) in asked.items():
        with about(f"For {name}"):
            _judge_loss(losses.get(name), loss, from_logits=False)
    for name, (_, weight) in asked.items():
        require(
            not weights or name in weights,
            f"There are loss weights, but none for {name}.",
            "Keras wants a weight for every output, for one that counts fully too: 1.0.",
        )
        require(
            weights.get(name, 1) == weight,
            f"The loss of {name} has the weight {weights.get(name, 1):g} in the sum.",
            f"Its weight is to be {weight:g}: compile(loss_weights=...) gives one to each output.",
        )
    raise Wrong(
        "Names and weights look right, but the sum of the losses is not the one asked for.",
        'Write both as dictionaries with the names of the outputs, and the losses as "texts".',
    )


def names_of_outputs(model) -> list:
    """The names by which losses go to the outputs of a graph, in the order of `model.outputs`."""
    return sorted(model.output) if isinstance(model.output, dict) else model.output_names


def _require_compiled(model):
    require(
        model.compiled,
        "The model is not compiled yet.",
        "model.compile(...) says which optimizer, loss and metrics it trains with.",
    )


def _sum_of_losses(model, names, labels, answers):
    """What a model, left as it is, takes as the loss of these answers; nan if it cannot."""
    try:
        twin = keras.Model(model.input, model.output)
        twin.compile_from_config(model.get_compile_config())
        y, y_pred = (
            keras.tree.pack_sequence_as(model.output, [by_name[name] for name in names])
            for by_name in (labels, answers)
        )
        return float(twin.compute_loss(y=y, y_pred=y_pred))
    except Exception:  # for one, losses for outputs that do not exist
        return math.nan


def _by_output(given, model, names, argument):
    """Losses or weights by the names of the outputs, in whatever form compile got them."""
    if isinstance(given, list | tuple):
        require(
            not isinstance(model.output, dict),
            f"In compile, {argument} is a list, and the outputs have names. Keras then goes by the "
            f"alphabet: {' before '.join(names)}.",
            "A dictionary with the names of the outputs says which is whose.",
        )
        return dict(zip(names, given, strict=False))
    if not isinstance(given, dict) or "class_name" in given:  # one loss, which is for all outputs
        return {} if given is None else dict.fromkeys(names, given)
    unknown = [name for name in given if name not in names]
    if unknown:
        raise Wrong(
            f"In compile, {argument} names an output {unknown[0]!r}, and the model has none of "
            "this name.",
            f"Its outputs are called {' and '.join(names)}.",
        )
    return given


def _judge_loss(given, loss, from_logits):
    """Judge one loss, as it stands in the configuration of compile."""
    name, told = _name_of(given)
    if name is None:
        raise Wrong(
            "It has no loss.",
            "compile(loss=...) says what training makes small; with several outputs, for each.",
        )
    if name != loss:
        _say_which_loss(name, loss)
    told = bool(told.get("from_logits", False))
    require(
        told == from_logits,
        "The loss takes what the model gives for probabilities, and it is not."
        if from_logits
        else "The loss takes the answers for logits, and they are probabilities already.",
        "A loss object can be told so: from_logits=True."
        if from_logits
        else "Leave out from_logits: the last layer has an activation that makes probabilities.",
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
    short = {"mse": "mean_squared_error", "mae": "mean_absolute_error"}
    if isinstance(loss, str):
        return short.get(_snake(loss), _snake(loss)), {}
    if isinstance(loss, dict):
        config = loss.get("config", {})
        name = config if isinstance(config, str) else loss.get("class_name", "")
        return _snake(name), config if isinstance(config, dict) else {}
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
    quantities = ("mean_squared_error", "mean_absolute_error")
    kinds = {
        **dict.fromkeys(quantities, "for guessing quantities, not for choosing a class"),
        "binary_crossentropy": "for a single yes or no",
        "categorical_crossentropy": "for choosing a class",
        "sparse_categorical_crossentropy": "for choosing a class",
    }
    kind = kinds.get(name, "made for another task")
    if name in quantities and loss in quantities:
        kind = "another one for guessing quantities"
    raise Wrong(
        f"Its loss is {name}, which is {kind}.",
        f"A quantity is to be guessed here, with the loss {loss}."
        if loss in quantities
        else "Look at how many classes there are, and how the labels are written.",
    )
