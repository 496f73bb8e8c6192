"""Steps -> the lines of `_in_place`: what `code.lines` makes anew, these write into an array.

That array has the name of the quantity; what stands between is written there, too, or in a spare
one. What has no such form is computed as it is in `_gradient`, and copied.
"""

from dataclasses import dataclass, field
from fractions import Fraction

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
    TensorDot,
    Total,
    Transpose,
    Widen,
    arrays_in,
    parts,
)
from derive.arrays.shapes import Shape, shape_of
from derive.code.lines import axis_text, expression
from derive.code.names import code_name
from derive.code.of_value import ONE, in_values
from derive.code.rooms import NUMBERS, Rooms
from derive.code.spelling import ufunc
from derive.expressions.expression import Adjoint, Name
from derive.model.model import Model
from derive.printing.text import as_model_file, equation_text

VIEWS = Transpose | Permute | Widen | Column
"""What is no new array, but another look at one."""

FIXED = Constant | SizeOf | Sums | Product | Raised
"""What a number is made of that is the same at every call."""

HALF = Constant(Fraction(1, 2))

IN_PLACE = {
    "logistic": (
        "np.negative({z}, out={to})",
        "np.exp({to}, out={to})",
        "np.add({to}, {one}, out={to})",
        "np.reciprocal({to}, out={to})",
    ),
    "relu": ("np.maximum({z}, {zero}, out={to})",),
    "relu'": ("np.greater({z}, {zero}, out={to})",),
    "abs": ("np.absolute({z}, out={to})",),
}
"""Functions of the table, and derivatives, as operations on an array; exp(-z) may be infinite."""


