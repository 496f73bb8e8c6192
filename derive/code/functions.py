"""A row of the table of functions -> its code, in a form that overflows nowhere."""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import sympy

from derive.code.spelling import NUMPY, Dialect, ufunc
from derive.expressions.expression import unknown
from derive.functions.rational import Z
from derive.functions.stable import ROOT, E, Halves
from derive.functions.table import Function


@dataclass(frozen=True)
class FunctionCode:
    """A function in code: the lines of its body and of its derivative's; none if not needed."""

    words: str
    definition: str
    value: tuple[str, ...]
    derivative: tuple[str, ...]


def function_code(
    row: Function, orders: Collection[int] = (0, 1), dialect: Dialect = NUMPY
) -> FunctionCode:
    """A function in code, its value and its derivative as asked; in NumPy of complex z too."""
    value = _value(row, dialect) if 0 in orders else ()
    derivative = _derivative(row, dialect) if 1 in orders else ()
    return FunctionCode(row.words, str(row.definition), value, derivative)


def _value(row: Function, dialect: Dialect) -> tuple[str, ...]:
    if ufunc(row, dialect):
        return (f"return {ufunc(row, dialect)}(z)",)
    if row.name in dialect.values:
        return (f"return {dialect.values[row.name]}",)
    if row.halves:
        return _halves(row.halves, dialect)
    return _lines(row.definition, dialect)


def _derivative(row: Function, dialect: Dialect) -> tuple[str, ...]:
    if row.halves:
        return _halves(row.halves.derivative(), dialect)
    return _lines(row.derivative(), dialect)


def _halves(halves: Halves, dialect: Dialect) -> tuple[str, ...]:
    """The exponential lies in (0, 1], so that nothing overflows."""

    def spell(value: sympy.Expr) -> str:
        return _spell(value, dialect)

    lines: tuple[str, ...] = (f"e = {dialect.decay.format('z', sign='z')}",)
    if halves.exponent != Z:
        root = ("r = 0.7978845608028654  # the root of 2/π",)
        lines = root if halves.exponent.has(ROOT) else ()
        lines += (f"u = {spell(halves.exponent)}", f"e = {dialect.decay.format('u', sign='z')}")
    above, below = sympy.fraction(halves.negative)
    other, same = sympy.fraction(halves.positive)
    where = f"{dialect.module}.where(z{dialect.real} < 0, {{}}, {{}})"
    if halves.negative == halves.positive:
        choice = spell(halves.negative)
    elif below != same or below == 1:
        choice = where.format(spell(halves.negative), spell(halves.positive))
    else:
        choice = f"{where.format(spell(above), spell(other))} / ({spell(below)})"
    return *lines, f"return {_tidy(choice)}"


ERF = "sum(float(np.exp(-n * n / 64)) / n * np.sin(n / 4 * x) for n in range(1, 50, 2))"
"""π/4 times the error function of x, where |x| < 6: the Fourier series of a square wave of period
8π that a Gaussian has smoothed. The error is below 1e-15.
"""


ERROR_LINES: dict[type, tuple[str, ...]] = {
    sympy.erf: (
        "x = np.where(abs(u.real) < 6, u.real, 6 * np.sign(u.real))  # where erf is 1",
        "slope = 1.1283791670955126 * np.exp(-np.clip(u.real, -28, 28) ** 2)  # 2/√π at 0",
        f"4 / np.pi * {ERF} + slope * (u - u.real)",
    ),
    sympy.erfc: (
        "u = np.where(abs(u.real) < 28, u, 28 * np.sign(u.real))  # where erfc is 0 or 2",
        "x = np.where(u.real < 0, -u, u)",
        "s = np.round(16 * x.real) / 16  # of few digits, so that its square is exact",
        "tail = erfcx(x) * np.exp(-s * s) * np.exp((s - x) * (s + x))",
        "np.where(u.real < 0, 2 - tail, tail)",
    ),
}
"""Error functions -> lines that lead to the value at u, the last one the value.

What a small imaginary part of u adds, for complex steps, is its slope, where erf is ±1 to all
digits, too; of a real u there is none.
"""


NAMED = sympy.symbols("erf1:10")
"""What their values are called in a body, one for each argument."""


