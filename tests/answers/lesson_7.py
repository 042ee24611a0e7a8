"""Right and wrong answers to the exercises of lesson 7, as learners really give them.

Read tests/answers/lesson_1.py for what the names mean.
"""

SETUP = ""
OPEN = set()
HARMLESS = {}


def on_paper(batch, steps, factor):
    """The answer to 7.1."""
    return f"my_batch = {batch}\nmy_steps = {steps}\nmy_factor = {factor}\n"


def efficiency(*lines):
    """The answer to 7.2 with these lines."""
    return function("efficiency(alone, together, workers)", *lines)


def tf_config(*lines):
    """The answer to 7.3 with these lines."""
    return "import json\n" + function("tf_config(addresses, index)", *lines)


def share(*lines):
    """The answer to 7.4 with these lines."""
    return function("share_of_right(y, predictions, global_batch)", *lines)


def order(*lines):
    """The answer to 7.5 with these lines."""
    return function("order_of_epoch(epoch, count)", *lines)


def carry_on(*lines):
    """The answer to 7.6 with these lines."""
    return function("carry_on(model, optimizer, done, folder)", *lines)


def function(head, *lines):
    """A function of some lines."""
    return f"def {head}:\n" + "".join(f"    {line}\n" for line in lines)


CLUSTER = '"cluster": {"worker": addresses}'
RIGHT_ONES = "right = ops.equal(ops.argmax(predictions, axis=1), y)"
CHECKPOINT = (
    "checkpoint = tf.train.Checkpoint(model=model, optimizer=optimizer, done=done)",
    "manager = tf.train.CheckpointManager(checkpoint, folder, max_to_keep=2)",
)
RESTORE = "checkpoint.restore(manager.latest_checkpoint)"

