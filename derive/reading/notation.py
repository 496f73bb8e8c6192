"""[notation] and [adjoints] -> Notation: how a paper writes entries, and what it calls adjoints."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NoReturn

from derive.expressions.expression import Index
from derive.expressions.lettering import (
    ACCENTS,
    GREEK,
    Pattern,
    Script,
    Split,
    reads_as_entry,
    split,
)
from derive.model.model import Definition, Notation
from derive.reading.characters import LOWERED, RAISED, named
from derive.reading.names import Names
from derive.reading.source import Passage

BOLD = ("mathbf", "boldsymbol", "bm")


BRACKETS = ("()", "[]")
"""What may stand around a superscript."""


_TOKEN = re.compile(r"\\[A-Za-z]+|[A-Za-z]+|\d+|\s+|.", re.DOTALL)


def read_notation(names: Names, error: str, definitions: tuple[Definition, ...]) -> Notation:
    """What a model file says of its notation; noted is what cannot be printed, or not be told
    from something else.
    """
    declared, source = names.declared, names.source
    indices = {array.name: array.indices for array in names.arrays.values()}
    for quantity, adjoint in declared.adjoints.items():
        at = source.find_key("adjoints", quantity)
        array = names.arrays.get(quantity)
        with names.telling():
            if array is None or array.role != "quantity" or quantity == error:
                cure = "an adjoint is named for a quantity that an equation defines"
                source.fail(at, f"{quantity} has no adjoint to name", cure)
            names.claim(adjoint, at)
            indices[adjoint] = array.indices
    indices |= {definition.name: definition.indices for definition in definitions}
    patterns: dict[str, Pattern] = {}
    for name, text in declared.notation.items():
        with names.telling():
            if name not in indices:
                at = source.find_key("notation", name)
                cure = "notation is for quantities of the model, and the paper's names for others"
                source.fail(at, f"{name} is not defined", cure)
            passage = source.passage(text, "notation", name)
            patterns[name] = read_pattern(name, indices[name], passage)
    notation = Notation(tuple(patterns.items()), tuple(declared.adjoints.items()))
    known = {**dict.fromkeys(names.sizes, ()), **indices}
    functions = tuple(declared.functions)
    for name, problem, cure in mistaken(patterns, known, functions, names.indices):
        text = declared.notation[name]
        at = source.find_text(text, "notation", name)
        names.faults.append(source.fault(at, f"{text} for {name} {problem}", cure))
    return notation


# --- one pattern ------------------------------------------------------------------------------


def read_pattern(name: str, indices: tuple[Index, ...], passage: Passage) -> Pattern:
    """w^{(1)}_{ij} -> its letter, and what stands above and below it. Raises ModelError."""
    return _Reader(name, indices, passage).pattern()


class _Reader:
    """Recursive descent over the few signs that a name is written with."""

    def __init__(self, name: str, indices: tuple[Index, ...], passage: Passage) -> None:
        self.name, self.passage = name, passage
        self.letters = {index.name: index for index in indices}
        found = _TOKEN.finditer(_in_tex(passage.text))
        self.tokens = [(each[0], each.start()) for each in found if not each[0].isspace()]
        self.position = 0

    @property
    def next(self) -> str:
        return self.tokens[self.position][0] if self.position < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.next
        if not token or (expected and token != expected):
            self.fail(f"{expected or 'a letter'} is expected")
        self.position += 1
        return token

    def fail(self, problem: str, cure: str = "") -> NoReturn:
        """Raise the error at the next token, or at the end."""
        done = self.position >= len(self.tokens)
        at = len(self.passage.text) if done else self.tokens[self.position][1]
        at = at if _in_tex(self.passage.text) == self.passage.text else 0
        letters = f"_{{{''.join(self.letters)}}}" if self.letters else ""
        known = rf"{cure or 'write a letter, its marks and its indices'}, such as w{letters}, "
        known += rf"w^{{(1)}}{letters}, \hat{{y}}{letters}, \mathbf{{x}}{letters} or h'{letters}"
        problem = f"{self.passage.text} is no way to write {self.name}: {problem}"
        self.passage.fail(at, problem, known)

    def pattern(self) -> Pattern:
        letter, bold = self.letter()
        primes, below, above = 0, Script(), Script()
        while self.next:
            match self.next:
                case "'":
                    self.take()
                    primes += 1
                case "_" if below == Script():
                    below = self.script()
                case "^" if above == Script():
                    above = self.script()
                case "_" | "^":
                    self.fail(f"a second {self.next}")
                case _:
                    self.fail(f"{self.next} has no place here")
        made = Pattern(letter, below, above, primes, bold)
        for index in self.letters:
            if made.indices.count(index) != 1:
                said = "stands twice" if index in made.indices else "is missing"
                self.fail(f"the index {index} {said}", "write each of its indices once")
        return made

    def letter(self) -> tuple[str, bool]:
        """A letter with its accent, and whether it is bold."""
        token = self.next
        command = token[1:] if token[:1] == "\\" else ""
        if command in ACCENTS or command in BOLD:
            self.take()
            braced = self.next == "{"
            if braced:
                self.take("{")
            letter, bold = self.letter()
            if braced:
                self.take("}")
            if command in BOLD:
                return letter, True
            if letter not in GREEK and len(letter) > 1:
                self.fail(f"a {command} stands over one letter")
            return letter + command, bold
        if command == "omicron":
            self.fail("TeX has no omicron: it is an o", "write o")
        if command in GREEK or (token.isascii() and token.isalpha()):
            self.take()
            return command or token, False
        self.fail(f"{token or 'nothing'} is no letter")

    def script(self) -> Script:
        """What stands after _ or ^, one sign or all in braces."""
        self.take()
        if self.next != "{":
            token = self.next
            if len(token) > 1 and token[0] != "\\":  # of w_ij only the i is below
                self.fail(f"{token} is more than one sign", "write braces around it")
            return self.groups([self.sign()], "")
        self.take("{")
        brackets = next((pair for pair in BRACKETS if pair[0] == self.next), "")
        if brackets:
            self.take()
        groups = [self.group()]
        while self.next == ",":
            self.take()
            groups.append(self.group())
        if brackets:
            self.take(brackets[1])
        self.take("}")
        return self.groups(groups, brackets)

    def group(self) -> str:
        """Letters and digits up to a comma or the end of the script."""
        found = ""
        while self.next not in (",", "}", ")", "]", ""):
            found += self.sign()
        return found

    def sign(self) -> str:
        token = self.next
        if token == "_":  # of an index, j_1 or j_{1}
            self.take()
            braced = self.next == "{"
            if braced:
                self.take()
            inside = self.sign()
            if braced:
                self.take("}")
            return inside
        if token[1:] in GREEK or (token.isascii() and token.isalnum()):
            self.take()
            return token.removeprefix("\\")
        self.fail(f"{token or 'nothing'} has no place in a script")

    def groups(self, groups: list[str], brackets: str) -> Script:
        """Text, and behind it the letters of indices."""
        text: list[str] = []
        indices: list[str] = []
        for group in groups:
            fixed, found = self.parted(group)
            if indices and fixed:
                self.fail(f"{fixed} stands behind the indices", "write it before them")
            text += [fixed] * bool(fixed)
            indices += found
        return Script(tuple(text), tuple(indices), brackets)

    def parted(self, group: str) -> tuple[str, list[str]]:
        """A text, and the indices that it ends with."""
        spelled = {letter.replace("_", ""): letter for letter in self.letters}
        choice = "|".join(re.escape(each) for each in sorted(spelled, key=len, reverse=True))
        found = re.fullmatch(rf"(.*?)((?:{choice})*)", group) if choice else None
        if found is None:
            return group, []
        return found[1], [spelled[each] for each in re.findall(choice, found[2])]


def _in_tex(typed: str) -> str:
    r"""A pattern in TeX's commands: ŵⱼ is \hat{w}_{j}, 𝐱 \boldsymbol{x}, θ \theta."""
    text = re.sub(f"[{''.join(LOWERED)}]+", lambda run: f"_{{{_plainly(run[0], LOWERED)}}}", typed)
    raised = {**RAISED, "⁽": "(", "⁾": ")"}
    text = re.sub(f"[{''.join(raised)}]+", lambda run: f"^{{{_plainly(run[0], raised)}}}", text)
    text = text.replace("\N{PRIME}", "'").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    text = unicodedata.normalize("NFD", text)
    for command, sign in ACCENTS.items():
        text = re.sub(rf"(\\?\w){sign}", rf"\\{command}{{\1}}", text)
    return "".join(map(_sign_in_tex, unicodedata.normalize("NFC", text)))


