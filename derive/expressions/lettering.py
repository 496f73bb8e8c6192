"""How a name is lettered: head, subscript and Greek letters."""

import re
from dataclasses import dataclass

_GREEK_NAMES = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"),
    *("lambda", "mu", "nu", "xi", "omicron", "pi", "rho", "varsigma", "sigma", "tau"),
    *("upsilon", "phi", "chi", "psi", "omega"),
)


GREEK = {name: 0x3B1 + place for place, name in enumerate(_GREEK_NAMES)}
"""The Greek letters by their TeX names, with their code points."""


@dataclass(frozen=True)
class Split:
    """A name cut into the letter and its subscripts: O_in is O with (in), W1 is W with (1)."""

    head: str
    subscripts: tuple[str, ...]


def split(name: str) -> Split:
    """Cut a name at underscores, and between letters and the digits that end them."""
    first, *rest = (part for part in name.split("_") if part)
    found = re.fullmatch(r"([A-Za-z]+?)(\d+)", first)
    return Split(found[1], (found[2], *rest)) if found else Split(first, tuple(rest))
