"""Kinds of checks. Each holds the right answer and, as rows, the mistakes that it knows.

A row runs on the same inputs as an answer does. One that behaves like the answer lends it its
words; and the tests hand every row to its own check, and want those words back.
"""

import contextlib
import copy
import functools
import inspect
import io
import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from exercises.networks import built_model, judge_network, judge_style
from exercises.verdicts import (
    NotAttempted,
    Wrong,
    about,
    as_number,
    as_shape,
    call,
    describe,
    require,
    require_super,
)
from helpers.comparison import compare
from helpers.data import scale_images
from helpers.models import compiled_with

import keras
import numpy as np
import tensorflow as tf


@dataclass
class Mistake:
    """A wrong answer that was seen.

    Attributes:
        answer: A wrong value, a function that does the wrong thing, or one that makes a wrong
            model, as the kind of the check wants it.
        told: What it does, as a sentence; `{}` stands for the learner's value.
        hint: Where to look, more openly.
    """

    answer: object
    told: str
    hint: str


# Values worked out on paper


@dataclass
class Value:
    """One value that is worked out on paper.

    Attributes:
        name: What it is, to begin a sentence: "The parameter count".
        right: A number, a text, or None.
        hint: How it is worked out.
        mistakes: Wrong values that were seen.
        ask: A question to whoever has any other value.
        may_be_none: Whether None is among the values that are possible.
        read: Takes the value in any spelling, from an answer and `name`; raises `Wrong`.
    """

    name: str
    right: object
    hint: str
    mistakes: list[Mistake] = field(default_factory=list)
    ask: str = ""
    may_be_none: bool = False
    read: Callable = as_number

    def judge(self, answer) -> None:
        """Raise `Wrong` unless an answer is the right value, in any spelling of it."""
        none = " or None" * self.may_be_none
        if self.read is not as_number:
            answer = self.read(answer, self.name)
        elif not (answer is None and none):
            require(
                not isinstance(answer, str),
                f"{self.name} is {describe(answer)}, and a number{none} is asked for.",
                "Leave out the quotation marks. A number has no comma between thousands.",
            )
            try:
                answer = as_number(answer, self.name)
            except Wrong as wrong:
                hint = f"Write one plain number, such as 2.5{none and ', or None'}."
                raise Wrong(wrong.told, hint) from None
        words = f"{answer:,.10g}" if isinstance(answer, float) else repr(answer)
        for one in self.mistakes:
            require(not _equal(answer, one.answer), one.told.format(words), one.hint)
        require(
            _equal(answer, self.right), f"{self.name} is not {words}. {self.ask}".strip(), self.hint
        )

    def rows(self) -> Iterator[tuple]:
        """Wrong values, each with a part of what is to be said of it."""
        for one in self.mistakes:
            yield one.answer, one.told.split("{}")[-1]


@dataclass
class Shape:
    """The shape of an image in a network, (height, width, channels), worked out on paper.

    Attributes:
        right: The three numbers.
        hints: How each of the three is worked out.
        of: The layer that gives it, within a sentence.
    """

    right: tuple
    hints: tuple
    of: str = "a convolution"

    def judge(self, answer) -> None:
        """Raise `Wrong` unless an answer is the right shape, in any spelling of it."""
        shape = as_shape(answer, "The shape")
        require(
            len(shape) == 3,
            f"The shape has {len(shape)} number{'s' * (len(shape) != 1)}; what {self.of} gives for "
            "an image has three.",
            "Height, width and channels.",
        )
        for place in (2, 0, 1):
            side = ("height", "width", "number of channels")[place]
            require(
                shape[place] == self.right[place],
                f"The {side} is not {shape[place]}.",
                self.hints[place],
            )

    def rows(self) -> Iterator[tuple]:
        """The shape with one number changed, each with a part of what is to be said of it."""
        for place, side in enumerate(("height", "width", "channels")):
            wrong = list(self.right)
            wrong[place] += 1
            yield tuple(wrong), f"{side} is not {wrong[place]}"


class OnPaper:
    """A check of values that are worked out on paper, without a network.

    Args:
        values: What is asked for, in the order in which the check gets it.
    """

    def __init__(self, *values: Value | Shape):
        self.values = values

    def __call__(self, *answers):
        """Raise `Wrong` for the first value that is not right."""
        for value, answer in zip(self.values, answers, strict=True):
            value.judge(answer)

    def rows(self) -> Iterator[tuple]:
        """The answers of each known mistake, and a part of what is to be said of it."""
        right = [value.right for value in self.values]
        for place, value in enumerate(self.values):
            for wrong, told in value.rows():
                yield (*right[:place], wrong, *right[place + 1 :]), told


def _equal(answer, value):
    if answer is None or isinstance(value, str | None):
        return answer == value
    return bool(np.isclose(answer, value, rtol=1e-6))


# Functions


@dataclass
class Call:
    """One way in which the check calls a function.

    Attributes:
        arguments: What it is called with.
        doing: That in words, before a comma: "called with two losses".
        hint: Where to look if what comes back is wrong, but no known mistake.
    """

    arguments: tuple
    doing: str
    hint: str


