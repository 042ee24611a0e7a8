"""Draws exercises of the same kinds as the lessons' own, as many as anybody wants.

What is drawn depends on nothing but the number of the exercise, so it is the same everywhere.
"""

from dataclasses import replace

from exercises.checking import Drawn, drawn
from exercises.kinds import Mistake, Network, OnPaper, Shape, Value
from exercises.networks import judge_network
from exercises.specifications import (
    FLATTEN,
    LARGEST,
    MEAN,
    NORM,
    Point,
    Specification,
    conv,
    dense,
    dropout,
    pool,
)
from exercises.verdicts import about

# What a network tells apart, how many classes that are, and the channels of its images.
THEMES = (
    ("26 handwritten letters", 26, 1),
    ("8 kinds of clothing", 8, 1),
    ("6 chess pieces", 6, 1),
    ("7 musical notes", 7, 1),
    ("12 road signs", 12, 3),
    ("9 kinds of mushrooms", 9, 3),
    ("5 kinds of clouds", 5, 3),
    ("11 kinds of leaves", 11, 3),
)
MANY = (  # of lesson 5
    ("20 breeds of dogs", 20, 3),
    ("43 road signs", 43, 3),
    ("50 kinds of birds", 50, 3),
    ("30 kinds of fruit", 30, 3),
)
PAIRS = (  # what a network guesses; what shows it, and its name; some figures
    ("the price of a boat", "a photo of it", "photo", "facts about it", "facts"),
    ("the weight of a fish", "a photo of it", "photo", "measurements of it", "measures"),
    ("the age of a tree", "a photo of its bark", "bark", "facts about where it stands", "facts"),
    ("how full a beach will be", "a photo of the sky", "sky", "figures of the day", "figures"),
)
RIVALS = ("wines is the older one", "teams will win", "songs sells better", "routes is faster")
COUNTS = ("", "", "two", "three", "four", "five", "six", "seven", "eight", "nine")


# Networks that are a chain


def body(random, side, channels, padded=False, windows=(3, 5)):
    """Draw two or three convolutions, with poolings between, for square images.

    Returns:
        The points, and the side and the channels of what they give.
    """
    points, filters = [], random.choice((4, 6, 8))
    steps = random.choice((1, 1, 2)) if not padded else 1
    for number in range(random.choice((2, 2, 3))):
        window = random.choice(windows) if number == 0 else 3
        padding = "same" if padded and number == 0 else "valid"
        points.append(conv(filters, window, strides=steps, padding=padding))
        side = side if padding == "same" else (side - window) // steps + 1
        channels, filters, steps = filters, random.choice((filters, 2 * filters)), 1
        if side >= 12 or (side >= 9 and random.random() < 0.5):
            points.append(pool())
            side //= 2
        if side < 6:
            break
    return points, side, channels


def chain(random, themes=THEMES, padded=False, ends=(FLATTEN, LARGEST), regular=False):
    """Draw a network that is a chain of layers, for images, and say what it is for.

    Args:
        random: A `random.Random`.
        themes: What it may be for.
        padded: Whether its first convolution keeps height and width.
        ends: What may make a row of an image.
        regular: Whether it has batch normalization or dropout.
    """
    what, classes, channels = random.choice(themes)
    side = random.choice((20, 24, 28, 32))
    points, _, _ = body(random, side, channels, padded)
    if regular and random.random() < 0.5:
        points.append(NORM)
        points.append(dropout(random.choice((0.2, 0.3, 0.5))))
        regular = False
    points.append(random.choice(ends))
    if regular or random.random() < 0.7:
        points.append(dense(random.choice((16, 24, 32))))
    if regular:
        points.append(dropout(random.choice((0.2, 0.3, 0.5))))
    points.append(dense(classes, "softmax"))
    return what, Specification({"inputs": (side, side, channels)}, tuple(points))


def specified(task, what, network):
    """The text that asks for a network."""
    (shape,) = network.inputs.values()
    images = "grey images" if shape[-1] == 1 else "colour images"
    return f"{task} tells {what} apart. Input: {images} of shape {shape}. Then\n\n{network.words()}"


FROM_SPECIFICATION = {
    "title": "A network from its specification",
    "why": "Point for point, a specification becomes a list, whatever network it describes.",
    "start": "keras.Sequential([keras.Input(...), ...]), and then one line for each point.",
    "names": ("my_network",),
}
ONE_LINE = "One line for each point, and `keras.Input` first."


@drawn("1.3", **FROM_SPECIFICATION)
def _list(random):
    what, network = chain(random)
    text = specified("Write a network that", what, network)
    return Drawn(text, Network(network.model, None), network.as_list("my_network"), ONE_LINE)


