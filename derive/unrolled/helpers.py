"""The functions of `unrolled.runtime` that a module needs: their source, and what they import."""

import ast
import inspect
from collections.abc import Iterable

from derive.unrolled import runtime

LIBRARY = {"exp", "expm1", "log", "log1p", "pi", "pow"}
"""What of `math` they call."""


def known() -> list[str]:
    """The names of all of them."""
    every = inspect.getmembers(runtime, inspect.isfunction)
    return [name for name, each in every if each.__module__ == runtime.__name__]


def _tree(name: str) -> ast.AST:
    return ast.parse(inspect.getsource(getattr(runtime, name)))


def _called(name: str) -> set[str]:
    return {node.id for node in ast.walk(_tree(name)) if isinstance(node, ast.Name)}


def _all_helpers(wanted: Iterable[str]) -> list[str]:
    """Some helpers and those that they call, in the order of the module."""
    found, waiting = set[str](), list(wanted)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _called(name) & set(known())
    return sorted(found, key=lambda name: inspect.getsourcelines(getattr(runtime, name))[1])


def sources(wanted: Iterable[str]) -> tuple[str, ...]:
    """The source of some helpers and of those that they call."""
    return tuple(inspect.getsource(getattr(runtime, name)).strip() for name in _all_helpers(wanted))


def imported(wanted: Iterable[str]) -> dict[str, None]:
    """What of `math` the helpers call."""
    names = {name for helper in _all_helpers(wanted) for name in _called(helper)}
    return dict.fromkeys(names & LIBRARY)