class Function:
    """A check of a function, from what it returns.

    Args:
        right: The right function.
        calls: The ways in which it is called, with inputs that are not friendly.
        mistakes: Wrong functions that were seen; the first that returns the same for every call
            lends its words.
        take: Makes a value that can be compared out of what a function returned, from that and a
            `Call`; raises `Wrong` if it is of no use.
        then: Judges what `take` has made once it is right, in the same way.
        when_none: Judges a function that returned None, from that and the `Call`; without it, or if
            it raises nothing, `return` is missing.
        use: Tries a function with a `Call`, for one that does not return what is to be compared.
            It returns that, or raises `Wrong`.
        gives: What comes before the result in a sentence.
        known: Errors that learners often meet, as `verdicts.call` takes them.
        rtol: How far a number may be from the right one, as a share of that.
    """

    def __init__(
        self,
        right,
        calls,
        mistakes=(),
        take=None,
        then=None,
        when_none=None,
        use=None,
        known=(),
        gives="it returns",
        rtol=1e-4,
    ):
        self.right, self.calls, self.mistakes = right, list(calls), list(mistakes)
        self.take = take or (lambda result, _: as_number(result, "What it returns"))
        self.then, self.when_none, self.use = then, when_none, use
        self.known, self.gives, self.rtol = known, gives, rtol

    def __call__(self, function, *beside):
        """Raise `Wrong` for the first call of which something else comes back."""
        given, stopped = [], None
        for one in self.calls:
            try:
                given.append(self._result(function, one))
            except Wrong as wrong:
                stopped = wrong
                break
        right = [self._of_ours(self.right, one) for one in self.calls]
        wrong = next(
            (n for n, one in enumerate(given) if not _alike(one, right[n], self.rtol)), None
        )
        if wrong is None and stopped is None:
            for one, result in zip(self.calls, given, strict=True):
                if self.then:
                    self.then(result, one)
            return
        if wrong is None:
            raise stopped
        for mistake in self.mistakes:
            if self._behaves_like(mistake.answer, given):
                raise Wrong(mistake.told, mistake.hint)
        one = self.calls[wrong]
        mine, theirs = _where_they_part(given[wrong], right[wrong])
        told = f"{one.doing[0].upper()}{one.doing[1:]}, {self.gives} {mine}, and {theirs} is right."
        raise Wrong(told, one.hint)

    def _of_ours(self, function, one):
        if self.use:
            return self.use(function, one)
        return self.take(function(*copy.deepcopy(one.arguments)), one)

    def _result(self, function, one):
        if self.use:
            return self.use(function, one)
        arguments = copy.deepcopy(one.arguments)
        result = call(function, *arguments, doing=one.doing, known=self.known)
        if result is None and self.when_none:
            self.when_none(function, one)
        told, hint = "It returns None.", "Its last line begins with `return`."
        if one is not self.calls[0]:
            told = f"{one.doing[0].upper()}{one.doing[1:]}, it returns None."
            hint = "Whatever way it takes through its lines, it must end at a `return`."
        require(result is not None, told, hint)
        require(
            _alike(arguments, one.arguments),
            f"{one.doing[0].upper()}{one.doing[1:]}, it changes what it is given.",
            "Whoever gave it needs it as it was: compute something new, and return that.",
        )
        return self.take(result, one)

    def _behaves_like(self, function, given):
        try:
            pairs = zip(given, self.calls, strict=False)  # `given` may have stopped before
            return all(
                _alike(self._of_ours(function, one), result, self.rtol) for result, one in pairs
            )
        except Exception:  # it cannot be called like that, which the answer could
            return False

    def rows(self) -> Iterator[tuple]:
        """The answers of each known mistake, and what is to be said of it."""
        for one in self.mistakes:
            yield (one.answer,), one.told


def _alike(one, other, rtol=1e-4):
    """Whether two values are the same, numbers but for rounding."""
    if isinstance(one, dict) and isinstance(other, dict):
        one, other = [*one, *one.values()], [*other, *other.values()]
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(_alike(*pair, rtol) for pair in pairs)
    if one is None or other is None:
        return one is other
    if callable(one) or isinstance(one, str):
        return one == other or callable(other)  # a copy of a model is another object
    one, other = np.asarray(one), np.asarray(other)
    return one.shape == other.shape and np.allclose(one, other, rtol=rtol, atol=rtol / 100)


def _where_they_part(mine, right):
    """Two results in words, or of two arrays the first numbers that are not the same."""
    if isinstance(mine, tuple | list):
        return tuple(
            f"({', '.join(describe(x).removeprefix('the number ') for x in one)})"
            for one in (mine, right)
        )
    if isinstance(mine, str):
        return mine, right
    mine, right = np.asarray(mine), np.asarray(right)
    if mine.shape != right.shape:
        return f"the shape {mine.shape}", f"{right.shape}"
    place = np.unravel_index(np.argmax(np.abs(mine - right)), right.shape)
    beside = " among other numbers" if right.ndim else ""
    digits = 4 if f"{mine[place]:.4g}" != f"{right[place]:.4g}" else 8
    return f"{mine[place]:.{digits}g}{beside}", f"{right[place]:.{digits}g}"


# Networks


