"""The chain of a partial derivative, link by link, as text or as LaTeX."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from derive.derivation.partials import Chain, Link
from derive.expressions.expression import Add, Index, Multiply
from derive.printing.precedence import Binding
from derive.printing.printed import Printed, joined, plus, times


@dataclass(frozen=True)
class Spelling:
    """How a link is written, the dot between two, a sum over some indices of several ways, and
    how tightly nodes bind.
    """

    link: Callable[[Link], Printed]
    dot: str
    total: Callable[[tuple[Index, ...], Printed], Printed]
    binds: Callable[[type], Binding]


def chain(links: Chain, spelling: Spelling) -> Printed:
    """The links of a chain with dots between them, several ways as a sum."""
    made = []
    for part in links:
        if isinstance(part, Link):
            made.append(spelling.link(part))
        else:
            ways = plus([chain(inner, spelling) for inner in part.chains], spelling.binds(Add))
            made.append(spelling.total(part.over, ways))
    return dotted(made, spelling.dot, spelling.binds(Multiply))


def dotted(links: Sequence[Printed], dot: str, binds: Binding) -> Printed:
    """Links with dots between them, one alone as it is."""
    *before, last = links
    if not before:
        return last
    factors = [each.within(Binding.PRODUCT) for each in before]
    return times([*factors, last.within(Binding.SERIES)], partial(joined, dot), binds)
