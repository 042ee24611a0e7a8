"""Kinds of checks. Each holds the right answer and, as rows, the mistakes that it knows.

A row runs on the same inputs as an answer does. One that behaves like the answer lends it its
words; and the tests hand every row to its own check, and want those words back.
"""

import copy
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from exercises.networks import built_model, judge_network
from exercises.verdicts import (
    NotAttempted,
    Wrong,
    as_number,
    as_shape,
    call,
    describe,
    require,
    require_super,
)
from helpers.comparison import compare

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
        if not (answer is None and self.may_be_none):
            answer = self.read(answer, self.name)
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
        use=None,
        known=(),
        gives="it returns",
        rtol=1e-4,
    ):
        self.right, self.calls, self.mistakes = right, list(calls), list(mistakes)
        self.take = take or (lambda result, _: as_number(result, "What it returns"))
        self.then, self.use, self.known, self.gives, self.rtol = then, use, known, gives, rtol

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
        require(result is not None, "It returns None.", "Its last line begins with `return`.")
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
    if callable(one) or isinstance(one, str) or one is None:
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
    return f"{mine[place]:.4g}{beside}", f"{right[place]:.4g}"


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
        then: Judges a model once it is the right function.
    """

    def __init__(
        self,
        right: Callable[[], keras.Model],
        style: str | None = None,
        in_parts: bool = False,
        mistakes=(),
        given: Callable[[], keras.Model] | None = None,
        then: Callable[[keras.Model], None] | None = None,
    ):
        self.right, self.style, self.in_parts = right, style, in_parts
        self.mistakes, self.given, self.then = list(mistakes), given, then

    def __call__(self, model):
        """Raise `Wrong` for the first thing in which a model differs from the right one."""
        right = self.right()
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
            raise
        if self.then:
            self.then(model)

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
    """

    def __init__(self, right, made, calls, mistakes=(), known=()):
        self.right, self.made, self.calls = right, list(made), list(calls)
        self.mistakes, self.known = list(mistakes), known

    def __call__(self, answer):
        """Raise `Wrong` for the first thing in which its layers differ from the right ones."""
        for settings in self.made:
            for one in self.calls:
                self._judge(answer, settings, one)

    def _judge(self, answer, settings, one):
        (x,), where = one.arguments, f"{one.doing[0].upper()}{one.doing[1:]}"
        layer, right = (
            made_of(answer, keras.layers.Layer, settings, self.known),
            self.right(**settings),
        )
        given = call(layer, x.copy(), doing=one.doing, known=self.known)
        require(
            given is not None,
            "Its call returns nothing.",
            "What `call` computes must leave it: its last line begins with `return`.",
        )
        right(x)
        _judge_weights(layer, right)
        _same_numbers(layer, right)
        mine, theirs = (np.asarray(which(x)) for which in (layer, right))
        if not _alike(mine, theirs):
            for mistake in self.mistakes:
                if self._behaves_like(mistake.answer, settings, layer, x):
                    raise Wrong(mistake.told, mistake.hint)
            told = "{}, it gives {}, and {} is right.".format(
                where, *_where_they_part(mine, theirs)
            )
            raise Wrong(told, one.hint)
        gradients = [_gradients(which, x) for which in (layer, right)]
        for mine, theirs, what in zip(*gradients, ("layers before it", "weights"), strict=True):
            require(
                _alike(mine, theirs),
                f"It gives the right numbers, but training could not change the {what}: no "
                "gradient, or another one, comes to them through this layer.",
                "Compute with the inputs and the weights themselves: what stops gradients or "
                "leaves the tensors has no place in call.",
            )
        try:
            layer(keras.Input(x.shape[1:]))
        except Exception:
            raise Wrong(
                "On numbers it is right, but inside a model it stops, where a tensor may have no "
                "numbers in it yet.",
                "NumPy functions and `if` need numbers. `ops` has functions of the same names as "
                "NumPy's that do not, such as ops.maximum and ops.where.",
            ) from None

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