RIGHT = {
    "7.1": {
        "numbers": on_paper(768, 65, 12),
        "worked out": on_paper("12 * 64", "49_920 // 768", "12.0"),
        "NumPy": on_paper("np.prod([3, 4, 64])", "np.array(65)", "tf.constant(12)"),
    },
    "7.2": {
        "in one line": efficiency("return alone / together / workers"),
        "workers' seconds": efficiency("return alone / (workers * together)"),
        "by rates": efficiency(
            "one, all_of_them = 1 / alone, 1 / together", "return all_of_them / one / workers"
        ),
        "lambda": "efficiency = lambda alone, together, workers: alone / together / workers\n",
        "NumPy": efficiency("return np.divide(alone, together) * (1 / workers)"),
    },
    "7.3": {
        "nested": tf_config(
            f'return json.dumps({{{CLUSTER}, "task": {{"type": "worker", "index": index}}}})'
        ),
        "step by step": tf_config(
            "config = {}",
            'config["task"] = dict(type="worker", index=index)',
            'config["cluster"] = dict(worker=list(addresses))',
            "return json.dumps(config, indent=2)",
        ),
        "by hand": tf_config(
            """listed = ", ".join(f'"{a}"' for a in addresses)""",
            """return ('{"cluster": {"worker": [' + listed + ']}, "task": {"type": "worker", '""",
            """        f'"index": {index}}}}}')""",
        ),
        "another entry": tf_config(
            'task = {"type": "worker", "index": index}',
            f'return json.dumps({{{CLUSTER}, "task": task, "rpc_layer": "grpc"}})',
        ),
    },
    "7.4": {
        "TensorFlow": share(
            'right = tf.argmax(predictions, axis=1, output_type="int32") == y',
            'return tf.reduce_sum(tf.cast(right, "float32")) / global_batch',
        ),
        "NumPy": share(
            "right = np.argmax(predictions, axis=1) == np.array(y)",
            "return right.sum() / global_batch",
        ),
        "Keras's metric": share(
            "right = keras.metrics.sparse_categorical_accuracy(y, predictions)",
            "return ops.sum(right) / global_batch",
        ),
        "the mean, mended": share(
            RIGHT_ONES,
            'return ops.mean(ops.cast(right, "float32")) * len(y) / global_batch',
        ),
        "a loop": share(
            "count = 0",
            "for label, row in zip(y, predictions):",
            "    count += int(np.argmax(row)) == int(label)",
            "return count / global_batch",
        ),
    },
    "7.5": {
        "a global seed": order("np.random.seed(epoch)", "return np.random.permutation(count)"),
        "in place": order(
            "order = np.arange(count)",
            "np.random.default_rng(epoch).shuffle(order)",
            "return order",
        ),
        "Python": order(
            "import random",
            "return random.Random(epoch).sample(range(count), count)",
        ),
        "TensorFlow": order(
            "numbers = tf.random.stateless_uniform([count], seed=[epoch, 7])",
            "return tf.argsort(numbers)",
        ),
        "with a helper, remembered": "import functools\nSEEDS = [3, 5]\n\n"
        + function("made(*more)", "return np.random.default_rng([*SEEDS, *more])")
        + "\n@functools.cache\n"
        + order("return made(epoch).permutation(count)"),
        "more in the seed": order("return np.random.default_rng([7, epoch]).permutation(count)"),
        "Keras": order("return keras.random.shuffle(ops.arange(count), seed=epoch)"),
    },
    "7.6": {
        "inside the Path": carry_on(
            CHECKPOINT[0],
            CHECKPOINT[1].replace("folder", 'folder / "checkpoints"'),
            RESTORE,
            "return manager",
        ),
        "as a text": carry_on(
            CHECKPOINT[0],
            CHECKPOINT[1].replace("folder", 'f"{folder}/checkpoints"'),
            RESTORE,
            "return manager",
        ),
        "other names": carry_on(
            "state = tf.train.Checkpoint(net=model, rest=[optimizer, done])",
            "manager = tf.train.CheckpointManager(state, folder, 2)",
            "state.restore(manager.latest_checkpoint)",
            "return manager",
        ),
        "the manager restores": carry_on(
            *CHECKPOINT, "manager.restore_or_initialize()", "return manager"
        ),
        "by the folder": carry_on(
            *CHECKPOINT,
            "newest = tf.train.latest_checkpoint(folder)",
            "if newest:",
            "    checkpoint.restore(newest)",
            "return manager",
        ),
        "a folder inside": carry_on(
            "from pathlib import Path",
            CHECKPOINT[0],
            CHECKPOINT[1].replace("folder", 'str(Path(folder) / "checkpoints")'),
            RESTORE,
            "return manager",
        ),
    },
}

