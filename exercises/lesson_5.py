"""The exercises of lesson 5, CIFAR-100."""

import contextlib
import copy
import io
import time

from exercises.checking import exercise
from exercises.networks import built_model, judge_network
from exercises.training import accuracy_of
from exercises.verdicts import (
    NotAttempted,
    Wrong,
    as_image_shape,
    as_number,
    call,
    describe,
    require,
    unknown_name,
)
from helpers.data import load_cifar100, scale_images

import keras
import numpy as np
from keras import layers

SECONDS = 20  # allowed in 5.8, where the lesson's solution needs two or three
GOAL = 0.08
IMAGES, JUDGED = 4_000, 1_600


@exercise(
    "5.1",
    "What arrives at the dense layer",
    why="How many numbers arrive at the first dense layer decides how large a network is.",
    start="Follow the height alone from layer to layer: what does a window of 3 × 3 leave of 64?",
)
def _on_paper(shape, flat, pooled):
    hint = "Each filter of the second Conv2D makes one channel, and pooling keeps the channels."
    shape = as_image_shape(shape, channels=32, hint=hint, of="a pooling layer")
    for place, side in enumerate(("height", "width")):
        require(
            shape[place] == 9,
            f"The {side} is not {shape[place]}.",
            "64 becomes 62, 31, and 29. How many windows of 3 fit wholly into 29, side by side?",
        )
    _judge_dense(flat, "with Flatten", arriving=9 * 9 * 32)
    _judge_dense(pooled, "with GlobalAveragePooling2D", arriving=32)


def _judge_dense(count, where, arriving):
    """Judge how many parameters a layer of 100 dense units has."""
    count = as_number(count, f"The count {where}")
    convolutions, right = (3 * 3 * 3 + 1) * 16 + (3 * 3 * 16 + 1) * 32, (arriving + 1) * 100
    require(
        count != arriving * 100,
        f"{count:,.0f} parameters {where} are the weights, but something is left out.",
        "Each of the 100 dense units has one bias.",
    )
    require(
        count != arriving,
        f"{count:,.0f} numbers arrive at the dense layer {where}; how many parameters does it "
        "have for them?",
        "Each of its 100 units has a weight for every number that arrives, and one bias.",
    )
    require(
        count != right + convolutions,
        f"{count:,.0f} parameters are those of the whole model {where}, and only the dense layer "
        "is asked about.",
        "Leave out what the two Conv2D layers have.",
    )
    require(
        count == right,
        f"The dense layer {where} does not have {count:,.0f} parameters.",
        "Flatten hands on height × width × channels numbers, global pooling one for each channel. "
        "Each of the 100 units has a weight for each of those, and one bias.",
    )


@exercise(
    "5.2",
    "The CIFAR network as a list",
    why="A network without branches is a list, and this is the shortest way to write it.",
    start="keras.Sequential([keras.Input(...), ...]), and then one line for each point.",
)
def _as_list(model):
    _judge_cifar(model, "list")


@exercise(
    "5.3",
    "The CIFAR network as a graph",
    why="Written like this, it could branch at any line, or give out what is in its middle.",
    start="Begin with inputs = keras.Input(...), and call the first layer on it.",
)
def _as_graph(model):
    _judge_cifar(model, "graph")
    inside = [one for one in model.layers if isinstance(one, keras.Model)]
    require(
        not inside,
        f"The graph holds a model, a {type(inside[0]).__name__ if inside else ''}, and it is to "
        "be one of layers, with no list in it.",
        "Call each layer by itself on what the one before it gave.",
    )


@exercise(
    "5.4",
    "The CIFAR network as a class",
    why="You can write this network in all three styles; from now on, choose the one that fits.",
    start="class Name(keras.Model): with the layers in __init__, and the way through them in call.",
)
def _as_class(model):
    _judge_cifar(model, "class")


def _judge_cifar(model, style):
    judge_network(model, cifar_network(), style)


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


