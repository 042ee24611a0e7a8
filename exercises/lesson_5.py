"""The exercises of lesson 5, CIFAR-100."""

import copy
import time
from contextlib import contextmanager

from exercises.checking import exercise
from exercises.kinds import Call, Function, Mistake, Network, OnPaper, Shape, Trained, Value
from exercises.networks import built_model
from exercises.verdicts import NotAttempted, Wrong, as_number, call, describe, require, unknown_name
from helpers.data import load_cifar100, scale_images

import keras
import numpy as np
from keras import layers

SECONDS = 20  # allowed in 5.8, where the lesson's solution needs two or three
GOAL = 0.08
IMAGES, JUDGED = 4_000, 1_600
MARKS = np.random.default_rng(8).integers(0, 256, (10, 1, 1, 3), "uint8") * np.ones(
    (1, 32, 32, 1), "uint8"
)


def _dense_count(pooling, arriving):
    """How many parameters 100 dense units have, after a layer that hands on so many numbers."""
    weights, whole = arriving * 100, (3 * 3 * 3 + 1) * 16 + (3 * 3 * 16 + 1) * 32
    return Value(
        f"The parameter count with {pooling}",
        weights + 100,
        "Flatten hands on height × width × channels numbers, global pooling one for each channel. "
        "Each of the 100 units has a weight for each of those, and one bias.",
        [
            *(
                Mistake(
                    weights + biases,
                    f"With {pooling}, {{}} parameters are the weights {biased}.",
                    "Each of the 100 dense units has one bias.",
                )
                for biases, biased in ((0, "without biases"), (1, "and a single bias"))
            ),
            Mistake(
                arriving,
                f"With {pooling}, {{}} numbers arrive at the dense layer, and its parameters are "
                "asked for.",
                "Each of its 100 units has a weight for every number that arrives, and one bias.",
            ),
            Mistake(
                weights + 100 + whole,
                f"With {pooling}, {{}} parameters are those of the whole model, and only the dense "
                "layer is asked about.",
                "Leave out what the two Conv2D layers have.",
            ),
        ],
    )


SIDES = "64 becomes 62, 31, and 29. How many windows of 3 fit wholly into 29, side by side?"

exercise(
    "5.1",
    "What arrives at the dense layer",
    why="How many numbers arrive at the first dense layer decides how large a network is.",
    start="Follow the height alone from layer to layer: what does a window of 3 × 3 leave of 64?",
)(
    OnPaper(
        Shape(
            (9, 9, 32),
            hints=(
                SIDES,
                SIDES,
                "Each filter of the second Conv2D makes one channel, and pooling keeps the "
                "channels. They stand last: (height, width, channels).",
            ),
            of="a pooling layer",
        ),
        _dense_count("Flatten", 9 * 9 * 32),
        _dense_count("GlobalAveragePooling2D", 32),
    )
)


def cifar_network() -> keras.Model:
    """The course's CIFAR network, for images of shape (32, 32, 3)."""
    return keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(256, activation="relu"),
            layers.Dense(100, activation="softmax"),
        ]
    )


def _no_model_inside(model):
    inside = [describe(one) for one in model.layers if isinstance(one, keras.Model)]
    require(
        not inside,
        f"It holds another model, {inside[0] if inside else ''}, and is to hold the layers only.",
        "Put each layer into it by itself, without a list or another model around several.",
    )


exercise(
    "5.2",
    "The CIFAR network as a list",
    why="A network without branches is a list, and this is the shortest way to write it.",
    start="keras.Sequential([keras.Input(...), ...]), and then one line for each point.",
)(Network(cifar_network, "list"))

exercise(
    "5.3",
    "The CIFAR network as a graph",
    why="Written like this, it could branch at any line, or give out what is in its middle.",
    start="Begin with inputs = keras.Input(...), and call the first layer on it.",
)(Network(cifar_network, "graph", then=_no_model_inside))

