"""How a column was read, where a person might have meant something else."""

from collections.abc import Iterator

from derive.tables.cells import PLAIN
from derive.tables.kinds import Column
from derive.tables.table import counted


def readings(column: Column) -> Iterator[str]:
    """What should be known of an input."""
    match column.kind:
        case "number":
            yield from _of_numbers(column)
        case "date":
            yield _of_dates(column)
        case "word":
            yield from _of_words(column)


def shell(name: str) -> str:
    """A column's name as it is written after an option."""
    return name if name.isidentifier() else f"'{name}'"


def _of_numbers(column: Column) -> Iterator[str]:
    name, known = column.name, column.numbers
    if known.low == known.high:
        yield f"column {name} is {known.low:g} in all rows: nothing can be learned of it"
    if column.numbers_rows:
        drop = f"if it is their number alone, say --drop {shell(name)}"
        yield f"column {name} counts the rows; {drop}"
    if column.style != PLAIN:
        yield f"column {name} is read as numbers such as {column.style.name}"
    if column.facts.padded:
        yield (
            f"column {name} holds numbers that begin with 0, as codes do: it is read as numbers; "
            f"write a letter before them, or say --drop {shell(name)}"
        )


def _of_dates(column: Column) -> str:
    undated = column.facts.undated
    also = [f for f, none in undated.items() if f != column.form and not none.count]
    said = f"column {column.name} is read as dates such as {column.form}, in days"
    return said + (f" (not as {also[0]})" if also else "")


def _of_words(column: Column) -> Iterator[str]:
    words = sorted(column.facts.words or ())
    yield f"column {column.name} is {counted(len(words), 'input')}, one for each word"
    first: dict[str, str] = {}
    for word in words:
        other = first.setdefault(word.casefold(), word)
        if other != word:
            yield f"column {column.name} holds {other} and {word}, which are taken for two words"
