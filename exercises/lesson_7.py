"""The exercises of lesson 7, Distribute."""

import contextlib
import copy
import inspect
import json
import os
import tempfile
import types
from pathlib import Path
from unittest import mock

from exercises.checking import exercise
from exercises.kinds import Call, Function, Mistake, OnPaper, Value
from exercises.verdicts import Wrong, as_number, call, describe, require

import keras
import numpy as np
import tensorflow as tf

REPLICAS, EACH, IMAGES = 3 * 4, 64, 49_920
ALL_CARDS = "Images of one replica × replicas. Each card of each machine has a replica."

exercise(
    "7.1",
    "Replicas on paper",
    why="The global batch grows with the replicas, and with it the size of a forgotten mistake.",
    start="How many replicas are there, if each graphics card has one?",
)(
    OnPaper(
        Value(
            "The global batch",
            EACH * REPLICAS,
            ALL_CARDS,
            [
                Mistake(
                    EACH * cards,
                    f"{{}} images are those of one {part} in one step, and the global batch has "
                    "those of all.",
                    ALL_CARDS,
                )
                for cards, part in ((1, "replica"), (4, "machine"))
            ],
        ),
        Value(
            "The number of steps",
            IMAGES / (EACH * REPLICAS),
            "A step takes one global batch. How many of them are there in all the images?",
        ),
        Value(
            "The factor by which a step is too long",
            REPLICAS,
            "The gradients of all replicas are added up, and each is as large as the right one.",
            [
                Mistake(
                    1 / REPLICAS,
                    "With a factor of {}, the step would be too short, and it is too long.",
                    "How many times as long as the right one is it?",
                )
            ],
        ),
    )
)


def _seconds(alone, together, workers):
    return Call(
        (alone, together, workers),
        f"called with {alone}, {together} and {workers}",
        f"One worker takes {alone} seconds, and {workers} together take {together}: the speed-up "
        f"is {alone} / {together}. What is each worker's part of that?",
    )


exercise(
    "7.2",
    "The efficiency of workers",
    why="It is the number to ask for before anybody buys more machines.",
    start="Work out the speed-up first: how many times as fast do they get through an epoch?",
)(
    Function(
        lambda alone, together, workers: alone / together / workers,
        calls=[
            _seconds(*numbers)
            for numbers in ((60, 15, 4), (100, 40, 4), (10, 20, 2), (61.5, 8.3, 7), (0.9, 7.1, 3))
        ],
        mistakes=[
            *(
                Mistake(wrong, f"It {does}.", f"Efficiency is {is_what}.")
                for wrong, does, is_what in (
                    (
                        lambda alone, together, workers: alone / together,
                        "returns the speed-up",
                        "speed-up divided by the number of workers",
                    ),
                    (
                        lambda alone, together, workers: 100 * alone / together / workers,
                        "returns per cent: 1 is to be perfect, not 100",
                        "a share: do not multiply by 100",
                    ),
                    (
                        lambda alone, together, workers: together / alone / workers,
                        "returns less, the fewer seconds they take together",
                        "the seconds of one, divided by the seconds of all together, and by the "
                        "number of workers",
                    ),
                    (
                        lambda alone, together, workers: (alone - together) / alone,
                        "returns the share of the time that they save",
                        "speed-up divided by the number of workers",
                    ),
                )
            ),
            *(
                Mistake(
                    lambda *numbers, digits=digits: round(
                        numbers[0] / numbers[1] / numbers[2], digits
                    ),
                    "What it returns is rounded.",
                    "Return the share as it is, with all its digits.",
                )
                for digits in range(5)
            ),
        ],
        known=[
            (
                r"(efficiency|<lambda>)\(\) (takes|missing)",
                "It is given three numbers, and does not take exactly three.",
                "They are, in this order: alone, together, workers.",
            )
        ],
        rtol=1e-6,
    )
)


def _config(addresses, index):
    task = {"type": "worker", "index": index}
    return json.dumps({"cluster": {"worker": addresses}, "task": task})