class Network:
    """A check of a model that is to be the same function as another.

    Args:
        right: Makes the right model.
        style: In which style it must be written, as `networks.judge_style` takes it; None for any.
        in_parts: Whether the style must hold its layers in parts.
        mistakes: What makes wrong models that were seen. One that is the same function as the
            answer lends its words.
        given: Makes the model that the exercise gives to mend.
        hint: Where to look, in place of hints that speak of the points of a specification.
        then: Judges a model once it is the right function.
    """

    def __init__(
        self,
        right: Callable[[], keras.Model],
        style: str | None = None,
        in_parts: bool = False,
        mistakes=(),
        given: Callable[[], keras.Model] | None = None,
        hint: str = "",
        then: Callable[[keras.Model], None] | None = None,
    ):
        self.right, self.style, self.in_parts = right, style, in_parts
        self.mistakes, self.given, self.hint = list(mistakes), given, hint
        self.then = then

    def __call__(self, model):
        """Raise `Wrong` for the first thing in which a model differs from the right one.

        Returns:
            What is to be said of a right answer besides, or None.
        """
        right, late = self.right(), isinstance(model, keras.Sequential) and not model.built
        try:
            model = judge_network(model, right, self.style, self.in_parts)
        except Wrong as wrong:
            try:
                model = built_model(model, right.inputs)
            except Wrong:
                raise wrong from None
            if self.given and compare(model, self.given()).same:
                raise NotAttempted from None
            for one in self.mistakes:
                if compare(model, one.answer()).same:
                    raise Wrong(one.told, one.hint) from None
            raise Wrong(wrong.told, self.hint or wrong.hint) from None
        if self.then:
            self.then(model)
        return "(It has no keras.Input, so until this check it had no weights.)" if late else None

    def rows(self) -> Iterator[tuple]:
        """The answers of each known mistake, and what is to be said of it."""
        for one in self.mistakes:
            yield (one.answer(),), one.told


# Layers


class Layer:
    """A check of a class of layers, from what its layers compute and learn.

    Args:
        right: A class that does the right thing.
        made: For each layer that the check makes, what goes between the brackets, as a dictionary.
        calls: The batches on which each layer is called, one array each.
        mistakes: Classes that were seen to do another thing.
        known: Errors that learners often meet, as `verdicts.call` takes them.
        also: Classes that are as right, and keep other numbers in their weights.
    """

    def __init__(self, right, made, calls, mistakes=(), known=(), also=()):
        self.right, self.made, self.calls = right, list(made), list(calls)
        self.mistakes, self.known, self.also = list(mistakes), known, also

    def __call__(self, answer):
        """Raise `Wrong` for the first thing in which its layers differ from the right ones."""
        try:
            self._judge_all(answer, self.right)
        except Wrong:
            for other in self.also:
                with contextlib.suppress(Wrong):
                    return self._judge_all(answer, other)
            raise

    def _judge_all(self, answer, right):
        for settings in self.made:
            for one in self.calls:
                self._judge(answer, right, settings, one)

    def _judge(self, answer, right, settings, one):
        (x,), kind = one.arguments, keras.layers.Layer
        layer, right = made_of(answer, kind, settings, self.known), right(**settings)
        for others in self.made:  # which leave this one as it is
            made_of(answer, kind, others)
        right(x)
        try:
            known = [*self.known, ("ValueError|IndexError|InvalidArgument", None, one.hint)]
            given = call(layer, x.copy(), doing=one.doing, known=known)
        except Wrong:
            if layer.weights:  # of the wrong shape, perhaps
                _judge_weights(layer, right, one.doing)
            raise
        require(
            given is not None,
            "Its call returns nothing.",
            "What `call` computes must leave it: its last line begins with `return`.",
        )
        _judge_weights(layer, right, one.doing)
        _same_numbers(layer, right)
        mine, theirs = (np.asarray(which(x)) for which in (layer, right))
        if not _alike(mine, theirs):
            for mistake in self.mistakes:
                if self._behaves_like(mistake.answer, settings, layer, x):
                    raise Wrong(mistake.told, mistake.hint)
            raise Wrong(_where_a_layer_parts(x, mine, theirs, settings, one), one.hint)
        require(
            _alike(np.asarray(layer(x, training=True)), theirs),
            "It is right, but while a model trains it does something else.",
            "Nothing in it is to depend on `training`.",
        )
        try:
            made_of(answer, kind, settings)(keras.Input(x.shape[1:]))
        except Exception:
            raise Wrong(
                "On numbers it is right, but inside a model it stops, where a tensor may have no "
                "numbers in it yet.",
                "NumPy functions, `if` and loops over the rows need numbers. `ops` has functions "
                "of the same names as NumPy's that do not, such as ops.maximum and ops.where, for "
                "a whole tensor at once.",
            ) from None
        gradients = [_gradients(which, x) for which in (layer, right)]
        for mine, theirs, what in zip(*gradients, ("layers before it", "weights"), strict=True):
            require(
                _alike(mine, theirs),
                f"It gives the right numbers, but training could not change the {what}: no "
                "gradient, or another one, comes to them through this layer.",
                "Compute with the inputs and the weights themselves: what stops gradients or "
                "leaves the tensors has no place in call.",
            )

    def _behaves_like(self, kind, settings, layer, x):
        try:
            other = kind(**settings)
            other(x)
            _same_numbers(other, layer)
            return _alike(np.asarray(other(x)), np.asarray(layer(x)))
        except Exception:  # it cannot be called like that, which the answer can
            return False

    def rows(self) -> Iterator[tuple]:
        """The answers of each known mistake, and what is to be said of it."""
        for one in self.mistakes:
            yield (one.answer,), one.told


