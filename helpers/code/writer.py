"""Writes any Keras model out as code: as a list of layers, as a graph, or as a class."""

import builtins
import itertools
import keyword
import re
import sys
from collections import Counter
from dataclasses import replace

from helpers.arguments import CourseError, one_of, write
from helpers.code.blocks import Block, find_blocks, skeleton, unified
from helpers.code.layout import laid_out
from helpers.code.lines import (
    TRAINING,
    Line,
    Made,
    Parameter,
    Reader,
    Unit,
    Value,
    changed,
    snake,
    values_in,
    values_in_structure,
    written,
)
from helpers.models import (
    all_layers,
    asks_for_training,
    check_it_is_a_model,
    is_automatic,
    is_graph,
    left_as_it_was,
    title,
)

import keras

COMMA = ", "
STYLES = {
    "sequential": "list",
    "list": "list",
    "functional": "graph",
    "graph": "graph",
    "subclassing": "class",
    "class": "class",
}


class SourceCode(str):
    """Python code as a text, which a notebook shows in colour."""

    def _repr_html_(self) -> str:
        """The code as HTML, dark on white."""
        from pygments import highlight  # it is there wherever a notebook is
        from pygments.formatters import HtmlFormatter
        from pygments.lexers import PythonLexer

        style = "background: #fff; padding: 0.5em; line-height: 1.35"
        pre = "font-family: monospace; color: #000; background: #fff"
        look = HtmlFormatter(noclasses=True, nobackground=True, cssstyles=style, prestyles=pre)
        return highlight(self, PythonLexer(), look)

    def save(self, path) -> None:
        """Write the code into a file, whatever was in it before.

        Args:
            path: Where to, such as "model.py".

        Raises:
            CourseError: It cannot be written there.
        """
        write(path, self.encode())


def as_code(model, style, input_shape=None) -> SourceCode:
    """Write a model out as code in one of the three styles. Run, it leaves the model in `model`.

    The model that it makes is the same function with weights of its own; its last line tells how to
    carry the weights over. How the model was compiled is not written.

    Args:
        model: A Keras model of any style, with models in it, several inputs and outputs, shared
            layers, operators, or layers of your own, which are imported, or told to be needed.
        style: "sequential" or "list", "functional" or "graph", "subclassing" or "class".
        input_shape: As for `plot_model`: the shape of one input, only needed by a model that has
            seen no input yet.

    Returns:
        The code: a text that a notebook shows in colour and that `save(path)` writes into a file.

    Raises:
        CourseError: It is no model or style, the style cannot hold it, or something in it cannot be
            written out, and why.
    """
    check_it_is_a_model(model, "as_code")
    style = STYLES[one_of(style, "style", STYLES)]
    with left_as_it_was():
        return SourceCode(_Writer(model, style, input_shape).code())


