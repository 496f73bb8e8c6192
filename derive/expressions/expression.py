"""Expressions in index notation, and the calculus of their indices.

An expression is a tree of frozen nodes in the order its author wrote it. Indices
are scoped lexically: `Sum(over, body)` binds `over` in `body` and nowhere else,
and the only way into another context is `substitute`, which never captures.
SymPy sees no index; see `local`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from typing import NoReturn

from derive.errors import InternalError


@dataclass(frozen=True, order=True)
class Index:
    """An index such as j, running from 1 to the number that `size` (m) stands for.

    `copy` tells i, i′, i″ apart where one letter is needed twice.
    """

    name: str
    size: str
    copy: int = 0


@dataclass(frozen=True)
class Adjoint:
    """The name of the derivative of the scalar `of` by the quantity `by`: ∂EQ/∂O_in."""

    of: str
    by: str


Name = str | Adjoint


Subscript = Index | int


@dataclass(frozen=True)
class Number:
    """An exact rational number."""

    value: Fraction


@dataclass(frozen=True)
class Size:
    """The number of values of an index, as a number: the N of 1/N."""

    symbol: str


@dataclass(frozen=True)
class Entry:
    """One entry of an array, W[j, i]; a scalar has no indices."""

    name: Name
    indices: tuple[Subscript, ...] = ()

    @property
    def letters(self) -> "tuple[Index, ...]":
        """Its indices that are letters, not numbers."""
        return tuple(index for index in self.indices if isinstance(index, Index))


@dataclass(frozen=True)
class Apply:
    """f(argument), or its derivative of the given order: f'(argument) has order 1."""

    function: str
    argument: "Expression"
    order: int = 0


@dataclass(frozen=True)
class Add:
    """A sum of terms."""

    terms: "tuple[Expression, ...]"


@dataclass(frozen=True)
class Multiply:
    """An ordered product; a rational coefficient, if any, is the first factor."""

    factors: "tuple[Expression, ...]"


@dataclass(frozen=True)
class Power:
    """base ** exponent, the exponent a whole number."""

    base: "Expression"
    exponent: int


@dataclass(frozen=True)
class Sum:
    """The sum of `body` over one or more bound indices."""

    over: tuple[Index, ...]
    body: "Expression"


@dataclass(frozen=True)
class Delta:
    """Kronecker's delta: 1 where the two indices agree, else 0."""

    left: Subscript
    right: Subscript


@dataclass(frozen=True)
class Where:
    """`then` where left > right, else `other`; max(a, b) is a where a > b, else b.

    Its derivative is that of the branch taken: at a tie, the derivative of `other`.
    """

    left: "Expression"
    right: "Expression"
    then: "Expression"
    other: "Expression"


@dataclass(frozen=True)
class Softmax:
    """exp(argument) over its sum along some of its indices, which stay free."""

    along: tuple[Subscript, ...]
    argument: "Expression"


Expression = (
    Number | Size | Entry | Apply | Add | Multiply | Power | Sum | Delta | Where | Softmax
)  # fmt: skip


ZERO = Number(Fraction(0))


ONE = Number(Fraction(1))


MINUS_ONE = Number(Fraction(-1))


def unknown(node: object, where: str) -> NoReturn:
    """Raise the error for a node that a pass has no rule for."""
    raise InternalError(f"{where}: no rule for {type(node).__name__}: {node!r}")


# --- building ---------------------------------------------------------------------------------


def add(*terms: Expression) -> Expression:
    """The sum of the terms in their order, without zeros and nested sums."""
    flat: list[Expression] = []
    for term in terms:
        flat += term.terms if isinstance(term, Add) else (term,)
    kept = tuple(term for term in flat if term != ZERO)
    if not kept:
        return ZERO
    return kept[0] if len(kept) == 1 else Add(kept)


