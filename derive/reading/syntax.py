"""Equation text -> syntax tree, with the place of every part.

    equation   = NAME [ "[" NAME {"," NAME} "]" ] "=" expression
    expression = term { ("+" | "-") term }
    term       = factor { ("*" | "/" | "@") factor }
    factor     = "-" factor | atom [ "^" exponent ]
    atom       = NUMBER | NAME | NAME "[" NAME {"," NAME} "]"
               | NAME "(" argument {"," argument} ")" | "(" expression ")"
    argument   = expression [ (">" | "<" | ">=" | "<=") expression ]
    exponent   = { "-" } atom
    assumption = atom [ ( "=" | ">" | ">=" ) signed | "in" ( "[" numbers "]" | "{" numbers "}" ) ]
    numbers    = signed { "," signed }
    signed     = [ "-" ] NUMBER

An equation ends with its line, except inside brackets; `#` starts a comment. Nothing
is executed: a name is only ever looked up in the model's own declarations.
"""

from derive.errors import ModelError
from derive.reading import misplaced
from derive.reading.instead import FOREIGN, fail_foreign, shown
from derive.reading.source import Passage
from derive.reading.tokens import Token, number, tokenise
from derive.reading.tree import (
    Broken,
    Call,
    Comparison,
    Factors,
    Letter,
    Literal,
    MatrixProduct,
    Node,
    Raised,
    Reference,
    Stated,
    Statement,
    Terms,
)

MAX_NESTING = 50


MAX_EXPONENT = 64


MAX_OPERANDS = 100


COMPARISONS = (">", "<", ">=", "<=")


ASSUMPTIONS = (
    "the forms are sum(k, y[k]) = 1, one_hot(k, y[k]), y[k] in [0, 1], y[k] in {0, 1}, "
    "y[k] >= 0, y[k] > 0"
)


def parse_statements(passage: Passage) -> tuple[Statement | Broken, ...]:
    """Every equation of the text, in its order; after one that is broken, the next one."""
    reader = _Reader(passage)
    statements: list[Statement | Broken] = []
    while not reader.finished():
        if reader.take("end"):
            continue
        start = reader.position
        try:
            statements.append(reader.statement())
        except ModelError as fault:
            statements.append(Broken(reader.skip(start), fault))
    return tuple(statements)


def parse_expression(passage: Passage) -> Node:
    """One expression and nothing after it."""
    reader = _Reader(passage)
    node = reader.expression()
    reader.expect("end", "write a single expression")
    return node


def parse_reference(passage: Passage) -> Reference:
    """One name with its indices, such as W[j,i], and nothing after it."""
    reader = _Reader(passage, _ARRAY)
    reference = reader.reference()
    reader.require_array_end(reference)
    return reference


def parse_assumption(passage: Passage) -> Stated:
    """One assumption and nothing after it."""
    return _Reader(passage).assumption()


_EQUATION = "an equation holds + - * / ^, sum(i, ...), functions and indexed names"
_ARRAY = "write a name with its indices, such as W[j,i]"


