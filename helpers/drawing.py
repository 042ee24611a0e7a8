"""Draws any Keras model, whichever way it was written, with no program to install."""

import re
import textwrap
from collections import Counter
from html import escape

from helpers.arguments import CourseError, one_of, yes_or_no
from helpers.comparison import CannotTell, compare
from helpers.models import (
    all_layers,
    boxes_of,
    check_it_is_a_model,
    is_automatic,
    layers_inside,
    open_model,
)
from helpers.notebook import held_back_unless_it_fails
from helpers.plots import Picture

INK = "#0f172a"
FONT = f'fontname="Helvetica,Arial,sans-serif" fontcolor="{INK}"'
PIXELS_A_POINT = 4 / 3
MANY = 12  # layers, from which on a caption counts them instead of naming each

# What a layer's type contains, and the fill and the line of its box. The first that fits is taken.
COLOURS = (
    ("Input", "#e2e8f0", "#475569"),
    ("Pool", "#ccfbf1", "#0f766e"),
    ("Conv", "#dbeafe", "#1d4ed8"),
    ("Dense|Embedding|LSTM|GRU|RNN|Attention", "#fef3c7", "#b45309"),
    ("Norm|Dropout|Noise", "#f3e8ff", "#7e22ce"),
    ("Add|Concat|Multiply|Average|Maximum|Minimum|Subtract|Dot", "#ffe4e6", "#be123c"),
    ("Flatten|Reshape|Permute|Repeat|Padding|Cropping|UpSampling", "#f1f5f9", "#64748b"),
    ("", "#ffffff", "#475569"),
)
MODEL_COLOURS = ("#bbf7d0", "#15803d")
OPENED_COLOURS = ("#f4fdf7", "#15803d")
MARKED = "#b91c1c"  # the outline of what differs
BETWEEN = 40  # pixels between two drawings side by side
LINE, LETTER = 22, 7.6  # the height of a line below them, and the width of a letter, in pixels


def plot_model(
    model,
    expand_nested=False,
    show_shapes=True,
    show_activations=True,
    show_trainable=False,
    direction="TB",
    input_shape=None,
):
    """Draw a Keras model as boxes, one for each layer, and arrows, along which tensors go.

    A subclassed model is opened by calling its `call` on symbolic inputs, with training=False where
    it asks. The model is left as it was, except that one not built yet is built for `input_shape`.

    Args:
        model: A Sequential, Functional or subclassed `keras.Model`.
        expand_nested: Draw the layers inside nested models, and inside your own layers.
        show_shapes: Write each layer's output shape, without the batch dimension.
        show_activations: Write each layer's activation, unless it is linear.
        show_trainable: Write whether training changes a layer's weights: "trainable" or "frozen".
        direction: "TB", from top to bottom, or "LR", from left to right.
        input_shape: One input's shape without the batch dimension, or a list or dict of shapes.
            Needed only by a model that is not Functional and has not seen an input yet.

    Returns:
        A `Picture` that holds SVG.

    Raises:
        CourseError: It is not a model, its input is not known, its `call` cannot be followed with
            symbolic inputs, or Graphviz fails.
    """
    check_it_is_a_model(model, "plot_model")
    direction = one_of(direction, "direction", ("TB", "LR"))
    nested = yes_or_no(expand_nested, "expand_nested")
    shows = {"shapes": show_shapes, "activations": show_activations, "trainable": show_trainable}
    shows = [yes_or_no(value, f"show_{name}") for name, value in shows.items()]
    boxes = boxes_of(open_model(model, input_shape, nested=nested))
    for box in boxes:
        _describe(box, *shows)
    name = f"{type(model).__name__} model" if is_automatic(model) else f"model {model.name}"
    caption = f"{name}: {_types(boxes)}"
    alt = f"{name[0].upper()}{name[1:]}, {len(boxes)} layers: {_in_words(boxes)}"
    return Picture(_svg(_dot(boxes, direction), alt, caption), alt, caption)