def _where_a_layer_parts(x, mine, right, settings, one):
    """Say where what a layer gives is not right, and of which number it has made that."""
    made = "".join(f"made with {name}={value} and " for name, value in settings.items())
    where = f"{made}{one.doing}"
    wrong, theirs = _where_they_part(mine, right)
    told = f"it gives {wrong}, and {theirs} is right."
    if mine.shape == right.shape == x.shape:
        place = np.unravel_index(np.argmax(np.abs(mine - right)), x.shape)
        told = f"it makes {mine[place]:.4g} of {x[place]:.4g}, and {right[place]:.4g} is right."
    return f"{where[0].upper()}{where[1:]}, {told}"


def _judge_weights(layer, right, doing):
    """Judge which weights a layer has, and how they begin."""
    mine, theirs = layer.weights, right.weights
    count = f"{len(mine)} weight array{'s' * (len(mine) != 1)}"
    require(
        mine or not theirs,
        "After a call, Keras finds no weights in it.",
        "Arrays and tensors on `self` are not weights. `self.add_weight(...)` makes one.",
    )
    numbers, right_numbers = _in_a_row(mine), _in_a_row(theirs)
    require(
        len(mine) == len(theirs) or len(numbers) == len(right_numbers),
        f"It has {count}, and {len(theirs) or 'none'} is asked for.",
        "Read once more what it is to learn, and make nothing besides.",
    )
    require(
        len(numbers) == len(right_numbers),
        f"Its weight has the shape {tuple(mine[0].shape) if mine else ()}; {doing}, it needs "
        f"{len(right_numbers)} numbers.",
        "How many there are follows from the last number of `input_shape`: the channels.",
    )
    require(
        all(one.trainable for one in mine),
        "Its weight is not trainable, so training leaves it as it is.",
        "`add_weight` makes a weight trainable unless it is told otherwise.",
    )
    begins = np.unique(right_numbers)
    require(
        len(begins) != 1 or np.allclose(numbers, begins),
        f"Before any training, its weight is not {begins[0] if len(begins) else 0:g} everywhere.",
        'The argument `initializer` of `add_weight` says how a weight begins: "zeros" is one '
        "choice, and there are others.",
    )


def _in_a_row(arrays):
    """The numbers of some arrays, one after another; it does not matter in how many they stand."""
    return np.concatenate([np.ravel(np.asarray(one)) for one in arrays] or [np.zeros(0)])


def _same_numbers(layer, right):
    """Give the weights of two layers the same numbers, of both signs."""
    for one in (layer, right):
        random = np.random.default_rng(0)
        for weight in one.weights:
            weight.assign(random.normal(0, 2, int(np.prod(weight.shape))).reshape(weight.shape))


def _gradients(layer, x):
    """The gradients of what a layer gives, for what it takes and for its weights."""
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.reduce_sum(layer(x) ** 2)
    for_x, for_weights = tape.gradient(total, [x, layer.trainable_variables])
    lost = any(one is None for one in for_weights)
    return for_x, None if lost else _in_a_row(for_weights)


def made_of(answer, kind, settings: dict, known=()):
    """Make a layer or a model of a learner's class.

    Args:
        answer: What the learner gave.
        kind: The class of Keras that it must build on.
        settings: What goes between the brackets.
        known: Errors in words, as `verdicts.call` takes them.

    Raises:
        Wrong: It is no such class, or it cannot be made.
    """
    judge_class(answer, kind)
    values = ", ".join(f"{name}={value!r}" for name, value in settings.items())
    doing, places = f"made as {answer.__name__}({values})", ()
    try:
        inspect.signature(answer).bind(**settings)
    except TypeError:  # its arguments may have other names
        places, settings = tuple(settings.values()), {}
    made = call(answer, *places, **settings, doing=doing, known=known)
    require_super(made)
    return made


METHODS = {  # what a class must have, what happens without it, and what it takes
    "call": ("it cannot compute", "inputs"),
    "train_step": ("fit does what it always does", "data"),
}


