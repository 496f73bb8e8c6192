"""The sentences of a page: one file for each language, held against the English one."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from string import Formatter

from pydantic import BaseModel, ConfigDict

from derive.disk import read_toml
from derive.errors import DeriveError
from derive.locate import PACKAGE
from derive.printing.macros import plain

WRITTEN = ("en", "pt")
"""What `make` writes. The first is the language where none is chosen, and what it says and of
what quantities, every other language says.
"""


FOLDER = PACKAGE / "languages"


TRANSLATION = "docs/translation.md"
"""Where it stands how a language is added."""


_UNREAD = re.compile(r"\\(?:math[a-z]+|operatorname|[dt]?frac|hat|bar|tilde|overline)\b|[${(\s]")
"""What stands before the letter that is read first: brackets, and how the letter is set."""


class Conjunction(BaseModel):
    """What joins the last two of a list: a word, or another before what begins with a pattern."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    word: str
    before: dict[str, str] = {}

    def joining(self, following: str) -> str:
        """The word before what follows: in Spanish $H$ y $O$, but $x$ e $y$."""
        read = _UNREAD.sub("", plain(following)).lower()
        found = (word for pattern, word in self.before.items() if re.match(pattern, read))
        return next(found, self.word)


class Language(BaseModel):
    """Headings, sentences of the page and sentences of an audit, by key."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    code: str
    conjunction: Conjunction
    headings: dict[str, str]
    sentences: dict[str, str]
    audit: dict[str, str]

    def say(self, key: str, **parts: str) -> str:
        """A sentence with its formulas filled in."""
        return self.sentences[key].format_map(parts)

    def enumerate(self, parts: list[str]) -> str:
        """a, b and c."""
        if len(parts) < 2:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} {self.conjunction.joining(parts[-1])} {parts[-1]}"


def languages() -> tuple[str, ...]:
    """The codes of the languages that there are: each is a file."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def language(code: str) -> Language:
    """The language of that code. Raises DeriveError where it has no file, and for a file that
    does not say what the English one says.
    """
    if code not in languages():
        problem = f"there are no sentences in language {code!r}, only in {', '.join(languages())}"
        raise DeriveError(problem, f"add {FOLDER / code}.toml; {TRANSLATION} says how")
    cure = f"compare with {WRITTEN[0]}.toml; see {TRANSLATION}"
    found = read_toml(FOLDER / f"{code}.toml", Language, cure, code=code)
    faults = list(_faults(found, found if code == WRITTEN[0] else language(WRITTEN[0])))
    if faults:
        raise DeriveError("\n".join(faults), cure, f"{code}.toml")
    return found


def chosen(codes: Sequence[str]) -> tuple[Language, ...]:
    """The languages of those codes, each once. Raises DeriveError where there is none."""
    if not codes:
        raise DeriveError("no language is chosen", f"choose from {', '.join(languages())}")
    return tuple(language(code) for code in dict.fromkeys(codes))


def _faults(found: Language, english: Language) -> Iterator[str]:
    """What a language's file lacks, has too much, or says of other quantities than English."""
    for table in ("headings", "sentences", "audit"):
        said, wanted = getattr(found, table), getattr(english, table)
        for key in dict.fromkeys((*wanted, *said)):
            fault = _fault(said.get(key), wanted.get(key))
            if fault:
                yield f"[{table}] {key} {fault}"
    for pattern in found.conjunction.before:
        try:
            re.compile(pattern)
        except re.error as error:
            yield f"[conjunction] before: {pattern!r} is no pattern: {error}"


def _fault(said: str | None, wanted: str | None) -> str:
    """What is wrong with a sentence, or nothing."""
    if said is None:
        return "is missing"
    if wanted is None:
        return "is no key of the English file"
    if not said.strip():
        return "is empty"
    if said.count("$") % 2:
        return "opens a formula with $ and does not close it"
    try:
        places, known = _places(said), _places(wanted)
    except ValueError as error:
        return f"is no sentence with {{places}}: {error}; a brace of LaTeX is written twice"
    if places != known:
        return f"has the places {_shown(places)}; in English they are {_shown(known)}"
    return ""


def _places(sentence: str) -> set[str]:
    """The {names} of a sentence that are filled in, as they are written."""
    return {
        name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
        for _, name, form, conversion in Formatter().parse(sentence)
        if name is not None
    }


def _shown(places: set[str]) -> str:
    return ", ".join(f"{{{place}}}" for place in sorted(places)) or "none"
