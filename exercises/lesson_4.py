"""The exercises of lesson 4, GradientTape."""

from exercises.checking import exercise
from exercises.kinds import Call, Function, Mistake, OnPaper, Value, judge_class
from exercises.verdicts import (
    NotAttempted,
    Wrong,
    about,
    as_number,
    call,
    describe,
    require,
)

import keras
import numpy as np
import tensorflow as tf
from keras import layers

NO_WAY = (
    "The tape knows no way from the weights to the loss: every gradient is None.",
    "Both the model and the loss must be called inside the `with` block.",
)
MOVES_FROZEN = (
    "It moves weights that are not to be trained.",
    "`trainable_variables` are those that are; `weights` are all.",
)
USUAL_ERRORS = (  # a pattern in the message of an error, what to say of it, and a hint
    ("No gradients provided", *NO_WAY),
    (r"a value \(None\)", *NO_WAY),
    (
        "non-persistent",
        "The tape is asked a second time, and it is wiped by then.",
        "A tape answers one question: call tape.gradient once, and keep what it gives.",
    ),
    (
        "'_tape'",
        "The tape is told to watch before it runs.",
        "A tape runs inside its `with` block: tape.watch(x) stands there, too.",
    ),
    (
        "Passed in object",
        "The tape is told to watch something that is no tensor.",
        "It watches x. The arguments come in the order of the brackets: first the function, then "
        "its x.",
    ),
    (
        "EagerTensor' object is not callable",
        "A tensor is called as if it were a function.",
        "Look at the order of the arguments, and at which of them is called.",
    ),
    (
        "<function",
        "A function is used without being called.",
        "function(x) is a result; without brackets, `function` is only a name.",
    ),
    (
        "NameError",
        None,
        "Is it made before it is used, and spelled alike in both places? Arguments go by the names "
        "in the function's brackets.",
    ),
    (
        "converted to Python scalars",
        "It stops at `float`, which takes a single number and gets several.",
        "Leave `float` out there, and let what it takes go on as the tensor that it is.",
    ),
    (
        "Invalid input shape",
        "A model is called which does not take this batch.",
        "Is it the model that is to be trained here, or one of the lesson's?",
    ),
    (
        r"named input\(s\)",
        "The model is called with something else than the images alone.",
        "A batch is both, x and y; the model takes x, and the loss takes y.",
    ),
    (
        "inputs must match",
        "Arrays of different shapes are treated as if they were one.",
        "`gradients` is a list: clip one array after the other.",
    ),
    (
        "_unique_id",
        "The optimizer gets weights where it takes gradients, and gradients where weights.",
        "Gradients come first: apply(gradients, weights), and in pairs, zip(gradients, weights).",
    ),
    (
        r"apply_gradients\(\) takes",
        "apply_gradients gets two lists, and it takes one of pairs.",
        "zip(gradients, weights) makes pairs of two lists; `apply` takes the two as they are.",
    ),
    (
        "Incompatible shapes",
        "Two arrays are compared or computed with whose shapes do not fit.",
        "For each example the model gives a number for each class, and the label is one number. "
        "SparseCategoricalAccuracy takes just these two.",
    ),
    (
        "must have rank|squeeze axis",
        "Labels and predictions do not stand where they belong, or a loss or metric is for other "
        "labels than these.",
        "What is right comes first, and the guess second; losses and metrics are those that "
        "compile was given.",
    ),
    (
        r"Cannot get result\(\)",
        "The metrics that compile was given are never updated.",
        "compute_metrics(x, y, predictions) updates them and returns all.",
    ),
    (
        "attribute '_id'",
        "The tape is asked for the gradient of something that is no tensor.",
        "x.numpy() and NumPy give plain numbers, which the tape does not see: give the function x "
        "itself.",
    ),
    (
        "'str' object is not callable",
        'It calls the loss as compile was given it, and that may be a text, such as "mse".',
        "self.compute_loss computes the loss, in whichever way compile was given it.",
    ),
    (
        "SymbolicTensor",
        "By itself the step works, but inside fit it stops at a tensor that holds no number yet.",
        "fit makes a graph of it, and in a graph neither float() nor NumPy has anything to take.",
    ),
)