def plot_difference(first, second, input_shape=None):
    """Draw two models side by side, the first thing in which they differ outlined in both.

    The outline is double and red, and a word stands in the box: "differs", "only here", "swapped".
    Where one model lacks a layer, the arrow that passes its place is red, and says "missing here".
    A sentence below says what the difference is, or that the two are the same function. Models and
    layers of one's own inside them are drawn opened. Both models are left as they were.

    Args:
        first, second, input_shape: As for `compare_models`.

    Returns:
        A `Picture` that holds SVG.

    Raises:
        CannotTell: It cannot be told here whether they differ, and why.
        CourseError: As for `compare_models`, or Graphviz fails.
    """
    verdict = compare(first, second, input_shape)
    if verdict.same is None:
        raise CannotTell(f"It cannot be told here whether they differ: {verdict.reason}.")
    told = f"The first difference: {verdict.difference}."
    if verdict.same:
        told = "The two are the same function: with the same weights, they give the same answers."
    drawings, words = [], []
    for which, graph, marks in zip(
        ("first", "second"), verdict.graphs, _marks(verdict), strict=True
    ):
        boxes = boxes_of(graph)
        for box in boxes:
            _describe(box, True, True, False)
            box.notes += [word for layer, word in marks.boxes if layer is box.layer]
        drawings.append(_svg(_dot(boxes, "TB", marks), "", f"The {which} model"))
        words.append(f"The {which} model, {len(boxes)} layers: {_in_words(boxes)}")
    alt = f"Two models side by side. {told} {'. '.join(words)}."
    return Picture(_side_by_side(drawings, told, alt), alt, told)


class _Marks:
    """What is to be outlined in a drawing: boxes, and arrows into a box, each with a word.

    Attributes:
        boxes: Pairs of a layer and a word.
        arrows: Triples of the layer that an arrow comes from, the one it leads to, and a word.
    """

    def __init__(self):
        self.boxes, self.arrows = [], []


def _marks(verdict):
    """What is to be outlined in the first and in the second of two models."""
    difference, marks = verdict.difference, (_Marks(), _Marks())
    if difference is None:
        return marks
    stages = difference.mine, difference.theirs
    lacks = {"missing": 0, "extra": 1}.get(difference.what)
    if lacks is not None:
        marks[1 - lacks].boxes.append((stages[1 - lacks].layer, "only here"))
        _mark_gap(marks[lacks], verdict.graphs[lacks], stages[lacks], stages[1 - lacks])
    elif difference.what in ("input", "output"):
        for one, graph in zip(marks, verdict.graphs, strict=True):
            ends = graph.inputs if difference.what == "input" else [s for s, _ in graph.outputs]
            one.boxes += [(step.layer, "differs") for step in ends]
    elif difference.where:
        word = "swapped" if difference.what == "swapped" else "differs"
        for one, stage in zip(marks, stages, strict=True):
            one.boxes.append((stage.layer, word))
    return marks


def _mark_gap(marks, graph, after, lost):
    """Mark where a stage is missing: the arrows into the stage after it, or the model's end."""
    if after is None:
        marks.boxes += [(step.layer, "ends too early") for step, _ in graph.outputs]
        return
    box = next(box for box in boxes_of(graph) if box.layer is after.layer)
    pairs = list(zip(after.sources, box.sources, strict=True))
    passing = [source for number, source in pairs if number in lost.sources] or box.sources
    marks.arrows += [(source.layer, box.layer, "missing here") for source in passing]


