"""Steps of a program -> lines that compute them in arrays that are made once.

What a line of `code.lines` makes anew, these write into the array of its name with `out=`; what
stands between is written there, too, or in a spare array. What has no such form is computed as
it is in `_gradient`, and copied.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import sympy

from derive.arrays.program import (
    Call,
    Choose,
    Column,
    Constant,
    Filled,
    LogSumExp,
    MatMul,
    Node,
    Normalised,
    Outer,
    Permute,
    Product,
    Raised,
    RealRaised,
    Ref,
    SizeOf,
    Step,
    Sums,
    Total,
    Transpose,
    Widen,
    parts,
)
from derive.arrays.shapes import Shape, shape_of
from derive.code.body import tuple_of
from derive.code.lines import axis_text, expression, helper
from derive.code.names import code_name, code_names
from derive.code.spelling import ufunc
from derive.expressions.expression import Adjoint, Name
from derive.functions.own_value import F, own_value
from derive.model.model import Model
from derive.printing.text import as_model_file, equation_text

VIEWS = Transpose | Permute | Widen | Column
"""What is no new array, but another look at one."""

ONE, HALF = Constant(Fraction(1)), Constant(Fraction(1, 2))

IN_PLACE = {
    "logistic": (
        "np.negative({z}, out={to})",
        "np.exp({to}, out={to})",
        "np.add({to}, 1, out={to})",
        "np.divide(1, {to}, out={to})",
    ),
    "relu": ("np.maximum({z}, 0, out={to})",),
    "relu'": ("np.greater({z}, 0, out={to})",),
    "abs": ("np.absolute({z}, out={to})",),
}
"""Functions of the table, and derivatives, as operations on an array; exp(-z) may be infinite."""


@dataclass(frozen=True)
class InPlace:
    """The record of `_in_place`; every string is source text."""

    sizes: tuple[str, ...]
    """Lines that name the sizes that the shapes have."""
    rooms: tuple[tuple[str, str], ...]
    """The names of the arrays, with their shapes."""
    unpacked: str
    """dEQ_dW, dEQ_dV: the arrays that are given for the derivatives."""
    lines: tuple[str, ...]
    error: str


def in_place(model: Model, steps: tuple[Step, ...]) -> InPlace | None:
    """The steps of a gradient in place; None where numbers leave the format (`Scaled`)."""
    if any(step.scaled or _is_scaled(step.value) for step in steps):
        return None
    writer = _Writer(model, {array.name: array.shape for array in model.arrays})
    for step in steps:
        writer.write(step)
    partials = code_names([Adjoint(model.error, weight.name) for weight in model.weights], model)
    rooms = tuple(each for each in writer.rooms.items() if each[0] not in partials)
    return InPlace(
        sizes=tuple(_size_lines(model, steps, {shape for _, shape in rooms})),
        rooms=rooms,
        unpacked=tuple_of(partials),
        lines=tuple(writer.lines),
        error=code_name(model.error, model),
    )


def _is_scaled(node: Node) -> bool:
    return any(helper(part) in ("Scaled", "power_or_zero") for part in parts(node))


def _size_lines(model: Model, steps: tuple[Step, ...], shapes: set[str]) -> Iterator[str]:
    """N = x.shape[0], for every size of an array that is made, or that is used as a number."""
    nodes = (node for step in steps for node in parts(step.value))
    numbers = {node.symbol for node in nodes if isinstance(node, SizeOf)}
    arrays = (*model.role("input"), *model.weights, *model.role("target"))
    for size in dict.fromkeys(symbol for array in arrays for symbol in array.shape):
        name = code_name(size, model)
        if size in numbers or any(name in shape.strip("(),").split(", ") for shape in shapes):
            array = next(array for array in arrays if size in array.shape)
            yield f"{name} = {code_name(array.name, model)}.shape[{array.shape.index(size)}]"


@dataclass
class _Writer:
    """The lines so far, and the arrays that they write into, with their shapes as text."""

    model: Model
    shapes: dict[Name, Shape]
    lines: list[str] = field(default_factory=list)
    rooms: dict[str, str] = field(default_factory=dict)
    free: dict[str, list[str]] = field(default_factory=dict)
    """Spare arrays by their shapes, which hold nothing that is needed."""
    lent: list[tuple[str, str]] = field(default_factory=list)
    """Those that the present step has taken, with their shapes."""
    count: int = 0
    values: dict[Node, Name] = field(default_factory=dict)
    """The names of what functions were applied to."""
    tops: dict[Node, tuple[str, str]] = field(default_factory=dict)
    """The largest and the sum of exponentials of what is normalised, by a node of its logarithm."""

    def write(self, step: Step) -> None:
        name = step.equation.target.name
        target = code_name(name, self.model)
        shape = tuple(letter.size for letter in step.equation.target.letters)
        self.shapes[name] = shape
        if isinstance(step.value, Call):
            self.values[step.value] = name
        is_partial = isinstance(name, Adjoint) and name.by in self.weights
        said = equation_text(step.equation, as_model_file(self.model))
        self.say(f"# {step.equation.id}: {said}")
        if is_partial or (shape and not isinstance(step.value, VIEWS | Ref)):
            self.rooms[target] = self.written(shape)
            value = self.through_values(step.value) if shape else step.value
            if self.shape(value) in ((), shape):
                self.into(value, target)
            else:  # one that does not depend on an index of its own
                self.say(f"np.copyto({target}, {self.operand(value)})")
        else:
            self.say(f"{target} = {self.text(self.read(step.value))}")
            if shape:
                self.lent.clear()  # what is looked at under a name stays what it is
        for spare, own in self.lent:
            self.free.setdefault(own, []).append(spare)
        self.lent.clear()

    @property
    def weights(self) -> set[str]:
        return {weight.name for weight in self.model.weights}

    # --- what is written where --------------------------------------------------------------------

    def into(self, node: Node, to: str) -> None:
        """Lines that leave the value of a node in an array of its shape."""
        match node:
            case _ if not self.shape(node) or isinstance(node, Ref | VIEWS):
                self.say(f"np.copyto({to}, {self.text(self.read(node))})")
            case Sums():
                self.sums(node, to)
            case Product():
                self.product(node, to)
            case Raised(base, exponent):
                self.power(base, exponent, to)
            case RealRaised(base, exponent, derived=False) if exponent == HALF:
                self.say(f"np.sqrt({self.operand(base, to)}, out={to})")
            case Call():
                self.call(node, to)
            case MatMul(left, right):
                self.say(f"np.matmul({self.operand(left)}, {self.operand(right)}, out={to})")
            case Outer(left, right):
                self.say(
                    f"np.multiply({self.operand(left)}[:, None], {self.operand(right)}, out={to})"
                )
            case Total(operand, axes):
                self.say(
                    f"np.add.reduce({self.operand(operand)}, axis={axis_text(axes)}, out={to})"
                )
            case Normalised(operand, axes):
                self.normalised(operand, axes, to)
            case LogSumExp(operand, axes, all=False):
                self.logarithm(node, operand, axes, to)
            case Choose(left, right, then, other) if (left, right) == (then, other):
                self.say(f"np.maximum({self.operand(then)}, {self.operand(other)}, out={to})")
            case Choose(left, right, then, other) if (left, right) == (other, then):
                self.say(f"np.minimum({self.operand(then)}, {self.operand(other)}, out={to})")
            case Filled(operand=operand):
                self.say(f"np.copyto({to}, {self.operand(operand)})")
            case _:
                self.say(f"np.copyto({to}, {self.text(self.read(node))})")

    def sums(self, node: Sums, to: str) -> None:
        """One term in the array itself, and the others with it, those that are added first."""
        own = self.first_in(to, [term for _, term in node.terms])
        read = [(less, "" if term is own else self.operand(term)) for less, term in node.terms]
        if own is not None:
            self.into(own, to)
        terms = sorted(((less, text or to) for less, text in read), key=lambda term: term[0])
        (minus, start), *others = sorted(terms, key=lambda term: term != (False, to))
        others.sort(key=lambda term: term[1] != to)  # what lies there is used before it is lost
        if minus:
            self.say(f"np.negative({start}, out={to})")
            start = to
        for less, term in others:
            self.say(f"np.{'subtract' if less else 'add'}({start}, {term}, out={to})")
            start = to

    def product(self, node: Product, to: str) -> None:
        """One factor in the array itself, times the others; numbers together are one factor."""
        factors = [part for part in node.factors if self.shape(part)]
        divisors = [part for part in node.divisors if self.shape(part)]
        numbers = tuple(part for part in node.factors if not self.shape(part))
        below = tuple(part for part in node.divisors if not self.shape(part))
        number = self.text(self.read(Product(numbers or (ONE,), below)))
        own = self.first_in(to, [*factors, *divisors])
        above = [(part, "multiply") for part in factors] + [(part, "divide") for part in divisors]
        read = [("" if part is own else self.operand(part), how) for part, how in above]
        if own is not None:
            self.into(own, to)
        start = next((text or to for text, how in read if how == "multiply"), number)
        if own is not None and own in factors:
            start = to
        operations = sorted((how, text or to) for text, how in read)
        operations.sort(key=lambda each: each[1] != to)  # what lies there is used before it is lost
        if start != number:
            operations.remove(("multiply", start))
            operations += [("multiply", number)] if numbers or below else []
        for operation, part in operations:
            self.say(f"np.{operation}({start}, {part}, out={to})")
            start = to

    def first_in(self, to: str, nodes: list[Node]) -> Node | None:
        """The first that has to be computed and has the array's shape."""
        return next(
            (
                node
                for node in nodes
                if not isinstance(node, VIEWS | Ref) and self.room_shape(node) == self.rooms[to]
            ),
            None,
        )

    def power(self, base: Node, exponent: int, to: str) -> None:
        held = self.operand(base)
        self.say(f"np.multiply({held}, {held}, out={to})")
        if exponent > 4 or to == held:
            self.lines[-1] = f"np.power({held}, {exponent}, out={to})"
            return
        for _ in range(exponent - 2):
            self.say(f"np.multiply({to}, {held}, out={to})")

    def call(self, node: Call, to: str) -> None:
        row = self.model.function(node.function)
        if node.order == 0 and ufunc(row):
            self.say(f"{ufunc(row)}({self.operand(node.argument, to)}, out={to})")
        elif found := IN_PLACE.get(row.name + "'" * node.order):
            z = self.operand(node.argument, to)
            for line in found:
                self.say(line.format(z=z, to=to))
        else:
            self.say(f"np.copyto({to}, {self.text(self.read(node))})")

    def normalised(self, operand: Node, axes: tuple[int, ...], to: str) -> None:
        """The softmax: the largest is taken out, and with the sum kept for the logarithm."""
        z = self.operand(operand)
        row: Shape = tuple(
            None if axis in axes else size for axis, size in enumerate(self.shape(operand))
        )
        largest, total = (self.kept(row) for _ in range(2))
        along = f"axis={axis_text(axes)}, keepdims=True"
        self.say(f"np.maximum.reduce({z}, {along}, out={largest})")
        self.say(f"np.subtract({z}, {largest}, out={to})")
        self.say(f"np.exp({to}, out={to})")
        self.say(f"np.add.reduce({to}, {along}, out={total})")
        self.say(f"np.divide({to}, {total}, out={to})")
        self.tops[LogSumExp(operand, axes, all=False)] = largest, total

    def logarithm(self, node: Node, operand: Node, axes: tuple[int, ...], to: str) -> None:
        """The logarithm of a sum of exponentials, which the softmax has left if it was computed."""
        if node not in self.tops:
            self.normalised(operand, axes, self.spare(self.shape(operand)))
        largest, total = self.tops[node]
        only = ", ".join("0" if axis in axes else ":" for axis in range(len(self.shape(operand))))
        self.say(f"np.log({total}[{only}], out={to})")
        self.say(f"np.add({to}, {largest}[{only}], out={to})")

    # --- what is read -----------------------------------------------------------------------------

    def operand(self, node: Node, to: str = "") -> str:
        """The text of a value that lies somewhere, computed first if it does not: in `to`, if it
        has the shape of that.
        """
        if not self.shape(node) or isinstance(node, Ref):
            return self.text(self.read(node))
        if isinstance(node, VIEWS):
            return self.text(self.read(node))
        own = self.room_shape(node)
        place = to if to and self.rooms.get(to) == own else self.spare(self.shape(node))
        self.into(node, place)
        return place

    def read(self, node: Node) -> Node:
        """The node with names for what is computed first: arrays in numbers, and behind views."""
        match node:
            case Ref() | Constant() | SizeOf():
                return node
            case Transpose(operand):
                return Transpose(self.lying(operand))
            case Permute(operand, order):
                return Permute(self.lying(operand), order)
            case Widen(operand, own):
                return Widen(self.lying(operand), own)
            case Column(operand):
                return Column(self.lying(operand))
            case Sums(terms):
                return Sums(tuple((less, self.read(term)) for less, term in terms))
            case Product(factors, divisors):
                return Product(tuple(map(self.read, factors)), tuple(map(self.read, divisors)))
            case Raised(base, exponent):
                return Raised(self.read(base), exponent)
            case Call(function, order, argument):
                return Call(function, order, self.read(argument))
            case Total(operand, all=True):
                name = self.new("total")
                self.say(f"{name} = {self.total(operand)}")
                self.shapes[name] = ()
                return Ref(name, scalar=True)
        return node

    def total(self, node: Node) -> str:
        """The sum of all entries; that of products of two arrays makes no third one."""
        match node:
            case Product((one, other), ()) if self.shape(one) == self.shape(other):
                pair = one, other
            case Raised(base, 2):
                pair = base, base
            case _:
                return f"np.add.reduce({self.text(self.lying(node))}, axis=None)"
        left = self.text(self.lying(pair[0]))
        right = left if pair[1] is pair[0] else self.text(self.lying(pair[1]))
        return f"np.vdot({left}, {right})"

    def lying(self, node: Node) -> Node:
        """The node, or the name of the array in which it was computed."""
        if isinstance(node, Ref | VIEWS) or not self.shape(node):
            return self.read(node)
        return Ref(self.operand(node))

    def text(self, node: Node) -> str:
        return expression(node, self.model)

    def through_values(self, node: Node) -> Node:
        """f'(z) in f(z), where that is at hand and f' is made of it: h·(1 - h) of a logistic."""
        match node:
            case Product(factors, divisors):
                return Product(tuple(self._in_value(part) for part in factors), divisors)
        return self._in_value(node)

    def _in_value(self, node: Node) -> Node:
        if not isinstance(node, Call) or node.order != 1:
            return node
        value = own_value(self.model.function(node.function).definition)
        held = self.values.get(Call(node.function, 0, node.argument))
        return node if value is None or held is None else _of_value(value, Ref(held)) or node

    # --- arrays -----------------------------------------------------------------------------------

    def shape(self, node: Node) -> Shape:
        return shape_of(node, self.shapes.__getitem__)

    def room_shape(self, node: Node) -> str:
        return self.written(self.shape(node))

    def written(self, shape: Shape) -> str:
        sizes = ["1" if size is None else code_name(size, self.model) for size in shape]
        return f"({', '.join(sizes)}{',' * (len(sizes) == 1)})"

    def spare(self, shape: Shape) -> str:
        """An array that holds nothing that is needed, for the rest of the step."""
        own = self.written(shape)
        held = self.free.get(own)
        name = held.pop() if held else self.kept(shape)
        self.lent.append((name, own))
        return name

    def kept(self, shape: Shape) -> str:
        """An array for the rest of all steps."""
        name = self.new("spare")
        self.shapes[name] = shape
        self.rooms[name] = self.written(shape)
        return name

    def new(self, kind: str) -> str:
        """A name that nothing has."""
        self.count += 1
        name = f"{kind}_{self.count}"
        return name if name not in self.shapes else self.new(kind)

    def say(self, line: str) -> None:
        self.lines.append(line)


def _of_value(value: sympy.Expr, own: Node) -> Node | None:
    """The forms in which f' is of f: F(1 - F), 1 - F² and their like, as polynomials."""
    if not value.is_polynomial(F):
        return None
    factors: list[Node] = []
    for factor in sympy.Mul.make_args(value):
        terms: list[tuple[bool, Node]] = []
        for (degree,), number in sympy.Poly(factor, F).terms():
            coefficient = Constant(Fraction(int(abs(number).p), int(abs(number).q)))
            base: Node = own if degree == 1 else Raised(own, degree) if degree else ONE
            same = coefficient == ONE
            part = base if same else coefficient if not degree else Product((coefficient, base))
            terms.append((bool(number < 0), part))
        factors.append(terms[0][1] if len(terms) == 1 and not terms[0][0] else Sums(tuple(terms)))
    return Product(tuple(factors)) if len(factors) > 1 else factors[0]
