"""The names of a model in LaTeX: entries, arrays, sizes, functions, derivatives."""

from dataclasses import replace

from derive.expressions.expression import Adjoint, Entry, Name, Size, Subscript
from derive.expressions.lettering import GREEK, Split, accented, split
from derive.functions.table import TABLE
from derive.model.model import Model
from derive.printing.macros import MATRIX, PRIME, VECTOR, symbol_macro
from derive.printing.precedence import Derivative, in_latex
from derive.printing.printed import Edge, Printed
from derive.printing.symbols import Symbols, unnamed


def name_latex(name: str, model: Model) -> str:
    r"""H_in as H_{in}, delta_o as \delta_o, W1 as W_1, or W_{(1)} beside W[i]."""
    parts = model.lettered(name)
    return _letters(parts.head) + _low(parts)


def _low(parts: Split) -> str:
    return subscript(",".join(parts.spelled(_letters)))


def subscript(text: str) -> str:
    """A subscript, in braces where it is longer than one character."""
    if not text:
        return ""
    return f"_{text}" if len(text) == 1 else f"_{{{text}}}"


def _letters(text: str) -> str:
    if text in GREEK:
        return f"\\{text}"
    marked = accented(text)
    if marked:
        letter, accent = marked
        return rf"\{accent}{{{_letters(letter)}}}"
    return f"\\mathit{{{text}}}" if text.isalpha() and len(text) > 2 else text


def index_latex(index: Subscript) -> str:
    """An index letter with its primes, or a number."""
    if isinstance(index, int):
        return str(index)
    parts = split(index.name)
    return _letters(parts.head) + _low(parts) + "'" * index.copy


def entry_latex(entry: Entry, symbols: Symbols) -> str:
    r"""w_{11}, H_{in,1}, \delta_{o,k}, or ∂EQ/∂O_k where the adjoint has no name."""
    name = entry.name
    if unnamed(name, symbols.model):
        return ratio_latex(Entry(name.of), Entry(name.by, entry.indices), symbols)
    head, low, tail = symbols.entry(entry, index_latex, _letters)
    if not symbols.model.notation.entry(name):
        head = _head(name, head, symbols)
    return head + subscript(low) + tail


def _head(name: Name, head: str, symbols: Symbols) -> str:
    """The letter; of the paper's names for adjoints and expressions a macro, to be restyled."""
    named = {definition.name for definition in symbols.model.definitions}
    if (isinstance(name, Adjoint) or name in named) and not accented(head):
        return symbol_macro(head)
    return _letters(head)


def ratio_latex(of: Entry, by: Entry, symbols: Symbols) -> str:
    """The derivative of one entry by another as a fraction."""
    above, below = (entry_latex(entry, symbols) for entry in (of, by))
    return rf"\frac{{\partial {above}}}{{\partial {below}}}"


def array_latex(name: Name, symbols: Symbols) -> str:
    r"""A whole array: \drvvector{H}_{in}, \drvvector{\drvdelta}_h, or ∂EQ/∂\drvmatrix{W}."""
    named = name if isinstance(name, str) else symbols.model.notation.adjoint(name)
    if named is None:
        assert isinstance(name, Adjoint)
        above, below = (array_latex(each, symbols) for each in (name.of, name.by))
        return rf"\frac{{\partial {above}}}{{\partial {below}}}"
    parts = symbols.model.lettered(named)
    head = _head(name, parts.head, symbols)
    macro = ("", VECTOR, MATRIX)[min(len(symbols.indices(name)), 2)]
    return (f"{macro}{{{head}}}" if macro else head) + _low(parts)


def function_latex(name: str, order: int, model: Model) -> str:
    """f_h, and f'_h with the prime on the letter; the fourth derivative is f_h^{(4)}."""
    head, low = _function_parts(name, model)
    if order > 3:
        return f"{head}{low}^{{({order})}}"
    for _ in range(order):
        head = rf"{PRIME}{{{head}}}"
    return head + low


def _function_parts(name: str, model: Model) -> tuple[str, str]:
    if name in TABLE:
        return TABLE[name].latex, ""
    parts = model.lettered(name)
    return _letters(parts.head), _low(parts)


def printed_entry(entry: Entry, symbols: Symbols) -> Printed:
    """An entry of an array."""
    head, _, tail = symbols.entry(entry, index_latex)
    named = _named(entry.name, head, entry_latex(entry, symbols), symbols, open_ended=not tail)
    return replace(named, tall=True) if entry.name in symbols.behind else named


def printed_array(name: Name, symbols: Symbols) -> Printed:
    """A whole array."""
    known = name if isinstance(name, str) else symbols.model.notation.adjoint(name) or name.by
    return _named(name, split(known).head, array_latex(name, symbols), symbols)


def printed_size(symbol: str, model: Model) -> Printed:
    """The number of values of an index."""
    edge = _edge(split(symbol).head)
    return Printed(name_latex(symbol, model), in_latex(Size), first=edge, last=edge, scalar=True)


def printed_ratio(of: Entry, by: Entry, symbols: Symbols) -> Printed:
    """The derivative of one entry by another."""
    return Printed(ratio_latex(of, by, symbols), in_latex(Derivative), tall=True)


def _named(name: Name, head: str, text: str, symbols: Symbols, open_ended: bool = True) -> Printed:
    if unnamed(name, symbols.model):
        return Printed(text, in_latex(Derivative), tall=True)
    edge = _edge(head)
    last = edge if open_ended else Edge.PLAIN
    return Printed(text, in_latex(Entry), first=edge, last=last)


def _edge(head: str) -> Edge:
    is_letter = len(head) == 1 or head in GREEK or accented(head) is not None
    is_word = head.isalpha() and not is_letter
    return Edge.WORD if is_word else Edge.PLAIN


def function_edge(name: str) -> Edge:
    """What a function starts with: a letter, a word, or an operator of its own."""
    if name in TABLE:
        return Edge.PLAIN if TABLE[name].latex.removeprefix("\\") in GREEK else Edge.OPERATOR
    return _edge(split(name).head)