exercise(
    "5.4",
    "The CIFAR network as a class",
    why="You can write this network in all three styles; from now on, choose the one that fits.",
    start="class Name(keras.Model): with the layers in __init__, and the way through them in call.",
)(Network(cifar_network, "class", then=_no_model_inside))


@exercise(
    "5.5",
    "Mend a callback",
    why="It ends training in time, and costs nothing of what was learnt up to the best epoch.",
    start="Copy the callback from the text above, and go through what it is to do point by point.",
)
def _mended_callback(stop):
    require(
        isinstance(stop, keras.callbacks.Callback),
        f"The answer is {describe(stop)}, and a callback is asked for.",
        "keras.callbacks.EarlyStopping(...), with its brackets, makes one. The list in which `fit` "
        "takes it is not needed here.",
    )
    if isinstance(stop, keras.callbacks.EarlyStopping):
        _judge_early_stopping(stop)
    for losses in TRAININGS:
        _judge_callback(stop, losses)


# In the first, the best comes in epoch 5, epoch 7 only equals it, and epoch 10 would be better.
TRAININGS = (
    [4.0, 3.5, 3.6, 3.7, 3.2, 3.3, 3.2, 3.4, 3.5, 3.1, 3.0, 3.3],
    [2.0, 2.4, 2.3, 2.2, 1.0],
    [7.0, 6.99, 6.989, 6.9885, 6.9889, 6.989, 6.9886, 6.0],
    [350.0, 340.0, 345.0, 341.0, 340.5, 200.0],
    [0.5, 0.4, 0.45, 0.44, 0.3, 0.31, 0.32],
)


def _judge_callback(stop, losses):
    """Compare when a callback stops a training of these validation losses, and what it keeps."""
    names = "`logs` has the same names as a history: look at history.history.keys()."
    ended, kept = call(
        _try_in_training,
        stop,
        losses,
        doing="tried in a training",
        known=[("KeyError", None, names)],
    )
    right, best = _stop_and_best(losses, 3)
    stops = right - best == 3
    told = f"In a training whose validation loss goes {', '.join(map(str, losses))}"
    hint = f"The best is epoch {best}, and then three epochs bring nothing lower: " + (
        f"{best + 1}, {best + 2} and {best + 3}."
    )
    if not stops:
        hint = f"The best is epoch {best}, and fewer than three epochs follow it."
    if isinstance(stop, keras.callbacks.EarlyStopping):
        hint += " Leave out all settings that the text says nothing of."
    elif type(stop).__module__.startswith("keras."):
        hint = f"{type(stop).__name__} is made for something else. Which callback ends training?"
    require(
        ended == (right if stops else None),
        f"{told}, it stops after epoch {ended}: that is not when it should."
        if ended
        else f"{told}, it does not stop in {len(losses)} epochs.",
        hint,
    )
    require(
        kept == best or not stops,
        f"{told}, it stops rightly, but the network ends with the weights of epoch {kept}.",
        f"Epoch {best} has the lowest loss before it stops.",
    )


def _judge_early_stopping(stop):
    """Say which of its settings is not as asked for."""
    if (stop.monitor, stop.patience, stop.restore_best_weights) == ("loss", 1, False):
        raise NotAttempted
    require(
        stop.monitor in ("loss", "accuracy", "val_loss", "val_accuracy"),
        f"It watches {stop.monitor!r}, and `fit` has no figure of that name.",
        "Look at the names in a history: history.history.keys().",
    )
    require(
        stop.monitor == "val_loss",
        f"It watches {stop.monitor!r}, and that is not the validation loss.",
        "You need the loss among the figures for the validation images: val_ and then its name."
        if stop.monitor == "val_accuracy"
        else "In the history of `fit`, the figures for the validation images begin with val_.",
    )
    require(
        stop.mode != "max",
        'With mode="max" it takes a higher loss for a better one.',
        "Leave out mode: Keras knows that a loss should be low.",
    )
    require(
        stop.patience or not stop.min_delta,
        f"Its patience is 0: the {abs(stop.min_delta):g} has gone to min_delta, the second thing "
        "between its brackets.",
        "Write the setting's name before its value: patience=...",
    )
    require(
        stop.patience == 3,
        f"Its patience is {stop.patience}, and the text asks for another.",
        "patience is the number of epochs in a row without a lower loss, after which training "
        "stops.",
    )
    require(
        stop.restore_best_weights,
        "It stops in time, but the network then has the weights of its last epoch.",
        "EarlyStopping has a setting that restores the best weights; section 4 uses it.",
    )