def _plainly(run: str, signs: dict[str, str]) -> str:
    return "".join(signs[sign] for sign in run)


def _sign_in_tex(sign: str) -> str:
    if sign.isascii():
        return sign
    called, plain = unicodedata.name(sign, ""), unicodedata.normalize("NFKC", sign)
    letter = named(plain)
    command = rf"\{letter} " if letter in GREEK else letter
    if called.startswith("MATHEMATICAL BOLD"):
        return rf"\boldsymbol{{{command}}}"
    return command if letter in GREEK or called.startswith("MATHEMATICAL ITALIC") else sign


# --- patterns that read as something else -------------------------------------------------------


@dataclass(frozen=True)
class _Form:
    """How something is written: its entries, and the whole of it."""

    entry: Pattern
    whole: Pattern

    @property
    def below(self) -> tuple[Split, int]:
        """Its letter with what is fixed below, and how many indices stand behind that."""
        return Split(self.entry.letter, self.entry.below.text), len(self.entry.below.indices)


def mistaken(
    patterns: Mapping[str, Pattern],
    indices: Mapping[str, tuple[Index, ...]],
    functions: Collection[str],
    letters: Collection[str],
) -> Iterator[tuple[str, str, str]]:
    """The names whose patterns a reader may take for something else: for what, and what to do.

    `indices` are those of everything that has a name, sizes too; `letters` all letters of indices.
    """
    forms = {name: _form(name, own, patterns.get(name)) for name, own in indices.items()}
    for name in patterns:
        found = next(_taken(name, forms, functions, letters), None)
        if found:
            yield name, *found


