"""What a page consists of: a tree of sections, sentences, formulas and figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from derive.expressions.expression import Index
from derive.page.column import Column
from derive.page.picture import Picture
from derive.printing.signs import Sign


@dataclass(frozen=True)
class Formula:
    """left = sides[0] = sides[1] ...; the last side is what the formula says.

    `letters` are the indices for whose every value it holds; `concrete` where it holds
    at the example's sizes only, `batched` where it is about N samples; `signs` are those in
    it that a reader is to be told of. Formulas are written with the macros of `notation`.
    """

    id: str
    left: str
    sides: tuple[str, ...]
    relation: str = "="
    letters: tuple[Index, ...] = ()
    concrete: bool = False
    batched: bool = False
    signs: frozenset[Sign] = frozenset()

    @property
    def body(self) -> str:
        """The formula on one line, intermediate sides left out."""
        return f"{self.left} {self.relation} {self.sides[-1]}"

    @property
    def whole(self) -> str:
        """The formula on one line with all its sides."""
        return f"{self.left} {self.relation} " + f" {self.relation} ".join(self.sides)


@dataclass(frozen=True)
class Listing:
    """Several things in a sentence: a, b and c."""

    items: "tuple[Part, ...]"


@dataclass(frozen=True)
class Phrase:
    """A sentence, or a part of one, before it is said in a language: its key and what fills it."""

    key: str
    parts: "tuple[tuple[str, Part], ...]" = ()


Part = str | Listing | Phrase
"""What fills a phrase: a formula, a reference, several of them, or another phrase."""


@dataclass(frozen=True)
class Sentence:
    """A sentence in a language, its formulas inline; @{id} refers to a formula."""

    text: str


Said = TypeVar("Said", Phrase, Sentence)


@dataclass(frozen=True)
class Display:
    """Formulas set one under the other."""

    formulas: tuple[Formula, ...]


@dataclass(frozen=True)
class Figure(Generic[Said]):
    """A picture by its name, with the sentence under it, and what it shows in words alone."""

    name: str
    said: Said
    words: Said
    picture: Picture


Blocks = list[Phrase | Display | Figure[Phrase]]
"""What stands under a heading of a document, as it is put together."""


@dataclass(frozen=True)
class Summary(Generic[Said]):
    """Formulas of the page in short, in groups with a word before each."""

    groups: tuple[tuple[Said, Display], ...]


@dataclass(frozen=True)
class Section(Generic[Said]):
    """A heading (its key, before it is said in a language) and what stands under it."""

    title: str
    blocks: tuple[Said | Display | Figure[Said] | Summary[Said], ...]


@dataclass(frozen=True)
class Document:
    """What the page of a model tells, in no language yet, and the column it is meant for."""

    model: str
    column: Column
    sections: tuple[Section[Phrase], ...]

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """Every formula in order; those of the summary stand among them."""
        return _formulas(self.sections)

    @property
    def summary(self) -> tuple[Formula, ...]:
        """What the summary shows of them, nothing where there is none."""
        return _in_short(self.sections)


@dataclass(frozen=True)
class Page:
    """A document in a language."""

    model: str
    column: Column
    language: str
    sections: tuple[Section[Sentence], ...]

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """Every formula in order."""
        return _formulas(self.sections)

    @property
    def summary(self) -> tuple[Formula, ...]:
        """What the summary shows of them, nothing where there is none."""
        return _in_short(self.sections)

    @property
    def figures(self) -> tuple[Figure[Sentence], ...]:
        """Every figure in order."""
        blocks = (block for section in self.sections for block in section.blocks)
        return tuple(block for block in blocks if isinstance(block, Figure))


def _formulas(sections: Sequence[Section[Said]]) -> tuple[Formula, ...]:
    blocks = (block for section in sections for block in section.blocks)
    return tuple(f for block in blocks if isinstance(block, Display) for f in block.formulas)


def _in_short(sections: Sequence[Section[Said]]) -> tuple[Formula, ...]:
    blocks = (block for section in sections for block in section.blocks)
    groups = (group for block in blocks if isinstance(block, Summary) for group in block.groups)
    return tuple(formula for _, display in groups for formula in display.formulas)