def judge_class(answer, kind, method: str = "call") -> None:
    """Judge whether an answer is a class of layers or models.

    Args:
        answer: What the learner gave.
        kind: The class of Keras that it must build on.
        method: What it must define.

    Raises:
        Wrong: It is something else.
    """
    parent = f"{'keras' if kind is keras.Model else 'layers'}.{kind.__name__}"
    if answer is None or isinstance(answer, str) or inspect.isfunction(answer):
        raise Wrong(
            f"The answer is {describe(answer)}, and a class is asked for.",
            f"Write `class Name({parent}):` and pass the name to the check.",
        )
    if not inspect.isclass(answer):
        told, made = f"The answer is {describe(answer)}", type(answer)
        hint = f"It begins with `class Name({parent}):`, has `{method}`, and is not called itself."
        if isinstance(answer, keras.layers.Layer):
            what = "model" if isinstance(answer, keras.Model) else "layer"
            told = f"The answer is one {what} made from the class {made.__name__}"
            told += " of Keras" * made.__module__.startswith("keras.")
        if not made.__module__.startswith("keras."):
            name = made.__name__ if isinstance(answer, keras.layers.Layer) else "Name"
            hint = "The name must go on standing for the class: no brackets in the check, and no "
            hint += f"line such as `{name} = {name}(...)`."
        raise Wrong(f"{told}, and the class itself is asked for.", hint)
    name, (lacking, takes) = answer.__name__, METHODS[method]
    require(
        issubclass(answer, kind),
        f"The class {name} does not build on {parent}.",
        f"The brackets after its name say what it builds on: class {name}({parent}):",
    )
    require(
        getattr(answer, method) not in (keras.layers.Layer.call, getattr(keras.Model, method)),
        f"The class {name} has no method `{method}`, so {lacking}.",
        f"Define `def {method}(self, {takes}):`, indented under the class, and spelled so.",
    )


# Compiled models

CLASS, QUANTITY = "choosing one of several classes", "guessing quantities"
LOSSES = {
    "mean_squared_error": QUANTITY,
    "mean_absolute_error": QUANTITY,
    "huber": QUANTITY,
    "categorical_crossentropy": CLASS,
    "sparse_categorical_crossentropy": CLASS,
    "categorical_focal_crossentropy": CLASS,
    "categorical_hinge": CLASS,
    "binary_crossentropy": "a single yes or no",
}
THREES = [slice(place, place + 3) for place in range(6)]  # batches out of eight rows
STANDS = "It cannot learn: a step of its optimizer leaves the weights as they are."
TURNED = "It cannot learn: its optimizer moves the weights the wrong way, so that the loss grows."


def other_losses(asked: str, from_logits: bool = False, output: str = "") -> list[Mistake]:
    """Rows for a `Compiled`: losses of Keras that are not the one asked for.

    Args:
        asked: The loss's name as Keras writes it, such as "sparse_categorical_crossentropy".
        from_logits: Whether it must take what the model gives for logits.
        output: The name of the output that it is for, if there are several.
    """
    rows = []
    for name, logits in itertools.product(LOSSES, (False, True)):
        plain = name.removeprefix("sparse_") == asked.removeprefix("sparse_") and "entropy" in name
        if (name, logits) == (asked, from_logits) or (logits and not (plain or "binary" in name)):
            continue
        another = "another one " * (LOSSES[name] == LOSSES[asked])
        told = f"Its loss is {name}, which is {another}for {LOSSES[name]}."
        hint = f"This output is for {LOSSES[asked]}. What do its labels look like?"
        if LOSSES[asked] == QUANTITY:
            hint = f"This output is for {QUANTITY}, with the loss {asked}."
        if name == asked:
            told = "The loss takes what the model gives for probabilities, and it is not."
            if not from_logits:
                told = "The loss takes the answers for logits, and they are probabilities already."
            hint = "A loss object can be told what it gets: from_logits=True or False."
        elif plain:
            kinds = ["one-hot rows", "whole numbers, one for each example"]
            has, wanted = kinds if asked.startswith("sparse") else kinds[::-1]
            told = f"Its loss is {name}, which is for labels that are {has}."
            hint = f"These labels are {wanted}."
        loss = keras.losses.get(name)
        loss = functools.partial(loss, from_logits=True) if logits else loss
        rows.append(Mistake({"loss": {output: loss} if output else loss}, told, hint))
    return rows