@drawn("5.2", **FROM_SPECIFICATION | {"title": "A network as a list"})
def _larger_list(random):
    what, network = chain(random, MANY, True, (FLATTEN, LARGEST, MEAN), regular=True)
    text = specified("Write, as a list, a network that", what, network)
    return Drawn(text, Network(network.model, "list"), network.as_list("my_network"), ONE_LINE)


AS_GRAPH = {
    "title": "A network as a graph",
    "why": "A graph is written in the order in which its arrows are followed.",
    "start": "inputs = keras.Input(...), then x = ...(inputs), and from then on x = ...(x).",
    "names": ("my_network",),
}
ONE_ARROW = "Each line draws the arrows into one layer, and `keras.Model` closes the graph."


@drawn("5.3", **AS_GRAPH)
def _larger_graph(random):
    what, network = chain(random, MANY, True, (FLATTEN, LARGEST, MEAN), regular=True)
    text = specified("Write, as a graph, a network that", what, network)
    return Drawn(text, Network(network.model, "graph"), network.as_graph("my_network"), ONE_ARROW)


AS_CLASS = {
    "title": "A network as a class",
    "why": "The class says what there is, and its call in which order that comes.",
    "start": "class MyNetwork(keras.Model): with __init__ and call, and then "
    "my_network = MyNetwork().",
    "names": ("my_network",),
}
IN_CALL = "`__init__` makes the layers, one for each point, and `call` goes through them."


def _class(random, themes, ends):
    what, network = chain(random, themes, True, ends, regular=True)
    text = specified("Write a class, and make `my_network` from it, which", what, network)
    code = network.as_class("my_network", "MyNetwork")
    return Drawn(text, Network(network.model, "class"), code, IN_CALL)


@drawn("3.4", **AS_CLASS)
def _smaller_class(random):
    return _class(random, THEMES, (FLATTEN, LARGEST))


@drawn("5.4", **AS_CLASS)
def _larger_class(random):
    return _class(random, MANY, (FLATTEN, LARGEST, MEAN))


def changes(network):
    """Yield networks that differ from a chain in one thing, each with what was done, in words.

    All of them can be built, and none is the same function.
    """
    points = network.points
    for place, point in enumerate(points):
        last = place == len(points) - 1
        before, after = points[:place], points[place + 1 :]
        for words, other in _changed(point, last):
            yield words, replace(network, points=(*before, *other, *after))
        if point.kind == "Conv2D" and after[0].kind == "MaxPooling2D":
            turned = (*before, after[0], point, *after[1:])
            yield "two layers are swapped", replace(network, points=turned)


def _changed(point, last):
    """Yield what may stand in place of one point, and what was done, in words."""
    if point.kind == "Conv2D":
        made = {"activation": None, "strides": 1, "padding": "valid", **point.settings}
        yield "a convolution has too many filters", [conv(2 * point.args[0], point.args[1], **made)]
        if made["strides"] > 1:
            yield "the strides are left out", [conv(*point.args, **made | {"strides": 1})]
        yield "an activation is left out", [conv(*point.args, **made | {"activation": None})]
    elif point.kind == "Dense" and last:
        yield "the last layer has another activation", [dense(point.args[0], "relu")]
        yield "the last layer has a unit too many", [dense(point.args[0] + 1, "softmax")]
    elif point.kind == "Dense":
        yield "an activation is left out", [dense(point.args[0], None)]
    else:
        yield "a layer is left out", []


@drawn(
    "1.4",
    "Mend a list",
    why="Keras says nothing of a list that can be built, so compare it with what was meant.",
    start="Go through list and points side by side; summary() shows what the list really does.",
    names=("my_mended",),
)
def _mended_list(random):
    what, network = chain(random)
    done, broken = random.choice(list(changes(network)))
    (shape,) = network.inputs.values()
    text = (
        f"Somebody wanted a network that tells {what} apart, from images of shape {shape}. It was "
        f"to be\n\n{network.words()}\n\nThe list has one mistake. Mend it.\n\n"
        f"```python\n{broken.as_list()}\n```"
    )
    judge = Network(network.model, given=broken.model)
    because = f"In the list that was given, {done}."
    return Drawn(text, judge, network.as_list("my_mended"), because)


def photo_like(random):
    """Draw a network of two blocks of the same kind, as the photo network is one."""
    channels, filters = random.choice((1, 3)), random.choice((4, 8))
    rates, normalized = random.sample((0.2, 0.3, 0.4, 0.5), 2), random.random() < 0.5
    twice, points = random.random() < 0.5, []
    for rate in rates:
        points += [conv(filters, 3, padding="same")] * (1 + twice)
        points += [pool(), *[NORM] * normalized, dropout(rate)]
        filters *= 2
    points += [LARGEST, dense(random.choice((16, 32))), dense(1, "sigmoid")]
    side = random.choice((32, 48, 64))
    return Specification({"inputs": (side, side, channels)}, tuple(points))


