"""Operations on whole arrays -> lines of NumPy."""

import ast
from dataclasses import dataclass
from fractions import Fraction

from derive.arrays.program import (
    Call,
    Choose,
    Column,
    Constant,
    Einsum,
    Filled,
    LogSumExp,
    MatMul,
    Node,
    Normalised,
    Outer,
    Permute,
    Product,
    Raised,
    Ref,
    SizeOf,
    Step,
    Sums,
    TensorDot,
    Total,
    Transpose,
    Widen,
)
from derive.errors import naming
from derive.expressions.expression import Adjoint, Name, unknown
from derive.model.model import Model
from derive.printing.text import equation_text


@dataclass(frozen=True)
class Line:
    """One assignment and the equation it is."""

    name: str
    code: str
    comment: str


def line(step: Step, model: Model) -> Line:
    """The line of a step, its comment the equation with its id."""
    name = code_name(step.equation.target.name, model)
    with naming(step.equation.id):
        code = f"{name} = {expression(step.value, model)}"
        return Line(name, code, f"{step.equation.id}: {equation_text(step.equation, model)}")


def code_name(name: Name, model: Model) -> str:
    """The Python name of a quantity or an adjoint: the paper's, or dEQ_dW."""
    if isinstance(name, Adjoint):
        return model.notation.adjoint(name) or f"d{name.of}_d{name.by}"
    return name


def called(function: str, order: int, model: Model) -> str:
    """The Python name of a function or of its derivative: NumPy's own where that is all it is."""
    row = model.function(function)
    if function in dict(model.functions):
        return function + "_prime" * order
    if order == 0 and row.ufunc:
        return f"np.{row.ufunc}"
    return (row.code or function) + "_prime" * order


def expression(node: Node, model: Model) -> str:
    """A node as Python source."""
    return ast.unparse(ast.fix_missing_locations(_node(node, model)))


def _node(node: Node, model: Model) -> ast.expr:
    def at(part: Node) -> ast.expr:
        return _node(part, model)

    match node:
        case Ref():
            return ast.Name(code_name(node.name, model))
        case Constant():
            return _constant(node.value)
        case SizeOf():
            return ast.Name(node.symbol)
        case Call():
            return _call(called(node.function, node.order, model), at(node.argument))
        case Sums():
            return _sums([(negative, at(term)) for negative, term in node.terms])
        case Product():
            several = len(node.factors) + len(node.divisors) > 1
            factors = [_grouped(part, at(part)) if several else at(part) for part in node.factors]
            if node.factors[0] == Constant(Fraction(-1)) and len(factors) > 1:
                factors[:2] = [_negated(factors[1])]
            above = _chain(ast.Mult(), factors)
            if not node.divisors:
                return above
            below = _chain(ast.Mult(), [at(divisor) for divisor in node.divisors])
            return ast.BinOp(above, ast.Div(), below)
        case Raised():
            return ast.BinOp(at(node.base), ast.Pow(), ast.Constant(node.exponent))
        case Transpose():
            return ast.Attribute(at(node.operand), "T")
        case Permute():
            return _permute(at(node.operand), node.order)
        case Widen():
            return _widened(node, at(node.operand))
        case MatMul():
            return ast.BinOp(at(node.left), ast.MatMult(), at(node.right))
        case Column():
            return ast.Subscript(at(node.operand), ast.Tuple([ast.Constant(...), ast.Constant(0)]))
        case TensorDot():
            product = numpy_text("tensordot", at(node.left), at(node.right))
            both: list[ast.expr] = [_list(node.left_axes), _list(node.right_axes)]
            product.keywords = [ast.keyword("axes", ast.Tuple(both))]
            return product
        case Outer():
            return numpy_text("outer", at(node.left), at(node.right))
        case Total():
            total = numpy_text("sum", at(node.operand))
            if not node.all:
                total.keywords = [ast.keyword("axis", _axis(node.axes))]
            return total
        case Einsum():
            return numpy_text("einsum", ast.Constant(node.subscripts), *map(at, node.operands))
        case Choose():
            return _choice(node, model)
        case Filled():
            return numpy_text("full_like", at(node.like), at(node.operand))
        case Normalised():
            return _call("softmax", at(node.operand), _axis(node.axes))
        case LogSumExp():
            axis = ast.Constant(None) if node.all else _axis(node.axes)
            return _call("logsumexp", at(node.operand), axis)
    unknown(node, "NumPy")


