"""The record of a network in C: what its templates lay out."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Member:
    """A field of a struct, and what it is."""

    declaration: str
    words: str


@dataclass(frozen=True)
class CNetwork:
    """The record of a header and its source; every string is source text."""

    prefix: str
    upper: str
    title: str
    source: str
    equations: tuple[str, ...]
    error: str
    step: str
    sizes: tuple[tuple[str, int], ...]
    weights: tuple[Member, ...]
    data: tuple[Member, ...]
    passed: tuple[str, ...]
    """The fields of a sample as they are handed on: samples[n].I."""
    fed: tuple[str, ...]
    given: tuple[str, ...]
    output: str
    output_name: str
    constants: tuple[tuple[str, str], ...]
    libraries: tuple[str, ...]
    helpers: tuple[str, ...]
    has_pairs: bool
    has_bools: bool
    functions: tuple[str, ...]
    forward: tuple[str, ...]
    error_lines: tuple[str, ...]
    error_value: str
    gradient: tuple[str, ...]
    update: tuple[str, ...]