class _Writer:
    """Writes one model in one style.

    Args:
        model, input_shape: As for `as_code`.
        style: "list", "graph" or "class".
    """

    def __init__(self, model, style, input_shape):
        self.model, self.style = model, style
        self.read = Reader(model, input_shape)
        self.places = {id(weight): n for n, weight in enumerate(model.weights)}
        self.taken = {*keyword.kwlist, *dir(builtins), *self.read.settings.space, "model", "self"}
        self.definitions = []  # the functions and classes, each as lines
        self.weights = {}  # those of each unit, in the order in which its code makes them

    def code(self):
        """The whole code."""
        root, units = self.read.root, list(self.read.units.values())
        for unit in [*units, root]:
            _check_training(unit, self.style)
            if self.style == "list":
                _check_chain(unit)
            if self.style == "graph":
                _call_graphs(unit)
            if self.style != "class":
                self.weights[unit] = self.weights_in(unit)
                _keep_shared(unit)
        root.alike = root
        for unit in self.joined(units):
            self.define(unit)
        main = self.whole(root)
        main += self.farewell()
        sections = ["\n".join(lines) for lines in [*self.definitions, main]]
        sections[:0] = self.imports("\n".join(sections))
        return ("\n\n\n" if self.definitions else "\n\n").join(sections) + "\n"

    def imports(self, text):
        """The lines before everything else, as a list of one text."""
        used = [name for name in ("layers", "ops") if re.search(rf"(?<![\w.]){name}\.", text)]
        lines = ["import keras"]
        lines += ["import numpy as np"] if "np." in text else []
        lines += [f"from keras import {', '.join(used)}"] if used else []
        homes, needed = {}, []
        for name, thing in sorted(self.read.settings.own.items()):
            if not re.search(rf"\b{name}\b", text):
                continue
            module = sys.modules.get(thing.__module__)
            if thing.__module__ == "__main__" or getattr(module, name, None) is not thing:
                needed.append(name)
            else:
                homes.setdefault(thing.__module__, []).append(name)
        lines += [
            laid_out(f"from {home} import {', '.join(names)}") for home, names in homes.items()
        ]
        for name in needed:
            lines.append(f"# {name} is needed, too: it was defined where the model was made.")
        return ["\n".join(lines)]

    def farewell(self):
        """The lines that tell how to carry the weights over."""
        if not self.places:
            return []
        order = [self.places.get(id(weight)) for weight in self.weights[self.read.root]]
        if None in order:
            return [
                "# Not all of its weights are among original.weights: they cannot be carried over."
            ]
        if order == list(range(len(self.places))):
            return ["# The weights: model.set_weights(original.get_weights())", *self.afterwards()]
        runs = [[order[0], order[0] + 1]]
        for number in order[1:]:
            if number == runs[-1][1]:
                runs[-1][1] += 1
            else:
                runs.append([number, number + 1])
        places = [
            f"*range({a}, {b})" if b - a > 2 else ", ".join(map(str, range(a, b))) for a, b in runs
        ]
        lines = laid_out(f"places = [{', '.join(places)}]").splitlines()
        lines = ["The weights, which come in another order here:", *lines]
        lines.append("weights = original.get_weights()")
        lines.append("model.set_weights([weights[place] for place in places])")
        return [f"# {line}" for line in lines] + self.afterwards()

    def afterwards(self):
        """What is to be done yet when the weights are set, as `set_weights` does not do it."""
        normalizing = (
            x for x in all_layers(self.model) if isinstance(x, keras.layers.Normalization)
        )
        if any(x.input_mean is None for x in normalizing):
            return ["# After that, for each Normalization layer: layer.finalize_state()"]
        return []

    # Models inside

    def joined(self, units):
        """One unit for all those that look alike, the innermost first, each with its name."""
        chosen, depth = [], {}
        for unit in units:
            inside = [line.layer for line in unit.lines if isinstance(line.layer, Unit)]
            depth[unit] = 1 + max((depth[one] for one in inside), default=0)
        for level in sorted(set(depth.values())):
            alike = {}
            for unit in units:
                if depth[unit] == level:
                    alike.setdefault(_look(unit, self.style), []).append(unit)
            for group in alike.values():
                together = unified([_expressions(unit, self.style) for unit in group])
                for same in [group] if together else [[unit] for unit in group]:
                    expressions, parameters, rows = unified(
                        [_expressions(unit, self.style) for unit in same]
                    )
                    first = same[0]
                    name = self.name_for(same)
                    for unit, row in zip(same, rows, strict=True):
                        unit.name, unit.row, unit.alike = name, row, first
                        if self.style == "class" and unit.label is not None and _is_fit(unit.label):
                            unit.row = {**row, "name": unit.label}
                    _put_back(first, expressions, parameters, self.style)
                    chosen.append(first)
            for unit in [*units, self.read.root]:
                for line in unit.lines:
                    made = line.made.head if isinstance(line.made.head, Made) else line.made
                    if isinstance(made.head, Unit) and depth[made.head] == level:
                        filled = _with_row(made, made.head.row)
                        if made is not line.made:
                            filled = replace(line.made, head=filled)
                        line.made = filled
        return chosen

    def name_for(self, group):
        """The name of the function or class for units that look alike."""
        names = [unit.model.name for unit in group if not is_automatic(unit.model)]
        name = re.sub(r"\W", "_", names[0], flags=re.A) if names else ""
        if len(group) > 1:
            name = re.sub(r"[_\d]+$", "", name)
        if not type(group[0].model).__module__.startswith("keras.") and not name:
            name = snake(type(group[0].model).__name__)
        name = name or "part"
        return self.new_name(_camel(name) if self.style == "class" else f"make_{name}")

    def new_name(self, name):
        """A name for a function or class that nothing else has."""
        name = name if name.isidentifier() else f"my_{name}"
        for number in itertools.count(1):
            between = "" if name[:1].isupper() else "_"
            full = name if number == 1 else f"{name}{between}{number}"
            if full not in self.taken:
                self.taken |= {full, snake(full)}
                return full

    # Lines

    def prepared(self, unit, ends):
        """The lines of a unit with its blocks, which are defined, and its loops."""
        name = "Block" if self.style == "class" else "block"

        def call(block, taken, row):
            taken = dict(enumerate(taken))
            if self.style == "graph":
                return _with_row(Made(block.name, taken), row)
            head = f"*{block.name}" if self.style == "list" else block.name
            return Made(_with_row(Made(head, {}), row), taken | block.more)

        lines, blocks = find_blocks(unit.lines, ends, self.style, lambda: self.new_name(name), call)
        for block in blocks:
            self.define_block(block)
        return lines if self.style == "list" else _looped(lines, ends, call)

    def define_block(self, block):
        """Define the function or class of a block."""
        takes = block.parameters
        if self.style == "list":
            items = [written(line.made.head) for line in block.lines]
            lines = [f"def {block.name}({', '.join(takes)}):"]
            self.definitions.append([*lines, laid_out(f"return [{', '.join(items)},]", 4)])
            return
        if self.style == "graph":
            self.name_values(block.lines, block.values, [block.gives])
            head = ", ".join([*(v.name for v in block.values), *takes])
            body = _statements(block.lines, block.gives, 4)
            self.definitions.append([laid_out(f"def {block.name}({head}):"), *body])
            return
        asks = ["training=False"] if block.more else []
        made, lines, block.order = self.attributes(block.lines, block.parts)
        self.name_values(lines, block.values, [block.gives])
        named = [value.name for value in block.values]
        self.definitions.append(
            [
                f"class {block.name}(layers.Layer):",
                *_initialiser(takes, made),
                laid_out(f"def call({', '.join(['self', *named, *asks])}):", 4),
                *_statements(lines, block.gives, 8),
            ]
        )

    def define(self, unit):
        """Define the function or class of a model inside."""
        takes = list(unit.parameters)
        if self.style == "class":
            self.define_class(unit, unit.name, takes)
            return
        head = laid_out(f"def {unit.name}({', '.join(takes)}):")
        lines, made = self.steps(unit, 4)
        if unit.frozen:
            lines += [
                laid_out(f"model = {made}", 4),
                "    model.trainable = False",
                "    return model",
            ]
        else:
            lines.append(laid_out(f"return {made}", 4))
        self.definitions.append([head, *lines])

    def whole(self, unit):
        """The lines that leave the whole model in `model`."""
        if self.style == "class":
            name = self.model.name if not is_automatic(self.model) else ""
            own = type(self.model).__name__
            known = own if not type(self.model).__module__.startswith("keras.") else "Network"
            kind = self.new_name(_camel(re.sub(r"\W", "_", name, flags=re.A)) if name else known)
            self.define_class(unit, kind, [])
            told = name and _is_fit(name) and snake(kind) != name
            named = f"name={written(name)}" if told else ""
            inputs = iter(unit.inputs)
            args, kwargs = keras.tree.map_structure(
                lambda x: next(inputs) if isinstance(x, Value) else x, unit.call
            )
            call = Made("model", dict(enumerate(args)) | kwargs)
            return [laid_out(f"model = {kind}({named})"), laid_out(written(call))]
        lines, made = self.steps(unit, 0)
        lines.append(laid_out(f"model = {made}"))
        return [*lines, *(["model.trainable = False"] if unit.frozen else [])]

    def steps(self, unit, indent):
        """The lines of a list or graph, and the expression that makes the model of them."""
        ends = values_in_structure(unit.answer)
        lines = self.prepared(unit, ends)
        named = [] if unit.label is None else [f"name={written(unit.label)}"]
        if self.style == "list":
            items = [written(made) for made in unit.inputs] if unit is self.read.root else []
            items += [written(line.made.head) for line in lines]
            return [], f"keras.Sequential({', '.join([f'[{COMMA.join(items)},]', *named])})"
        self.name_inputs(unit)
        single = ends[0] if isinstance(unit.answer, Value) else None
        self.name_values(lines, unit.values, ends, "outputs" if single else "output")
        made = zip(unit.values, unit.inputs, strict=True)
        texts = [laid_out(f"{value.name} = {written(one)}", indent) for value, one in made]
        texts += _statements(lines, None, indent)
        args, kwargs = unit.call
        takes = args[0] if len(args) == 1 and not kwargs else unit.values
        return texts, f"keras.Model({', '.join([written(takes), written(unit.answer), *named])})"

    def define_class(self, unit, name, takes):
        """Define a class that is a model."""
        ends = values_in_structure(unit.answer)
        raw = unit.lines = [_without_odd_name(line) for line in unit.lines]
        asks = _hand_training_on(raw)
        made, lines, order = self.attributes(self.prepared(unit, ends), raw)
        for other in [
            one for one in [*self.read.units.values(), self.read.root] if one.alike is unit
        ]:
            self.weights[other] = [w for n in order for w in self.line_weights(other.lines[n])]
        self.name_inputs(unit)
        head, before, change = _taken_apart(unit)
        head += ["training=False"] if asks else []
        for n, line in enumerate(lines):
            lines[n] = replace(line, made=changed(line.made, change))
        single = isinstance(unit.answer, Value)
        self.name_values(lines, unit.values, ends, "x" if single else "output")
        answer = keras.tree.map_structure(lambda x: changed(x, change), unit.answer)
        frozen = ["        self.trainable = False"] if unit.frozen else []
        self.definitions.append(
            [
                f"class {name}(keras.Model):",
                *_initialiser(takes, [*made, *frozen]),
                laid_out(f"def call(self, {', '.join(head)}):", 4),
                *before,
                *_statements(lines, answer, 8),
            ]
        )

    def attributes(self, lines, raw):
        """Give each layer that lines call an attribute of the class.

        Args:
            lines: The lines.
            raw: The lines that they were, before there were blocks: those whose weights count.

        Returns:
            The lines that make the attributes; those given, with attributes in the place of layers;
            and the places of raw lines in the order in which their weights are made.
        """
        number = {id(line): n for n, line in enumerate(raw)}
        members = {}
        for n, line in enumerate(lines):
            if line.layer is not None:
                whole = line.parts or isinstance(line.layer, Block)
                members.setdefault(id(line) if whole else id(line.layer), []).append(n)

        def places(line):
            """The raw lines of a line, in the order of their weights."""
            if line.rows:
                return [place for part in line.parts for place in places(part)]
            if isinstance(line.layer, Block):
                return [number[id(line.parts[n])] for n in line.layer.order]
            return [number[id(line)] if id(line) in number else lines.index(line)]

        groups = [(ns, places(lines[ns[0]])) for ns in members.values()]

        def first(group):
            weights = [w for place in group[1] for w in self.line_weights(raw[place])]
            return min((self.places.get(id(w), 0) for w in weights), default=None)

        places_known, last = [], -1
        for group in groups:  # what has no weights stays behind what it follows
            last = known if (known := first(group)) is not None else last
            places_known.append(last)
        groups = [groups[n] for n in sorted(range(len(groups)), key=places_known.__getitem__)]
        made, out = [], list(lines)
        used = Counter(_kind_of(lines[ns[0]]) for ns, _ in groups)
        counts = Counter()
        taken = set(dir(keras.Model))
        for ns, _ in sorted(groups, key=lambda group: group[0][0]):
            line = lines[ns[0]]
            kind = _kind_of(line)
            counts[kind] += 1
            name = f"{kind}_{counts[kind]}" if used[kind] > 1 else kind
            while name in taken or keyword.iskeyword(name):
                name += "_layer" if not name.endswith("_layer") else "_"
            taken.add(name)
            for n in ns:
                head = Value(name=f"self.{name}")
                out[n] = replace(lines[n], made=replace(lines[n].made, head=head))
        for ns, _ in groups:
            line, head = lines[ns[0]], out[ns[0]].made.head
            creation = written(line.made.head)
            if line.rows:
                variables, rows = _rows(line)
                creation = f"[{creation} for {variables} in {rows}]"
            made.append(laid_out(f"{head.name} = {creation}", 8))
            if line.build:
                made.append(f"        {head.name}.build({written(line.build)})")
        return made, out, [place for _, order in groups for place in order]

    def line_weights(self, line):
        """The weights of what a line calls."""
        if isinstance(line.layer, Unit):
            return self.weights.get(line.layer, [])
        return getattr(line.layer, "weights", [])

    def weights_in(self, unit):
        """The weights of a list or graph, in the order in which its code makes them."""
        layers = _layers_of_graph(unit) if self.style == "graph" else unit.lines
        return [weight for line in layers for weight in self.line_weights(line)]

    # Names

    def name_inputs(self, unit):
        """Name the inputs of a unit by the names that a person gave them."""
        for number, value in enumerate(unit.values, 1):
            name = _identifier(value.hint) or (
                "inputs" if len(unit.values) == 1 else f"input_{number}"
            )
            others = {one.name for one in unit.values}
            while name in self.taken or name in others - {value.name} or name in ("x", "outputs"):
                name += "_"
            value.name = name

    def name_values(self, lines, entries, ends, end="x"):
        """Name what lines give: `x` along a chain, `skip`, `left` and `right` at branches."""
        names = _Names(lines, entries, ends, end)
        names.give({*self.taken} - {"x"})


