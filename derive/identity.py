"""Whether two SymPy expressions are the same function of their symbols."""

from typing import Any

import sympy


def identical(left: Any, right: Any) -> bool:
    """Whether two SymPy expressions are the same function of their symbols."""
    if left == right:
        return True
    numerator, _ = sympy.fraction(sympy.together((left - right).xreplace(_unknowns(left - right))))
    if sympy.expand(numerator) == 0:
        return True
    difference = sympy.expand(left - right)
    return bool(difference == 0 or sympy.cancel(sympy.together(difference)) == 0)


def _unknowns(expression: Any) -> dict[Any, Any]:
    """Each application of a function as an unknown, exp(2u) as the square of that of exp(u)."""
    kernels: dict[Any, Any] = {}
    found = {}
    for node in sorted(expression.atoms(sympy.Function), key=sympy.default_sort_key):
        power, kernel = 1, node
        if isinstance(node, sympy.exp):
            content, inner = node.args[0].primitive()
            if inner.could_extract_minus_sign():
                content, inner = -content, -inner
            if content.is_Integer:
                power, kernel = content, sympy.exp(inner)
        found[node] = kernels.setdefault(kernel, sympy.Dummy()) ** power
    return found
