"""How a name is lettered: head, subscript and Greek letters; what a notation writes instead."""

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


@dataclass(frozen=True)
class Script:
    """What stands above or below a letter: text as it is, then the letters of indices.

    `brackets` are those around both: the (1) of w^{(1)}.
    """

    text: tuple[str, ...] = ()
    indices: tuple[str, ...] = ()
    brackets: str = ""

    def spelled(self, text: Callable[[str], str], indices: str) -> str:
        """The script, its text as `text` writes it, the indices as they are written together."""
        inside = ",".join((*map(text, self.text), *((indices,) if indices else ())))
        return self.brackets[:1] + inside + self.brackets[1:] if inside else ""

    @property
    def whole(self) -> "Script":
        """Without the indices, as of a whole array."""
        return replace(self, indices=())


@dataclass(frozen=True)
class Pattern:
    """How an entry is written: w^{(1)}_{ij} is the letter w, above it (1), below it i and j."""

    letter: str
    below: Script = Script()
    above: Script = Script()
    primes: int = 0
    bold: bool = False
    capital: str = ""
    """The letter of the whole array, where it does not follow from its name."""

    @property
    def indices(self) -> tuple[str, ...]:
        """The letters of its indices in the order in which they are read."""
        return (*self.above.indices, *self.below.indices)

    def indexed(self, letter: str) -> "Pattern":
        """With one index more, the first of those below."""
        below = replace(self.below, indices=(letter, *self.below.indices))
        return replace(self, below=below)

    @property
    def is_plain(self) -> bool:
        """Whether it has nothing but a subscript, as the names of a model have."""
        return not (self.above.text or self.above.indices or self.primes or self.bold)

    @property
    def is_marked(self) -> bool:
        """Whether it says more than a letter with its indices."""
        marks = (self.below.text, self.above.text, self.primes, self.bold, accented(self.letter))
        return any(marks)

    def whole(self, name: str) -> "Pattern | None":
        """How the whole array is written: W^{(1)} with the capital of its name, where that has
        the entry's letter. None for an array of that letter whose entries have no other mark: it
        is written as its name is.
        """
        own = self.capital or split(name).head
        same = own.lower() == self.letter.lower()
        if same and not self.capital and self.indices and not self.is_marked:
            return None
        letter = own if same else self.letter
        below, above = self.below.whole, self.above.whole
        return replace(self, letter=letter, below=below, above=above, capital="")


ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}
"""What a name may end with, by its TeX name, and the sign that combines with a letter."""


def accented(head: str) -> tuple[str, str] | None:
    """The letter and the accent of yhat or rhobar; None for another head."""
    for accent in ACCENTS:
        letter = head.removesuffix(accent)
        if letter != head and (len(letter) == 1 or letter in GREEK):
            return letter, accent
    return None


def split(name: str) -> Split:
    """Cut a name at underscores, before its first digit, and a capital, or the b of a bias, from
    one small letter: W12b is W with (12b), Wf is W with (f). y_hat is yhat.
    """
    first, *rest = (part for part in name.split("_") if part)
    if rest and accented(first + rest[0]):
        first, *rest = (first + rest[0], *rest[1:])
    found = re.fullmatch(r"([A-Za-z]+?)(\d[A-Za-z0-9]*)", first)
    head, numbers = (found[1], (found[2],)) if found else (first, ())
    gate = None if head in GREEK else re.fullmatch("([A-Zb])([a-z])", head)
    below = (gate[2],) if gate else ()
    return Split(gate[1] if gate else head, (*below, *numbers, *rest))


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
