"""What a page consists of: a tree of sections, sentences, formulas and figures."""

from dataclasses import dataclass
from typing import Literal

from derive.expressions.expression import Index


@dataclass(frozen=True)
class Formula:
    """left = sides[0] = sides[1] ...; the last side is what the formula says.

    `letters` are the indices for whose every value it holds; `concrete` where it holds
    at the example's sizes only. Formulas are written with the macros of `notation`.
    """

    id: str
    left: str
    sides: tuple[str, ...]
    relation: str = "="
    letters: tuple[Index, ...] = ()
    concrete: bool = False

    @property
    def body(self) -> str:
        """The formula on one line, intermediate sides left out."""
        return f"{self.left} {self.relation} {self.sides[-1]}"

    @property
    def whole(self) -> str:
        """The formula on one line with all its sides."""
        return f"{self.left} {self.relation} " + f" {self.relation} ".join(self.sides)


@dataclass(frozen=True)
class Sentence:
    """A sentence, its formulas inline; @{id} refers to a formula."""

    text: str


@dataclass(frozen=True)
class Display:
    """Formulas set one under the other."""

    formulas: tuple[Formula, ...]


@dataclass(frozen=True)
class Figure:
    """A place for a figure, with the sentence before it."""

    kind: Literal["network", "path"]
    sentence: Sentence


Block = Sentence | Display | Figure


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """The page of a model in a language."""

    model: str
    language: str
    sections: tuple[Section, ...]

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """Every formula in order."""
        blocks = (block for section in self.sections for block in section.blocks)
        return tuple(f for block in blocks if isinstance(block, Display) for f in block.formulas)