@exercise(
    "5.6",
    "A stopping rule",
    why="The same few lines stop any loop, whatever it trains.",
    start="Go through the losses with a for loop, and keep the best so far and its epoch.",
)
def _stopping_rule(rule):
    plain, falling = [3.5, 2.9, 3.0, 3.1, 3.2], [3.5, 2.9, 2.8]
    answer = _ask_rule(rule, plain, 2)
    require(
        answer != (3, 1) or _ask_rule(rule, falling, 2)[1] != 2,
        "It counts epochs from 0, and the first one is to be epoch 1.",
        "enumerate(losses, start=1) counts like that.",
    )
    require(
        answer != (2, 4),
        "The two numbers it returns are the other way round.",
        "First the epoch after which training stops, then the best epoch.",
    )
    _judge_rule(
        rule,
        plain,
        2,
        "The best is epoch 2; after epochs 3 and 4, two in a row have brought nothing lower.",
    )
    asked = [*plain, 3.3, 3.4]
    ends = {_ask_rule(rule, asked, patience)[0] for patience in (1, 2, 3, 4)}
    require(
        len(ends) > 1,
        f"With the losses {asked} it says stop after epoch {min(ends):g}, whatever the patience.",
        "How long it waits is the second thing that it is given.",
    )
    _judge_rule(
        rule,
        falling,
        2,
        "Nothing ever says stop here: it goes on to the last epoch, which is also the best.",
    )
    _judge_rule(
        rule,
        [3.0, 2.0, 2.9, 2.5, 2.2, 2.1],
        3,
        "Compare each loss with the best so far, and not with the one just before it.",
    )
    _judge_rule(
        rule,
        [3.0, 2.0, 2.5, 1.9, 2.4, 2.3, 1.0],
        2,
        "Each new best starts the waiting anew: epoch 3 is one stumble, and epoch 4 forgets it. "
        "What comes after the stop is never seen.",
    )
    _judge_rule(
        rule,
        [3.0, 2.0, 2.0, 2.0, 1.0],
        2,
        "A loss that only equals the best is not lower: it counts as waiting.",
    )
    _judge_rule(rule, [2.0, 3.0], 1, "With a patience of 1, the first loss not lower ends it.")
    _judge_rule(rule, [2.0, 2.5, 2.4, 2.6], 5, "Patience may be longer than the training.")
    random = np.random.default_rng(0)
    for _ in range(200):
        low, step = random.choice(((1.0, 0.1), (7.0, 0.01), (-2.0, 0.1), (500.0, 5.0)))
        losses = low + step * random.integers(0, 20, random.integers(1, 15))
        _judge_rule(
            rule,
            [round(loss, 2) for loss in losses.tolist()],
            int(random.integers(1, 5)),
            "Go through these losses with a pencil: the best so far, and how long ago it was.",
        )


def _ask_rule(rule, losses, patience):
    """Ask a learner's rule, and take its answer as a pair of numbers."""
    told = _about(losses, patience)
    known = [unknown_name("the losses")]
    given = list(losses)
    answer = call(rule, given, patience, doing=told, known=known)
    require(
        given == list(losses),
        f"{told}, it changes the list that it is given.",
        "Whoever gave the list needs it as it was: work on a copy, list(losses).",
    )
    pair = tuple(answer) if isinstance(answer, tuple | list | np.ndarray) else ()
    require(
        len(pair) == 2,
        f"{told}, it returns {len(pair) or describe(answer)}"
        f"{' numbers' if pair else ''}, and two numbers are asked for.",
        "It must return two numbers, `return a, b`, however the loop ends.",
    )
    return tuple(as_number(number, f"{told}, one of the two numbers") for number in pair)


def _about(losses, patience):
    return f"With the losses {losses} and a patience of {patience}"


def _judge_rule(rule, losses, patience, hint):
    """Compare a learner's rule with the right one for one list of losses."""
    stopped, kept = _ask_rule(rule, losses, patience)
    epoch, best = _stop_and_best(losses, patience)
    told = _about(losses, patience)
    require(
        stopped == epoch,
        f"{told}, it says stop after epoch {stopped:g}, and that is not when it should.",
        hint,
    )
    require(
        kept == best or kept % 1 == 0 or kept not in losses,
        f"{told}, the second number is {kept:g}, which is no epoch: it is a loss.",
        hint,
    )
    require(kept == best, f"{told}, epoch {kept:g} is not the one to keep.", hint)


def _stop_and_best(losses, patience):
    """After which epoch training stops, by the rule of 5.5 and 5.6, and the best epoch by then."""
    best, epoch = 1, 1
    while epoch < len(losses) and epoch - best < patience:
        epoch += 1
        if losses[epoch - 1] < losses[best - 1]:
            best = epoch
    return epoch, best


