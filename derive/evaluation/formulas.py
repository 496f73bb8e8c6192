"""Expression -> a Python function that computes it, in whatever kind of number.

An expression is evaluated in many cells, at many points and in several arithmetics. As a
function of Python it is walked through once, and then run.
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache, reduce
from itertools import count
from operator import add, mul
from typing import Any

from derive.expressions.expression import (
    Add,
    Apply,
    Delta,
    Entry,
    Expression,
    Index,
    Multiply,
    Name,
    Number,
    Power,
    RealPower,
    Size,
    Subscript,
    Sum,
    Where,
    unknown,
)

Constant = Fraction | str
"""A number of an expression, or the symbol of a size."""


@dataclass(frozen=True)
class Formula:
    """What computes an expression: given values, sizes, constants, what the operations are, and
    the numbers that its letters stand for.
    """

    run: Callable[..., Any]
    constants: tuple[Constant, ...]

    def numbers(self, sizes: Mapping[str, int], number: Callable[[Fraction], Any]) -> list[Any]:
        """Its constants as numbers of a kind."""
        return [
            number(Fraction(sizes[each]) if isinstance(each, str) else each)
            for each in self.constants
        ]


def whole_power(base: Any, exponent: int) -> Any:
    """A power by multiplying: that of a ball around zero too, which has no logarithm."""
    if exponent == 2:
        return base * base
    if exponent < 0:
        return 1 / whole_power(base, -exponent)
    if exponent < 2:
        return base if exponent else base**0
    half = whole_power(base, exponent // 2)
    return half * half * base if exponent % 2 else half * half


def _total(terms: Sequence[Any]) -> Any:
    return reduce(add, terms)


def _product(factors: Sequence[Any]) -> Any:
    return reduce(mul, factors)


@lru_cache(2**12)
def formula(node: Expression, letters: tuple[Index, ...]) -> Formula:
    """The function for an expression whose free indices are among the letters."""
    writer = _Writer()
    own = {letter: writer.fresh() for letter in letters}
    written = _function((*PARAMETERS, *own.values()), writer.value(node, own))
    code = compile(ast.fix_missing_locations(ast.Expression(written)), "a formula", "eval")
    known = {"range": range, "whole_power": whole_power, "total": _total, "product": _product}
    names = {f"name_{k}": name for k, name in enumerate(writer.names)}
    return Formula(eval(code, known | names), tuple(writer.constants))


PARAMETERS = ("values", "sizes", "constants", "apply", "choose", "raised")
"""Of every function, before its letters."""


@dataclass
class _Writer:
    """The syntax of one function while it is written: its constants and names, each once."""

    constants: dict[Constant, None] = field(default_factory=dict)
    names: dict[Name, None] = field(default_factory=dict)
    count: Iterator[int] = field(default_factory=count)

    def fresh(self) -> str:
        """A variable for a letter; each sum has its own, so that none hides another."""
        return f"letter_{next(self.count)}"

    def value(self, node: Expression, bound: Mapping[Index, str]) -> ast.expr:
        """The syntax of an expression, its letters bound to variables."""

        def at(part: Expression) -> ast.expr:
            return self.value(part, bound)

        match node:
            case Number():
                return self.constant(node.value)
            case Size():
                return self.constant(node.symbol)
            case Entry():
                place = ast.Tuple([_subscript(i, bound) for i in node.indices], _LOAD)
                return _item("values", ast.Tuple([self.name(node.name), place], _LOAD))
            case Apply():
                return _call(
                    "apply",
                    ast.Constant(node.function),
                    ast.Constant(node.order),
                    at(node.argument),
                )
            case Add():
                return _joined(ast.Add(), "total", list(map(at, node.terms)))
            case Multiply():
                return _joined(ast.Mult(), "product", list(map(at, node.factors)))
            case Power():
                return _call("whole_power", at(node.base), ast.Constant(node.exponent))
            case RealPower():
                derived = ast.Constant(node.derived)
                return _call("raised", at(node.base), at(node.exponent), derived)
            case Delta():
                ends = _subscript(node.left, bound), _subscript(node.right, bound)
                same = ast.Compare(ends[0], [ast.Eq()], [ends[1]])
                return ast.IfExp(same, self.constant(Fraction(1)), self.constant(Fraction(0)))
            case Sum():
                return self.total(node, bound)
            case Where():
                branches = (_function((), at(node.then)), _function((), at(node.other)))
                return _call("choose", at(node.left), at(node.right), *branches)
        unknown(node, "evaluate")

    def total(self, node: Sum, bound: Mapping[Index, str]) -> ast.expr:
        """The total of a list over the letters of a sum."""
        own = {index: self.fresh() for index in node.over}
        loops = [
            ast.comprehension(ast.Name(name, ast.Store()), _places(index), [], 0)
            for index, name in own.items()
        ]
        return _call("total", ast.ListComp(self.value(node.body, {**bound, **own}), loops))

    def constant(self, value: Constant) -> ast.expr:
        """A number that is made once for all cells."""
        self.constants.setdefault(value)
        return _item("constants", ast.Constant(list(self.constants).index(value)))

    def name(self, name: Name) -> ast.expr:
        """The name of an array, a word or an adjoint's."""
        if isinstance(name, str):
            return ast.Constant(name)
        self.names.setdefault(name)
        return ast.Name(f"name_{list(self.names).index(name)}", _LOAD)


_LOAD = ast.Load()


def _subscript(index: Subscript, bound: Mapping[Index, str]) -> ast.expr:
    return ast.Constant(index) if isinstance(index, int) else ast.Name(bound[index], _LOAD)


def _places(index: Index) -> ast.expr:
    """What an index runs over: range(1, its size + 1)."""
    size = _item("sizes", ast.Constant(index.size))
    return _call("range", ast.Constant(1), ast.BinOp(size, ast.Add(), ast.Constant(1)))


def _item(of: str, key: ast.expr) -> ast.expr:
    return ast.Subscript(ast.Name(of, _LOAD), key, _LOAD)


def _call(function: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(function, _LOAD), list(arguments), [])


def _function(parameters: Sequence[str], body: ast.expr) -> ast.expr:
    taken = [ast.arg(name) for name in parameters]
    return ast.Lambda(ast.arguments([], taken, None, [], [], None, []), body)


def _joined(sign: ast.operator, word: str, parts: list[ast.expr]) -> ast.expr:
    """A + b + c; as the total of a list where so many brackets are more than Python reads."""
    if len(parts) > LONG:
        return _call(word, ast.List(parts, _LOAD))
    return reduce(lambda left, right: ast.BinOp(left, sign, right), parts)


LONG = 50