def multiply(*factors: Expression) -> Expression:
    """The product of the factors in their order, its rational coefficient in front."""
    coefficient, rest = Fraction(1), []
    for factor in factors:
        for part in factor.factors if isinstance(factor, Multiply) else (factor,):
            if isinstance(part, Number):
                coefficient *= part.value
            else:
                rest.append(part)
    if coefficient == 0 or not rest:
        return Number(coefficient)
    kept = rest if coefficient == 1 else [Number(coefficient), *rest]
    return kept[0] if len(kept) == 1 else Multiply(tuple(kept))


def power(base: Expression, exponent: int) -> Expression:
    """Base ** exponent; a number is worked out.

    Raises ZeroDivisionError for zero to a negative power.
    """
    if isinstance(base, Number):
        return Number(base.value**exponent)
    if exponent in (0, 1):
        return base if exponent else ONE
    return Power(base, exponent)


def summation(over: tuple[Index, ...], body: Expression) -> Expression:
    """Σ body; a number stands before the sum, and so does the size of an index not held."""
    free = free_indices(body)
    held = tuple(index for index in over if index in free)
    sizes = [Size(index.size) for index in over if index not in free]
    number = body.factors[0] if isinstance(body, Multiply) else ONE
    if held and isinstance(body, Multiply) and isinstance(number, Number):
        return multiply(number, *sizes, Sum(held, multiply(*body.factors[1:])))
    return multiply(*sizes, Sum(held, body) if held else body)


def where(left: Expression, right: Expression, then: Expression, other: Expression) -> Expression:
    """`then` where left > right, else `other`; decided where both sides are numbers."""
    if then == other:
        return then
    if isinstance(left, Number) and isinstance(right, Number):
        return then if left.value > right.value else other
    return Where(left, right, then, other)


def children(node: Expression) -> "tuple[Expression, ...]":
    """The direct parts of a node, in order."""
    match node:
        case Number() | Size() | Entry() | Delta():
            return ()
        case Apply() | Softmax():
            return (node.argument,)
        case Add():
            return node.terms
        case Multiply():
            return node.factors
        case Power():
            return (node.base,)
        case Sum():
            return (node.body,)
        case Where():
            return (node.left, node.right, node.then, node.other)
    unknown(node, "children")


def rebuild(node: Expression, parts: "Iterable[Expression]") -> Expression:
    """The same node around other parts."""
    new = tuple(parts)
    match node:
        case Number() | Size() | Entry() | Delta():
            return node
        case Apply():
            return Apply(node.function, new[0], node.order)
        case Add():
            return add(*new)
        case Multiply():
            return multiply(*new)
        case Power():
            return power(new[0], node.exponent)
        case Sum():
            return summation(node.over, new[0])
        case Where():
            return where(*new)
        case Softmax():
            return Softmax(node.along, new[0])
    unknown(node, "rebuild")


# --- looking ----------------------------------------------------------------------------------


def walk(node: Expression) -> Iterator[Expression]:
    """The node and everything in it, in reading order."""
    yield node
    for part in children(node):
        yield from walk(part)


def entries(node: Expression) -> list[Entry]:
    """Every entry in reading order, repetitions included."""
    return [part for part in walk(node) if isinstance(part, Entry)]


def free_indices(node: Expression) -> tuple[Index, ...]:
    """The indices that no sum in the node binds, in reading order."""
    found: dict[Index, None] = {}
    match node:
        case Entry():
            found.update(dict.fromkeys(node.letters))
        case Delta():
            ends = (node.left, node.right)
            found.update((index, None) for index in ends if isinstance(index, Index))
        case _:
            bound = node.over if isinstance(node, Sum) else ()
            for part in children(node):
                found.update((i, None) for i in free_indices(part) if i not in bound)
    return tuple(found)


def fresh(index: Index, avoid: Iterable[Index]) -> Index:
    """The index itself if nothing to avoid has its name, else its first free copy."""
    taken = {(other.name, other.copy) for other in avoid}
    copies = (Index(index.name, index.size, copy) for copy in count(index.copy))
    return next(copy for copy in copies if (copy.name, copy.copy) not in taken)


