"""The exercises of lesson 6, save and transfer."""

import dis
import inspect
from unittest import mock

from exercises.checking import exercise
from exercises.kinds import Compiled, Mistake, OnPaper, Value, other_losses
from exercises.networks import built_model
from exercises.verdicts import NotAttempted, Wrong, call, describe, require
from helpers.models import all_layers, compiled_with

import keras
import numpy as np
import tensorflow as tf
from keras import layers


def _kind_of_file(answer, name):
    """Take one of the three kinds of files, with or without what a file's name has besides."""
    plain = answer.lower().removesuffix(".h5").strip(" .") if isinstance(answer, str) else None
    require(
        plain in ("keras", "weights", "export"),
        f"{name} is {describe(answer)}, and one of three texts is asked for.",
        'Write "keras", "weights" or "export", with quotation marks.',
    )
    return plain


def _file(name, kind, ask, hint, *mistakes):
    return Value(name, kind, hint, [*mistakes], ask, read=_kind_of_file)


NUMBERS = "The code is there to build the model: nothing but the numbers is missing."

exercise(
    "6.1",
    "Which file for which wish",
    why="Whoever knows what a file holds never finds out too late what is not in it.",
    start="The table in the recap says what each file holds.",
)(
    OnPaper(
        _file(
            "my_pause",
            "keras",
            "Could the training go on from it, and nothing else, as if nothing had happened?",
            "Adam keeps numbers of its own. Only one kind of file holds the model, these and the "
            "loss.",
        ),
        _file(
            "my_service",
            "export",
            "Can it be loaded where there is neither Keras nor your class?",
            "Section 5 saves the computation alone, as a folder.",
        ),
        _file(
            "my_best",
            "weights",
            "Is the smallest file that will do among the others?",
            NUMBERS,
            Mistake(
                "export", "my_best is not {}. Can its numbers be filled into your model?", NUMBERS
            ),
        ),
    )
)


@exercise(
    "6.2",
    "Freeze all but the last",
    why="Frozen layers keep what they know, and a few images are enough for what is left.",
    start="model.layers is a list. Which part of it is all but the last?",
)
def _freeze(freeze):
    for kinds in ("dense norm bend model dense", "model dense", "dense dense norm", "dense model"):
        model = _to_freeze(kinds.split())
        before, held, optimizer = model.get_weights(), list(model.layers), model.optimizer
        config, count = model.get_config(), len(held)
        inside = [[one for one in all_layers(part) if _has_weights(one)] for part in held]
        result = call(freeze, model, doing=f"called with a model of {count} layers")
        require(
            len(model.layers) == count
            and all(one is other for one, other in zip(model.layers, held, strict=True)),
            "Afterwards the model has other layers.",
            _ONLY_FREEZE,
        )
        loose = [[one for one in parts if one.trainable] for parts in inside]
        if model.trainable and loose == inside:
            _say_why_none_is_frozen(freeze, model, result)
        require(
            model.trainable or not loose[-1],
            "The model itself is frozen, and with it all of its layers.",
            "Freeze layers only, and never the model: then the last one need not be thawed.",
        )
        require(
            model.trainable and any(loose),
            f"Called with a model of {count} layers, it freezes "
            f"{'both' if count == 2 else 'all of them'}, the last one too.",
            "Go through `model.layers` without its last one, however many there are.",
        )
        require(
            held[-1].trainable and loose[-1] == inside[-1],
            "After the call, the last layer is frozen.",
            "A slice that ends at -1 leaves out the last one.",
        )
        pairs = zip(held[:-1], loose[:-1], strict=True)
        kinds = ", ".join(dict.fromkeys(type(one).__name__ for one, parts in pairs if parts))
        require(
            not kinds,
            f"Called with a model of {count} layers, it leaves more than the last trainable: "
            f"{kinds} before it.",
            "All but the last: it must not matter how many layers there are, nor of which kind.",
        )
        same = all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
        require(same, "The weights are not what they were before.", _ONLY_FREEZE)
        require(
            model.compiled and model.optimizer is optimizer,
            "It compiles the model, too, and that is not asked for.",
            _ONLY_FREEZE,
        )
        for layer in held:
            layer.trainable = True
        require(model.get_config() == config, "It changes a layer's settings, too.", _ONLY_FREEZE)


def _has_weights(layer):
    return layer.weights and not isinstance(layer, keras.Model)


