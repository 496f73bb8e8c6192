"""Expressions and array operations as LaTeX that an author can edit; amsmath is enough."""

import re
from collections.abc import Callable, Iterable, Sequence
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
    walk,
)
from derive.expressions.lettering import GREEK, split
from derive.functions.table import TABLE
from derive.printing.macros import PRIME, symbol_macro
from derive.printing.symbols import Symbols


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
    if isinstance(name, Adjoint) and not symbols.model.notation.adjoint(name):
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


# --- expressions ------------------------------------------------------------------------------


def expression_latex(node: Expression, symbols: Symbols) -> str:
    """An expression; its sums carry their bounds."""
    match node:
        case Number():
            return _rational(node.value)
        case Size():
            return name_latex(node.symbol)
        case Entry():
            return entry_latex(node, symbols)
        case Apply("abs"):
            return rf"\lvert {expression_latex(node.argument, symbols)} \rvert"
        case Apply():
            argument = expression_latex(node.argument, symbols)
            return function_latex(node.function, node.order) + bracket(argument, node.argument)
        case Add():
            return _terms(node, symbols)
        case Multiply():
            return _factors(node.factors, symbols)
        case Power() if node.exponent < 0:
            return _factors((node,), symbols)
        case Power():
            return f"{_base(node.base, symbols)}^{_exponent(node.exponent)}"
        case Delta():
            return rf"\delta_{{{index_latex(node.left)}{index_latex(node.right)}}}"
        case Sum():
            return sum_sign(node.over, symbols) + _summand(node.body, symbols)
        case Where():
            return _choice(node, symbols)
    unknown(node, "LaTeX")


def _choice(node: Where, symbols: Symbols) -> str:
    r"""\max(a, b), Iverson's bracket [a > b], or the two cases."""
    extreme = as_maximum(node)
    if extreme:
        name, *parts = extreme
        shown = ", ".join(expression_latex(part, symbols) for part in parts)
        bracketed = [bracket("", part) for part in parts if "Bigl" in bracket("", part)]
        return rf"\{name} \Bigl( {shown} \Bigr)" if bracketed else rf"\{name}({shown})"
    inner = (node.left, node.right, node.then, node.other)
    left, right, then, other = (expression_latex(part, symbols) for part in inner)
    opening, closing = (r"\Bigl[ ", r" \Bigr]") if _is_tall(node) else ("[", "]")
    if (node.then, node.other) == (ONE, ZERO):
        return f"{opening}{left} > {right}{closing}"
    if (node.then, node.other) == (ZERO, ONE):
        return rf"{opening}{left} \le {right}{closing}"
    rows = rf"{then} & {left} > {right} \\ {other} & {left} \le {right}"
    return rf"\begin{{cases}} {rows} \end{{cases}}"


def sum_sign(over: tuple[Index, ...], symbols: Symbols) -> str:
    """The sums over some indices from 1 to their sizes, numbers where these are known."""
    signs = []
    for index in over:
        size = symbols.sizes.get(index.size)
        end = name_latex(index.size) if size is None else str(size)
        signs.append(rf"\sum_{{{index_latex(index)}=1}}^{{{end}}} ")
    return "".join(signs)


def bracket(text: str, node: Expression) -> str:
    """Round brackets, taller around a sum."""
    return rf"\Bigl( {text} \Bigr)" if _is_tall(node) else f"({text})"


def _is_tall(node: Expression) -> bool:
    return any(isinstance(part, Sum) or _is_fraction(part) for part in walk(node))


def _is_fraction(node: Expression) -> bool:
    quotient = isinstance(node, Power) and node.exponent < 0
    return quotient or (isinstance(node, Number) and node.value.denominator != 1)


def _rational(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value)
    sign = "-" if value < 0 else ""
    return rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"


def _exponent(exponent: int) -> str:
    return str(exponent) if 0 <= exponent < 10 else f"{{{exponent}}}"


def _base(node: Expression, symbols: Symbols) -> str:
    text = expression_latex(node, symbols)
    simple = isinstance(node, Entry | Apply) and "^" not in text and "frac" not in text
    whole = isinstance(node, Number) and node.value >= 0 and node.value.denominator == 1
    return text if simple or whole or isinstance(node, Size) else bracket(text, node)


def _terms(node: Add, symbols: Symbols) -> str:
    return plus(expression_latex(term, symbols) for term in node.terms)


def plus(pieces: Iterable[str]) -> str:
    """The pieces of a sum, a minus in front of one as the sign before it."""
    text = ""
    for piece in pieces:
        negative = piece.startswith("-")
        sign = (" - " if negative else " + ") if text else ("-" if negative else "")
        text += sign + piece.removeprefix("-")
    return text


def _summand(node: Expression, symbols: Symbols) -> str:
    text = expression_latex(node, symbols)
    return bracket(text, node) if isinstance(node, Add) or text.startswith("-") else text