@drawn(
    "2.5",
    "One network, twice",
    why="A style is a way of writing: the network does not know in which one it was written.",
    start="Write the list first; in the graph, the same layers come in the same order.",
    names=("my_list", "my_graph"),
)
def _twice(random):
    network = photo_like(random)
    (shape,) = network.inputs.values()

    def judge(as_list, as_graph):
        for model, style in ((as_list, "list"), (as_graph, "graph")):
            with about(f"In the {style}"):
                judge_network(model, network.model(), style)

    text = f"Write this network as a list *and* as a graph. Input: images of shape {shape}. Then"
    code = f"{network.as_list('my_list')}\n\n{network.as_graph('my_graph')}"
    return Drawn(f"{text}\n\n{network.words()}", judge, code, "The same layers, in the same order.")


# Networks that are no chain


def with_shortcut(random):
    """Draw a network in which what goes into a block is added to what comes out of it."""
    what, classes, channels = random.choice(THEMES)
    filters, side = random.choice((4, 6, 8)), random.choice((12, 16, 20))
    points = [
        conv(filters, 3, padding="same"),
        conv(filters, random.choice((3, 5)), padding="same").at("x", gives="y"),
        conv(filters, 3, None, padding="same").at("y", gives="y"),
        Point("what comes from points 1 and 3, added", "Add").at("x", "y"),
        *random.choice(([], [pool()])),
        LARGEST,
        dense(classes, "softmax"),
    ]
    return what, Specification({"inputs": (side, side, channels)}, tuple(points))


def with_branches(random):
    """Draw a network with two branches, which are laid end to end."""
    what, classes, channels = random.choice(THEMES)
    narrow, wide = random.sample((2, 4, 6, 8), 2)
    side = random.choice((12, 16, 20))
    first, second = random.sample((3, 5, 7), 2)
    to = "the input goes through a {}"
    points = [
        conv(narrow, first, padding="same").at("inputs", words=to),
        conv(wide, second, padding="same").at("inputs", gives="y", words=f"beside that, {to}"),
        Point(
            "both are laid end to end, channel after channel, what comes from point 1 first",
            "Concatenate",
        ).at("x", "y"),
        *random.choice(([], [pool()])),
        conv(random.choice((4, 8)), 3),
        LARGEST,
        dense(classes, "softmax"),
    ]
    return what, Specification({"inputs": (side, side, channels)}, tuple(points))


@drawn("2.2", **AS_GRAPH)
def _graph(random):
    what, network = random.choice((chain, with_shortcut, with_branches))(random)
    text = specified("Write, as a graph, a network that", what, network)
    return Drawn(text, Network(network.model, "graph"), network.as_graph("my_network"), ONE_ARROW)


def photo_and_figures(random):
    """Draw a network with two inputs of two kinds, and say what it is to do."""
    guessed, shown, photo, figures, facts = random.choice(PAIRS)
    count, side = random.randint(3, 9), random.choice((16, 24, 32))
    points = [conv(random.choice((4, 8, 16)), random.choice((3, 5)))]
    points[0] = points[0].at(photo, words=f"the {photo} goes through a {{}}")
    if random.random() < 0.4:
        points += [pool(), conv(8, 3)]
    points += [
        LARGEST,
        dense(random.choice((4, 8, 12))).at(facts, gives="y", words=f"the {facts} go through {{}}"),
        Point(f"both are laid end to end, what comes from the {photo} first", "Concatenate").at(
            "x", "y"
        ),
        *random.choice(([], [dense(random.choice((8, 16)))])),
        dense(1, None),
    ]
    text = (
        f"This network guesses {guessed}. It has two inputs: {shown}, of shape "
        f"{(side, side, 3)}, called `{photo}` below, and {COUNTS[count]} {figures}, of shape "
        f"{(count,)}, called `{facts}`. Then"
    )
    return text, Specification({photo: (side, side, 3), facts: (count,)}, tuple(points))


