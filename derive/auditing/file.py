"""Audit file -> Audit: what a person says of a published text; never whether it is true."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from derive.errors import DeriveError
from derive.locate import PACKAGE

Kind = Literal["printed", "meant", "reading", "correction"]


Words = dict[str, str]


class Step(BaseModel):
    """One assignment of a procedure: the symbols on the left get the entries on the right."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    left: list[str]
    right: str


class Reading(BaseModel):
    """One way to read an entry: formulas that must all hold, or steps that must make the
    gradient step. `let` replaces symbols, `letters` are free indices, `free` further numbers.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    kind: Kind
    words: Words = {}
    formula: list[str] = []
    steps: list[Step] = []
    let: dict[str, str] = {}
    letters: list[str] = []
    free: list[str] = []
    sizes: dict[str, int] = {}


class Item(BaseModel):
    """One formula of the text, or one claim of its prose."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")]
    section: str
    where: Words
    printed: str = ""
    damaged: Words = {}
    remark: Words = {}
    reading: Annotated[list[Reading], Field(min_length=1)]


class Audit(BaseModel):
    """A text and its formulas, in its order."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    model: str
    item: list[Item]


def load(name: str) -> Audit:
    """The audit file of a model."""
    path = audit_file(name)
    if path is None:
        raise DeriveError(f"there is no audit of {name}", f"audits: {', '.join(audited())}")
    try:
        return Audit.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise DeriveError(str(error), "compare with docs/audit.md", path.name) from error


def audit_file(name: str) -> Path | None:
    """The audit file of a model that ships with derive, if there is one."""
    path = PACKAGE / "audits" / f"{name}.toml"
    return path if path.is_file() else None


def audited() -> tuple[str, ...]:
    """The names of the models whose texts are audited."""
    return tuple(sorted(path.stem for path in (PACKAGE / "audits").glob("*.toml")))
