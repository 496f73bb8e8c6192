"""Expressions of a scalar program -> text, in what Python and C have in common.

What they write in different ways, a choice, a power, an entry, a sum, is a method of a `Speller`.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from fractions import Fraction
from functools import partial

from derive.arrays.scaled import is_scaled
from derive.expressions.contents import children
from derive.expressions.expression import (
    HALF,
    ONE,
    Add,
    Apply,
    Delta,
    Entry,
    Expression,
    Multiply,
    Number,
    Power,
    RealPower,
    Scaled,
    Size,
    Sum,
    Where,
    unknown,
)
from derive.expressions.powers import inverse, is_below
from derive.printing.fractions import Parts
from derive.printing.precedence import Binding, Quotient, in_line
from derive.printing.printed import Printed, joined, negated, plus, times
from derive.scalar.functions import LIBRARY_MARK

MOST_TERMS = 64
"""Of a sum on one level: beyond, brackets keep compilers from nesting too deep."""


class Speller(ABC):
    """What a language writes for the parts of an expression."""

    # --- what languages differ in ---------------------------------------------------------------

    @abstractmethod
    def entry(self, entry: Entry) -> str:
        """An entry of a quantity."""

    @abstractmethod
    def literal(self, value: Fraction) -> str:
        """A positive number that has a decimal form, or 0."""

    @abstractmethod
    def size(self, symbol: str) -> str:
        """A size as a floating-point number."""

    @abstractmethod
    def library(self, name: str, arguments: Sequence[str]) -> str:
        """A function of the library of mathematics, applied."""

    @abstractmethod
    def function(self, name: str, order: int, argument: str) -> str:
        """A function of the program, applied."""

    @abstractmethod
    def helper(self, name: str, arguments: Sequence[str]) -> str:
        """A function that the language lacks, applied."""

    @abstractmethod
    def choice(self, condition: str, then: str, other: str) -> str:
        """A choice between two values, without brackets around it."""

    @abstractmethod
    def greater(self, left: str, right: str) -> str:
        """A comparison of mantissas and shifts."""

    @abstractmethod
    def raised(self, base: Printed, exponent: int) -> Printed:
        """A whole power, at least 2, of what is no entry."""

    @abstractmethod
    def total(self, node: Sum) -> Printed:
        """The sum over indices."""

    @abstractmethod
    def delta(self, node: Delta) -> Printed:
        """Kronecker's delta."""

    # --- what they share ------------------------------------------------------------------------

    def text(self, node: Expression) -> str:
        """A value that stands alone."""
        if isinstance(node, Where) and not is_scaled(node):
            return self._chosen(node)
        return str(self.printed(node))

    def printed(self, node: Expression) -> Printed:
        """A plain number, whatever it is made of."""
        if is_scaled(node):
            return Printed(self.helper("scaled_plain", [self.scaled(node)]))
        match node:
            case Number():
                return self._number(node.value)
            case Size():
                return Printed(self.size(node.symbol))
            case Entry():
                return Printed(self.entry(node))
            case Delta():
                return self.delta(node)
            case Apply("log", argument, 0):
                return Printed(self.helper("scaled_log", [self.scaled(argument)]))
            case Apply(function, argument, order):
                inner = self.text(argument)
                if function.startswith(LIBRARY_MARK):
                    name = function.removeprefix(LIBRARY_MARK)
                    return Printed(self.library(name, [inner]))
                return Printed(self.function(function, order, inner))
            case Add():
                return self._sum([self.printed(term) for term in node.terms])
            case Multiply() | Power(exponent=-1):
                return self._product(node.factors if isinstance(node, Multiply) else (node,))
            case Power(base, exponent):
                if exponent < 0:
                    return self._product((node,))
                if _is_repeated(base, exponent):
                    return self._times([self.printed(base)] * exponent)
                return self.raised(self.printed(base), exponent)
            case RealPower():
                return self._real_power(node)
            case Sum():
                return self.total(node)
            case Where():
                return Printed(f"({self._chosen(node)})")
        unknown(node, "a scalar program")

    def _number(self, value: Fraction) -> Printed:
        magnitude = abs(value)
        if _is_decimal(magnitude):
            return Printed(self.literal(magnitude), in_line(Number), value < 0)
        above, below = (Fraction(x) for x in magnitude.as_integer_ratio())
        text = f"{self.literal(above)} / {self.literal(below)}"
        return Printed(text, in_line(Quotient), value < 0)

    def _sum(self, terms: list[Printed]) -> Printed:
        while len(terms) > MOST_TERMS:
            groups = [terms[n : n + MOST_TERMS] for n in range(0, len(terms), MOST_TERMS)]
            terms = [plus(group, in_line(Add)).within(Binding.ATOM) for group in groups]
        return plus(terms, in_line(Add))

    def _product(self, factors: tuple[Expression, ...]) -> Printed:
        found = _parts(factors)
        above, below = list(found.above), list(found.below)
        number = abs(found.number)
        if _is_decimal(number):
            above = [Number(number), *above] if number != 1 or not above else above
        else:
            n, d = (Number(Fraction(x)) for x in number.as_integer_ratio())
            above = [n, *above] if n != ONE or not above else above
            below = [d, *below]
        product = self._times([self.printed(factor) for factor in above])
        if below:
            divisor = self._times([self.printed(each) for each in below])
            pair = [product.leading(Binding.PRODUCT), divisor.within(Binding.FRACTION)]
            product = times(pair, partial(joined, " / "), in_line(Quotient))
        return negated(product) if found.number < 0 else product

    def _times(self, factors: list[Printed]) -> Printed:
        if len(factors) == 1:
            return factors[0]
        first, *others = factors
        pieces = [
            first.leading(Binding.PRODUCT),
            *(each.within(Binding.FRACTION) for each in others),
        ]
        return times(pieces, partial(joined, " * "), in_line(Multiply))

    def _real_power(self, node: RealPower) -> Printed:
        if not node.derived and is_below(node):
            return self._product((node,))
        base = self.text(node.base)
        if node.exponent == HALF:
            return Printed(self.library("sqrt", [base]))
        arguments = [base, self.text(node.exponent)]
        if node.derived:
            return Printed(self.helper("power_or_zero", arguments))
        return Printed(self.library("pow", arguments))

    def _chosen(self, node: Where) -> str:
        sides, branches = (node.left, node.right), (node.then, node.other)
        if set(sides) == set(branches) and not all(map(_is_simple, sides)):
            name = "larger" if sides == branches else "smaller"
            return self.helper(name, [self.text(node.left), self.text(node.right)])
        condition = self._condition(node)
        return self.choice(condition, self._branch(node.then), self._branch(node.other))

    def _branch(self, node: Expression) -> str:
        return str(self.printed(node))

    def _condition(self, node: Where) -> str:
        if is_scaled(node.left) or is_scaled(node.right):
            return self.greater(self.scaled(node.left), self.scaled(node.right))
        left, right = self.printed(node.left), self.printed(node.right)
        if isinstance(node.left, Number):
            return f"{right} < {left}"
        return f"{left} > {right}"

    # --- mantissas and shifts -------------------------------------------------------------------

    def scaled(self, node: Expression) -> str:
        """A number as a mantissa and a shift."""
        if not is_scaled(node):
            return self.helper("scaled_of", [self.text(node)])
        match node:
            case Scaled(Entry() as entry):
                return self.entry(entry)
            case Scaled(Apply("expm1", argument, 0)) if is_scaled(argument):
                return self.helper("scaled_expm1_of", [self.scaled(argument)])
            case Scaled(Apply(function, argument, order)):
                name = f"scaled_{function}{'_prime' * order}"
                return self.helper(name, [self.text(argument)])
            case Add():
                return self._folded("scaled_add", node.terms)
            case Multiply():
                return self._scaled_product(node)
            case Power(base, exponent):
                if exponent < 0:
                    raised = self._scaled_power(base, -exponent)
                    return self.helper("scaled_div", [self.scaled(ONE), raised])
                return self._scaled_power(base, exponent)
            case RealPower(base, exponent, derived):
                if not derived and is_below(node):
                    below = self.scaled(inverse(node))
                    return self.helper("scaled_div", [self.scaled(ONE), below])
                name = "scaled_pow_or_zero" if derived else "scaled_pow"
                return self.helper(name, [self.scaled(base), self.text(exponent)])
            case Sum():
                return self.scaled_total(node)
            case Where():
                branches = self.scaled(node.then), self.scaled(node.other)
                return f"({self.choice(self._condition(node), *branches)})"
        unknown(node, "a scalar program")

    @abstractmethod
    def scaled_total(self, node: Sum) -> str:
        """The sum over indices of mantissas and shifts."""

    def _folded(self, name: str, nodes: Sequence[Expression]) -> str:
        first, *others = map(self.scaled, nodes)
        for other in others:
            first = self.helper(name, [first, other])
        return first

    def _scaled_product(self, node: Multiply) -> str:
        """What is no scaled number as one factor, so that its digits are its own."""
        found = _parts(node.factors)
        number = Number(found.number)
        above, below = ([x for x in side if is_scaled(x)] for side in (found.above, found.below))
        plain = [x for x in node.factors if not is_scaled(x) and not isinstance(x, Number)]
        rest = (number, *plain) if found.number != 1 else tuple(plain)
        if rest:
            above = [Multiply(rest) if len(rest) > 1 else rest[0], *above]
        product = self._folded("scaled_mul", above or [ONE])
        return self._divided(product, below)

    def _divided(self, product: str, below: Sequence[Expression]) -> str:
        for divisor in below:
            product = self.helper("scaled_div", [product, self.scaled(divisor)])
        return product

    def _scaled_power(self, base: Expression, exponent: int) -> str:
        if exponent == 1:
            return self.scaled(base)
        return self.helper("scaled_pow", [self.scaled(base), self.text(Number(Fraction(exponent)))])