class _Reader:
    """Recursive descent; each level of brackets counts towards MAX_NESTING.

    `form` says what the text holds, for whoever writes something else into it.
    """

    def __init__(self, passage: Passage, form: str = _EQUATION) -> None:
        self.passage, self.tokens, self.fail = passage, tokenise(passage), passage.fail
        self.form = form
        self.position = self.depth = 0

    @property
    def next(self) -> Token:
        return self.tokens[min(self.position, len(self.tokens) - 1)]

    @property
    def ahead(self) -> list[Token]:
        return self.tokens[self.position :]

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
        if found is None and (self.next.text in FOREIGN or self.next.kind == "foreign"):
            fail_foreign(self.passage, self.next.at, self.next.text, self.form)
        if found is None:
            self.fail(self.next.at, f"found {self._shown()}, expected {_kind(kind)}", cure)
        return found

    def _shown(self) -> str:
        token = self.next
        return token.text if token.kind == "end" else shown(token.text)

    def statement(self) -> Statement:
        start = self.position
        target = self.reference()
        if not self.take("="):
            cure = misplaced.no_equals(self.tokens[start : self.position], self.ahead)
            self.fail(self.next.at, f"found {self._shown()}, expected '='", cure)
        value = self.expression()
        self.expect("end", misplaced.behind(self.tokens[: self.position], self.ahead))
        return Statement(target, value)

    def skip(self, start: int) -> tuple[str, ...]:
        """Go behind the end of the equation that begins at a token; the names in it."""
        self.depth = 0
        while not self.finished() and not self.take("end"):
            self.position += 1
            if self.tokens[self.position - 1].text == ";" and not self._is_open(start):
                break
        names = (token.text for token in self.tokens[start : self.position] if token.kind == "name")
        return tuple(dict.fromkeys(names))

    def _is_open(self, start: int) -> bool:
        """Whether a bracket opens between a token and here that does not close."""
        kinds = [token.kind for token in self.tokens[start : self.position]]
        return any(kinds.count(a) > kinds.count(b) for a, b in ("()", "[]"))

    def reference(self) -> Reference:
        cure = "a quantity has a name that starts with a letter; a comment begins with #"
        name = self.expect("name", cure)
        return Reference(name.at, name.text, self.letters() if self.take("[") else ())

    def letters(self) -> tuple[Letter, ...]:
        letters = [self.expect("name", misplaced.in_brackets(self.next))]
        while self.take(","):
            letters.append(self.expect("name", misplaced.in_brackets(self.next)))
        self.expect("]", misplaced.in_brackets(self.next))
        return tuple(Letter(letter.at, letter.text) for letter in letters)

    def require_array_end(self, read: Reference) -> None:
        """Fail where something stands behind a name and its indices."""
        if self.next.kind == ",":
            cure = 'write each in quotes of its own: ["W[j,i]", "b[j]"]'
            self.fail(self.next.at, "several arrays in one text", cure)
        more = misplaced.inside(self.ahead)
        letters = ",".join([*(letter.name for letter in read.indices), *more])
        self.expect("end", f"write {read.name}[{letters}]" if more else _ARRAY)

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
        while sign := self.take("*", "/", "@"):
            if sign.kind == "@":
                over, left = factors.pop()
                factors.append((over, MatrixProduct(sign.at, left, self.factor())))
            else:
                factors.append((sign.kind == "/", self.factor()))
        self._refuse_beside(factors[-1][1])
        self._count(at, "factors", factors)
        return factors[0][1] if len(factors) == 1 else Factors(at, tuple(factors))

    def _refuse_beside(self, before: Node) -> None:
        """Fail where something stands behind a factor without a sign between them."""
        at, kind = self.next.at, self.next.kind
        if kind not in ("name", "number", "(", "[", "{") or self._begins_an_equation():
            return
        if kind == "[" and isinstance(before, Reference):
            self.take("[")
            letters = ",".join(letter.name for letter in (*before.indices, *self.letters()))
            problem = f"{before.name} with two brackets of indices"
            self.fail(at, problem, f"write {before.name}[{letters}]")
        so_far = self.tokens[: self.position]
        problem = f"{self._shown()} stands behind '{so_far[-1].text}' without a sign between them"
        self.fail(at, problem, misplaced.beside(so_far, self.ahead))

    def _begins_an_equation(self) -> bool:
        ahead = [token.kind for token in self.ahead]
        if ahead[:1] != ["name"]:
            return False
        end = ahead.index("]") + 1 if ahead[1] == "[" and "]" in ahead else 1
        return ahead[end] == "="

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
                cure = "write (a^2)^3 or a^6"
                self.fail(self.next.at, "a power of a power without brackets", cure)
        return Terms(at, ((True, node),)) if negative else node

    def exponent(self) -> Node:
        at, negative = self.next.at, False
        while self.take("-"):
            negative = not negative
        node = self.atom()
        return Terms(at, ((True, node),)) if negative else node

    def atom(self) -> Node:
        if digits := self.take("number"):
            return Literal(digits.at, number(self.passage, digits))
        if self.take("("):
            node = self.expression()
            self.expect(")", misplaced.open_bracket(self.next))
            return node
        cure = "write a number, a name, a sum(i, ...) or a bracket ( )"
        name = self.expect("name", cure)
        if self.take("["):
            return Reference(name.at, name.text, self.letters())
        if self.take("("):
            if self.next.kind == ")":
                self.fail(self.next.at, f"{name.text}() holds nothing", "write its arguments")
            arguments = [self.argument()]
            while self.take(","):
                arguments.append(self.argument())
            self.expect(")", misplaced.open_arguments(self.next))
            return Call(name.at, name.text, tuple(arguments))
        return Reference(name.at, name.text, ())

    def argument(self) -> Node:
        left = self.expression()
        sign = self.take(*COMPARISONS)
        return Comparison(left.at, left, sign.kind, self.expression()) if sign else left

    def assumption(self) -> Stated:
        subject, at, relation = self.atom(), self.next.at, ""
        numbers: list[Literal] = []
        if sign := self.take("=", ">", ">="):
            relation = sign.kind
            numbers.append(self.signed())
        elif self.next.text == "in":
            self.position += 1
            opened = self.take("{") or self.expect("[", ASSUMPTIONS)
            relation = f"in {opened.kind}"
            numbers.append(self.signed())
            while self.take(","):
                numbers.append(self.signed())
            self.expect("]" if opened.kind == "[" else "}", ASSUMPTIONS)
        if self.next.kind != "end":
            problem = f"{self.passage.text!r} is no assumption that can be checked"
            self.fail(self.next.at, problem, ASSUMPTIONS)
        return Stated(at, subject, relation, tuple(numbers))

    def signed(self) -> Literal:
        at, sign = self.next.at, -1 if self.take("-") else 1
        return Literal(at, sign * number(self.passage, self.expect("number", ASSUMPTIONS)))


def _kind(kind: str) -> str:
    words = {"name": "a name", "number": "a whole number", "end": "the end of the line"}
    return words.get(kind, f"'{kind}'")
