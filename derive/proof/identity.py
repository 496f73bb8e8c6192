"""Two SymPy expressions -> whether they are the same function of their symbols.

Both are read into one of SymPy's polynomial rings, exactly. Its generators are the symbols
and whatever else is no sum, product or whole power: f(u), exp(u), √u, and the inverse of
each denominator. Equal polynomials are equal functions; unequal ones are compared again with
every denominator multiplied out. Only what still differs, which relations among the
generators could make equal, such as exp(u + v) = exp(u)·exp(v), is left to SymPy's slow
`expand` and `cancel`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import sympy
from sympy.polys.rings import PolyRing

Generator = tuple[Any, bool]
"""An expression, and whether it stands below a fraction's line: 1/u is (u, True)."""


def identical(left: Any, right: Any) -> bool:
    """Whether two SymPy expressions are the same function of their symbols."""
    if left == right or _equal_fractions(left, right):
        return True
    difference = sympy.expand(left - right)
    if difference == 0 or not any(below for _, below in _generators(difference)):
        return bool(difference == 0)
    return bool(sympy.cancel(sympy.together(difference)) == 0)


def is_gradient(value: Any, gradient: Mapping[sympy.Symbol, Any]) -> bool:
    """Whether a gradient holds the derivative of `value` by each of its symbols.

    One sympy.diff decides on all of them: along a curve x(s) it is Σ ∂value/∂x · x'(s), and
    slopes x'(s) that are symbols of their own leave nothing to cancel between two terms.
    """
    s = sympy.Dummy(real=True)
    curve = {x: sympy.Function(x.name, real=True)(s) for x in gradient}
    slopes = {x: sympy.Dummy(real=True) for x in gradient}
    back = {point: x for x, point in curve.items()}
    back |= {sympy.Derivative(point, s): slopes[x] for x, point in curve.items()}
    along = sympy.diff(value.xreplace(curve), s).xreplace(back)
    return identical(along, sympy.Add(*(slopes[x] * slope for x, slope in gradient.items())))


def _equal_fractions(left: Any, right: Any) -> bool:
    """Whether two expressions are equal whatever their generators stand for."""
    generators = tuple(dict.fromkeys((*_generators(left), *_generators(right))))
    ring = PolyRing([f"x{place}" for place in range(len(generators))], sympy.QQ)
    known = dict(zip(generators, ring.gens, strict=True))
    difference = _polynomial(left, ring, known) - _polynomial(right, ring, known)
    inverses = [(place, base) for place, (base, below) in enumerate(generators) if below]
    while difference:
        held = (pair for pair in inverses if any(powers[pair[0]] for powers in difference))
        place, base = next(held, (None, None))
        if place is None:
            return False
        difference = _multiplied_out(difference, place, _polynomial(base, ring, known))
    return True


def _multiplied_out(polynomial: Any, place: int, base: Any) -> Any:
    """A polynomial times the highest power of `base` that its generator at `place` inverts."""
    highest = max(powers[place] for powers in polynomial)
    total = polynomial.ring.zero
    for power in range(highest + 1):
        part = {
            (*powers[:place], 0, *powers[place + 1 :]): coefficient
            for powers, coefficient in polynomial.items()
            if powers[place] == power
        }
        total += polynomial.ring.from_dict(part) * base ** (highest - power)
    return total


def _generators(node: Any) -> Iterator[Generator]:
    """The generators that the polynomial of an expression needs, repetitions included."""
    if node.is_Rational:
        return
    base, exponent = _as_power(node)
    if exponent < 0:
        yield base, True
    if base is not node:
        yield from _generators(base)
    elif node.is_Add or node.is_Mul:
        for part in node.args:
            yield from _generators(part)
    else:
        yield base, False


def _polynomial(node: Any, ring: Any, known: Mapping[Generator, Any]) -> Any:
    if node.is_Rational:
        return ring.ground_new(node)
    base, exponent = _as_power(node)
    if exponent < 0:
        return known[base, True] ** -exponent
    if base is not node:
        return _polynomial(base, ring, known) ** exponent
    if not (node.is_Add or node.is_Mul):
        return known[base, False]
    first, *rest = (_polynomial(part, ring, known) for part in node.args)
    for part in rest:
        first = first + part if node.is_Add else first * part
    return first


def _as_power(node: Any) -> tuple[Any, int]:
    """u³ as (u, 3), u^(-1/2) as (√u, -1) and exp(-2u) as (exp(u), -2); all else is itself."""
    if node.is_Pow and node.exp.is_Rational:
        root = sympy.Rational(1, node.exp.q)
        return (node.base**root, int(node.exp.p)) if node.exp != root else (node, 1)
    if isinstance(node, sympy.exp):
        content, inner = node.args[0].primitive()
        if inner.could_extract_minus_sign():
            content, inner = -content, -inner
        if content.is_Integer and content != 1:
            return sympy.exp(inner), int(content)
    return node, 1