def _to_freeze(kinds):
    """A compiled model of such layers, all of which are trainable."""
    makes = {
        "dense": lambda: layers.Dense(4),
        "norm": layers.BatchNormalization,
        "bend": layers.PReLU,
        "model": lambda: keras.Sequential([layers.Dense(4), layers.LayerNormalization()]),
    }
    model = keras.Sequential([keras.Input((4,)), *(makes[kind]() for kind in kinds)])
    model.compile("adam", loss="mse")
    return model


def _say_why_none_is_frozen(freeze, model, result):
    told = "After the call, every layer is still trainable"
    steps = list(dis.get_instructions(freeze)) if inspect.isfunction(freeze) else []
    require(
        result is model or not isinstance(result, keras.Model),
        f"{told}: what it freezes is another model, a copy.",
        "Freeze the layers of the model that it is given, and not those of a copy.",
    )
    require(
        not any(step.opname == "COMPARE_OP" for step in steps)
        or any(step.opname == "STORE_ATTR" for step in steps),
        f"{told}: `==` only compares.",
        "A single `=` sets an attribute.",
    )
    require(
        not any(step.argval in ("map", "filter") for step in steps),
        f"{told}: what `map` or `filter` is to do waits until somebody asks for the results.",
        "A `for` loop over the layers does it at once.",
    )
    raise Wrong(
        f"{told}.",
        "Each layer of the model that is given has an attribute `trainable`; False freezes it.",
    )


_ONLY_FREEZE = "Change nothing but `trainable`."

CONV, NORM, DENSE = (3 * 3 * 1 + 1) * 8, 4 * 8, (26 * 26 * 8 + 1) * 10