# --- moving -----------------------------------------------------------------------------------


def substitute(node: Expression, new: Mapping[Index, Subscript]) -> Expression:
    """Replace free indices, all at once; bound ones step aside where they would capture."""
    match node:
        case Entry():
            return Entry(node.name, tuple(_put(index, new) for index in node.indices))
        case Delta():
            left, right = _put(node.left, new), _put(node.right, new)
            if isinstance(left, int) and isinstance(right, int):
                return ONE if left == right else ZERO
            return ONE if left == right else Delta(left, right)
        case Sum():
            return _substitute_under_sum(node, new)
        case Softmax():
            along = tuple(_put(index, new) for index in node.along)
            return Softmax(along, substitute(node.argument, new))
        case _:
            return rebuild(node, (substitute(part, new) for part in children(node)))


def numbered(node: Expression, sizes: Mapping[str, int]) -> Expression:
    """Sizes as the numbers that they are."""
    if isinstance(node, Size) and node.symbol in sizes:
        return Number(Fraction(sizes[node.symbol]))
    return rebuild(node, (numbered(part, sizes) for part in children(node)))


def _put(index: Subscript, new: Mapping[Index, Subscript]) -> Subscript:
    return new.get(index, index) if isinstance(index, Index) else index


def _substitute_under_sum(node: Sum, new: Mapping[Index, Subscript]) -> Expression:
    free = free_indices(node)
    inside = {index: new[index] for index in free if index in new}
    if not inside:
        return node
    arriving = [index for index in inside.values() if isinstance(index, Index)]
    avoid = [*arriving, *(index for index in free if index not in inside)]
    over: list[Index] = []
    renamed: dict[Index, Subscript] = {}
    for index in node.over:
        bound = fresh(index, [*avoid, *over])
        over.append(bound)
        renamed[index] = bound
    return summation(tuple(over), substitute(node.body, inside | renamed))


def unshadow(node: Expression, seen: tuple[Index, ...]) -> Expression:
    """Rename bound indices that a reader could take for an index in sight."""
    if not isinstance(node, Sum):
        return rebuild(node, (unshadow(part, seen) for part in children(node)))
    over: list[Index] = []
    for index in node.over:
        over.append(fresh(index, [*seen, *over]))
    new: dict[Index, Subscript] = dict(zip(node.over, over, strict=True))
    body = unshadow(substitute(node.body, new), (*seen, *over))
    return summation(tuple(over), body)


def replace_entries(node: Expression, name: Name, pattern: Entry, value: Expression) -> Expression:
    """Put `value`, a formula in the indices of `pattern`, for every entry called `name`."""
    if isinstance(node, Entry) and node.name == name:
        return substitute(value, dict(zip(pattern.letters, node.indices, strict=True)))
    if not isinstance(node, Sum):
        parts = (replace_entries(part, name, pattern, value) for part in children(node))
        return rebuild(node, parts)
    # An index free in `value` beyond the pattern's would be captured here; a formula has none.
    return summation(node.over, replace_entries(node.body, name, pattern, value))


def canonical(node: Expression) -> Expression:
    """The same expression with bound indices numbered by depth, so that == ignores their names."""
    return _canonical(node, {}, 0)


def _canonical(node: Expression, new: Mapping[Index, Index], depth: int) -> Expression:
    match node:
        case Entry():
            return Entry(node.name, tuple(_put(index, new) for index in node.indices))
        case Delta():
            return Delta(_put(node.left, new), _put(node.right, new))
        case Sum():
            numbered = {x: Index("", x.size, depth + k) for k, x in enumerate(node.over)}
            body = _canonical(node.body, {**new, **numbered}, depth + len(numbered))
            return summation(tuple(numbered.values()), body)
        case Softmax():
            along = tuple(_put(index, new) for index in node.along)
            return Softmax(along, _canonical(node.argument, new, depth))
        case _:
            return rebuild(node, (_canonical(part, new, depth) for part in children(node)))