def _taken(
    name: str, forms: Mapping[str, _Form], functions: Collection[str], letters: Collection[str]
) -> Iterator[tuple[str, str]]:
    pattern = forms[name].entry
    if _is_bare(pattern) and pattern.above.text in (("T",), ("top",)):
        yield "reads as a transpose", "put the superscript in brackets"
    for function in map(split, functions):
        if (function.head, function.subscripts) == (pattern.letter, pattern.below.text):
            yield f"reads as the function {function.head}", "choose another letter"
    for other, form in forms.items():
        taken = _taken_for(forms[name], form, letters)
        if taken and other != name:
            yield f"{taken[0]} {other}", taken[1]


def _form(name: str, own: tuple[Index, ...], pattern: Pattern | None) -> _Form:
    parts = split(name)
    whole = Pattern(parts.head, Script(parts.subscripts))
    if pattern is not None:
        return _Form(pattern, pattern.whole(name) or whole)
    below = Script(parts.subscripts, tuple(index.name for index in own))
    return _Form(replace(whole, below=below), whole)


def _is_bare(pattern: Pattern) -> bool:
    return pattern.above != Script() and not pattern.above.brackets


def _taken_for(one: _Form, other: _Form, letters: Collection[str]) -> tuple[str, str] | None:
    """What one is taken for beside the other, and the cure; None where they are told apart."""
    if one.whole == other.whole:
        return "prints as a whole like", "choose another letter"
    mine, theirs = one.entry, other.entry
    if (mine.letter, mine.bold, mine.primes) != (theirs.letter, theirs.bold, theirs.primes):
        return None
    if any(_is_bare(a) and b.above == Script() for a, b in ((mine, theirs), (theirs, mine))):
        cure = "put the superscript in brackets, ^{(1)}"
        return "cannot be told from a power beside", cure
    indexed = mine.above.indices or theirs.above.indices
    if mine.above != theirs.above and not (indexed and mine.above.text and theirs.above.text):
        return None
    if one.below == other.below or reads_as_entry(*one.below, *other.below, letters):
        cure = "choose another letter, or give it a superscript in brackets"
        return "reads as an entry of", cure
    return None
