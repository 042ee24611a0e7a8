"""Is a learner's model compiled for its labels, and has it learnt something?"""

import functools
import inspect
import math
import re

from exercises.verdicts import Wrong, about, call, require
from helpers.models import compiled_with

import keras
import numpy as np
import tensorflow as tf

QUANTITIES = (
    "mean_squared_error",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error",
    "huber",
    "log_cosh",
)
CLASSES = (
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_hinge",
    "kl_divergence",
)
YES_OR_NO = ("binary_crossentropy", "binary_focal_crossentropy", "hinge", "squared_hinge")


def judge_compiled(model, loss: str, from_logits: bool, accuracy: bool = False) -> None:
    """Judge how a model with one output for classes is compiled, from what its loss computes.

    Args:
        model: A built Keras model.
        loss: The loss's name as Keras writes it, such as "sparse_categorical_crossentropy".
        from_logits: Whether the loss must take what the model gives for logits.
        accuracy: Whether accuracy must be among the metrics.

    Raises:
        Wrong: It is not compiled, or in another way, or so that it cannot learn.
    """
    _require_compiled(model)
    random = np.random.default_rng(0)
    classes = keras.tree.flatten(model.outputs)[0].shape[-1] if hasattr(model, "outputs") else 3
    answers = random.normal(0, 2, (8, classes)).astype("float32")
    if not from_logits:
        answers = np.exp(answers) / np.exp(answers).sum(axis=1, keepdims=True)
    labels = random.integers(0, classes, 8)
    if not loss.startswith("sparse"):
        labels = np.eye(classes, dtype="float32")[labels]
    asked = _asked_loss(loss, from_logits)
    given = _one_loss(compiled_with(model, "loss"))
    _require_loss(given)
    rows = [slice(place, place + 1) for place in range(len(labels))]
    mine = [_loss_of(model, labels[row], answers[row]) for row in rows]
    right = [float(np.mean(asked(labels[row], answers[row]))) for row in rows]
    smooth = getattr(given, "get_config", dict)().get("label_smoothing", 0)
    if smooth and np.isfinite(mine).all():  # nobody has asked for that, and it fits
        right = [
            float(np.mean(asked(labels[row] * (1 - smooth) + smooth / classes, answers[row])))
            for row in rows
        ]
    factor = mine[0] / right[0]
    alone = _row_losses(given, labels, answers)
    require(
        factor > 0 or not np.allclose(alone, right, rtol=1e-3),
        f"It cannot learn: its loss counts {factor:.3g} times.",
        "Leave out loss_weights: with a single loss there is nothing to weigh.",
    )
    if not np.allclose(mine, np.multiply(right, factor), rtol=1e-3) or not factor > 0:
        _say_of_loss(given, loss, from_logits, labels, answers)
    _judge_gradient(model, labels, answers)
    _judge_optimizer(model)
    if accuracy:
        _judge_accuracy(model, labels, answers)


def judge_losses(model, asked: dict, labels: dict, answers: dict) -> None:
    """Judge how a graph with several outputs is compiled, from the loss that some labels give.

    Args:
        model: A built Functional model.
        asked: For the name of each output, the name of its loss and its weight in the sum.
        labels: For the name of each output, an array of labels.
        answers: For the name of each output, an array of what the model might answer.

    Raises:
        Wrong: It is not compiled, or in another way, or so that it cannot learn.
    """
    _require_compiled(model)
    names = names_of_outputs(model)
    right = {name: _asked_loss(loss, False) for name, (loss, _) in asked.items()}
    total = sum(
        weight * float(np.mean(right[name](labels[name], answers[name])))
        for name, (_, weight) in asked.items()
    )
    y, y_pred = (
        keras.tree.pack_sequence_as(model.output, [by_name[name] for name in names])
        for by_name in (labels, answers)
    )
    if np.isclose(_loss_of(model, y, y_pred), total, rtol=1e-4):
        _judge_gradient(model, y, y_pred)
        _judge_optimizer(model)
        return
    losses = _by_output(compiled_with(model, "loss"), model, names, "loss")
    weights = _by_output(compiled_with(model, "loss_weights"), model, names, "loss_weights")
    inside = {}  # factors in the losses themselves
    for name, (loss, _) in asked.items():
        with about(f"For {name}"):
            given = _one_loss(losses.get(name))
            _require_loss(given)
            mine, wanted = (
                _row_losses(one, labels[name], answers[name]) for one in (given, right[name])
            )
            inside[name] = mine[0] / wanted[0]
            if not np.allclose(mine, np.multiply(wanted, inside[name]), rtol=1e-3):
                _say_of_loss(given, loss, False, labels[name], answers[name])
    for name, (_, weight) in asked.items():
        require(
            not weights or name in weights,
            f"There are loss weights, but none for {name}.",
            "Keras wants a weight for every output, for one that counts fully too: 1.0.",
        )
        counts = weights.get(name, 1) * inside[name]
        require(
            np.isclose(counts, weight, rtol=1e-3),
            f"The loss of {name} has the weight {counts:.4g} in the sum.",
            f"Its weight is to be {weight:g}: compile(loss_weights=...) gives one to each output.",
        )
    require(
        np.isfinite(_loss_of(model, y, y_pred)),
        "Losses and weights fit by themselves, but Keras cannot add them up.",
        "Write the weights as plain numbers: 1.0, and no array.",
    )
    raise Wrong(
        "Losses and weights fit, but for several examples at once the sum of the losses is not the "
        "one asked for.",
        'A loss is the mean over the examples: an object with reduction="sum" grows with their '
        "number. Is anything else added to the loss, inside a layer perhaps?",
    )