def _judge_weights(layer, right):
    """Judge which weights a layer has, and how they begin."""
    mine, theirs = layer.weights, right.weights
    count = f"{len(mine)} weight array{'s' * (len(mine) != 1)}"
    require(
        mine or not theirs,
        "After a call, Keras finds no weights in it.",
        "Arrays and tensors on `self` are not weights. `self.add_weight(...)` makes one.",
    )
    require(
        len(mine) == len(theirs),
        f"It has {count}, and {len(theirs) or 'none'} is asked for.",
        "Read once more what it is to learn, and make nothing besides.",
    )
    for one, other in zip(mine, theirs, strict=True):
        require(
            np.prod(one.shape) == np.prod(other.shape),
            f"Its weight has the shape {tuple(one.shape)}, and here it needs {other.shape[-1]} "
            "numbers.",
            "How many there are follows from the last number of `input_shape`: the channels.",
        )
        require(
            one.trainable,
            "Its weight is not trainable, so training leaves it as it is.",
            "`add_weight` makes a weight trainable unless it is told otherwise.",
        )
        begins = np.unique(np.asarray(other))
        require(
            len(begins) > 1 or np.allclose(one, begins),
            f"Before any training, its weight is not {begins[0]:g} everywhere.",
            'The argument `initializer` of `add_weight` says how a weight begins: "zeros" is one '
            "choice, and there are others.",
        )


def _same_numbers(layer, right):
    """Give the weights of two layers the same numbers, of both signs."""
    random = np.random.default_rng(0)
    for one, other in zip(layer.weights, right.weights, strict=True):
        numbers = random.normal(0, 2, int(np.prod(one.shape)))
        one.assign(numbers.reshape(one.shape))
        other.assign(numbers.reshape(other.shape))


def _gradients(layer, x):
    """The gradients of what a layer gives, for what it takes and for its weights."""
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = tf.reduce_sum(layer(x) ** 2)
    for_x, for_weights = tape.gradient(total, [x, [one.value for one in layer.weights]])
    return for_x, [None if one is None else np.ravel(one) for one in for_weights]


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
    parent = f"{'keras' if kind is keras.Model else 'layers'}.{kind.__name__}"
    if answer is None or isinstance(answer, str) or inspect.isfunction(answer):
        raise Wrong(
            f"The answer is {describe(answer)}, and a class is asked for.",
            f"Write `class Name({parent}):` and pass the name to the check.",
        )
    if not inspect.isclass(answer):
        told, name = f"The answer is {describe(answer)}", "Name"
        if isinstance(answer, keras.layers.Layer):
            name = type(answer).__name__
            made = "model" if isinstance(answer, keras.Model) else "layer"
            told = f"The answer is one {made} made from the class {name}"
            if type(answer).__module__.startswith("keras."):
                told += " of Keras"
        raise Wrong(
            f"{told}, and the class itself is asked for.",
            "The name must go on standing for the class: no brackets in the check, and no line "
            f"such as `{name} = {name}(...)`."
            if not type(answer).__module__.startswith("keras.")
            else f"It begins with `class Name({parent}):`, has `call`, and is not called itself.",
        )
    require(
        issubclass(answer, kind),
        f"The class {answer.__name__} does not build on {parent}.",
        f"The brackets after its name say what it builds on: class {answer.__name__}({parent}):",
    )
    require(
        answer.call is not keras.layers.Layer.call and answer.call is not keras.Model.call,
        f"The class {answer.__name__} has no method `call`, so it cannot compute.",
        "Define `def call(self, inputs):`, indented as build and __init__ are, and spelled so.",
    )
    values = ", ".join(f"{name}={value!r}" for name, value in settings.items())
    made = call(answer, **settings, doing=f"made as {answer.__name__}({values})", known=known)
    require_super(made)
    return made
