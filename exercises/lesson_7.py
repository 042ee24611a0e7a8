"""The exercises of lesson 7, Distribute."""

import json
import os
import tempfile
from pathlib import Path
from unittest import mock

from exercises.checking import exercise
from exercises.verdicts import Wrong, as_number, call, describe, require

import keras
import numpy as np
import tensorflow as tf

MACHINES, GPUS, EACH, IMAGES = 3, 4, 64, 49_920


def _returned(function, *args, doing, known=()):
    """What a learner's function returns; `Wrong` if it stops with an error or returns None."""
    result = call(function, *args, doing=doing, known=known)
    require(
        result is not None,
        "It returns None.",
        "End it with `return` and the result. Some methods, such as `shuffle`, change what they "
        "are given and return None: then return what they have changed.",
    )
    return result


@exercise(
    "7.1",
    "Replicas on paper",
    why="The global batch grows with the replicas, and with it the size of a forgotten mistake.",
    start="How many replicas are there, if each graphics card has one?",
)
def _on_paper(batch, steps, factor):
    batch, steps = as_number(batch, "The global batch"), as_number(steps, "The number of steps")
    factor, replicas = as_number(factor, "The factor"), MACHINES * GPUS
    for wrong, of_what in {EACH: "replica", EACH * GPUS: "machine"}.items():
        require(
            batch != wrong,
            f"{wrong} images are those of one {of_what} in one step, and the global batch has "
            "those of all.",
            "Images of one replica × replicas. Each card of each machine has a replica.",
        )
    require(
        batch == EACH * replicas,
        f"The global batch does not have {batch:g} images.",
        "Images of one replica × replicas. Each card of each machine has a replica.",
    )
    require(
        steps == IMAGES / batch,
        f"An epoch does not have {steps:g} steps.",
        "A step takes one global batch. How many of them are there in all the images?",
    )
    require(
        factor == replicas,
        f"The step is too long, but not by a factor of {factor:g}.",
        "The gradients of all replicas are added up, and each is as large as the right one.",
    )


@exercise(
    "7.2",
    "The efficiency of workers",
    why="It is the number to ask for before anybody buys more machines.",
    start="Work out the speed-up first: how many times as fast do they get through an epoch?",
)
def _efficiency(function):
    for alone, together, workers in ((60, 15, 4), (100, 40, 4), (10, 20, 2), (61.5, 8.2, 6)):
        doing = f"called with {alone}, {together} and {workers}"
        answer = _returned(function, alone, together, workers, doing=doing, known=[_THREE])
        require(
            not isinstance(answer, str),
            f"It returns {describe(answer)}, and a number is asked for.",
            "Return the number itself, not a text made of it.",
        )
        answer = as_number(answer, "What it returns")
        speed_up = alone / together
        told = (
            f"One worker takes {alone} seconds for an epoch, and {workers} together take "
            f"{together}. The efficiency is not {answer:.3g}"
        )
        require(
            not np.isclose(answer, speed_up),
            f"{told}: that is the speed-up.",
            "Efficiency is speed-up divided by the number of workers.",
        )
        require(
            not np.isclose(answer, 100 * speed_up / workers),
            f"{told}: 1 is to be perfect, not 100.",
            "Leave it a share: do not multiply by 100.",
        )
        require(
            not np.isclose(answer, together / alone / workers),
            f"{told}: it must be larger, the fewer seconds they take together.",
            "Speed-up is the seconds of one, divided by the seconds of all together.",
        )
        share = speed_up / workers
        require(
            np.isclose(answer, share)
            or not any(np.isclose(answer, round(share, digits)) for digits in (0, 1, 2, 3)),
            f"{told}: it is {share:.6g}, and was rounded.",
            "Return the share as it is, with all its digits.",
        )
        require(
            np.isclose(answer, share),
            f"{told}.",
            f"The speed-up is {alone} / {together}. What is each worker's part of that?",
        )


_THREE = (
    r"(efficiency|<lambda>)\(\) (takes|missing)",
    "It is given three numbers, and does not take exactly three.",
    "They are, in this order: alone, together, workers.",
)