def _read_config(text, call):
    """Take a TF_CONFIG as TensorFlow reads it: the addresses, the type and the index."""
    addresses = call.arguments[0]
    require(
        isinstance(text, str),
        f"It returns {describe(text)}, and an environment variable is a text.",
        "json.dumps makes a text of dictionaries, lists and numbers.",
    )
    cluster, kind, own = _as_tensorflow_reads_it(text)
    require(
        list(cluster) == ["worker"],
        f"TensorFlow reads the cluster as {cluster}, but the workers' addresses are {addresses}.",
        'Under "cluster" stands a dictionary, with the list of addresses under "worker".',
    )
    require(
        kind == "worker",
        f"TensorFlow reads that the task has {f'the type {kind!r}' if kind else 'no type'}.",
        'Under "task" stands a dictionary, with "worker" under "type".',
    )
    require(
        not isinstance(json.loads(text)["task"].get("index"), str),
        "The task's index is a text, and is to stay a number.",
        "json.dumps writes numbers without quotation marks: leave out str.",
    )
    return f"the addresses {', '.join(cluster['worker'])} and the index {own}"


ADDRESSES = ["10.0.0.7:2222", "10.0.0.1:2222", "10.0.0.2:4000"]

exercise(
    "7.3",
    "A worker's TF_CONFIG",
    why="A batch system writes this text for each machine; now you can read it when it is wrong.",
    start="Make a dictionary with the keys `cluster` and `task` first, as in section 5.",
)(
    Function(
        _config,
        calls=[
            Call(
                (ADDRESSES[:count], index),
                f"called with {count} addresses and the index {index}",
                'The list that it is given goes under "worker" in the cluster as it is, and the '
                'second argument under "index" in the task: workers count from 0.',
            )
            for count, index in ((3, 2), (3, 0), (2, 1), (1, 0))
        ],
        take=_read_config,
        gives="TensorFlow reads",
        known=[("name 'json' is not", None, "Write `import json` above the function.")],
    )
)


def _as_tensorflow_reads_it(text):
    """The cluster, the type of the task and its index, taken from a TF_CONFIG."""
    try:
        json.loads(text)
    except ValueError:
        raise Wrong(
            f"The text is not JSON: it begins with {text[:20]!r}.",
            "Neither str nor a text written by hand is sure to be JSON, which has quotation marks "
            "of its own: json.dumps makes it of a dictionary.",
        ) from None
    with mock.patch.dict(os.environ, TF_CONFIG=text):
        try:
            reader = tf.distribute.cluster_resolver.TFConfigClusterResolver()
            return reader.cluster_spec().as_dict(), reader.task_type, reader.task_id
        except Exception:
            raise Wrong(
                "TensorFlow cannot read it: it is JSON, but not the two dictionaries that "
                "TF_CONFIG holds.",
                "Compare it with section 5: dictionaries under cluster and task, a list of "
                "addresses under worker.",
            ) from None


def _images(count, classes, *sizes):
    random = np.random.default_rng(count)
    y, predictions = random.integers(0, classes, count), random.dirichlet(np.ones(classes), count)
    plural = "s" * (len(sizes) != 1)
    parts = " + ".join(map(str, sizes))
    return Call(
        (y, predictions.astype("float32"), sizes),
        f"on {len(sizes)} replica{plural} with {parts} images",
        "Where the answer of an image is the class with the largest number, count 1. Divide the "
        "count by the images of all replicas, `global_batch`."
        if len(sizes) == 1
        else "How many images are in a replica's part does not matter: all divide by the same.",
    )


def _sum_of_shares(function, one):
    """Let replicas report their shares of some images, and add those up."""
    y, predictions, sizes = one.arguments
    stops, total = np.cumsum(sizes), 0
    for stop, size in zip(stops, sizes, strict=True):
        part = slice(stop - size, stop)
        answers = tf.constant(y[part], "int32"), tf.constant(predictions[part])
        doing = f"called with {size} of {len(y)} images"
        share = call(function, *answers, len(y), doing=doing, known=_TENSORS)
        require(share is not None, "It returns None.", "Its last line begins with `return`.")
        require(
            np.size(share) == 1,
            f"For {size} images it returns an array of shape {np.shape(share)}, and a share is one "
            "number.",
            "Add up what you have for each image.",
        )
        total += as_number(np.ravel(share)[0], "What it returns")
    return total