def _factors(factors: tuple[Expression, ...], symbols: Symbols) -> str:
    """A product: its number and denominators as one fraction in front or around."""
    coefficient = Fraction(1)
    above: list[Expression] = []
    below: list[Expression] = []
    for factor in factors:
        if isinstance(factor, Number):
            coefficient *= factor.value
        elif isinstance(factor, Power) and factor.exponent < 0:
            below.append(
                factor.base if factor.exponent == -1 else Power(factor.base, -factor.exponent)
            )
        else:
            above.append(factor)
    sign = "-" if coefficient < 0 else ""
    if not below:
        number = "" if abs(coefficient) == 1 else f"{_rational(abs(coefficient))} "
        return sign + number + juxtapose(above, symbols, alone=coefficient == 1)
    upper = [] if abs(coefficient.numerator) == 1 else [str(abs(coefficient.numerator))]
    lower = [] if coefficient.denominator == 1 else [str(coefficient.denominator)]
    # A derivative, and last a sum, stand beside a fraction, not on top of it.
    derivatives = [factor for factor in above if _is_derivative(factor, symbols)]
    beside = derivatives + [factor for factor in above if isinstance(factor, Sum)]
    top = [factor for factor in above if factor not in beside]
    upper += [juxtapose(top, symbols, alone=not upper)] if top else []
    lower.append(juxtapose(below, symbols, alone=not lower))
    fraction = rf"\frac{{{' '.join(upper) or '1'}}}{{{' '.join(lower)}}}"
    return sign + fraction + (" " + juxtapose(beside, symbols) if beside else "")


def _is_derivative(node: Expression, symbols: Symbols) -> bool:
    """Whether it is an adjoint that has no name of its own."""
    return isinstance(node, Entry) and entry_latex(node, symbols).startswith(r"\frac")


def juxtapose(factors: Sequence[Expression], symbols: Symbols, alone: bool = True) -> str:
    """Factors side by side, bracketed where they would otherwise run together."""
    if len(factors) == 1 and alone:
        return expression_latex(factors[0], symbols)
    product = ""
    for place, node in enumerate(factors):
        text = expression_latex(node, symbols)
        open_ended = isinstance(node, Sum) and place < len(factors) - 1
        piece = bracket(text, node) if open_ended or isinstance(node, Add) else text
        if piece.startswith(r"\begin{cases}") and product:
            piece = rf"\cdot {piece}"  # where a line may break
        product = beside(product, piece) if product else piece
    return product


def beside(left: str, right: str) -> str:
    """Two factors, with a thin space beside a word or after a tall bracket.

    An operator brings its own.
    """
    apart = _is_word(right) or _ends_in_word(left) or left.endswith(TALL)
    space = r" \, " if apart and not right.startswith(OPERATORS) else " "
    return left + space + right


_NAMED = (r"\exp", r"\ln", r"\tanh", r"\sin", r"\cos", r"\max", r"\min", r"\operatorname")


OPERATORS = (r"\cdot", *_NAMED, *(f"{PRIME}{{{name}" for name in _NAMED))


TALL = (r"\Bigr)", r"\Bigr]")


_WORD = r"(?:\\mathit\{\w+\}|(?<![\\A-Za-z])[A-Za-z]{2,})"


def _is_word(text: str) -> bool:
    """Whether a factor starts with a name of several letters, set as one."""
    return re.match(_WORD, text) is not None


def _ends_in_word(text: str) -> bool:
    return re.search(_WORD + r"(?:_\w|_\{[^{}]*\})?(?:\^\w)?$", text) is not None


# --- chains -----------------------------------------------------------------------------------


def chain_latex(chain: Chain, spell: Callable[[Link], str], symbols: Symbols) -> str:
    r"""The links of a chain with \cdot between them."""
    parts = []
    for part in chain:
        if isinstance(part, Link):
            parts.append(spell(part))
            continue
        inner = " + ".join(chain_latex(inner, spell, symbols) for inner in part.chains)
        text = sum_sign(part.over, symbols) + inner
        bare = len(chain) == 1 and (len(part.chains) == 1 or not part.over)
        parts.append(text if bare else rf"\Bigl( {text} \Bigr)")
    return r" \cdot ".join(parts)


def ratios_latex(chain: Chain, symbols: Symbols) -> str:
    """∂EQ/∂O · ∂O/∂O_in · ..."""
    return chain_latex(chain, lambda link: ratio_latex(link.of, link.by, symbols), symbols)


def values_latex(chain: Chain, symbols: Symbols) -> str:
    """E · f'_o(O_in) · v_11 · ..."""

    def spell(link: Link) -> str:
        text = expression_latex(link.value, symbols)
        joined = isinstance(link.value, Add) or text.startswith("-")
        return bracket(text, link.value) if joined else text

    return chain_latex(chain, spell, symbols)