@exercise(
    "5.7",
    "Top-5 accuracy by hand",
    why="A metric of your own is often one line, and you know exactly what it counts.",
    start="probabilities.argsort(axis=1) has the least probable class first in each row.",
)
def _top_5(top_5):
    # The place of each right class in its row, 0 for the most probable one.
    places = np.array([4, 0, 19, 5, 2, 29, 0, 4, 11, 5, 3, 28, 0, 27, 4, 1, 26, 8, 4, 6, 3])
    probabilities, labels = _with_right_class_at(places, classes=30)
    told = f"For {len(places)} images and 30 classes"
    answer = _ask_top_5(top_5, probabilities, labels, told)
    require(answer is not None, "It returns None.", "The function needs a line with `return`.")
    require(
        np.ndim(answer) == 0,
        f"It returns an array of shape {np.shape(answer)}, and one number is asked for.",
        "The mean of an array is one number.",
    )
    share = as_number(answer, "What it returns")
    right = np.mean(places < 5)
    if 0 < share < 1 and not np.isclose(share, right):
        _judge_use_of_arguments(top_5, share, probabilities, labels, told)
    count_hint = "The mean of True and False is a share, since True counts as 1."
    any_hint = "An answer is right if the right class is anywhere among the five most probable."
    row_hint = "Five classes count: the most probable one and the four after it."
    for value, way, hint in (
        (right * len(places), "counts right answers, and their share is asked for", count_hint),
        (right * 100, "returns per cent, and a share from 0 to 1 is asked for", count_hint),
        (1 - right, "gives the share of wrong answers", any_hint),
        (np.mean(places < 1), "counts only the most probable class", any_hint),
        (np.mean((places > 0) & (places < 5)), "passes over the most probable class", row_hint),
        (
            np.mean(places < 4),
            "looks at four classes, not five",
            row_hint,
        ),
        (np.mean(places < 6), "looks at six classes, not five", row_hint),
        (
            np.mean(places >= 25),
            "looks at the least probable classes",
            "argsort goes from the smallest to the largest: which end of a row do you need?",
        ),
    ):
        require(not np.isclose(share, value), f"{told}, it {way}.", hint)
    _say_what_the_share_is(share, places, told)
    hint = (
        "Find the five classes with the largest probabilities in each row, and ask for each row "
        "whether its own label is among them. labels[:, np.newaxis] stands beside five classes."
    )
    inside = f"{np.sum(places < 5)} of them with the right class among the five most probable"
    told = f"For {len(places)} images, {inside}, it returns {share:.3g}."
    require(np.isclose(share, right), told, hint)
    told = "For 50 images and 12 classes"  # whoever counts on 20 or 30 is found out here
    for seed in range(5):
        places = np.random.default_rng(seed).integers(0, 12, 50)
        answer = call(top_5, *_with_right_class_at(places, classes=12), doing=told)
        share = as_number(answer, "What it returns")
        require(
            np.isclose(share, np.mean(places < 5)),
            f"For 50 images, {np.sum(places < 5)} of them right, it returns {share:.3g}.",
            "Is a number of images, or of classes, written in the function?",
        )


def _say_what_the_share_is(share, places, told):
    """Say where a wrong share comes from, if the number itself tells."""
    count, right = np.sum(places < 5), np.mean(places < 5)
    if np.isclose(share, right):
        return
    require(
        not any(np.isclose(share, round(right, digits)) for digits in (1, 2, 3)),
        f"{told}, it returns {share:g}: that is rounded.",
        "Return the share as it is, with all its digits.",
    )
    divisor = count / share if share > 0 else 0
    whole = np.isclose(divisor, round(divisor), atol=0) and round(divisor)
    require(
        whole != 30 and whole < 1_000,
        f"{told}, it divides the count of right answers by {whole:,}, and there are {len(places)} "
        "images.",
        "labels has as many numbers as there are images here: len(labels).",
    )
    require(
        not np.isclose(share, 1 / len(places)),
        f"{told}, it counts a single right answer.",
        "A `return` inside the loop ends the function after its first image.",
    )
    require(
        share,
        f"{told}, it finds none right.",
        "Compare each label with classes, such as argsort gives, and not with probabilities, such "
        "as sort gives.",
    )


def _judge_use_of_arguments(top_5, share, probabilities, labels, told):
    """Find a function that looks at other labels or probabilities than those it is given."""
    turned = [(np.roll(probabilities, by, axis=0), labels.copy()) for by in (1, 4, 6)]
    renamed = [(probabilities.copy(), (labels + by) % 30) for by in (7, 11, 16)]
    for what, others in (("labels", renamed), ("probabilities", turned)):
        try:
            again = [float(np.asarray(top_5(*given))) for given in others]
        except Exception:
            continue
        require(
            not np.allclose(again, share),
            f"{told}, it returns {share:.3g}, and the same for other {what}.",
            f"Does it use its own argument `{what}`, for every image? A `return` inside a loop "
            "ends it after the first; labels[:, np.newaxis] gives each row its own label.",
        )