def _share(of_image=lambda y, p: p.argmax(axis=1) == y, by=lambda y, count: count):
    """A function of 7.4 that adds up something of each image, and divides that by something."""
    return lambda y, p, count: np.sum(of_image(np.array(y), np.array(p))) / by(y, count)


exercise(
    "7.4",
    "A share of the right answers",
    why="Whatever the replicas add up must be a share of the whole: losses, metrics, all.",
    start="Find out for each image whether it is right; then count, and divide.",
)(
    Function(
        _share(),
        calls=[
            *(_images(12, 3, *sizes) for sizes in ((12,), (6, 6), (4, 4, 4), (5, 7))),
            *(_images(20, 5, *sizes) for sizes in ((20,), (1, 19), (9, 8, 3))),
        ],
        mistakes=[
            Mistake(
                _share(by=lambda y, count: count / 100),
                "It returns per cent.",
                "A share goes from 0 to 1: do not multiply by 100.",
            ),
            Mistake(
                _share(by=lambda y, count: 1),
                "It returns how many answers are right.",
                "Divide by `global_batch`.",
            ),
            Mistake(
                _share(by=lambda y, count: len(y)),
                "It returns the share of the replica's own images, and such shares do not add up "
                "to that of all images.",
                "How many images are in a replica's part does not matter: all divide by the same.",
            ),
            Mistake(
                _share(lambda y, p: p.argmax(axis=1) != y),
                "It returns the share of the wrong answers.",
                "Count 1 where label and answer are the same.",
            ),
            Mistake(
                _share(lambda y, p: p.argmin(axis=1) == y),
                "It takes the least probable class for the answer.",
                "The answer is the class with the largest number: argmax.",
            ),
            Mistake(
                _share(lambda y, p: p[np.arange(len(y)), y]),
                "It adds up the probabilities of the right classes, and not right answers.",
                "An answer is right or not: count 1 where argmax gives the label.",
            ),
            Mistake(
                _share(lambda y, p: p[np.arange(len(y)), y] > 0.5),
                "It counts a right answer only where its probability is above a half.",
                "The answer is the class with the largest number, however small that is.",
            ),
            Mistake(
                _share(by=lambda y, count: np.inf),
                "It returns 0 for every part.",
                "`//` and whole numbers lose every share below 1: divide by `/`. And "
                "argmax is to give an answer for each image: axis=1.",
            ),
        ],
        use=_sum_of_shares,
        gives="its shares add up to",
        rtol=1e-5,
    )
)


_TENSORS = (  # what TensorFlow says of tensors that do not fit, and what would
    (
        r"Tensor' object has no attribute '(\w+)'",
        r"It asks a tensor for `\1`, and tensors have no such thing.",
        "y and predictions are tensors: compute with ops, such as ops.argmax.",
    ),
    (
        r"Incompatible shapes: (\[.*\]) vs\. (\[.*\])",
        r"It stops, as tensors of the shapes \1 and \2 do not fit together.",
        "axis=1 of predictions is the classes. The largest along it leaves one for each image.",
    ),
    (
        "cannot compute Equal .* float tensor",
        "It compares whole numbers with numbers that are none: labels with probabilities.",
        "Compare y with the class that has the largest probability.",
    ),
    (
        "cannot compute Equal .* int64 tensor",
        "It compares y, which is int32, with a tensor of another kind of whole numbers, int64.",
        "ops.equal does not mind, and ops.argmax gives int32, the kind that y has.",
    ),
)


