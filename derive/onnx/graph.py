"""Operations on whole arrays -> operators of ONNX, each with a name for what it makes."""

from dataclasses import dataclass, field, replace
from fractions import Fraction

from derive.arrays.program import (
    Call,
    Choose,
    Column,
    Constant,
    Einsum,
    Exponential,
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
)
from derive.arrays.shapes import Shape, shape_of
from derive.code.names import code_name
from derive.code.spelling import NUMPY
from derive.errors import DeriveError
from derive.expressions.expression import Name
from derive.model.model import Model
from derive.onnx.functions import applied

NAMES = replace(
    NUMPY, reserved=frozenset(("real", "float", "double", "int64", "bool", "string", "seq", "map"))
)
"""What no name is, besides what no trainer's is: the types in a graph's text."""


@dataclass
class Graph:
    """The operators so far, and the numbers that they hold, by their names."""

    model: Model
    lines: list[str] = field(default_factory=list)
    numbers: dict[str, float] = field(default_factory=dict)
    along: dict[str, tuple[int, ...]] = field(default_factory=dict)
    made: int = 0

    def step(self, step: Step) -> None:
        """Compute a quantity under its own name."""
        name = code_name(step.equation.target.name, self.model, NAMES)
        value = self.value(step.value)
        if self.lines[-1].startswith(f"{value} = "):  # the last operator makes it
            self.lines[-1] = name + self.lines[-1].removeprefix(value)
        else:
            self.lines.append(f"{name} = Identity({value})")

    def operator(self, name: str, *given: str, **attributes: object) -> str:
        """The name of what an operator makes of what is given."""
        self.made += 1
        made = f"_{self.made}"
        said = ", ".join(f"{key} = {value}" for key, value in attributes.items())
        self.lines.append(f"{made} = {name}{f' <{said}>' * bool(said)}({', '.join(given)})")
        return made

    def number(self, value: float) -> str:
        """The name of a number, of the type that all numbers have."""
        name = next((name for name, known in self.numbers.items() if known == value), None)
        if name is None:
            name = f"_number{len(self.numbers)}"
            self.numbers[name] = value
        return name

    def axes(self, *axes: int) -> str:
        """The name of a list of axes."""
        name = f"_axes_{'_'.join(str(axis) for axis in axes)}".replace("-1", "last")
        self.along[name] = axes
        return name

    def value(self, node: Node) -> str:
        """The name of what a node makes."""
        match node:
            case Ref():
                return self._reference(node)
            case Constant():
                return self.number(float(node.value))
            case SizeOf():
                return self._size(node)
            case Call():
                return self._call(node)
            case Sums():
                return self._sum(node)
            case Product():
                return self._product(node)
            case Raised(base, 2):
                found = self.value(base)
                return self.operator("Mul", found, found)
            case Raised():
                return self.operator("Pow", self.value(node.base), self.number(node.exponent))
            case RealRaised(derived=False, scaled=False):
                if node.exponent == Constant(Fraction(1, 2)):
                    return self.operator("Sqrt", self.value(node.base))
                return self.operator("Pow", self.value(node.base), self.value(node.exponent))
            case Choose(scaled=False):
                return self._choice(node)
            case Transpose():
                return self.operator("Transpose", self.value(node.operand), perm=[1, 0])
            case Permute():
                order = list(node.order)
                return self.operator("Transpose", self.value(node.operand), perm=order)
            case Widen():
                first = node.own.index(True)  # those that lead are put in by themselves
                put_in = [n for n, own in enumerate(node.own) if n > first and not own]
                if not put_in:
                    return self.value(node.operand)
                return self.operator("Unsqueeze", self.value(node.operand), self.axes(*put_in))
            case Column():
                return self.operator("Squeeze", self.value(node.operand), self.axes(-1))
            case _:
                return self._contracted(node)

    def _contracted(self, node: Node) -> str:
        match node:
            case MatMul():
                return self.operator("MatMul", self.value(node.left), self.value(node.right))
            case Outer():
                left = self.operator("Unsqueeze", self.value(node.left), self.axes(1))
                right = self.operator("Unsqueeze", self.value(node.right), self.axes(0))
                return self.operator("Mul", left, right)
            case TensorDot():
                pair = self.value(node.left), self.value(node.right)
                return self.operator("Einsum", *pair, equation=f'"{self._subscripts(node)}"')
            case Einsum(scaled=False):
                given = map(self.value, node.operands)
                return self.operator("Einsum", *given, equation=f'"{node.subscripts}"')
            case Total():
                return self.reduced("ReduceSum", self.value(node.operand), node.axes, keep=0)
            case Normalised(scaled=False):
                return self._softmax(node)
            case LogSumExp():
                z = self.value(node.operand)
                largest, e = self._exponentials(z, node.axes)
                total = self.operator("Log", self.reduced("ReduceSum", e, node.axes, keep=0))
                flat = self.operator("Squeeze", largest, self.axes(*node.axes))
                return self.operator("Add", total, flat)
        raise self.refusal(node)

    def refusal(self, node: Node) -> DeriveError:
        """What is said of an operation that is not among these."""
        is_scaled = isinstance(node, Exponential | Logarithm | Plain) or getattr(
            node, "scaled", False
        )
        what = "exponentials beyond the range of numbers" if is_scaled else type(node).__name__
        problem = f"the forward pass holds {what}, for which ONNX has no operator"
        return DeriveError(problem, "use forward of trainer.py", self.model.name)

    def reduced(self, name: str, z: str, axes: tuple[int, ...], keep: int) -> str:
        """A sum or maximum along axes."""
        return self.operator(name, z, self.axes(*axes), keepdims=keep)

    def _reference(self, node: Ref) -> str:
        constants = dict(self.model.hyperparameters)
        if isinstance(node.name, str) and node.name in constants:
            return self.number(float(constants[node.name]))
        return code_name(node.name, self.model, NAMES)

    def _size(self, node: SizeOf) -> str:
        arrays = (*self.model.role("input"), *self.model.weights)
        owner = next(array for array in arrays if node.symbol in array.shape)
        axis, name = owner.shape.index(node.symbol), code_name(owner.name, self.model, NAMES)
        size = self.operator("Shape", name, start=axis, end=axis + 1)
        like = code_name(self.model.weights[0].name, self.model, NAMES)
        return self.operator("CastLike", self.operator("Squeeze", size), like)

    def _call(self, node: Call) -> str:
        if node.order:
            raise self.refusal(node)
        return applied(self, self.model.function(node.function), self.value(node.argument))

    def _sum(self, node: Sums) -> str:
        (minus, first), *others = node.terms
        total = self.value(first)
        if minus:
            total = self.operator("Neg", total)
        for negative, term in others:
            total = self.operator("Sub" if negative else "Add", total, self.value(term))
        return total

    def _product(self, node: Product) -> str:
        total = self.value(node.factors[0])
        for factor in node.factors[1:]:
            total = self.operator("Mul", total, self.value(factor))
        for divisor in node.divisors:
            total = self.operator("Div", total, self.value(divisor))
        return total

    def _choice(self, node: Choose) -> str:
        left, right, then, other = map(self.value, (node.left, node.right, node.then, node.other))
        return self.operator("Where", self.operator("Greater", left, right), then, other)

    def _softmax(self, node: Normalised) -> str:
        z = self.value(node.operand)
        if len(node.axes) == 1:
            return self.operator("Softmax", z, axis=node.axes[0])
        _, e = self._exponentials(z, node.axes)
        return self.operator("Div", e, self.reduced("ReduceSum", e, node.axes, keep=1))

    def _exponentials(self, z: str, axes: tuple[int, ...]) -> tuple[str, str]:
        """The largest along axes, and exp of what is left when it is taken away."""
        largest = self.reduced("ReduceMax", z, axes, keep=1)
        return largest, self.operator("Exp", self.operator("Sub", z, largest))

    def _subscripts(self, node: TensorDot) -> str:
        def shape(part: Node) -> Shape:
            return shape_of(part, self._shape)

        letters = iter("abcdefghijklmnopqrstuvwxyz")
        left = [next(letters) for _ in shape(node.left)]
        right = [next(letters) for _ in shape(node.right)]
        for one, other in zip(node.left_axes, node.right_axes, strict=True):
            right[other] = left[one]
        kept = [x for x in (*left, *right) if not (x in left and x in right)]
        return f"{''.join(left)},{''.join(right)}->{''.join(kept)}"

    def _shape(self, name: Name) -> Shape:
        return tuple(index.size for index in self.model.indices(name))
