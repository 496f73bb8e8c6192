"""The Program: equations on whole arrays, as `lower` makes them and printers spell them."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from fractions import Fraction

from derive.derivation.derivation import Equation
from derive.expressions.expression import Name
from derive.model.model import Model


@dataclass(frozen=True)
class Ref:
    """An array by its name, or a scalar."""

    name: Name
    scalar: bool = False


@dataclass(frozen=True)
class Constant:
    """A rational number."""

    value: Fraction


@dataclass(frozen=True)
class SizeOf:
    """The number of values of an index, such as N."""

    symbol: str


@dataclass(frozen=True)
class Identity:
    """The identity matrix of that size: Kronecker's delta."""

    size: SizeOf


@dataclass(frozen=True)
class Call:
    """A function, or its derivative of some order, of every element."""

    function: str
    order: int
    argument: "Node"


@dataclass(frozen=True)
class Sums:
    """Elementwise sum; each term with True where it is subtracted."""

    terms: "tuple[tuple[bool, Node], ...]"


@dataclass(frozen=True)
class Product:
    """Elementwise product, its denominator apart."""

    factors: "tuple[Node, ...]"
    divisors: "tuple[Node, ...]" = ()


@dataclass(frozen=True)
class Raised:
    """Elementwise whole power, at least 2."""

    base: "Node"
    exponent: int


@dataclass(frozen=True)
class RealRaised:
    """Elementwise power with a constant exponent; a `derived` one as in `RealPower`."""

    base: "Node"
    exponent: "Node"
    derived: bool = False
    scaled: bool = False


@dataclass(frozen=True)
class Transpose:
    """A matrix with its axes swapped."""

    operand: "Node"


@dataclass(frozen=True)
class Permute:
    """An array of three axes or more in another order of axes."""

    operand: "Node"
    order: tuple[int, ...]


@dataclass(frozen=True)
class Widen:
    """An array with axes of length one put in: True where an axis of its own stands."""

    operand: "Node"
    own: tuple[bool, ...]


@dataclass(frozen=True)
class MatMul:
    """The matrix product; a vector is a column on the right. `stacked`: of more than two axes."""

    left: "Node"
    right: "Node"
    stacked: bool = False


@dataclass(frozen=True)
class Column:
    """The only column of every matrix in a stack."""

    operand: "Node"


@dataclass(frozen=True)
class TensorDot:
    """The sum of products over axes of both operands, given by their places."""

    left: "Node"
    right: "Node"
    left_axes: tuple[int, ...]
    right_axes: tuple[int, ...]


@dataclass(frozen=True)
class Outer:
    """The outer product of two vectors, left · rightᵀ."""

    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Total:
    """The sum over some axes, or over all of them."""

    operand: "Node"
    axes: tuple[int, ...]
    all: bool


@dataclass(frozen=True)
class Einsum:
    """What no simpler operation fits: a subscript string and its operands; of one that is scaled
    it takes a diagonal.
    """

    subscripts: str
    operands: "tuple[Node, ...]"
    scaled: bool = False


@dataclass(frozen=True)
class Choose:
    """Elementwise: `then` where left > right, else `other`; `scaled` where one of these is.

    Two numbers take their type from `like`, what is compared in floating-point numbers.
    """

    left: "Node"
    right: "Node"
    then: "Node"
    other: "Node"
    scaled: bool = False
    like: "Node | None" = None


@dataclass(frozen=True)
class Filled:
    """The operand in every place of an array shaped like another one, which may be scaled."""

    like: Ref
    operand: "Node"
    scaled: bool = False


@dataclass(frozen=True)
class Normalised:
    """exp of the operand over its sum along some axes, which may be scaled."""

    operand: "Node"
    axes: tuple[int, ...]
    scaled: bool = False


@dataclass(frozen=True)
class LogSumExp:
    """The logarithm of the sum of exp of the operand along some axes, or all of them."""

    operand: "Node"
    axes: tuple[int, ...]
    all: bool


@dataclass(frozen=True)
class Exponential:
    """A function of every element, held as a mantissa and a shift, by its name in `Scaled`.

    It is exp, logistic, softplus, erfc, erf_prime or erfc_prime, or expm1, which is exp less 1
    and takes scaled numbers too.
    """

    function: str
    argument: "Node"


@dataclass(frozen=True)
class Logarithm:
    """The logarithm of scaled numbers, which is no scaled one."""

    operand: "Node"


@dataclass(frozen=True)
class Plain:
    """Scaled numbers as the floating-point numbers that they are."""

    operand: "Node"


Node = (
    Ref | Constant | SizeOf | Identity | Call | Sums | Product | Raised | RealRaised | Transpose
    | Permute | Widen | MatMul | Column | TensorDot | Outer | Total | Einsum
    | Choose | Normalised | LogSumExp | Filled | Exponential | Logarithm | Plain
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One line: the equation, and its right-hand side on whole arrays, which may be scaled."""

    equation: Equation
    value: Node
    scaled: bool = False


@dataclass(frozen=True)
class Program:
    """The steps of a derivation in the order of computation."""

    model: Model
    forward: tuple[Step, ...]
    backward: tuple[Step, ...]


def parts(node: Node) -> Iterator[Node]:
    """The node and every node in it."""
    yield node
    for field in fields(node):
        yield from _parts_of(getattr(node, field.name))


def _parts_of(held: object) -> Iterator[Node]:
    if isinstance(held, tuple):
        for each in held:
            yield from _parts_of(each)
    elif isinstance(held, Node):
        yield from parts(held)


def extent(node: Node) -> int:
    """2 for an array with axes, 1 for a scalar, 0 for numbers alone."""
    held = [part for part in parts(node) if isinstance(part, Ref)]
    return max((2 - part.scalar for part in held), default=0)


def arrays_in(node: Node) -> set[Name]:
    """The names of the arrays that a node is computed from."""
    return {part.name for part in parts(node) if isinstance(part, Ref)}
