"""Functions without an expression, as SymPy's undefined ones: f_h, and its f'_h."""

from functools import cache
from typing import Any

import sympy

from derive.functions.rational import Z as Z
from derive.functions.table import ROWS, TABLE

_EXPLICIT = {row.definition.func: row.name for row in ROWS if row.explicit}


def explicit_name(function: Any) -> str | None:
    """The explicit row that a SymPy function is: that of sympy.Abs is abs."""
    return _EXPLICIT.get(function)


@cache
def undefined(name: str, order: int) -> Any:
    """SymPy's undefined function of that name, whose derivative is the named f', f'', ...

    SymPy's own would answer `Subs(Derivative(...))` where the argument is no symbol. The
    derivative of an explicit function is written out in explicit functions: sin' is cos.
    """

    def fdiff(self: Any, argindex: int = 1) -> Any:
        z = self.args[argindex - 1]
        if name in TABLE and TABLE[name].explicit:
            return undefine(TABLE[name].derivative()).subs(Z, z)
        return undefined(name, order + 1)(z)

    def text(self: Any, printer: Any) -> str:  # by its name SymPy would ask for one of a `str`
        return f"{name}{chr(39) * order}({printer.doprint(self.args[0])})"

    members = {"fdiff": fdiff, "nargs": 1, "applies": (name, order), "_sympystr": text}
    return type(name + "'" * order, (sympy.Function,), members)


def in_rows(expression: Any) -> Any:
    """The expression with every function of SymPy's as the row of the table that it is."""
    for row in TABLE.values():
        if row.elementary:
            expression = expression.replace(row.definition.func, undefined(row.name, 0))
    return expression


def undefine(expression: Any) -> Any:
    """The expression with its explicit functions, SymPy's exp and the like, left undefined."""
    return expression.replace(_is_explicit, _undefined_again)


def _is_explicit(part: Any) -> bool:
    return part.func in _EXPLICIT


def _undefined_again(part: Any) -> Any:
    return undefined(_EXPLICIT[part.func], 0)(*part.args)