WRONG = {
    "7.1": {
        "one card a machine": (on_paper(192, 260, 12), "global batch is not 192"),
        "machines as factor": (on_paper(768, 65, 3), "too long is not 3"),
        "cards as factor": (on_paper(768, 65, 4), "too long is not 4"),
        "batch as factor": (on_paper(768, 65, 768), "too long is not 768"),
        "steps of one replica": (on_paper(768, 780, 12), "steps is not 780"),
        "one too many": (on_paper(768, 66, 12), "steps is not 66"),
        "a text": (on_paper("'768'", 65, 12), "the text '768'"),
        "None": (on_paper("None", 65, 12), "is None"),
        "one is empty": (on_paper(768, "...", 12), "number 2 is still empty"),
    },
    "7.2": {
        "whole divisions": (efficiency("return alone // together / workers"), "it returns 0.5"),
        "times workers": (
            efficiency("return alone / together * workers"),
            "it returns 16, and 1 is right",
        ),
        "a difference": (
            efficiency("return (alone - together) / workers"),
            "it returns 11.25, and 1 is right",
        ),
        "never returned": (efficiency("share = alone / together / workers"), "It returns None"),
        "a text": (
            efficiency('return f"{alone / together / workers:.0%}"'),
            "What it returns is the text '100%'",
        ),
        "its value": ("efficiency = 60 / 15 / 4\n", "the number 1.0"),
        "another name": (efficiency("return speed_up / workers"), "'speed_up' is not defined"),
        "two arguments": (
            "def efficiency(alone, together):\n    return alone / together / 2\n",
            "does not take exactly three",
        ),
        "four arguments": (
            function(
                "efficiency(alone, together, workers, x)", "return alone / together / workers"
            ),
            "does not take exactly three",
        ),
    },
    "7.3": {
        "sorted": (
            tf_config(
                'task = {"type": "worker", "index": index}',
                'config = {"cluster": {"worker": sorted(addresses)}, "task": task}',
                "return json.dumps(config)",
            ),
            "10.0.0.7:2222 and the index 2, and",
        ),
        "a text as index": (
            tf_config(
                'task = {"type": "worker", "index": str(index)}',
                f'return json.dumps({{{CLUSTER}, "task": task}})',
            ),
            "index is a text",
        ),
        "added to the list": (
            tf_config(
                'addresses.append("10.0.0.9:1")',
                'task = {"type": "worker", "index": index}',
                f'return json.dumps({{{CLUSTER}, "task": task}})',
            ),
            "it changes what it is given",
        ),
        "a dictionary": (
            tf_config(f'return {{{CLUSTER}, "task": {{"type": "worker", "index": index}}}}'),
            "a dict, and an environment variable is a text",
        ),
        "Python's text": (
            tf_config(f'return str({{{CLUSTER}, "task": {{"type": "worker", "index": index}}}})'),
            "not JSON",
        ),
        "a list": (
            tf_config(
                'task = {"type": "worker", "index": index}',
                'return json.dumps({"cluster": addresses, "task": task})',
            ),
            "TensorFlow cannot read it",
        ),
        "workers": (
            tf_config(
                'task = {"type": "worker", "index": index}',
                'return json.dumps({"cluster": {"workers": addresses}, "task": task})',
            ),
            "the cluster as {'workers'",
        ),
        "one address": (
            tf_config(
                'task = {"type": "worker", "index": index}',
                'return json.dumps({"cluster": {"worker": [addresses[index]]}, "task": task})',
            ),
            "TensorFlow reads the addresses 10.0.0.2:4000 and",
        ),
        "no task": (tf_config(f"return json.dumps({{{CLUSTER}}})"), "has no type"),
        "no import": (
            function("tf_config(addresses, index)", "return json.dumps(addresses)"),
            "'json' is not defined",
        ),
        "counted from one": (
            tf_config(
                'task = {"type": "worker", "index": index + 1}',
                f'return json.dumps({{{CLUSTER}, "task": task}})',
            ),
            "and the index 3, and",
        ),
        "always the chief": (
            tf_config(
                'task = {"type": "worker", "index": 0}',
                f'return json.dumps({{{CLUSTER}, "task": task}})',
            ),
            "and the index 0, and",
        ),
        "another type": (
            tf_config(
                'task = {"type": "chief", "index": index}',
                f'return json.dumps({{{CLUSTER}, "task": task}})',
            ),
            "the type 'chief'",
        ),
        "set, not returned": (
            tf_config(
                'task = {"type": "worker", "index": index}',
                f'config = json.dumps({{{CLUSTER}, "task": task}})',
            ),
            "It returns None",
        ),
        "called": ("tf_config = '{\"cluster\": 1}'\n", "a function is asked for"),
    },
    "7.4": {
        "twelve written in": (
            share(RIGHT_ONES, "return ops.sum(right) / 12"),
            "On 1 replica with 20 images",
        ),
        "over the images": (
            share(
                'right = tf.argmax(predictions, axis=0, output_type="int32") == y',
                'return tf.reduce_sum(tf.cast(right, "float32")) / global_batch',
            ),
            "It returns 0 for every part",
        ),
        "own mean": (
            share(RIGHT_ONES, 'return ops.mean(ops.cast(right, "float32"))'),
            "share of the replica's own images",
        ),
        "own size": (
            share(RIGHT_ONES, "return ops.sum(right) / len(y)"),
            "share of the replica's own images",
        ),
        "each image": (
            share(RIGHT_ONES, 'return ops.cast(right, "float32") / global_batch'),
            "an array of shape (12,)",
        ),
        "the other axis": (
            share(
                "right = ops.equal(ops.argmax(predictions, axis=0), y)",
                "return ops.sum(right) / global_batch",
            ),
            "do not fit together",
        ),
        "probabilities": (
            share("return ops.sum(predictions == y) / global_batch"),
            "labels with probabilities",
        ),
        "another kind of whole numbers": (
            share(
                "right = tf.argmax(predictions, axis=1) == y",
                "return ops.sum(right) / global_batch",
            ),
            "another kind of whole numbers, int64",
        ),
        "halved": (
            share(RIGHT_ONES, 'return ops.mean(ops.cast(right, "float32")) / 2'),
            "On 1 replica with 12 images, its shares add up to",
        ),
        "nothing": (share(RIGHT_ONES, "ops.sum(right) / global_batch"), "It returns None"),
        "as of NumPy": (
            share("right = predictions.argmax(axis=1) == y", "return right.sum() / global_batch"),
            "asks a tensor for `argmax`",
        ),
        "a number": ("share_of_right = 0.5\n", "the number 0.5"),
    },
    "7.5": {
        "remembered": (
            "seen = {}\n"
            + order("return seen.setdefault((epoch, count), np.random.permutation(count))"),
            "In a worker that is started again",
        ),
        "a seed for the first call": (
            "import functools\nrng = np.random.default_rng(7)\n\n@functools.cache\n"
            + order("return rng.permutation(count)"),
            "In a worker that is started again",
        ),
        "the hash of a text": (
            order("return np.random.default_rng(abs(hash(f'{epoch}'))).permutation(count)"),
            "In a worker that is started again",
        ),
        "remembered as a default": (
            "def order_of_epoch(epoch, count, seen={}):\n"
            "    return seen.setdefault((epoch, count), np.random.permutation(count))\n",
            "In a worker that is started again",
        ),
        "three orders in turn": (
            order("return np.random.default_rng(epoch % 3).permutation(count)"),
            "Two epochs have the same order",
        ),
        "no seed": (
            order("return np.random.default_rng().permutation(count)"),
            "Asked a second time",
        ),
        "the global one": (order("return np.random.permutation(count)"), "Asked a second time"),
        "one seed": (
            order("return np.random.default_rng(7).permutation(count)"),
            "Two epochs have the same order",
        ),
        "a generator outside": (
            "rng = np.random.default_rng(7)\n" + order("return rng.permutation(count)"),
            "Asked a second time",
        ),
        "in place": (
            order("order = np.arange(count)", "return np.random.default_rng(epoch).shuffle(order)"),
            "It returns None",
        ),
        "drawn with repeats": (
            order("return np.random.default_rng(epoch).integers(0, count, count)"),
            "more than once",
        ),
        "from one": (
            order("return 1 + np.random.default_rng(epoch).permutation(count)"),
            "go from 1 to 40",
        ),
        "one too few": (
            order("return np.random.default_rng(epoch).permutation(count - 1)"),
            "gives 39 numbers",
        ),
        "in order": (order("return np.arange(count)"), "not shuffled"),
        "rolled": (order("return np.roll(np.arange(count), epoch)"), "only begin at another place"),
        "backwards": (
            order("return np.arange(count)[::-1] if epoch % 2 else np.arange(count)"),
            "not shuffled",
        ),
        "random numbers": (
            order("return np.random.default_rng(epoch).random(count)"),
            "a row of whole numbers",
        ),
        "the order itself": (
            "order_of_epoch = np.random.default_rng(1).permutation(40)\n",
            "a function is asked for",
        ),
    },
    "7.6": {
        "a copy of done": (
            carry_on(
                CHECKPOINT[0].replace("done=done", "done=tf.Variable(int(done))"),
                *CHECKPOINT[1:],
                RESTORE,
                "return manager",
            ),
            "still 99, its own start value",
        ),
        "a copy of the model": (
            carry_on(
                CHECKPOINT[0].replace("model=model", "model=keras.models.clone_model(model)"),
                *CHECKPOINT[1:],
                RESTORE,
                "return manager",
            ),
            "of the model is restored",
        ),
        "the last name of all": (
            carry_on(
                *CHECKPOINT,
                'names = sorted(str(one.with_suffix("")) for one in folder.glob("*.index"))',
                "if names: checkpoint.restore(names[-1])",
                "return manager",
            ),
            "the model is not as it was saved last",
        ),
        "its own optimizer": (
            "optimizer = None\n"
            + carry_on(
                CHECKPOINT[0].replace("=optimizer", "=keras.optimizers.SGD()"),
                *CHECKPOINT[1:],
                RESTORE,
                "return manager",
            ),
            "none of the optimizer is restored",
        ),
        "a Path and a text": (
            carry_on(
                CHECKPOINT[0],
                CHECKPOINT[1].replace("folder", 'folder + "/checkpoints"'),
                RESTORE,
                "return manager",
            ),
            "which is a Path",
        ),
        "never restored": (
            carry_on(*CHECKPOINT, "return manager"),
            "none of the model is restored",
        ),
        "the optimizer forgotten": (
            carry_on(
                CHECKPOINT[0].replace(", optimizer=optimizer", ""),
                *CHECKPOINT[1:],
                RESTORE,
                "return manager",
            ),
            "none of the optimizer is restored",
        ),
        "only the model": (
            carry_on(
                "checkpoint = tf.train.Checkpoint(model=model)",
                *CHECKPOINT[1:],
                RESTORE,
                "return manager",
            ),
            "none of the optimizer is restored",
        ),
        "the model forgotten": (
            carry_on(
                CHECKPOINT[0].replace("model=model, ", ""),
                *CHECKPOINT[1:],
                RESTORE,
                "return manager",
            ),
            "not all of the model is restored",
        ),
        "done forgotten": (
            carry_on(
                CHECKPOINT[0].replace(", done=done", ""), *CHECKPOINT[1:], RESTORE, "return manager"
            ),
            "still 99, its own start value, and not 11",
        ),
        "all are kept": (
            carry_on(
                CHECKPOINT[0],
                CHECKPOINT[1].replace("max_to_keep=2", "max_to_keep=None"),
                RESTORE,
                "return manager",
            ),
            "10 are kept",
        ),
        "one is kept": (
            carry_on(CHECKPOINT[0], CHECKPOINT[1].replace("=2", "=1"), RESTORE, "return manager"),
            "1 is kept",
        ),
        "the oldest": (
            carry_on(
                *CHECKPOINT,
                "if manager.checkpoints:",
                "    checkpoint.restore(manager.checkpoints[0])",
                "return manager",
            ),
            "the model is not as it was saved last",
        ),
        "saved before": (
            carry_on(*CHECKPOINT, "manager.save()", RESTORE, "return manager"),
            "It saves a checkpoint itself",
        ),
        "the checkpoint": (
            carry_on(*CHECKPOINT, RESTORE, "return checkpoint"),
            "a Checkpoint, and the manager is asked for",
        ),
        "what restore returns": (
            carry_on(*CHECKPOINT, "return checkpoint.restore(manager.latest_checkpoint)"),
            "the manager is asked for",
        ),
        "nothing": (carry_on(*CHECKPOINT, RESTORE), "it returns None"),
        "elsewhere": (
            carry_on(
                "import tempfile",
                CHECKPOINT[0],
                CHECKPOINT[1].replace("folder", "tempfile.mkdtemp()"),
                RESTORE,
                "return manager",
            ),
            "there is no checkpoint in the folder",
        ),
        "begins anew": (
            carry_on(*CHECKPOINT, RESTORE, "done.assign(0)", "return manager"),
            "it changes the variables",
        ),
        "a folder is no checkpoint": (
            carry_on(*CHECKPOINT, "checkpoint.restore(folder)", "return manager"),
            "restore was given the folder",
        ),
        "saved as a model": (carry_on("model.save(folder / 'model.keras')"), "it returns None"),
    },
}