def _ask_top_5(top_5, probabilities, labels, told):
    """Ask a learner's function, and say in words what often stops it."""
    do_not_fit = rf"{told}, it stops: shapes \1 and \2 do not fit together."
    known = [
        (
            r"shapes (\(5,\d+\)) (\(.*\))",
            do_not_fit,
            "Five classes for each image are (21, 5). Along which axis do you sort, and of which "
            "axis do you take five?",
        ),
        (
            r"shapes (\(.*\)) (\(21,\))",
            do_not_fit,
            "Each label must stand beside its own five: labels[:, np.newaxis] has the shape "
            "(21, 1).",
        ),
    ]
    given = probabilities.copy(), labels.copy()
    try:
        answer = call(top_5, *given, doing=told, known=known)
        require(
            np.array_equal(given[0], probabilities) and np.array_equal(given[1], labels),
            "It changes the arrays that it is given.",
            "`argsort` gives an array of its own; a method such as `sort` works in place.",
        )
        return answer
    except Wrong as wrong:
        try:
            top_5(labels.copy(), probabilities.copy())
        except Exception:
            raise wrong from None
        raise Wrong(
            "It takes its two arguments in another order than the check gives them.",
            "First probabilities, then labels.",
        ) from None


def _with_right_class_at(places, classes):
    """Make probabilities of shape (n, classes), with the labels at these places in their rows."""
    random = np.random.default_rng(len(places))
    probabilities = random.dirichlet(np.ones(classes), len(places)).astype("float32")
    labels = probabilities.argsort(axis=1)[:, ::-1][np.arange(len(places)), places]
    return probabilities, labels


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
    images, labels = x_train[:IMAGES], y_train[:IMAGES]
    x, y = scale_images(images), labels.copy()  # the learner's own, to shuffle or to scale anew
    before = time.perf_counter(), time.process_time()
    doing = f"called with {len(x):,} images and their labels"
    one_hot = "Its loss is categorical_crossentropy, which is for labels that are one-hot rows."
    known = [("must have the same rank", one_hot, "These labels are whole numbers.")]
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
    x_val, y_val = scale_images(x_val[:JUDGED]), y_val[:JUDGED]
    accuracy = accuracy_of(model, x_val, y_val, classes=100)
    if accuracy >= GOAL:
        _judge_on_new_images(model, accuracy)
    else:
        of_its_own = accuracy_of(model, scale_images(images), labels, classes=100)
        _say_why_so_few(model, accuracy, of_its_own)


def _judge_on_new_images(model, accuracy):
    """Find a model that knows the validation images, from images that nobody was given."""
    with contextlib.redirect_stdout(io.StringIO()):  # where they are from is known by now
        _, (x, y) = load_cifar100(1, 4_000)
    x, y = x[-JUDGED:], y[-JUDGED:]
    of_new = accuracy_of(model, scale_images(x), y, classes=100)
    require(
        accuracy <= 1.5 * of_new + 0.04,
        f"It gets {accuracy:.1%} of the validation images right, but only {of_new:.1%} of images "
        "that nobody was given: it has trained on the validation images.",
        "Train on x and y, which the function is given, and on nothing else.",
    )


def _say_why_so_few(model, accuracy, of_its_own):
    """Tell an untrained network, one that has learnt nothing, and one that needs more."""
    told = f"It gets {accuracy:.1%} of the validation images right, and {GOAL:.0%} is asked for"
    moved = any(np.ptp(w) > 0 for w in model.get_weights() if w.ndim == 1)
    steps = model.optimizer.iterations if model.compiled and model.optimizer else 0
    require(
        moved or int(steps),
        f"{told}: the model that is returned has not been trained.",
        "Compile it, call fit with x and y, and return that same model.",
    )
    require(
        of_its_own >= 0.03,
        f"{told}. It has trained, but even of the images it was given it gets only "
        f"{of_its_own:.1%} right.",
        f"In {int(steps)} steps it cannot learn much: smaller batches or more epochs make more."
        if 0 < int(steps) < 50
        else "Does each image keep its own label? Is the loss the one for whole-number labels, and "
        "the last layer softmax? The images are scaled already. Is the learning rate an ordinary "
        "one?",
    )
    raise Wrong(
        f"{told}; of the images it was given it gets {of_its_own:.1%}.",
        "If the second figure is far higher, it learns by heart: stop sooner, or use all the "
        "images. If both are low, it needs more epochs, or a higher learning rate.",
    )
