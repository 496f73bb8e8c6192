"""Operations on whole arrays -> lines of NumPy, or of a library that is spelled alike."""

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
    parts,
)
from derive.code.log_softmax import log_softmax_of
from derive.code.names import called, code_name
from derive.code.spelling import NUMPY, Dialect
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


def line(step: Step, model: Model, dialect: Dialect = NUMPY) -> Line:
    """The line of a step, its comment the equation with its id."""
    name = code_name(step.equation.target.name, model, dialect)
    with naming(step.equation.id):
        code = f"{name} = {expression(step.value, model, dialect)}"
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


def is_number(node: Node, model: Model) -> bool:
    """Whether it is a number of Python: made of constants, sizes and hyperparameters alone."""
    constants = {array.name for array in model.role("hyperparameter")}
    return not isinstance(node, Identity) and arrays_in(node) <= constants


def needs_like(node: Node, model: Model, dialect: Dialect) -> bool:
    """Whether the line looks at the first weight for the type of its numbers."""
    return any(
        isinstance(part, Identity)
        or (dialect.strict and any(is_number(each, model) for each in _taken(part)))
        for part in parts(node)
    )


def _taken(node: Node) -> tuple[Node, ...]:
    """What of a node has to be an array in every library."""
    match node:
        case Call() | Exponential():
            return (node.argument,)
        case Total() | Normalised() | LogSumExp():
            return (node.operand,)
        case RealRaised():
            return (node.base,)
        case Choose():
            return node.left, node.right
    return ()


def expression(node: Node, model: Model, dialect: Dialect = NUMPY) -> str:
    """A node as Python source; what it makes is an array."""
    return str(_array(node, model, dialect))


def _array(node: Node, model: Model, dialect: Dialect) -> Printed:
    """A node where only an array will do."""
    printed = _printed(node, model, dialect)
    if not dialect.strict or not is_number(node, model):
        return printed
    return Printed(dialect.number.format(printed, like=_like(model, dialect)))


def _like(model: Model, dialect: Dialect) -> str:
    """An array of the type of all: the first weight."""
    return code_name(model.weights[0].name, model, dialect)


def _printed(node: Node, model: Model, dialect: Dialect) -> Printed:
    def at(part: Node) -> Printed:
        return _printed(part, model, dialect)

    def whole(part: Node) -> Printed:
        return at(part).within(Binding.ATOM)

    match node:
        case Constant():
            return _constant(node.value)
        case Sums() if named := _named_sum(node, model, dialect):
            return Printed(named)
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
            text = code_name(node.name, model, dialect)
        case SizeOf():
            text = code_name(node.symbol, model, dialect)
        case Raised():
            text = f"{whole(node.base)} ** {node.exponent}"
        case RealRaised():
            return _real_power(node, model, dialect)
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
            text = _called(node, model, dialect)
    return Printed(text, in_line(type(node)))


def _named_sum(node: Sums, model: Model, dialect: Dialect) -> str:
    """A sum for which a library has one name; else nothing."""

    def at(part: Node) -> Printed:
        return _array(part, model, dialect)

    softmax = log_softmax_of(node)
    if softmax and dialect.log_softmax:
        return dialect.log_softmax.format(at(softmax.operand), softmax.axes[0])
    match node.terms:
        case ((False, MatMul(x, Transpose(Ref() as W))), (False, b)) if dialect.affine:
            weights: dict[Node, int] = {Ref(w.name): len(w.shape) for w in model.weights}
            alone = b.operand if isinstance(b, Widen) and not _axes_put_in(b) else b
            if weights.get(W) == 2 and weights.get(alone) == 1:  # in rows, added to each
                return dialect.affine.format(at(x), at(W), at(alone))
    return ""