def rivals(random):
    """Draw a network in which both inputs go through one layer, and say what it is to do."""
    count, shared = random.randint(5, 9), dense(random.choice((8, 12, 16)))
    points = [
        replace(
            shared,
            words=f"each of the two goes through {shared.words}: one layer for both, used twice",
            calls=((("first",), "x"), (("second",), "y")),
        ),
        Point("what comes from the second, subtracted from what comes from the first", "Subtract"),
        *random.choice(([], [dense(random.choice((4, 8)))])),
        dense(1, "sigmoid"),
    ]
    points[1] = points[1].at("x", "y")
    text = (
        f"This network says which of two {random.choice(RIVALS)}. It has two inputs, `first` and "
        f"`second`, each with {COUNTS[count]} figures, of shape {(count,)}. Then"
    )
    return text, Specification({"first": (count,), "second": (count,)}, tuple(points))


@drawn(
    "2.3",
    "Two inputs that meet",
    why="A network can put together whatever becomes numbers: images, measurements, words.",
    start="Draw it with boxes and arrows first. Each input is a keras.Input of its own.",
    names=("my_network",),
)
def _two_inputs(random):
    text, network = random.choice((photo_and_figures, rivals))(random)
    because = "Each input has a variable of its own until they meet."
    code = network.as_graph("my_network")
    judge = Network(network.model, mistakes=_turned_round(network))
    return Drawn(f"{text}\n\n{network.words()}", judge, code, because)


def _turned_round(network):
    """The mistake of a network that subtracts what the wrong one of its inputs has led to."""
    points = [p.at("y", "x") if p.kind == "Subtract" else p for p in network.points]
    other = replace(network, points=tuple(points))
    told = "What comes from the first is subtracted from what comes from the second."
    hint = "Subtract takes a list: first what something is taken away from, then what that is."
    return [Mistake(other.model, told, hint)] if other != network else []


@drawn(
    "2.4",
    "Mend a graph",
    why="Keras finds arrows that do not fit; one that starts in the wrong place, only you can see.",
    start="Run the broken graph in a cell of your own, and read the message from its end.",
    names=("my_mended",),
)
def _mended_graph(random):
    what, network = random.choice((with_shortcut, with_branches))(random)
    broken, told = network, []
    for done, place, point in (random.choice(one) for one in _wrong(network)):
        points = list(broken.points)
        points[place] = point
        broken, told = replace(broken, points=tuple(points)), [*told, done]
    (shape,) = network.inputs.values()
    text = (
        f"A graph that was to tell {what} apart has two mistakes: one of them Keras tells you, the "
        f"other it cannot see. Mend both, and change nothing else. It is to be: input of shape "
        f"{shape}, then\n\n{network.words()}\n\n```python\n{broken.as_graph()}\n```"
    )
    judge = Network(network.model, "graph")
    because = f"In the graph that was given, {told[0]}, and Keras says so. Besides, {told[1]}."
    return Drawn(text, judge, network.as_graph("my_mended"), because)


def _wrong(network):
    """Mistakes that Keras tells, and mistakes that it cannot see.

    Each is what was done in words, the place among the points, and what stands there instead.
    """
    points = network.points
    merge = next(n for n, point in enumerate(points) if len(point.calls[0][0]) > 1)
    last, before = points[-1], points[merge - 1]
    unpadded = replace(before, settings={**before.settings})
    unpadded.settings.pop("padding")
    seen = [("the padding is missing before two images meet", merge - 1, unpadded)]
    if points[merge].kind == "Add":
        more = replace(before, args=(2 * before.args[0], before.args[1]))
        seen.append(("the convolution before `Add` has too many filters", merge - 1, more))
    kind = points[merge].kind
    unseen = [
        ("the last layer has another activation", len(points) - 1, dense(last.args[0], "relu")),
        (f"`{kind}` takes the same thing twice", merge, points[merge].at("x", "x")),
        (
            f"what `{kind}` gives is lost: the layer after it takes something from before",
            merge + 1,
            points[merge + 1].at("inputs"),
        ),
    ]
    return seen, unseen


# On paper


def way(points, side):
    """How a height or a width goes through some layers, in words, and the numbers on the way."""
    words, numbers = [], [side]
    for point in points:
        if point.kind == "MaxPooling2D":
            size = point.args[0]
            words.append(f"pooling divides it by {size}, rounded down")
            side //= size
        elif point.settings.get("padding") == "same":
            words.append('padding="same" keeps it')
        else:
            window, steps = point.args[1], point.settings.get("strides", 1)
            words.append(
                f"a window of {window} takes {window - 1} away"
                if steps == 1
                else f"a window of {window} in steps of {steps} fits into (n - {window}) // {steps}"
                " + 1 places, if n arrive"
            )
            side = (side - window) // steps + 1
        numbers.append(side)
    return f"It begins with {numbers[0]}. Then " + "; ".join(words) + ".", numbers


