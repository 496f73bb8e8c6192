"""Expressions as plain text: the equation language for code, the paper's symbols for a terminal."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from derive.derivation.derivation import Equation
from derive.derivation.partials import Chain, Link, Partial, links
from derive.expressions.expression import (
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
from derive.expressions.lettering import GREEK, Split, split
from derive.model.model import Model
from derive.printing.symbols import Symbols

Spell = Callable[[Entry], str]


@dataclass(frozen=True)
class Style:
    """How entries are spelled, and the sign of a product."""

    entry: Spell
    times: str


_LETTERS = {name: chr(point) for name, point in GREEK.items()}


def index_text(index: Subscript) -> str:
    """An index letter with its primes, or a number."""
    return f"{index.name}{chr(39) * index.copy}" if isinstance(index, Index) else str(index)


def name_text(name: Name, model: Model) -> str:
    """H_in; for an adjoint the paper's name, δ_h, or ∂EQ/∂W."""
    if isinstance(name, str):
        return name
    named = model.notation.adjoint(name)
    return greek_text(split(named)) if named else f"∂{name.of}/∂{name.by}"


def greek_text(name: Split) -> str:
    """delta_o as δ_o."""
    head = _LETTERS.get(name.head, name.head)
    return "_".join([head, *(_LETTERS.get(part, part) for part in name.subscripts)])


def language(model: Model) -> Style:
    """W[j,i] * I[i], as in the model file."""

    def spell(entry: Entry) -> str:
        indices = ",".join(index_text(index) for index in entry.indices)
        return name_text(entry.name, model) + (f"[{indices}]" if indices else "")

    return Style(spell, " * ")


def equation_text(equation: Equation, model: Model) -> str:
    """One equation in the language of the model file."""
    style = language(model)
    return f"{style.entry(equation.target)} = {expression_text(equation.value, style)}"


def paper(symbols: Symbols) -> Style:
    """w_11 · H_in,1 or O, as in the paper."""

    def spell(entry: Entry) -> str:
        if isinstance(entry.name, Adjoint) and not symbols.model.notation.adjoint(entry.name):
            of, by = Entry(entry.name.of), Entry(entry.name.by, entry.indices)
            return f"∂{spell(of)}/∂{spell(by)}"
        head, subscripts, tail = symbols.entry(entry, index_text)
        subscript = ",".join(subscripts)
        return _LETTERS.get(head, head) + (f"_{subscript}" if subscript else "") + tail

    return Style(spell, " · ")


def partial_lines(partial: Partial, symbols: Symbols) -> list[str]:
    """∂EQ/∂w_11 = its local derivatives = their values."""
    style = paper(symbols)
    left = f"∂{symbols.model.error}/∂{style.entry(partial.weight)}"
    ratios = chain_text(
        partial.chain, lambda link: f"∂{style.entry(link.of)}/∂{style.entry(link.by)}"
    )
    count = len(list(links(partial.chain)))
    values = chain_text(partial.chain, lambda link: _factor(link.value, style, count))
    if not all(link.whole for link in links(partial.chain)):
        return [f"{left} = {values}"]
    return [f"{left} = {ratios}", f"{' ' * len(left)} = {values}"]


def chain_text(chain: Chain, spell_link: Callable[[Link], str]) -> str:
    """The links of a chain with dots between them."""
    parts = []
    for part in chain:
        if isinstance(part, Link):
            parts.append(spell_link(part))
            continue
        inner = " + ".join(chain_text(inner, spell_link) for inner in part.chains)
        sums = "".join(f"Σ_{index_text(index)} " for index in part.over)
        alone = len(chain) == 1
        bare = alone and len(part.chains) == 1
        parts.append(f"{sums}{inner}" if bare else f"({sums}{inner})")
    return " · ".join(parts)


def _factor(value: Expression, style: Style, count: int) -> str:
    text = expression_text(value, style)
    return f"({text})" if isinstance(value, Add) and count > 1 else text


def expression_text(node: Expression, style: Style) -> str:
    """An expression in the equation language, in a style."""
    match node:
        case Number():
            return _fraction(node.value)
        case Size():
            return node.symbol
        case Entry():
            return style.entry(node)
        case Apply():
            return f"{_primed(node)}({expression_text(node.argument, style)})"
        case Add():
            return _sum_of(node.terms, style)
        case Multiply():
            return _product(node, style)
        case Power() if node.exponent < 0:
            return _product(Multiply((node,)), style)
        case Power():
            return f"{_inner(node.base, style)}^{node.exponent}"
        case Delta():
            return f"[{index_text(node.left)} = {index_text(node.right)}]"
        case Sum():
            letters = ", ".join(index_text(index) for index in node.over)
            return f"sum({letters}, {expression_text(node.body, style)})"
        case Where():
            return _choice(node, style)
    unknown(node, "text")


def _choice(node: Where, style: Style) -> str:
    extreme = as_maximum(node)
    if extreme:
        name, *parts = extreme
        return f"{name}({', '.join(expression_text(part, style) for part in parts)})"
    parts = [node.left, node.right, node.then, node.other]
    left, right, then, other = (expression_text(part, style) for part in parts)
    return f"where({left} > {right}, {then}, {other})"


def _primed(node: Apply) -> str:
    """f'_h: the prime stands on the letter, before the subscript."""
    head, low, rest = node.function.partition("_")
    return f"{head}{chr(39) * node.order}{low}{rest}"


def _fraction(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


def _sum_of(terms: tuple[Expression, ...], style: Style) -> str:
    text = ""
    for term in terms:
        piece = expression_text(term, style)
        negative = piece.startswith("-")
        sign = (" - " if negative else " + ") if text else ("-" if negative else "")
        text += sign + piece.removeprefix("-")
    return text


def _product(node: Multiply, style: Style) -> str:
    above: list[str] = []
    below: list[str] = []
    sign = ""
    for factor in node.factors:
        if isinstance(factor, Number):
            sign = "-" if factor.value < 0 else ""
            above += [str(abs(factor.value.numerator))] * (abs(factor.value.numerator) != 1)
            below += [str(factor.value.denominator)] * (factor.value.denominator != 1)
        elif isinstance(factor, Power) and factor.exponent < 0:
            power = "" if factor.exponent == -1 else f"^{-factor.exponent}"
            below.append(_inner(factor.base, style) + power)
        else:
            above.append(_inner(factor, style))
    text = sign + (style.times.join(above) or "1")
    if not below:
        return text
    return f"{text} / {below[0]}" if len(below) == 1 else f"{text} / ({style.times.join(below)})"


def _inner(node: Expression, style: Style) -> str:
    text = expression_text(node, style)
    bare = isinstance(node, Entry | Apply | Sum | Size | Delta | Where) or (
        isinstance(node, Number) and node.value >= 0 and node.value.denominator == 1
    )
    return text if bare or (isinstance(node, Power) and node.exponent > 0) else f"({text})"
