"""Finds lines of code that repeat, and makes a block of them, with parameters for what differs."""

import itertools
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace

from helpers.code.lines import TRAINING, Line, Made, Parameter, Unit, Value, changed, values_in

LONGEST = 150  # lines in one block
LONG = 12  # lines in a block that may take two tensors
MOST = 8  # parameters of a block
WIDTHS = ("filters", "units", "target_shape", "key_dim", "output_dim", "input_dim")


@dataclass(eq=False)
class Block:
    """Lines that repeat, as a function or class of their own.

    Attributes:
        name: Its name.
        values: What it takes.
        parameters: What else it takes, by name.
        lines: The lines, with `Parameter`s in them.
        gives: What it gives.
        parts: The lines of its first use.
        more: What a call of it is told besides.
        order: The places of its lines in the order in which a class makes their layers.
    """

    name: str
    values: list
    parameters: list
    lines: list
    gives: Value
    parts: list = field(default_factory=list)
    order: list = field(default_factory=list)
    more: dict = field(default_factory=dict)


def is_soft(key, value) -> bool:
    """Whether a setting may differ from one use of a block to the next: a number, a name."""
    if key == "name":
        return isinstance(value, str) and re.fullmatch(r"[\w./-]+", value) is not None
    flat = value if isinstance(value, tuple) and value else (value,)
    return all(isinstance(x, int | float) and not isinstance(x, bool) for x in flat)


def skeleton(x, key=None) -> str:
    """An expression as a text without its values, and without what may differ."""
    if isinstance(x, Value):
        return "v"
    if isinstance(x, Made):
        head = x.head if isinstance(x.head, str) else skeleton(x.head)
        inside = [
            f"{k}:{'#' if is_soft(k, v) else skeleton(v)}"
            for k, v in sorted(x.settings.items(), key=str)
            if k == "name" or k not in x.defaults or not is_soft(k, v)
        ]
        return f"{head}({','.join(inside)})"
    if isinstance(x, Unit):
        return x.name
    if isinstance(x, dict):
        return "{" + ",".join(f"{k}:{skeleton(v)}" for k, v in x.items()) + "}"
    if isinstance(x, list | tuple):
        return f"{type(x).__name__}({','.join(map(skeleton, x))})"
    return repr(x)


def _soft_parts(x, path=()):
    """Yield the path and the value of each setting that may differ."""
    if isinstance(x, Made):
        yield from _soft_parts(x.head, (*path, "head"))
        for key, value in x.settings.items():
            if is_soft(key, value):
                yield (*path, key), value
            else:
                yield from _soft_parts(value, (*path, key))
    elif isinstance(x, dict | list | tuple):
        for key, value in x.items() if isinstance(x, dict) else enumerate(x):
            yield from _soft_parts(value, (*path, key))


def _at(x, path):
    for key in path:
        x = x.head if isinstance(x, Made) and key == "head" else _items(x)[key]
    return x


def _items(x):
    return x.settings if isinstance(x, Made) else x


