"""Expressions and chains of derivatives as LaTeX that an author can edit; amsmath is enough."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial

from derive.derivation.partials import Chain, Link
from derive.expressions.building import multiply
from derive.expressions.contents import walk
from derive.expressions.expression import (
    ONE,
    ZERO,
    Add,
    Apply,
    Delta,
    Entry,
    Expression,
    Index,
    Multiply,
    Number,
    Power,
    RealPower,
    Size,
    Sum,
    Where,
    unknown,
)
from derive.expressions.powers import is_below
from derive.expressions.rules import as_maximum
from derive.model.model import Model
from derive.printing.chains import Spelling, chain, dotted, multiplied
from derive.printing.choices import bracket, cases, extreme
from derive.printing.fractions import parts
from derive.printing.names_latex import (
    function_edge,
    function_latex,
    index_latex,
    name_latex,
    printed_entry,
    printed_ratio,
    printed_size,
)
from derive.printing.numbers import number, over
from derive.printing.precedence import Binding, Quotient, Root, in_latex
from derive.printing.printed import (
    Printed,
    bracketed,
    composed,
    joined,
    negated,
    plus,
    times,
)
from derive.printing.spacing import beside
from derive.printing.symbols import Symbols, together, unnamed


def expression_latex(node: Expression, symbols: Symbols) -> str:
    """An expression; its sums carry their bounds."""
    return str(printed(node, symbols))


def printed(node: Expression, symbols: Symbols) -> Printed:
    """An expression, with what a larger formula has to know of it."""
    match node:
        case Number():
            return number(node.value)
        case Size():
            return printed_size(node.symbol, symbols.model)
        case Entry():
            return printed_entry(node, symbols)
        case Apply():
            inside = printed(node.argument, symbols)
            if isinstance(node.argument, Add) and _has_functions(node.argument):
                # Brackets around brackets are taller, and a line may break in them.
                inside = replace(inside, tall=True)
            return applied(node.function, node.order, inside, symbols.model)
        case Add():
            return plus([printed(term, symbols) for term in node.terms], in_latex(Add))
        case Multiply():
            return _product(node.factors, symbols)
        case Power() if node.exponent < 0:
            return _product((node,), symbols)
        case Power():
            return power(printed(node.base, symbols), _exponent(node.exponent), Power)
        case RealPower() if is_below(node):
            return _product((node,), symbols)
        case RealPower():
            return real_power(printed(node.base, symbols), _real(node.exponent, symbols))
        case Delta():
            low = together([index_latex(node.left), index_latex(node.right)])
            text = rf"\delta_{{{low}}}"
            return Printed(text, in_latex(Delta))
        case Sum():
            return total(node.over, printed(node.body, symbols), symbols)
        case Where():
            return _choice(node, symbols)
    unknown(node, "LaTeX")


def _has_functions(node: Expression) -> bool:
    return any(isinstance(part, Apply) for part in walk(node))


def applied(function: str, order: int, argument: Printed, model: Model) -> Printed:
    """A function of something, or its derivative; an absolute value is bars."""
    if (function, order) == ("abs", 0):
        return composed(rf"\lvert {argument} \rvert", in_latex(Apply), (argument,))
    made = bracketed(argument)
    text = function_latex(function, order, model) + made.text
    return replace(made, text=text, binds=in_latex(Apply), first=function_edge(function, model))


def power(base: Printed, exponent: str, node: type) -> Printed:
    """A base with what stands in its exponent."""
    inner = base.within(Binding.ATOM)
    made = composed(f"{inner}^{exponent}", in_latex(node), (inner,))
    return replace(made, first=inner.first)  # what is raised parts it from a factor after it


def real_power(base: Printed, exponent: str) -> Printed:
    """A base to a power that is no whole number; a square root is a root sign."""
    if exponent == "1/2":
        return composed(rf"\sqrt{{{base}}}", in_latex(Root), (base,))
    return power(base, f"{{{exponent}}}", RealPower)


def fraction(above: Printed, below: Printed) -> Printed:
    """One over the other."""
    made = composed(rf"\frac{{{above}}}{{{below}}}", in_latex(Quotient), (above, below))
    return replace(made, tall=True)


def total(over: tuple[Index, ...], body: Printed, symbols: Symbols) -> Printed:
    """The sum of something over some indices."""
    inner = body.within(Binding.SERIES)
    made = composed(f"{sum_sign(over, symbols)}{inner}", in_latex(Sum), (inner,))
    return replace(made, tall=True, last=inner.last)


def sum_sign(over: tuple[Index, ...], symbols: Symbols) -> str:
    """The signs of sums from 1 to the sizes of their indices, numbers where these are known."""
    signs = []
    for index in over:
        size = symbols.sizes.get(index.size)
        end = name_latex(index.size, symbols.model) if size is None else str(size)
        signs.append(rf"\sum_{{{index_latex(index)}=1}}^{{{end}}} ")
    return "".join(signs)


def _choice(node: Where, symbols: Symbols) -> Printed:
    r"""\max(a, b), Iverson's bracket [a > b], or the two cases; between nothing and what is a
    choice again, the bracket times that.
    """
    found = as_maximum(node)
    if found:
        name, *two = found
        return extreme(name, [printed(part, symbols) for part in two])
    four = (node.left, node.right, node.then, node.other)
    left, right, then, other = (printed(part, symbols) for part in four)
    for branches, sign in (((ONE, ZERO), ">"), ((ZERO, ONE), r"\le")):
        if (node.then, node.other) == branches:
            return bracket(left, sign, right)
    for branch, around in (
        (node.then, Where(node.left, node.right, ONE, ZERO)),
        (node.other, Where(node.left, node.right, ZERO, ONE)),
    ):
        if ZERO in (node.then, node.other) and _has_cases(branch):
            return printed(multiply(around, branch), symbols)
    return cases(left, right, then, other)


def _has_cases(node: Expression) -> bool:
    """Whether it holds a choice that is neither the greater nor the lesser of two."""
    return any(isinstance(part, Where) and not as_maximum(part) for part in walk(node))


def _exponent(exponent: int) -> str:
    return str(exponent) if 0 <= exponent < 10 else f"{{{exponent}}}"


def _real(exponent: Expression, symbols: Symbols) -> str:
    """What stands above: 3/2, a fraction on the line, or a formula."""
    if isinstance(exponent, Number):
        return str(exponent.value)
    return str(printed(exponent, symbols))


def _product(factors: tuple[Expression, ...], symbols: Symbols) -> Printed:
    """A product: its number and denominators as one fraction in front or around."""
    found = parts(factors)
    above, below = list(found.above), list(found.below)
    coefficient = abs(found.number)
    if not below:
        product = _with_number(coefficient, above, symbols)
    else:
        # A derivative, and last a sum, stand beside a fraction, not on top of it.
        beside_it = [factor for factor in above if _is_derivative(factor, symbols)]
        beside_it += [factor for factor in above if isinstance(factor, Sum)]
        top = [factor for factor in above if factor not in beside_it]
        numerator, denominator = over(coefficient)
        upper = _with_number(numerator, top, symbols)
        lower = _with_number(denominator, below, symbols)
        product = fraction(upper, lower)
        if beside_it:
            product = _spaced(product, juxtaposed(beside_it, symbols))
    return negated(product) if found.number < 0 else product


def _is_derivative(node: Expression, symbols: Symbols) -> bool:
    return isinstance(node, Entry) and unnamed(node.name, symbols.model)


def _with_number(front: Fraction, factors: Sequence[Expression], symbols: Symbols) -> Printed:
    """A number, unless it is 1, and some factors."""
    if not factors:
        return number(front)
    if front == 1:
        return juxtaposed(factors, symbols)
    return _spaced(number(front), _side_by_side(factors, symbols))


def _spaced(left: Printed, right: Printed) -> Printed:
    return times([left, right], partial(joined, " "), in_latex(Multiply))


def juxtaposed(factors: Sequence[Expression], symbols: Symbols) -> Printed:
    """Factors side by side, one alone as it is."""
    if len(factors) == 1:
        return printed(factors[0], symbols)
    return _side_by_side(factors, symbols)


def _side_by_side(factors: Sequence[Expression], symbols: Symbols) -> Printed:
    """Factors in brackets where they would otherwise run together."""
    *before, last = (printed(factor, symbols) for factor in factors)
    pieces = [factor.within(Binding.PRODUCT) for factor in before]
    return times([*pieces, last.within(Binding.SERIES)], beside, in_latex(Multiply))


# --- chains -----------------------------------------------------------------------------------

DOT = r" \cdot "


def chained(links: Sequence[Printed]) -> Printed:
    """Links with dots between them."""
    return dotted(links, DOT, in_latex(Multiply))


def ratios_latex(links: Chain, symbols: Symbols) -> str:
    """∂EQ/∂O · ∂O/∂O_in · ..."""
    return str(chain(links, _spelling(lambda x: printed_ratio(x.of, x.by, symbols), symbols)))


def values_latex(links: Chain, symbols: Symbols) -> str:
    """E · f'_o(O_in) · v_11 · ..."""
    return str(multiplied(links, _spelling(lambda link: printed(link.value, symbols), symbols)))


def _spelling(spell: Callable[[Link], Printed], symbols: Symbols) -> Spelling:
    def ways(over: tuple[Index, ...], inner: Printed) -> Printed:
        # In tall brackets, since between the ways a line may break.
        return replace(total(over, inner, symbols) if over else inner, tall=True)

    return Spelling(spell, DOT, ways, in_latex)
