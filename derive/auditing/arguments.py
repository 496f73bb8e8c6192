"""Printed lists of arguments, and what they lack."""

from collections.abc import Iterator
from typing import Any

from derive.readback.setting import Setting
from derive.readback.tree import Formula, Named, Ratio, Symbol, parts
from derive.readback.value import value

# --- argument lists ---------------------------------------------------------------------------


def missing_arguments(formula: Formula, where: Setting) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What each symbol with a printed list of arguments depends on and its list lacks."""
    order = _argument_order(where)
    seen: set[str] = set()
    for tree in (tree for side in formula.sides for tree in parts(side)):
        if not isinstance(tree, Named):
            continue
        listed = [_spelled(symbol) for symbol in (tree.first, tree.last)]
        start, end = (order.index(name) for name in listed)
        held = value(tree.of, where).free_symbols
        depends = [name for name in _leaves(where) if _leaves(where)[name] in held]
        lacking = tuple(name for name in depends if name not in order[start : end + 1])
        shown = _shown(tree)
        if lacking and shown not in seen:
            seen.add(shown)
            yield shown, lacking


def _shown(tree: Named) -> str:
    arguments = rf"({_spelled(tree.first)}, \dots, {_spelled(tree.last)})"
    if isinstance(tree.of, Ratio):
        assert isinstance(tree.of.of, Symbol)
        assert isinstance(tree.of.by, Symbol)
        ratio = rf"\partial {_spelled(tree.of.of)} / \partial {_spelled(tree.of.by)}"
        return f"{ratio} {arguments}"
    return f"{_spelled(tree.of)}{arguments}"


def _spelled(symbol: Symbol) -> str:
    if not symbol.subscript:
        return symbol.head
    bare = len(symbol.subscript) == 1
    return f"{symbol.head}_{symbol.subscript}" if bare else f"{symbol.head}_{{{symbol.subscript}}}"


def _leaves(where: Setting) -> dict[str, Any]:
    """Printed leaf -> its SymPy symbol."""
    return dict(where.leaves)


def _argument_order(where: Setting) -> list[str]:
    """I_1, I_2, w_11, ..., v_21: inputs, then weights as the paper orders them."""
    targets = {array.name for array in where.model.role("target")}
    return [name for name, symbol in where.leaves if symbol.name.partition("[")[0] not in targets]