def output_shape(model, inputs) -> tuple:
    """The shape of a model's only output, in whatever style it is written, with the batch's None.

    Args:
        model: A built Keras model.
        inputs: A list of Keras tensors that it takes.

    Raises:
        Wrong: It has several outputs.
    """
    if hasattr(model, "outputs") and model.outputs:
        outputs = model.outputs
    else:
        outputs = keras.tree.flatten(model(inputs if len(inputs) > 1 else inputs[0]))
    require(
        len(outputs) == 1,
        f"It has {len(outputs)} outputs, and one is asked for.",
        "One layer comes last, and only what that gives comes out.",
    )
    return tuple(outputs[0].shape)


def names_of_outputs(model) -> list:
    """The names by which losses go to the outputs of a graph, in the order of `model.outputs`."""
    return sorted(model.output) if isinstance(model.output, dict) else model.output_names


def _require_compiled(model):
    require(
        model.compiled,
        "The model is not compiled yet.",
        "model.compile(...) says which optimizer, loss and metrics it trains with.",
    )


def _asked_loss(name, from_logits):
    function = keras.losses.get(name)
    return functools.partial(function, from_logits=True) if from_logits else function


def _one_loss(given):
    """A loss out of the list or dictionary that holds only this one."""
    while isinstance(given, list | tuple | dict) and len(given) == 1:
        given = next(iter(given.values())) if isinstance(given, dict) else given[0]
    return given() if inspect.isclass(given) else given


def _require_loss(given):
    require(
        given is not None,
        "It has no loss.",
        "compile(loss=...) says what training makes small; with several outputs, for each.",
    )


def _loss_of(model, y, y_pred):
    """What a model takes as the loss of these answers; nan if it cannot."""
    y, y_pred = keras.tree.map_structure(keras.ops.convert_to_tensor, (y, y_pred))
    try:
        extra = sum(float(one) for one in model.losses)
        return float(model.compute_loss(x=None, y=y, y_pred=y_pred)) - extra
    except Exception:  # for one, losses for outputs that do not exist
        return math.nan


def _row_losses(loss, labels, answers):
    """A loss of each row alone; nan where it cannot be."""
    try:
        loss = keras.losses.get(loss)
        return [
            float(
                np.mean(
                    loss(
                        *(
                            keras.ops.convert_to_tensor(x[place : place + 1])
                            for x in (labels, answers)
                        )
                    )
                )
            )
            for place in range(len(labels))
        ]
    except Exception:  # for one, labels of another kind
        return [math.nan] * len(labels)


def _judge_gradient(model, y, y_pred):
    """Whether the loss can be computed inside `fit`, and pulls at what the model gives."""
    y, y_pred = keras.tree.map_structure(keras.ops.convert_to_tensor, (y, y_pred))

    def gradients():
        with tf.GradientTape() as tape:
            tape.watch(y_pred)
            loss = model.compute_loss(x=None, y=y, y_pred=y_pred)
        return tape.gradient(loss, keras.tree.flatten(y_pred))

    try:
        pulls = gradients() if model.run_eagerly else tf.function(gradients)()
    except Exception:  # whatever a function of the learner's raises
        raise Wrong(
            "Its loss gives the right number, but stops with an error inside `fit`.",
            "`fit` hands on tensors without values yet: compute with keras.ops, not with NumPy.",
        ) from None
    require(
        all(one is not None and np.any(one) for one in pulls),
        "Its loss gives the right number, but no gradient: training would change nothing.",
        "NumPy, `stop_gradient` and anything that makes whole numbers stop the gradient.",
    )


def _judge_optimizer(model):
    """Whether a few steps of a model's optimizer would move a weight, and the right way."""
    optimizer = model.optimizer
    require(
        optimizer is not None,
        "It has no optimizer.",
        'compile(optimizer="adam") says how the weights are moved.',
    )
    try:
        twin = type(optimizer).from_config(optimizer.get_config())
        weight = keras.Variable(np.ones(4, "float32"))
        twin.build([weight])
        for _ in range(50):  # some warm up, and some gather several gradients before a step
            twin.apply([np.ones(4, "float32")], [weight])
        moved = float(np.max(weight)) - 1
    except Exception:  # an optimizer of the learner's that cannot be copied
        return
    require(
        moved != 0,
        "It cannot learn: a step of its optimizer leaves the weights as they are.",
        "Is its learning rate above zero, and not next to nothing?",
    )
    require(
        moved < 0,
        "It cannot learn: its optimizer moves the weights the wrong way, so that the loss grows.",
        "The learning rate is above zero: the minus is in the optimizer already.",
    )