class _Names:
    """Finds names for what lines give.

    Args:
        lines, entries: The lines, and what they take from before them.
        ends: What is needed after them.
        end: What the last one is called, if it is an end.
    """

    def __init__(self, lines, entries, ends, end):
        self.lines, self.entries, self.ends, self.end = lines, entries, ends, end
        self.at = {v: n for n, line in enumerate(lines) for v in line.gives}
        self.at |= {v: -1 for v in entries}
        self.uses = {v: [] for v in self.at}
        for n, line in enumerate(lines):
            for v in dict.fromkeys(values_in(line.made)):
                if v in self.uses:
                    self.uses[v].append(n)
        for v in ends:
            self.uses[v].append(len(lines))
        self.makes = {v for line in lines if line.makes for v in line.gives}
        self.until = {v: max(uses, default=self.at[v]) for v, uses in self.uses.items()}
        for n, line in enumerate(lines):
            for v in _taken_by(line)[1:] if line.rows else ():  # each time of a loop needs it
                self.until[v] = max(self.until[v], n + 0.5)

    def give(self, taken):
        """Name everything; names in `taken` are not used."""
        held = {}
        words = self.words()
        for v in sorted(words, key=self.at.get):
            if v.name and v in self.entries:
                held.setdefault(v.name, []).append(v)
        for v in sorted(words, key=self.at.get):
            if v in self.entries and v.name:
                continue
            if not self.uses[v]:
                v.name = "_" if len(self.lines[self.at[v]].gives) > 1 else "x"
                continue
            for number in itertools.count(1):
                name = words[v] if number == 1 else f"{words[v]}_{number}"
                if name not in taken and not any(self.together(v, w) for w in held.get(name, ())):
                    break
            v.name = name
            held.setdefault(name, []).append(v)

    def together(self, v, w):
        """Whether two values are needed at one time."""
        last = min(self.until[v], self.until[w])
        return self.at[v] == self.at[w] or max(self.at[v], self.at[w]) < last

    def next_of(self, n):
        """The next line after one that gives a tensor."""
        return next(
            (m for m in range(n + 1, len(self.lines)) if not self.lines[m].makes), len(self.lines)
        )

    def words(self):
        """A word for each value, which may need a number yet."""
        chains = self.chains()
        words = {v: "x" for v in self.at}
        for chain in chains:
            end = chain[-1]
            if self.next_of(self.at[end]) not in self.uses[end] and self.uses[end]:
                self.name_branch(chain, chains, words)
        for number, v in enumerate(dict.fromkeys(self.ends), 1):
            if v in words and v not in self.entries:
                hint = _identifier(v.hint)
                last = self.at[v] == len(self.lines) - 1
                if self.end == "output":
                    words[v] = hint or f"output_{number}"
                elif last and self.end != "x" and not self.lines[-1].rows:
                    words[v] = self.end
        for v in self.at:
            if v in self.makes:
                words[v] = _identifier(v.hint) or "layer"
                continue
            last = max(self.uses[v], default=0)
            between = [w for line in self.lines[self.at[v] + 1 : last] for w in line.gives]
            if words[v] == "x" and any(words[w] == "x" and w not in self.makes for w in between):
                words[v] = "inputs" if v in self.entries else "skip"
        for n, v in enumerate(self.entries):
            words[v] = v.name or (words[v] if n == 0 else _identifier(v.hint) or "other")
        return words

    def chains(self):
        """The values that are made one of the other, and of nothing else besides, in a row."""
        chains = []
        for n, line in enumerate(self.lines):
            if line.makes:
                continue
            sources = [v for v in values_in(line.made) if v in self.at and v not in self.makes]
            last = chains[-1][-1] if chains else None
            if sources == [last] and self.uses[last] == [n] and len(line.gives) == 1:
                chains[-1].append(line.gives[0])
            else:
                chains += [[v] for v in line.gives]
        return chains

    def name_branch(self, chain, chains, words):
        """Name a branch whose end is not used by the next line."""
        meets = self.uses[chain[-1]][0]
        if meets == len(self.lines):
            word = _identifier(chain[-1].hint)
            words.update({v: word for v in chain if word})
            return
        line = self.lines[meets]
        sources = [
            v for v in dict.fromkeys(values_in(line.made)) if v in self.at and v not in self.makes
        ]
        branches = [next((c for c in chains if c[-1] is v), []) for v in sources]
        if len(sources) == 2:
            mine = sources.index(chain[-1])
            other = branches[1 - mine]
            if len(chain) <= 2 and len(other) > len(chain) or not other:
                names = ["skip", "skip"]
                branches[1 - mine] = []
            else:
                names = ["left", "right"]
        elif len(sources) > 2:
            names = [f"branch_{n}" for n in range(1, len(sources) + 1)]
        else:
            names = [_identifier(chain[-1].hint) or "branch"]
        for name, branch, source in zip(names, branches, sources, strict=True):
            if self.uses[source][0] == meets:
                words.update({v: name for v in branch if v not in self.entries})


