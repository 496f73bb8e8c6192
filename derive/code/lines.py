"""Operations on whole arrays -> lines of NumPy."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from derive.arrays.program import (
    Call,
    Choose,
    Column,
    Constant,
    Einsum,
    Exponential,
    Filled,
    Identity,
    Logarithm,
    LogSumExp,
    MatMul,
    Node,
    Normalised,
    Outer,
    Permute,
    Plain,
    Product,
    Raised,
    RealRaised,
    Ref,
    SizeOf,
    Step,
    Sums,
    TensorDot,
    Total,
    Transpose,
    Widen,
    arrays_in,
)
from derive.code.names import called, code_name
from derive.errors import naming
from derive.expressions.expression import unknown
from derive.model.model import Model
from derive.printing.precedence import Binding, Quotient, in_line
from derive.printing.printed import Printed, joined, negated, plus, times
from derive.printing.text import as_model_file, equation_text


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
        said = equation_text(step.equation, as_model_file(model))
        return Line(name, code, f"{step.equation.id}: {said}")


def helper(node: Node) -> str | None:
    """What of `code.runtime` is called by its name for a node: a function, or a class."""
    match node:
        case Exponential() | Normalised(scaled=True) | Choose(scaled=True):
            return "Scaled"
        case Normalised():
            return "softmax"
        case LogSumExp():
            return "logsumexp"
        case RealRaised(derived=True, scaled=False):
            return "power_or_zero"
    return None


def expression(node: Node, model: Model) -> str:
    """A node as Python source."""
    return str(_printed(node, model))


def _printed(node: Node, model: Model) -> Printed:
    def at(part: Node) -> Printed:
        return _printed(part, model)

    def whole(part: Node) -> Printed:
        return at(part).within(Binding.ATOM)

    match node:
        case Constant():
            return _constant(node.value)
        case Sums():
            terms = [negated(at(term)) if minus else at(term) for minus, term in node.terms]
            return plus(terms, in_line(Sums))
        case Product():
            return _product(node, at)
        case MatMul():
            left, right = at(node.left).leading(Binding.ARRAYS), at(node.right)
            pair = [left, right.within(Binding.FRACTION)]
            return times(pair, partial(joined, " @ "), in_line(MatMul))
        case Ref():
            text = code_name(node.name, model)
        case SizeOf():
            text = code_name(node.symbol, model)
        case Raised():
            text = f"{whole(node.base)} ** {node.exponent}"
        case RealRaised():
            return _real_power(node, at)
        case Transpose():
            text = f"{whole(node.operand)}.T"
        case Widen():
            text = f"{whole(node.operand)}{_axes_put_in(node)}"
        case Column():
            text = f"{whole(node.operand)}[..., 0]"
        case Logarithm():
            text = f"{whole(node.operand)}.log()"
        case Plain():
            text = f"{whole(node.operand)}.plain()"
        case _:
            text = _called(node, model, at)
    return Printed(text, in_line(type(node)))


def _called(node: Node, model: Model, at: Callable[[Node], Printed]) -> str:
    """What is written as a call of a function."""
    match node:
        case Call():
            return f"{called(node.function, node.order, model)}({at(node.argument)})"
        case Permute():
            return _permuted(at(node.operand), node.order)
        case TensorDot():
            axes = f"({list(node.left_axes)}, {list(node.right_axes)})"
            return f"np.tensordot({at(node.left)}, {at(node.right)}, axes={axes})"
        case Outer():
            return f"np.outer({at(node.left)}, {at(node.right)})"
        case Total():
            along = "" if node.all else f", axis={_axis(node.axes)}"
            return f"np.sum({at(node.operand)}{along})"
        case Einsum(scaled=True):
            return f"{at(node.operands[0])}.diagonal({node.subscripts!r})"
        case Einsum():
            operands = ", ".join(str(at(operand)) for operand in node.operands)
            return f"np.einsum({node.subscripts!r}, {operands})"
        case Choose():
            return _choice(node, at)
        case Exponential():
            return f"Scaled.{node.function}({at(node.argument)})"
        case Filled(scaled=True):
            return f"{at(node.like)}.filled({at(node.operand)})"
        case Filled():
            return f"np.full_like({at(node.like)}, {at(node.operand)})"
        case Identity():  # of the dtype of all: the first weight's
            like = code_name(model.weights[0].name, model)
            return f"np.eye({at(node.size)}, dtype={like}.dtype)"
        case Normalised():
            name = "Scaled.softmax" if node.scaled else "softmax"
            return f"{name}({at(node.operand)}, {_axis(node.axes)})"
        case LogSumExp():
            return f"logsumexp({at(node.operand)}, {None if node.all else _axis(node.axes)})"
    unknown(node, "NumPy")


def _real_power(node: RealRaised, at: Callable[[Node], Printed]) -> Printed:
    """np.sqrt for a square root; a derivative's power is 0 where it would be infinite.

    That of a Python number is one, 2 ** 0.5, which leaves float32 what it is multiplied with.
    """
    base, exponent = at(node.base), at(node.exponent)
    if node.derived and node.scaled:
        return Printed(f"{base.within(Binding.ATOM)}.power_or_zero({exponent})")
    if node.derived:
        return Printed(f"power_or_zero({base}, {exponent})")
    if node.exponent == Constant(Fraction(1, 2)):
        if arrays_in(node.base) and not node.scaled:
            return Printed(f"np.sqrt({base})")
        exponent = Printed("0.5")
    whole = (part.within(Binding.ATOM) for part in (base, exponent))
    return times(list(whole), partial(joined, " ** "), in_line(RealRaised))


def _product(node: Product, at: Callable[[Node], Printed]) -> Printed:
    """(A @ B) * c: Python needs no brackets around a product of matrices, a reader does."""
    minus = len(node.factors) > 1 and node.factors[0] == Constant(Fraction(-1))
    product = _times([at(factor) for factor in node.factors[minus:]])
    if node.divisors:
        below = _times([at(divisor) for divisor in node.divisors]).within(Binding.FRACTION)
        pair = [product.leading(Binding.PRODUCT), below]
        product = times(pair, partial(joined, " / "), in_line(Quotient))
    return negated(product) if minus else product


def _times(factors: list[Printed]) -> Printed:
    """One alone as it is; Python multiplies from the left."""
    if len(factors) == 1:
        return factors[0]
    first, *others = factors
    pieces = [first.leading(Binding.PRODUCT), *(each.within(Binding.FRACTION) for each in others)]
    return times(pieces, partial(joined, " * "), in_line(Product))


def _constant(value: Fraction) -> Printed:
    text, negative = str(abs(value.numerator)), value < 0
    if value.denominator == 1:
        return Printed(text, in_line(Constant), negative)
    return Printed(f"{text} / {value.denominator}", in_line(Quotient), negative)


def _axes_put_in(node: Widen) -> str:
    """[:, None], and [..., None] of several axes; missing ones that lead need no word."""
    written = node.own[node.own.index(True) :]
    if all(written):
        return ""
    whole = written.index(False)
    rest = [":" if own else "None" for own in written[whole:]]
    return f"[{', '.join([':' if whole == 1 else '...', *rest])}]"


def _choice(node: Choose, at: Callable[[Node], Printed]) -> str:
    left, right, then, other = map(at, (node.left, node.right, node.then, node.other))
    if node.scaled:
        return f"Scaled.where({left} > {right}, {then}, {other})"
    if (node.left, node.right) == (node.then, node.other):
        return f"np.maximum({then}, {other})"
    if (node.left, node.right) == (node.other, node.then):
        return f"np.minimum({then}, {other})"
    if node.like is not None:  # two numbers have no dtype of their own
        return f"np.where({left} > {right}, np.full_like({at(node.like)}, {then}), {other})"
    return f"np.where({left} > {right}, {then}, {other})"


def _axis(axes: tuple[int, ...]) -> str:
    return str(axes if len(axes) > 1 else axes[0])


def _permuted(operand: Printed, order: tuple[int, ...]) -> str:
    """np.swapaxes where two axes change places, -1 and -2 where they are a matrix's."""
    moved = tuple(place for place, axis in enumerate(order) if place != axis)
    if len(moved) > 2:
        return f"np.transpose({operand}, {order})"
    last = moved == (len(order) - 2, len(order) - 1)
    one, other = (-1, -2) if last else moved
    return f"np.swapaxes({operand}, {one}, {other})"