def shape_after(network, points, of, place=-1):
    """The `Shape` that a network gives at a place, after some points, and the way there."""
    height, width, _ = next(iter(network.inputs.values()))
    (down, heights), (across, widths) = way(points, height), way(points, width)
    channels = network.shapes()[place][1][-1]
    hints = (
        down,
        across,
        (
            "Each filter of the last Conv2D makes one channel, and pooling keeps the channels. "
            "Channels stand last: (height, width, channels)."
        ),
    )
    told = " → ".join(map(str, heights))
    if heights != widths:
        told = f"Down: {told}. Across: " + " → ".join(map(str, widths))
    return Shape((heights[-1], widths[-1], channels), hints, of), told


def value(name, right, hint, mistakes, ask=""):
    """A `Value` with those of the mistakes that are no other answer, as (number, words, hint)."""
    taken, kept = {right}, []
    for number, told, of in mistakes:
        if number not in taken:
            taken.add(number)
            kept.append(Mistake(number, told, of))
    return Value(name, right, hint, kept, ask)


def sizes(network):
    """For each point with weights: it, the channels that it takes, its count, that as a sum."""
    return [
        (point, shape[-1], *point.count(shape))
        for point, (shape, _) in zip(network.points, network.shapes(), strict=True)
        if point.count(shape)[0]
    ]


ONE_BIAS = "Each filter has one bias."


@drawn(
    "1.2",
    "A shape and a count on paper",
    why="Whoever can do this on paper sees at once in a summary what is not as it was meant.",
    start="Begin with the first layer alone: in how many places does its window fit, down and "
    "across?",
    names=("my_shape", "my_count"),
)
def _shape_and_count(random):
    height, width = random.sample((50, 60, 70, 80, 90, 100), 2)
    channels = random.choice((1, 3))
    first, second = random.choice((4, 8, 16)), random.choice((4, 8, 16))
    points = [
        conv(first, random.choice((3, 5, 7)), strides=random.choice((1, 2))),
        pool(random.choice((2, 3))),
        conv(second, random.choice((3, 5))),
    ]
    if random.random() < 0.4:
        points = [points[0], points[2], points[1]]
    network = Specification({"inputs": (height, width, channels)}, tuple(points))
    shape, told = shape_after(network, points, f"a {points[-1].kind}")
    (_, _, one, sum_1), (_, _, other, sum_2) = sizes(network)
    areas = [point.args[1] ** 2 for point, *_ in sizes(network)]
    two = "MaxPooling2D learns nothing; add up what the two Conv2D layers have."
    mistakes = [
        (
            one + other - first - second,
            "{} parameters are the weights of all windows, but something is left out.",
            ONE_BIAS,
        ),
        *(
            (count, "{} parameters is one layer's count, and there are two with weights.", two)
            for count in (one, other)
        ),
        (
            (areas[0] + 1) * first + (areas[1] + 1) * second,
            "{} parameters would be right if every window saw a single channel.",
            "A filter has a weight for each pixel of its window in each channel that arrives.",
        ),
    ]
    count = value(
        "The parameter count",
        one + other,
        "One filter has a weight for each pixel of its window in each channel of its input, and "
        "one bias. How many channels does each Conv2D get? The first one gets those of the image.",
        mistakes,
    )
    text = (
        f"Without running it: for images of shape {(height, width, channels)}, {height} high and "
        f"{width} wide, what is the output shape of this model, without the batch's `None`? How "
        f"many parameters does it have?\n\n```python\n{network.as_list()}\n```"
    )
    code = f"my_shape = {shape.right}\nmy_count = {sum_1} + {sum_2}"
    return Drawn(text, OnPaper(shape, count), code, f"{told}. Pooling learns nothing.")