def _called(node: Node, model: Model, dialect: Dialect) -> str:
    """What is written as a call of a function."""
    np = dialect.module

    def at(part: Node) -> Printed:
        return _printed(part, model, dialect)

    def array(part: Node) -> Printed:
        return _array(part, model, dialect)

    match node:
        case Call():
            function = called(node.function, node.order, model, dialect)
            return f"{function}({array(node.argument)})"
        case Permute():
            return _permuted(at(node.operand), node.order, dialect)
        case TensorDot():
            axes = f"({list(node.left_axes)}, {list(node.right_axes)})"
            return f"{np}.tensordot({at(node.left)}, {at(node.right)}, {dialect.axes}={axes})"
        case Outer():
            return f"{np}.outer({at(node.left)}, {at(node.right)})"
        case Total():
            along = [] if node.all else [f"{dialect.axis}={axis_text(node.axes)}"]
            return _of_axes("sum", array(node.operand), along, dialect)
        case Einsum(scaled=True):
            return f"{at(node.operands[0])}.diagonal({node.subscripts!r})"
        case Einsum():
            operands = ", ".join(str(at(operand)) for operand in node.operands)
            return f"{np}.einsum({node.subscripts!r}, {operands})"
        case Choose():
            return _choice(node, model, dialect)
        case Exponential():
            return f"Scaled.{node.function}({array(node.argument)})"
        case Filled(scaled=True):
            return f"{at(node.like)}.filled({at(node.operand)})"
        case Filled():
            filled = dialect.filled if is_number(node.operand, model) else dialect.spread
            return filled.format(at(node.like), at(node.operand))
        case Identity():
            return dialect.identity.format(at(node.size), like=_like(model, dialect))
        case Normalised(scaled=True):
            return f"Scaled.softmax({at(node.operand)}, {axis_text(node.axes)})"
        case Normalised():
            several = len(node.axes) > 1
            form = dialect.softmax_over_several if several else dialect.softmax
            return form.format(array(node.operand), axis_text(node.axes))
        case LogSumExp():
            every = dialect.every_axis if node.all else None
            return dialect.logsumexp.format(array(node.operand), every or axis_text(node.axes))
    unknown(node, dialect.library)


def _real_power(node: RealRaised, model: Model, dialect: Dialect) -> Printed:
    """np.sqrt for a square root; a derivative's power is 0 where it would be infinite.

    That of a Python number is one, 2 ** 0.5, which leaves float32 what it is multiplied with.
    """
    base, exponent = (_printed(part, model, dialect) for part in (node.base, node.exponent))
    if node.derived and node.scaled:
        return Printed(f"{base.within(Binding.ATOM)}.power_or_zero({exponent})")
    if node.derived:
        return Printed(f"power_or_zero({_array(node.base, model, dialect)}, {exponent})")
    if node.exponent == Constant(Fraction(1, 2)):
        if arrays_in(node.base) and not node.scaled:
            return Printed(f"{dialect.module}.sqrt({_array(node.base, model, dialect)})")
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


def _choice(node: Choose, model: Model, dialect: Dialect) -> str:
    np, sides = dialect.module, (node.left, node.right)
    left, right, then, other = (
        _printed(part, model, dialect) for part in (*sides, node.then, node.other)
    )
    if node.scaled:
        return f"Scaled.where({left} > {right}, {then}, {other})"
    if sides in ((node.then, node.other), (node.other, node.then)):
        return _extremum(node, model, dialect)
    if all(is_number(side, model) for side in sides):
        left = _array(node.left, model, dialect)
    if node.like is not None:  # two numbers have no dtype of their own
        then = Printed(dialect.filled.format(_array(node.like, model, dialect), then))
    return f"{np}.where({left} > {right}, {then}, {other})"


def _extremum(node: Choose, model: Model, dialect: Dialect) -> str:
    """np.maximum or np.minimum; where a library wants arrays, the number behind the array."""
    larger = (node.left, node.right) == (node.then, node.other)
    then, other = _array(node.then, model, dialect), _printed(node.other, model, dialect)
    if not is_number(node.then, model) and not is_number(node.other, model):
        return (dialect.maximum if larger else dialect.minimum).format(then, other)
    if dialect.strict and not is_number(node.other, model):
        then, other = other, _printed(node.then, model, dialect)
    return (dialect.at_least if larger else dialect.at_most).format(then, other)


def axis_text(axes: tuple[int, ...]) -> str:
    """One axis as a number, several as a tuple."""
    return str(axes if len(axes) > 1 else axes[0])


def _permuted(operand: Printed, order: tuple[int, ...], dialect: Dialect) -> str:
    """np.swapaxes where two axes change places, -1 and -2 where they are a matrix's."""
    moved = tuple(place for place, axis in enumerate(order) if place != axis)
    if len(moved) > 2:
        return _of_axes(dialect.transpose, operand, [str(order)], dialect)
    last = moved == (len(order) - 2, len(order) - 1)
    one, other = (-1, -2) if last else moved
    return _of_axes("swapaxes", operand, [str(one), str(other)], dialect)


def _of_axes(function: str, operand: Printed, given: list[str], dialect: Dialect) -> str:
    """np.sum(x, axis=1), or x.sum(dim=1)."""
    if dialect.methods:
        return f"{operand.within(Binding.ATOM)}.{function}({', '.join(given)})"
    return f"{dialect.module}.{function}({', '.join((str(operand), *given))})"