def _side_by_side(drawings, told, alt):
    """Lay two SVGs beside each other in a third, a title above each and a sentence below both."""
    sizes = [
        tuple(map(int, re.search(r' width="(\d+)" height="(\d+)"', one).groups()))
        for one in drawings
    ]
    width = max(sum(size[0] for size in sizes) + BETWEEN, 480)
    lines = textwrap.wrap(told, int(width / LETTER))
    top, bottom = LINE + 4, max(size[1] for size in sizes) + LINE + 4
    text = f'font-family="Helvetica,Arial,sans-serif" fill="{INK}"'
    parts, left = [], 0
    for one, (wide, _), which in zip(drawings, sizes, ("first", "second"), strict=True):
        middle = left + wide / 2
        parts += [
            f'<text x="{middle:g}" y="16" text-anchor="middle" font-size="15" font-weight="bold" '
            f"{text}>{which}</text>",
            re.sub(
                r' role="img" aria-label="[^"]*"| style="[^"]*"|<title>.*?</title>\n', "", one
            ).replace("<svg", f'<svg x="{left}" y="{top}"', 1),
        ]
        left += wide + BETWEEN
    parts += [
        f'<text x="6" y="{bottom + LINE * n - 4}" font-size="14" {text}>{escape(line)}</text>'
        for n, line in enumerate(lines, start=1)
    ]
    height = bottom + LINE * len(lines) + 6
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(alt)}" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'style="max-width:100%;height:auto">\n<title>{escape(told)}</title>\n'
        + "\n".join(parts)
        + "\n</svg>"
    )


def _trained(layer):
    """Say whether training changes a layer's weights: all of them, none, or some."""
    parts = [part for part in all_layers(layer) if part.weights and len(all_layers(part)) == 1]
    trained = {bool(part.trainable_weights) for part in parts}
    return "partly frozen" if len(trained) == 2 else "trainable" if True in trained else "frozen"


def _describe(box, show_shapes, show_activations, show_trainable):
    """Set the texts that stand in a box."""
    layer, inside = box.layer, len(layers_inside(box.layer))
    box.type = type(layer).__name__
    shapes = [", ".join(map(_in_figures, call)) for call in box.shapes] if show_shapes else []
    box.shape = " or ".join(dict.fromkeys(shapes))
    function = getattr(layer, "activation", None) if show_activations else None
    box.activation = getattr(function, "__name__", type(function).__name__) if function else ""
    box.activation = box.activation.replace("linear", "")
    box.name = "" if is_automatic(layer) else layer.name
    box.notes = [f"{inside} layers inside"] if inside else []
    box.notes += [f"used {box.calls} times"] if box.calls > 1 else []
    if show_trainable and getattr(layer, "weights", None):
        box.notes.append(_trained(layer))


def _in_figures(shape):
    return " × ".join("any" if size is None else str(size) for size in shape) or "1"


def _words(box, *more):
    """Tell in words what stands in a box."""
    texts = [f"{box.type} {box.shape}".strip(), box.activation, *more, *box.notes]
    return ", ".join(filter(None, texts))


def _types(boxes):
    """Name the layers' types in order, or count them where there are many."""
    types = [box.type for box in boxes]
    if len(types) <= MANY:
        return ", ".join(types)
    counts = sorted(Counter(types).items(), key=lambda pair: (-pair[1], pair[0]))
    return f"{len(types)} layers, " + ", ".join(f"{count} {name}" for name, count in counts)


def _in_words(boxes):
    """Tell what stands in the boxes and where the arrows lead."""
    if len(boxes) > 40:
        inner = {source for box in boxes for source in box.sources}
        starts = " and ".join(_words(box, box.name) for box in boxes if not box.sources)
        ends = " and ".join(_words(box, box.name) for box in boxes if box not in inner)
        return f"{_types(boxes)}; from {starts} to {ends}"
    if all(box.sources == boxes[i : i + 1] for i, box in enumerate(boxes[1:])):
        return " → ".join(_words(box, box.name) for box in boxes)
    return "; ".join(
        f"{box.layer.name} ({_words(box)})"
        + " takes from " * bool(box.sources)
        + " and ".join(source.layer.name for source in box.sources)
        for box in boxes
    )


