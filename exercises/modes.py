"""Do the layers inside a class hear from its `call` whether the model trains?"""

import inspect

from exercises.verdicts import call, require
from helpers.models import all_layers

from keras import layers

KINDS = (layers.Dropout, layers.BatchNormalization)


def judge_training(model, example) -> None:
    """Judge whether Dropout and BatchNormalization work while `fit` trains, and only then.

    Each of them keeps a count of its working: one of random numbers, the other of means.

    Args:
        model: A built model of a learner's class.
        example: The arguments of one call of it, positional and by name.

    Raises:
        Wrong: `fit` cannot tell it that it trains, or a layer inside does not hear of it.
    """
    ours = [layer for layer in all_layers(model) if isinstance(layer, KINDS)]
    if not ours:
        return
    names = dict.fromkeys(type(layer).__name__ for layer in ours)
    takes = "training" in inspect.signature(model.call).parameters
    for layer in ours:
        require(
            takes or not any(_worked([layer], model, example, {})),
            f"Its call does not take the argument `training`, and {_place(layer, model)} always "
            "works as if the model were training.",
            "Let call take a second argument, training=False, and hand that on.",
        )
    require(
        takes,
        "Its call does not take the argument `training`, so fit cannot tell it that it trains: "
        f"{' and '.join(names)} will never notice.",
        "Let call take a second argument, training=False, and hand it on to the layers that "
        "need it.",
    )
    for words, settings in (
        ("Called with training=True", {"training": True}),
        ("Called with training=False", {"training": False}),
        ("Called without `training`", {}),
    ):
        for layer, worked in zip(ours, _worked(ours, model, example, settings), strict=True):
            require(
                worked == settings.get("training", False),
                f"{words}, {_place(layer, model)} works as if the model were "
                f"{'training' if worked else 'not training'}.",
                "Hand on what call was told, to every layer or part that needs it."
                if settings
                else "Unless told otherwise, a model does not train: the first line of call says "
                "so.",
            )


def judge_direction(model, example) -> None:
    """Judge whether a Dropout works just when the model is not training; arguments as above.

    Raises:
        Wrong: It does.
    """
    if "training" not in inspect.signature(model.call).parameters:
        return
    ours = [layer for layer in all_layers(model) if isinstance(layer, layers.Dropout)]
    calm, trained = (_worked(ours, model, example, {"training": mode}) for mode in (False, True))
    for layer, while_calm, while_trained in zip(ours, calm, trained, strict=True):
        require(
            while_trained or not while_calm,
            f"Called with training=True, {_place(layer, model)} works as if the model were not "
            "training, and with training=False as if it were.",
            "It is the wrong way round: dropout is for training only.",
        )


def require_default(model) -> None:
    """Judge whether a model's call can do without `training`.

    Raises:
        Wrong: It takes the argument, and has no value for whoever leaves it out.
    """
    training = inspect.signature(model.call).parameters.get("training")
    require(
        training is None or training.default is not training.empty,
        "Its call needs `training` each time, and whoever only asks the model leaves it out.",
        "Give the argument a value for that case, in the first line of call: training=False.",
    )


def _worked(ours, model, example, settings):
    """Whether each of these layers worked as in training; what that changed is taken back."""
    before = [[variable.numpy() for variable in layer.variables] for layer in ours]
    args, kwargs = example
    call(model, *args, **kwargs, **settings, doing="called on one example")
    worked = []
    for layer, values in zip(ours, before, strict=True):
        pairs = list(zip(layer.variables, values, strict=True))
        worked.append(any((variable.numpy() != value).any() for variable, value in pairs))
        for variable, value in pairs:
            variable.assign(value)
    return worked


def _place(layer, model):
    for name, part in vars(model).items():
        if isinstance(part, layers.Layer) and layer in all_layers(part):
            return f"the {type(layer).__name__}" + f" in `self.{name}`" * (layer is not part)
    return f"a {type(layer).__name__}"