@drawn(
    "2.1",
    "A shape and a count, with branches",
    why="Where branches meet, the shapes must agree: whoever works them out first meets no errors.",
    start='Begin with one branch alone: what does padding="same" do to height and width?',
    names=("my_shape", "my_count"),
)
def _with_branches(random):
    side, channels = random.choice((16, 20, 24, 28, 32, 40)), random.choice((1, 3))
    joined = random.random() < 0.6
    narrow, wide = random.sample((2, 4, 6, 8), 2)
    wide = wide if joined else narrow
    windows = sorted(random.sample((3, 5, 7), 2))
    tail = [conv(random.choice((4, 5, 6)), random.choice((3, 5)))]
    tail = random.choice((tail, [pool(), *tail], [*tail, pool()]))
    kind = "Concatenate" if joined else "Add"
    points = [
        conv(narrow, windows[0], padding="same").at("inputs", gives="narrow"),
        conv(wide, windows[1], padding="same").at("inputs", gives="wide"),
        Point("", kind).at("narrow", "wide"),
        *tail,
    ]
    network = Specification({"inputs": (side, side, channels)}, tuple(points))
    shape, told = shape_after(network, [points[0], *tail], f"a {tail[-1].kind}")
    (_, _, one, sum_1), (_, _, other, sum_2), (last, arriving, rest, sum_3) = sizes(network)
    area, filters = last.args[1] ** 2, last.args[0]
    both = "Concatenate joins the channels of both. How many are there then?"
    if not joined:
        both = "Add adds number to number: as many channels come out as one branch has."
    if_only = {narrow: "only one branch", wide: "only one branch"}
    if_only[narrow + wide] = "the channels of both, end to end,"
    mistakes = [
        (
            one + other + rest - points[0].args[0] - points[1].args[0] - filters,
            "{} parameters are the weights of all windows, but something is left out.",
            ONE_BIAS,
        ),
        *(
            (
                count + rest,
                "With {} parameters, one of the branches is left out.",
                "Both branches have a Conv2D of their own. Add up three layers.",
            )
            for count in (one, other)
        ),
        *(
            (
                one + other + (area * n + 1) * filters,
                f"{{}} parameters would be right if {words} went into the last Conv2D.",
                both,
            )
            for n, words in if_only.items()
            if n != arriving
        ),
    ]
    count = value(
        "The parameter count",
        one + other + rest,
        "One filter has a weight for each pixel of its window in each channel of its input, and "
        "one bias. How many channels does the last Conv2D get?",
        mistakes,
    )
    does = {
        "Concatenate": "`Concatenate` joins images along their last axis, the channels.",
        "Add": "`Add` adds two images of the same shape, number to number.",
    }
    lines = network.as_graph().splitlines()[:-1]
    text = (
        "Without running it: what is the shape of `outputs`, without the batch's `None`? How many "
        f"parameters has the model? {does[kind]}\n\n```python\n" + "\n".join(lines) + "\n```"
    )
    code = f"my_shape = {shape.right}\nmy_count = {sum_1} + {sum_2} + {sum_3}"
    because = f"{arriving} channels go on from where the branches meet. Height and width: {told}."
    return Drawn(text, OnPaper(shape, count), code, because)


@drawn(
    "3.2",
    "What Keras finds",
    why="A weight that Keras does not find is neither trained nor saved, and nothing warns you.",
    start="Go through the layers one by one: is it on `self`, and is it ever called?",
    names=("my_weights", "my_trainable"),
)
def _found(random):
    used = [("hidden", dense(random.choice((4, 8, 16))))]
    used += [("more", dense(random.choice((4, 8))))] * random.choice((0, 1))
    norms, place = random.choice((1, 1, 2)), random.randint(1, len(used))
    names = ("norm",) if norms == 1 else ("norm_1", "norm_2")
    used[place:place] = [(name, NORM) for name in names]
    if random.random() < 0.6:
        used.insert(random.randint(1, len(used)), ("dropout", dropout(0.5)))
    spare, fresh = random.choice(((True, False), (False, True), (True, True)))
    dense_layers = sum(point.kind == "Dense" for _, point in used)
    batch, features = random.choice((16, 32, 64)), random.randint(3, 9)
    made = [f"        self.{name} = {point.code}" for name, point in used]
    if spare:
        made.insert(random.randint(0, len(made)), f"        self.spare = {dense(8, None).code}")
    told = {name: ", training=training" * (p.kind != "Dense") for name, p in used}
    trains = ", training=False" if any(told.values()) else ""
    called, taken = [], "inputs"
    for name, _ in used:
        called.append(f"        x = self.{name}({taken}{told[name]})")
        taken = "x"
    called.append(f"        return {dense(3, None).code}(x)" if fresh else "        return x")
    lines = [
        "class Puzzle(keras.Model):",
        "    def __init__(self, **kwargs):",
        "        super().__init__(**kwargs)",
        *made,
        "",
        f"    def call(self, inputs{trains}):",
        *called,
    ]
    weights, trainable = 2 * dense_layers + 4 * norms, 2 * dense_layers + 2 * norms
    found = "A layer made in call is not found, a layer that is never called has not built its "
    found += "weights, and Dropout has none."
    array = "A Dense layer has two, and BatchNormalization keeps four: two that the optimizer "
    array += "adjusts and two that the layer collects."
    unfound = "{} weight arrays are too many: not every layer has weights that Keras finds."
    mistakes = [
        (weights + 2 * (spare + fresh), unfound, found),
        (weights + 2, unfound, found),
        (trainable, "{} weight arrays are too few: BatchNormalization keeps more than two.", array),
        (len(used), "{} is how many layers are used, and a layer may have several arrays.", array),
    ]
    text = (
        "Without running it: a model of this class is called once, on a batch of shape "
        f"{(batch, features)}. How many weight arrays are in its `weights` then? How many of those "
        "are in `trainable_weights`?\n\n```python\n" + "\n".join(lines) + "\n```"
    )
    judge = OnPaper(
        value("The number of weight arrays", weights, f"{array} {found}", mistakes),
        value(
            "The number of trainable arrays",
            trainable,
            "Two of the four arrays in BatchNormalization are not trainable: the running mean and "
            "variance. Everything else that Keras finds is.",
            [
                (
                    weights,
                    "{} is the number of all arrays, and not all of them are trained.",
                    "Two of the four arrays in BatchNormalization are not trainable: the running "
                    "mean and variance.",
                )
            ],
        ),
    )
    many = f"{dense_layers} × 2" if dense_layers > 1 else "2"
    because = (
        f"{many} + {f'{norms} × ' * (norms > 1)}4 arrays: two for each `Dense` that `self` holds "
        "and `call` uses, four for batch normalization, of which two are trained"
    )
    lost = ["`spare` is never called"] * spare + [
        "the layer made in `call` is not on `self`"
    ] * fresh
    because += f". {'; '.join(lost)}.".replace("the layer", "The layer", not spare)
    return Drawn(text, judge, f"my_weights = {weights}\nmy_trainable = {trainable}", because)