class Compiled:
    """A check of how a model is compiled: what its loss, optimizer and metrics do with some rows.

    Args:
        given: Makes the model that is to be compiled; with several outputs, a dictionary of them.
        right: What `compile` is to get: "loss" and, if they are asked for, "loss_weights" or
            "metrics". Without "loss_weights", a loss may have any weight above zero.
        labels, answers: Eight labels or more, and what the model might give for them; with several
            outputs, dictionaries of such arrays.
        mistakes: What `compile` was seen to get in place of some arguments in `right`.
        smoothed: A loss of which any share may come on top.
    """

    def __init__(self, given, right: dict, labels, answers, mistakes=(), smoothed=None):
        self.given, self.right, self.mistakes = given, right, list(mistakes)
        self.labels, self.answers = _by_name(labels), _by_name(answers)
        self.losses, self.smoothed = _by_name(right["loss"]), smoothed

    def __call__(self, model):
        """Raise `Wrong` unless it is the model that was given, compiled well."""
        given = self.given()
        model = built_model(model, given.inputs)
        if not model.compiled:
            raise NotAttempted
        as_given = "Take the cell as it was given, and add nothing but the call of compile."
        with about("The model is not the one that was given", as_given):
            if len(given.outputs) > 1:
                judge_style(model, "graph")
                names = _names_of_outputs(model)
                had = f"Its outputs are called {' and '.join(names)}."
                require(sorted(names) == sorted(given.output), had, as_given)
                outputs = [given.output[name] for name in names]
                packed = keras.tree.pack_sequence_as(model.output, outputs)
                given = keras.Model(given.inputs, packed)
            judge_network(model, given)
        self.judge(model)

    def judge(self, model):
        """Raise `Wrong` for the first thing in which a model, whatever it is, is compiled wrong."""
        require(
            model.compiled,
            "The model is not compiled yet.",
            "model.compile(...) says which optimizer, loss and metrics it trains with.",
        )
        says = "compile(loss=...) says what training makes small; with several outputs, for each."
        given = compiled_with(model, "loss")  # without one, Keras goes on with the one before
        require(given is not None, "It has no loss.", says)
        weights = self.right.get("loss_weights", {})
        counts = {name: self._count(name, self._totals(model, name)) for name in self.losses}
        for name, count in counts.items():
            if not (np.isclose(count, weights[name], rtol=1e-3) if weights else count > 0):
                self._say_of_losses(model)
                self._say_of_weights(model, counts)
        self._judge_gradient(model)
        _judge_optimizer(model)
        if "metrics" in self.right:
            self._judge_metrics(model)

    def rows(self) -> Iterator[tuple]:
        """The answers of each known mistake, and a part of what is to be said of it."""
        for one in self.mistakes:
            yield (self._compiled(one.answer),), one.told[1:]
        for rate, told in ((0.0, STANDS), (-0.1, TURNED)):
            yield (self._compiled({"optimizer": keras.optimizers.SGD(rate)}),), told

    def _compiled(self, changes=()):
        """The model that was given, compiled as it is right but for some arguments."""
        model, changes = self.given(), dict(changes)
        if isinstance(changes.get("loss"), dict):
            changes["loss"] = self.losses | changes["loss"]
        model.compile(**self.right | changes)
        return model

    def _rows(self, model, rows):
        """Labels and answers as a model's `compute_loss` takes them, some rows of each output."""
        for arrays in (self.labels, self.answers):
            some = {name: keras.ops.convert_to_tensor(arrays[name][rows[name]]) for name in arrays}
            if len(some) == 1:
                yield from some.values()
            else:
                some = [some[name] for name in _names_of_outputs(model)]
                yield keras.tree.pack_sequence_as(model.output, some)

    def _totals(self, model, name):
        """What a model takes as its loss for batches in which the rows of one output change."""

        def total(rows):
            rows = {other: rows if other == name else THREES[0] for other in self.labels}
            y, y_pred = self._rows(model, rows)
            return model.compute_loss(x=None, y=y, y_pred=y_pred)

        return _numbers(total)

    def _alone(self, loss, name):
        """The loss of one output for the same batches, by itself."""

        def alone(rows):
            pair = self.labels[name][rows], self.answers[name][rows]
            return keras.losses.get(loss)(*map(keras.ops.convert_to_tensor, pair))

        return _numbers(alone)

    def _count(self, name, numbers):
        """How often the right loss of an output is in these numbers; nan if another one is."""
        if isinstance(numbers, str) or not np.isfinite(numbers).all():
            return math.nan
        parts = [self.losses[name]] + [self.smoothed] * (self.smoothed is not None)
        parts = [np.subtract(x, x[0]) for x in (self._alone(part, name) for part in parts)]
        mine, parts = np.subtract(numbers, numbers[0]), np.transpose(parts)
        counts = np.linalg.lstsq(parts, mine)[0]
        fits = np.allclose(parts @ counts, mine, rtol=1e-3, atol=1e-3 * np.abs(mine).max())
        return counts[0] if fits and (counts[1:] > -1e-3).all() else math.nan

    def _say_of_losses(self, model):
        """Raise `Wrong` for an output whose loss, by itself, is another one than asked for."""
        losses = _of_outputs(model, "loss", self.losses)
        for name, asked in self.losses.items():
            with about(f"For {name}") if name else contextlib.nullcontext():
                loss = losses.get(name)
                require(loss is not None, "It has no loss.", "compile(loss=...) says what it is.")
                require(
                    not inspect.isclass(loss),
                    "Its loss is a class itself.",
                    "Brackets after its name make a loss of it, and may hold what it is to know.",
                )
                mine = self._alone(loss, name)
                if abs(self._count(name, mine)) > 1e-6:
                    continue
                for one in self.mistakes:
                    known = _by_name(one.answer.get("loss")).get(name)
                    if known is not None and _same_loss(
                        mine, self._alone(known, name), loss, known
                    ):
                        raise Wrong(one.told, one.hint)
                told = "Its loss stops with an error for these labels and what the model gives."
                if not isinstance(mine, str):
                    right = self._alone(asked, name)
                    far = np.argmax(np.abs(np.subtract(mine, right)))
                    told = f"Its loss gives {mine[far]:.3g} for three examples where "
                    told += f"{right[far]:.3g} is right."
                raise Wrong(
                    told,
                    "How are the labels written, and what does the model give? A loss takes first "
                    "those, then that, row by row: try it on some in a cell of your own.",
                )

    def _say_of_weights(self, model, counts):
        """Raise `Wrong` for a model whose losses are right, but not their sum."""
        weights = keras.tree.flatten(compiled_with(model, "loss_weights"))
        require(
            not any(isinstance(one, str) for one in weights),
            f"Its loss_weights are texts: {', '.join(map(repr, weights))}.",
            "Without names, the third thing that compile takes is loss_weights: write metrics=...",
        )
        mine = [self._totals(model, name) for name in counts]
        for one in self.mistakes:
            if "loss_weights" in one.answer:
                other = self._compiled(one.answer)
                if all(map(_same, mine, [self._totals(other, name) for name in counts])):
                    raise Wrong(one.told, one.hint)
        _of_outputs(model, "loss_weights", self.losses)
        for name, count in counts.items():
            weight = self.right.get("loss_weights", {name: max(count, 1e-6)})[name]
            require(
                np.isnan(count) or np.isclose(count, weight, rtol=1e-3),
                f"{f'The loss of {name}' if name else 'Its loss'} has the weight {count:.4g}.",
                f"Its weight is to be {weight:g}: loss_weights gives one to each output. Is "
                "anything weighed or summed up in the loss itself?"
                if name
                else "Leave out loss_weights: with a single loss there is nothing to weigh.",
            )
        raise Wrong(
            "Each loss fits by itself, but what Keras makes of them in training is not their sum.",
            "Write the weights as plain numbers, 1.0, and look for anything else that is added.",
        )

    def _judge_gradient(self, model):
        """Whether the loss pulls at what the model gives, inside `fit`."""
        y, y_pred = self._rows(model, dict.fromkeys(self.labels, THREES[0]))

        def gradients():
            with tf.GradientTape() as tape:
                tape.watch(y_pred)
                loss = model.compute_loss(x=None, y=y, y_pred=y_pred)
            return tape.gradient(loss, keras.tree.flatten(y_pred))

        try:
            pulls = gradients() if model.run_eagerly else tf.function(gradients)()
        except Exception:  # whatever a function of the learner's raises
            pulls = [None]
        require(
            all(one is not None and np.any(one) for one in pulls),
            "Its loss gives the right number, but `fit` cannot train with it: no gradient comes "
            "back.",
            "NumPy, `if`, `stop_gradient` and whole numbers stop the gradient: compute with "
            "keras.ops.",
        )

    def _judge_metrics(self, model):
        """Whether each metric that is asked for is among those that a model reports."""
        mine, right = self._reports(model), self._reports(self._compiled())
        if _are_among(right, mine):
            return
        for one in self.mistakes:
            if "metrics" in one.answer:
                known = self._reports(self._compiled(one.answer))
                if known == mine or (known and _are_among(known, mine)):
                    raise Wrong(one.told, one.hint)
        told = "One of its metrics cannot compare these labels with what the model gives."
        if not isinstance(mine, str):
            told = " and ".join(f"{name} {values[1]:.3g}" for name, values in mine.items())
            told = (
                f"Where {[*right.values()][0][1]:.0%} of the answers are right, it reports {told}."
            )
        raise Wrong(told, 'The text "accuracy" takes the kind of accuracy that fits the labels.')

    def _reports(self, model):
        """What each metric reports for two batches, by its name; or its error as a text."""
        reports = {}
        for rows in (slice(0, 3), slice(1, None)):
            y, y_pred = self._rows(model, dict.fromkeys(self.labels, rows))
            model.reset_metrics()
            try:
                found = model.compute_metrics(x=None, y=y, y_pred=y_pred, sample_weight=None)
            except Exception as error:  # for one, the accuracy of whole-number labels
                return f"{type(error).__name__}: {error}"
            finally:
                model.reset_metrics()
            for name, value in found.items():
                if name != "loss" and np.size(value) == 1:
                    reports.setdefault(name, []).append(float(value))
        return reports


