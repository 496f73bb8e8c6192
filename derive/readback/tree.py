"""The tree of a LaTeX formula: what `read_latex` reads and `latex_value` evaluates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Constant:
    """A number."""

    value: Fraction


@dataclass(frozen=True)
class Symbol:
    """A letter or command with primes and the texts of its subscript and superscript."""

    head: str
    primes: int = 0
    subscript: str = ""
    superscript: str = ""


@dataclass(frozen=True)
class Named:
    """A symbol or derivative with its printed list of arguments, from the first to the last."""

    of: "Symbol | Ratio"
    first: Symbol
    last: Symbol


@dataclass(frozen=True)
class Ratio:
    """A derivative written as a fraction, ∂of/∂by."""

    of: "Tree"
    by: "Tree"


@dataclass(frozen=True)
class Quotient:
    """A fraction."""

    above: "Tree"
    below: "Tree"


@dataclass(frozen=True)
class Application:
    """A function of something."""

    function: Symbol
    argument: "Tree"


@dataclass(frozen=True)
class Plus:
    """A sum; each term with True where it is subtracted."""

    terms: "tuple[tuple[bool, Tree], ...]"


@dataclass(frozen=True)
class Times:
    r"""A product, left to right; each factor with the sign before it: "", \cdot, \odot, \oslash,
    \otimes.
    """

    factors: "tuple[tuple[str, Tree], ...]"


@dataclass(frozen=True)
class Superscript:
    """A power; a whole number in the exponent as it is."""

    base: "Tree"
    exponent: "int | Tree"


@dataclass(frozen=True)
class Transposed:
    """A transpose."""

    base: "Tree"


@dataclass(frozen=True)
class Total:
    """A sum over an index from 1 to an end."""

    index: str
    end: "Tree"
    body: "Tree"


@dataclass(frozen=True)
class Matrix:
    """Rows of entries between brackets."""

    rows: "tuple[tuple[Tree, ...], ...]"


@dataclass(frozen=True)
class Norm:
    """The Euclidean norm of a column, or the Frobenius norm of a matrix."""

    of: "Tree"
    frobenius: bool = False


@dataclass(frozen=True)
class Entrywise:
    """A power of every entry; a whole number in the exponent as it is."""

    base: "Tree"
    exponent: "int | Tree"


@dataclass(frozen=True)
class OfWhole:
    """A function of an array as a whole: diag, tr or softmax."""

    function: str
    of: "Tree"


@dataclass(frozen=True)
class Extreme:
    """The greater or the lesser of two."""

    name: str
    left: "Tree"
    right: "Tree"


@dataclass(frozen=True)
class Holds:
    """1 where left > right (or left ≤ right), else 0."""

    left: "Tree"
    sign: str
    right: "Tree"


@dataclass(frozen=True)
class Cases:
    """The first value whose condition holds."""

    rows: "tuple[tuple[Tree, Holds], ...]"


@dataclass(frozen=True)
class Nabla:
    """A gradient, and the point that it is taken at where this is written."""

    of: Symbol
    at: "Tree | None" = None


@dataclass(frozen=True)
class Ones:
    """So many ones in a column, or an array of ones, of the shape of what it stands beside."""

    size: Symbol | None = None


Tree = (
    Constant | Symbol | Named | Ratio | Quotient | Application | Plus | Times | Superscript
    | Entrywise | Transposed | Total | Matrix | Norm | OfWhole | Extreme | Holds | Cases | Nabla
    | Ones
)  # fmt: skip


@dataclass(frozen=True)
class Formula:
    r"""Sides joined by relations, each of RELATIONS."""

    sides: tuple[Tree, ...]
    relations: tuple[str, ...]


def letter(text: str) -> str:
    """The name of an index letter as it is written: j_{10} is j10."""
    return re.sub(r"\\mathit|[_{}\\]", "", text)


def parts(tree: Tree) -> Iterator[Tree]:
    """The tree and everything in it."""
    yield tree
    match tree:
        case Constant() | Symbol() | Ones():
            inner: tuple[Tree, ...] = ()
        case Named():
            inner = (tree.of,)
        case Ratio():
            inner = (tree.of, tree.by)
        case Quotient():
            inner = (tree.above, tree.below)
        case Application():
            inner = (tree.argument,)
        case Plus():
            inner = tuple(term for _, term in tree.terms)
        case Times():
            inner = tuple(factor for _, factor in tree.factors)
        case Superscript() | Entrywise():
            inner = (tree.base,) if isinstance(tree.exponent, int) else (tree.base, tree.exponent)
        case Transposed():
            inner = (tree.base,)
        case Total():
            inner = (tree.body,)
        case Matrix():
            inner = tuple(entry for row in tree.rows for entry in row)
        case Norm() | OfWhole():
            inner = (tree.of,)
        case Nabla():
            inner = (tree.of,) if tree.at is None else (tree.of, tree.at)
        case Extreme() | Holds():
            inner = (tree.left, tree.right)
        case Cases():
            inner = tuple(part for row in tree.rows for part in row)
    for part in inner:
        yield from parts(part)
