"""In which order the layers of a graph follow each other, and which of its inputs is which.

A list has one order. In two right graphs, branches may be drawn and inputs named in different ones.
"""

import itertools

from helpers.notebook import CourseError
from helpers.opening import layers_of, symbolic_inputs

import keras

ANY_ORDER = ("Add", "Multiply", "Average", "Maximum", "Minimum")  # of what these take
ENOUGH = 64  # orders to look at, in a graph of very many merges


def orders_of(model, of_all_merges=False):
    """List the layers of a model, inputs left out, in every order that says the same of it.

    A layer comes after all that it takes from, and a branch is followed to its end, so it plays no
    part which was called first. But of a sum, for instance, any branch may come first.

    Args:
        model: A built Keras model.
        of_all_merges: Let branches that are laid end to end come in any order too.

    Returns:
        A list of lists of `Box`, first the one in which the arrows are written. It is empty if the
        model cannot be opened.
    """
    try:
        boxes = layers_of(model, expand_nested=True, training=True)
    except CourseError:
        return []
    merges = [
        box
        for box in boxes
        if len(set(box.sources)) > 1
        and (of_all_merges or box.calls > 1 or type(box.layer).__name__ in ANY_ORDER)
    ]
    ways = itertools.product(*(itertools.permutations(box.sources) for box in merges))
    orders = []
    for way in itertools.islice(ways, ENOUGH):
        order = _along_the_arrows(boxes, dict(zip(merges, way, strict=True)))
        if order not in orders:
            orders.append(order)
    return orders


def inputs_used(model):
    """The boxes of the inputs from which an arrow leads into the graph of a model."""
    boxes = layers_of(model, expand_nested=True)
    return [box for box in boxes if is_input(box) and any(box in one.sources for one in boxes)]


def is_input(box):
    return isinstance(box.layer, keras.layers.InputLayer)


def _along_the_arrows(boxes, turned):
    order, met = [], set()

    def follow(box):
        if box in met:
            return
        met.add(box)
        for source in turned.get(box, box.sources):
            follow(source)
        order.append(box)

    taken_from = {source for box in boxes for source in box.sources if source is not box}
    for box in sorted(boxes, key=lambda box: box in taken_from):  # from the ends
        follow(box)
    return [box for box in order if not is_input(box)]


def fits(shape, asked):
    """Whether a shape is the one asked for; None stands for any size."""
    return len(shape) == len(asked) and all(
        a in (None, b) for a, b in zip(shape, asked, strict=True)
    )


def places_of_inputs(model, asked):
    """Tell which of the inputs asked for each input of a model is, by its shape and then its name.

    Args:
        model: A built Keras model.
        asked: A list of Keras tensors.

    Returns:
        A list of pairs: an input's shape without the batch, and its place in `asked`, or None.
    """
    left, pairs = list(range(len(asked))), []
    for mine in keras.tree.flatten(_form_of_inputs(model)):
        shape = tuple(mine.shape[1:])
        fitting = [place for place in left if fits(shape, tuple(asked[place].shape[1:]))]
        place = min(fitting, key=lambda place: asked[place].name != mine.name, default=None)
        pairs.append((shape, place))
        left = [other for other in left if other != place]
    return pairs


def arranged(model, values, asked):
    """Put values, one for each input asked for, into the form in which a model takes its inputs.

    Args:
        model: A built Keras model, which takes these inputs in any order, as a list or dictionary.
        values: A list of tensors or arrays.
        asked: A list of Keras tensors, one for each value.
    """
    if len(values) == 1:
        return values[0]
    values = [values[place] for _, place in places_of_inputs(model, asked)]
    return keras.tree.pack_sequence_as(_form_of_inputs(model), values)


def _form_of_inputs(model):
    """The inputs of a built model: a tensor, or tensors in a list or dictionary.

    Raises:
        CourseError: It has not seen any input yet.
    """
    named = symbolic_inputs(model, None)
    return model.input if hasattr(model, "_nodes_by_depth") else named
