"""Expressions and array operations as LaTeX that an author can edit; amsmath is enough."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from derive.derivation.partials import Chain, Link
from derive.expressions.expression import (
    ONE,
    ZERO,
    Add,
    Adjoint,
    Apply,
    Delta,
    Entry,
    Expression,
    Index,
    Multiply,
    Name,
    Number,
    Power,
    Size,
    Subscript,
    Sum,
    Where,
    as_maximum,
    unknown,
)
from derive.expressions.lettering import GREEK, split
from derive.functions.table import TABLE
from derive.printing.chains import Spelling, chain, dotted
from derive.printing.fractions import parts
from derive.printing.macros import PRIME, symbol_macro
from derive.printing.precedence import PRECEDENCE, Binding, Cases, Derivative, Quotient
from derive.printing.printed import (
    Edge,
    Printed,
    bracketed,
    composed,
    joined,
    negated,
    plus,
    times,
)
from derive.printing.spacing import beside
from derive.printing.symbols import Symbols, unnamed


def name_latex(name: str) -> str:
    r"""H_in as H_{in}, delta_o as \delta_o, W1 as W_1."""
    parts = split(name)
    return _letters(parts.head) + subscript(",".join(map(_letters, parts.subscripts)))


def subscript(text: str) -> str:
    """A subscript, in braces where it is longer than one character."""
    if not text:
        return ""
    return f"_{text}" if len(text) == 1 else f"_{{{text}}}"


def _letters(text: str) -> str:
    if text in GREEK:
        return f"\\{text}"
    return f"\\mathit{{{text}}}" if text.isalpha() and len(text) > 2 else text


def index_latex(index: Subscript) -> str:
    """An index letter with its primes, or a number."""
    if isinstance(index, int):
        return str(index)
    return name_latex(index.name) + "'" * index.copy


def entry_latex(entry: Entry, symbols: Symbols) -> str:
    r"""w_{11}, H_{in,1}, \delta_{o,k}, or ∂EQ/∂O_k where the adjoint has no name."""
    name = entry.name
    if unnamed(name, symbols.model):
        return ratio_latex(Entry(name.of), Entry(name.by, entry.indices), symbols)
    head, subscripts, tail = symbols.entry(entry, index_latex)
    if not symbols.model.notation.entry(name):
        head = _head(name, head, symbols)
        subscripts = tuple(map(_letters, subscripts))
    return head + subscript(",".join(subscripts)) + tail


def _head(name: Name, head: str, symbols: Symbols) -> str:
    """The letter; of the paper's names for adjoints and expressions a macro, to be restyled."""
    named = {definition.name for definition in symbols.model.definitions}
    if isinstance(name, Adjoint) or name in named:
        return symbol_macro(head)
    return _letters(head)


def ratio_latex(of: Entry, by: Entry, symbols: Symbols) -> str:
    """The derivative of one entry by another as a fraction."""
    above, below = (entry_latex(entry, symbols) for entry in (of, by))
    return rf"\frac{{\partial {above}}}{{\partial {below}}}"


def array_latex(name: Name, symbols: Symbols) -> str:
    r"""A whole array: H_{in}, \delta_h, or ∂EQ/∂W."""
    named = name if isinstance(name, str) else symbols.model.notation.adjoint(name)
    if named is None:
        assert isinstance(name, Adjoint)
        return rf"\frac{{\partial {name_latex(name.of)}}}{{\partial {name_latex(name.by)}}}"
    parts = split(named)
    return _head(name, parts.head, symbols) + subscript(",".join(map(_letters, parts.subscripts)))


def function_latex(name: str, order: int) -> str:
    """f_h, and f'_h with the prime on the letter; the fourth derivative is f_h^{(4)}."""
    head, low = _function_parts(name)
    if order > 3:
        return f"{head}{low}^{{({order})}}"
    for _ in range(order):
        head = rf"{PRIME}{{{head}}}"
    return head + low


def _function_parts(name: str) -> tuple[str, str]:
    if name in TABLE:
        return TABLE[name].latex, ""
    parts = split(name)
    return _letters(parts.head), subscript(",".join(map(_letters, parts.subscripts)))


# --- what names are in a formula --------------------------------------------------------------


def printed_entry(entry: Entry, symbols: Symbols) -> Printed:
    """An entry of an array."""
    head, _, tail = symbols.entry(entry, index_latex)
    return _named(entry.name, head, entry_latex(entry, symbols), symbols, open_ended=not tail)


