"""Rules as rows: patterns that read as mathematics, log(exp(a)), and what they match.

A pattern is written in the model language. A name alone in it stands for any expression, a
name with indices for an entry with as many, and a letter applied, where it is no function of
the table, for any function. Terms and factors may stand in another order; the last name alone
among them stands for all that are left. A sum or a softmax over a letter that what is summed
does not name is one over any indices.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache

from derive.errors import InternalError
from derive.expressions.building import add, multiply, power, rebuild
from derive.expressions.contents import children, free_indices, walk
from derive.expressions.expression import (
    MINUS_ONE,
    Add,
    Apply,
    Entry,
    Expression,
    Index,
    Multiply,
    Number,
    Power,
    Softmax,
    Subscript,
    Sum,
    Where,
)
from derive.functions.table import TABLE

HOLE = "?"
"""What the name of a letter begins with; no name in a model does."""


ANY_EXPONENT = 0
"""The exponent that stands for any, bound to n; no power in an expression has it."""


# --- what a pattern says ----------------------------------------------------------------------


@cache
def pattern(text: str) -> Expression:
    """The pattern that a text writes. Raises InternalError for another."""
    return _read(ast.parse(text.replace("^", "**"), mode="eval").body)


def _read(node: ast.expr) -> Expression:
    match node:
        case ast.Constant(int(value)):
            return Number(Fraction(value))
        case ast.Name(name):
            return Entry(HOLE + name)
        case ast.Subscript(ast.Name(name), ast.Tuple(letters)):
            return Entry(HOLE + name, tuple(map(_letter, letters)))
        case ast.Subscript(ast.Name(name), letter):
            return Entry(HOLE + name, (_letter(letter),))
        case ast.UnaryOp(ast.USub(), operand):
            return multiply(MINUS_ONE, _read(operand))
        case ast.BinOp(left, ast.Pow(), ast.Name("n")):
            return Power(_read(left), ANY_EXPONENT)
        case ast.BinOp(left, ast.Pow(), right):
            return power(_read(left), int(ast.unparse(right)))
        case ast.BinOp(left, sign, right):
            return _joined(_read(left), sign, _read(right))
        case ast.Call(ast.Name(name), arguments):
            return _called(name, arguments)
    raise InternalError("no pattern can be written so", ast.unparse(node))


def _letter(node: ast.expr) -> Index:
    return Index(ast.unparse(node), "")


def _joined(left: Expression, sign: ast.operator, right: Expression) -> Expression:
    match sign:
        case ast.Add():
            return add(left, right)
        case ast.Sub():
            return add(left, multiply(MINUS_ONE, right))
        case ast.Mult():
            return multiply(left, right)
    return multiply(left, power(right, -1))


def _called(name: str, arguments: list[ast.expr]) -> Expression:
    match name, arguments:
        case "sum", [*letters, body]:
            return Sum(tuple(map(_letter, letters)), _read(body))
        case "softmax", [*letters, body]:
            return Softmax(tuple(map(_letter, letters)), _read(body))
        case "where", [ast.Compare(left, [ast.Gt()], [right]), then, other]:
            return Where(_read(left), _read(right), _read(then), _read(other))
        case "max", [a, b]:
            return Where(_read(a), _read(b), _read(a), _read(b))
        case "min", [a, b]:
            return Where(_read(b), _read(a), _read(a), _read(b))
        case _, [argument]:
            return Apply(name if name in TABLE else HOLE + name, _read(argument))
    raise InternalError(f"no pattern applies {name} to {len(arguments)} arguments")


# --- what it matches --------------------------------------------------------------------------


Parts = tuple[Expression, ...]


Places = tuple[Subscript, ...]


@dataclass(frozen=True)
class Found:
    """What the letters of a pattern stand for: expressions, and indices.

    An entry's letter stands for the entry, an applied letter for the whole application.
    """

    parts: Mapping[str, Expression] = field(default_factory=dict)
    indices: Mapping[str, Places] = field(default_factory=dict)


Condition = Callable[[Expression], bool]


def _as_it_stands(node: Expression) -> Expression:
    return node


@dataclass(frozen=True)
class Matcher:
    """How patterns are matched: the conditions on some letters, and what is behind a name."""

    conditions: Mapping[str, Condition] = field(default_factory=dict)
    opened: Callable[[Expression], Expression] = _as_it_stands
    """The expression that an entry stands for, where it is to be looked into."""

    def match(self, pattern: Expression, node: Expression) -> Found | None:
        """What the pattern's letters stand for where the node is one of its kind, the first way."""
        return next(self._matches(pattern, node, Found()), None)

    def within(self, pattern: Expression, node: Expression) -> Found | None:
        """The first match in the node, beside other terms and factors."""
        ways = (found for part in walk(node) for found in self._beside(pattern, part))
        return next(ways, None)

    def _beside(self, pattern: Expression, node: Expression) -> Iterator[Found]:
        match pattern, node:
            case (Add(), Add()) | (Multiply(), Multiply()):
                for found, _ in self._among(children(pattern), children(node), Found()):
                    yield found
            case _:
                yield from self._matches(pattern, node, Found())

    def _matches(self, pattern: Expression, node: Expression, found: Found) -> Iterator[Found]:
        if isinstance(pattern, Entry):
            yield from self._entry(pattern, node, found)
            return
        if type(node) is not type(pattern):
            node = self.opened(node)
        match pattern, node:
            case (Add(), Add()) | (Multiply(), Multiply()):
                yield from self._whole(pattern, node, found)
            case Power(base, exponent), Power():
                if exponent in (node.exponent, ANY_EXPONENT):
                    any_n = {"n": Number(Fraction(node.exponent))}
                    new = replace(found, parts={**found.parts, **any_n}) if not exponent else found
                    yield from self._matches(base, node.base, new)
            case Apply(function, argument), Apply(order=0):
                if function.startswith(HOLE):
                    found = replace(found, parts={**found.parts, function[1:]: node})
                if function.startswith(HOLE) or function == node.function:
                    yield from self._matches(argument, node.argument, found)
            case (Sum(letters), Sum(own)) | (Softmax(letters), Softmax(own)):
                bound = _over(letters, own, children(pattern), found)
                if bound is not None:
                    yield from self._each(children(pattern), children(node), bound)
            case Where(), Where():
                yield from self._each(children(pattern), children(node), found)
            case _:
                if pattern == node:
                    yield found

    def _entry(self, pattern: Entry, node: Expression, found: Found) -> Iterator[Found]:
        """A letter, which stands for one thing, or for one array, wherever it stands."""
        name = str(pattern.name).removeprefix(HOLE)
        fits, known = self.conditions.get(name), found.parts.get(name, node)
        if fits is not None and not fits(node):
            return
        if not pattern.indices:
            if known == node:
                yield replace(found, parts={**found.parts, name: node})
        elif isinstance(node, Entry) and isinstance(known, Entry) and known.name == node.name:
            bound = _bound(pattern.indices, node.indices, found)
            if bound is not None:
                yield replace(bound, parts={**bound.parts, name: known})

    def _each(self, patterns: Parts, nodes: Parts, found: Found) -> Iterator[Found]:
        if not patterns:
            yield found
            return
        for new in self._matches(patterns[0], nodes[0], found):
            yield from self._each(patterns[1:], nodes[1:], new)

    def _among(self, patterns: Parts, nodes: Parts, found: Found) -> Iterator[tuple[Found, Parts]]:
        """Every way to find each pattern in a node of its own, with the nodes that are left."""
        if not patterns:
            yield found, nodes
            return
        for place, node in enumerate(nodes):
            for new in self._matches(patterns[0], node, found):
                yield from self._among(patterns[1:], (*nodes[:place], *nodes[place + 1 :]), new)

    def _whole(self, pattern: Expression, node: Expression, found: Found) -> Iterator[Found]:
        """Every way to match all terms or factors, the last letter taking those that are left."""
        *before, last = children(pattern)
        if len(children(node)) < len(before) + 1:
            return
        takes_all = isinstance(last, Entry) and not last.indices
        for new, left in self._among(tuple(before), children(node), found):
            if takes_all or len(left) == 1:
                rest = left[0] if len(left) == 1 else rebuild(node, left)
                yield from self._matches(last, rest, new)