def _dot(boxes, direction, marks=None):
    """Write the drawing in Graphviz's language; `marks` says what is outlined."""
    outlined = {id(layer) for layer, _ in marks.boxes} if marks else ()
    # Browsers' fonts may be wider than those Graphviz measures: so much room for a letter.
    widths = (
        max(max(9.6 * len(box.type), 7.2 * len(_small_text(box))) for box in boxes) + 8,
        max(max(9 * len(box.shape), 7.2 * len(box.activation)) for box in boxes),
    )
    number = {box: f"n{i}" for i, box in enumerate(boxes)}
    opened = {}
    lines = [
        f"digraph {{ graph [rankdir={direction} nodesep=0.3 ranksep=0.3 pad=0.1",
        "labeljust=l labelloc=b",
        f'outputorder=edgesfirst fontsize=14 style="rounded,filled" penwidth=1.5 {FONT}]',
        f'node [shape=box penwidth=1.5 margin="0.14,0.06" {FONT}]',
        'edge [color="#475569" penwidth=1.5 arrowsize=0.8]',
    ]
    for box in boxes:
        for layer in box.inside:
            name = "" if is_automatic(layer) else f" · {escape(layer.name)}"
            fill, line = OPENED_COLOURS
            lines += [
                f"subgraph cluster_{opened.setdefault(layer, len(opened))} {{",
                f'graph [margin=12 fillcolor="{fill}" color="{line}"',
                f"label=<<b>{escape(type(layer).__name__)}{name}</b>>]",
            ]
        colours = (colours for pattern, *colours in COLOURS if re.search(pattern, box.type))
        fill, line = MODEL_COLOURS if layers_inside(box.layer) else next(colours)
        dashed = ",dashed" * ("frozen" in box.notes)
        outline = ""
        if id(box.layer) in outlined:
            line, outline = MARKED, " peripheries=2 penwidth=3"
        rows = _row(f"<b>{escape(box.type)}</b>", box.shape, 15, widths)
        if _small_text(box) or box.activation:
            rows += _row(escape(_small_text(box)), escape(box.activation), 13, widths)
        lines.append(
            f'{number[box]} [style="rounded,filled{dashed}"{outline} fillcolor="{fill}" '
            f'color="{line}" label=<<table border="0" cellspacing="0">{rows}</table>>]'
        )
        lines.append("}" * len(box.inside))
    for box in boxes:
        for source in box.sources:
            arrow = f"{number[source]} -> {number[box]}"
            for start, end, word in marks.arrows if marks else ():
                if start is source.layer and end is box.layer:
                    label = f"<&#160;&#160;{word}&#160;>"
                    arrow += f' [color="{MARKED}" penwidth=3 fontsize=13 label={label} {FONT}]'
            lines.append(arrow)
    return "\n".join([*lines, "}"])


def _small_text(box):
    return " · ".join(filter(None, [box.name, *box.notes]))


def _row(left, right, size, widths):
    cells = [
        f'<td align="left" width="{width:.0f}">'
        + (f'<font point-size="{size}">{text}</font>' if text else "")
        + "</td>"
        for text, width in zip((left, right), widths, strict=True)
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _svg(dot, alt, caption):
    """Have Graphviz lay the drawing out, and keep of its SVG what a page needs."""
    try:
        import pygraphviz

        with held_back_unless_it_fails():  # what fontconfig says is no matter for a page
            svg = pygraphviz.AGraph(string=dot).draw(format="svg", prog="dot").decode()
    except Exception as error:
        raise CourseError(
            "The drawing needs pygraphviz, which brings Graphviz along, and that failed: "
            f"{type(error).__name__}: {error}. Run: pip install -r requirements.txt"
        ) from error
    svg = re.sub(r"<!--.*?-->\s*|<title>.*?</title>\s*| id=\"[^\"]*\"", "", svg, flags=re.S)
    view_box, width, height = re.search(r'viewBox="\S+ \S+ (\S+) (\S+)"', svg).group(0, 1, 2)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(alt)}" {view_box} '
        f'width="{float(width) * PIXELS_A_POINT:.0f}" '
        f'height="{float(height) * PIXELS_A_POINT:.0f}" style="max-width:100%;height:auto">\n'
        f"<title>{escape(caption)}</title>\n{svg[svg.index('<g') :].strip()}\n"
    )