def _parts(factors: Sequence[Expression]) -> Parts:
    """What stands above the line of a product and what below; a derived power is 0, not infinite,
    where its base is 0, and stands above.
    """
    number, above, below = Fraction(1), list[Expression](), list[Expression]()
    for factor in factors:
        match factor:
            case Number(value):
                number *= value
            case Power(base, exponent) if exponent < 0:
                below.append(base if exponent == -1 else Power(base, -exponent))
            case RealPower(derived=False) if is_below(factor):
                below.append(inverse(factor))
            case _:
                above.append(factor)
    return Parts(number, tuple(above), tuple(below))


def _is_repeated(base: Expression, exponent: int) -> bool:
    """Whether a power is written as a product: of a name, and of 1 + e squared."""
    short = isinstance(base, Add) and all(map(_is_simple, base.terms)) and len(base.terms) == 2
    return exponent <= 3 if isinstance(base, Entry) else short and exponent == 2


def _is_simple(node: Expression) -> bool:
    return isinstance(node, Entry | Number)


def _is_decimal(value: Fraction) -> bool:
    """Whether the shortest text of the nearest floating-point number is the number itself, or
    the number is one of these.
    """
    near = float(value)
    return Fraction(near) == value or Fraction(repr(near)) == value


def reads_scaled(node: Expression) -> bool:
    """Whether mantissas and shifts stand anywhere in an expression."""
    return isinstance(node, Scaled) or any(map(reads_scaled, children(node)))
