"""Expressions in index notation: the nodes, how they are built, and what they hold.

An expression is a tree of frozen nodes in the order its author wrote it. Indices
are scoped lexically: `Sum(over, body)` binds `over` in `body` and nowhere else,
and the only way into another context is `indices.substitute`, which never captures.
SymPy sees no index; see `scalars`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, reduce
from operator import is_, mul
from typing import Any, NoReturn, TypeVar, dataclass_transform

from derive.errors import InternalError


@dataclass(frozen=True, order=True)
class Index:
    """An index such as j, running from 1 to the number that `size` (m) stands for.

    `copy` tells i, i′, i″ apart where one letter is needed twice.
    """

    name: str
    size: str
    copy: int = 0
    counts_samples: bool = False
    """Whether it is the one that a batch has, beside those of the model."""


@dataclass(frozen=True)
class Adjoint:
    """The name of the derivative of the scalar `of` by the quantity `by`: ∂EQ/∂O_in."""

    of: str
    by: str


Name = str | Adjoint


T = TypeVar("T")


Subscript = Index | int


MEMORY = 2**14
"""How many expressions a function remembers: those of an adjoint share most of their parts."""


@dataclass_transform(frozen_default=True)
def _node(cls: type[T]) -> type[T]:
    """A frozen dataclass whose hash, that of all there is within, is worked out once."""
    made = dataclass(frozen=True)(cls)
    of_the_fields = made.__hash__

    def of_all_within(self: Any) -> int:
        known: int | None = self._hash
        if known is None:
            known = of_the_fields(self)
            object.__setattr__(self, "_hash", known)
        return known

    def without_it(self: T) -> dict[str, object]:  # another process hashes otherwise
        return {name: value for name, value in self.__dict__.items() if name != "_hash"}

    made._hash = None  # type: ignore[attr-defined]
    made.__hash__ = of_all_within  # type: ignore[method-assign]
    made.__getstate__ = without_it  # type: ignore[assignment]
    return made


@_node
class Number:
    """An exact rational number."""

    value: Fraction


@_node
class Size:
    """The number of values of an index, as a number: the N of 1/N."""

    symbol: str


@_node
class Entry:
    """One entry of an array, W[j, i]; a scalar has no indices."""

    name: Name
    indices: tuple[Subscript, ...] = ()

    @property
    def letters(self) -> "tuple[Index, ...]":
        """Its indices that are letters, not numbers."""
        return tuple(index for index in self.indices if isinstance(index, Index))


@_node
class Apply:
    """f(argument), or its derivative of the given order: f'(argument) has order 1."""

    function: str
    argument: "Expression"
    order: int = 0


@_node
class Add:
    """A sum of terms."""

    terms: "tuple[Expression, ...]"


@_node
class Multiply:
    """An ordered product; a rational coefficient, if any, is the first factor."""

    factors: "tuple[Expression, ...]"


@_node
class Power:
    """base ** exponent, the exponent a whole number."""

    base: "Expression"
    exponent: int


@_node
class RealPower:
    """base ** exponent for base ≥ 0, the exponent made of numbers, sizes and hyperparameters.

    Nothing is differentiated by an exponent. 0 to a positive power is 0, and 0 to a negative one
    an error of the data, as a division by zero is. A `derived` power is what a derivative of
    another left, (q^e)' = e·q^(e-1): where it would be infinite, at q = 0 with e < 1, it is
    taken as 0, so that the norm of a zero vector has the gradient zero.
    """

    base: "Expression"
    exponent: "Expression"
    derived: bool = False


@_node
class Sum:
    """The sum of `body` over one or more bound indices."""

    over: tuple[Index, ...]
    body: "Expression"


@_node
class Delta:
    """Kronecker's delta: 1 where the two indices agree, else 0."""

    left: Subscript
    right: Subscript


@_node
class Where:
    """`then` where left > right, else `other`; max(a, b) is a where a > b, else b.

    Its derivative is that of the branch taken: at a tie, the derivative of `other`.
    """

    left: "Expression"
    right: "Expression"
    then: "Expression"
    other: "Expression"


@_node
class Softmax:
    """exp(argument) over its sum along some of its indices, which stay free."""

    along: tuple[Subscript, ...]
    argument: "Expression"


@_node
class Scaled:
    """An entry or an exponential that may leave the format of floating-point numbers.

    Code holds it as a mantissa and a shift. Lowering alone makes one (`arrays.scaled`).
    """

    part: "Expression"


Expression = (
    Number | Size | Entry | Apply | Add | Multiply | Power | RealPower | Sum | Delta | Where
    | Softmax | Scaled
)  # fmt: skip


ZERO = Number(Fraction(0))


HALF = Number(Fraction(1, 2))


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
    kept = tuple(term for term in flat if not isinstance(term, Number) or term.value)
    if not kept:
        return ZERO
    return kept[0] if len(kept) == 1 else Add(kept)


