"""Expressions as plain text: the equation language for code, the paper's symbols for a terminal."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial as partial_function

from derive.derivation.derivation import Equation
from derive.derivation.partials import Link, Partial, links
from derive.expressions.contents import children
from derive.expressions.expression import (
    HALF,
    Add,
    Apply,
    Delta,
    Entry,
    Expression,
    Index,
    Multiply,
    Name,
    Number,
    Power,
    RealPower,
    Size,
    Subscript,
    Sum,
    Where,
    unknown,
)
from derive.expressions.lettering import ACCENTS, GREEK, Split, accented
from derive.expressions.powers import is_below
from derive.expressions.rules import as_maximum
from derive.model.model import Model
from derive.printing.chains import Spelling, chain, multiplied
from derive.printing.fractions import parts
from derive.printing.numbers import in_text, over
from derive.printing.precedence import Binding, Derivative, Quotient, Root, in_line
from derive.printing.printed import Printed, composed, joined, plus, times
from derive.printing.symbols import Symbols, unnamed

Spell = Callable[[Entry], str]


Total = Callable[[tuple[Index, ...], Printed], Printed]


@dataclass(frozen=True)
class Style:
    """How entries of a model are spelled, the sign of a product, how a sum is written, and
    whether a function's name may stand in brackets, as those of quantities do in a paper.
    """

    model: Model
    entry: Spell
    times: str
    total: Total
    brackets: bool = False


_LETTERS = {name: chr(point) for name, point in GREEK.items()}


def index_text(index: Subscript) -> str:
    """An index letter with its primes, or a number."""
    return f"{index.name}{chr(39) * index.copy}" if isinstance(index, Index) else str(index)


def name_text(name: Name, model: Model) -> str:
    """H_in; for an adjoint the paper's name, δ_h, or ∂EQ/∂W."""
    if isinstance(name, str):
        return name
    named = model.notation.adjoint(name)
    return greek_text(model.lettered(named)) if named else f"∂{name.of}/∂{name.by}"


def greek_text(name: Split) -> str:
    """delta_o as δ_o."""
    return "_".join([_letter(name.head), *name.spelled(_letter)])


def _letter(text: str) -> str:
    """Delta as δ, yhat as y with its sign."""
    marked = accented(text)
    if marked:
        letter, accent = marked
        return unicodedata.normalize("NFC", _letter(letter) + ACCENTS[accent])
    return _LETTERS.get(text, text)


def as_model_file(model: Model) -> Style:
    """W[j,i] * I[i], as in the model file."""

    def spell(entry: Entry) -> str:
        indices = ",".join(index_text(index) for index in entry.indices)
        return name_text(entry.name, model) + (f"[{indices}]" if indices else "")

    return Style(model, spell, " * ", _called_sum)


def _called_sum(over: tuple[Index, ...], body: Printed) -> Printed:
    letters = ", ".join(index_text(index) for index in over)
    return Printed(f"sum({letters}, {body})", in_line(Sum))


def equation_text(equation: Equation, style: Style) -> str:
    """One equation, its two sides in a style."""
    return f"{style.entry(equation.target)} = {expression_text(equation.value, style)}"


def paper(symbols: Symbols) -> Style:
    """w_11 · H_in,1 or O, and Σ_k w_k1, as in the paper."""

    def spell(entry: Entry) -> str:
        if unnamed(entry.name, symbols.model):
            of, by = Entry(entry.name.of), Entry(entry.name.by, entry.indices)
            return f"∂{spell(of)}/∂{spell(by)}"
        found = symbols.entry(entry, index_text, _letter)
        above, below = (
            f"{sign}{script}" if script else ""
            for sign, script in (("^", found.above), ("_", found.below))
        )
        return _letter(found.letter) + "'" * found.primes + above + below + found.behind

    return Style(symbols.model, spell, " · ", _ways, brackets=True)