def _try_in_training(stop, losses):
    """Let a callback watch a training that only pretends, and whose weight is the epoch's number.

    Returns:
        The epoch after which it stopped, or None, and the epoch whose weights the model has then.
    """
    stop = copy.copy(stop)  # the learner's own stays as it is, and any model it has seen
    stop.set_model(None)
    stop = copy.deepcopy(stop)
    stop.verbose = 0
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1, use_bias=False)])
    model.compile(loss="mse", metrics=["accuracy"])
    model.stop_training = False
    stop.set_params({"epochs": len(losses), "steps": 1, "verbose": 0})
    stop.set_model(model)
    stop.on_train_begin()
    logs, ended = {}, None
    for epoch, loss in enumerate(losses):
        stop.on_epoch_begin(epoch)
        model.set_weights([np.full((1, 1), epoch + 1.0)])
        better = (epoch + 1) / len(losses)
        logs = {"loss": 1 - better, "accuracy": better, "val_accuracy": better, "val_loss": loss}
        stop.on_epoch_end(epoch, logs)
        if model.stop_training:
            ended = epoch + 1
            break
    stop.on_train_end(logs)
    return ended, int(model.get_weights()[0].item())


def _stop_and_best(losses, patience):
    """After which epoch training stops, by the rule of 5.5 and 5.6, and the best epoch by then."""
    best, epoch = 1, 1
    while epoch < len(losses) and epoch - best < patience:
        epoch += 1
        if losses[epoch - 1] < losses[best - 1]:
            best = epoch
    return epoch, best


def _never_reset(losses, patience):
    best = waited = epoch = 0
    while waited < patience and epoch + 1 < len(losses):
        epoch += 1
        if losses[epoch] < losses[best]:
            best = epoch
        else:
            waited += 1
    return epoch + 1, best + 1


def _against_the_one_before(losses, patience):
    best = waited = epoch = 0
    while waited < patience and epoch + 1 < len(losses):
        epoch += 1
        best = epoch if losses[epoch] < losses[best] else best
        waited = 0 if losses[epoch] < losses[epoch - 1] else waited + 1
    return epoch + 1, best + 1


def _equal_is_better(losses, patience):
    return _stop_and_best([loss - 1e-9 * place for place, loss in enumerate(losses)], patience)


def _with_best(best):
    """A rule that stops as it should, and gives something else of the losses up to there."""

    def rule(losses, patience):
        stop, right = _stop_and_best(losses, patience)
        return stop, best(losses, stop, right if stop - right == patience else stop)

    return rule


def _pair(result, call):
    """Take what a rule returned as two numbers."""
    told = f"{call.doing[0].upper()}{call.doing[1:]}"
    pair = tuple(result) if isinstance(result, tuple | list | np.ndarray) else ()
    require(
        len(pair) == 2,
        f"{told}, it returns {len(pair) or describe(result)}"
        f"{' numbers' if pair else ''}, and two numbers are asked for.",
        "It must return two numbers, `return a, b`, however the loop ends.",
    )
    pair = [as_number(number, f"{told}, one of the two numbers") for number in pair]
    return tuple(int(number) if number % 1 == 0 else number for number in pair)


