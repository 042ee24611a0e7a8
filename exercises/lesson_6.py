"""The exercises of lesson 6, save and transfer."""

from exercises.checking import exercise
from exercises.networks import built_model
from exercises.training import judge_compiled
from exercises.verdicts import (
    NotAttempted,
    Wrong,
    as_number,
    call,
    describe,
    require,
)

import keras
import numpy as np
from keras import layers

FILES = {  # what each wish needs, and what to ask whoever chooses another file
    "my_pause": (
        "keras",
        "Could the training go on from it as if nothing had happened?",
        "Adam keeps numbers of its own. Only one kind of file holds the model, these and the loss.",
    ),
    "my_service": (
        "export",
        "Can it be loaded where there is neither Keras nor your class?",
        "Section 5 saves the computation alone, as a folder.",
    ),
    "my_best": (
        "weights",
        "Is the smallest file that will do among the others?",
        "The code is there to build the model: nothing but the numbers is missing.",
    ),
}


@exercise(
    "6.1",
    "Which file for which wish",
    why="Whoever knows what a file holds never finds out too late what is not in it.",
    start="The table in the recap says what each file holds.",
)
def _which_file(*answers):
    for (name, (right, ask, hint)), answer in zip(FILES.items(), answers, strict=True):
        require(
            isinstance(answer, str),
            f"{name} is {describe(answer)}, and one of three texts is asked for.",
            'Write "keras", "weights" or "export", with quotation marks.',
        )
        plain = answer.lower().removesuffix(".h5").strip(" .")
        require(
            plain in ("keras", "weights", "export"),
            f"{name} is {describe(answer)}, and that is none of the three.",
            'Write "keras", "weights" or "export".',
        )
        if (name, plain) == ("my_best", "export"):
            ask = "Can its numbers be filled into a model of yours?"
        require(plain == right, f"{name} is not {plain!r}. {ask}", hint)


@exercise(
    "6.2",
    "Freeze all but the last",
    why="Frozen layers keep what they know, and a few images are enough for what is left.",
    start="model.layers is a list. Which part of it is all but the last?",
)
def _freeze(freeze):
    for sizes in ((6, 5, 4), (3, 2)):
        model = keras.Sequential([keras.Input((8,)), *(layers.Dense(size) for size in sizes)])
        before = model.get_weights()
        call(freeze, model, doing=f"called with a model of {len(sizes)} layers")
        state = [layer.trainable for layer in model.layers]
        require(len(state) == len(sizes), "Afterwards the model has other layers.", _ONLY_FREEZE)
        if all(state) and model.trainable:
            raise Wrong(
                "After the call, every layer is still trainable.",
                "Each layer has an attribute `trainable`; False freezes it.",
            )
        require(
            model.trainable or not state[-1],
            "The model itself is frozen, and with it all of its layers.",
            "Freeze layers only, and never the model: then the last one need not be thawed.",
        )
        require(
            model.trainable and any(state),
            f"Called with a model of {len(sizes)} layers, it freezes "
            f"{'both' if len(sizes) == 2 else 'all of them'}, the last one too.",
            "Go through `model.layers` without its last one, however many there are.",
        )
        require(
            state[-1],
            "After the call, the last layer is frozen.",
            "A slice that ends at -1 leaves out the last one.",
        )
        frozen = len(sizes) - sum(state)
        require(
            not any(state[:-1]),
            f"Of {len(sizes)} layers it freezes {frozen}.",
            "All but the last: it must not matter how many layers there are.",
        )
        same = all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
        require(same, "The weights are not what they were before.", _ONLY_FREEZE)


_ONLY_FREEZE = "Change nothing but `trainable`."