@exercise(
    "7.5",
    "The order of an epoch",
    why="What can be worked out again from the epoch's number need not be saved.",
    start="np.random.default_rng(7) draws the same numbers each time that it is made with a 7.",
)
def _order(function):
    restarted = _as_first_defined(function)
    orders = [_one_order(function, epoch, 40) for epoch in range(1, 9)]
    _one_order(function, 2, 7)
    for same_epoch, worker in (
        (function, "Asked a second time for the same epoch, it gives another order"),
        (restarted, "In a worker that is started again, the same epoch has another order"),
    ):
        for epoch in (5, 2):
            require(
                _one_order(same_epoch, epoch, 40) == orders[epoch - 1],
                f"{worker}: a worker that comes back would see other batches.",
                "Draw from a generator that is made anew in each call, with the epoch as its seed, "
                "and keep nothing between two calls.",
            )
    require(
        all(order != sorted(order) and order != sorted(order)[::-1] for order in orders),
        "In one epoch the images are in order, not shuffled.",
        "A generator's method `permutation` shuffles the numbers from 0 up.",
    )
    require(
        len(set(map(tuple, orders))) == len(orders),
        "Two epochs have the same order.",
        "Something in it has to depend on the epoch: the seed.",
    )
    steps = [{(b - a) % 40 for a, b in zip(order, order[1:], strict=False)} for order in orders]
    require(
        all(len(some) > 2 for some in steps),
        "The images only begin at another place, and are not shuffled.",
        "A generator's method `permutation` shuffles the numbers from 0 up.",
    )


def _as_first_defined(function):
    """A copy of a function with copies of all that it may change, as another process has it."""
    first = inspect.unwrap(function)  # without what functools.cache keeps
    if not inspect.isfunction(first):
        return copy.deepcopy(function)
    space, names, copied = dict(first.__globals__), [], {}
    space["hash"] = lambda one: hash(f"another process {one!r}" if "'" in repr(one) else one)

    def copy_of(one):
        names.extend(_names_in(one.__code__))
        cells = [
            types.CellType(copy.deepcopy(cell.cell_contents)) for cell in one.__closure__ or ()
        ]
        made = types.FunctionType(
            one.__code__, space, one.__name__, copy.deepcopy(one.__defaults__), tuple(cells)
        )
        made.__kwdefaults__ = copy.deepcopy(one.__kwdefaults__)
        return made

    made = copied[first.__name__] = copy_of(first)
    while names:
        name = names.pop()
        if name in space and name not in copied:
            copied[name] = None
            inner = inspect.unwrap(space[name])
            with contextlib.suppress(Exception):  # a module, for one, cannot be copied
                ours = inspect.isfunction(inner) and inner.__globals__ is first.__globals__
                space[name] = copy_of(inner) if ours else copy.deepcopy(space[name])
    return made


def _names_in(code):
    """The names that a function's code looks up, with those of the functions inside it."""
    inside = [one for one in code.co_consts if inspect.iscode(one)]
    return [*code.co_names, *(name for one in inside for name in _names_in(one))]


def _one_order(function, epoch, count):
    """The order that a learner's function gives for an epoch, as a list."""
    order = call(function, epoch, count, doing=f"called for epoch {epoch} with {count} images")
    require(
        order is not None,
        "It returns None.",
        "End it with `return` and the order. Some methods, such as `shuffle`, change what they are "
        "given and return None: then return what they have changed.",
    )
    order = np.asarray(order)
    require(
        order.ndim == 1 and np.issubdtype(order.dtype, np.integer),
        f"It returns {describe(order)} of the shape {order.shape} that holds {order.dtype}, and an "
        "order is a row of whole numbers.",
        "An array or a list: the numbers of the images, in the order of their turn.",
    )
    order = order.tolist()
    require(
        len(order) == count,
        f"For {count} images it gives {len(order)} numbers.",
        "Every image once: as many numbers as images.",
    )
    require(
        len(set(order)) == count,
        "Some images come more than once in an epoch, and others never.",
        "Do not draw each number by itself. The numbers from 0 up are to be shuffled.",
    )
    require(
        sorted(order) == list(range(count)),
        f"The numbers go from {min(order)} to {max(order)}, and those of {count} images from 0 to "
        f"{count - 1}.",
        "As everywhere in Python, the first image has the number 0.",
    )
    return order


