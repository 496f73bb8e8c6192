"""How a name is lettered: head, subscript and Greek letters."""

import re
from dataclasses import dataclass

_SMALL = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"),
    *("lambda", "mu", "nu", "xi", "omicron", "pi", "rho", "varsigma", "sigma", "tau"),
    *("upsilon", "phi", "chi", "psi", "omega"),
)
_CAPITAL = {
    "Gamma": 0x393, "Delta": 0x394, "Theta": 0x398, "Lambda": 0x39B, "Xi": 0x39E, "Pi": 0x3A0,
    "Sigma": 0x3A3, "Upsilon": 0x3A5, "Phi": 0x3A6, "Psi": 0x3A8, "Omega": 0x3A9,
}  # fmt: skip
_VARIANT = {"varepsilon": 0x3F5, "vartheta": 0x3D1, "varphi": 0x3D5, "varrho": 0x3F1}
_LATIN = {"omicron"}
"""Letters that TeX has no name for: they look like Latin ones."""


GREEK = {
    name: point
    for name, point in {
        **{name: 0x3B1 + place for place, name in enumerate(_SMALL)}, **_CAPITAL, **_VARIANT,
    }.items()
    if name not in _LATIN
}  # fmt: skip
"""The Greek letters by their TeX names, with their code points."""


@dataclass(frozen=True)
class Split:
    """A name cut into the letter and its subscripts: O_in is O with (in), W1 is W with (1)."""

    head: str
    subscripts: tuple[str, ...]


def split(name: str) -> Split:
    """Cut a name at underscores, and before its first digit: W12b is W with (12b)."""
    first, *rest = (part for part in name.split("_") if part)
    found = re.fullmatch(r"([A-Za-z]+?)(\d[A-Za-z0-9]*)", first)
    return Split(found[1], (found[2], *rest)) if found else Split(first, tuple(rest))
