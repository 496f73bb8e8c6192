"""What a printer makes: a text, and all that whoever puts it into a larger one has to know.

Whether it needs brackets there is a comparison of two ranks of the table of precedences,
never a look at the text.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import reduce

from derive.printing.precedence import Binding
from derive.printing.signs import Sign


class Edge(Enum):
    """What a text in LaTeX starts or ends with, as far as the space beside it hangs on that."""

    PLAIN = auto()
    WORD = auto()
    """A name of several letters."""
    OPERATOR = auto()
    r"""\exp and the like, which bring their own space."""
    TALL = auto()
    r"""\Bigl( or \Bigr), or \Biggl( or \Biggr)"""
    CASES = auto()


@dataclass(frozen=True)
class Printed:
    """A text, without the minus in front of it if it is negative; `str` has both.

    `tall` is what holds a sum or a fraction, and needs tall brackets, `high` what holds a column
    of three rows, and needs the tallest; `scalar` what stands for a number in an equation between
    arrays; `notation` the signs that a reader is to be told of.
    """

    text: str
    binds: Binding = Binding.ATOM
    negative: bool = False
    tall: bool = False
    high: bool = False
    first: Edge = Edge.PLAIN
    last: Edge = Edge.PLAIN
    scalar: bool = False
    notation: frozenset[Sign] = frozenset()

    def __str__(self) -> str:
        return f"-{self.text}" if self.negative else self.text

    def within(self, least: Binding) -> "Printed":
        """In brackets where it does not bind as tightly as `least`, or has a minus in front."""
        signed = self.negative and least > Binding.SUM
        return bracketed(self) if signed else self.leading(least)

    def leading(self, least: Binding) -> "Printed":
        """The same where it comes first, and a minus in front of it is one of the whole."""
        return bracketed(self) if self.binds < least else self


def composed(text: str, binds: Binding, parts: Iterable[Printed]) -> Printed:
    """A text made of parts, with what they hold between them."""
    inside = tuple(parts)
    return Printed(
        text,
        binds,
        tall=any(part.tall for part in inside),
        high=any(part.high for part in inside),
        scalar=all(part.scalar for part in inside),
        notation=frozenset[Sign]().union(*(part.notation for part in inside)),
    )


def bracketed(inside: Printed, left: str = "(", right: str = ")") -> Printed:
    """Brackets, tall ones around what is tall, which also stand apart."""
    size = r"\Bigg" if inside.high else r"\Big"
    text = f"{size}l{left} {inside} {size}r{right}" if inside.tall else f"{left}{inside}{right}"
    edge = Edge.TALL if inside.tall else Edge.PLAIN
    made = composed(text, Binding.ATOM, (inside,))
    return replace(made, first=edge, last=edge)


def negated(term: Printed) -> Printed:
    """The text with a minus before it: two make none."""
    bare = bracketed(term) if term.binds is Binding.SUM else term
    return replace(bare, negative=not bare.negative)


def plus(terms: Sequence[Printed], binds: Binding) -> Printed:
    """The sum of some terms, a minus in front of one as the sign before it."""
    first, *others = terms
    rest = (f" {'-' if term.negative else '+'} {term.text}" for term in others)
    total = composed(first.text + "".join(rest), binds, terms)
    return replace(total, negative=first.negative) if others else first


def times(
    factors: Sequence[Printed], beside: Callable[[Printed, Printed], Printed], binds: Binding
) -> Printed:
    """The product of some factors, each beside the next, a minus of the first before them all.

    What is open on the right leaves it so.
    """
    first, *others = factors
    if not others:
        return first
    product = reduce(beside, others, replace(first, negative=False))
    return replace(product, negative=first.negative, binds=min(binds, others[-1].binds))


def joined(sign: str, left: Printed, right: Printed) -> Printed:
    """Two texts with a sign between them."""
    made = composed(f"{left}{sign}{right}", min(left.binds, right.binds), (left, right))
    return replace(made, first=left.first, last=right.last)