def _gradient(name, of, right, value, ask, hint):
    """A gradient on paper: of what, which, the value of that, and what to ask and to hint."""
    mistakes = [
        Mistake(value, f"{name} is not {{}}: that is `{of}` itself, and not its gradient.", hint)
    ]
    if right is not None:
        told = f"{name} is not {{}}: the tape knows a way from x to `{of}`."
        mistakes.append(Mistake(None, told, hint))
    return Value(name, right, hint, mistakes, ask, may_be_none=True)


exercise(
    "4.1",
    "Gradients on paper",
    why="Whoever can tell what a tape sees finds the reason for a None without searching long.",
    start="Go through the lines inside the block: which of them use x as a variable?",
)(
    OnPaper(
        _gradient(
            "my_one",
            "one",
            30,
            45,
            "Does the answer hold everything that x² is multiplied by?",
            "The gradient of x² is 2x, and c stands in front of it all the way.",
        ),
        _gradient(
            "my_two",
            "two",
            None,
            81,
            "To find a number, the tape must have noted every step of the way.",
            "Which line uses x on the way to `two`, and is that line inside the block?",
        ),
        _gradient(
            "my_three",
            "three",
            0,
            5,
            "How much does `three` change when x does?",
            "If x grows by 1, how much does 0 * x grow? None is for where the tape knows no way.",
        ),
        _gradient(
            "my_four",
            "four",
            3,
            9,
            "Which of the two x in `four` does the tape see?",
            "To the tape, x.numpy() is a plain number. What is the gradient of x * 3.0?",
        ),
        _gradient(
            "my_five",
            "one",
            None,
            45,
            "Which of x and c does the tape watch?",
            "Is c a variable? Does any line tell the tape to watch it?",
        ),
    )
)


def _call(function, *args, doing="called with a batch of eight", **kwargs):
    """Call a learner's function, with words for the errors that are usual in this lesson."""
    return call(function, *args, doing=doing, known=USUAL_ERRORS, **kwargs)