def printed_array(name: Name, symbols: Symbols) -> Printed:
    """A whole array."""
    known = name if isinstance(name, str) else symbols.model.notation.adjoint(name) or name.by
    return _named(name, split(known).head, array_latex(name, symbols), symbols)


def printed_size(symbol: str) -> Printed:
    """The number of values of an index."""
    edge = _edge(split(symbol).head)
    return Printed(name_latex(symbol), binding(Size), first=edge, last=edge, scalar=True)


def printed_ratio(of: Entry, by: Entry, symbols: Symbols) -> Printed:
    """The derivative of one entry by another."""
    return Printed(ratio_latex(of, by, symbols), binding(Derivative), tall=True)


def _named(name: Name, head: str, text: str, symbols: Symbols, open_ended: bool = True) -> Printed:
    if unnamed(name, symbols.model):
        return Printed(text, binding(Derivative), tall=True)
    edge = _edge(head)
    last = edge if open_ended else Edge.PLAIN
    return Printed(text, binding(Entry), first=edge, last=last)


def _edge(head: str) -> Edge:
    is_word = len(head) > 1 and head.isalpha() and head not in GREEK
    return Edge.WORD if is_word else Edge.PLAIN


# --- expressions ------------------------------------------------------------------------------


def expression_latex(node: Expression, symbols: Symbols) -> str:
    """An expression; its sums carry their bounds."""
    return str(printed(node, symbols))


def printed(node: Expression, symbols: Symbols) -> Printed:
    """An expression, with what a larger formula has to know of it."""
    match node:
        case Number():
            return number(node.value)
        case Size():
            return printed_size(node.symbol)
        case Entry():
            return printed_entry(node, symbols)
        case Apply():
            return applied(node.function, node.order, printed(node.argument, symbols))
        case Add():
            return plus([printed(term, symbols) for term in node.terms])
        case Multiply():
            return _product(node.factors, symbols)
        case Power() if node.exponent < 0:
            return _product((node,), symbols)
        case Power():
            return power(printed(node.base, symbols), _exponent(node.exponent), Power)
        case Delta():
            text = rf"\delta_{{{index_latex(node.left)}{index_latex(node.right)}}}"
            return Printed(text, binding(Delta))
        case Sum():
            return total(node.over, printed(node.body, symbols), symbols)
        case Where():
            return _choice(node, symbols)
    unknown(node, "LaTeX")


def binding(node: type) -> Binding:
    """How tightly what is written for a node binds in LaTeX."""
    binds = PRECEDENCE[node].latex
    assert binds is not None, f"{node.__name__} has no notation in LaTeX"
    return binds


def number(value: Fraction) -> Printed:
    """A rational number, as a fraction where it is not whole."""
    whole, text = value.denominator == 1, str(abs(value.numerator))
    if not whole:
        text = rf"\frac{{{text}}}{{{value.denominator}}}"
    binds = binding(Number if whole else Quotient)
    return Printed(text, binds, negative=value < 0, tall=not whole, scalar=True)


def applied(function: str, order: int, argument: Printed) -> Printed:
    """A function of something, or its derivative; an absolute value is bars."""
    if (function, order) == ("abs", 0):
        return composed(rf"\lvert {argument} \rvert", binding(Apply), (argument,))
    made = bracketed(argument)
    if function in TABLE:
        letter = TABLE[function].latex.removeprefix("\\") in GREEK
        first = Edge.PLAIN if letter else Edge.OPERATOR
    else:
        first = _edge(split(function).head)
    text = function_latex(function, order) + made.text
    return replace(made, text=text, binds=binding(Apply), first=first)


def power(base: Printed, exponent: str, node: type) -> Printed:
    """A base with what stands in its exponent."""
    inner = base.within(Binding.ATOM)
    made = composed(f"{inner}^{exponent}", binding(node), (inner,))
    return replace(made, first=inner.first)  # what is raised parts it from a factor after it


def fraction(above: Printed, below: Printed) -> Printed:
    """One over the other."""
    made = composed(rf"\frac{{{above}}}{{{below}}}", binding(Quotient), (above, below))
    return replace(made, tall=True)


