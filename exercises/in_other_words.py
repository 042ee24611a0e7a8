"""Under a traceback of the learner's own: what Keras means, in one line of plain words.

The traceback stays whole. A line follows only for messages that are in the table, and says no more
than the message itself does. Cells that show an error on purpose raise none, so nothing follows.
"""

import re

# The beginning of an error's name, a pattern in its message, and what it means. Groups of the
# pattern may stand in the words by their names.
WORDS = (
    # Shapes
    (
        "ValueError",
        r"expected min_ndim=4, found ndim=3|expected ndim=4, found ndim=3",
        "this layer takes images with four axes (batch, height, width, channels), and got three. "
        "One is missing: the channels, images[..., np.newaxis], or for a single image the batch, "
        "image[np.newaxis].",
    ),
    (
        "ValueError",
        r"expected (?:min_)?ndim=(?P<wanted>\d), found ndim=(?P<found>\d)",
        "this layer takes input with {wanted} axes, the batch first, and got {found}. Compare the "
        "shape of what you give it with what it needs.",
    ),
    (
        "ValueError",
        r"expected axis -1 of input shape to have value (?P<built>\d+), but received input with "
        r"shape (?P<shape>\([^)]*\))",
        "this layer was built for {built} numbers in the last axis, and now gets input of shape "
        "{shape}. A layer keeps the size with which it was built: make a new one for another size.",
    ),
    (
        "ValueError",
        r"[Ee]xpected shape[= ](?P<wanted>\([^)]*\)), (?:found shape=|but input has incompatible "
        r"shape )(?P<found>\([^)]*\))",
        "this model takes input of shape {wanted}, where None stands for the batch, and got "
        "{found}. A single example needs a batch axis, too: example[np.newaxis].",
    ),
    (
        "ValueError",
        r"expects (?P<wanted>\d+) (?:named )?input\(s\).* it received (?P<found>\d+)",
        "this model or layer takes {wanted} input(s), and got {found}. Several inputs go into one "
        "list, in the order of keras.Model(inputs=[...]).",
    ),
    (
        "ValueError",
        r"[Cc]omputed output size would be (?:negative|zero)|resulted in an empty output|"
        r"Negative dimension size",
        "the window is larger than the image that arrives there. Fewer poolings before it, a "
        'smaller window, or padding="same".',
    ),
    (
        "ValueError",
        r"requires inputs with matching shapes except for the concatenation axis",
        "the branches that meet in Concatenate differ in more than their channels. Height and "
        "width must be equal: look at the shape of each.",
    ),
    (
        "ValueError",
        r"incompatible shapes\. Received shapes (?P<one>\(.*?\)) and (?P<other>\(.*?\))",
        "what is to be added has the shapes {one} and {other} (without the batch), and they must "
        "be equal: the same padding, strides and number of filters on both ways.",
    ),
    # Labels and losses
    (
        "ValueError",
        r"Arguments `target` and `output` must have the same (?:shape|rank)",
        "labels and answers have different shapes. If the labels are whole numbers, take the loss "
        "that begins with sparse_, or make them one-hot with keras.utils.to_categorical.",
    ),
    (
        "ValueError",
        r"`output` must have rank \(ndim\) `target\.ndim - 1`",
        "a sparse loss or metric takes labels that are whole numbers, one for each example, and "
        "these have more axes. For one-hot labels take the one without sparse_; and the model must "
        "give one row of numbers for each example.",
    ),
    (
        "InvalidArgumentError",
        r"Received a label value of (?P<label>-?\d+) which is outside the valid range of "
        r"\[0, (?P<count>\d+)\)",
        "one label is {label}, and the model gives {count} numbers, for the classes from 0 up. The "
        "last layer needs a unit for every class, and labels begin with 0.",
    ),
    (
        "ValueError",
        r"Data cardinality is ambiguous",
        "there are not as many labels as examples (or as many of one input as of another). The "
        "first axis of all of them must be equal.",
    ),
    (
        "ValueError",
        r"No loss to compute",
        "the model was compiled without a loss, so there is nothing to make small: "
        "model.compile(loss=...).",
    ),
    # Not ready yet
    (
        "ValueError",
        r"You must call `compile\(\)`",
        "the model does not know yet what it is to make small: call model.compile(optimizer, loss) "
        "before this.",
    ),
    (
        "ValueError",
        r"isn't built|has not yet been built|hasn't been built|has never been built",
        "the model has no weights yet, as it does not know the shape of its input. Put "
        "keras.Input(shape) first, or call it once on a batch.",
    ),
    (
        "(?:ValueError|AttributeError)",
        r"has never been called and thus has no defined (?:input|output)",
        "the model does not know the shape of its input yet. Put keras.Input(shape) first, or call "
        "it once on a batch.",
    ),
    # Lists and graphs
    (
        "ValueError",
        r"Only instances of `?keras\.Layer`? can be added to a Sequential model\. Received: "
        r"(?P<what>.*?) \(of type",
        "in the list stands {what}, which is no layer. Are the brackets missing after a layer's "
        "name, or is a list inside the list?",
    ),
    (
        "ValueError",
        r"not connected to `inputs`|`inputs` not connected to `outputs`",
        "no way of layer calls leads from these inputs to these outputs. Does a line call its "
        "layer on the wrong thing, or on a second keras.Input?",
    ),
    (
        "ValueError",
        r"A KerasTensor (?:is symbolic|cannot be used as input)",
        "a graph's tensor has a shape but no numbers, so NumPy and TensorFlow's functions cannot "
        "take it. keras.ops has functions of the same names that can.",
    ),
    # Settings
    (
        "(?:ValueError|TypeError)",
        r"Could not interpret (?P<kind>\w+) (?:function )?identifier: (?P<name>[^\n]+)",
        "Keras knows no {kind} called {name}. Compare the spelling with the documentation: a "
        "string must be one of Keras's own names.",
    ),
    (
        "ValueError",
        r"Unrecognized keyword arguments? passed to (?P<layer>\w+): \{'(?P<name>\w+)'",
        "{layer} has no setting called {name}. Compare the spelling: help(layers.{layer}) lists "
        "them all.",
    ),
    # Classes
    (
        "(?:RuntimeError|AttributeError|TypeError)",
        r"forgot to call `?super\(\)\.__init__\(\)",
        "the first line of __init__ must be super().__init__(), before anything is put on self.",
    ),
    (
        "ValueError",
        r"You cannot add new elements of state \(variables or sub-layers\)",
        "a weight or a layer is made while the model is called, and by then it is too late. Make "
        "layers in __init__ and weights in build; call only uses them.",
    ),
    (
        "TypeError",
        r"^(?:Exception encountered.*?)?too many positional arguments|"
        r"call\(\) takes \d+ positional",
        "`call` got more than it takes. The first in its brackets is self, and then come the "
        "inputs: def call(self, inputs).",
    ),
    (
        "(?:ValueError|OperatorNotAllowedInGraphError|TypeError)",
        r"[Uu]sing a symbolic `?tf\.Tensor`? as a Python `?bool|"
        r"A symbolic KerasTensor cannot be used as a (?:boolean|bool)",
        "an `if` asks about numbers that are not there yet, as the model is only being recorded. "
        "keras.ops.where chooses between numbers when they come.",
    ),
    (
        "ValueError",
        r"tf\.function only supports singleton tf\.Variables created on the first call",
        "a variable is made inside the function, at a later call too. Make models, optimizers and "
        "metrics outside of it, once; and build an optimizer before: optimizer.build(weights).",
    ),
    # Training by hand
    (
        "ValueError",
        r"No gradients provided for any variable|None values not supported",
        "the tape has seen no way from the weights to the loss. Call model and loss inside the "
        "`with` block, and let nothing leave TensorFlow on the way (no .numpy(), no predict).",
    ),
    (
        "RuntimeError",
        r"A non-persistent GradientTape can only be used to compute one set of gradients",
        "a tape answers once. Ask for all gradients in one call of tape.gradient.",
    ),
    # Files
    (
        "ValueError",
        r"Invalid filepath extension for saving",
        "the name of a whole model's file must end in .keras.",
    ),
    (
        "ValueError",
        r"must end in `?\.weights\.h5",
        "the name of a file of weights must end in .weights.h5.",
    ),
    (
        "(?:TypeError|ValueError)",
        r"Could not (?:locate|deserialize) class '(?P<name>\w+)'",
        "the file names a class {name} that Keras does not know here. Define or import it before "
        "loading, with @keras.saving.register_keras_serializable() above it.",
    ),
    (
        "ValueError",
        r"File not found: filepath=(?P<path>\S+?)\.? ",
        "there is no file {path} where this notebook runs. Was it saved, and under this name?",
    ),
    (
        "ValueError",
        r"All `outputs` values must be KerasTensors.*including invalid value <\w+ name=",
        "`outputs` is a layer, and not what it gives. A layer is called on what goes in: "
        "layers.Dense(10)(x).",
    ),
    # Names
    (
        "NameError",
        r"name '(?P<name>\w+)' is not defined",
        "so far nothing is called {name} here. Has the cell that makes it been run? Is it spelled "
        "alike? A text stands in quotation marks.",
    ),
)


def in_other_words(error: BaseException) -> str | None:
    """What an error of Keras or TensorFlow means, in a sentence or two; None for unknown ones.

    Args:
        error: What was raised.
    """
    message = " ".join(re.sub(r"\x1b\[\d+m", "", str(error)).split()) + " "
    for kind, pattern, words in WORDS:
        found = re.search(pattern, message)
        if found and re.fullmatch(kind, type(error).__name__):
            return words.format(**found.groupdict())
    return None


def _after_a_cell(result):
    error = result.error_in_exec
    words = in_other_words(error) if error is not None else None
    if words:
        print(f"In other words: {words}")


def start() -> None:
    """In a notebook, let such a line follow the traceback of every cell that needs one."""
    try:
        from IPython import get_ipython
    except ImportError:  # outside of a notebook nobody needs it
        return
    shell = get_ipython()
    if shell is not None:
        shell.events.register("post_run_cell", _after_a_cell)
