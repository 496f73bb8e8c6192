"""One right-hand side, tree -> Expression: every name looked up, every index in scope."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from math import prod
from typing import NoReturn

from derive.expressions.building import add, multiply, power, real_power, summation, where
from derive.expressions.contents import children, entries, free_indices, walk
from derive.expressions.expression import (
    HALF,
    MINUS_ONE,
    ONE,
    ZERO,
    Add,
    Apply,
    Entry,
    Expression,
    Index,
    Multiply,
    Number,
    Size,
    Subscript,
    Sum,
)
from derive.expressions.indices import fresh, substitute
from derive.expressions.normal import normal
from derive.expressions.powers import exponential, inverted, merged
from derive.functions.table import TABLE
from derive.model.model import Array
from derive.reading.faults import each
from derive.reading.losses import LOSSES, Loss
from derive.reading.names import Names
from derive.reading.source import Passage, Source
from derive.reading.syntax import MAX_EXPONENT, parse_expression
from derive.reading.tree import (
    Call,
    Comparison,
    Factors,
    Letter,
    Literal,
    MatrixProduct,
    Node,
    Raised,
    Reference,
    Terms,
)
from derive.reading.written import declared_as, matrix_product, summed_product, with_letters

MAX_PARTS = 5_000
"""Of a max or min written out as conditions."""


@dataclass(frozen=True)
class RightSide:
    """One right-hand side: the letters in sight are the target's and those of enclosing sums."""

    names: Names
    passage: Passage
    letters: Mapping[str, Index]
    target: Reference
    given: Mapping[str, Expression] = field(default_factory=dict)
    """The parameters of a loss, within its own text."""

    def fail(self, at: int, problem: str, cure: str) -> NoReturn:
        """Raise ModelError at a place of the right-hand side."""
        self.passage.fail(at, problem, cure)

    def expression(self, node: Node) -> Expression:
        """The expression that a part of the tree is."""
        match node:
            case Literal():
                return Number(node.value)
            case Reference() if node.name in self.given:
                return self.given[node.name]
            case Reference():
                return self._entry(node)
            case Call():
                return self._call(node)
            case Comparison():
                cure = "write where(a > b, x, y): x where a > b, else y"
                self.fail(node.at, "a comparison stands only in a where", cure)
            case MatrixProduct():
                bare = self._bare(node.left, node.right)
                self.fail(node.at, "a product of whole arrays", matrix_product(node, bare))
            case Terms():
                terms = self._expressions(term for _, term in node.terms)
                signs = [minus for minus, _ in node.terms]
                pairs = zip(signs, terms, strict=True)
                return add(*(multiply(MINUS_ONE, x) if minus else x for minus, x in pairs))
            case Factors():
                return self._product(node)
            case Raised():
                return self._raised(node)

    def _expressions(self, nodes: Iterable[Node]) -> list[Expression]:
        """The expressions of several parts, what is wrong with all of them told together."""
        return each(self.expression, nodes)

    def _product(self, node: Factors) -> Expression:
        bare = self._bare(*(part for _, part in node.factors))
        if len(bare) > 1:
            cure = f"write it with indices, such as {summed_product(bare)}"
            self.fail(node.at, "a product of whole arrays", cure)
        parts = self._expressions(part for _, part in node.factors)
        found = zip(parts, node.factors, strict=True)
        powers = (self._power(x, -1, p.at) if over else x for x, (over, p) in found)
        return merged(multiply(*powers))

    def _bare(self, *nodes: Node) -> list[Array]:
        """The arrays that have indices and are written without."""
        names = [n.name for n in nodes if isinstance(n, Reference) and not n.indices]
        known = self.names.arrays.keys() - self.given.keys()
        arrays = [self.names.arrays[name] for name in names if name in known]
        return [array for array in arrays if array.indices]

    def _power(self, base: Expression, exponent: int, at: int) -> Expression:
        if exponent < 0 and (_number(base) == 0 or normal(base) == ZERO):
            self.fail(at, "division by zero", "divide by a number other than 0")
        if isinstance(base, Number) and _bits(base.value) * abs(exponent) > 4096:
            self.fail(at, "a number too large to write", "use a smaller exponent")
        return inverted(base) if exponent == -1 else power(base, exponent)

    def _raised(self, node: Raised) -> Expression:
        """A power: of whole exponents any, of others a root, which has no negative base."""
        exponent, base = self._expressions((node.exponent, node.base))
        at = node.exponent.at
        if not self._is_constant(exponent):
            cure = "an exponent holds numbers, sizes and hyperparameters; write exp(w * log(q))"
            self.fail(at, "an exponent that changes", cure)
        number = _number(exponent)
        if number is None:
            return real_power(base, exponent)
        if abs(number) > MAX_EXPONENT:
            cure = f"an exponent is a number up to {MAX_EXPONENT}, such as ^2, ^(-1) or ^(3/2)"
            self.fail(at, f"the exponent {number}", cure)
        if number.denominator == 1:
            return self._power(base, int(number), node.at)
        return self._root(base, number, node.at)

    def _root(self, base: Expression, number: Fraction, at: int) -> Expression:
        own = _number(base)
        if own is not None and (own < 0 or (own == 0 and number < 0)):
            self.fail(at, f"{own} to the power {number}", "a root is one of a positive number")
        return real_power(base, Number(number))

    def _is_constant(self, value: Expression) -> bool:
        """Whether it is made of numbers, sizes and hyperparameters."""
        held = (self.names.arrays[str(entry.name)] for entry in entries(value))
        return all(array.role == "hyperparameter" for array in held)

    def _entry(self, node: Reference) -> Expression:
        array = self.names.arrays.get(node.name)
        if node.name == self.target.name:
            cure = "the right-hand side may use only what stands above it; choose another name"
            self.fail(node.at, f"{node.name} is defined by itself", cure)
        if not node.indices and node.name in self.names.sizes:
            return Size(node.name)
        if array is None:
            self.names.undefined(node, self.passage, self.target.name)
        if len(node.indices) != len(array.indices):
            count = len(node.indices)
            problem = f"{node.name} with {count} {'index' if count == 1 else 'indices'}"
            problem = problem if count else f"{node.name} without its indices"
            self.fail(node.at, problem, declared_as(array, node))
        found = []
        for place, (letter, own) in enumerate(zip(node.indices, array.indices, strict=True), 1):
            index = self.names.index(letter, self.passage)
            if index.size != own.size:
                problem = f"the index {index.name} runs to {index.size} and to {own.size}"
                cure = f"use a letter that runs to {own.size} as index {place} of {array.name}"
                self.fail(letter.at, problem, cure)
            if letter.name not in self.letters:
                cure = f"sum over it, sum({letter.name}, ...), or put it on {self.target.name}"
                problem = f"the index {letter.name} is free on the right and not on the left"
                self.fail(letter.at, problem, cure)
            found.append(index)
        return Entry(node.name, tuple(found))

    def _call(self, node: Call) -> Expression:
        match node.name:
            case "sum" | "mean":
                return self._sum(node)
            case "softmax":
                return self._softmax(node)
            case "max" | "min":
                return self._extreme(node)
            case "where":
                return self._where(node)
            case "sqrt":
                return self._root(self._argument(node), HALF.value, node.at)
            case "cbrt":
                return self._cube_root(node)
            case "log1p":
                return Apply("log", add(ONE, self._argument(node)))
            case "expm1":
                return add(Apply("exp", self._argument(node)), MINUS_ONE)
            case "norm":
                return self._norm(node)
            case "exp":
                return exponential(self._argument(node), self._is_constant)
        return self._loss(node) if node.name in LOSSES else self._apply(node)

    def _apply(self, node: Call) -> Expression:
        functions = self.names.declared.functions
        if node.name not in functions and node.name not in TABLE:
            self.names.no_function(node, self.passage)
        return Apply(node.name, self._argument(node))

    def _argument(self, node: Call) -> Expression:
        if len(node.arguments) != 1:
            problem = f"{node.name} with {len(node.arguments)} arguments"
            cure = "a function takes one argument"
            if node.name == "log":
                cure = "log(z) is the natural logarithm: write log(z) / log(10) for that to base 10"
            self.fail(node.at, problem, cure)
        return self.expression(node.arguments[0])

    def _extreme(self, node: Call) -> Expression:
        """max(a, b) is a where a > b, else b; of three, the larger of the first two goes on."""
        first = node.arguments[0]
        cure = f"the language has no {node.name} over an index yet: write {node.name}(a, b, c)"
        if len(node.arguments) < 2:
            self.fail(node.at, f"{node.name} with 1 argument", cure)
        if isinstance(first, Reference) and not first.indices and first.name in self.names.indices:
            self.fail(node.at, f"{node.name} over the index {first.name}", cure)
        found, *rest = self._expressions(node.arguments)
        for other in rest:
            pair = (found, other) if node.name == "max" else (other, found)
            found = where(*pair, found, other)
            if len(list(walk(found))) > MAX_PARTS:  # each holds twice what it is of
                problem = f"{node.name} of too many in one another"
                self.fail(node.at, problem, "name the inner ones in equations of their own")
        return found

    def _where(self, node: Call) -> Expression:
        cure = "write where(a > b, x, y): x where a > b, else y"
        if len(node.arguments) != 3:
            self.fail(node.at, f"where with {len(node.arguments)} arguments", cure)
        condition, *branches = node.arguments
        if not isinstance(condition, Comparison):
            self.fail(condition.at, "the first argument of where is no comparison", cure)
        left, right, then, other = self._expressions((condition.left, condition.right, *branches))
        if condition.sign in ("<", ">="):
            left, right = right, left
        if condition.sign in (">=", "<="):  # a >= b is not b > a
            return where(left, right, other, then)
        return where(left, right, then, other)

    def _letters(self, node: Call, count: int = 1) -> tuple[list[Reference], tuple[Node, ...]]:
        """The index letters that stand first, and the `count` arguments behind them."""
        cure = with_letters(node, count, self.letters, self._bare(*node.arguments))
        letters = list(node.arguments[: len(node.arguments) - count])
        if not letters:
            self.fail(node.at, f"{node.name} without an index", cure)
        found: list[Reference] = []
        for letter in letters:
            if not isinstance(letter, Reference) or letter.indices:
                if isinstance(letter, Literal):
                    cure += "; it runs from 1 to its size by itself, and a decimal has a point"
                self.fail(letter.at, f"{node.name} over something that is no index", cure)
            found.append(letter)
        return found, node.arguments[len(letters) :]

    def _bind(self, letters: list[Reference]) -> "tuple[tuple[Index, ...], RightSide]":
        """The indices that letters bind, and the scope inside."""
        over: list[Index] = []
        for letter in letters:
            index = self.names.index(Letter(letter.at, letter.name), self.passage)
            if letter.name in self.letters or index in over:
                self._bound_twice(letter)
            over.append(index)
            self.names.summed.add(index.name)
        inner = {**self.letters, **{index.name: index for index in over}}
        return tuple(over), replace(self, letters=inner)

    def _sum(self, node: Call) -> Expression:
        letters, (body,) = self._letters(node)
        over, inside = self._bind(letters)
        value = inside.expression(body)
        self._check_held(node, letters, over, value)
        scale = [power(Size(index.size), -1) for index in over] if node.name == "mean" else []
        return multiply(*scale, Sum(over, value))

    def _cube_root(self, node: Call) -> Expression:
        """Of a negative number too: sgn(q)·|q|^(1/3)."""
        inside = self._argument(node)
        third = Number(Fraction(1, 3))
        return multiply(Apply("sgn", inside), real_power(Apply("abs", inside), third))

    def _norm(self, node: Call) -> Expression:
        """The root of the sum of the squares."""
        letters, (body,) = self._letters(node)
        over, inside = self._bind(letters)
        value = inside.expression(body)
        self._check_held(node, letters, over, value)
        return real_power(Sum(over, power(value, 2)), HALF)

    def _check_held(
        self, node: Call, letters: list[Reference], over: tuple[Index, ...], value: Expression
    ) -> None:
        for index, letter in zip(over, letters, strict=True):
            if index not in free_indices(value):
                instead = f"write {index.size} times it" if node.name == "sum" else "leave it out"
                cure = f"use {index.name} inside the {node.name}, or {instead}"
                problem = f"the index {index.name} touches no array in the {node.name}"
                self.fail(letter.at, problem, cure)

    def _loss(self, node: Call) -> Expression:
        """A row of the losses, summed over the letters that stand first; none for a scalar."""
        row = LOSSES[node.name]
        count = len(row.parameters)
        if len(node.arguments) < count:
            problem = f"{node.name} with {len(node.arguments)} arguments"
            shown = ", ".join(f"{parameter}[k]" for parameter in row.parameters[:2])
            shown = ", ".join([shown, *row.parameters[2:]])
            self.fail(node.at, problem, f"write {node.name}(k, {shown}), which sums over k")
        bare = self._bare(*node.arguments)
        if len(node.arguments) == count and bare:
            cure = with_letters(node, count, self.letters, bare)
            self.fail(node.at, f"{node.name} of whole arrays", cure)
        if len(node.arguments) == count:
            return self._loss_of(row, node.arguments)
        letters, arguments = self._letters(node, count)
        over, inside = self._bind(letters)
        value = inside._loss_of(row, arguments)
        self._check_held(node, letters, over, value)
        return summation(over, value)

    def _loss_of(self, row: Loss, arguments: tuple[Node, ...]) -> Expression:
        given = dict(zip(row.parameters, self._expressions(arguments), strict=True))
        return replace(self, given=given).expression(_loss_tree(row.text))

    def _softmax(self, node: Call) -> Expression:
        """exp(a[k]) over its sum with another letter; k stays free."""
        letters, (body,) = self._letters(node)
        for letter in letters:
            self.names.index(Letter(letter.at, letter.name), self.passage)
            if letter.name not in self.letters:
                cure = f"put {letter.name} on {self.target.name}[...], or sum over it outside"
                self.fail(letter.at, f"softmax keeps the index {letter.name}", cure)
        over = tuple(self.letters[letter.name] for letter in letters)
        value = self.expression(body)
        self._check_held(node, letters, over, value)
        renamed: dict[Index, Subscript] = {}
        bound: list[Index] = []
        for index in over:
            bound.append(fresh(index, [*self.letters.values(), *bound]))
            renamed[index] = bound[-1]
        total = Sum(tuple(bound), Apply("exp", substitute(value, renamed)))
        return multiply(Apply("exp", value), power(total, -1))

    def _bound_twice(self, letter: Reference) -> NoReturn:
        on_left = [index.name for index in self.target.indices]
        if letter.name in on_left:
            cure = f"it is an index of {self.target.name}; sum over another letter of the same size"
            self.fail(letter.at, f"the index {letter.name} is summed and free at once", cure)
        cure = "give the inner sum a letter of its own; two letters may share a size"
        self.fail(letter.at, f"the index {letter.name} is summed twice", cure)


@cache
def _loss_tree(text: str) -> Node:
    return parse_expression(Source("losses", text).whole())


def _number(value: Expression) -> Fraction | None:
    """What an expression of numbers alone comes to."""
    parts = [_number(part) for part in children(value)]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    match value:
        case Number():
            return value.value
        case Add():
            return sum(known, Fraction(0))
        case Multiply():
            return prod(known, start=Fraction(1))
    return None


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())