def _over(letters: Places, own: Places, body: Parts, found: Found) -> Found | None:
    """The letters of a sum bound; one that the body does not hold, to all there are."""
    match letters:
        case (Index(name) as letter,) if not any(letter in free_indices(part) for part in body):
            return replace(found, indices={**found.indices, name: own})
    return _bound(letters, own, found)


def _bound(letters: Places, own: Places, found: Found) -> Found | None:
    """The letters of indices bound to those of a node, each to one."""
    if len(letters) != len(own):
        return None
    indices = dict(found.indices)
    for letter, index in zip(letters, own, strict=True):
        if not isinstance(letter, Index):
            return None
        if indices.setdefault(letter.name, (index,)) != (index,):
            return None
    return replace(found, indices=indices)


def filled(template: Expression, found: Found) -> Expression:
    """A pattern whose letters have no indices, with what these stand for in their place."""
    match template:
        case Entry(str(name), ()):
            return found.parts[name.removeprefix(HOLE)]
        case Power(base, exponent) if exponent == ANY_EXPONENT:
            n = found.parts["n"]
            assert isinstance(n, Number)
            return power(filled(base, found), int(n.value))
        case Sum(letters, body):
            places = (place for letter in letters for place in found.indices[letter.name])
            return Sum(tuple(i for i in places if isinstance(i, Index)), filled(body, found))
    return rebuild(template, (filled(part, found) for part in children(template)))


# --- the greater and the lesser ---------------------------------------------------------------

EXTREMES = (("max", pattern("max(a, b)")), ("min", pattern("min(a, b)")))


def as_maximum(node: Where) -> tuple[str, Expression, Expression] | None:
    """("max", a, b) or ("min", a, b) where the node is the greater or the lesser of two."""
    for name, form in EXTREMES:
        found = Matcher().match(form, node)
        if found is not None:
            return name, found.parts["a"], found.parts["b"]
    return None