@dataclass
class Writer:
    """The lines so far, and what they write into."""

    model: Model
    rooms: Rooms
    lines: list[str] = field(default_factory=list)
    values: dict[Node, Name] = field(default_factory=dict)
    """The names of what functions were applied to."""
    tops: dict[Node, tuple[str, str]] = field(default_factory=dict)
    """The largest and the sum of exponentials of what is normalised, by a node of its logarithm."""

    def write(self, step: Step) -> None:
        name = step.equation.target.name
        target = code_name(name, self.model)
        shape = tuple(letter.size for letter in step.equation.target.letters)
        self.rooms.shapes[name] = shape
        if isinstance(step.value, Call):
            self.values[step.value] = name
        is_partial = isinstance(name, Adjoint) and name.by in self.weights
        is_view = bool(shape) and not is_partial and isinstance(step.value, VIEWS | Ref)
        said = equation_text(step.equation, as_model_file(self.model))
        self.say(f"# {step.equation.id}: {said}")
        if is_view or not (shape or is_partial):
            self.say(f"{target} = {self.text(self.read(step.value))}")
        else:
            self.rooms.named(target, shape)
            value = in_values(step.value, self.values, self.model) if shape else step.value
            if self.shape(value) in ((), shape):
                self.into(value, target)
            else:  # one that does not depend on an index of its own
                self.say(f"np.copyto({target}, {self.operand(value)})")
        self.rooms.step_ends(looked_at=is_view)

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
                self.product_of_matrices(left, right, to)
            case TensorDot(left, right) if self.over_rows(node):
                above, below = (self.rows(part) for part in (left, right))
                self.say(f"np.dot({above}.T, {below}, out={to})")
            case Outer(left, right):
                self.say(
                    f"np.multiply({self.operand(left)}[:, None], {self.operand(right)}, out={to})"
                )
            case Total(operand, axes):
                self.along(operand, axes, to)
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
        number = self.operand(Product(numbers or (ONE,), below)) if numbers or below else ""
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
        if factors:
            operations.remove(("multiply", start))
            operations += [("multiply", number)] if number else []
        elif not number:
            self.say(f"np.reciprocal({operations.pop(0)[1]}, out={to})")
            start = to
        for operation, part in operations:
            self.say(f"np.{operation}({start}, {part}, out={to})")
            start = to

    def first_in(self, to: str, nodes: list[Node]) -> Node | None:
        """The first that has to be computed and has the array's shape."""
        return next(
            (
                node
                for node in nodes
                if not isinstance(node, VIEWS | Ref)
                and self.room_shape(node) == self.rooms.arrays[to]
            ),
            None,
        )

    def product_of_matrices(self, left: Node, right: Node, to: str) -> None:
        """One product of two matrices is sooner called by `dot`, and sooner than one for each."""
        if isinstance(right, Widen) and sorted(right.own) == list(right.own):
            right = right.operand  # the same matrix for all
        many, other = len(self.shape(left)), self.shape(right)
        if many < 2 or len(other) != 2:
            self.say(f"np.matmul({self.operand(left)}, {self.operand(right)}, out={to})")
        elif many == 2:
            self.say(f"np.dot({self.operand(left)}, {self.operand(right)}, out={to})")
        else:
            above, below = self.rows(left), self.operand(right)
            out = self.rooms.rows(to, (*self.shape(left)[:-1], other[-1]))
            self.say(f"np.dot({above}, {below}, out={out})")

    def over_rows(self, node: TensorDot) -> bool:
        """Whether all axes but the last are those of the sum, of both."""
        axes = tuple(range(len(self.shape(node.left)) - 1))
        same = len(self.shape(node.left)) == len(self.shape(node.right))
        return same and node.left_axes == node.right_axes == axes

    def rows(self, node: Node) -> str:
        """The text of a value as a matrix of its last axis."""
        return self.rooms.rows(self.operand(node), self.shape(node))

    def along(self, node: Node, axes: tuple[int, ...], to: str) -> None:
        """The sum over axes; over one of two, the product with ones, which is sooner."""
        held, shape = self.operand(node), self.shape(node)
        match shape, axes:
            case (size, _), (0,):
                self.say(f"np.dot({self.rooms.ones((size,))}, {held}, out={to})")
            case (_, size), (1,):
                self.say(f"np.dot({held}, {self.rooms.ones((size,))}, out={to})")
            case (*_, size), (axis,) if axis == len(shape) - 1:
                out = self.rooms.view(to, f"{to}.reshape(-1)", "flat")
                ones = self.rooms.ones((size,))
                self.say(f"np.dot({self.rooms.rows(held, shape)}, {ones}, out={out})")
            case _:
                self.say(f"np.add.reduce({held}, axis={axis_text(axes)}, out={to})")

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
                numbers = {
                    word: self.rooms.number(digit)
                    for digit, word in NUMBERS.items()
                    if f"{{{word}}}" in line
                }
                self.say(line.format_map({"z": z, "to": to} | numbers))
        else:
            self.say(f"np.copyto({to}, {self.text(self.read(node))})")

    def normalised(self, operand: Node, axes: tuple[int, ...], to: str) -> None:
        """The softmax: the largest is taken out, and with the sum kept for the logarithm."""
        z = self.operand(operand)
        row: Shape = tuple(
            None if axis in axes else size for axis, size in enumerate(self.shape(operand))
        )
        largest, total = (self.rooms.kept(row, kind) for kind in ("largest", "sums"))
        along = f"axis={axis_text(axes)}, keepdims=True"
        self.say(f"np.maximum.reduce({z}, {along}, out={largest})")
        self.say(f"np.subtract({z}, {largest}, out={to})")
        self.say(f"np.exp({to}, out={to})")
        if row[-1] is None and None not in row[:-1]:
            shape = self.shape(operand)
            column = self.rooms.ones((shape[-1], None))
            entries, out = (self.rooms.rows(to, shape), self.rooms.rows(total, row))
            self.say(f"np.dot({entries}, {column}, out={out})")
        else:
            self.say(f"np.add.reduce({to}, {along}, out={total})")
        self.say(f"np.divide({to}, {total}, out={to})")
        self.tops[LogSumExp(operand, axes, all=False)] = largest, total

    def logarithm(self, node: Node, operand: Node, axes: tuple[int, ...], to: str) -> None:
        """The logarithm of a sum of exponentials, which the softmax has left if it was computed."""
        if node not in self.tops:
            self.normalised(operand, axes, self.rooms.spare(self.shape(operand)))
        largest, total = self.tops[node]
        only = ", ".join("0" if axis in axes else ":" for axis in range(len(self.shape(operand))))
        sum_, top = (self.rooms.view(name, f"{name}[{only}]", "view") for name in (total, largest))
        self.say(f"np.log({sum_}, out={to})")
        self.say(f"np.add({to}, {top}, out={to})")

    # --- what is read -----------------------------------------------------------------------------

    def operand(self, node: Node, to: str = "") -> str:
        """The text of a value that lies somewhere, computed first if it does not: in `to`, if it
        has the shape of that.
        """
        if isinstance(node, VIEWS):
            return self.view(node)
        if isinstance(node, Ref):
            return self.text(node)
        if not self.shape(node):
            text = self.text(self.read(node))
            fixed = all(isinstance(part, FIXED) for part in parts(node))
            return self.rooms.number(text) if fixed else text
        place = to if self.rooms.arrays.get(to) == self.room_shape(node) else ""
        place = place or self.rooms.spare(self.shape(node))
        self.into(node, place)
        return place

    def view(self, node: Node) -> str:
        """Another look: made once at an array that is, else at every call."""
        read = self.read(node)
        (base,) = {code_name(name, self.model) for name in arrays_in(read)}
        kind = "T" if isinstance(node, Transpose) else "view"
        return self.rooms.view(base, self.text(read), kind)

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
                name = self.rooms.new("total")
                self.say(f"{name} = {self.total(operand)}")
                self.rooms.shapes[name] = ()
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
        left = self.operand(pair[0])
        right = left if pair[1] is pair[0] else self.operand(pair[1])
        return f"np.vdot({left}, {right})"

    def lying(self, node: Node) -> Node:
        """The node, or the name of the array in which it was computed."""
        if isinstance(node, Ref | VIEWS) or not self.shape(node):
            return self.read(node)
        return Ref(self.operand(node))

    def text(self, node: Node) -> str:
        return expression(node, self.model)

    def shape(self, node: Node) -> Shape:
        return shape_of(node, self.rooms.shapes.__getitem__)

    def room_shape(self, node: Node) -> str:
        return self.rooms.written(self.shape(node))

    def say(self, line: str) -> None:
        self.lines.append(line)