@exercise(
    "7.3",
    "A worker's TF_CONFIG",
    why="A batch system writes this text for each machine; now you can read it when it is wrong.",
    start="Make a dictionary with the keys `cluster` and `task` first, as in section 5.",
)
def _tf_config(function):
    addresses = ["10.0.0.1:2222", "10.0.0.2:2222", "10.0.0.7:4000"]
    for count, index in ((3, 2), (3, 0), (2, 1)):
        ours = addresses[:count]
        doing = f"called with {count} addresses and the index {index}"
        known = [("name 'json' is not", None, "Write `import json` above the function.")]
        given = list(ours)
        text = _returned(function, given, index, doing=doing, known=known)
        require(
            given == ours,
            "It changes the list of addresses that it is given.",
            "Whoever gave the list needs it as it was: leave it as it is.",
        )
        require(
            isinstance(text, str),
            f"It returns {describe(text)}, and an environment variable is a text.",
            "json.dumps makes a text of dictionaries, lists and numbers.",
        )
        cluster, kind, own = _as_tensorflow_reads_it(text)
        require(
            cluster == {"worker": ours},
            f"TensorFlow reads the cluster as {cluster}, but the workers' addresses are {ours}.",
            'Under "cluster" stands a dictionary, with the list of addresses under "worker".',
        )
        require(
            kind == "worker",
            f"TensorFlow reads that the task has {f'the type {kind!r}' if kind else 'no type'}.",
            'Under "task" stands a dictionary, with "worker" under "type".',
        )
        require(
            own == index,
            f"Called with the index {index}, it gives the task the index {own}.",
            'The second argument goes under "index", in the dictionary under "task".',
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


@exercise(
    "7.4",
    "A share of the right answers",
    why="Whatever the replicas add up must be a share of the whole: losses, metrics, all.",
    start="Find out for each image whether it is right; then count, and divide.",
)
def _share_of_right(function):
    for count, classes, parts in (
        (12, 3, ((12,), (6, 6), (4, 4, 4), (5, 7))),
        (20, 5, ((20,), (1, 19), (9, 8, 3))),
    ):
        rng = np.random.default_rng(7)
        y, predictions = rng.integers(0, classes, count), rng.dirichlet(np.ones(classes), count)
        for sizes in parts:
            _judge_shares(function, y, predictions, sizes)


def _judge_shares(function, y, predictions, sizes):
    """Judge whether what replicas with parts of these sizes return adds up to the right share."""
    count = len(y)
    stops, shares = np.cumsum(sizes), []
    for stop, size in zip(stops, sizes, strict=True):
        part = slice(stop - size, stop)
        answers = tf.constant(y[part], "int32"), tf.constant(predictions[part], "float32")
        doing = f"called with {size} of {count} images"
        share = _returned(function, *answers, count, doing=doing, known=_TENSORS)
        shape = np.shape(share)
        require(
            np.prod(shape) == 1,
            f"For {size} images it returns an array of shape {shape}, and a share is one number.",
            "Add up what you have for each image.",
        )
        shares.append(as_number(share, "What it returns"))
    right = float(np.mean(predictions.argmax(axis=1) == y))
    told = (
        f"All {count} images on {len(sizes)} replica{'s' * (len(sizes) > 1)}, "
        f"{' + '.join(map(str, sizes))}: the shares add up to {sum(shares):.3g}"
    )
    for wrong, what, hint in (
        (100 * right, "that is per cent", "A share goes from 0 to 1: do not multiply by 100."),
        (
            1 - right,
            "that is the share of the wrong answers",
            "Count 1 where label and answer are the same.",
        ),
        (
            np.mean(predictions.argmin(axis=1) == y),
            "the least probable class is taken for the answer",
            "The answer is the class with the largest number: argmax.",
        ),
        (count * right, "that is how many answers are right", "Divide by `global_batch`."),
    ):
        require(
            np.isclose(sum(shares), right, atol=1e-6) or not np.isclose(sum(shares), wrong),
            f"{told}: {what}, and the share of right answers is {right:.3g}.",
            hint,
        )
    require(
        np.isclose(sum(shares), right, atol=1e-6),
        f"{told}, and {right:.3g} of the answers are right.",
        "Where the answer of an image is the class with the largest number, count 1. Divide the "
        "count by the images of all replicas, `global_batch`."
        if len(sizes) == 1
        else "How many images are in a replica's part does not matter: all divide by the same.",
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
    orders = [_one_order(function, epoch, 40) for epoch in range(1, 9)]
    _one_order(function, 2, 7)
    with _other_random_numbers():
        again = _one_order(function, 2, 40)
    require(
        again == orders[1],
        "Asked a second time for the same epoch, it gives another order: a worker that comes back "
        "would see other batches.",
        "Draw from a generator that is made anew in each call, with the epoch as its seed.",
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


def _one_order(function, epoch, count):
    """The order that a learner's function gives for an epoch, as a list."""
    doing = f"called for epoch {epoch} with {count} images"
    order = np.asarray(_returned(function, epoch, count, doing=doing))
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


class _other_random_numbers:
    """A block in which whoever draws without a seed of his own gets other numbers than before."""

    def __enter__(self):
        self.state = np.random.get_state()  # noqa: NPY002, that one is what learners may use
        np.random.seed(12_345)  # noqa: NPY002

    def __exit__(self, *error):
        np.random.set_state(self.state)  # noqa: NPY002


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
            f"It returns {describe(manager)}, and the manager is asked for.",
            "Return the tf.train.CheckpointManager itself.",
        )
        require(
            lost.is_at(1.0),
            "Called with an empty folder, it changes the variables.",
            "Where there is no checkpoint, the training begins with what it has.",
        )
        saves_itself = any(folder.rglob("*.index"))
        for value in (2.0, 3.0, 4.0):
            lost.move_to(value)
            call(manager.save, doing="asked to save")
        kept = len(list(folder.rglob("*.index")))
        require(
            kept > 0,
            "After manager.save(), there is no checkpoint in the folder.",
            "The manager's second argument is the folder.",
        )
        require(
            kept == 2,
            f"Of three checkpoints saved, {kept} {'is' if kept == 1 else 'are'} kept, and the "
            "newest two are asked for.",
            "How many are kept is the manager's argument max_to_keep.",
        )
        new = _Training(9.0)
        call(function, *new.parts, folder, doing="called with a folder with checkpoints")
        require(
            not saves_itself or 9.0 not in new.values("model"),
            "It saves a checkpoint itself, and that is then newer than what the training saved.",
            "Only restore here. The training saves, at the end of each epoch.",
        )
        for part in ("model", "optimizer"):
            values, told = set(new.values(part).tolist()), "Started again with that folder"
            require(
                9.0 not in values,
                f"{told}, {'none' if values == {9.0} else 'not all'} of the {part} is restored.",
                "Each of the three that the function is given must be named when the checkpoint is "
                "made, itself and no copy of it. And it is restored from "
                "manager.latest_checkpoint, which is there from the start.",
            )
            require(
                values == {4.0},
                f"{told}, the {part} is not as it was saved last.",
                "Restore the newest, manager.latest_checkpoint, and save nothing yourself.",
            )
        done = "still 9, its own start value," if int(new.done) == 9 else int(new.done)
        require(
            done == 4,
            f"Started again after 4 epochs, `done` is {done} and not 4.",
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