def total(over: tuple[Index, ...], body: Printed, symbols: Symbols) -> Printed:
    """The sum of something over some indices."""
    inner = body.within(Binding.SERIES)
    made = composed(f"{sum_sign(over, symbols)}{inner}", binding(Sum), (inner,))
    return replace(made, tall=True, last=inner.last)


def sum_sign(over: tuple[Index, ...], symbols: Symbols) -> str:
    """The signs of sums from 1 to the sizes of their indices, numbers where these are known."""
    signs = []
    for index in over:
        size = symbols.sizes.get(index.size)
        end = name_latex(index.size) if size is None else str(size)
        signs.append(rf"\sum_{{{index_latex(index)}=1}}^{{{end}}} ")
    return "".join(signs)


def _choice(node: Where, symbols: Symbols) -> Printed:
    r"""\max(a, b), Iverson's bracket [a > b], or the two cases."""
    extreme = as_maximum(node)
    if extreme:
        name, *two = extreme
        parts_of = [printed(part, symbols) for part in two]
        made = bracketed(composed(", ".join(map(str, parts_of)), Binding.SUM, parts_of))
        space = " " if made.tall else ""
        return replace(made, text=rf"\{name}{space}{made.text}", first=Edge.OPERATOR)
    four = (node.left, node.right, node.then, node.other)
    left, right, then, other = inside = [printed(part, symbols) for part in four]
    for branches, sign in (((ONE, ZERO), ">"), ((ZERO, ONE), r"\le")):
        if (node.then, node.other) == branches:
            condition = composed(f"{left} {sign} {right}", Binding.SUM, (left, right))
            return bracketed(condition, "[", "]")
    rows = rf"{then} & {left} > {right} \\ {other} & {left} \le {right}"
    text = rf"\begin{{cases}} {rows} \end{{cases}}"
    made = composed(text, binding(Cases), inside)
    return replace(made, tall=True, first=Edge.CASES)


def _exponent(exponent: int) -> str:
    return str(exponent) if 0 <= exponent < 10 else f"{{{exponent}}}"


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
        upper = _with_number(Fraction(coefficient.numerator), top, symbols)
        lower = _with_number(Fraction(coefficient.denominator), below, symbols)
        product = fraction(upper, lower)
        if beside_it:
            product = joined(" ", product, juxtaposed(beside_it, symbols))
    return negated(product) if found.number < 0 else product


def _is_derivative(node: Expression, symbols: Symbols) -> bool:
    return isinstance(node, Entry) and unnamed(node.name, symbols.model)


def _with_number(front: Fraction, factors: Sequence[Expression], symbols: Symbols) -> Printed:
    """A number, unless it is 1, and some factors."""
    if not factors:
        return number(front)
    if front == 1:
        return juxtaposed(factors, symbols)
    return joined(" ", number(front), _side_by_side(factors, symbols))


def juxtaposed(factors: Sequence[Expression], symbols: Symbols) -> Printed:
    """Factors side by side, one alone as it is."""
    if len(factors) == 1:
        return printed(factors[0], symbols)
    return _side_by_side(factors, symbols)


def _side_by_side(factors: Sequence[Expression], symbols: Symbols) -> Printed:
    """Factors in brackets where they would otherwise run together."""
    *before, last = (printed(factor, symbols) for factor in factors)
    pieces = [factor.within(Binding.PRODUCT) for factor in before]
    return times([*pieces, last.within(Binding.SERIES)], beside)


# --- chains -----------------------------------------------------------------------------------

DOT = r" \cdot "


def chained(links: Sequence[Printed]) -> Printed:
    """Links with dots between them."""
    return dotted(links, DOT)


def ratios_latex(links: Chain, symbols: Symbols) -> str:
    """∂EQ/∂O · ∂O/∂O_in · ..."""
    return _chain(links, lambda link: printed_ratio(link.of, link.by, symbols), symbols)


def values_latex(links: Chain, symbols: Symbols) -> str:
    """E · f'_o(O_in) · v_11 · ..."""
    return _chain(links, lambda link: printed(link.value, symbols), symbols)


def _chain(links: Chain, spell: Callable[[Link], Printed], symbols: Symbols) -> str:
    def ways(over: tuple[Index, ...], inner: Printed) -> Printed:
        # In tall brackets, since between the ways a line may break.
        return replace(total(over, inner, symbols) if over else inner, tall=True)

    return str(chain(links, Spelling(spell, DOT, ways)))
