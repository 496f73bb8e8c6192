"""What the names of a model are in the code: its own, unless Python or the code have them.

A quantity called `lambda`, `np` or `error` is right on the page. In the code it is `lambda_`,
`np_`, `error_`: with as many underscores as no other name of the model has. What is taken is
read off the modules themselves, so that nobody keeps a list.
"""

import ast
import builtins
import keyword
from collections.abc import Iterable, Iterator
from functools import cache

from derive.code.amalgamate import HELPERS, OWN_TRAINER, TRAINER, defined, syntax
from derive.code.runtime.example.model import _AXES
from derive.code.spelling import NAMES, NUMPY, Dialect, ufunc
from derive.expressions.expression import Name
from derive.functions.table import TABLE
from derive.model.model import Model


def code_name(name: Name, model: Model, dialect: Dialect = NUMPY) -> str:
    """The Python name of a quantity, a size or an adjoint: the paper's, or dEQ_dW."""
    if isinstance(name, str):
        return _own(name, model, dialect)
    named = model.notation.adjoint(name)
    if named:
        return _own(named, model, dialect)
    return free_name(f"d{name.of}_d{name.by}", model, dialect)


def code_names(names: Iterable[Name], model: Model, dialect: Dialect = NUMPY) -> tuple[str, ...]:
    """The Python names of several, in their order."""
    return tuple(code_name(name, model, dialect) for name in names)


def called(function: str, order: int, model: Model, dialect: Dialect = NUMPY) -> str:
    """The Python name of a function or of its derivative: the library's own where that is all it
    is.
    """
    row = model.function(function)
    if function in dict(model.functions):
        return _own(function, model, dialect) + "_prime" * order
    if order == 0 and ufunc(row, dialect):
        return ufunc(row, dialect)
    return table_name(function) + "_prime" * order


def table_name(function: str) -> str:
    """What a function of the table is called in the code."""
    return NAMES.get(function) or function + "_" * (function in module_names())


def _own(name: str, model: Model, dialect: Dialect) -> str:
    """A name of the model, as it is unless it is taken."""
    primes = {f"{function}_prime" for function, _ in model.functions}
    taken = name in reserved() or name in dialect.reserved or name in primes
    return free_name(f"{name}_", model, dialect) if taken else name


def free_name(name: str, model: Model, dialect: Dialect = NUMPY) -> str:
    """The name with as many underscores as nothing else has."""
    taken = {
        *reserved(),
        *dialect.reserved,
        *(array.name for array in model.arrays),
        *model.size_symbols,
        *(function for function, _ in model.functions),
        *(definition.name for definition in model.definitions),
        *(adjoint for _, adjoint in model.notation.adjoints),
    }
    while name in taken:
        name += "_"
    return name


@cache
def reserved() -> frozenset[str]:
    """The names that no name of a model is in the code: those of Python, modules, functions."""
    functions = {table_name(name) + prime for name in TABLE for prime in ("", "_prime")}
    return module_names() | functions


@cache
def module_names() -> frozenset[str]:
    """Python's words, what a trainer defines, and what its functions hold beside a model's own."""
    own = [syntax(module) for module in OWN_TRAINER]
    trees = [*own, *(syntax(module) for module in (*TRAINER, *HELPERS))]
    names = {name for tree in trees for name in (*defined(tree), *_imported(tree))}
    held = {node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)}
    example = {*_AXES, *(size for axes in _AXES.values() for size in axes)}
    local = {name for tree in own for name in _local(tree)} - example
    return frozenset({*keyword.kwlist, *names, *(held & vars(builtins).keys()), *local})


def _imported(tree: ast.Module) -> Iterator[str]:
    """What a module imports at its top."""
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)


def _local(tree: ast.Module) -> Iterator[str]:
    """What the public functions of a module take and hold."""
    for function in tree.body:
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_"):
            for node in ast.walk(function):
                if isinstance(node, ast.arg):
                    yield node.arg
                elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield node.id
