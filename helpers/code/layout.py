"""Breaks long statements of Python over lines as ruff does."""

import re
from dataclasses import dataclass

WIDTH = 88
CLOSING = {"(": ")", "[": "]", "{": "}"}
PIECES = re.compile(
    r"""[rbf]?"(?:\\.|[^"\\])*"|[rbf]?'(?:\\.|[^'\\])*'|[()\[\]{},]|[^()\[\]{},"']+"""
)


CALLED = re.compile(r"\w$")  # what the bracket of a call follows

LOOP = " for "


@dataclass
class Group:
    """What stands in a pair of brackets, item by item; each is a list of texts and groups."""

    opening: str
    items: list
    called: bool
    comma: bool = False

    def flat(self):
        """It on one line."""
        inside = ", ".join(map(_flat, self.items))
        lone = self.opening == "(" and not self.called and len(self.items) == 1 and self.comma
        return self.opening + inside + "," * lone + CLOSING[self.opening]


def laid_out(statement: str, indent: int = 0) -> str:
    """A statement that stands on one line, on as many as it needs.

    A list that ends in a comma has each item on a line of its own, also where it is short.
    """
    parts = _read(iter(PIECES.findall(statement)), "")[0]
    return " " * indent + _broken(parts[0], indent, indent, 0)


def _read(pieces, closing):
    items, now, comma = [], [], False
    for piece in pieces:
        if piece == closing:
            break
        if piece in CLOSING:
            before = now[-1] if now else ""
            called = isinstance(before, Group) or CALLED.search(before) is not None
            inside, comma = _read(pieces, CLOSING[piece])
            now.append(Group(piece, inside, called, comma))
            comma = False
        elif piece == "," and closing and LOOP not in now:
            items.append(now)
            now, comma = [], True
        else:
            text = piece if now else piece.lstrip()
            if text.startswith(LOOP):  # of a comprehension
                now += [LOOP, text.removeprefix(LOOP)]
            elif text:
                now.append(text)
            comma = comma and not text
    if now:
        items.append(now)
    return items, comma


def _flat(item):
    return "".join(x if isinstance(x, str) else x.flat() for x in item)


def _forced(item):
    """Whether something in an item must be broken."""
    return any(
        isinstance(x, Group)
        and (x.comma and (x.opening != "(" or x.called) or any(map(_forced, x.items)))
        for x in item
    )


def _broken(item, column, indent, after):
    """An item as text that begins at a column; `after` letters follow on its last line."""
    text = ""
    for place, x in enumerate(item):
        if isinstance(x, str):
            text += x
        else:
            start = column + len(text) if "\n" not in text else len(text.rpartition("\n")[2])
            rest, more = "", True
            for following in item[place + 1 :]:
                if isinstance(following, Group) and following.items:
                    rest += following.opening
                    more = False
                    break
                rest += following if isinstance(following, str) else following.flat()
            room = WIDTH - start - len(rest) - (after if more else 0)
            if not x.items or len(x.flat()) <= room and not _forced([x]):
                text += x.flat()
            else:
                text += _opened(x, indent)
    return text


def _opened(group, indent):
    deeper = indent + 4
    pad = "\n" + " " * deeper
    items, comma = group.items, True
    if group.called:
        line = ", ".join(map(_flat, items))
        if not any(map(_forced, items)) and deeper + len(line) <= WIDTH:
            return f"{group.opening}{pad}{line}\n{' ' * indent}{CLOSING[group.opening]}"
        comma = len(items) > 1
    if group.opening == "[" and len(items) == 1 and LOOP in items[0]:
        if deeper + len(_flat(items[0])) <= WIDTH:
            return f"[{pad}{_flat(items[0])}\n{' ' * indent}]"
        place = items[0].index(LOOP)
        items = [items[0][:place], [LOOP.lstrip(), *items[0][place + 1 :]]]
        inside = [_broken(item, deeper, deeper, 0) for item in items]
        return f"[{pad}{pad.join(inside)}\n{' ' * indent}]"
    inside = [_broken(item, deeper, deeper, 1 if comma else 0) for item in items]
    text = ("," + pad).join(inside) + ("," if comma else "")
    return f"{group.opening}{pad}{text}\n{' ' * indent}{CLOSING[group.opening]}"
