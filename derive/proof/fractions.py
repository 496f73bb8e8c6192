"""Two SymPy expressions -> whether they are equal as fractions, whatever they are made of.

Both are read into one of SymPy's polynomial rings, exactly. Its generators are the symbols
and whatever else is no sum, product or whole power: f(u), exp(u), √u, and the inverse of
each denominator. Equal polynomials are equal functions; unequal ones are compared again with
every denominator multiplied out. How many terms the polynomials may have is known before they
are made, and bounded.
"""

from collections.abc import Iterator, Mapping
from math import comb, prod
from typing import Any

import sympy
from sympy.polys.rings import PolyRing

LONGEST = 2000
"""Terms of the longest polynomial that is made."""


Generator = tuple[Any, bool]
"""An expression, and whether it stands below a fraction's line: 1/u is (u, True)."""


def equal_fractions(left: Any, right: Any) -> bool:
    """Whether two expressions are equal whatever their generators stand for.

    False too where polynomials of more than `LONGEST` terms would be needed to tell.
    """
    sizes: dict[Any, int] = {}
    if _terms(left, sizes) + _terms(right, sizes) > LONGEST:
        return False
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
        factors = [base] * max(powers[place] for powers in difference)
        if len(difference) * prod(_terms(factor, sizes) for factor in factors) > LONGEST:
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


def _terms(node: Any, known: dict[Any, int]) -> int:
    """How many terms the polynomial of an expression has at most; `known` remembers."""
    if node not in known:
        base, exponent = (node, 1) if node.is_Rational else _as_power(node)
        if base is not node:
            count = _terms(base, known)
            known[node] = comb(count + exponent - 1, exponent) if exponent > 0 else 1
        elif node.is_Add or node.is_Mul:
            counts = [_terms(part, known) for part in node.args]
            known[node] = sum(counts) if node.is_Add else prod(counts)
        else:
            known[node] = 1
    return known[node]


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
