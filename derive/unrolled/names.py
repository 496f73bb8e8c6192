"""What single entries are called in code: as the paper has them, w_11 and H_in_1."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from derive.evaluation.evaluate import Cell
from derive.expressions.expression import Entry
from derive.model.model import Model
from derive.printing.symbols import Symbols, unnamed


def entry_names(
    model: Model,
    cells: Iterable[Cell],
    helping: Iterable[tuple[Cell, Cell | None]],
    known: Mapping[Cell, str],
    taken: Collection[str],
) -> dict[Cell, str]:
    """A name for every cell, none of them taken; `helping` are cells of no quantity of the model,
    each with the cell that it belongs to, if there is one: e_H_in_1. Some names are known.

    An index that can only be 1 is left out where that leaves the name free.
    """
    small = Symbols(model, dict(model.example)), Symbols(model)
    found = dict(known)
    used = {*taken, *known.values()}
    ways: list[tuple[Cell, Cell | None, bool]] = [(cell, None, False) for cell in cells]
    ways += [(cell, about, True) for cell, about in helping]
    for cell, about, helps in ways:
        if about is None:
            tried = [_plain(str(cell[0]), cell[1])] if helps else [*_of_the_model(cell, small)]
        else:
            tried = [f"{str(cell[0]).partition('_')[0]}_{found[about]}"]
        last = tried[-1]
        name = next((each for each in tried if each not in used), last)
        while name in used:
            name += "_"
        used.add(name)
        found[cell] = name
    return found


def _of_the_model(cell: Cell, ways: Iterable[Symbols]) -> Iterator[str]:
    name, place = cell
    for symbols in ways:
        if unnamed(name, symbols.model):
            yield f"d{name.of}_d{_written(Entry(name.by, place), symbols)}"
        else:
            yield _written(Entry(name, place), symbols)
    yield _plain(name if isinstance(name, str) else f"d{name.of}_d{name.by}", place)


def _written(entry: Entry, symbols: Symbols) -> str:
    parts = symbols.entry(entry, str)
    written = "_".join(filter(None, (parts.letter, parts.above, parts.below)))
    return re.sub(r"\W+", "_", written + "_prime" * parts.primes, flags=re.ASCII).strip("_")


def _plain(name: str, place: tuple[int, ...]) -> str:
    sign = "" if all(number < 10 for number in place) else "_"
    return "_".join(filter(None, (name, sign.join(map(str, place)))))


def names_of(cells: Iterable[Cell], names: Mapping[Cell, str]) -> tuple[str, ...]:
    """Those of some cells, in their order."""
    return tuple(names[cell] for cell in cells)