def _widened(node: Widen, code: ast.expr) -> ast.expr:
    """x[:, None], and x[..., None] of several axes; missing ones that lead need no word."""
    written = node.own[node.own.index(True) :]
    if all(written):
        return code
    whole = written.index(False)
    first: list[ast.expr] = [ast.Slice() if whole == 1 else ast.Constant(...)]
    rest = (ast.Slice() if own else ast.Constant(None) for own in written[whole:])
    return ast.Subscript(code, ast.Tuple([*first, *rest]))


def _choice(node: Choose, model: Model) -> ast.expr:
    left, right, then, other = (
        _node(part, model) for part in (node.left, node.right, node.then, node.other)
    )
    if (node.left, node.right) == (node.then, node.other):
        return numpy_text("maximum", then, other)
    if (node.left, node.right) == (node.other, node.then):
        return numpy_text("minimum", then, other)
    if isinstance(node.then, Constant) and isinstance(node.other, Constant):
        # Two numbers have no dtype of their own: the answer takes that of what is compared.
        like = right if isinstance(node.left, Constant) else left
        then = numpy_text("full_like", like, then)
    return numpy_text("where", ast.Compare(left, [ast.Gt()], [right]), then, other)


def _grouped(node: Node, code: ast.expr) -> ast.expr:
    """(A @ B) * c: Python needs no brackets here, a reader does."""
    return ast.Name(f"({ast.unparse(code)})") if isinstance(node, MatMul) else code


def _constant(value: Fraction) -> ast.expr:
    above: ast.expr = ast.Constant(abs(value.numerator))
    if value < 0:
        above = ast.UnaryOp(ast.USub(), above)
    if value.denominator == 1:
        return above
    return ast.BinOp(above, ast.Div(), ast.Constant(value.denominator))


def _sums(terms: list[tuple[bool, ast.expr]]) -> ast.expr:
    (negative, total), *rest = terms
    if negative:
        total = _negated(total)
    for negative, term in rest:
        total = ast.BinOp(total, ast.Sub() if negative else ast.Add(), term)
    return total


def _negated(code: ast.expr) -> ast.expr:
    """-a * b rather than -(a * b)."""
    if isinstance(code, ast.BinOp) and isinstance(code.op, ast.Mult | ast.Div):
        return ast.BinOp(_negated(code.left), code.op, code.right)
    return ast.UnaryOp(ast.USub(), code)


def _chain(operator: ast.operator, parts: list[ast.expr]) -> ast.expr:
    first, *rest = parts
    for part in rest:
        first = ast.BinOp(first, operator, part)
    return first


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name), list(arguments), [])


def numpy_text(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Attribute(ast.Name("np"), name), list(arguments), [])


def _axis(axes: tuple[int, ...]) -> ast.expr:
    return _tuple(axes) if len(axes) > 1 else ast.Constant(axes[0])


def _tuple(numbers: tuple[int, ...]) -> ast.expr:
    return ast.Tuple([ast.Constant(number) for number in numbers])


def _list(numbers: tuple[int, ...]) -> ast.expr:
    return ast.List([ast.Constant(number) for number in numbers])


def _permute(operand: ast.expr, order: tuple[int, ...]) -> ast.expr:
    """np.swapaxes where two axes change places, -1 and -2 where they are a matrix's."""
    moved = tuple(place for place, axis in enumerate(order) if place != axis)
    if len(moved) > 2:
        return numpy_text("transpose", operand, _tuple(order))
    last = moved == (len(order) - 2, len(order) - 1)
    return numpy_text("swapaxes", operand, *map(ast.Constant, (-1, -2) if last else moved))
