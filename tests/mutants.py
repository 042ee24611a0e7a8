"""Small changes to Python code, of the kind that slip in: each makes one mutant."""

import ast

OTHER_COMPARISON = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
OTHER_OPERATION = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
}
OTHER_TEXT = {
    "relu": "tanh",
    "softmax": "sigmoid",
    "sigmoid": "softmax",
    "same": "valid",
    "float32": "int32",
}


def of(code):
    """Yield every mutant of some code, as what was changed and the changed code."""
    tree = ast.parse(code)
    for place, node in enumerate(ast.walk(tree)):
        for words, change in _changes(node):
            mutant = ast.parse(code)  # no copy: what else a library keeps on its nodes comes along
            changed = list(ast.walk(mutant))[place]
            change(changed)
            line = getattr(node, "lineno", 0)
            text = code.splitlines()[line - 1].strip() if line else ""
            yield f"{words}, in line {line}: {text}", ast.unparse(ast.fix_missing_locations(mutant))


def _changes(node):
    """The ways to change one node of the tree: words, and a function that does it in place."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield f"{node.value} turned round", lambda n: setattr(n, "value", not n.value)
        elif isinstance(node.value, int | float):
            yield f"{node.value} one larger", lambda n: setattr(n, "value", n.value + 1)
        elif node.value in OTHER_TEXT:
            other = OTHER_TEXT[node.value]
            yield f"{node.value} → {other}", lambda n: setattr(n, "value", other)
    if isinstance(node, ast.Compare) and type(node.ops[0]) in OTHER_COMPARISON:
        other = OTHER_COMPARISON[type(node.ops[0])]
        yield "a comparison turned round", lambda n: n.ops.__setitem__(0, other())
    if isinstance(node, ast.BinOp) and type(node.op) in OTHER_OPERATION:
        other = OTHER_OPERATION[type(node.op)]
        yield "another operation", lambda n: setattr(n, "op", other())
    if isinstance(node, ast.Return) and node.value is not None:
        yield "return forgotten", lambda n: setattr(n, "value", None)
    for field in ("body", "orelse"):
        statements = getattr(node, field, None)
        if isinstance(statements, list):
            for place, statement in enumerate(statements):
                yield (
                    f"left out: {ast.unparse(statement).splitlines()[0]}",
                    lambda n, field=field, place=place: _leave_out(n, field, place),
                )
    if isinstance(node, ast.List) and len(node.elts) > 1:
        for place, element in enumerate(node.elts):
            if ast.unparse(element).startswith("keras.Input"):
                continue  # a model without it is built by its first call, and then the same
            yield (
                f"left out of the list: {ast.unparse(element)}",
                lambda n, place=place: n.elts.pop(place),
            )
        for place in range(len(node.elts) - 1):
            yield (
                f"swapped in the list: {ast.unparse(node.elts[place])} and the next",
                lambda n, place=place: n.elts.insert(place, n.elts.pop(place + 1)),
            )


def _leave_out(node, field, place):
    statements = getattr(node, field)
    statements.pop(place)
    if not statements and field == "body" and not isinstance(node, ast.Module):
        statements.append(ast.Pass())
