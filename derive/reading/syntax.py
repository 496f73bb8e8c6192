"""Equation text -> syntax tree, with the place of every part.

    equation   = NAME [ "[" NAME {"," NAME} "]" ] "=" expression
    expression = term { ("+" | "-") term }
    term       = factor { ("*" | "/") factor }
    factor     = "-" factor | atom [ "^" exponent ]
    atom       = NUMBER | NAME | NAME "[" NAME {"," NAME} "]"
               | NAME "(" argument {"," argument} ")" | "(" expression ")"
    argument   = expression [ (">" | "<" | ">=" | "<=") expression ]
    exponent   = [ "-" ] WHOLE | "(" exponent ")"

An equation ends with its line, except inside brackets; `#` starts a comment. Nothing
is executed: a name is only ever looked up in the model's own declarations.
"""

import re
from collections.abc import Callable, Container
from dataclasses import dataclass
from fractions import Fraction
from typing import NoReturn

MAX_NESTING = 50


MAX_DIGITS = 30


MAX_EXPONENT = 64


MAX_OPERANDS = 100


MAX_CALLS = 5


@dataclass(frozen=True)
class Literal:
    """A number; `at` is its offset in the text, as in every node."""

    at: int
    value: Fraction


@dataclass(frozen=True)
class Reference:
    """A name, with the letters between its brackets; `indices` is empty without brackets."""

    at: int
    name: str
    indices: "tuple[Letter, ...]"


@dataclass(frozen=True)
class Letter:
    """One index letter."""

    at: int
    name: str


@dataclass(frozen=True)
class Call:
    """name(arguments)."""

    at: int
    name: str
    arguments: "tuple[Node, ...]"


@dataclass(frozen=True)
class Terms:
    """A sum; each term with True where it is subtracted."""

    at: int
    terms: "tuple[tuple[bool, Node], ...]"


@dataclass(frozen=True)
class Factors:
    """A product; each factor with True where it divides."""

    at: int
    factors: "tuple[tuple[bool, Node], ...]"


@dataclass(frozen=True)
class Raised:
    """base ^ exponent."""

    at: int
    base: "Node"
    exponent: int


@dataclass(frozen=True)
class Comparison:
    """left > right and the like, the condition of a where; sign is >, <, >= or <=."""

    at: int
    left: "Node"
    sign: str
    right: "Node"


Node = Literal | Reference | Call | Terms | Factors | Raised | Comparison


Fail = Callable[[int, str, str], NoReturn]
"""Raises the error for (offset, problem, cure); the caller knows file and line."""


def require_shallow(node: Node, functions: Container[str], fail: Fail, depth: int = 0) -> None:
    """Call `fail` for more than MAX_CALLS functions in one another: the proof would take ages."""
    depth += isinstance(node, Call) and node.name in functions
    if depth > MAX_CALLS:
        cure = f"up to {MAX_CALLS} stand in one another; name the inner ones in equations"
        fail(node.at, f"{depth} functions in one another", cure)
    for part in inner(node):
        require_shallow(part, functions, fail, depth)


def inner(node: Node) -> tuple[Node, ...]:
    """The nodes directly within a node."""
    match node:
        case Call():
            return node.arguments
        case Terms():
            return tuple(term for _, term in node.terms)
        case Factors():
            return tuple(factor for _, factor in node.factors)
        case Raised():
            return (node.base,)
        case Comparison():
            return node.left, node.right
    return ()


@dataclass(frozen=True)
class Statement:
    """target = value."""

    target: Reference
    value: Node


@dataclass(frozen=True)
class Token:
    """A piece of the text: kind is "name", "number", "end" or the character itself."""

    kind: str
    text: str
    at: int


_TOKEN = re.compile(
    r"(?P<space>[ \t]+|\#[^\n]*)|(?P<newline>\n)"
    r"|(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z][A-Za-z0-9_]*)|(?P<sign>\*\*|>=|<=|[-+*/^=()\[\],<>])"
)


_CURES = {
    ".": "an attribute has no place in an equation; decimals are written 0.5",
    "'": "the equations hold no strings; a derivative f' is found, not written",
    '"': "the equations hold no strings",
    "_": "a name starts with a letter",
    "{": "brackets are ( ) around terms and [ ] around indices",
    ":": "an equation holds + - * / ^, sum(i, ...), functions and indexed names",
    "**": "write ^ for a power",
}


_LANGUAGE = _CURES[":"]


COMPARISONS = (">", "<", ">=", "<=")


def tokenise(text: str, fail: Fail) -> list[Token]:
    """Cut the text; an "end" token closes each equation. Offsets are into the text."""
    tokens: list[Token] = []
    at = open_brackets = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found or found.group() == "**":
            sign = "**" if found else text[at]
            fail(at, f"{sign!r} is not part of the language", _CURES.get(sign, _LANGUAGE))
        kind, piece = str(found.lastgroup), found.group()
        if kind == "newline" and open_brackets == 0:
            tokens.append(Token("end", "the end of the line", at))
        elif kind == "number" and len(piece) > MAX_DIGITS:
            fail(at, f"a number of {len(piece)} digits", f"use at most {MAX_DIGITS} digits")
        elif kind in ("name", "number"):
            tokens.append(Token(kind, piece, at))
        elif kind == "sign":
            open_brackets += (piece in "([") - (piece in ")]" and open_brackets > 0)
            tokens.append(Token(piece, piece, at))
        at = found.end()
    tokens.append(Token("end", "the end of the equations", len(text)))
    return tokens