def partial_lines(partial: Partial, symbols: Symbols) -> list[str]:
    """∂EQ/∂w_11 = its local derivatives = their values."""
    style = paper(symbols)
    left = f"∂{symbols.model.error}/∂{style.entry(partial.weight)}"

    def ratio(link: Link) -> Printed:
        shown = f"∂{style.entry(link.of)}/∂{style.entry(link.by)}"
        return Printed(shown, in_line(Derivative))

    def value(link: Link) -> Printed:
        return _printed(link.value, style)

    by_ratio, by_value = (
        Spelling(spell, style.times, style.total, in_line) for spell in (ratio, value)
    )
    ratios, values = chain(partial.chain, by_ratio), multiplied(partial.chain, by_value)
    if not all(link.whole for link in links(partial.chain)):
        return [f"{left} = {values}"]
    return [f"{left} = {ratios}", f"{' ' * len(left)} = {values}"]


def _ways(over: tuple[Index, ...], ways: Printed) -> Printed:
    if not over:
        return ways
    signs = "".join(f"Σ_{index_text(index)} " for index in over)
    return composed(f"{signs}{ways.within(Binding.SERIES)}", Binding.SERIES, (ways,))


def expression_text(node: Expression, style: Style) -> str:
    """An expression in the equation language, in a style."""
    return str(_printed(node, style))


def _printed(node: Expression, style: Style) -> Printed:
    def at(part: Expression) -> Printed:
        return _printed(part, style)

    match node:
        case Number():
            return in_text(node.value)
        case Size():
            text = node.symbol
        case Entry():
            row = Derivative if unnamed(node.name, style.model) else Entry
            return Printed(style.entry(node), in_line(row))
        case Apply():
            text = f"{_primed(node, style)}({at(node.argument)})"
        case Add():
            return plus([at(term) for term in node.terms], in_line(Add))
        case Multiply():
            return _product(node.factors, style)
        case Power() if node.exponent < 0:
            return _product((node,), style)
        case Power():
            text = f"{at(node.base).within(Binding.ATOM)}^{node.exponent}"
        case RealPower() if is_below(node):
            return _product((node,), style)
        case RealPower(exponent=exponent) if exponent == HALF:
            return Printed(f"sqrt({at(node.base)})", in_line(Root))
        case RealPower():
            base, above = (at(part).within(Binding.ATOM) for part in children(node))
            text = f"{base}^{above}"
        case Delta():
            text = f"[{index_text(node.left)} = {index_text(node.right)}]"
        case Sum():
            return style.total(node.over, at(node.body))
        case Where():
            text = _choice(node, style)
        case _:
            unknown(node, "text")
    return Printed(text, in_line(type(node)))


def _choice(node: Where, style: Style) -> str:
    extreme = as_maximum(node)
    if extreme:
        name, *two = extreme
        return f"{name}({', '.join(expression_text(part, style) for part in two)})"
    four = (node.left, node.right, node.then, node.other)
    left, right, then, other = (expression_text(part, style) for part in four)
    return f"where({left} > {right}, {then}, {other})"


def _primed(node: Apply, style: Style) -> str:
    """f'_h: the prime stands on the letter, before the subscript."""
    head, low, rest = node.function.partition("_")
    name = style.model.lettered(node.function)
    if style.brackets and name.in_brackets:
        head, low, rest = name.head, "_", ",".join(name.spelled())
    return f"{head}{chr(39) * node.order}{low}{rest}"


def _product(factors: tuple[Expression, ...], style: Style) -> Printed:
    found = parts(factors)

    def pieces(number: Fraction, of: tuple[Expression, ...], least: Binding) -> list[Printed]:
        front = [] if number == 1 else [in_text(number)]
        return front + [_printed(factor, style).within(least) for factor in of]

    number, divisor_number = over(abs(found.number))
    above = pieces(number, found.above, Binding.FRACTION)
    below = pieces(divisor_number, found.below, Binding.POWER)
    beside = partial_function(joined, style.times)
    product = times(above or [in_text(Fraction(1))], beside, in_line(Multiply))
    if below:
        divisor = times(below, beside, in_line(Multiply)).within(Binding.POWER)
        product = composed(f"{product} / {divisor}", in_line(Quotient), (product, divisor))
    return replace(product, negative=found.number < 0)
