"""What the symbols of a LaTeX formula stand for: quantities, by how a paper writes them."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

from derive.errors import DeriveError
from derive.evaluation.evaluate import Arithmetic, Cell, Sizes, Values
from derive.expressions.expression import Adjoint, Index, Name
from derive.expressions.lettering import GREEK, Pattern, Split, split
from derive.model.model import Model
from derive.model.signs import signs
from derive.readback.reader import read_formula
from derive.readback.symbols import BOLD
from derive.readback.tree import Formula, Symbol, Tree, letter

Local = Callable[[Cell, Cell], Any]


class MeaningError(DeriveError):
    """A formula that is well formed and says nothing: unknown symbols, shapes that do not fit."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem, "write it in the model's symbols and shapes")
        self.args = (problem,)


@dataclass(frozen=True)
class Written:
    """How a quantity is written: head, fixed subscript, and its indices in written order.

    Of these `above` stand in the superscript, after what is fixed there, in its brackets.
    """

    name: Name
    head: str
    subscript: str
    order: tuple[int, ...]
    indices: tuple[Index, ...]
    superscript: str = ""
    brackets: str = ""
    above: int = 0
    primes: int = 0


@dataclass(frozen=True)
class Setting:
    """A model's quantities as numbers: what the symbols of a formula stand for.

    `values` holds every cell; `local` the derivative of one cell by another; `also`
    further symbols, by head and subscript, such as t; `known` what some formulas stand for as a
    whole, such as ∇EQ and x^{k+1}.
    """

    model: Model
    sizes: Sizes
    values: Values
    how: Arithmetic
    local: Local
    also: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    leaves: tuple[tuple[str, Any], ...] = ()
    """The printed names of weights, inputs and targets with their values, in order."""
    known: Mapping[Tree, Any] = field(default_factory=dict)
    cells: dict[tuple[Symbol, tuple[tuple[str, int], ...]], Cell | None] = field(
        default_factory=dict
    )
    """What symbols were found to name at places, which no value changes."""

    def replaced(self, values: Values, also: Mapping[tuple[str, str], Any]) -> "Setting":
        """The setting with some cells and symbols given new values."""
        return replace(self, values={**self.values, **values}, also={**self.also, **also})

    def read(self, text: str) -> Formula:
        """The tree of a formula in the model's symbols. Raises LatexError."""
        return read_formula(text, self.functions, self.names, raised(self.model))

    @property
    def rows(self) -> bool:
        """Whether a vector is a row, but for one with a number for each sample."""
        return self.model.notation.rows

    @cached_property
    def written(self) -> "Mapping[str, tuple[Written, ...]]":
        """How each quantity is written, by the heads of their names, short subscripts first."""
        return by_heads(written(self.model))

    @cached_property
    def arrays(self) -> "Mapping[str, tuple[Written, ...]]":
        """How each whole array is written, by the heads."""
        return by_heads(written_arrays(self.model))

    @cached_property
    def size_of(self) -> Mapping[tuple[str, str], int]:
        """The sizes by head and subscript."""
        return {form: size for name, size in self.sizes.items() for form in read_forms(name)}

    @cached_property
    def functions(self) -> Mapping[str, str]:
        """The heads that may apply to a bracket, as they read, and their functions."""
        return functions(self.model)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The heads of several letters."""
        return heads(self.model)


@cache
def functions(model: Model) -> Mapping[str, str]:
    """Heads as they read -> functions: f_h, and the commands of the table."""
    free = {_head(model.lettered(name)): name for name in dict(model.functions)}
    table = {
        re.sub(r"\\operatorname\{(\w+)\}", r"\1", sign): name for name, sign in signs(model).items()
    }
    return {**table, **free}


@cache
def heads(model: Model) -> tuple[str, ...]:
    """The heads of several letters."""
    of_sizes = (read_letter(size)[0] for array in model.arrays for size in array.shape)
    found = dict.fromkeys((*(quantity.head for quantity in written(model)), *of_sizes))
    return tuple(head for head in found if len(head) > 1 and head.isalpha())


@cache
def written(model: Model) -> tuple[Written, ...]:
    """How each quantity, definition and named adjoint of a model is written.

    What a notation writes otherwise is read as the model has it too, under a letter that the
    notation leaves free.
    """
    found: list[Written] = []
    for name, spelled, indices in _spelled(model):
        pattern = model.notation.entry(name)
        if pattern is None:
            found += _plainly(name, spelled, indices)
            continue
        found.append(_by_pattern(name, pattern, indices))
        plainly = _plainly(name, spelled, indices)
        found += (each for each in plainly if each.head not in _heads_of_patterns(model))
    return tuple(found)


@cache
def _heads_of_patterns(model: Model) -> frozenset[str]:
    patterns = [pattern for _, pattern in model.notation.entries]
    patterns += filter(None, (model.notation.array(name) for name, _, _ in _spelled(model)))
    return frozenset(read_letter(pattern.letter)[0] for pattern in patterns)


@cache
def written_arrays(model: Model) -> tuple[Written, ...]:
    """How each of these is written as a whole."""
    found: list[Written] = []
    for name, spelled, indices in _spelled(model):
        pattern = model.notation.array(name)
        if pattern is None:
            found += _plainly(name, spelled, indices)
        else:
            found.append(_by_pattern(name, pattern, indices))
    return tuple(map(_in_bold, found)) if model.notation.bold else tuple(found)


def _in_bold(array: Written) -> Written:
    """A whole array in a notation that has these bold; no scalar is one."""
    if not array.indices or array.head.startswith(BOLD):
        return array
    return replace(array, head=f"{BOLD}{{{array.head}}}")


def _spelled(model: Model) -> Iterator[tuple[Name, str, tuple[Index, ...]]]:
    """What has a name: it, its name, and its indices."""
    of_name = {array.name: array.indices for array in model.arrays}
    of_name |= {definition.name: definition.indices for definition in model.definitions}
    yield from ((name, name, indices) for name, indices in of_name.items())
    for quantity, spelled in model.notation.adjoints:
        yield Adjoint(model.error, quantity), spelled, of_name[quantity]


@cache
def raised(model: Model) -> frozenset[tuple[str, str]]:
    """The heads that a superscript belongs to, with the bracket that it begins with, if any."""
    every = (*written(model), *written_arrays(model))
    return frozenset((w.head, w.brackets[:1]) for w in every if w.superscript or w.above)


def by_heads(every: tuple[Written, ...]) -> Mapping[str, tuple[Written, ...]]:
    """By the heads of their names, short subscripts first."""
    every = tuple(sorted(every, key=lambda each: len(each.subscript)))
    return {head: tuple(w for w in every if w.head == head) for head in {w.head for w in every}}


def _head(function: Split) -> str:
    head = f"\\{function.head}" if function.head in GREEK else function.head
    low = ",".join(function.spelled())
    return f"{head}_{low}" if low else head


def read_letter(name: str) -> tuple[str, str]:
    """Head and subscript of a name, as they are read."""
    parts = split(name)
    head = f"\\{parts.head}" if parts.head in GREEK else parts.head
    return head, ",".join(parts.subscripts)


def read_forms(name: str) -> tuple[tuple[str, str], ...]:
    """The same as z_1 and as z_(1), which is no entry of z."""
    head, subscript = read_letter(name)
    return ((head, subscript), (head, f"({subscript})")) if subscript else ((head, ""),)


def _by_pattern(name: Name, pattern: Pattern, indices: tuple[Index, ...]) -> Written:
    letters = [index.name for index in indices]
    head, _ = read_letter(pattern.letter)
    return Written(
        name,
        f"{BOLD}{{{head}}}" if pattern.bold else head,
        ",".join(pattern.below.text),
        tuple(letters.index(letter) for letter in pattern.indices),
        indices,
        ",".join(pattern.above.text),
        pattern.above.brackets,
        len(pattern.above.indices),
        pattern.primes,
    )


def _plainly(name: Name, spelled: str, indices: tuple[Index, ...]) -> Iterator[Written]:
    order = tuple(range(len(indices)))
    for head, subscript in read_forms(spelled):
        yield Written(name, head, subscript, order, indices)


# --- symbols ----------------------------------------------------------------------------------

Place = Mapping[str, int]


def find_cell(symbol: Symbol, setting: Setting, place: Place) -> Cell | None:
    """The cell that a symbol names at some place of the index letters, or None.

    What can be read as an index is one: beside z[i], z_1 is its entry, and z1 is z_(1). Papers
    leave out the comma in H_{in,1}; that is read where nothing is called H_in1.
    """
    known = symbol, tuple(place.items())
    if known not in setting.cells:
        setting.cells[known] = _found(symbol, setting, place)
    return setting.cells[known]


def _found(symbol: Symbol, setting: Setting, place: Place) -> Cell | None:
    near = setting.written.get(symbol.head, ())
    loosely = not any(quantity.subscript == symbol.subscript for quantity in near)
    ways = [(quantity, comma) for comma in (",", "")[: 1 + loosely] for quantity in near]
    cells = (_cell(quantity, comma, symbol, setting, place) for quantity, comma in ways)
    return next((cell for cell in cells if cell is not None), None)


def _cell(
    quantity: Written, comma: str, symbol: Symbol, setting: Setting, place: Place
) -> Cell | None:
    """The cell of a quantity that a symbol with its head names, or None; what belongs to the
    name is parted from the indices by `comma`.
    """
    above = _unbracketed(symbol.superscript, quantity.brackets)
    if symbol.primes != quantity.primes or above is None:
        return None
    upper = _behind(quantity.superscript, above, ",")
    lower = _behind(quantity.subscript, symbol.subscript, comma)
    if upper is None or lower is None:
        return None
    sizes = [setting.sizes[index.size] for index in quantity.indices]
    if not upper and not lower and all(size == 1 for size in sizes) and len(sizes) <= 1:
        return quantity.name, (1,) * len(sizes)
    counts = quantity.above, len(sizes) - quantity.above
    scripts = (
        _numbers(text, place, count) for text, count in zip((upper, lower), counts, strict=True)
    )
    found = [numbers for numbers in scripts if numbers is not None]
    if [*map(len, found)] != [*counts] or not sizes:
        return None
    numbers = [number for script in found for number in script]
    cell = tuple(number for _, number in sorted(zip(quantity.order, numbers, strict=True)))
    within = all(1 <= n <= size for n, size in zip(cell, sizes, strict=True))
    return (quantity.name, cell) if within else None  # beta_0 is no entry of beta


def _unbracketed(text: str, brackets: str) -> str | None:
    """What stands between brackets, or None where these are not there."""
    if not text or not brackets:
        return text
    fits = text.startswith(brackets[0]) and text.endswith(brackets[1])
    return text[1:-1] if fits else None


def _behind(fixed: str, given: str, comma: str) -> str | None:
    """The indices behind what is fixed in a script, or None where that is not there."""
    if not fixed:
        return given
    if not f"{given}{comma}".startswith(f"{fixed}{comma}"):
        return None
    rest = f"{given}{comma}".removeprefix(f"{fixed}{comma}").removesuffix(comma)
    if not comma and fixed[-1:].isdigit() and rest[:1].isdigit():
        return None  # z_{10} is no entry of z_1
    return rest


def kronecker(symbol: Symbol, place: Place) -> int | None:
    """1 where the two indices of Kronecker's delta agree, else 0; None for another symbol."""
    numbers = _numbers(symbol.subscript, place, 2)
    if symbol.head != r"\delta" or symbol.primes or numbers is None or len(numbers) != 2:
        return None
    return int(numbers[0] == numbers[1])


def _numbers(text: str, place: Place, count: int) -> list[int] | None:
    if not text:
        return []
    if "(" in text:
        return None  # z_{(1)} is no entry of z
    parts = text.split(",") if "," in text else re.findall(r"[A-Za-z](?:_\d|_\{\d+\})?'*|\d", text)
    parts = [letter(part) for part in parts]
    if "," not in text and count == 1 and (text.isdigit() or letter(text) in place):
        parts = [letter(text)]
    found = [int(part) if part.isdigit() else place.get(part) for part in parts]
    return None if None in found else [number for number in found if number is not None]


def find_array(symbol: Symbol, setting: Setting) -> tuple[Name, tuple[Index, ...]] | None:
    """The whole array that a symbol names, or None."""
    for array in setting.arrays.get(symbol.head, ()):
        above = _unbracketed(symbol.superscript, array.brackets)
        marks = (array.subscript, array.superscript, array.primes)
        if marks == (symbol.subscript, above, symbol.primes):
            return array.name, array.indices
    return None