@exercise(
    "7.6",
    "Carry on",
    why="These few lines are all that a training needs to survive a power cut.",
    start="tf.train.Checkpoint takes what belongs in it as named arguments.",
)
def _carry_on(function):
    with tempfile.TemporaryDirectory() as place:
        lost, folder = _Training(1.0), Path(place)
        doing = "called with an empty folder"
        manager = call(function, *lost.parts, folder, doing=doing, known=_FOLDER)
        require(
            isinstance(manager, tf.train.CheckpointManager),
            f"Called with an empty folder, it returns {describe(manager)}, and the manager is "
            "asked for.",
            "Return the tf.train.CheckpointManager itself, whatever the folder holds.",
        )
        require(
            lost.is_at(1.0),
            "Called with an empty folder, it changes the variables.",
            "Where there is no checkpoint, the training begins with what it has.",
        )
        saves_itself = any(folder.rglob("*.index"))
        for epoch in range(2, 12):  # so many that their numbers have another order than their names
            lost.move_to(float(epoch))
            call(manager.save, doing="asked to save")
        kept = len(list(folder.rglob("*.index")))
        require(
            kept > 0,
            "After manager.save(), there is no checkpoint in the folder.",
            "The manager's second argument is the folder.",
        )
        require(
            kept == 2,
            f"Of ten checkpoints saved, {kept} {'is' if kept == 1 else 'are'} kept, and the "
            "newest two are asked for.",
            "How many are kept is the manager's argument max_to_keep.",
        )
        new = _Training(99.0)
        call(function, *new.parts, folder, doing="called with a folder with checkpoints")
        require(
            not saves_itself or 99.0 not in new.values("model"),
            "It saves a checkpoint itself, and that is then newer than what the training saved.",
            "Only restore here. The training saves, at the end of each epoch.",
        )
        for part in ("model", "optimizer"):
            values, told = set(new.values(part).tolist()), "Started again with that folder"
            require(
                99.0 not in values,
                f"{told}, {'none' if values == {99.0} else 'not all'} of the {part} is restored.",
                "Each of the three that the function is given must be named when the checkpoint is "
                "made, itself and no copy of it. And it is restored from "
                "manager.latest_checkpoint, which is there from the start.",
            )
            require(
                values == {11.0},
                f"{told}, the {part} is not as it was saved last.",
                "Restore the newest, manager.latest_checkpoint, and save nothing yourself.",
            )
        done = "still 99, its own start value," if int(new.done) == 99 else int(new.done)
        require(
            done == 11,
            f"Started again after 11 epochs, `done` is {done} and not 11.",
            "`done` is a variable as well: name it in the checkpoint, itself and no copy such as "
            "tf.Variable(int(done)), which stays as it was. And do not assign to it.",
        )


_FOLDER = (
    (
        "Unable to open table file",  # in an empty folder, there is nothing else to be opened
        "restore was given the folder.",
        "It takes the path of a checkpoint: manager.latest_checkpoint.",
    ),
    (
        r"unsupported operand type.* \+: '\w*Path'",
        "It adds a text to `folder`, which is a Path.",
        "What is inside a folder: folder / name.",
    ),
    (
        "AssertionError",
        "Called with an empty folder, it stops, as nothing is there to be restored.",
        "restore(None) does nothing, so nothing needs to be asserted of it.",
    ),
)


class _Training:
    """A small model, its optimizer and a counter, which all hold one and the same number."""

    def __init__(self, value):
        self.model = keras.Sequential(
            [
                keras.Input((2,)),
                keras.layers.Dense(1, kernel_initializer="zeros"),
                keras.layers.BatchNormalization(),  # some of its weights no optimizer knows
            ]
        )
        self.optimizer = keras.optimizers.SGD(momentum=0.9)
        self.optimizer.build(self.model.trainable_variables)
        self.done = tf.Variable(0)
        self.move_to(value)

    @property
    def parts(self):
        return self.model, self.optimizer, self.done

    def variables(self, part):
        if part == "model":
            return self.model.weights
        momenta = [one for one in self.optimizer.variables if one.shape]
        return [self.optimizer.iterations, *momenta]

    def values(self, part):
        return np.concatenate([np.ravel(np.array(one)) for one in self.variables(part)])

    def move_to(self, value):
        for variable in [*self.variables("model"), *self.variables("optimizer")]:
            variable.assign(np.full(variable.shape, value, variable.dtype))
        self.done.assign(int(value))

    def is_at(self, value):
        numbers = [*self.values("model"), *self.values("optimizer"), float(self.done.numpy())]
        return all(number == value for number in numbers)
