"""How NumPy spells functions: what SymPy knows by name, and rows whose own form is better.

A row of `functions.table` needs nothing here: its code follows from its definition. What
stands here makes it faster, more accurate, or gives it a name that Python leaves free.
"""

from derive.functions.table import Function

UFUNCS = {
    **{name: name for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{"asin": "arcsin", "acos": "arccos", "atan": "arctan"},
    **{"asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh"},
}
"""What SymPy calls a function -> what NumPy does; all of them take complex numbers."""


VALUES = {
    "bipolar_logistic": "np.tanh(z / 2)",
    "elu": "np.where(z.real > 0, z, np.expm1(np.where(z.real > 0, 0, z)))",
    "softplus": "np.where(z.real > 0, z, 0) + np.log1p(np.exp(np.where(z.real < 0, z, -z)))",
    "abs": "np.where(z.real < 0, -z, z)",
    "sgn": "np.sign(z.real)",
}
"""Functions of the table -> an expression in z, where it is more accurate than the definition."""


NAMES = {"abs": "absolute"}
"""Functions of the table -> their names in the code, where those are not their own."""


def ufunc(row: Function) -> str:
    """NumPy's own function, where a row is nothing else; else ""."""
    return UFUNCS.get(row.definition.func.__name__, "") if row.elementary else ""