def _lines(value: sympy.Expr, dialect: Dialect) -> tuple[str, ...]:
    """The lines that return an expression in z; NumPy has no error functions: each is a line."""
    found = sorted(value.atoms(*ERROR_LINES), key=lambda erf: (erf.count_ops(), str(erf)))
    found = [erf for erf in found if erf.func.__name__ not in dialect.functions]
    named = dict(zip(found, NAMED, strict=False))
    lines: tuple[str, ...] = ()
    for erf, name in named.items():
        *before, last = ERROR_LINES[erf.func]
        argument = _spell(erf.args[0].xreplace(named), dialect)
        lines += (f"u = {argument}", *before, f"{name} = {last}")
    return *lines, f"return {_scalar(value.xreplace(named), dialect)}"


def _scalar(value: sympy.Expr, dialect: Dialect) -> str:
    """An expression in z; a piecewise one becomes np.where, a constant an array of z's type."""
    if isinstance(value, sympy.Piecewise):
        (piece, condition), *rest = value.args
        if condition == sympy.true:
            return _scalar(piece, dialect)
        parts = _condition(condition, dialect), _scalar(piece, dialect)
        other = _scalar(sympy.Piecewise(*rest), dialect)
        return f"{dialect.module}.where({', '.join(parts)}, {other})"
    if not value.free_symbols:
        arrays = {0: "zeros_like(z)", 1: "ones_like(z)"}
        made = arrays.get(value) or f"full_like(z, {_spell(value, dialect)})"
        return f"{dialect.module}.{made}"
    return _spell(value, dialect)


def _condition(condition: sympy.Basic, dialect: Dialect) -> str:
    signs = {
        sympy.StrictGreaterThan: ">",
        sympy.StrictLessThan: "<",
        sympy.GreaterThan: ">=",
        sympy.LessThan: "<=",
    }
    if type(condition) not in signs:
        unknown(condition, dialect.library)
    left = ast.parse(_spell(condition.args[0], dialect), mode="eval").body
    right = _spell(condition.args[1], dialect)
    return f"{ast.unparse(_real(left, dialect))} {signs[type(condition)]} {right}"


def _real(code: ast.expr, dialect: Dialect) -> ast.expr:
    """The real part of what may be complex in NumPy, for the complex step."""
    return ast.Attribute(code, "real") if dialect.real else code


class _InLibrary(ast.NodeTransformer):
    """exp(z) as np.exp(z), |z| as sgn(z)·z, π as np.pi."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def visit_Name(self, node: ast.Name) -> ast.expr:
        constants = {"pi": "pi", "E": "e"}  # as SymPy spells them
        known = constants.get(node.id)
        return ast.Attribute(ast.Name(self.dialect.module), known) if known else node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        alone = not any(held.id in VARIABLES for held in _names(node))
        self.generic_visit(node)
        assert isinstance(node.func, ast.Name)
        name, (argument, *others) = node.func.id, node.args
        if others:
            unknown(name, self.dialect.library)
        if name in ("Abs", "sign"):  # of complex numbers NumPy's are not differentiable
            sign = self._called(f"{self.dialect.module}.sign", _real(argument, self.dialect))
            return sign if name == "sign" else ast.BinOp(sign, ast.Mult(), argument)
        if alone and self.dialect.strict:
            return self._called(f"math.{name}", argument)
        if name not in self.dialect.functions:
            unknown(name, self.dialect.library)
        return self._called(self.dialect.functions[name], argument)

    def _called(self, function: str, argument: ast.expr) -> ast.Call:
        return ast.Call(ast.parse(function, mode="eval").body, [argument], [])


def _names(tree: ast.expr) -> Iterator[ast.Name]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Name))


VARIABLES = {str(symbol) for symbol in (Z, E, ROOT, *NAMED)}
"""What stands for an array in a function's body."""


def _spell(value: sympy.Expr, dialect: Dialect) -> str:
    """A formula in z, e, the root of 2/π and error functions; a root of a number is a float."""
    if value.free_symbols - {Z, E, ROOT, *NAMED}:
        unknown(value, dialect.library)
    roots = {p: sympy.Symbol(repr(float(p))) for p in value.atoms(sympy.Pow) if _is_root(p)}
    code = sympy.sstr(value.xreplace(roots), order="rev-lex")
    tree = _InLibrary(dialect).visit(ast.parse(code, mode="eval"))
    return ast.unparse(ast.fix_missing_locations(tree))


def _is_root(power: sympy.Pow) -> bool:
    """Whether it is a root of a number: NumPy's would make float64 of an array of float32."""
    return not power.free_symbols and not power.exp.is_Integer


def _tidy(code: str) -> str:
    return ast.unparse(ast.parse(code, mode="eval"))