def _put(x, path, value):
    """An expression with a value at a path."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(x, Made):
        if key == "head":
            return replace(x, head=_put(x.head, rest, value))
        return replace(x, settings={**x.settings, key: _put(x.settings.get(key), rest, value)})
    if isinstance(x, dict):
        return {**x, key: _put(x[key], rest, value)}
    return type(x)(_put(one, rest, value) if n == key else one for n, one in enumerate(x))


def unified(uses):
    """What several uses of a block have in common.

    Args:
        uses: For each use, its expressions, which have the same skeletons.

    Returns:
        The expressions with parameters, the names of these, and for each use their values; None
        where something differs that cannot be a parameter.
    """
    columns = {}
    for n, use in enumerate(uses):
        for place, x in enumerate(use):
            for path, value in _soft_parts(x):
                columns.setdefault((place, *path), {})[n] = value
    found, expressions = [], list(uses[0])
    for path, column in columns.items():
        *way, key = path
        for n, use in enumerate(uses):
            if n not in column:
                made = _at(use[path[0]], way[1:])
                if key not in made.defaults or key == "name":
                    return None
                column[n] = made.defaults[key]
        values = [column[n] for n in range(len(uses))]
        if all(value == values[0] and type(value) is type(values[0]) for value in values):
            if key not in _items(_at(expressions[path[0]], way[1:])):
                expressions[path[0]] = _put(expressions[path[0]], path[1:], values[0])
            continue
        lengths = {len(value) if isinstance(value, tuple) else None for value in values}
        if len(lengths) == 1 and None not in lengths and key == "target_shape":
            expressions[path[0]] = _put(expressions[path[0]], path[1:], values[0])
            for n, part in enumerate(zip(*values, strict=True)):
                if len(set(part)) > 1:
                    found.append(((*path, n), key, list(part)))
        else:
            found.append((path, key, values))
    return _with_parameters(expressions, found, len(uses))


def _common_name(found, count):
    """What differs in all names of a use, as a first parameter, if that makes all of them."""
    columns = [values for _, key, values in found if key == "name"]
    if len(columns) < 2:
        return []
    begins = [_shared([column[n] for column in columns]) for n in range(count)]
    begins = [begin[: begin.rfind("_")] if "_" in begin else "" for begin in begins]
    before, after = _shared(columns[0]), _shared([name[::-1] for name in columns[0]])[::-1]
    before, after = before[: before.rfind("_") + 1], "".join(after.partition("_")[1:])
    cores = [name.removeprefix(before).removesuffix(after) for name in columns[0]]
    for values in (begins, cores):
        if all(values) and all(_around(column, values) for column in columns):
            return [["name", values]]
    return []


def _with_parameters(expressions, found, count):
    parameters, uses = _common_name(found, count), []
    for path, key, values in found:
        if key == "name":
            number, before, after = _name_parameter(parameters, values)
            uses.append([path, number, 1, before, after])
            continue
        for number, (name, known) in enumerate(parameters):
            if name.startswith("name"):
                continue
            if known == values:
                uses.append([path, number, 1, "", ""])
                break
            wide = key in WIDTHS and name.rstrip("_0123456789") in WIDTHS
            if wide and (times := _times(values, known)):
                uses.append([path, number, times, "", ""])
                break
            if wide and (times := _times(known, values)):
                parameters[number][1] = values
                for use in uses:
                    use[2] *= times if use[1] == number else 1
                uses.append([path, number, 1, "", ""])
                break
        else:
            name = key if isinstance(key, str) else "number"
            taken = sum(known.rstrip("_0123456789") == name for known, _ in parameters)
            uses.append([path, len(parameters), 1, "", ""])
            parameters.append([name if not taken else f"{name}_{taken + 1}", values])
    if len(parameters) > MOST:
        return None
    for path, number, *rest in uses:
        parameter = Parameter(parameters[number][0], *rest)
        expressions[path[0]] = _put(expressions[path[0]], path[1:], parameter)
    parameters.sort(key=lambda one: one[0].startswith("name"))
    rows = [{name: values[n] for name, values in parameters} for n in range(count)]
    return expressions, [name for name, _ in parameters], rows


def _times(values, known):
    """The whole number of times that values are others, 0 if none."""
    if not all(isinstance(x, int) and x > 0 for x in [*values, *known]):
        return 0
    times = values[0] // known[0]
    return times if all(x == times * y for x, y in zip(values, known, strict=True)) else 0


def _name_parameter(parameters, names):
    """The parameter from which names are made, what stands before it, and what after it."""
    for number, (name, values) in enumerate(parameters):
        if name.startswith("name") and (found := _around(names, values)):
            return number, *found
    after = _shared([name[::-1] for name in names])[::-1]
    after = "".join(after.partition("_")[1:])
    if any(len(after) >= len(name) for name in names):
        after = ""
    taken = sum(name.startswith("name") for name, _ in parameters)
    values = [name.removesuffix(after) for name in names]
    parameters.append(["name" if not taken else f"name_{taken + 1}", values])
    return len(parameters) - 1, "", after


def _around(names, values):
    """What stands before and after values in names, the same in each; None if they are not so."""
    both = {name.partition(value)[::2] for name, value in zip(names, values, strict=True)}
    both |= {name.rpartition(value)[::2] for name, value in zip(names, values, strict=True)}
    for before, after in sorted(both):
        made = [f"{before}{value}{after}" for value in values]
        if made == list(names):
            return before, after
    return None


def _shared(texts):
    """What texts begin with in common."""
    same = itertools.takewhile(lambda letters: len(set(letters)) == 1, zip(*texts, strict=False))
    return "".join(letters[0] for letters in same)


# Finding


def find_blocks(lines, ends, style, new_name, call) -> tuple:
    """Make blocks of lines that repeat.

    Args:
        lines: Lines in their order.
        ends: The values that are needed after them.
        style: "list", "graph" or "class".
        new_name: Gives a name for a block.
        call: Gives the call of a block, from it, what it takes, and its parameters.

    Returns:
        The lines, and the blocks.
    """
    blocks = []
    while best := _best(lines, ends, style):
        length, starts, (expressions, parameters, rows) = best
        block = _block(lines[starts[0] : starts[0] + length], expressions, parameters, new_name())
        blocks.append(block)
        at = dict(zip(starts, rows, strict=True))
        out, place = [], 0
        while place < len(lines):
            if place not in at:
                out.append(lines[place])
                place += 1
                continue
            parts = lines[place : place + length]
            made = call(block, _taken(parts), at[place])
            out.append(Line(parts[-1].gives, made, block, parts=parts, row=at[place]))
            place += length
        lines = out
    return lines, blocks


def _block(parts, expressions, parameters, name):
    """A block of the lines of its first use."""
    taken = _taken(parts)
    told = [p.made.settings["training"] for p in parts if "training" in p.made.settings]
    more = {"training": told[0]} if told and isinstance(told[0], Value) else {}
    fresh = {v: Value(v.hint) for v in taken} | {v: Value() for p in parts for v in p.gives}
    lines = [
        Line([fresh[v] for v in part.gives], changed(x, fresh), part.layer, part.makes)
        for part, x in zip(parts, expressions, strict=True)
    ]
    return Block(
        name, [fresh[v] for v in taken], parameters, lines, lines[-1].gives[0], parts, [], more
    )


def _taken(parts):
    """The values that lines take from before them."""
    own = {v for part in parts for v in part.gives}
    return [
        v
        for v in dict.fromkeys(v for p in parts for v in values_in(p.made))
        if v not in own | {TRAINING}
    ]


def _best(lines, ends, style):
    """The lines most worth to be a block: how many, where they begin, and what they share."""
    made_at = {v: (n, m) for n, line in enumerate(lines) for m, v in enumerate(line.gives)}
    sources = [[v for v in values_in(line.made) if v is not TRAINING] for line in lines]
    last = {v: n for n, values in enumerate(sources) for v in values}
    last |= {v: len(lines) for v in ends}
    needed_by = [max((last.get(v, 0) for v in line.gives), default=0) for line in lines]
    wires = [[(v, *made_at.get(v, (-1, 0))) for v in values] for values in sources]
    looks = [f"{skeleton(line.made)}/{len(line.gives)}" for line in lines]
    common = Counter(looks)
    found = defaultdict(list)
    for start in range(len(lines)):
        outside, key, needed = {}, 0, start
        for place in range(start, min(start + LONGEST, len(lines))):
            line = lines[place]
            if line.parts or line.build or common[looks[place]] < 2:
                break
            wired = tuple(
                (place - n, m) if n >= start else ("outside", outside.setdefault(v, len(outside)))
                for v, n, m in wires[place]
            )
            key = hash((key, looks[place], wired))
            takes = len(outside) == 1 or (len(outside) == 2 and place - start >= LONG)
            if takes and len(line.gives) == 1 and needed <= place < needed_by[place]:
                found[place - start + 1, key].append(start)
            needed = max(needed, needed_by[place])
    candidates = []
    for (length, _), starts in found.items():
        apart = _apart(starts, length)
        worth = _worth(sources, lines, apart, length, style)
        if worth > 0:
            first = range(apart[0], apart[0] + length)
            own = {v for n in first for v in lines[n].gives}
            taken = Counter(v for n in first for v in sources[n] if v not in own)
            forks = max(taken.values(), default=0)
            worth += worth // 3 if forks > 1 else 0  # a block ends where its branches meet
            candidates.append((worth, min(forks, 2), -apart[0], length, apart))
    best = None
    for worth, forks, begin, length, starts in sorted(candidates, reverse=True)[:60]:
        if best and best[0][0] >= worth:
            break
        uses = [[part.made for part in lines[n : n + length]] for n in starts]
        if together := unified(uses):
            score = worth - 2 * max(0, len(together[1]) - 2), forks, begin
            if score[0] > 0 and (best is None or score > best[0]):
                best = score, length, starts, together
    return best and best[1:]


def _apart(starts, length):
    """Those of some places that do not overlap."""
    found = []
    for start in starts:
        if not found or start >= found[-1] + length:
            found.append(start)
    return found


def _worth(sources, lines, starts, length, style):
    """How many lines are saved by a block in place of its uses."""
    count, runs = len(starts), [1]
    if count < 2:
        return 0
    for one, other in itertools.pairwise(starts):
        given = lines[other - 1].gives[:1]
        chained = other == one + length and any(
            v in given for n in range(other, other + length) for v in sources[n]
        )
        runs = [*runs[:-1], runs[-1] + 1] if chained else [*runs, 1]
    if style == "list":
        return count * length - (length + 4 + count) if length > 1 else 0
    calls = sum(run if run < 3 else 2 for run in runs)
    if style == "class":
        return 2 * (count * length - length - calls) - 8 if length > 2 else 0
    return count * length - length - 2 - calls if length > 3 else 0
