"""Factors side by side in LaTeX, with the space that a reader needs between them."""

from derive.printing.printed import Edge, Printed, joined


def beside(left: Printed, right: Printed) -> Printed:
    r"""Two factors, with a thin space beside a word or after a tall bracket.

    An operator brings its own; before cases stands a \cdot, where a line may break.
    """
    apart = right.first is Edge.WORD or left.last in (Edge.WORD, Edge.TALL)
    if right.first is Edge.CASES:
        sign = r" \cdot "
    elif apart and right.first is not Edge.OPERATOR:
        sign = r" \, "
    else:
        sign = " "
    return joined(sign, left, right)