def _losses(hint, patience, *losses):
    told = f"called with the losses {[*losses]} and a patience of {patience}"
    return Call(([*losses], patience), told, hint)


def _drawn_losses():
    random = np.random.default_rng(0)
    for _ in range(200):
        low, step = random.choice(((1.0, 0.1), (7.0, 0.01), (-2.0, 0.1), (500.0, 5.0)))
        losses = low + step * random.integers(0, 20, random.integers(1, 15))
        yield _losses(
            "Go through these losses with a pencil: the best so far, and how long ago it was.",
            int(random.integers(1, 5)),
            *(round(loss, 2) for loss in losses.tolist()),
        )


exercise(
    "5.6",
    "A stopping rule",
    why="The same few lines stop any loop, whatever it trains.",
    start="Go through the losses with a for loop, and keep the best so far and its epoch.",
)(
    Function(
        _stop_and_best,
        calls=[
            _losses(
                "The best is epoch 2; after epochs 3 and 4, two in a row brought nothing lower.",
                *(2, 3.5, 2.9, 3.0, 3.1, 3.2),
            ),
            _losses(
                "Nothing ever says stop here: it goes on to the last epoch, which is also the "
                "best.",
                *(2, 3.5, 2.9, 2.8),
            ),
            _losses(
                "Compare each loss with the best so far, and not with the one just before it.",
                *(3, 3.0, 2.0, 2.9, 2.5, 2.2, 2.1),
            ),
            _losses(
                "Each new best starts the waiting anew: epoch 3 is one stumble, and epoch 4 "
                "forgets it. What comes after the stop is never seen.",
                *(2, 3.0, 2.0, 2.5, 1.9, 2.4, 2.3, 1.0),
            ),
            _losses("A loss that only equals the best is not lower.", 2, 3.0, 2.0, 2.0, 2.0, 1.0),
            _losses("With a patience of 1, the first loss not lower ends it.", 1, 2.0, 3.0),
            _losses("Patience may be longer than the training.", 5, 2.0, 2.5, 2.4, 2.6),
            *_drawn_losses(),
        ],
        mistakes=[
            Mistake(
                lambda *given: tuple(epoch - 1 for epoch in _stop_and_best(*given)),
                "It counts epochs from 0, and the first one is to be epoch 1.",
                "enumerate(losses, start=1) counts like that.",
            ),
            *(
                Mistake(
                    lambda losses, _, patience=patience: _stop_and_best(losses, patience),
                    f"It waits for {patience} epochs, whatever the patience.",
                    "How long it waits is the second thing that it is given.",
                )
                for patience in (1, 2, 3)
            ),
            Mistake(
                _never_reset,
                "It counts all epochs that bring nothing lower, and not those in a row.",
                "Each new best starts the waiting anew.",
            ),
            Mistake(
                _against_the_one_before,
                "It compares each loss with the one just before it.",
                "Compare each with the best so far: training ends when that stays for long.",
            ),
            Mistake(
                _equal_is_better,
                "It takes a loss that only equals the best for a better one.",
                "Only a lower loss is better: `<`, and not `<=`.",
            ),
            Mistake(
                _with_best(lambda losses, *_: losses.index(min(losses)) + 1),
                "It looks for the best epoch also among those after the stop.",
                "Training has ended by then: those losses are never seen.",
            ),
            Mistake(
                _with_best(lambda losses, stop, _: min(losses[:stop])),
                "The second number is the best loss, and its epoch is asked for.",
                "Keep two things of the best so far: its loss to compare with, and its epoch.",
            ),
            Mistake(
                _with_best(lambda losses, stop, right: right),
                "Where nothing says stop, it takes the last epoch for the best.",
                "The best may lie before the last epoch, fewer than `patience` epochs back.",
            ),
        ],
        take=_pair,
        known=[unknown_name("the losses")],
    )
)