def parse_statements(text: str, fail: Fail) -> tuple[Statement, ...]:
    """Every equation of the text, in its order."""
    reader = _Reader(tokenise(text, fail), fail)
    statements = []
    while not reader.finished():
        if reader.take("end"):
            continue
        target = reader.reference()
        reader.expect("=", "an equation is written name[indices] = expression")
        statements.append(Statement(target, reader.expression()))
        reader.expect("end", "write one equation on each line")
    return tuple(statements)


def parse_expression(text: str, fail: Fail) -> Node:
    """One expression and nothing after it."""
    reader = _Reader(tokenise(text, fail), fail)
    node = reader.expression()
    reader.expect("end", "write a single expression")
    return node


def parse_reference(text: str, fail: Fail) -> Reference:
    """One name with its indices, such as W[j,i], and nothing after it."""
    reader = _Reader(tokenise(text, fail), fail)
    reference = reader.reference()
    reader.expect("end", "write a name with its indices, such as W[j,i]")
    return reference


class _Reader:
    """Recursive descent; each level of brackets counts towards MAX_NESTING."""

    def __init__(self, tokens: list[Token], fail: Fail) -> None:
        self.tokens, self.fail = tokens, fail
        self.position = self.depth = 0

    @property
    def next(self) -> Token:
        return self.tokens[min(self.position, len(self.tokens) - 1)]

    def finished(self) -> bool:
        return self.position >= len(self.tokens)

    def take(self, *kinds: str) -> Token | None:
        token = self.next
        if token.kind not in kinds:
            return None
        self.position += 1
        return token

    def expect(self, kind: str, cure: str) -> Token:
        found = self.take(kind)
        if found is None:
            self.fail(self.next.at, f"found {self._shown()}, expected {_kind(kind)}", cure)
        return found

    def _shown(self) -> str:
        token = self.next
        return token.text if token.kind == "end" else f"'{token.text}'"

    def reference(self) -> Reference:
        name = self.expect("name", "a quantity has a name that starts with a letter")
        return Reference(name.at, name.text, self.letters() if self.take("[") else ())

    def letters(self) -> tuple[Letter, ...]:
        cure = "between [ ] stand index letters, such as [j,i]"
        letters = [self.expect("name", cure)]
        while self.take(","):
            letters.append(self.expect("name", cure))
        self.expect("]", cure)
        return tuple(Letter(letter.at, letter.text) for letter in letters)

    def expression(self) -> Node:
        self.depth += 1
        if self.depth > MAX_NESTING:
            cure = "name the inner parts in equations of their own"
            self.fail(self.next.at, f"nested more than {MAX_NESTING} deep", cure)
        at = self.next.at
        terms = [(False, self.term())]
        while sign := self.take("+", "-"):
            terms.append((sign.kind == "-", self.term()))
        self._count(at, "terms", terms)
        self.depth -= 1
        return terms[0][1] if len(terms) == 1 else Terms(at, tuple(terms))

    def term(self) -> Node:
        at = self.next.at
        factors = [(False, self.factor())]
        while sign := self.take("*", "/"):
            factors.append((sign.kind == "/", self.factor()))
        self._count(at, "factors", factors)
        return factors[0][1] if len(factors) == 1 else Factors(at, tuple(factors))

    def _count(self, at: int, words: str, operands: list[tuple[bool, Node]]) -> None:
        if len(operands) > MAX_OPERANDS:
            cure = f"up to {MAX_OPERANDS} stand together; name parts in equations of their own"
            self.fail(at, f"{len(operands)} {words} in a row", cure)

    def factor(self) -> Node:
        at, negative = self.next.at, False
        while self.take("-"):
            negative = not negative
        node = self.atom()
        if self.take("^"):
            node = Raised(at, node, self.exponent())
            if self.next.kind == "^":
                cure = "write (a^2)^3 or a^6; an exponent is a whole number"
                self.fail(self.next.at, "a power of a power without brackets", cure)
        return Terms(at, ((True, node),)) if negative else node

    def exponent(self) -> int:
        cure = f"an exponent is a whole number up to {MAX_EXPONENT}, such as ^2 or ^(-1)"
        opened = self.take("(")
        sign = -1 if self.take("-") else 1
        number = self.expect("number", cure)
        if not number.text.isdigit() or int(number.text) > MAX_EXPONENT:
            self.fail(number.at, f"the exponent {number.text}", cure)
        if opened:
            self.expect(")", cure)
        return sign * int(number.text)

    def atom(self) -> Node:
        if number := self.take("number"):
            return Literal(number.at, Fraction(number.text))
        if self.take("("):
            node = self.expression()
            self.expect(")", "close the bracket opened before")
            return node
        name = self.expect("name", "write a number, a name, a sum(i, ...) or a bracket")
        if self.take("["):
            return Reference(name.at, name.text, self.letters())
        if self.take("("):
            arguments = [self.argument()]
            while self.take(","):
                arguments.append(self.argument())
            self.expect(")", "close the bracket of the arguments")
            return Call(name.at, name.text, tuple(arguments))
        return Reference(name.at, name.text, ())

    def argument(self) -> Node:
        left = self.expression()
        sign = self.take(*COMPARISONS)
        return Comparison(left.at, left, sign.kind, self.expression()) if sign else left


def _kind(kind: str) -> str:
    words = {"name": "a name", "number": "a whole number", "end": "the end of the line"}
    return words.get(kind, f"'{kind}'")