def _by_name(value):
    return value if isinstance(value, dict) else {"": value}


def _names_of_outputs(model):
    """The names by which losses go to the outputs of a graph, in the order of `model.outputs`."""
    return sorted(model.output) if isinstance(model.output, dict) else model.output_names


def _numbers(loss):
    """What a function gives for each batch; or its error as a text."""
    try:
        return [float(np.mean(loss(rows))) for rows in THREES]
    except Exception as error:  # for one, labels of another kind
        return f"{type(error).__name__}: {error}"


def _same(one, other):
    return one == other if isinstance(one, str) or isinstance(other, str) else _alike(one, other)


def _same_loss(numbers, others, loss, known):
    """Whether two losses give the same numbers; or stop with the same error, and have one name."""
    pair = (keras.losses.get(getattr(one, "func", one)) for one in (loss, known))  # out of partials
    names = [getattr(one, "name", getattr(one, "__name__", "")) for one in pair]
    return _same(numbers, others) and (not isinstance(numbers, str) or names[0] == names[1])


def _are_among(asked, reports):
    """Whether for each of some metrics there is one that reports the same."""
    if isinstance(asked, str) or isinstance(reports, str):
        return False
    return all(any(_alike(one, other) for other in reports.values()) for one in asked.values())


def _of_outputs(model, argument, names):
    """Losses or weights by the names of the outputs, in whatever form compile got them."""
    given = compiled_with(model, argument)
    while len(names) == 1 and isinstance(given, list | tuple | dict) and len(given) == 1:
        given = [*given.values()][0] if isinstance(given, dict) else given[0]
    if isinstance(given, list | tuple):
        require(
            not isinstance(model.output, dict),
            f"In compile, {argument} is a list, and the outputs have names. Keras then goes by the "
            f"alphabet: {' before '.join(sorted(names))}.",
            "A dictionary with the names of the outputs says which is whose.",
        )
        return dict(zip(_names_of_outputs(model), given, strict=False))
    if not isinstance(given, dict):  # one for all outputs
        return dict.fromkeys(names, given)
    for name in given:
        require(
            name in names,
            f"In compile, {argument} names an output {name!r}, and the model has none called so.",
            f"Its outputs are called {' and '.join(names)}.",
        )
    return given