@drawn(
    "5.1",
    "What arrives at the dense layer",
    why="How many numbers arrive at the first dense layer decides how large a network is.",
    start="Follow the height alone from layer to layer: what does the first window leave of it?",
    names=("my_shape", "my_count_with_flatten", "my_count_with_global"),
)
def _arriving(random):
    side, classes = random.choice((32, 40, 48, 56, 64)), random.choice((10, 20, 50, 100))
    points = [
        conv(random.choice((4, 8, 16)), random.choice((3, 5))),
        pool(2),
        conv(random.choice((8, 16, 32)), random.choice((3, 5))),
        pool(random.choice((2, 3))),
        FLATTEN,
        dense(classes, "softmax"),
    ]
    network = Specification({"inputs": (side, side, 3)}, tuple(points))
    shape, told = shape_after(network, points[:4], "a pooling layer", place=3)
    height, width, channels = shape.right
    others = sum(count for point, _, count, _ in sizes(network) if point.kind == "Conv2D")
    flat, pooled = height * width * channels, channels
    judge = OnPaper(
        shape,
        _dense_count("with Flatten", flat, classes, others),
        _dense_count("with GlobalAveragePooling2D", pooled, classes, others),
    )
    text = (
        f"Without running it: images of shape {(side, side, 3)} go through this model.\n\n"
        f"```python\n{network.as_list()}\n```\n\nWhat shape comes out of the second pooling layer, "
        "without the batch's `None`? How many parameters does the `Dense` layer have? And how "
        "many, if `GlobalAveragePooling2D` stands in place of `Flatten`?"
    )
    code = (
        f"my_shape = {shape.right}\n"
        f"my_count_with_flatten = ({height} * {width} * {channels} + 1) * {classes}\n"
        f"my_count_with_global = ({channels} + 1) * {classes}"
    )
    because = f"{told}. `Flatten` hands on every number, global pooling one for each channel."
    return Drawn(text, judge, code, because)


def _dense_count(where, arriving, units, others):
    """How many parameters a dense layer has, if so many numbers arrive."""
    right = (arriving + 1) * units
    return value(
        f"The count {where}",
        right,
        "Flatten hands on height × width × channels numbers, global pooling one for each channel. "
        f"Each of the {units} units has a weight for each of those, and one bias.",
        [
            (
                arriving * units,
                f"{{}} parameters {where} are the weights, but something is left out.",
                f"Each of the {units} dense units has one bias.",
            ),
            (
                arriving,
                f"{{}} numbers arrive at the dense layer {where}; how many parameters does it have "
                "for them?",
                f"Each of its {units} units has a weight for every number that arrives, and one "
                "bias.",
            ),
            (
                right + others,
                f"{{}} parameters are those of the whole model {where}, and only the dense layer "
                "is asked about.",
                "Leave out what the two Conv2D layers have.",
            ),
        ],
    )


