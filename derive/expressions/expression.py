"""Expressions in index notation: the nodes that they are made of.

An expression is a tree of frozen nodes in the order its author wrote it. Indices
are scoped lexically: `Sum(over, body)` binds `over` in `body` and nowhere else,
and the only way into another context is `indices.substitute`, which never captures.
SymPy sees no index; see `scalars`.
"""

from dataclasses import dataclass
from fractions import Fraction
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