exercise(
    "6.3",
    "What is left to train",
    why="The count tells how much a few images have to teach, before any training.",
    start="Count each layer first, as in lesson 1: which of its numbers does the optimizer move?",
)(
    OnPaper(
        Value(
            "my_trainable",
            DENSE + NORM // 2,
            "Dense: (26 × 26 × 8 inputs and a bias) × 10. And two numbers a channel of the layer "
            "before.",
            [
                Mistake(
                    DENSE + NORM,
                    "my_trainable is not {}. Are all four numbers of a channel trained?",
                    "BatchNormalization collects two of its four numbers a channel by itself.",
                ),
                Mistake(
                    DENSE,
                    "my_trainable is not {}. Is the dense layer the only one left to train?",
                    "Only the first layer is frozen.",
                ),
                *(
                    Mistake(
                        DENSE + norm + CONV,
                        "my_trainable is not {}. Which layer is frozen?",
                        "A frozen layer has nothing left to train: leave out all its numbers.",
                    )
                    for norm in (NORM // 2, NORM)
                ),
                Mistake(
                    CONV + NORM // 2,
                    "my_trainable is not {}: that is how many are not trainable.",
                    "The frozen layer's numbers and the two averages a channel go into "
                    "my_not_trainable.",
                ),
            ],
        ),
        Value(
            "my_not_trainable",
            CONV + NORM // 2,
            "All numbers of the frozen layer, and the two averages a channel of the next.",
            [
                Mistake(
                    CONV,
                    "my_not_trainable is not {}. Does the frozen layer hold all of them?",
                    "Running averages are never trained, whether a layer is frozen or not.",
                )
            ],
        ),
    )
)


@exercise(
    "6.4",
    "A new head from its specification",
    why="With these few lines, whatever a network has learnt serves another task.",
    start="Begin with inputs = keras.Input(base.input_shape[1:]), and call the base on it.",
)
def _new_head(with_head):
    require(
        not isinstance(with_head, keras.Model),
        "The answer is a model, and a function that makes one is asked for.",
        "Begin with `def with_head(base, classes):`.",
    )
    for classes, shape, width in ((7, (8, 8, 1), 4), (3, (9, 6, 2), 5)):
        base = _base(shape, width, dense=classes == 3)
        before = base.get_weights()
        doing = f"called with a base and {classes} classes"
        model = call(with_head, base, classes, doing=doing, known=_INPUTS)
        require(model is not None, "It returns None.", "End it with `return` and the new model.")
        require(
            model is not base,
            "It returns the base itself, without a head.",
            "Return a new keras.Model, from your input to the last layer.",
        )
        model = built_model(model, [keras.Input(shape)])
        x = np.random.default_rng(0).normal(2, 3, (16, *shape)).astype("float32")
        answers = np.asarray(model(x))
        require(
            answers.ndim == 2,
            f"For 16 images, its output has the shape {answers.shape}: that is no row of numbers "
            "for each image.",
            "The base ends with a row for each image: the dense layer takes what base(inputs) "
            "gives, and not what a layer inside the base gives.",
        )
        require(
            answers.shape == (16, classes),
            f"For 16 images and {classes} classes, its output has the shape {answers.shape}.",
            "One unit of the last layer for each class: point 3.",
        )
        _judge_base(model, base)
        require(
            np.allclose(answers.sum(axis=1), 1, atol=1e-4) and answers.min() >= 0,
            "What comes out is no row of probabilities: it does not add up to 1.",
            "Point 3 names the activation.",
        )
        same = all(np.array_equal(a, b) for a, b in zip(before, base.get_weights(), strict=True))
        require(same, "The base's weights have changed.", "Freeze the base, and leave it as it is.")
        _judge_head(model, base, (width, classes), x)


def _judge_head(model, base, shape, x):
    """Judge whether what follows the base is one dense layer with softmax, which can learn."""
    require(
        not any(weight.shape == shape for weight in model.non_trainable_weights),
        "The head is frozen, too.",
        "Freeze the base alone, not the new model.",
    )
    weights = model.trainable_weights
    kernels = [weight for weight in weights if weight.shape == shape]
    require(
        len(weights) != 1 or not kernels,
        "The dense layer of the head has no bias.",
        "Point 3 does not ask for that: leave out use_bias.",
    )
    require(
        len(kernels) == 1 and len(weights) == 2,
        "The head is not one dense layer that takes what the base gives.",
        "Points 2 and 3: the base, and right after it the dense layer.",
    )
    kernel, bias = sorted(weights, key=lambda weight: -len(weight.shape))
    random = np.random.default_rng(1)
    for weight in (kernel, bias):
        weight.assign(random.normal(0, 1, weight.shape))
    labels = random.integers(0, shape[1], len(x))
    features = keras.ops.convert_to_tensor(base(x, training=False))
    right = np.asarray(keras.ops.softmax(features @ kernel.value + bias.value))
    for training in (False, True):
        with tf.GradientTape() as tape:
            answers = model(x, training=training)
            loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, answers))
        require(
            np.allclose(answers, right, atol=1e-3),
            "While it trains, something besides the base and the dense layer changes the answers, "
            "as Dropout does."
            if training
            else "Something besides the base and one dense layer with softmax changes the answers.",
            "The three points are all that there is: the input goes to the base as it is, and what "
            "the base gives to the dense layer.",
        )
        require(
            not any(
                gradient is None or not np.any(gradient)
                for gradient in tape.gradient(loss, [kernel.value, bias.value])
            ),
            "It cannot learn: no gradient comes to the head's weights.",
            "Hand the dense layer's answers on as they are.",
        )


_INPUTS = (  # what Keras says of a wrong input for the base
    (
        "layer 'base' is incompatible",
        "The input does not have the shape that the base takes.",
        "base.input_shape[1:] is that shape, without the batch.",
    ),
    (
        "Kernel shape must have",
        "The input has another number of axes than the base takes.",
        "keras.Input takes the shape of one image, without the batch: base.input_shape[1:].",
    ),
)


def _base(shape=(8, 8, 1), width=4, dense=False):
    inputs = keras.Input(shape)
    x = layers.Conv2D(width, 3)(inputs)
    x = layers.BatchNormalization(momentum=0.5)(x)
    x = layers.Conv2D(width, 3, activation="tanh")(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(width)(x) if dense else x, name="base")


def _judge_base(model, base):
    """Judge whether the base is in the model, and frozen."""
    inside = all_layers(model)
    require(
        any(one is layer for one in inside for layer in base.layers if layer.weights),
        "The base is not in the model.",
        "Call the base itself as a layer, and no copy of it: base(inputs, ...).",
    )
    trained = {id(weight) for weight in model.trainable_weights}
    loose = [one for one in base.layers if any(id(weight) in trained for weight in one.weights)]
    require(
        not base.trainable_weights and not loose,
        "The base is not frozen: training would change it."
        if len(loose) != 1
        else f"The base is not wholly frozen: training would change its {type(loose[0]).__name__}.",
        "The base has an attribute `trainable`, which goes for all of its layers.",
    )