# Pieces of code


def _statements(lines, answer, indent):
    """Lines as code, with a `return` for what they give (None: without one)."""
    texts = []
    for n, line in enumerate(lines):
        name = ", ".join(v.name for v in line.gives)
        if line.rows:
            texts += _loop(line, indent)
        elif n == len(lines) - 1 and isinstance(answer, Value) and line.gives == [answer]:
            return [*texts, laid_out(f"return {written(line.made)}", indent)]
        else:
            texts.append(laid_out(f"{name} = {written(line.made)}", indent))
    return texts if answer is None else [*texts, laid_out(f"return {written(answer)}", indent)]


def _loop(line, indent):
    """A loop as code."""
    entry, target = line.made.settings[0], line.gives[0]
    alias = [] if entry.name == target.name else [f"{' ' * indent}{target.name} = {entry.name}"]
    call = f"{target.name} = {written(changed(line.made, {entry: target}))}"
    variables, rows = _rows(line)
    if isinstance(line.made.head, Value):  # an attribute of a class
        variables, rows = snake(line.layer.name), line.made.head.name
        call = call.replace(f"{rows}(", f"{variables}(")
    head = laid_out(f"for {variables} in {rows}:", indent)
    return [*alias, head, laid_out(call, indent + 4)]


def _rows(line):
    """What changes from one time of a loop to the next, and what it is each time, as code."""
    names = [name for name in line.rows[0] if len({str(row[name]) for row in line.rows}) > 1]
    if not names:
        return "_", f"range({len(line.rows)})"
    if len(names) > 1:
        rows = [tuple(row[name] for name in names) for row in line.rows]
        return ", ".join(names), written(rows)
    values = [row[names[0]] for row in line.rows]
    if all(type(v) is int for v in values) and values == list(range(values[0], values[-1] + 1)):
        return names[0], f"range({values[0]}, {values[-1] + 1})"
    return names[0], written(values)


