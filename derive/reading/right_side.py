"""One right-hand side, tree -> Expression: what each of its nodes and functions comes to."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from functools import cache, partial
from math import prod

from derive.expressions.building import add, multiply, power, real_power, summation, where
from derive.expressions.contents import children, walk
from derive.expressions.expression import (
    HALF,
    MINUS_ONE,
    ONE,
    ZERO,
    Add,
    Apply,
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
from derive.reading.faults import each
from derive.reading.losses import LOSSES, Loss
from derive.reading.scope import Scope
from derive.reading.source import Source
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
from derive.reading.written import matrix_product, summed_product, with_letters

MAX_PARTS = 5_000
"""Of a max or min written out as conditions."""


def expression(scope: Scope, node: Node) -> Expression:
    """The expression that a part of the tree is."""
    match node:
        case Literal():
            return Number(node.value)
        case Reference():
            return scope.entry(node)
        case Call():
            return _call(scope, node)
        case Comparison():
            cure = "write where(a > b, x, y): x where a > b, else y"
            scope.fail(node.at, "a comparison stands only in a where", cure)
        case MatrixProduct():
            bare = scope.bare(node.left, node.right)
            scope.fail(node.at, "a product of whole arrays", matrix_product(node, bare))
        case Terms():
            terms = _expressions(scope, (term for _, term in node.terms))
            signs = [minus for minus, _ in node.terms]
            pairs = zip(signs, terms, strict=True)
            return add(*(multiply(MINUS_ONE, x) if minus else x for minus, x in pairs))
        case Factors():
            return _product(scope, node)
        case Raised():
            return _raised(scope, node)


def _expressions(scope: Scope, nodes: Iterable[Node]) -> list[Expression]:
    """The expressions of several parts, what is wrong with all of them told together."""
    return each(partial(expression, scope), nodes)


def _product(scope: Scope, node: Factors) -> Expression:
    bare = scope.bare(*(part for _, part in node.factors))
    if len(bare) > 1:
        cure = f"write it with indices, such as {summed_product(bare)}"
        scope.fail(node.at, "a product of whole arrays", cure)
    parts = _expressions(scope, (part for _, part in node.factors))
    found = zip(parts, node.factors, strict=True)
    powers = (_power(scope, x, -1, p.at) if over else x for x, (over, p) in found)
    return merged(multiply(*powers))


def _power(scope: Scope, base: Expression, exponent: int, at: int) -> Expression:
    if exponent < 0 and (_number(base) == 0 or normal(base) == ZERO):
        scope.fail(at, "division by zero", "divide by a number other than 0")
    if isinstance(base, Number) and _bits(base.value) * abs(exponent) > 4096:
        scope.fail(at, "a number too large to write", "use a smaller exponent")
    return inverted(base) if exponent == -1 else power(base, exponent)


def _raised(scope: Scope, node: Raised) -> Expression:
    """A power: of whole exponents any, of others a root, which has no negative base."""
    exponent, base = _expressions(scope, (node.exponent, node.base))
    at = node.exponent.at
    if not scope.is_constant(exponent):
        cure = "an exponent holds numbers, sizes and hyperparameters; write exp(w * log(q))"
        scope.fail(at, "an exponent that changes", cure)
    number = _number(exponent)
    if number is None:
        return real_power(base, exponent)
    if abs(number) > MAX_EXPONENT:
        cure = f"an exponent is a number up to {MAX_EXPONENT}, such as ^2, ^(-1) or ^(3/2)"
        scope.fail(at, f"the exponent {number}", cure)
    if number.denominator == 1:
        return _power(scope, base, int(number), node.at)
    return _root(scope, base, number, node.at)


def _root(scope: Scope, base: Expression, number: Fraction, at: int) -> Expression:
    own = _number(base)
    if own is not None and (own < 0 or (own == 0 and number < 0)):
        scope.fail(at, f"{own} to the power {number}", "a root is one of a positive number")
    return real_power(base, Number(number))


def _call(scope: Scope, node: Call) -> Expression:
    match node.name:
        case "sum" | "mean":
            return _sum(scope, node)
        case "softmax":
            return _softmax(scope, node)
        case "max" | "min":
            return _extreme(scope, node)
        case "where":
            return _where(scope, node)
        case "sqrt":
            return _root(scope, _argument(scope, node), HALF.value, node.at)
        case "cbrt":
            return _cube_root(scope, node)
        case "log1p":
            return Apply("log", add(ONE, _argument(scope, node)))
        case "expm1":
            return add(Apply("exp", _argument(scope, node)), MINUS_ONE)
        case "norm":
            return _norm(scope, node)
        case "exp":
            return exponential(_argument(scope, node), scope.is_constant)
    return _loss(scope, node) if node.name in LOSSES else _apply(scope, node)


def _apply(scope: Scope, node: Call) -> Expression:
    functions = scope.names.declared.functions
    if node.name not in functions and node.name not in TABLE:
        scope.names.no_function(node, scope.passage)
    return Apply(node.name, _argument(scope, node))


def _argument(scope: Scope, node: Call) -> Expression:
    if len(node.arguments) != 1:
        problem = f"{node.name} with {len(node.arguments)} arguments"
        cure = "a function takes one argument"
        if node.name == "log":
            cure = "log(z) is the natural logarithm: write log(z) / log(10) for that to base 10"
        scope.fail(node.at, problem, cure)
    return expression(scope, node.arguments[0])


def _extreme(scope: Scope, node: Call) -> Expression:
    """max(a, b) is a where a > b, else b; of three, the larger of the first two goes on."""
    first = node.arguments[0]
    cure = f"the language has no {node.name} over an index yet: write {node.name}(a, b, c)"
    if len(node.arguments) < 2:
        scope.fail(node.at, f"{node.name} with 1 argument", cure)
    if isinstance(first, Reference) and not first.indices and first.name in scope.names.indices:
        scope.fail(node.at, f"{node.name} over the index {first.name}", cure)
    found, *rest = _expressions(scope, node.arguments)
    for other in rest:
        pair = (found, other) if node.name == "max" else (other, found)
        found = where(*pair, found, other)
        if len(list(walk(found))) > MAX_PARTS:  # each holds twice what it is of
            problem = f"{node.name} of too many in one another"
            scope.fail(node.at, problem, "name the inner ones in equations of their own")
    return found


def _where(scope: Scope, node: Call) -> Expression:
    cure = "write where(a > b, x, y): x where a > b, else y"
    if len(node.arguments) != 3:
        scope.fail(node.at, f"where with {len(node.arguments)} arguments", cure)
    condition, *branches = node.arguments
    if not isinstance(condition, Comparison):
        scope.fail(condition.at, "the first argument of where is no comparison", cure)
    left, right, then, other = _expressions(scope, (condition.left, condition.right, *branches))
    if condition.sign in ("<", ">="):
        left, right = right, left
    if condition.sign in (">=", "<="):  # a >= b is not b > a
        return where(left, right, other, then)
    return where(left, right, then, other)


def _sum(scope: Scope, node: Call) -> Expression:
    letters, (body,) = scope.index_letters(node)
    over, inside = scope.bind(letters)
    value = expression(inside, body)
    scope.check_held(node, letters, over, value)
    scale = [power(Size(index.size), -1) for index in over] if node.name == "mean" else []
    return multiply(*scale, Sum(over, value))


def _cube_root(scope: Scope, node: Call) -> Expression:
    """Of a negative number too: sgn(q)·|q|^(1/3)."""
    inside = _argument(scope, node)
    third = Number(Fraction(1, 3))
    return multiply(Apply("sgn", inside), real_power(Apply("abs", inside), third))


def _norm(scope: Scope, node: Call) -> Expression:
    """The root of the sum of the squares."""
    letters, (body,) = scope.index_letters(node)
    over, inside = scope.bind(letters)
    value = expression(inside, body)
    scope.check_held(node, letters, over, value)
    return real_power(Sum(over, power(value, 2)), HALF)


def _loss(scope: Scope, node: Call) -> Expression:
    """A row of the losses, summed over the letters that stand first; none for a scalar."""
    row = LOSSES[node.name]
    count = len(row.parameters)
    if len(node.arguments) < count:
        problem = f"{node.name} with {len(node.arguments)} arguments"
        shown = ", ".join(f"{parameter}[k]" for parameter in row.parameters[:2])
        shown = ", ".join([shown, *row.parameters[2:]])
        scope.fail(node.at, problem, f"write {node.name}(k, {shown}), which sums over k")
    bare = scope.bare(*node.arguments)
    if len(node.arguments) == count and bare:
        cure = with_letters(node, count, scope.letters, bare)
        scope.fail(node.at, f"{node.name} of whole arrays", cure)
    if len(node.arguments) == count:
        return _loss_of(scope, row, node.arguments)
    letters, arguments = scope.index_letters(node, count)
    over, inside = scope.bind(letters)
    value = _loss_of(inside, row, arguments)
    scope.check_held(node, letters, over, value)
    return summation(over, value)


def _loss_of(scope: Scope, row: Loss, arguments: tuple[Node, ...]) -> Expression:
    given = dict(zip(row.parameters, _expressions(scope, arguments), strict=True))
    return expression(replace(scope, given=given), _loss_tree(row.text))


def _softmax(scope: Scope, node: Call) -> Expression:
    """exp(a[k]) over its sum with another letter; k stays free."""
    letters, (body,) = scope.index_letters(node)
    for letter in letters:
        scope.names.index(Letter(letter.at, letter.name), scope.passage)
        if letter.name not in scope.letters:
            cure = f"put {letter.name} on {scope.target.name}[...], or sum over it outside"
            scope.fail(letter.at, f"softmax keeps the index {letter.name}", cure)
    over = tuple(scope.letters[letter.name] for letter in letters)
    value = expression(scope, body)
    scope.check_held(node, letters, over, value)
    renamed: dict[Index, Subscript] = {}
    bound: list[Index] = []
    for index in over:
        bound.append(fresh(index, [*scope.letters.values(), *bound]))
        renamed[index] = bound[-1]
    total = Sum(tuple(bound), Apply("exp", substitute(value, renamed)))
    return multiply(Apply("exp", value), power(total, -1))


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