COMPILED = Compiled(
    lambda: keras.Sequential([keras.Input((1,)), layers.Dense(3)]),
    {"loss": "sparse_categorical_crossentropy"},
    labels=np.array([0, 2, 1, 1, 0, 2, 2, 0]),
    answers=np.random.default_rng(0).dirichlet(np.ones(3), 8).astype("float32"),
    mistakes=other_losses("sparse_categorical_crossentropy"),
)


@exercise(
    "6.5",
    "Mend fine-tuning",
    why="Nothing warns you when a layer is left out, or when averages run away.",
    start="Section 7's first trap: when does fit learn what is to be trained?",
)
def _fine_tune(fine_tune):
    base = _base()
    base.trainable = False
    inputs = keras.Input((8, 8, 1))
    head = _Counting(3, activation="softmax", name="head")
    model = keras.Model(inputs, head(base(inputs, training=False)))
    random = np.random.default_rng(0)
    x, y = random.normal(0, 1, (40, 8, 8, 1)).astype("float32"), random.integers(0, 3, 40)
    model.compile("adam", loss="sparse_categorical_crossentropy")
    model.fit(x, y, verbose=0)
    compiled, norm = model.optimizer, base.layers[2]
    parts = [layer for layer in base.layers if isinstance(layer, layers.Conv2D)] + [head]
    before = [layer.kernel.numpy() for layer in parts]
    averages = [norm.moving_mean.numpy(), norm.moving_variance.numpy()]
    head.seen.assign(0)
    head.taught.assign([0, 0, 0])
    result, optimizer = _run_fine_tune(fine_tune, model, compiled, x, y)
    moves = [np.abs(a - one.kernel.numpy()).max() for a, one in zip(before, parts, strict=True)]
    moved = [move != 0 for move in moves]
    compiled_again, seen = model.optimizer is not compiled, int(head.seen)
    taught_these = np.allclose(head.taught, np.bincount(y), atol=0.01)
    as_given = base.trainable and norm.trainable and optimizer is compiled
    if as_given and moved == [False, False, True] and np.isclose(compiled.learning_rate, 1e-3):
        raise NotAttempted
    untouched = not seen and not base.trainable and not compiled_again
    require(
        not untouched and (result is model or not isinstance(result, keras.Model)),
        "The model that it is given is as it was before.",
        "Unfreeze, compile and fit this very model, and not a copy of it.",
    )
    if not any(moved[:-1]):
        _judge_thawed(base)
    require(
        seen,
        "Nothing was trained.",
        "Three steps in this order: unfreeze, compile, fit.",
    )
    require(
        optimizer is not compiled,
        "The model is not compiled again, so it trains what it trained before.",
        "fit goes on with what it fixed before: call compile after the change of `trainable`.",
    )
    if compiled_again:
        require(
            compiled_with(model, "loss") is not None,
            "The model is compiled without a loss.",
            "compile(loss=...) says what training makes small. Keras happens to keep the old one.",
        )
        if not taught_these:
            COMPILED.judge(model)
    require(
        any(moved[:-1]),
        "The base's weights are what they were before.",
        "Three steps in this order: unfreeze, compile, fit.",
    )
    if not all(moved[:-1]):
        _judge_thawed(base)
    require(
        all(moved[:-1]),
        "One of the base's Conv2D layers has not been trained.",
        "Unfreeze the whole base before compile; only BatchNormalization stays frozen.",
    )
    require(
        moved[-1],
        "The head's weights are what they were before.",
        "Base and head are trained together: freeze only the base's BatchNormalization layers.",
    )
    now = [norm.moving_mean.numpy(), norm.moving_variance.numpy()]
    require(
        np.array_equal(averages, now),
        "The running averages of BatchNormalization are not what they were before: "
        + ("it is not frozen." if norm.trainable else "it was frozen too late."),
        "BatchNormalization is among base.layers, not model.layers. Freeze it after the line that "
        "unfreezes the base with all its layers, and before fit: section 7, third trap.",
    )
    _judge_adam(optimizer)
    steps = int(optimizer.iterations)
    require(
        max(moves) < 4e-4 * steps,  # Adam moves a weight by about its rate in a step
        f"In {steps} steps some weight moves by {max(moves):.2g}, and at a rate of 0.0001 none "
        "can.",
        "The optimizer must have this rate from the first step on.",
    )
    require(
        seen == len(x),
        f"It trains on {seen} images, and one epoch of these has {len(x)}.",
        "One epoch goes once through all the images: epochs=1, in a single fit.",
    )
    require(
        taught_these,
        "What its loss asks of the network is not the right class of each image.",
        "The loss for labels that are whole numbers and answers that are probabilities is called "
        "sparse: lesson 1, section 6. Nothing weighs or smooths it.",
    )