@drawn(
    "6.3",
    "What is left to train",
    why="The count tells how much a few images have to teach, before any training.",
    start="Count each layer first, as in lesson 1: which of its numbers does the optimizer move?",
    names=("my_trainable", "my_not_trainable"),
)
def _left_to_train(random):
    side, channels = random.choice((12, 16, 20, 24, 28)), random.choice((1, 3))
    points = [
        conv(random.choice((4, 8, 16)), random.choice((3, 5))),
        NORM,
        *random.choice(([], [pool()])),
        FLATTEN,
        dense(random.choice((5, 10, 20)), "softmax"),
    ]
    network = Specification({"inputs": (side, side, channels)}, tuple(points))
    counts = {point.kind: (count, told) for point, _, count, told in sizes(network)}
    frozen = random.choice(("Conv2D", "BatchNormalization", "Dense"))
    which = {"Conv2D": "first", "BatchNormalization": "second", "Dense": "last"}[frozen]
    norm, all_frozen = counts["BatchNormalization"][0], counts[frozen][0]
    everything = sum(count for count, _ in counts.values())
    kept = all_frozen if frozen == "BatchNormalization" else all_frozen + norm // 2
    trainable, ask = everything - kept, "A frozen layer has nothing left to train."
    averages = "BatchNormalization collects two of its four numbers a channel by itself: running "
    averages += "averages are never trained, whether a layer is frozen or not."
    answers = [
        (
            everything - all_frozen,
            "{} would be right if batch normalization trained all its four numbers a channel.",
            averages,
        ),
        (everything - norm // 2, "{} is right while no layer is frozen.", ask),
        (everything, "{} are all the parameters of the model.", ask),
        (kept, "{} is how many are not trainable.", "The two answers are the other way round."),
    ]
    others = [
        (all_frozen, "{} are those of the frozen layer. Are all the others trained?", averages),
        (norm // 2, "{} is right while no layer is frozen.", ask),
        (trainable, "{} is how many are trainable.", "The two answers are the other way round."),
    ]
    hint = "Work out all layers as in lesson 1. All numbers of the frozen layer are not trainable; "
    hint += averages
    judge = OnPaper(
        value("my_trainable", trainable, hint, answers),
        value("my_not_trainable", kept, hint, others),
    )
    text = (
        f"Without running it: in this model, the *{which}* layer is frozen, and no other. How many "
        "of its parameters are trainable then, and how many are not?\n\n"
        f"```python\n{network.as_list()}\n```"
    )
    sums = {kind: told for kind, (_, told) in counts.items()}
    half = sums["BatchNormalization"].replace("4", "2", 1)
    moved = [half if k == "BatchNormalization" else t for k, t in sums.items() if k != frozen]
    still = [sums[frozen]] + [half] * (frozen != "BatchNormalization")
    code = f"my_trainable = {' + '.join(moved)}\nmy_not_trainable = {' + '.join(still)}"
    because = "All numbers of the frozen layer stay, and the running averages are never trained."
    return Drawn(text, judge, code, because)


@drawn(
    "7.1",
    "Replicas on paper",
    why="The global batch grows with the replicas, and with it the size of a forgotten mistake.",
    start="How many replicas are there, if each graphics card has one?",
    names=("my_batch", "my_steps", "my_factor"),
)
def _replicas(random):
    machines, cards = random.randint(2, 6), random.choice((2, 4, 8))
    each, steps = random.choice((16, 32, 64)), 5 * random.randint(10, 60)
    replicas = machines * cards
    images = replicas * each * steps
    product = "Images of one replica × replicas. Each card of each machine has a replica."
    added = "The gradients of all replicas are added up, and each is as large as the right one."
    of = "{} images are those of one %s in one step, and the global batch has those of all."
    judge = OnPaper(
        value(
            "The global batch",
            replicas * each,
            product,
            [(each, of % "replica", product), (each * cards, of % "machine", product)],
        ),
        value(
            "The number of steps",
            steps,
            "A step takes one global batch. How many of them are there in all the images?",
            [
                (
                    images // each,
                    "{} steps are those of a single replica, and here all of them take part.",
                    "A step takes one global batch.",
                )
            ],
        ),
        value(
            "The factor",
            replicas,
            added,
            [
                (n, "{} is not the factor: how many replicas are there in all?", added)
                for n in (machines, cards)
            ],
        ),
    )
    text = (
        f"{COUNTS[machines].capitalize()} machines with {COUNTS[cards]} graphics cards each train "
        f"together, each card with its own replica and {each} images a step. There are {images:,} "
        "images.\n\n- How many images are in the global batch?\n- How many steps are in an epoch?\n"
        "- Somebody has each replica take the mean over its own images. A step of plain gradient "
        "descent is then too long. How many times too long?"
    )
    code = (
        f"my_batch = {machines} * {cards} * {each}\nmy_steps = {images:_} / my_batch\n"
        f"my_factor = {machines} * {cards}"
    )
    because = f"There are {replicas} replicas, and the gradients of {replicas} means are added up."
    return Drawn(text, judge, code, because)