@exercise(
    "6.3",
    "What is left to train",
    why="The count tells how much a few images have to teach, before any training.",
    start="Count each layer first, as in lesson 1: which of its numbers does the optimizer move?",
)
def _left_to_train(trainable, frozen):
    conv, norm, dense = (3 * 3 * 1 + 1) * 8, 4 * 8, (26 * 26 * 8 + 1) * 10
    trainable = as_number(trainable, "my_trainable")
    require(
        trainable != dense + norm,
        f"my_trainable is not {trainable:,.0f}. Are all four numbers of a channel trained?",
        "BatchNormalization collects two of its four numbers a channel by itself.",
    )
    require(
        trainable != dense,
        f"my_trainable is not {trainable:,.0f}. Is the dense layer the only one left to train?",
        "Only the first layer is frozen.",
    )
    require(
        trainable not in (dense + norm // 2 + conv, dense + norm + conv),
        f"my_trainable is not {trainable:,.0f}. Which layer is frozen?",
        "A frozen layer has nothing left to train: leave out all its numbers.",
    )
    require(
        trainable != conv + norm // 2,
        f"my_trainable is not {trainable:,.0f}: that is how many are not trainable.",
        "The frozen layer's numbers and the two averages a channel go into my_not_trainable.",
    )
    require(
        trainable == dense + norm // 2,
        f"my_trainable is not {trainable:,.0f}.",
        "Dense: (26 × 26 × 8 inputs and a bias) × 10. And two numbers a channel of the layer "
        "before.",
    )
    frozen = as_number(frozen, "my_not_trainable")
    require(
        frozen != conv,
        f"my_not_trainable is not {frozen:,.0f}. Does the frozen layer hold all of them?",
        "Running averages are never trained, whether a layer is frozen or not.",
    )
    require(
        frozen == conv + norm // 2,
        f"my_not_trainable is not {frozen:,.0f}.",
        "All numbers of the frozen layer, and the two averages a channel of the next.",
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
    for classes in (7, 3):
        base = _base()
        before = base.get_weights()
        doing = f"called with a base and {classes} classes"
        model = call(with_head, base, classes, doing=doing, known=_INPUTS)
        require(model is not None, "It returns None.", "End it with `return` and the new model.")
        require(
            model is not base,
            "It returns the base itself, without a head.",
            "Return a new keras.Model, from your input to the last layer.",
        )
        model = built_model(model, [keras.Input((8, 8, 1))])
        x = np.random.default_rng(0).normal(2, 3, (16, 8, 8, 1)).astype("float32")
        features, answers = np.asarray(base(x, training=False)), np.asarray(model(x))
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
        kernel = (features.shape[1], classes)
        require(
            not any(weight.shape == kernel for weight in model.non_trainable_weights),
            "The head is frozen, too.",
            "Freeze the base alone, not the new model.",
        )
        head = [weight for weight in model.trainable_weights if weight.shape == kernel]
        require(
            len(head) == 1 and len(model.trainable_weights) == 2,
            "The head is not one dense layer that takes what the base gives.",
            "Points 2 and 3: the base, and right after it the dense layer.",
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


def _base():
    inputs = keras.Input((8, 8, 1))
    x = layers.Conv2D(4, 3, activation="relu")(inputs)
    x = layers.BatchNormalization(momentum=0.5)(x)
    return keras.Model(inputs, layers.GlobalAveragePooling2D()(x), name="base")


def _judge_base(model, base):
    """Judge whether the base is in the model, and frozen."""
    inside = model._flatten_layers()
    require(
        any(one is layer for one in inside for layer in base.layers if layer.weights),
        "The base is not in the model.",
        "Call it as a layer: base(inputs, ...).",
    )
    require(
        not base.trainable_weights,
        "The base is not frozen: training would change it.",
        "The base has an attribute `trainable`.",
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
    head = layers.Dense(3, activation="softmax", name="head")
    model = keras.Model(inputs, head(base(inputs, training=False)))
    random = np.random.default_rng(0)
    x, y = random.normal(0, 1, (16, 8, 8, 1)).astype("float32"), random.integers(0, 3, 16)
    model.compile("adam", loss="sparse_categorical_crossentropy")
    model.fit(x, y, verbose=0)
    compiled = model.optimizer
    norm = base.layers[2]
    averages = [norm.moving_mean.numpy(), norm.moving_variance.numpy()]
    before = [weight.numpy() for weight in base.layers[1].weights]
    top = head.get_weights()
    call(
        fine_tune,
        *(model, x, y),
        doing="called with a model whose base is frozen",
        known=[
            (
                "same rank",
                "This loss does not fit labels that are whole numbers.",
                "The loss for those is called sparse: lesson 1, section 6.",
            )
        ],
    )
    moved = any(np.any(a != b.numpy()) for a, b in zip(before, base.layers[1].weights, strict=True))
    head_moved = any(np.any(a != b) for a, b in zip(top, head.get_weights(), strict=True))
    compiled_again, rate = model.optimizer is not compiled, float(model.optimizer.learning_rate)
    as_given = base.trainable and norm.trainable and head_moved and np.isclose(rate, 1e-3)
    if as_given and not compiled_again and not moved:
        raise NotAttempted
    require(
        base.trainable_weights,
        "Afterwards the base is still frozen.",
        "Let the line that unfreezes the base come first. Setting it on the whole model does "
        "nothing: that counts as trainable already.",
    )
    require(
        moved or head_moved,
        "Nothing was trained.",
        "Three steps in this order: unfreeze, compile, fit.",
    )
    require(
        compiled_again,
        "The model is not compiled again, so it trains what it trained before.",
        "fit goes on with what it fixed before: call compile after the change of `trainable`.",
    )
    require(
        moved,
        "The base's weights are what they were before.",
        "Three steps in this order: unfreeze, compile, fit.",
    )
    require(
        head_moved,
        "The head's weights are what they were before.",
        "Base and head are trained together: freeze only the base's BatchNormalization layers.",
    )
    now = [norm.moving_mean.numpy(), norm.moving_variance.numpy()]
    require(
        np.array_equal(averages, now),
        "The running averages of BatchNormalization are not what they were before.",
        "While fit trains, only a frozen BatchNormalization keeps them: section 7, third trap.",
    )
    judge_compiled(model, loss="sparse_categorical_crossentropy", from_logits=False)
    require(
        np.isclose(rate, 1e-4),
        f"It trains at a rate of {rate:g}, and 0.0001 is asked for.",
        "keras.optimizers.Adam takes the rate as its first argument.",
    )
