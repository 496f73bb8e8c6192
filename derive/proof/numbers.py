"""Pairs of numbers -> whether they are equal: in balls, with more and more digits until told.

Both sides are worked out in balls (`evaluation.balls`). Balls that do not meet are different
numbers, and that is proven; balls that agree to 40 digits are taken for equal. Where neither
is so, the same is worked out with four times the digits.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flint import arb, ctx

from derive.evaluation.balls import UnsureError
from derive.proof.certificate import Check

BITS = (200, 800, 3200, 12800)
"""The precisions at which it is tried."""


AGREED = arb(10) ** -40
"""How narrow, relative to the numbers, the balls are that are taken for one number."""


ZERO = arb(2) ** -1000
"""What is closer to zero is zero."""


Sides = Callable[[], Iterable[tuple[str, Any, Any]]]
"""What is compared, as it came out and as it should be, at FLINT's working precision."""


def first_difference(claim: str, sides: Sides) -> Check:
    """The check that all pairs are the same numbers; a failed one shows the first that is not."""
    for bits in BITS:
        with ctx.workprec(bits):
            try:
                check = _at_this_precision(claim, sides())
            except UnsureError:
                check = None
        if check is not None:
            return check
    with ctx.workprec(BITS[-1]):
        return _undefined(claim, sides())


def _at_this_precision(claim: str, sides: Iterable[tuple[str, Any, Any]]) -> Check | None:
    """What these digits decide, or None."""
    told = True
    for what, got, expected in sides:
        verdict = equal(got, expected)
        if verdict is False:
            shown = f"{what} came out as {show(got)}, and it should be {show(expected)}"
            return Check(claim, False, shown)
        told = told and verdict is True
    return Check(claim, True) if told else None


def _undefined(claim: str, sides: Iterable[tuple[str, Any, Any]]) -> Check:
    what, got, expected = next(side for side in sides if equal(*side[1:]) is None)
    shown = f"{what} came out as {show(got)}, and it should be {show(expected)}"
    return Check(claim, False, f"{shown}: that is no number at a random point")


def equal(left: Any, right: Any) -> bool | None:
    """Whether two balls hold one number; None where they are too wide to tell."""
    if not (left.is_finite() and right.is_finite()):
        return None
    if not left.overlaps(right):
        return False
    apart = (left - right).abs_upper()
    return True if apart <= AGREED * left.abs_lower() or apart <= ZERO else None


def show(number: Any) -> str:
    """A number to 20 digits, or as many as are known."""
    return str(number.str(20, radius=False)) if number.is_finite() else str(number)
