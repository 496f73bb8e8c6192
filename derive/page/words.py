"""The sentences of a page, one file for each language."""

import tomllib
from dataclasses import dataclass
from functools import cache

from derive.errors import DeriveError
from derive.locate import PACKAGE

CODES = ("en", "pt")
"""The languages that every model is written in; the first is that of derivation.tex."""


@dataclass(frozen=True)
class Language:
    """Headings, sentences of the page and sentences of an audit, by key."""

    code: str
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
        return f"{', '.join(parts[:-1])} {self.sentences['and']} {parts[-1]}"


@cache
def language(code: str) -> Language:
    """The language of that code. Raises DeriveError for one that has no sentences yet."""
    path = PACKAGE / "languages" / f"{code}.toml"
    if not path.is_file():
        codes = ", ".join(CODES)
        raise DeriveError(f"there are no sentences in language {code!r}", f"there are {codes}")
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return Language(code, table["headings"], table["sentences"], table["audit"])
