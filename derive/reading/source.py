"""The text of a model file, the texts within it, and the place of everything."""

import re
from dataclasses import dataclass
from typing import NoReturn

from derive.errors import ModelError, Position
from derive.reading.characters import as_typed


@dataclass(frozen=True)
class Source:
    """The text of a model file, and where in it things stand."""

    file: str
    text: str

    def position(self, offset: int) -> Position:
        """Line and column of an offset."""
        start = self.text.rfind("\n", 0, offset) + 1
        end = self.text.find("\n", offset)
        line = self.text[start : end if end >= 0 else len(self.text)]
        return Position(self.text.count("\n", 0, offset) + 1, offset - start + 1, line)

    def fail(self, offset: int, problem: str, cure: str) -> NoReturn:
        """Raise the ModelError for an offset."""
        raise self.fault(offset, problem, cure)

    def fault(self, offset: int, problem: str, cure: str) -> ModelError:
        """The ModelError for an offset."""
        return ModelError(self.file, self.position(offset), problem, cure)

    def find_key(self, *path: str) -> int:
        """The offset of a key, ("example", "n"), or of the nearest thing that stands for it."""
        if not path:
            return 0
        start = 0
        if len(path) > 1:
            header = re.search(rf"^\s*\[\s*{re.escape(path[0])}\s*\]", self.text, re.MULTILINE)
            start = header.end() if header else 0
        name = as_typed(path[-1])
        key = re.compile(rf"^[ \t]*[\"']?(?P<key>{name})[\"']?\s*=", re.MULTILINE)
        found = key.search(self.text, start) or key.search(self.text)
        return found.start("key") if found else self._header(path[0])

    def find_text(self, value: str, *path: str) -> int:
        """The offset of a string value under a key; escapes make it the key's own."""
        key = self.find_key(*path)
        quoted = re.compile(rf"[\"']\s*(?P<value>{re.escape(value)}|{as_typed(value)})\s*[\"']")
        found = quoted.search(self.text, self.text.find("=", key))
        return found.start("value") if found else key

    def passage(self, value: str, *path: str) -> "Passage":
        """A string value under a key."""
        return Passage(self, self.find_text(value, *path), value)

    def whole(self) -> "Passage":
        """All of the text, where it is no file but a text of the language."""
        return Passage(self, 0, self.text)

    def _header(self, name: str) -> int:
        found = re.search(rf"^\s*\[*\s*(?P<name>{re.escape(name)})\b", self.text, re.MULTILINE)
        return found.start("name") if found else 0


@dataclass(frozen=True)
class Passage:
    """A text within a file, such as an assumption; its offsets count from its own start."""

    source: Source
    start: int
    text: str

    def fail(self, at: int, problem: str, cure: str) -> NoReturn:
        """Raise the ModelError for an offset; in a text with escapes, for where it begins."""
        plain = self.source.text.startswith(self.text, self.start)
        self.source.fail(self.start + at * plain, problem, cure)