def _looped(lines, ends, call):
    """Lines with a loop in the place of three or more calls of one block in a row."""
    uses = Counter(v for line in lines for v in dict.fromkeys(values_in(line.made)))
    uses.update(ends)
    out = []
    for line in lines:
        run = out[-1] if out else []
        taken = _taken_by(line)
        if run and isinstance(line.layer, Block) and line.layer is run[-1].layer:
            before = _taken_by(run[-1])
            given = run[-1].gives[0]
            if taken[:1] == [given] and taken[1:] == before[1:] and uses[given] == 1:
                run.append(line)
                continue
        out.append([line])
    return [one for run in out for one in ([_as_loop(run, call)] if len(run) > 2 else run)]


def _taken_by(line):
    """What a call of a block takes."""
    settings = line.made.settings.values()
    return [v for v in settings if isinstance(v, Value) and v is not TRAINING]


def _as_loop(run, call):
    rows = [dict(line.row) for line in run]
    names = [str(row.get("name")) for row in rows]
    pieces = [re.fullmatch(r"(.*?)(\d+)(\D*)", name) for name in names]
    changing = [name for name in rows[0] if len({str(row[name]) for row in rows}) > 1]
    fixed = {name: Parameter(name) if name in changing else rows[0][name] for name in rows[0]}
    if changing == ["name"] and all(pieces):
        numbers = [int(piece[2]) for piece in pieces]
        around = {(piece[1], piece[3]) for piece in pieces}
        if len(around) == 1 and numbers == list(range(numbers[0], numbers[0] + len(run))):
            before, after = around.pop()
            if all(piece[2] == str(number) for piece, number in zip(pieces, numbers, strict=True)):
                rows = [{"number": number} for number in numbers]
                fixed["name"] = Parameter("number", 1, before, after)
    made = call(run[0].layer, _taken_by(run[0]), fixed)
    return Line(run[-1].gives, made, run[0].layer, parts=run, rows=rows)


