r"""Choices in LaTeX: \max(a, b), Iverson's bracket [a > b], or two cases."""

from collections.abc import Sequence
from dataclasses import replace

from derive.printing.precedence import Binding, Cases, in_latex
from derive.printing.printed import Edge, Printed, bracketed, composed
from derive.printing.signs import IVERSON


def extreme(name: str, two: Sequence[Printed]) -> Printed:
    """The greater or the lesser of two."""
    made = bracketed(composed(", ".join(map(str, two)), Binding.SUM, two))
    space = " " if made.tall else ""
    return replace(made, text=rf"\{name}{space}{made.text}", first=Edge.OPERATOR)


def bracket(left: Printed, sign: str, right: Printed) -> Printed:
    """1 where left > right, or left ≤ right, and else 0."""
    condition = composed(f"{left} {sign} {right}", Binding.SUM, (left, right))
    made = bracketed(condition, "[", "]")
    return replace(made, notation=made.notation | {IVERSON})


def cases(left: Printed, right: Printed, then: Printed, other: Printed) -> Printed:
    """The first where left > right, else the other."""
    rows = rf"{then} & {left} > {right} \\ {other} & {left} \le {right}"
    text = rf"\begin{{cases}} {rows} \end{{cases}}"
    made = composed(text, in_latex(Cases), (left, right, then, other))
    return replace(made, tall=True, first=Edge.CASES)
