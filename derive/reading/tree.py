"""The syntax tree of the equation language: every node with its offset in the text."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from fractions import Fraction

from derive.errors import ModelError
from derive.reading.source import Passage

MAX_CALLS = 5


@dataclass(frozen=True)
class Literal:
    """A number; `at` is its offset in the text, as in every node."""

    at: int
    value: Fraction


@dataclass(frozen=True)
class Reference:
    """A name, with the letters between its brackets; `indices` is empty without brackets."""

    at: int
    name: str
    indices: "tuple[Letter, ...]"


@dataclass(frozen=True)
class Letter:
    """One index letter."""

    at: int
    name: str


@dataclass(frozen=True)
class Call:
    """name(arguments)."""

    at: int
    name: str
    arguments: "tuple[Node, ...]"


@dataclass(frozen=True)
class Terms:
    """A sum; each term with True where it is subtracted."""

    at: int
    terms: "tuple[tuple[bool, Node], ...]"


@dataclass(frozen=True)
class Factors:
    """A product; each factor with True where it divides."""

    at: int
    factors: "tuple[tuple[bool, Node], ...]"


@dataclass(frozen=True)
class Raised:
    """base ^ exponent."""

    at: int
    base: "Node"
    exponent: "Node"


@dataclass(frozen=True)
class Comparison:
    """left > right and the like, the condition of a where; sign is >, <, >= or <=."""

    at: int
    left: "Node"
    sign: str
    right: "Node"


@dataclass(frozen=True)
class MatrixProduct:
    """left @ right, which is understood, so that it can be said how it is written with indices."""

    at: int
    left: "Node"
    right: "Node"


Node = Literal | Reference | Call | Terms | Factors | Raised | Comparison | MatrixProduct


def require_shallow(node: Node, functions: Container[str], within: Passage, depth: int = 0) -> None:
    """Raise ModelError for functions in one another whose proof would take ages."""
    depth += isinstance(node, Call) and node.name in functions
    if depth > MAX_CALLS:
        cure = f"up to {MAX_CALLS} stand in one another; name the inner ones in equations"
        within.fail(node.at, f"{depth} functions in one another", cure)
    for part in inner(node):
        require_shallow(part, functions, within, depth)


def inner(node: Node) -> tuple[Node, ...]:
    """The nodes directly within a node."""
    match node:
        case Call():
            return node.arguments
        case Terms():
            return tuple(term for _, term in node.terms)
        case Factors():
            return tuple(factor for _, factor in node.factors)
        case Raised():
            return node.base, node.exponent
        case Comparison() | MatrixProduct():
            return node.left, node.right
    return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything within it."""
    yield node
    for part in inner(node):
        yield from walk(part)


def letters_in(node: Node) -> tuple[str, ...]:
    """The index letters within a node, in their order."""
    within = (each for each in walk(node) if isinstance(each, Reference))
    return tuple(dict.fromkeys(letter.name for each in within for letter in each.indices))


@dataclass(frozen=True)
class Stated:
    """An assumption: relation is "=", ">", ">=", "in [", "in {" or none, and stands at `at`."""

    at: int
    subject: Node
    relation: str
    numbers: tuple[Literal, ...]


@dataclass(frozen=True)
class Statement:
    """target = value."""

    target: Reference
    value: Node


@dataclass(frozen=True)
class Broken:
    """An equation that cannot be read: the names in it, what it defines the first, and why."""

    names: tuple[str, ...]
    fault: ModelError