@keras.saving.register_keras_serializable(package="exercises")
class _Counting(layers.Dense):
    """A dense layer with softmax that counts the images, and their labels, it learns from."""

    def build(self, input_shape):
        super().build(input_shape)
        self.seen, self.taught = (
            self.add_weight(
                shape=shape, dtype=dtype, initializer="zeros", trainable=False, name=name
            )
            for name, shape, dtype in (("seen", (), "int32"), ("taught", (3,), "float32"))
        )

    def call(self, inputs, training=False):
        @tf.custom_gradient
        def watched(answers):
            def gradient(pull):
                count = tf.shape(answers)[0]
                pulls = pull * answers
                pulls -= answers * tf.reduce_sum(pulls, axis=1, keepdims=True)
                labels = answers - tf.cast(count, "float32") * pulls  # of cross-entropy, as one-hot
                self.seen.assign_add(count)
                self.taught.assign_add(tf.reduce_sum(labels, axis=0))
                return pull

            return tf.identity(answers), gradient

        return watched(super().call(inputs))


def _run_fine_tune(fine_tune, model, compiled, x, y):
    """Call a learner's function; if it stops and the loss is at fault, say so.

    Returns:
        What it returned, and the optimizer that it has trained with.
    """
    used, apply = [compiled], keras.optimizers.Optimizer.apply

    def noted(optimizer, *args, **kwargs):
        used.append(optimizer)
        return apply(optimizer, *args, **kwargs)

    try:
        with mock.patch.object(keras.optimizers.Optimizer, "apply", noted):
            result = call(fine_tune, model, x, y, doing="called with a model whose base is frozen")
    except Wrong:
        if model.optimizer is not compiled:
            COMPILED.judge(model)
        raise
    return result, used[-1]


def _judge_adam(optimizer):
    """Judge whether an optimizer moves weights as Adam does at a rate of 0.0001."""
    kind, rate = type(optimizer).__name__, float(optimizer.learning_rate)
    require(
        isinstance(optimizer, keras.optimizers.Adam)
        and not isinstance(optimizer, keras.optimizers.AdamW),
        f"It trains with {kind}, and Adam is asked for.",
        "keras.optimizers.Adam(...) is the first argument of compile.",
    )
    require(
        np.isclose(rate, 1e-4),
        f"It trains at a rate of {rate:g}, and 0.0001 is asked for.",
        "keras.optimizers.Adam takes the rate as its first argument.",
    )
    right, given = keras.optimizers.Adam(1e-4), optimizer.get_config()
    ends = []
    for one in (right, type(optimizer).from_config(given)):
        weight = keras.Variable(np.ones(4, "float32"))
        one.build([weight])
        for size in (0.5, 30, 0.01, 2):
            one.apply([np.float32([size, -size, 2 * size, 0])], [weight])
        ends.append(np.asarray(weight) - 1)
    others = [
        f"{key}={value}"
        for key, value in given.items()
        if key not in ("name", "learning_rate") and value != right.get_config()[key]
    ]
    require(
        np.allclose(*ends, rtol=1e-2, atol=1e-7),
        f"It is not plain Adam that it trains with, but Adam with {' and '.join(others)}.",
        "The rate is the only setting that is to be another than usual.",
    )


def _judge_thawed(base):
    """Say which part of the base is still frozen."""
    parts = [layer for layer in base.layers if isinstance(layer, layers.Conv2D)]
    frozen = [layer for layer in parts if not any(w.trainable for w in layer.weights)]
    require(
        len(frozen) < len(parts) or base.trainable,
        "Afterwards the base is still frozen.",
        "base.trainable = True unfreezes it. Setting it on the whole model does nothing: that "
        "counts as trainable already.",
    )
    require(
        not frozen,
        f"Of the base's {len(parts)} Conv2D layers, {len(frozen)} "
        f"{'is' if len(frozen) == 1 else 'are'} still frozen.",
        "All of the model is to be trained together: only BatchNormalization stays frozen.",
    )