def _one_share(result, call):
    """Take what a function of 5.7 returned as one number."""
    require(
        np.ndim(result) == 0,
        f"It returns an array of shape {np.shape(result)}, and one number is asked for.",
        "The mean of an array is one number.",
    )
    return as_number(result, "What it returns")


def _images_and_labels(seed, count, classes):
    """Make a `Call` with probabilities, the right class at any place among the others."""
    random = np.random.default_rng(seed)
    places = random.permutation(np.arange(count) * 7 % min(classes, 12))
    probabilities = random.dirichlet(np.ones(classes), count).astype("float32")
    labels = probabilities.argsort(axis=1)[:, ::-1][np.arange(count), places]
    return Call(
        (probabilities, labels),
        f"called with {count} images and {classes} classes, where the right class is among the "
        f"five most probable for {np.sum(places < 5)} images",
        "Find the five classes with the largest probabilities in each row, ask for each row "
        "whether its own label is among them, and divide by the images that it is given.",
    )


def _share(first, last, of=np.argsort):
    """A top-5 accuracy that looks at other places than the last five."""
    return lambda probabilities, labels: np.mean(
        np.any(of(probabilities, axis=1)[:, first:last] == labels[:, np.newaxis], axis=1)
    )


TOP_5 = _share(-5, None)

exercise(
    "5.7",
    "Top-5 accuracy by hand",
    why="A metric of your own is often one line, and you know exactly what it counts.",
    start="probabilities.argsort(axis=1) has the least probable class first in each row.",
)(
    Function(
        TOP_5,
        calls=[
            _images_and_labels(*sizes)
            for sizes in ((0, 21, 30), (1, 50, 12), (2, 7, 100), (3, 1, 40), (4, 33, 6))
        ],
        mistakes=[
            *(
                Mistake(
                    share,
                    f"It {does}.",
                    "An answer is right if the right class is the most probable one or one of the "
                    "four after it. argsort has those at the end of each row.",
                )
                for share, does in (
                    (_share(-1, None), "counts only the most probable class"),
                    (_share(-5, -1), "passes over the most probable class"),
                    (_share(-4, None), "looks at four classes, not five"),
                    (_share(-6, None), "looks at six classes, not five"),
                    (_share(0, 5), "looks at the least probable classes"),
                    (lambda *given: 1 - TOP_5(*given), "gives the share of wrong answers"),
                )
            ),
            *(
                Mistake(
                    lambda p, labels, factor=factor: TOP_5(p, labels) * factor(p, labels),
                    f"It {does}.",
                    "The mean of True and False is a share, since True counts as 1: `any` along "
                    "axis=1 makes one of each image, and then comes the mean.",
                )
                for factor, does in (
                    (lambda p, labels: len(labels), "counts right answers, without dividing"),
                    (lambda p, labels: 100, "returns per cent, and not a share from 0 to 1"),
                    (lambda p, labels: 1 / 5, "gives a fifth of the share"),
                    (lambda p, labels: len(p) / len(p[0]), "divides by the number of classes"),
                )
            ),
            Mistake(
                _share(-5, None, of=np.sort),
                "It finds none right.",
                "Compare each label with classes, such as argsort gives, and not with "
                "probabilities, such as sort gives.",
            ),
            Mistake(
                lambda p, labels: TOP_5(p[:1], labels[:1]) / len(labels),
                "It stops after the first image.",
                "A `return` inside the loop ends the function after its first image.",
            ),
            *(
                Mistake(
                    lambda *given, digits=digits: np.round(TOP_5(*given), digits),
                    "The share that it returns is rounded.",
                    "Return the share as it is, with all its digits.",
                )
                for digits in (1, 2, 3, 4)
            ),
        ],
        take=_one_share,
        known=[
            (
                r"shapes (\(5,\d+\)) (\(.*\))",
                r"It stops: shapes \1 and \2 do not fit together.",
                "Five classes for each image are (21, 5). Along which axis do you sort, and of "
                "which axis do you take five?",
            ),
            (
                r"shapes (\(.*\)) (\(21,\))",
                r"It stops: shapes \1 and \2 do not fit together.",
                "Each label must stand beside its own five: labels[:, np.newaxis] has the shape "
                "(21, 1).",
            ),
            (
                "AxisError|IndexError: too many indices",
                None,
                "It is given `probabilities` first, an array with two axes, and then `labels`, "
                "with one.",
            ),
        ],
        rtol=1e-6,
    )
)