def _judge_accuracy(model, labels, answers):
    """Whether one of a model's metrics gives the share of right answers, for these labels."""
    order = np.argsort(answers.max(axis=1))  # two batches, not alike
    reported, shares = [], []
    model.reset_metrics()
    for rows in (order[:3], order[1:]):
        y, y_pred = labels[rows], answers[rows]
        right = y.argmax(axis=-1) if y.ndim > 1 else y
        shares.append(float(np.mean(y_pred.argmax(axis=-1) == right)))
        y, y_pred = (keras.ops.convert_to_tensor(one) for one in (y, y_pred))
        try:
            results = model.compute_metrics(x=None, y=y, y_pred=y_pred, sample_weight=None)
            reported.append({k: np.asarray(v) for k, v in results.items() if k != "loss"})
        except Exception:  # for one, the accuracy of whole-number labels
            raise Wrong(
                "One of its metrics cannot compare these labels with what the model gives: `fit` "
                "would stop.",
                'A metric given as the text "accuracy" takes the kind that fits the labels.',
            ) from None
        finally:
            model.reset_metrics()
    for name in reported[0]:
        if all(
            np.size(one[name]) == 1 and np.isclose(one[name], share)
            for one, share in zip(reported, shares, strict=True)
        ):
            return
    named = [name for name in reported[1] if "acc" in name and np.size(reported[1][name]) == 1]
    require(
        not named,
        f"Where {shares[1]:.0%} of the answers are right, the accuracy that it reports is "
        f"{float(reported[1][named[0]]) if named else 0:.0%}.",
        'There are several accuracies: the text "accuracy" takes the kind that fits the labels.',
    )
    raise Wrong(
        "It has no accuracy among its metrics.",
        'compile(metrics=["accuracy"]): a list, even for a single one.',
    )


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


def _say_of_loss(given, loss, from_logits, labels, answers):
    """Say what is wrong with a loss that does not give the numbers it should.

    Args:
        given: The loss, as compile got it.
        loss, from_logits: The one asked for.
        labels, answers: Arrays for which the two were compared.
    """
    try:
        whole = keras.losses.get(given)
        theirs = [float(np.mean(whole(*map(keras.ops.convert_to_tensor, (labels, answers)))))]
    except Exception:  # labels of another kind, or a fault of the learner's
        theirs = [math.nan]
    mine = _row_losses(given, labels, answers)
    name = _name_of(given)
    for flipped in (True, False):
        function = functools.partial(keras.losses.get(loss), from_logits=flipped)
        if flipped != from_logits and np.allclose(
            mine, _row_losses(function, labels, answers), rtol=1e-3
        ):
            raise Wrong(
                "The loss takes what the model gives for probabilities, and it is not."
                if from_logits
                else "The loss takes the answers for logits, and they are probabilities already.",
                "A loss object can be told so: from_logits=True."
                if from_logits
                else "Leave out from_logits: the last layer has an activation that makes "
                "probabilities.",
            )
    for known in (*QUANTITIES, *CLASSES, *YES_OR_NO):  # one that somebody wrote again, too
        if name != loss and (
            name == known or np.allclose(mine, _row_losses(known, labels, answers), rtol=1e-3)
        ):
            _say_which_loss(known, loss)
    require(
        np.isfinite(mine).all() or np.isfinite(theirs).all(),
        f"Its loss, {name}, cannot compare these labels with what the model gives.",
        "A loss takes the labels first, then what the model gives, row by row. Try it on two rows "
        "of each in a cell of your own.",
    )
    right = _row_losses(_asked_loss(loss, from_logits), labels, answers)
    far = int(np.argmax(np.abs(np.subtract(mine, right))))
    raise Wrong(
        f"Its loss, {name}, gives {mine[far]:.3g} for an example where {right[far]:.3g} is right.",
        f"A quantity is to be guessed here, with the loss {loss}."
        if loss in QUANTITIES
        else "Look at how many classes there are, how the labels are written, and whether "
        "probabilities or logits come out.",
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
    """The name of a loss as compile got it: a string, function, object or class."""
    short = {"mse": "mean_squared_error", "mae": "mean_absolute_error"}
    if isinstance(loss, str):
        return short.get(_snake(loss), _snake(loss))
    if isinstance(loss, keras.losses.Loss):
        return _snake(type(loss).__name__)
    return _snake(getattr(loss, "__name__", type(loss).__name__)).replace("<lambda>", "a lambda")


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
    kind = "made for another task"
    if name in YES_OR_NO:
        kind = "for a single yes or no"
    elif name in CLASSES:
        kind = "another one for choosing a class" if loss in CLASSES else "for choosing a class"
    elif name in QUANTITIES:
        kind = "for guessing quantities, not for choosing a class"
        if loss in QUANTITIES:
            kind = "another one for guessing quantities"
    raise Wrong(
        f"Its loss is {name}, which is {kind}.",
        f"A quantity is to be guessed here, with the loss {loss}."
        if loss in QUANTITIES
        else "Look at how many classes there are, and how the labels are written.",
    )