def _judge_optimizer(model):
    """Whether a few steps of a model's optimizer would move a weight, and the right way."""
    optimizer = model.optimizer
    needs = 'compile(optimizer="adam") says how the weights are moved.'
    require(optimizer is not None, "It has no optimizer.", needs)
    try:
        twin = type(optimizer).from_config(optimizer.get_config())
        weight = keras.Variable(np.ones(4, "float32"))
        twin.build([weight])
        for _ in range(50):  # some warm up, and some gather several gradients before a step
            twin.apply([np.ones(4, "float32")], [weight])
        moved = float(np.max(weight)) - 1
    except Exception:  # an optimizer of the learner's that cannot be copied
        return
    rate = "Is its learning rate above zero, and not next to nothing?"
    require(moved != 0, STANDS, rate)
    require(moved < 0, TURNED, rate + " The minus is in the optimizer already.")


# Trained networks


class Trained:
    """A check of a network that has been trained, from its answers about images.

    Args:
        load: `load_mnist` or `load_cifar100`, which have images that nobody was given.
        classes: How many numbers the network must give for each image.
        goal: The share of the validation images that it must get right, from 0 to 1.
    """

    def __init__(self, load: Callable, classes: int, goal: float):
        self.load, self.classes, self.goal = load, classes, goal

    def __call__(self, model, x_val, y_val, x=None, y=None):
        """Raise `Wrong` unless a network gets enough right, and of new images about as many.

        Args:
            model: A built Keras model.
            x_val, y_val: The validation images, scaled, and their labels, shape (n,).
            x, y: Images on which it trained; the first ones that `load` gives if left out.
        """
        share = self._share(model, x_val, y_val)
        told = f"It gets {share:.1%} of the validation images right"
        if share >= self.goal:
            x, y = self._loaded(1, 4_000)[1]
            new, counts = self._share(model, x[-1_600:], y[-1_600:]), (len(x_val), 1_600)
            both = np.average([share, new], weights=counts)
            spread = math.sqrt(both * (1 - both) * sum(1 / count for count in counts))
            require(
                share - new <= 4 * spread,
                f"{told}, but only {new:.1%} of images that nobody was given: it has trained on "
                "the validation images.",
                "Train on the training images and nothing else: validation is to show what it does "
                "with images that it has never seen.",
            )
            return
        told += f", and {self.goal:.0%} is asked for"
        steps = int(model.optimizer.iterations) if model.compiled and model.optimizer else 0
        rows = [
            one for one in model.get_weights() if one.ndim == 1
        ]  # such as biases, all 0 at first
        moved = any(np.ptp(one) > 0 for one in rows) or (not rows and steps)
        require(
            model.trainable_weights and (moved or not steps),
            f"{told}: training has left its weights as they were.",
            "Its layers are frozen, or the learning rate is 0: neither lets it learn.",
        )
        require(
            moved,
            f"{told}: this model has not been trained.",
            "Compile it and call its `fit` with the training images and their labels; then it is "
            "that same model that is asked for.",
        )
        own = self._share(model, *(self._loaded(2_000, 1)[0] if x is None else (x, y)))
        require(
            own >= 3 / self.classes,
            f"{told}. It has trained, but even of the first training images it gets only {own:.1%} "
            "right.",
            f"In {steps} steps it cannot learn much: smaller batches, more epochs and all the "
            "images make more."
            if 0 < steps < 50
            else "Does each image keep its own label? Are the loss and the last layer those for "
            "these labels? The images are scaled already. Is the learning rate an ordinary one, "
            "and has the network filters enough?",
        )
        raise Wrong(
            f"{told}; of the first training images it gets {own:.1%}.",
            "If the second figure is far higher, it learns by heart: stop sooner, or use all the "
            "images. If both are low, it needs more epochs, a higher learning rate, or more "
            "filters.",
        )

    def _loaded(self, *sizes):
        """Pairs of scaled images and labels, to train and to test."""
        with contextlib.redirect_stdout(io.StringIO()):  # where they are from is known by now
            return [(scale_images(x), y) for x, y in self.load(*sizes)]

    def _share(self, model, x, y):
        """The share of images that a model gets right."""
        answers = call(model.predict, x, verbose=0, doing="asked about images")
        require(
            np.shape(answers) == (len(x), self.classes),
            f"For {len(x)} images its answers have the shape {np.shape(answers)}.",
            f"It must give a row of {self.classes} numbers for each image: one for each class.",
        )
        require(
            np.isfinite(answers).all(),
            "Some of its answers are nan, not a number.",
            "Training has run away: make the model anew, and take a lower learning rate.",
        )
        return float(np.mean(np.argmax(answers, axis=-1) == np.ravel(y)))