def _with_row(made, row):
    """A call with the parameters of a block; a few numbers come without their names."""
    leading = sum(not name.startswith("name") for name in row)
    leading = leading if leading <= 3 else 0
    return replace(made, settings={**made.settings, **row}, names=tuple(row), leading=leading)


def _taken_apart(unit):
    """How the call of a class takes its inputs.

    Returns:
        The arguments of the call; lines that take them apart; and what stands for each input.
    """
    args, kwargs = unit.call
    names = [v.name for v in unit.values]
    if len(args) != 1 or kwargs or isinstance(args[0], Value):
        return names, [], {}
    if isinstance(args[0], list | tuple) and len(args[0]) == len(names) > 1:
        return ["inputs"], [f"        {', '.join(names)} = inputs"], {}
    change = {}
    for path, value in keras.tree.flatten_with_path(args[0]):
        x = Value(name="inputs")
        for key in path:
            x = Made("[]", {0: x, 1: key})
        change[value] = x
    return ["inputs"], [], change


def _initialiser(takes, made):
    """The `__init__` of a class."""
    if not made and not takes:
        return []
    head = ", ".join(["self", *takes, "**kwargs"])
    start = [laid_out(f"def __init__({head}):", 4), "        super().__init__(**kwargs)"]
    return [*start, *made, ""]


def _expressions(unit, style):
    """What is written for a model inside, as far as it may differ from others."""
    inputs = unit.inputs if style == "graph" else []
    label = [] if style == "class" or unit.label is None else [Made("", {"name": unit.label})]
    return [*inputs, *(line.made for line in unit.lines), *label]


def _without_odd_name(line):
    """A line whose layer has no name that TensorFlow refuses to a layer in a class."""
    name = _label_of(line)
    if (
        line.layer is None
        or not isinstance(name, str)
        or re.fullmatch(r"[A-Za-z0-9.][\w./>-]*", name, re.A)
    ):
        return line
    kept = {k: v for k, v in line.made.head.settings.items() if k != "name"}
    return replace(line, made=replace(line.made, head=replace(line.made.head, settings=kept)))


