"""The names of a model in LaTeX: entries, arrays, sizes, functions, derivatives."""

from dataclasses import replace

from derive.expressions.expression import Adjoint, Entry, Name, Power, Size, Subscript
from derive.expressions.lettering import GREEK, Split, accented, split
from derive.functions.table import TABLE
from derive.model.model import Model
from derive.model.signs import sign
from derive.printing.macros import BOLD_MATRIX, BOLD_VECTOR, MATRIX, PRIME, VECTOR, symbol_macro
from derive.printing.precedence import Derivative, Gradient, in_latex
from derive.printing.printed import Edge, Printed
from derive.printing.symbols import Lettered, Symbols, unnamed


def name_latex(name: str, model: Model) -> str:
    r"""H_in as H_{in}, delta_o as \delta_o, W1 as W_1, or W_{(1)} beside W[i]."""
    found = Symbols(model).array(name, _letters)
    return _letters(found.letter, found.bold) + _marks(found)


def _low(parts: Split) -> str:
    return subscript(",".join(parts.spelled(_letters)))


def subscript(text: str) -> str:
    """A subscript, in braces where it is longer than one character."""
    if not text:
        return ""
    return f"_{text}" if len(text) == 1 else f"_{{{text}}}"


def superscript(text: str) -> str:
    """A superscript, in braces where it is longer than one character."""
    return subscript(text).replace("_", "^", 1)


def _letters(text: str, bold: bool = False) -> str:
    marked = accented(text)
    if marked:
        letter, accent = marked
        return rf"\{accent}{{{_letters(letter, bold)}}}"
    if bold:
        return rf"\boldsymbol{{{_letters(text)}}}"
    if text in GREEK:
        return f"\\{text}"
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
    found = symbols.entry(entry, index_latex, _letters)
    return _head(name, found, symbols) + _marks(found) + found.behind


def _head(name: Name, found: Lettered, symbols: Symbols) -> str:
    """The letter; of the paper's names for adjoints and expressions a macro, to be restyled."""
    named = {definition.name for definition in symbols.model.definitions}
    is_own = isinstance(name, Adjoint) or name in named
    if is_own and not accented(found.letter) and not found.bold:
        return symbol_macro(found.letter)
    return _letters(found.letter, found.bold)


def _marks(found: Lettered) -> str:
    """What stands beside the letter; what is raised before what is lowered, unlike a power."""
    return "'" * found.primes + superscript(found.above) + subscript(found.below)


def ratio_latex(of: Entry, by: Entry, symbols: Symbols) -> str:
    """The derivative of one entry by another as a fraction."""
    above, below = (entry_latex(entry, symbols) for entry in (of, by))
    return rf"\frac{{\partial {above}}}{{\partial {below}}}"


def array_latex(name: Name, symbols: Symbols) -> str:
    r"""A whole array: \drvvector{H}_{in}, \drvvector{\drvdelta}_h, ∂EQ/∂\drvmatrix{W}."""
    named = name if isinstance(name, str) else symbols.model.notation.adjoint(name)
    if named is None:
        assert isinstance(name, Adjoint)
        above, below = (array_latex(each, symbols) for each in (name.of, name.by))
        if _is_gradient(name, symbols):
            return rf"\nabla_{{{below}}} {above}"
        return rf"\frac{{\partial {above}}}{{\partial {below}}}"
    found = symbols.array(name, _letters)
    head = _head(name, found, symbols)
    bold = symbols.model.notation.bold and not found.bold
    macros = ("", BOLD_VECTOR, BOLD_MATRIX) if bold else ("", VECTOR, MATRIX)
    macro = macros[min(len(symbols.indices(name)), 2)]
    return (f"{macro}{{{head}}}" if macro else head) + _marks(found)


def _is_gradient(name: Adjoint, symbols: Symbols) -> bool:
    """Whether an adjoint without a name is written with ∇; by a number it is a derivative."""
    return symbols.model.notation.gradient == "nabla" and bool(symbols.indices(name))


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
        return sign(TABLE[name], model), ""
    parts = model.lettered(name)
    return _letters(parts.head), _low(parts)


def printed_entry(entry: Entry, symbols: Symbols) -> Printed:
    """An entry of an array."""
    found = symbols.entry(entry, index_latex)
    named = _named(entry.name, found, entry_latex(entry, symbols), symbols)
    behind = symbols.behind.get(entry.name, "")
    return replace(named, tall=True, high=r"\vdots" in behind) if behind else named


def printed_array(name: Name, symbols: Symbols) -> Printed:
    """A whole array."""
    if unnamed(name, symbols.model) and _is_gradient(name, symbols):
        return Printed(array_latex(name, symbols), in_latex(Gradient))
    return _named(name, symbols.array(name), array_latex(name, symbols), symbols)


def printed_size(symbol: str, model: Model) -> Printed:
    """The number of values of an index."""
    edge = _edge(split(symbol).head)
    return Printed(name_latex(symbol, model), in_latex(Size), first=edge, last=edge, scalar=True)


def printed_ratio(of: Entry, by: Entry, symbols: Symbols) -> Printed:
    """The derivative of one entry by another."""
    return Printed(ratio_latex(of, by, symbols), in_latex(Derivative), tall=True)


def _named(name: Name, found: Lettered, text: str, symbols: Symbols) -> Printed:
    if unnamed(name, symbols.model):
        return Printed(text, in_latex(Derivative), tall=True)
    edge = _edge(found.letter)
    last = Edge.PLAIN if found.behind else edge
    raised = found.above or found.primes  # a power would stand in its place
    return Printed(text, in_latex(Power if raised else Entry), first=edge, last=last)


def _edge(head: str) -> Edge:
    is_letter = len(head) == 1 or head in GREEK or accented(head) is not None
    is_word = head.isalpha() and not is_letter
    return Edge.WORD if is_word else Edge.PLAIN


def function_edge(name: str, model: Model) -> Edge:
    """What a function starts with: a letter, a word, or an operator of its own."""
    if name in TABLE:
        is_letter = sign(TABLE[name], model).removeprefix("\\") in GREEK
        return Edge.PLAIN if is_letter else Edge.OPERATOR
    return _edge(split(name).head)
