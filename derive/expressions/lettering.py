"""How a name is lettered: head, subscript and Greek letters."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

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
    """A name cut into the letter and its subscripts: O_in is O with (in), W1 is W with (1).

    In brackets they stand where they would be read as indices of something else: z_(1).
    """

    head: str
    subscripts: tuple[str, ...]
    in_brackets: bool = False

    def spelled(self, letters: Callable[[str], str] = str) -> tuple[str, ...]:
        """The subscripts, each as `letters` writes it; one where they stand in brackets."""
        written = tuple(map(letters, self.subscripts))
        return (f"({','.join(written)})",) if self.in_brackets else written

    @property
    def bracketed(self) -> "Split":
        """The same name with its subscripts in brackets."""
        return replace(self, in_brackets=bool(self.subscripts))


def split(name: str) -> Split:
    """Cut a name at underscores, and before its first digit: W12b is W with (12b)."""
    first, *rest = (part for part in name.split("_") if part)
    found = re.fullmatch(r"([A-Za-z]+?)(\d[A-Za-z0-9]*)", first)
    return Split(found[1], (found[2], *rest)) if found else Split(first, tuple(rest))


def reads_as_entry(
    name: Split, own: int, other: Split, count: int, letters: Collection[str]
) -> bool:
    """Whether a name with `own` indices, or the whole array, reads as an entry of another name
    with `count` of them: z1 beside z[i], d_k beside d[k]; `letters` are those of indices.
    """
    if name.head != other.head or name.subscripts[: len(other.subscripts)] != other.subscripts:
        return False
    rest = name.subscripts[len(other.subscripts) :]
    return any(found in (count, count - own) for found in _counts(rest, letters))


def _counts(parts: tuple[str, ...], letters: Collection[str]) -> Iterator[int]:
    """For how many indices some subscripts may stand: 12 for one or two, 0 for none."""
    if parts and all(part in letters or part.strip("0").isdigit() for part in parts):
        yield len(parts)
    signs = parts[0] if len(parts) == 1 else ""
    if len(signs) > 1 and all(sign in letters or sign in "123456789" for sign in signs):
        yield len(signs)
