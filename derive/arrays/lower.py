"""Simplified -> Program: index equations lowered to operations on whole arrays.

An operand knows its axes by name, so which factor goes left, and where a transpose
goes, follows from the indices. The same lowering serves the page (one sample, vectors
are columns) and the code (N samples in rows).
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import TypeGuard

from derive.arrays.axes import Axes, Operand, in_order, turned, widened
from derive.arrays.contract import contract, subscripts, total
from derive.arrays.program import (
    Call,
    Choose,
    Constant,
    Einsum,
    Exponential,
    Filled,
    Identity,
    Logarithm,
    LogSumExp,
    Node,
    Normalised,
    Outer,
    Plain,
    Product,
    Program,
    Raised,
    RealRaised,
    Ref,
    SizeOf,
    Step,
    Sums,
    extent,
)
from derive.arrays.scaled import is_scaled
from derive.arrays.stable import stable
from derive.arrays.summation_order import flatten, likely_sizes, nested_sums
from derive.derivation.derivation import Equation
from derive.derivation.simplify import Simplified
from derive.errors import InternalError, naming
from derive.expressions.building import multiply
from derive.expressions.contents import children, entries, free_indices
from derive.expressions.expression import (
    ONE,
    Add,
    Adjoint,
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
    Scaled,
    Size,
    Softmax,
    Sum,
    Where,
    unknown,
)
from derive.expressions.powers import inverse, is_below
from derive.expressions.softmax import softmaxes


def lower(simplified: Simplified) -> Program:
    """Every equation as its author wrote it, on whole arrays."""
    equations = (*simplified.forward, *simplified.backward)
    return _program(simplified, [softmaxes(equation.value) for equation in equations], frozenset())


def lower_stably(simplified: Simplified) -> Program:
    """The same for code: logarithms and exponentials in forms in which nothing is lost."""
    equations, names = stable(simplified)
    return _program(simplified, [equation.value for equation in equations], names)


def _program(
    simplified: Simplified, values: Sequence[Expression], names: frozenset[Name]
) -> Program:
    """The program whose steps compute those values; the quantities of those names are scaled."""
    sizes = likely_sizes(simplified.model)
    equations = (*simplified.forward, *simplified.backward)
    pairs = zip(equations, values, strict=True)
    steps = tuple(_step(equation, value, sizes, names) for equation, value in pairs)
    count = len(simplified.forward)
    return Program(simplified.model, steps[:count], steps[count:])


def _step(
    equation: Equation, value: Expression, sizes: Mapping[str, int], names: frozenset[Name]
) -> Step:
    want, name = equation.target.letters, equation.target.name
    with naming(equation.id):
        node, axes = (_lower if name in names else _plain)(nested_sums(value, sizes), want)
    is_data = bool(entries(value)) or not isinstance(name, Adjoint)
    if axes == want and is_data:
        return Step(equation, node, name in names)
    if not isinstance(name, Adjoint):
        raise InternalError("the right-hand side lacks an index of the left", equation.id)
    # A derivative that is the same for every value of an index, as that of a sum is.
    filled = Filled(Ref(name.by), widened((node, axes), want), name.by in names)
    return Step(equation, filled, name in names)


def _plain(node: Expression, want: Axes) -> Operand:
    """The array of a node in floating-point numbers."""
    array, axes = _lower(node, want)
    return (Plain(array) if is_scaled(node) else array), axes


def _lower(node: Expression, want: Axes) -> tuple[Node, Axes]:
    """The array of a node, with its axes in the order of `want`."""
    match node:
        case Number():
            return Constant(node.value), ()
        case Size():
            return SizeOf(node.symbol), ()
        case Entry():
            return _entry(node, want)
        case Delta(Index() as left, Index() as right):
            return Identity(SizeOf(left.size)), in_order((left, right), want)
        case Scaled(Apply(function, inner, order)):
            argument, axes = (_lower if function == "expm1" else _plain)(inner, want)
            return Exponential(function + "_prime" * order, argument), axes
        case Scaled(Entry() as entry):
            return _entry(entry, want, scaled=True)
        case Apply("log", Sum(over, Apply("exp", inner, 0)), 0):
            return _log_sum_exp(over, inner, want)
        case Apply("log", inner, 0) if is_scaled(inner):
            operand, axes = _lower(inner, want)
            return Logarithm(operand), axes
        case Apply():
            argument, axes = _plain(node.argument, want)
            return Call(node.function, node.order, argument), axes
        case Add():
            return _sums(node, want)
        case Multiply():
            return _product(node, want)
        case Power() if node.exponent < 0:
            return _product(node, want)
        case Power():
            base, axes = _lower(node.base, want)
            return Raised(base, node.exponent), axes
        case RealPower() if not node.derived and is_below(node):
            return _product(node, want)
        case RealPower():
            base, axes = _lower(node.base, want)
            exponent = _lower(node.exponent, ())[0]
            return RealRaised(base, exponent, node.derived, is_scaled(node)), axes
        case Sum():
            return _sum(node, want)
        case Where():
            return _choice(node, want)
        case Softmax() | Scaled(Softmax()):
            part = node.part if isinstance(node, Scaled) else node
            assert isinstance(part, Softmax)
            operand, own = _plain(part.argument, want)
            along = tuple(own.index(x) for x in part.along if isinstance(x, Index))
            return Normalised(operand, along, is_scaled(node)), own
    unknown(node, "lower")


def _log_sum_exp(over: Axes, inner: Expression, want: Axes) -> tuple[Node, Axes]:
    axes = in_order([index for index in free_indices(inner) if index not in over], want)
    operand, own = _plain(inner, (*axes, *over))
    return LogSumExp(operand, tuple(map(own.index, over)), all=not axes), axes


def _choice(node: Where, want: Axes) -> tuple[Node, Axes]:
    axes = in_order(free_indices(node), want)
    # One condition is one comparison wherever it stands: in scaled numbers, if either side is.
    left, right, then, other = (widened(_lower(part, want), axes) for part in children(node))
    if not _is_choice_of_numbers(node):
        return Choose(left, right, then, other, is_scaled(node)), axes
    compared = [widened(_plain(part, want), axes) for part in (node.left, node.right)]
    return Choose(left, right, then, other, like=max(compared, key=extent)), axes


def _entry(node: Entry, want: Axes, scaled: bool = False) -> tuple[Node, Axes]:
    axes = tuple(index for index in want if index in node.letters)
    reference: Node = Ref(node.name, scalar=not node.indices)
    own = tuple(dict.fromkeys(node.letters))
    if len(own) < len(node.indices):  # a diagonal, W[j,j]
        reference = Einsum(subscripts([node.letters], own), (reference,), scaled)
    return turned((reference, own), axes), axes


def _sums(node: Add, want: Axes) -> tuple[Node, Axes]:
    axes = in_order(free_indices(node), want)
    terms = []
    for term in node.terms:
        coefficient, rest = _coefficient(term)
        negative = coefficient < 0
        value = multiply(Number(abs(coefficient)), rest)
        terms.append((negative, widened(_lower(value, want), axes)))
    return Sums(tuple(terms)), axes


def _coefficient(term: Expression) -> tuple[Fraction, Expression]:
    if isinstance(term, Number):
        return term.value, ONE
    if isinstance(term, Multiply) and isinstance(term.factors[0], Number):
        return term.factors[0].value, multiply(*term.factors[1:])
    return Fraction(1), term


def _product(node: Expression, want: Axes) -> tuple[Node, Axes]:
    factors = _chosen(node.factors) if isinstance(node, Multiply) else (node,)
    if len(factors) == 1 and isinstance(factors[0], Where):
        return _choice(factors[0], want)
    axes = in_order(free_indices(node), want)
    above: list[Operand] = []
    below: list[Node] = []
    for factor in factors:
        if isinstance(factor, Number):
            numerator, denominator = factor.value.numerator, factor.value.denominator
            if numerator != 1:
                above.append((Constant(Fraction(numerator)), ()))
            if denominator != 1:
                below.append(Constant(Fraction(denominator)))
        elif isinstance(factor, Power) and factor.exponent < 0:
            base, own = _lower(factor.base, want)
            divisor = base if factor.exponent == -1 else Raised(base, -factor.exponent)
            below.append(widened((divisor, own), axes))
        elif isinstance(factor, RealPower) and not factor.derived and is_below(factor):
            divisor, own = _lower(inverse(factor), want)
            below.append(widened((divisor, own), axes))
        else:
            above.append(_lower(factor, want))
    return _quotient(_times(above, axes, outer=not is_scaled(node)), tuple(below)), axes


def _chosen(factors: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """X · [a > b] as x where a > b, else 0: of the type of x, and 0 where x is no number."""
    for place, factor in enumerate(factors):
        others = (*factors[:place], *factors[place + 1 :])
        if _is_choice_of_numbers(factor) and any(map(free_indices, others)):
            rest = multiply(*others)
            then, other = multiply(factor.then, rest), multiply(factor.other, rest)
            return (Where(factor.left, factor.right, then, other),)
    return factors


def _is_choice_of_numbers(node: Expression) -> TypeGuard[Where]:
    return isinstance(node, Where) and all(isinstance(x, Number) for x in (node.then, node.other))


def _times(factors: list[tuple[Node, Axes]], axes: Axes, outer: bool) -> tuple[Node, ...]:
    """Elementwise factors; two vectors along different axes make an outer product."""
    vectors = [(node, own) for node, own in factors if own]
    if outer and len(axes) == 2 and len(vectors) == 2 and all(len(own) == 1 for _, own in vectors):
        (left, first), (right, second) = vectors
        if first != second:
            pair = (left, right) if first[0] == axes[0] else (right, left)
            return (*(node for node, own in factors if not own), Outer(*pair))
    return tuple(widened(factor, axes) for factor in factors)


def _quotient(above: tuple[Node, ...], below: tuple[Node, ...]) -> Node:
    if not below and len(above) == 1:
        return above[0]
    flat: list[Node] = []
    divisors: list[Node] = []
    for node in above:
        flat += node.factors if isinstance(node, Product) else (node,)
        divisors += node.divisors if isinstance(node, Product) else ()
    one = Constant(Fraction(1))
    factors = tuple(node for node in flat if node != one) or (one,)
    return Product(factors, (*divisors, *below))


@lru_cache(maxsize=4096)  # what is nested deep is tried in several orders at every level
def _sum(node: Sum, want: Axes) -> tuple[Node, Axes]:
    """What holds an index that is summed is contracted, the rest multiplied with that."""
    outside, over, factors = flatten(node)
    held = [factor for factor in factors if set(free_indices(factor)) & set(over)]
    free = [factor for factor in factors if not set(free_indices(factor)) & set(over)]
    own = in_order([i for factor in held for i in free_indices(factor) if i not in over], want)
    if any(map(is_scaled, held)):
        contracted = total(over, multiply(*held), own, _lower), own
    else:
        contracted = contract(over, held, own, _lower), own
    scale = multiply(*outside, *free)
    if scale == ONE:
        return contracted
    axes = in_order(free_indices(node), want)
    product = _times([_product(scale, want), contracted], axes, outer=not is_scaled(node))
    return _quotient(product, ()), axes