def _is_fit(name):
    """Whether TensorFlow takes the name of a layer in a class."""
    return re.fullmatch(r"[A-Za-z0-9.][\w./>-]*", name, re.A) is not None


HEEDLESS = ("Dense", "EinsumDense", "Embedding")  # which ask for `training`, to be quantized


def _hand_training_on(lines):
    """Have calls in a class hand `training` on to what asks for it; says whether anything does."""
    for line in lines:
        if line.layer is None or "training" in line.made.settings:
            continue
        if _heeds_training(line.layer):
            line.made = replace(line.made, settings={**line.made.settings, "training": TRAINING})
    return any(TRAINING in line.made.settings.values() for line in lines)


def _heeds_training(layer):
    """Whether something in a layer or unit may answer otherwise while it trains."""
    if not isinstance(layer, Unit):
        return asks_for_training(layer) and type(layer).__name__ not in HEEDLESS
    return any(_heeds_training(line.layer) for line in layer.lines if line.layer is not None)


def _look(unit, style):
    """A model inside as a text, which others have that are written the same way."""
    number = {}
    for value in [*unit.values, *(v for line in unit.lines for v in line.gives)]:
        number[value] = len(number)
    looks = [skeleton(x) for x in _expressions(unit, style)]
    wires = [([number[v] for v in values_in(line.made)], len(line.gives)) for line in unit.lines]
    ends = keras.tree.map_structure(lambda x: written(_numbered(x, number)), unit.answer)
    takes = keras.tree.map_structure(lambda x: written(_numbered(x, number)), unit.call)
    built = [line.build for line in unit.lines]
    return repr((looks, wires, ends, takes, unit.frozen, built))


def _numbered(x, number):
    return changed(x, {v: Value(name=f"v{number[v]}") for v in values_in(x)})


def _put_back(unit, expressions, parameters, style):
    """Put expressions with parameters into a unit."""
    unit.parameters, rest = parameters, list(expressions)
    if style == "graph":
        unit.inputs, rest = rest[: len(unit.inputs)], rest[len(unit.inputs) :]
    unit.lines = [replace(line, made=made) for line, made in zip(unit.lines, rest, strict=False)]
    if len(rest) > len(unit.lines):
        unit.label = rest[-1].settings["name"]


def _call_graphs(unit):
    """Call models inside as graphs are called: on one argument, which holds all tensors."""
    for line in unit.lines:
        if isinstance(line.layer, Unit):
            args, kwargs = line.layer.call
            if len(args) != 1 or kwargs:
                told = {k: v for k, v in line.made.settings.items() if k in ("training", "mask")}
                tensors = [v for k, v in line.made.settings.items() if k not in told]
                line.made = replace(line.made, settings={0: tensors} | told)


def _keep_shared(unit):
    """Give a layer that is called several times a name, by a line that makes it."""
    counts = Counter(id(line.layer) for line in unit.lines if line.layer is not None)
    kept, lines = {}, []
    for line in unit.lines:
        if counts[id(line.layer)] > 1:
            if id(line.layer) not in kept:
                model = line.layer.model if isinstance(line.layer, Unit) else line.layer
                hint = model.name if not is_automatic(model) else _kind_of(line)
                kept[id(line.layer)] = Value(hint)
                lines.append(Line([kept[id(line.layer)]], line.made.head, line.layer, True))
            line = replace(line, made=replace(line.made, head=kept[id(line.layer)]))
        lines.append(line)
    unit.lines = lines


def _layers_of_graph(unit):
    """Calls of the layers of a graph, one each, in the order in which Keras numbers them.

    That is by their depth, counted from the outputs, and then in the order of a walk from there.
    """
    maker = {v: line for line in unit.lines for v in line.gives}

    def parents(line):
        settings = sorted(
            line.made.settings.items(), key=lambda one: (isinstance(one[0], str), one[0])
        )
        return [maker[v] for _, x in settings for v in values_in(x) if v in maker]

    key = lambda line: id(line.layer) if line.layer is not None else id(line)  # noqa: E731
    index, order, finished = {}, [], set()
    for value in values_in_structure(unit.answer):
        waiting = [(maker[value], None)] if value in maker else []
        while waiting:
            line, rest = waiting.pop()
            if rest is None:
                if line in finished:
                    continue
                index.setdefault(key(line), len(index))
                rest = iter(parents(line))
            above = next(rest, None)
            if above is None:
                finished.add(line)
                order.append(line)
            else:
                waiting += [(line, rest), (above, None)]
    deep, depths, first = {}, {}, {}
    for line in reversed(order):
        depth = max(deep.get(line, 0), depths.get(key(line), 0))
        deep[line] = depths[key(line)] = depth
        first[key(line)] = line
        for above in parents(line):
            deep[above] = max(depth + 1, deep.get(above, 0))
    return [first[k] for k in sorted(depths, key=lambda k: (-depths[k], index[k]))]