def multiply(*factors: Expression) -> Expression:
    """The product of the factors in their order, its rational coefficient in front."""
    numbers: list[Fraction] = []
    rest: list[Expression] = []
    for factor in factors:
        for part in factor.factors if isinstance(factor, Multiply) else (factor,):
            if isinstance(part, Number):
                numbers.append(part.value)
            else:
                rest.append(part)
    coefficient = reduce(mul, numbers) if numbers else ONE.value
    if not coefficient or not rest:
        return Number(coefficient)
    if numbers and coefficient != 1:
        rest.insert(0, Number(coefficient))
    return rest[0] if len(rest) == 1 else Multiply(tuple(rest))


def power(base: Expression, exponent: int) -> Expression:
    """Base ** exponent; a number is worked out.

    Raises ZeroDivisionError for zero to a negative power.
    """
    if isinstance(base, Number):
        return Number(base.value**exponent)
    if exponent in (0, 1):
        return base if exponent else ONE
    if isinstance(base, RealPower) and not base.derived:
        return real_power(base.base, multiply(Number(Fraction(exponent)), base.exponent))
    return Power(base, exponent)


def real_power(base: Expression, exponent: Expression, derived: bool = False) -> Expression:
    """Base ** exponent; a whole number in the exponent makes it a `Power`.

    A power of a real power is one power: neither has a value for a negative base. Raises
    ZeroDivisionError for zero to a negative power.
    """
    if isinstance(base, RealPower) and not base.derived and not derived:
        return real_power(base.base, multiply(base.exponent, exponent))
    if not isinstance(exponent, Number):
        return RealPower(base, exponent, derived)
    if exponent.value > 0:
        derived = False  # infinite nowhere
    if exponent.value.denominator == 1 and not derived:
        return power(base, int(exponent.value))
    known = _root_of(base, exponent.value)
    return RealPower(base, exponent, derived) if known is None else Number(known)


def _root_of(base: Expression, exponent: Fraction) -> Fraction | None:
    """A power of a number, where that is rational."""
    if not isinstance(base, Number) or base.value < 0:
        return None
    if base.value == 0 and exponent < 0:
        raise ZeroDivisionError(f"0 ** ({exponent})")
    n = exponent.denominator
    parts = base.value.numerator, base.value.denominator
    roots = [round(part ** (1 / n)) for part in parts]
    if any(root**n != part for root, part in zip(roots, parts, strict=True)):
        return None
    above, below = roots
    return Fraction(above, below) ** exponent.numerator


def is_below(node: "RealPower") -> bool:
    """Whether a power stands below a fraction's line: its exponent has a minus in front."""
    match node.exponent:
        case Number(value) | Multiply((Number(value), *_)):
            return value < 0
    return False


def inverse(node: "RealPower") -> Expression:
    """What stands below the line for such a power; that it is derived is seen no more."""
    return real_power(node.base, multiply(MINUS_ONE, node.exponent))


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
    parts = _PARTS.get(type(node))
    return unknown(node, "children") if parts is None else parts(node)


_Parts = Callable[[Any], "tuple[Expression, ...]"]


def _no_parts(node: Expression) -> "tuple[Expression, ...]":
    return ()


_PARTS: dict[type, _Parts] = {
    **dict.fromkeys((Number, Size, Entry, Delta), _no_parts),
    **dict.fromkeys((Apply, Softmax), lambda node: (node.argument,)),
    Add: lambda node: node.terms,
    Multiply: lambda node: node.factors,
    Power: lambda node: (node.base,),
    RealPower: lambda node: (node.base, node.exponent),
    Sum: lambda node: (node.body,),
    Scaled: lambda node: (node.part,),
    Where: lambda node: (node.left, node.right, node.then, node.other),
}
"""What a node is made of, by its kind: expressions are walked through more than all else."""


def rebuild(node: Expression, parts: "Iterable[Expression]") -> Expression:
    """The same node around other parts; itself where these are its own."""
    new, own = tuple(parts), children(node)
    if not isinstance(node, Sum) and len(new) == len(own) and all(map(is_, new, own)):
        return node
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
        case RealPower():
            base, exponent = new
            return real_power(base, exponent, node.derived)
        case Sum():
            again = summation(node.over, new[0])  # a number within it comes out
            return node if again == node else again
        case Where():
            return where(*new)
        case Softmax():
            return Softmax(node.along, new[0])
        case Scaled():
            return Scaled(new[0])
    unknown(node, "rebuild")


# --- looking ----------------------------------------------------------------------------------


def walk(node: Expression) -> Iterator[Expression]:
    """The node and everything in it, in reading order."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(children(node))


def entries(node: Expression) -> list[Entry]:
    """Every entry in reading order, repetitions included."""
    return [part for part in walk(node) if isinstance(part, Entry)]


@lru_cache(MEMORY)
def held(node: Expression) -> frozenset[Name]:
    """The names of the entries in a node."""
    if isinstance(node, Entry):
        return frozenset((node.name,))
    return frozenset().union(*map(held, children(node)))


@lru_cache(MEMORY)
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
