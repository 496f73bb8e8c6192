"""What equations say of themselves, where nothing else does: their arrays, letters and sizes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from derive.reading.source import Source
from derive.reading.syntax import parse_statements
from derive.reading.tree import Reference, Statement, walk


@dataclass(frozen=True)
class Used:
    """The names of some equations, each with its letters where it first stands with any.

    `defined` are those that an equation defines; `together` are the letters, those in one set
    that stand at one place of one array, and so run to one size.
    """

    names: Mapping[str, tuple[str, ...]]
    defined: frozenset[str]
    together: tuple[frozenset[str], ...]

    @property
    def letters(self) -> frozenset[str]:
        """Every letter that stands between brackets."""
        return frozenset().union(*self.together)

    def given(self, known: Iterable[str]) -> tuple[str, ...]:
        """The names that nothing defines and that are not known: what is to be declared."""
        aside = {*known, *self.defined, *self.letters}
        return tuple(name for name in self.names if name not in aside)


def used(source: Source, declared: Iterable[Reference]) -> Used:
    """What equations and declarations use; equations that cannot be read are left out."""
    statements = [s for s in parse_statements(source.whole()) if isinstance(s, Statement)]
    places: dict[tuple[str, int], set[str]] = {}
    names: dict[str, tuple[str, ...]] = {}
    for reference in (*declared, *_references(statements)):
        own = tuple(letter.name for letter in reference.indices)
        names[reference.name] = names.get(reference.name) or own
        for place, letter in enumerate(own):
            places.setdefault((reference.name, place), set()).add(letter)
    defined = frozenset(each.target.name for each in statements)
    return Used(names, defined, _joined(places.values()))


def _references(statements: Iterable[Statement]) -> Iterator[Reference]:
    for statement in statements:
        yield from (node for node in walk(statement.value) if isinstance(node, Reference))
        yield statement.target


def _joined(sets: Iterable[Iterable[str]]) -> tuple[frozenset[str], ...]:
    """The sets, those that share something put together."""
    found: list[frozenset[str]] = []
    for each in map(frozenset, sets):
        meeting = [other for other in found if other & each]
        found = [other for other in found if other not in meeting]
        found.append(each.union(*meeting))
    return tuple(found)