def _check_chain(unit):
    """Raise a CourseError unless a list can hold a unit."""
    whole = title(unit.model)
    if len(unit.inputs) != 1:
        raise CourseError(f"A list has one input, and {_small(whole)} has {len(unit.inputs)}.")
    args, kwargs = unit.call
    before, names = unit.values[0], {unit.values[0]: "the input"}
    if kwargs or args not in ((before,), ([before],)):
        raise CourseError(f"A list takes a tensor, and {_small(whole)} takes a dictionary.")
    called = set()
    for line in unit.lines:
        head, settings = line.made.head, line.made.settings
        word = str(head).removeprefix("ops.")
        if line.layer is None and settings == {0: before} and hasattr(keras.activations, word):
            line.made = Made(Made("layers.Activation", {0: word}), settings)
        elif line.layer is None:
            step = {"[]": "an index, as in x[:, 0]"}.get(head, f"the operation {head}")
            raise CourseError(f"A list holds layers only, and {_small(whole)} has {step} in it.")
        model = line.layer.model if isinstance(line.layer, Unit) else line.layer
        name = repr(model.name) if model is not None else word
        sources = [names.get(v, "another") for v in values_in(line.made)]
        if settings != {0: before}:
            if len(set(sources)) > 1:
                told = f"{name} takes from {' and '.join(dict.fromkeys(sources))}"
            elif [v for v in values_in(line.made)] != [before]:
                told = f"{name} takes from {sources[0] if sources else 'nothing'}, as others do"
            else:
                more = [key for key in settings if key != 0] or ["a list"]
                raise CourseError(
                    f"A list calls each layer on one tensor, and {name} is called with {more[0]}."
                )
            raise CourseError(f"A list cannot hold a branch: {told}.")
        if id(line.layer) in called and line.layer is not None:
            raise CourseError(f"A list holds each layer once, and {name} is called several times.")
        called.add(id(line.layer))
        if len(line.gives) != 1:
            raise CourseError(f"A list hands one tensor on, and {name} gives {len(line.gives)}.")
        before = line.gives[0]
        names[before] = name
    if unit.answer is not before:
        raise CourseError(
            f"A list cannot hold a branch: {_small(whole)} gives something besides what its last "
            "layer gives."
        )
    if not unit.lines:
        raise CourseError(f"A list needs a layer, and {_small(whole)} has none.")


def _check_training(unit, style):
    """Raise a CourseError if what a call is told of training would be heard in another way.

    In a graph `fit` and `predict` overrule it, so there `training=False` is what is so anyway.
    """
    graphic = is_graph(unit.model) or isinstance(unit.model, keras.Sequential)
    for line in unit.lines:
        if style == "class" and isinstance(line.layer, Unit) and "mask" in line.made.settings:
            raise CourseError(
                f"{title(line.layer.model)} is called with a mask of its own, which a graph takes, "
                "and not a class."
            )
        if graphic and style != "graph" and line.made.settings.get("training") is False:
            kept = {k: v for k, v in line.made.settings.items() if k != "training"}
            line.made = replace(line.made, settings=kept)
        if "training" in line.made.settings and graphic != (style == "graph"):
            model = line.layer.model if isinstance(line.layer, Unit) else line.layer
            raise CourseError(
                f"{title(model)} is called with training={line.made.settings['training']}: `fit` "
                "overrules that in a graph, and not in a class, so the one cannot stand for the "
                "other, and a list has no place for it."
            )


def _small(text):
    return text[0].lower() + text[1:]


def _kind_of(line):
    """A short word for what a line calls: conv, pool, dense."""
    layer = line.layer
    if isinstance(layer, Block):
        return snake(layer.name) + "s" * bool(line.rows)
    model = layer.model if isinstance(layer, Unit) else layer
    chosen = not is_automatic(model) and not isinstance(_label_of(line), Parameter)
    if chosen and _identifier(model.name):
        return _identifier(model.name)
    if isinstance(layer, Unit):
        return snake(layer.name) or "part"
    kind = re.sub(r"_?\dd?.*$", "", snake(type(layer).__name__)).replace("re_lu", "relu")
    for end in ("pooling", "normalization", "conv"):
        if kind.endswith(end):
            return {"pooling": "pool", "normalization": "norm"}.get(end, end)
    return kind


def _label_of(line):
    made = line.made.head if isinstance(line.made.head, Made) else line.made
    return made.settings.get("name")


def _identifier(name):
    """A name as one for a variable, "" if it cannot be one."""
    name = re.sub(r"\W", "_", name, flags=re.A)
    fine = name.isidentifier() and name.strip("_") and not keyword.iskeyword(name)
    return name if fine else ""


def _camel(name):
    return "".join(part[:1].upper() + part[1:] for part in name.split("_")) or "Network"
