"""What the symbols of a LaTeX formula stand for: quantities, by how a paper writes them."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

from derive.errors import DeriveError
from derive.evaluation.evaluate import Arithmetic, Cell, Sizes, Values
from derive.expressions.expression import Adjoint, Index, Name
from derive.expressions.lettering import GREEK, Split, split
from derive.functions.table import TABLE
from derive.model.model import Model
from derive.readback.tree import Symbol, Tree, letter

Local = Callable[[Cell, Cell], Any]


class MeaningError(DeriveError):
    """A formula that is well formed and says nothing: unknown symbols, shapes that do not fit."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem, "write it in the model's symbols and shapes")
        self.args = (problem,)


@dataclass(frozen=True)
class Written:
    """How a quantity is written: head, fixed subscript, and its indices in written order."""

    name: Name
    head: str
    subscript: str
    order: tuple[int, ...]
    indices: tuple[Index, ...]


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

    def replaced(self, values: Values, also: Mapping[tuple[str, str], Any]) -> "Setting":
        """The setting with some cells and symbols given new values."""
        return replace(self, values={**self.values, **values}, also={**self.also, **also})

    @cached_property
    def written(self) -> "Mapping[str, tuple[Written, ...]]":
        """How each quantity is written, by the heads of their names, short subscripts first."""
        every = sorted(written(self.model), key=lambda each: len(each.subscript))
        return {head: tuple(w for w in every if w.head == head) for head in {w.head for w in every}}

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
        re.sub(r"\\operatorname\{(\w+)\}", r"\1", row.latex): name for name, row in TABLE.items()
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
    """How each quantity, definition and named adjoint of a model is written."""
    found: list[Written] = []
    of_name: dict[Name, tuple[Index, ...]] = {a.name: a.indices for a in model.arrays}
    of_name |= {definition.name: definition.indices for definition in model.definitions}
    for name, indices in of_name.items():
        pattern = model.notation.entry(name)
        if pattern is None:
            found += _plainly(name, str(name), indices)
            continue
        letters = [index.name for index in indices]
        order = tuple(letters.index(part) for part in pattern.subscript if part in letters)
        found.append(Written(name, pattern.head, "", order, indices))
        found += _plainly(name, str(name), indices)
    for quantity, spelled in model.notation.adjoints:
        found += _plainly(Adjoint(model.error, quantity), spelled, of_name[quantity])
    return tuple(found)


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
    if symbol.primes:
        return None
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
    fixed = quantity.subscript + comma if quantity.subscript else ""
    given = symbol.subscript + comma
    if not given.startswith(fixed):
        return None
    rest = given.removeprefix(fixed).removesuffix(comma)
    if not comma and fixed[-1:].isdigit() and rest[:1].isdigit():
        return None  # z_{10} is no entry of z_1
    sizes = [setting.sizes[index.size] for index in quantity.indices]
    if not rest and all(size == 1 for size in sizes) and len(sizes) <= 1:
        return quantity.name, (1,) * len(sizes)
    numbers = _numbers(rest, place, len(sizes))
    if numbers is None or not len(numbers) == len(sizes) > 0:
        return None
    cell = tuple(number for _, number in sorted(zip(quantity.order, numbers, strict=True)))
    within = all(1 <= n <= size for n, size in zip(cell, sizes, strict=True))
    return (quantity.name, cell) if within else None  # beta_0 is no entry of beta


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
    for quantity in setting.written.get(symbol.head, ()):
        if quantity.subscript == symbol.subscript and not symbol.primes:
            return quantity.name, quantity.indices
    return None
