"""A definition in pieces, in one manner: a piece for each stretch between kinks, the last first.

Conditions such as |z| > 1/2, or z < -1 or z > 1, say the same in many ways, and SymPy joins
pieces that are equal. Here every piece stands under z > a or z ≥ a, with a falling from one to
the next, as code and a page can say it.
"""

from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import sympy
from sympy.core.relational import Relational

from derive.errors import InternalError
from derive.functions.rational import Z

Piece = tuple[sympy.Expr, sympy.Basic]
"""A value, and the condition under which it holds."""


def by_stretches(definition: sympy.Expr) -> sympy.Expr:
    """The definition, its pieces in that manner where it has pieces.

    The end of a stretch belongs to the piece that holds there, and is a piece of its own where
    that is neither of those beside it; unless these meet there and have one slope, as those of
    relu(z) + exp(-relu(-z)) do: what holds at one place alone would be taken for flat.
    """
    plain = definition.rewrite(sympy.Max, sympy.Piecewise).rewrite(sympy.Min, sympy.Piecewise)
    if not plain.has(sympy.Piecewise):
        return definition
    folded = sympy.piecewise_fold(plain.replace(sympy.Abs, _distance).replace(sympy.sign, _sign))
    first, *others = _pieces(folded, sorted(_ends(folded)))
    return sympy.Piecewise(*reversed(others), first)


@cache
def stretches(definition: sympy.Expr) -> tuple[tuple[sympy.Rational, sympy.Expr], ...]:
    """(where it begins, the expression there) for each stretch between kinks, the last first.

    The first stretch begins at -∞. What holds at a kink alone is left out.
    """
    pieces = by_stretches(definition.rewrite(sympy.Piecewise))
    if not isinstance(pieces, sympy.Piecewise):
        return ((-sympy.oo, definition),)
    found: dict[sympy.Expr, sympy.Expr] = {}
    for piece, condition in pieces.args:
        found.setdefault(-sympy.oo if condition == sympy.true else condition.lts, piece)
    return tuple(found.items())


def _distance(z: sympy.Expr) -> sympy.Expr:
    return z * _sign(z)


def _sign(z: sympy.Expr) -> sympy.Expr:
    return sympy.Piecewise((1, z > 0), (-1, z < 0), (0, True))


def _pieces(folded: sympy.Piecewise, ends: list[sympy.Rational]) -> Iterator[Piece]:
    """The pieces, rising, neighbours that are one joined."""
    within = [ends[0] - 1, *((a + b) / 2 for a, b in pairwise(ends)), ends[-1] + 1]
    value = _at(folded, within[0])
    yield value, sympy.true
    for end, inside in zip(ends, within[1:], strict=True):
        here, beyond = _at(folded, end), _at(folded, inside)
        if _meet_smoothly(value, beyond, here, end):
            here = value  # which holds there as well, and has a slope
        if here != value:
            yield here, end <= Z
        if beyond != here:
            yield beyond, end < Z
        value = beyond


def _meet_smoothly(
    before: sympy.Expr, beyond: sympy.Expr, here: sympy.Expr, end: sympy.Rational
) -> bool:
    """Whether two pieces have the value that holds where they meet, and one slope."""
    if here in (before, beyond):
        return False
    values = (piece.subs(Z, end) - here.subs(Z, end) for piece in (before, beyond))
    slope = (sympy.diff(beyond, Z) - sympy.diff(before, Z)).subs(Z, end)
    return all(sympy.simplify(difference) == 0 for difference in (*values, slope))


def _at(folded: sympy.Piecewise, place: sympy.Rational) -> sympy.Expr:
    """The piece that holds at a place."""
    return next(piece for piece, holds in folded.args if holds.subs(Z, place) == sympy.true)


def _ends(folded: sympy.Piecewise) -> set[sympy.Rational]:
    """Where a condition may change. Raises InternalError where that is at no rational number."""
    found: set[sympy.Rational] = set()
    for relation in folded.atoms(Relational):
        roots = sympy.solveset(relation.lhs - relation.rhs, Z, sympy.S.Reals)
        if not roots.is_FiniteSet or not all(root.is_Rational for root in roots):
            raise InternalError("a condition changes at no rational number", str(relation))
        found.update(roots)
    return found
