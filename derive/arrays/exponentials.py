"""A function -> what it is of exponentials, and whether it vanishes or grows as they do."""

from dataclasses import dataclass
from functools import cache

import sympy

from derive.expressions.expression import Apply, Entry, Expression
from derive.expressions.rules import Found, filled, pattern
from derive.expressions.scalars import Scalars
from derive.functions.free import undefine
from derive.functions.rational import K, Z, rational_form
from derive.functions.table import TABLE


@dataclass(frozen=True)
class Exponentials:
    """A function as a fraction of exponentials, in a pattern of z."""

    form: Expression
    vanishes: bool
    """Whether it falls to 0 as an exponential does, so that its logarithm is a large number."""
    grows: bool

    def of(self, argument: Expression) -> Expression:
        """The function of an argument."""
        return filled(self.form, Found({"z": argument}))


VANISHING = {
    TABLE[name].derivative(order): Exponentials(
        Apply(name, pattern("z"), order), vanishes=True, grows=False
    )
    for name, order in (("softplus", 0), ("erfc", 0), ("erf", 1), ("erfc", 1))
}
"""The functions that fall to 0 as exponentials do, and are none of fractions of them alone."""


@cache
def exponentials(derivative: sympy.Expr) -> Exponentials | None:
    """What a derivative of a function's definition is of exponentials.

    None where it holds another function, or where exponentials make no end of it 0 or infinite:
    the logistic function is exp(z)/(1 + exp(z)), and tanh is none. None, too, where its numbers
    are no fractions, such as the √π of gelu: an equation holds no others.
    """
    if derivative in VANISHING:
        return VANISHING[derivative]
    found = rational_form(derivative)
    if found is None or not found.value.has(K) or found.value.has(sympy.NumberSymbol):
        return None  # an expression has fractions, and no number such as π
    above, below = (sympy.Poly(part, K) for part in sympy.fraction(found.value))
    # As K → ∞, and as K → 0, which an even exponent does not reach.
    rises = above.degree() - below.degree()
    falls = min(m for (m,) in above.monoms()) - min(m for (m,) in below.monoms())
    odd = sympy.Poly(found.exponent, Z).degree() % 2
    vanishes = bool(rises < 0 or (odd and falls > 0))
    grows = bool(rises > 0 or (odd and falls < 0))
    if not (vanishes or grows):
        return None
    scalars = Scalars()
    z = pattern("z")
    assert isinstance(z, Entry)
    value = sympy.factor(found.value).subs(K, sympy.exp(found.exponent))
    if any(x.is_number and not x.is_Rational for x in sympy.preorder_traversal(value)):
        return None
    form = scalars.as_written(undefine(value).subs(Z, scalars.scalar(z)))
    return Exponentials(form, vanishes, grows)
