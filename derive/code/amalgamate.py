"""A model's own part and modules of `code.runtime` -> one text that needs NumPy alone.

The source of a module stands below the model's own part as it is, byte for byte; imports
from `derive.code.runtime` are left out, for what they name stands in the text itself, and
all others move to its top, each once.
"""

import ast
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files

from derive.errors import InternalError

RUNTIME = "derive.code.runtime"


OWN_TRAINER = ("example.model", "example.trainer", "example.estimator")
"""The parts of the example in which names of the model and of the code meet."""


TRAINER = (
    *("training", "vectors", "plotting", "steps", "methods"),
    *("batches", "descent", "ravel", "checking", "arguments"),
)
"""The modules below every trainer's own part."""


HELPERS = {
    "softmax": "softmax",
    "logsumexp": "logsumexp",
    "scaled": "Scaled",
    "erfcx": "erfcx",
    "power_or_zero": "power_or_zero",
}
"""The modules below those, where the model needs what they define."""


@cache
def source(module: str) -> str:
    """The source of a module of `code.runtime`."""
    *folders, name = module.split(".")
    return files(RUNTIME).joinpath(*folders, f"{name}.py").read_text("utf-8")


def syntax(module: str) -> ast.Module:
    """The syntax tree of a module of `code.runtime`."""
    return _parsed(source(module))


@cache
def _parsed(text: str) -> ast.Module:
    """The modules are the same for every model, and each is parsed once."""
    return ast.parse(text)


def body(text: str) -> str:
    """What stands below the imports at the top of a text."""
    last = max(node.end_lineno or 0 for node in _head(text))
    return "".join(text.splitlines(keepends=True)[last:])


def amalgamate(own: str, modules: Sequence[str]) -> str:
    """The text: the docstring of a model's own part, all imports, what is own, the modules.

    Raises InternalError where two parts define the same name: the later one would win.
    """
    lines = own.splitlines(keepends=True)
    first = min(node.lineno for node in _head(own))
    parts = [own, *map(source, modules)]
    _require_apart(parts)
    below = "".join(f"\n\n{body(source(module)).strip()}\n" for module in modules)
    return "".join(lines[: first - 1]) + _merged(parts) + body(own) + below


def _head(text: str) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports at the top of a text."""
    for place, node in enumerate(_parsed(text).body):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif place or not isinstance(node, ast.Expr):  # the first may be a docstring
            return


def _merged(texts: Iterable[str]) -> str:
    """The imports of all texts but those of the runtime: the standard library's, then others."""
    plain: set[str] = set()
    named: dict[str, set[str]] = {}
    for node in (node for text in texts for node in _head(text)):
        if isinstance(node, ast.Import):
            plain |= {ast.unparse(alias) for alias in node.names}
        elif not str(node.module).startswith(RUNTIME):
            named.setdefault(str(node.module), set()).update(map(ast.unparse, node.names))
    lines = [(name, f"import {name}") for name in sorted(plain)]
    lines += [
        (module, f"from {module} import {', '.join(sorted(names))}")
        for module, names in sorted(named.items())
    ]
    groups: dict[int, list[str]] = {0: [], 1: [], 2: []}
    for module, line in lines:
        groups[_group(module.partition(".")[0].partition(" ")[0])].append(line)
    return "\n\n".join("\n".join(group) for group in groups.values() if group) + "\n"


def _group(package: str) -> int:
    if package == "__future__":
        return 0
    return 1 if package in sys.stdlib_module_names else 2


def _require_apart(texts: Iterable[str]) -> None:
    seen: set[str] = set()
    for text in texts:
        names = set(defined(_parsed(text)))
        if names & seen:
            raise InternalError(f"{min(names & seen)} is defined twice in one module")
        seen |= names


def defined(tree: ast.Module) -> Iterator[str]:
    """The functions, classes and values that a module defines at its top."""
    for node in tree.body:
        match node:
            case ast.FunctionDef() | ast.ClassDef():
                yield node.name
            case ast.Assign() | ast.AnnAssign():
                names = (part for part in ast.walk(node) if isinstance(part, ast.Name))
                yield from (part.id for part in names if isinstance(part.ctx, ast.Store))
