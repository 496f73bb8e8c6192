"""A row of the table of functions -> its code, in a form that overflows nowhere."""

import ast
from collections.abc import Collection
from dataclasses import dataclass

import sympy

from derive.code.spelling import UFUNCS, VALUES, ufunc
from derive.expressions.expression import unknown
from derive.functions.rational import Z
from derive.functions.stable import ROOT, E, Halves
from derive.functions.table import Function


@dataclass(frozen=True)
class FunctionCode:
    """A function in NumPy: the lines of its body and of its derivative's; none if not needed."""

    words: str
    definition: str
    value: tuple[str, ...]
    derivative: tuple[str, ...]


def function_code(row: Function, orders: Collection[int] = (0, 1)) -> FunctionCode:
    """A function in NumPy, its value and its derivative as asked; works for complex z too."""
    value = _value(row) if 0 in orders else ()
    derivative = _derivative(row) if 1 in orders else ()
    return FunctionCode(row.words, str(row.definition), value, derivative)


def _value(row: Function) -> tuple[str, ...]:
    if ufunc(row):
        return (f"return np.{ufunc(row)}(z)",)
    if row.name in VALUES:
        return (f"return {VALUES[row.name]}",)
    if row.halves:
        return _halves(row.halves)
    return _lines(row.definition)


def _derivative(row: Function) -> tuple[str, ...]:
    if row.halves:
        return _halves(row.halves.derivative())
    return _lines(row.derivative())


def _halves(halves: Halves) -> tuple[str, ...]:
    """The exponential lies in (0, 1], so that nothing overflows."""
    lines: tuple[str, ...] = ("e = np.exp(np.where(z.real < 0, z, -z))",)
    if halves.exponent != Z:
        root = ("r = 0.7978845608028654  # the root of 2/π",)
        lines = root if halves.exponent.has(ROOT) else ()
        lines += (f"u = {_spell(halves.exponent)}", "e = np.exp(np.where(z.real < 0, u, -u))")
    above, below = sympy.fraction(halves.negative)
    other, same = sympy.fraction(halves.positive)
    if halves.negative == halves.positive:
        choice = _spell(halves.negative)
    elif below != same or below == 1:
        choice = f"np.where(z.real < 0, {_spell(halves.negative)}, {_spell(halves.positive)})"
    else:
        where = f"np.where(z.real < 0, {_spell(above)}, {_spell(other)})"
        choice = f"{where} / ({_spell(below)})"
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


def _lines(value: sympy.Expr) -> tuple[str, ...]:
    """The lines that return an expression in z; NumPy has no error functions: each is a line."""
    found = sorted(value.atoms(*ERROR_LINES), key=lambda erf: (erf.count_ops(), str(erf)))
    named = dict(zip(found, NAMED, strict=False))
    lines: tuple[str, ...] = ()
    for erf, name in named.items():
        *before, last = ERROR_LINES[erf.func]
        lines += (f"u = {_spell(erf.args[0].xreplace(named))}", *before, f"{name} = {last}")
    return *lines, f"return {_scalar(value.xreplace(named))}"


def _scalar(value: sympy.Expr) -> str:
    """An expression in z; a piecewise one becomes np.where, a constant an array of z's type."""
    if isinstance(value, sympy.Piecewise):
        (piece, condition), *rest = value.args
        if condition == sympy.true:
            return _scalar(piece)
        other = _scalar(sympy.Piecewise(*rest))
        return f"np.where({_condition(condition)}, {_scalar(piece)}, {other})"
    if not value.free_symbols:
        arrays = {0: "np.zeros_like(z)", 1: "np.ones_like(z)"}
        return arrays.get(value, f"np.full_like(z, {_spell(value)})")
    return _spell(value)


def _condition(condition: sympy.Basic) -> str:
    signs = {
        sympy.StrictGreaterThan: ">",
        sympy.StrictLessThan: "<",
        sympy.GreaterThan: ">=",
        sympy.LessThan: "<=",
    }
    if type(condition) not in signs:
        unknown(condition, "NumPy")
    left = ast.parse(_spell(condition.args[0]), mode="eval").body
    return f"{ast.unparse(_real(left))} {signs[type(condition)]} {_spell(condition.args[1])}"


def _real(code: ast.expr) -> ast.expr:
    return ast.Attribute(code, "real")


def _numpy(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Attribute(ast.Name("np"), name), list(arguments), [])


class _Numpy(ast.NodeTransformer):
    """exp(z) as np.exp(z), |z| as sgn(z)·z, π as np.pi."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        constants = {"pi": "pi", "E": "e"}  # as SymPy spells them
        known = constants.get(node.id)
        return ast.Attribute(ast.Name("np"), known) if known else node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        assert isinstance(node.func, ast.Name)
        name, (argument, *others) = node.func.id, node.args
        if others:
            unknown(name, "NumPy")
        if name in ("Abs", "sign"):  # of complex numbers NumPy's are not differentiable
            sign = _numpy("sign", _real(argument))
            return sign if name == "sign" else ast.BinOp(sign, ast.Mult(), argument)
        if name not in UFUNCS:
            unknown(name, "NumPy")
        return _numpy(UFUNCS[name], argument)


def _spell(value: sympy.Expr) -> str:
    """A formula in z, e, the root of 2/π and error functions; a root of a number is a float."""
    if value.free_symbols - {Z, E, ROOT, *NAMED}:
        unknown(value, "NumPy")
    roots = {p: sympy.Symbol(repr(float(p))) for p in value.atoms(sympy.Pow) if _is_root(p)}
    code = sympy.sstr(value.xreplace(roots), order="rev-lex")
    tree = _Numpy().visit(ast.parse(code, mode="eval"))
    return ast.unparse(ast.fix_missing_locations(tree))


def _is_root(power: sympy.Pow) -> bool:
    """Whether it is a root of a number: NumPy's would make float64 of an array of float32."""
    return not power.free_symbols and not power.exp.is_Integer


def _tidy(code: str) -> str:
    return ast.unparse(ast.parse(code, mode="eval"))