RENUMBERED = np.random.default_rng(0).permutation(100)  # whoever trains on other labels is found
TRAINED = Trained(
    lambda *sizes: [(x, RENUMBERED[y]) for x, y in load_cifar100(*sizes)], classes=100, goal=GOAL
)


@contextmanager
def _marked(images, labels):
    """While this context lasts, validation images are of ten plain colours, with labels 0 to 9.

    Who has trained on them then knows these colours.
    """
    kept = images.copy(), labels.copy()
    numbers = np.arange(len(images)) % len(MARKS)
    try:
        images[:], labels[:] = MARKS[numbers], numbers.reshape(-1, *labels.shape[1:])
        yield
    finally:
        images[:], labels[:] = kept


@exercise(
    "5.8",
    "Good enough in twenty seconds",
    why="With little time, choosing what not to compute is most of the skill.",
    start="Make the CIFAR network, compile it, let it fit x and y for a few epochs, and return it.",
)
def _train_quickly(train, x_train, y_train, x_val, y_val):
    require(
        not isinstance(train, keras.Model),
        "The answer is a model, and a function that makes and trains one is asked for.",
        "Pass the function's name without brackets: the check calls it, and looks at the clock.",
    )
    images, labels = x_train[:IMAGES], RENUMBERED[y_train[:IMAGES]]
    x, y = scale_images(images), labels.copy()  # the learner's own, to shuffle or to scale anew
    before = time.perf_counter(), time.process_time()
    doing = f"called with {len(x):,} images and their labels"
    one_hot = "Its loss is categorical_crossentropy, which is for labels that are one-hot rows."
    known = [
        ("must have the same rank", one_hot, "These labels are whole numbers."),
        (
            "Graph execution error",
            "Called with images and their labels, `fit` stops at these labels.",
            "They are whole numbers from 0 to 99: there must be an answer for each class.",
        ),
    ]
    with _marked(x_val, y_val):
        model = call(train, x, y, doing=doing, known=known)
    # The processor's time, where other work on the machine has made the clock's longer than that.
    seconds = min(time.perf_counter() - before[0], time.process_time() - before[1])
    require(
        isinstance(model, keras.Model),
        f"The function returns {describe(model)}, and the trained model is asked for.",
        "Its last line is `return` and the name of the model. (`fit` itself returns a History.)",
    )
    model = built_model(model, [keras.Input((32, 32, 3))])
    require(
        seconds <= SECONDS,
        f"It took {seconds:.1f} seconds, and {SECONDS} are allowed.",
        "Fewer epochs, larger batches, fewer filters, or pooling before the costly layers.",
    )
    known_marks = np.argmax(model.predict(scale_images(MARKS), verbose=0), axis=-1) == range(10)
    require(
        np.mean(known_marks) < 0.7,
        "It has trained on the validation images.",
        "Train on x and y, which the function is given, and on nothing else.",
    )
    x_val, y_val = scale_images(x_val[:JUDGED]), y_val[:JUDGED]
    try:
        TRAINED(model, x_val, RENUMBERED[y_val], scale_images(images), labels)
    except Wrong:
        answers = np.argmax(model.predict(x_val, verbose=0), axis=-1)
        require(
            np.mean(answers == np.ravel(y_val)) < GOAL,
            "It has not trained on the labels that it is given, which the check has numbered anew: "
            "it knows the numbers of y_train or y_val.",
            "Train on x and y, which the function is given, and on nothing else.",
        )
        raise
