"""Audit files -> Audit and its sentences: what a person says of a published text; never whether
it is true. What is the same in every language is one file, the sentences of each language another.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from derive.disk import read_toml
from derive.errors import DeriveError
from derive.locate import PACKAGE
from derive.page.words import TRANSLATION

FOLDER = PACKAGE / "audits"


Kind = Literal["printed", "meant", "reading", "correction"]


class Step(BaseModel):
    """One assignment of a procedure: the symbols on the left get the entries on the right."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    left: list[str]
    right: str


class Reading(BaseModel):
    """One way to read an entry: formulas that must all hold, or steps that must make the
    gradient step. `let` replaces symbols, `letters` are free indices, `free` further numbers,
    `words` is the key of the words in which the reading is told.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    kind: Kind
    words: str = ""
    formula: list[str] = []
    steps: list[Step] = []
    let: dict[str, str] = {}
    letters: list[str] = []
    free: list[str] = []
    sizes: dict[str, int] = {}


class Item(BaseModel):
    """One formula of the text, or one claim of its prose; whether it is damaged there, and
    whether there is a remark on it, is told by its id.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")]
    section: str
    printed: str = ""
    damaged: bool = False
    remark: bool = False
    reading: Annotated[list[Reading], Field(min_length=1)]


class Audit(BaseModel):
    """A text and its formulas, in its order."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    model: str
    item: list[Item]


class Sentences(BaseModel):
    """What an audit says in a language: by the ids of its items where they stand, how they are
    damaged and remarks on them, and by their keys the words of its readings.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    where: dict[str, str]
    damaged: dict[str, str] = {}
    remark: dict[str, str] = {}
    words: dict[str, str] = {}


def load(name: str) -> Audit:
    """The audit file of a model."""
    path = audit_file(name)
    if path is None:
        raise DeriveError(f"there is no audit of {name}", f"audits: {', '.join(audited())}")
    return read_toml(path, Audit, "compare with docs/audit.md")


def sentences(name: str, code: str) -> Sentences:
    """The sentences of a model's audit in a language.

    Raises DeriveError where there are none, and where they are not those of the audit file.
    """
    audit, path = load(name), FOLDER / f"{name}.{code}.toml"
    if not path.is_file():
        problem = f"the audit of {name} has no sentences in language {code!r}"
        raise DeriveError(problem, f"add {path}; {TRANSLATION} says how")
    cure = f"compare with {name}.toml; see {TRANSLATION}"
    found = read_toml(path, Sentences, cure)
    faults = list(_faults(found, audit))
    if faults:
        raise DeriveError("\n".join(faults), cure, path.name)
    return found


def _faults(found: Sentences, audit: Audit) -> Iterator[str]:
    """The sentences that the audit wants and that are not there, and the other way round."""
    readings = (reading for item in audit.item for reading in item.reading)
    wanted = {
        "where": [item.id for item in audit.item],
        "damaged": [item.id for item in audit.item if item.damaged],
        "remark": [item.id for item in audit.item if item.remark],
        "words": [reading.words for reading in readings if reading.words],
    }
    for table, keys in wanted.items():
        said: dict[str, str] = getattr(found, table)
        for key in dict.fromkeys((*keys, *said)):
            if key not in keys:
                yield f"[{table}] {key} is no key of {audit.model}.toml"
            elif not said.get(key, "").strip():
                yield f"[{table}] {key} is missing"
            elif said[key].count("$") % 2:
                yield f"[{table}] {key} opens a formula with $ and does not close it"


def audit_file(name: str) -> Path | None:
    """The audit file of a model that ships with derive, if there is one."""
    path = FOLDER / f"{name}.toml"
    return path if path.is_file() else None


def audited() -> tuple[str, ...]:
    """The names of the models whose texts are audited: pelogia2019.en.toml is no audit."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml") if "." not in path.stem))
