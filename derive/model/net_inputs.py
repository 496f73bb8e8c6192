"""Model -> the same network with names for the sums and functions that functions are applied to.

h[j] = tanh(sum(i, W[j,i] * x[i]) + b[j]) is two steps: net_h[j] = sum(i, W[j,i] * x[i]) + b[j],
and h[j] = tanh(net_h[j]). The derivative by net_h is what those by W, by b and by x share, and
what code would otherwise compute once for each. A function that is applied within a sum gets a
name too: out_o[j] = tanh(net_o[j]) in o = sum(j, v[j] * out_o[j]).
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count, product
from string import ascii_lowercase

from derive.errors import InternalError
from derive.expressions.contents import children, entries, free_indices, walk
from derive.expressions.expression import Apply, Entry, Expression, Sum, Where
from derive.expressions.indices import canonical
from derive.expressions.lettering import split
from derive.expressions.patterns import fold
from derive.model.model import Array, Definition, Model, written_out
from derive.model.output import output_of

LEFT = ("exp", "log")
"""Functions that make up a softmax, a logarithm of one, or a root, which are recognised whole."""


def name_net_inputs(model: Model) -> Model:
    """The model with those names in all equations on the way to its output."""
    taken = {*(a.name for a in model.arrays), *dict(model.functions), *model.size_symbols}
    way = [e.name for e in model.equations].index(output_of(model).name) + 1
    equations: list[Definition] = []
    for place, equation in enumerate(model.equations):
        parts = _split(equation, taken) if place < way else (equation,)
        *before, last = parts
        if canonical(written_out(last.value, before)) != canonical(equation.value):
            raise InternalError("the parts are not the whole", f"{model.name}, {equation.name}")
        equations += parts
    known = {array.name for array in model.arrays}
    new = (Array(e.name, e.indices, "quantity") for e in equations if e.name not in known)
    return replace(model, arrays=(*model.arrays, *new), equations=tuple(equations))


def _split(equation: Definition, taken: set[str]) -> tuple[Definition, ...]:
    """The parts of an equation, in the order of computation, itself the last."""
    parts: list[Definition] = []
    value = equation.value
    while (found := next(_steps(value), None)) is not None:
        prefix, part = found
        free = free_indices(part)
        # s, that counts the samples, stands in front, also where the error sums over it.
        samples = (index for index in free if index.counts_samples)
        own = (*samples, *(index for index in equation.indices if index in free))
        indices = dict.fromkeys((*own, *free))
        target = Entry(_fresh(prefix, equation.name, taken), tuple(indices))
        parts.append(Definition(target, part))
        value = fold(value, target, part)
    return (*parts, Definition(equation.target, value))


def _steps(node: Expression) -> Iterator[tuple[str, Expression]]:
    """What a name is put for, inner ones first, with what its name begins with."""
    for part in children(node):
        yield from _steps(part)
    match node:
        case Apply() if node.function != "log":  # ln Σ exp is recognised as a whole
            yield from (("net", part) for part in (node.argument,) if _is_step(part))
        case Where():
            yield from (("net", part) for part in (node.left, node.right) if _is_step(part))
        case Sum():
            applied = (n for n in walk(node.body) if isinstance(n, Apply))
            yield from (("out", n) for n in applied if n.function not in LEFT and entries(n))


def _is_step(node: Expression) -> bool:
    """Whether a sum or a function is in it, but for those of LEFT."""
    return any(
        isinstance(part, Sum)
        or (isinstance(part, Apply) and part.function not in LEFT and entries(part))
        for part in walk(node)
    )


def _fresh(prefix: str, name: str, taken: set[str]) -> str:
    """prefix_name, or netb_name and so on where its entries would print like something else's."""
    free = next(
        wanted
        for letters in _letters()
        if not any(_print_alike(wanted := f"{prefix}{letters}_{name}", other) for other in taken)
    )
    taken.add(free)
    return free


def _letters() -> Iterator[str]:
    """Nothing, b, ..., z, aa, ab and so on."""
    yield from ("", *ascii_lowercase[1:])
    for length in count(2):
        yield from map("".join, product(ascii_lowercase, repeat=length))


def _print_alike(name: str, other: str) -> bool:
    """Whether the subscript of one begins with that of the other: net_h[2] and net_h2."""
    left, right = split(name), split(other)
    ends = ["".join(parts.subscripts) for parts in (left, right)]
    return left.head == right.head and (ends[0].startswith(ends[1]) or ends[1].startswith(ends[0]))