def _taped(function, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = function(x)
    return value, tape.gradient(value, x)


def _as_gradient(result, _):
    try:
        return np.asarray(result, "float64")
    except (TypeError, ValueError):
        raise Wrong(
            f"It returns {describe(result)}, and a gradient is a tensor.",
            "tape.gradient(y, x) gives it: return that, and nothing else.",
        ) from None


def _say_why_none(gradient_of, one):
    function, x = one.arguments
    if call(gradient_of, function, tf.Variable(x), doing="called with a variable") is None:
        raise Wrong(
            "It returns None: nothing is returned, or the tape knows no way from x to the result.",
            "Is there a `return`? If there is: function(x) belongs inside the block, and the "
            "gradient is that of its result for x, in this order.",
        )
    raise Wrong(
        "For a variable it returns the gradient, but for a plain tensor None.",
        "The tape watches variables unasked. Tell it to watch x, inside the block and before "
        "function(x).",
    )


NO_FORMULA = "Let the tape work it out from function(x): no formula, no steps of your own."

exercise(
    "4.2",
    "The gradient of any function",
    why="A tape needs no formula: it differentiates whatever TensorFlow can compute.",
    start="Begin with `with tf.GradientTape() as tape:`, and call function(x) inside.",
)(
    Function(
        right=lambda function, x: _taped(function, x)[1],
        calls=[
            Call((function, tf.constant(x)), f"asked for the gradient of {words}", NO_FORMULA)
            for words, function, x in (
                ("x², where x is 3", lambda x: x**2, 3.0),
                ("x³, where x is 2", lambda x: x**3, 2.0),
                (
                    "the sum of x², where x is [1, 2, -3]",
                    lambda x: tf.reduce_sum(x**2),
                    [1.0, 2.0, -3.0],
                ),
                ("1 / x, where x is 0.05", lambda x: 1 / x, 0.05),
                (
                    "the sum of x² / 4, where x has the shape (2, 3)",
                    lambda x: tf.reduce_sum(x**2) / 4,
                    [[0.3, -1.7, 2.5], [-0.2, 40.0, 0.01]],
                ),
                (
                    "the product of all x, where x is [2, -3, 0.5]",
                    tf.reduce_prod,
                    [2.0, -3.0, 0.5],
                ),
            )
        ],
        mistakes=[
            Mistake(
                lambda function, x: function(x),
                "It returns the function's value there, and not its gradient.",
                "The value is what the tape starts from: tape.gradient(value, x).",
            ),
            Mistake(
                _taped,
                "It returns the value and the gradient, and the gradient alone is asked for.",
                "A comma in what is returned makes two of it: return tape.gradient(y, x).",
            ),
            Mistake(
                lambda function, x: [_taped(function, x)[1]],
                "It returns the gradient inside a list.",
                "tape.gradient(y, x), where x is no list, gives the gradient itself.",
            ),
            Mistake(
                lambda function, x: tf.reduce_sum(_taped(function, x)[1]),
                "Where x is several numbers, it returns one for all of them.",
                "A gradient has the shape of x: return what tape.gradient(y, x) gives.",
            ),
            Mistake(lambda _, x: 2 * x, "It returns 2x, whatever the function is.", NO_FORMULA),
            Mistake(
                lambda function, x: abs(_taped(function, x)[1]),
                "A gradient below 0 comes out above 0.",
                "Return what tape.gradient(y, x) gives, as it is.",
            ),
        ],
        take=_as_gradient,
        when_none=_say_why_none,
        known=USUAL_ERRORS,
    )
)


@exercise(
    "4.3",
    "A training step as a function",
    why="All of training is this step, again and again, whatever the model, optimizer and loss.",
    start="Section 2 has such a step in train_step; here everything comes in as an argument.",
)
def _training_step(one_step):
    sparse, squares = keras.losses.SparseCategoricalCrossentropy, keras.losses.MeanSquaredError
    _judge_step(one_step, keras.optimizers.SGD, sparse, 8)
    with about(
        "With SGD and a crossentropy it is right, but not with Adam and the mean squared error"
    ):
        _judge_step(one_step, keras.optimizers.Adam, squares, 5, built=True)
    with about("With a model that is trained whole it is right, but not with one partly frozen"):
        _judge_step(one_step, keras.optimizers.SGD, sparse, 8, frozen=True)


def _noting(kind, y):
    """A loss of some kind of Keras, which knows its labels and notes that it is asked."""

    class Noting(kind):
        def __init__(self):
            super().__init__(name="loss")
            self.asked = 0

        def __call__(self, y_true, y_pred, sample_weight=None):
            labels, predictions = np.shape(y_true), np.shape(y_pred)
            if predictions == y.shape != labels:
                raise Wrong(
                    "The loss function gets the predictions first, and then the labels.",
                    "Losses and metrics in Keras take what is right first, and the guess second.",
                )
            symbolic = tf.is_symbolic_tensor(y_true)  # in a graph, which has no numbers
            require(
                symbolic or np.array_equal(np.ravel(y_true), np.ravel(y)),
                "The loss function gets something else than the labels `y`.",
                "It compares what is right, y, with what the model says of x.",
            )
            if isinstance(y_pred, np.ndarray):
                raise Wrong(
                    "The loss function gets plain NumPy numbers as predictions, and to the tape "
                    "they come from nowhere.",
                    "model.predict and .numpy() give plain numbers; the model, called, gives "
                    "tensors.",
                )
            self.asked += 1
            return super().__call__(y_true, y_pred, sample_weight)

    return Noting()


def _judge_step(one_step, kind, loss, size, built=False, frozen=False):
    """Judge one step; build the optimizer first if a tf.function may have made its variables."""
    x, y = _batch(size)
    if loss is keras.losses.MeanSquaredError:
        y = _one_hot(y)
    model, twin, loss_function, optimizer = _small_model(), _small_model(), loss(), kind(0.05)
    for one in (model, twin):
        one.layers[1].trainable = not frozen
    before = model.get_weights()
    if built:
        optimizer.build(model.trainable_variables)
    right, _ = _reference_step(twin, kind(0.05), loss_function, x, y)
    noting, given = _noting(loss, y), (x.copy(), y.copy())
    returned = _call(
        one_step, model, optimizer, noting, *given, doing=f"called with a batch of {size}"
    )
    require(
        np.array_equal(given[0], x) and np.array_equal(given[1], y),
        "It changes the batch that it is given.",
        "Whoever gave it needs it as it was: give what you compute another name.",
    )
    require(
        noting.asked,
        "It never calls `loss_function`.",
        "loss_function(y, predictions) is the loss.",
    )
    if not _same(model.get_weights(), twin.get_weights()):
        require(
            not frozen or _same(model.get_weights()[:2], before[:2]),
            *MOVES_FROZEN,
        )
        _say_how_it_moved(model, optimizer, before, twin.get_weights())
        raise Wrong(
            "The step moves the weights, but not as this loss and this optimizer do in one step.",
            "Compare it with section 2, line by line: the loss, the gradients, one apply.",
        )
    try:
        returned = as_number(returned, "What it returns")
    except Wrong:
        raise Wrong(
            f"It trains the model, but returns {_with_shape(returned)}: the loss is asked for, and "
            "nothing else.",
            "The last line is `return`, and the number that loss_function gave.",
        ) from None
    after = [float(loss_function(y, twin(x, training=mode))) for mode in (True, False)]
    require(
        not np.isclose(returned, after, rtol=1e-4).any(),
        "It returns the loss after the step, and the one before it is asked for.",
        "Return the loss that you have computed inside the block.",
    )
    require(
        np.isclose(returned, right, rtol=1e-4),
        f"It returns {returned:.4g}, which is not the loss of this batch.",
        "Return what loss_function gave, as it is.",
    )


def _with_shape(answer):
    shape = getattr(answer, "shape", None)
    return describe(answer) + (f" of shape {tuple(shape)}" if shape is not None else "")


def _say_how_it_moved(model, optimizer, before, right):
    """Raise `Wrong` if there are words for the way in which a step moves the weights wrongly."""
    moved = [now - old for now, old in zip(model.get_weights(), before, strict=True)]
    asked = [new - old for new, old in zip(right, before, strict=True)]
    moving = sum(bool(np.any(np.abs(one) > 1e-6)) for one in moved)
    to_move = sum(bool(np.any(one)) for one in asked)
    require(
        moving or not int(optimizer.iterations),
        "The optimizer makes its step, but the weights of the model stay where they were.",
        "Its gradients are zero, or they are those of another model. Ask for the gradients of the "
        "loss as the loss function gives it, not of the predictions, and of this model's weights.",
    )
    require(
        moving,
        "After the step, every weight is as it was before.",
        "The optimizer moves the weights: optimizer.apply(gradients, weights).",
    )
    require(
        int(optimizer.iterations),
        "The weights move, but its optimizer makes no step: something else moves them.",
        "What is to move them is the optimizer that is given: apply(gradients, weights) of that.",
    )
    require(
        moving == to_move,
        f"The step has moved only {moving} of the {to_move} weight arrays that are to be trained.",
        "Ask for the gradients of all trainable weights, and apply them all, in one call.",
    )
    require(
        any(model.get_layer("doubled").seen),
        "The model is called as if it were not training, so Dropout would do nothing.",
        "Say it in the call: training=True.",
    )
    flat, wanted = (np.concatenate([a.ravel() for a in arrays]) for arrays in (moved, asked))
    times = float(flat @ wanted / (wanted @ wanted))
    if np.allclose(flat, times * wanted, rtol=1e-2, atol=1e-5):
        require(
            times > 0,
            "The step moves the weights the wrong way: the loss grows.",
            "The optimizer goes against the gradients by itself. Apply what the tape gives.",
        )
        raise Wrong(
            f"Each weight moves {times:.3g} times as far as in one step of the optimizer.",
            "Take the loss as it comes, and call optimizer.apply once: it knows the learning rate.",
        )


def _lines(name, right, ask, hint):
    """How many lines a loop prints, on paper."""
    at_first = Mistake(
        0,
        f"{name} is not {{}}: at first there is no graph yet.",
        "Making a graph means that Python runs once, and prints.",
    )
    return Value(name, right, hint, [at_first], ask)


exercise(
    "4.4",
    "How often Python runs",
    why="When a loop is slower than it should be, retracing is the first thing to look for.",
    start="A graph is made for each new kind of argument. Which kinds come in the first loop?",
)(
    OnPaper(
        _lines(
            "my_first",
            1,
            "Do the tensors differ in kind, or only in what they hold?",
            "Tensors of one type and shape share a graph, whatever they hold.",
        ),
        _lines(
            "my_second",
            5,
            "What is it that comes in here?",
            "These are plain Python numbers, and no two are equal.",
        ),
        _lines(
            "my_third",
            2,
            "Which lengths are new when they come?",
            "A graph is kept: a length that has come before makes no new one.",
        ),
        _lines(
            "my_fourth",
            1,
            "What does the signature say of the length?",
            "In the signature, None stands for any length. And a graph is there in the next epoch, "
            "too.",
        ),
    )
)


@exercise(
    "4.5",
    "Mend a loop",
    why="Faults like these raise no error and make a curve that looks sensible and is not true.",
    start="Compare it with section 2: test_step, note, and when the loop calls them.",
)
def _mended(validation_curve):
    _judge_curve(validation_curve, "three", 3, 100, 80)
    with about("For three epochs it is right, but not for five with other images"):
        _judge_curve(validation_curve, "five", 5, 70, 50)


def _judge_curve(validation_curve, words, epochs, size, size_val):
    random = np.random.default_rng(0)
    x = -1 - random.permutation(size).astype("float32")[:, None]
    y = (x[:, 0] % 3).astype("int64")
    spread = random.permutation(size_val).astype("float32")[:, None]
    x_val = (0.5 + spread) * (epochs + 1) / size_val  # from 0 to the last threshold and one more
    y_val = (x_val[:, 0] > epochs - 1).astype("int64")  # the last epoch is not the best one
    model, got = _Threshold(), []

    def step(x_batch, y_batch):
        got.extend(np.ravel(x_batch))
        require(
            np.max(x_batch) >= 0 or np.array_equal(np.ravel(y_batch), np.ravel(x_batch) % 3),
            "`step` gets other labels than those of its images.",
            "Each batch of x goes to `step` with the y that belongs to it.",
        )
        model.threshold.assign_add(len(x_batch) / size)

    asked = f"called for {words} epochs"
    curve = _call(validation_curve, model, step, epochs, x, y, x_val, y_val, doing=asked)
    require(
        curve is not None,
        "It returns None, and a list is asked for.",
        "The last line returns the curve.",
    )
    try:
        curve = np.asarray(curve, "float64")
    except (TypeError, ValueError):
        raise Wrong(
            f"It returns {describe(curve)}, and a list of numbers is asked for.",
            "Start with an empty list, and append one accuracy after each epoch.",
        ) from None

    require(
        curve.ndim,
        "It returns a single number, and a list is asked for.",
        "The last line returns the curve, with one accuracy for each epoch.",
    )
    curve = curve.ravel()
    each = range(1, epochs + 1)
    hits = np.array([(x_val[:, 0] > epoch) == y_val for epoch in each])
    ends = [*range(32, size_val, 32), size_val]
    if _alike(curve, _running(~hits, [e * size_val + end for e in range(epochs) for end in ends])):
        raise NotAttempted
    require(
        max(got, default=-1) < 0,
        "It trains on validation images.",
        "`step` is only for batches of x and y.",
    )
    require(
        (len(got), len(curve)) != (size, 1),
        f"It ends after the first of {words} epochs.",
        "`return` ends the whole function: in which loop does it stand?",
    )
    require(
        len(got) == epochs * size,
        f"In {words} epochs of {size} images each, `step` gets {len(got)} images.",
        "In each epoch, every batch of x and y goes to `step` once.",
    )
    require(
        len(curve) == epochs,
        f"For {words} epochs the curve has {len(curve)} point{'s' * (len(curve) != 1)}.",
        "One point an epoch: in which loop does append stand?"
        if len(curve) > 1
        else "The list begins empty once, before the first epoch, and gets one point in each.",
    )
    right = hits.mean(axis=1)
    if _alike(curve, right):
        return
    require(
        not any(model.seen),
        "While it validates, the model is told that it is training.",
        "Compare the call of the model with that in test_step.",
    )
    require(
        not _alike(curve, _running(hits, [size_val * epoch for epoch in each])),
        "The first point is right; each later one drags along the epochs before it.",
        "A metric collects until somebody resets it.",
    )
    batches = np.array([[part.mean() for part in np.split(one, ends[:-1])] for one in hits])
    for other, told, hint in (
        (
            batches[:, -1],
            "Each point is the accuracy of the last batch alone.",
            "The metric is to be emptied once an epoch, not once a batch.",
        ),
        (
            batches.mean(axis=1),
            "Each point is the mean of what the batches have got, and the last batch is smaller.",
            "Every image counts alike. The metric keeps count by itself: ask it once, at the end.",
        ),
        (
            1 - right,
            "Each point is the share of wrong answers.",
            "The accuracy is the share of right ones.",
        ),
        (100 * right, "Each point is in per cent.", "An accuracy runs from 0 to 1."),
        (
            np.full(epochs, np.mean(y == 0)),
            "Each point is the accuracy on the training images.",
            "`x_val` and `y_val` are what the model is to be asked about.",
        ),
        (
            np.array([np.mean((x_val[:, 0] > epoch) == y_val) for epoch in range(epochs)]),
            "Each point is the accuracy from before its epoch.",
            "In an epoch, the model trains first, and is asked afterwards.",
        ),
    ):
        require(not _alike(curve, other), told, hint)
    require(
        curve.any(),
        "Every point of the curve is 0, as if the metric had seen nothing.",
        "Is it emptied before its result is taken? First append, then reset.",
    )
    epoch = int(np.argmin(np.isclose(curve, right)))
    raise Wrong(
        f"Point {epoch + 1} of the curve is {curve[epoch]:.1%}, and after that epoch the model "
        f"gets {right[epoch]:.1%} of the validation images right.",
        "In an epoch come all training batches, all validation batches, append, reset; and the "
        "metric takes the labels first, and the predictions second.",
    )


class _Threshold(keras.Model):
    """Says 1 for numbers above its threshold and 0 for others; while training, the other way."""

    def __init__(self):
        super().__init__(name="threshold")
        self.threshold = self.add_weight(shape=(), initializer="zeros", trainable=False)
        self.seen = []

    def call(self, inputs, training=False):
        self.seen.append(bool(training))
        scores = keras.ops.concatenate([self.threshold - inputs, inputs - self.threshold], axis=-1)
        return -scores if training else scores


def _running(hits, ends):
    """The share of hits from the start of all epochs up to each of these places."""
    return np.array([hits.ravel()[:end].mean() for end in ends])


def _alike(curve, other):
    return curve.shape == other.shape and np.allclose(curve, other, atol=1e-4)


@exercise(
    "4.6",
    "A step that clips",
    why="Your step runs inside fit, so bars, validation, callbacks and the graph come for free.",
    start="Copy TapeModel from section 6 under the new name, and see where the gradients come out.",
)
def _clipped(answer):
    judge_class(answer, keras.Model, "train_step")
    _judge_one_step(answer)
    _judge_in_fit(answer)
    _judge_other_rate(answer)
    with about("With a model that is trained whole it is right, but not with one partly frozen"):
        _judge_one_step(answer, frozen=True)


def _judge_other_rate(answer):
    (x, y), model, twin = _batch(8), _compiled(answer, rate=0.25), _small_model()
    loss_function = keras.losses.SparseCategoricalCrossentropy()
    _reference_step(twin, keras.optimizers.SGD(0.25), loss_function, x, y, limit=0.01)
    _call(model.train_step, (x, y))
    require(
        _same(model.get_weights(), twin.get_weights()),
        "With a learning rate of 1 it is right, but not with 0.25: not the gradients are cut, but "
        "how far the weights move.",
        "The limits are for what tape.gradient gives, before the optimizer gets it.",
    )


def _judge_one_step(answer, frozen=False):
    x, y = _batch(8)
    model, twin, plain = _compiled(answer), _small_model(), _small_model()
    for one in (model, twin, plain):
        one.layers[1].trainable = not frozen
    before = model.get_weights()
    loss_function = keras.losses.SparseCategoricalCrossentropy()
    _reference_step(twin, keras.optimizers.SGD(1.0), loss_function, x, y, limit=0.01)
    _reference_step(plain, keras.optimizers.SGD(1.0), loss_function, x, y)
    noting = _noting(keras.losses.SparseCategoricalCrossentropy, y)
    model.compile(model.optimizer, loss=noting, metrics=["accuracy"])
    results = _call(model.train_step, (x, y))
    require(
        noting.asked,
        "It takes another loss: it is not the one that compile was given.",
        "self.compute_loss uses the loss of compile, whichever that is.",
    )
    if not _same(model.get_weights(), twin.get_weights()):
        require(
            not frozen or _same(model.get_weights()[:2], before[:2]),
            *MOVES_FROZEN,
        )
        require(
            not _same(model.get_weights(), plain.get_weights()),
            "The weights move just as in plain fit, as if no gradient were clipped.",
            "Clip the gradients before they are applied, and apply the clipped ones.",
        )
        steps = int(model.optimizer.iterations)
        require(
            steps <= 1,
            f"For one batch, the optimizer takes {steps} steps.",
            "One call of apply is enough. Is there another one, or a call of super().train_step, "
            "which makes a step of its own?",
        )
        moves, steps = (
            np.concatenate(
                [(b - a).ravel() for a, b in zip(one.get_weights(), before, strict=True)]
            )
            for one in (model, plain)
        )
        large, ends = np.abs(steps) > 0.01, np.cumsum([one.size for one in before])[:-1]
        require(
            not np.allclose(moves, np.where(large, 0, steps), atol=1e-6),
            "Where a gradient is too large, the weight does not move at all.",
            "What is beyond a limit becomes that limit, and not 0.",
        )
        _say_how_it_moved(model, model.optimizer, before, twin.get_weights())
        lengths = [
            float(a @ b / max(b @ b, 1e-12))
            for a, b in zip(np.split(moves, ends), np.split(steps, ends), strict=True)
        ]
        shorter = np.repeat(lengths, [one.size for one in before]) * steps
        require(
            not np.allclose(moves, shorter, atol=1e-6),
            "Each gradient is made shorter as a whole, with those of its numbers that are small.",
            "Cut number by number, as tf.clip_by_value does; what is within the limits stays.",
        )
        require(
            max(np.abs(one).max() for one in model.get_weights()) > 0.0101,
            "It is the weights that are cut, and not their gradients.",
            "The limits are for what tape.gradient gives, before the optimizer gets it.",
        )
        furthest = max(
            np.abs(a - b).max() for a, b in zip(model.get_weights(), before, strict=True)
        )
        raise Wrong(
            "No weight moves too far, but not each by its own gradient, cut at the limits."
            if np.isclose(furthest, 0.01, rtol=1e-2)
            else f"With a learning rate of 1, the furthest that a weight moves is {furthest:.2g}, "
            "and with these limits it is 0.01.",
            "In every gradient, what is above 0.01 becomes 0.01, what is below -0.01 becomes "
            "-0.01, and the rest stays.",
        )
    require(
        isinstance(results, dict),
        f"Its train_step returns {describe(results)}, and fit needs a dictionary of results.",
        "compute_metrics returns such a dictionary: return that.",
    )


def _judge_in_fit(answer):
    x, y = _batch(24)
    model, twin, optimizer = _compiled(answer, "mse"), _small_model(), keras.optimizers.SGD(1.0)
    squares, losses, hits = keras.losses.MeanSquaredError(), [], []
    for part in (slice(0, 8), slice(8, 16), slice(16, 24)):
        step = optimizer, squares, x[part], _one_hot(y[part])
        loss, predictions = _reference_step(twin, *step, limit=0.01)
        losses.append(loss)
        hits.extend(np.argmax(predictions, axis=-1) == y[part])
    options = {"batch_size": 8, "shuffle": False, "verbose": 0}
    doing = "by itself the step works, but inside fit"
    history = _call(model.fit, x, _one_hot(y), doing=doing, **options).history
    for name in ("loss", "accuracy"):
        require(
            name in history,
            f"fit does not report the {name}.",
            "fit shows what train_step returns: return all that compute_metrics gives.",
        )
    loss, right = history["loss"][0], np.mean(losses)
    require(
        loss != 0,
        "After an epoch, fit reports a loss of 0: nobody has told the metric.",
        "The first of self.metrics is the mean loss. Update it with each batch.",
    )
    require(
        np.isclose(loss, right, rtol=1e-3),
        f"After an epoch of three batches, fit reports a loss of {loss:.4g}; the mean of their "
        f"losses is {right:.4g}.",
        "compute_loss gives the loss of a batch; the first of self.metrics makes the mean.",
    )
    require(
        _same(model.get_weights(), twin.get_weights()),
        "One step is right, but after three with another loss the weights are not.",
        "Use the loss that compile was given, and do the same for each batch.",
    )
    require(
        np.isclose(history["accuracy"][0], np.mean(hits), atol=1e-4),
        "After an epoch, the accuracy that fit reports is not that of all its batches.",
        "compute_metrics(x, y, predictions) updates it with each batch.",
    )


class _Doubled(layers.Layer):
    """Does something in training only, as Dropout does, but always the same, and notes it."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seen = []

    def call(self, inputs, training=False):
        self.seen.append(bool(training))
        return 2 * inputs if training else inputs


def _small_model(kind=keras.Model):
    """A model of some class, always with the same weights; it draws no random numbers."""
    inputs = keras.Input((4,))
    x = layers.Dense(5, activation="tanh", kernel_initializer="zeros")(inputs)
    x = _Doubled(name="doubled")(x)
    outputs = layers.Dense(3, activation="softmax", kernel_initializer="zeros")(x)
    model = call(kind, inputs, outputs, doing="made with inputs and outputs, as in section 6")
    random = np.random.default_rng(0)
    model.set_weights([random.normal(0, 0.5, w.shape) for w in model.get_weights()])
    model.get_layer("doubled").seen.clear()
    return model


def _compiled(kind, loss="sparse_categorical_crossentropy", rate=1.0):
    model = _small_model(kind)
    model.compile(keras.optimizers.SGD(rate), loss=loss, metrics=["accuracy"])
    return model


def _batch(size):
    random = np.random.default_rng(1)
    return random.normal(0, 1, (size, 4)).astype("float32"), random.integers(0, 3, size)


def _one_hot(labels):
    return np.eye(3, dtype="float32")[labels]


def _reference_step(model, optimizer, loss_function, x, y, limit=np.inf):
    with tf.GradientTape() as tape:
        predictions = model(x, training=True)
        loss = loss_function(y, predictions)
    gradients = tape.gradient(loss, model.trainable_variables)
    gradients = [tf.clip_by_value(one, -limit, limit) for one in gradients]
    optimizer.apply(gradients, model.trainable_variables)
    return float(loss), predictions


def _same(weights, others):
    pairs = zip(weights, others, strict=True)
    return all(np.allclose(one, other, rtol=1e-4, atol=1e-6) for one, other in pairs)
