"""How a library of arrays spells functions and operations: a table for each, here NumPy's.

A row of `functions.table` needs nothing here: its code follows from its definition. What
stands here makes it faster, more accurate, or gives it a name that Python leaves free.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from derive.functions.table import Function


@dataclass(frozen=True)
class Dialect:
    """What a library of arrays calls what every one of them has.

    In the texts, {} stands for operands in their order, after them for axes or a size, and {like}
    for an array of the type that all numbers have.
    """

    library: str
    module: str
    """What it is called where it is imported: np."""
    functions: Mapping[str, str]
    """What SymPy calls a function -> what the library does."""
    values: Mapping[str, str]
    """Functions of the table -> an expression in z that is better than the definition."""
    real: str
    """What is written behind a number to look at its real part alone, where numbers may be
    complex."""
    decay: str
    """exp(-|u|)."""
    axis: str
    axes: str
    """What arguments that name an axis, or several, are called."""
    transpose: str
    """What puts axes in another order."""
    identity: str
    softmax: str
    softmax_over_several: str
    logsumexp: str
    every_axis: str | None
    """What is given for the axes where it is over all of them, if not these."""
    filled: str
    """An array shaped like another, with a number in every place."""
    spread: str
    """The same, with what an array has there."""
    maximum: str
    minimum: str
    at_least: str
    at_most: str
    """The same of an array and a number."""
    log_softmax: str = ""
    """z - logsumexp(z), where there is one name for it."""
    affine: str = ""
    """x @ W.T + b, where there is one name for it."""
    number: str = "{}"
    """A number where only arrays will do."""
    strict: bool = False
    """Whether functions take arrays alone, and no numbers of Python."""
    methods: bool = False
    """Whether sums and other orders of axes are methods, those of scaled numbers (`arrays.scaled`)
    too; else functions, which find the methods of these."""
    reserved: frozenset[str] = frozenset()
    """What no name of a model is, besides what no trainer's is."""


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


NUMPY = Dialect(
    library="NumPy",
    module="np",
    functions={sympy: f"np.{numpy}" for sympy, numpy in UFUNCS.items()},
    values=VALUES,
    real=".real",
    decay="np.exp(np.where({sign}.real < 0, {0}, -{0}))",
    axis="axis",
    axes="axes",
    transpose="transpose",
    identity="np.eye({}, dtype={like}.dtype)",
    softmax="softmax({}, {})",
    softmax_over_several="softmax({}, {})",
    logsumexp="logsumexp({}, {})",
    every_axis="None",
    filled="np.full_like({}, {})",
    spread="np.full_like({}, {})",
    maximum="np.maximum({}, {})",
    minimum="np.minimum({}, {})",
    at_least="np.maximum({}, {})",
    at_most="np.minimum({}, {})",
)


def ufunc(row: Function, dialect: Dialect = NUMPY) -> str:
    """The library's own function, where a row is nothing else; else ""."""
    return dialect.functions.get(row.definition.func.__name__, "") if row.elementary else ""
