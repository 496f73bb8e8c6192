"""What people type into a model file, and every message that answers it, in misread.txt."""

from collections import defaultdict
from pathlib import Path

import pytest

import derive
from derive.reading.resolve import resolve
from derive.reading.source import Source

FIRST, *BLOCKS = (Path(__file__).parent / "misread.txt").read_text("utf-8").strip().split("\n\n")
FILE = [line[2:] for line in FIRST.split("\n") if line.startswith("=")]


def typed(block: str) -> str:
    """The text of a model file with the lines of a block."""
    lines = [line for line in block.split("\n") if not line.startswith(">")]
    if lines[0].startswith("+"):
        return "\n".join(line[2:] for line in lines) + "\n"
    written = defaultdict[int, list[str]](list)
    for line in lines:
        number, _, text = line.partition(" ")
        written[int(number)] += [] if text == "-" else [text]
    found = (written.get(number, [line]) for number, line in enumerate(FILE, 1))
    return "".join(f"{line}\n" for lines in found for line in lines)


def said(text: str) -> list[str]:
    try:
        resolve("mine", Source("mine.toml", text))
    except derive.ModelError as error:
        return [f"{place(fault)} {fault.problem}; {fault.cure}" for fault in error.all]
    return ["is taken"]


def place(fault: derive.ModelError) -> str:
    return f"{fault.position.number}:{fault.position.column}"


def test_the_file_that_is_changed_is_right() -> None:
    assert said("".join(f"{line}\n" for line in FILE)) == ["is taken"]
    assert len(BLOCKS) > 200


@pytest.mark.parametrize("block", BLOCKS)
def test_what_is_typed_is_taken_or_answered_in_its_place(block: str) -> None:
    expected = [line.removeprefix("> ") for line in block.split("\n") if line.startswith(">")]
    assert said(typed(block)) == expected


# Signs that an editor, a system or a word processor puts into a file.
UNSEEN = {
    "Windows line ends": lambda text: text.replace("\n", "\r\n"),
    "line ends of old": lambda text: text.replace("\n", "\r"),
    "a byte order mark": lambda text: f"\ufeff{text}",
    "tabs": lambda text: text.replace(" = ", "\t=\t"),
    "spaces that do not break, in equations": lambda text: text.replace("* x", "*\u00a0x"),
    "no end of the last line": lambda text: text.rstrip(),
}


@pytest.mark.parametrize("what", UNSEEN)
def test_what_nobody_sees_changes_nothing(what: str, tmp_path: Path) -> None:
    text = "".join(f"{line}\n" for line in FILE)
    path = tmp_path / "mine.toml"
    path.write_bytes(text.encode())
    model = derive.load(path)
    path.write_bytes(UNSEEN[what](text).encode())
    assert derive.load(path) == model


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('i = "n"', 'i\u00a0= "n"', "13:2 U+00A0, no-break space, which nobody sees"),
        ("tanh(a", "tanh(\u200ba", "8:13 U+200B, zero width space, which nobody sees"),
    ],
)
def test_what_nobody_sees_and_is_wrong_is_named(old: str, new: str, words: str) -> None:
    (fault,) = said("".join(f"{line}\n" for line in FILE).replace(old, new))
    assert fault.startswith(words)
