"""Which numbers may leave the format: these are held as a mantissa and a shift.

exp(a) is infinite from a = 710 on and 0 below -745, though Σ m exp(a) / Σ exp(a), or
ln Σ m exp(a), is a number of ordinary size. So what a logarithm is taken of, what is divided by,
and all that is multiplied with or added to such, is followed down through +, ·, powers, sums,
choices and names to the exponentials that it is made of. These, and the quantities on the way,
are `Scaled`; so are the adjoints by those quantities. Any other quantity, and what any other
function is applied to, is a plain number again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from derive.arrays.complements import complement
from derive.arrays.exponentials import Exponentials, exponentials
from derive.derivation.derivation import Equation
from derive.expressions.building import multiply, real_power, rebuild, where
from derive.expressions.contents import children, entries
from derive.expressions.expression import (
    MINUS_ONE,
    ONE,
    Add,
    Adjoint,
    Apply,
    Entry,
    Expression,
    Multiply,
    Name,
    Number,
    Power,
    RealPower,
    Scaled,
    Softmax,
    Sum,
    Where,
)
from derive.expressions.powers import is_below
from derive.expressions.rules import Matcher, pattern
from derive.model.model import Model

LINEAR = ("identity", "relu", "leaky_relu", "abs", "log")
"""Functions that grow where what they are applied to does, and hide nothing infinite."""


HELD = (("exp", 0), ("logistic", 0), ("softplus", 0), ("erfc", 0), ("erf", 1), ("erfc", 1))
"""Functions that scaled numbers have, with the order of a derivative; others are made of exp."""


def is_scaled(node: Expression) -> bool:
    """Whether the value of an expression is held as a mantissa and a shift."""
    match node:
        case Scaled():
            return True
        case Add() | Multiply() | Power() | Sum():
            return any(map(is_scaled, children(node)))
        case RealPower():
            return is_scaled(node.base)
        case Where():
            return is_scaled(node.then) or is_scaled(node.other)
    return False


def scaled(
    equations: tuple[Equation, ...], model: Model, matcher: Matcher
) -> tuple[tuple[Equation, ...], frozenset[Name]]:
    """The equations with what is scaled in them marked, and the quantities that are.

    The equations are those of a whole program in the order of computation; `matcher` looks
    behind the names of quantities.
    """
    numbers = _Numbers(equations, model, matcher)
    while (reached := numbers.reached()) != numbers.scaled:
        numbers = replace(numbers, scaled=reached)
    marked = tuple(map(numbers.marked, equations))
    while plain := {e.target.name for e in marked if not is_scaled(e.value)} & numbers.scaled:
        # Nothing scaled is left in these: they are read with it, and computed from plain numbers.
        numbers = replace(numbers, scaled=numbers.scaled - plain)
        marked = tuple(map(numbers.marked, equations))
    return marked, numbers.scaled


def _connected(node: Expression) -> Iterator[Expression]:
    """The node, and its parts by way of +, ·, powers, sums and choices alone."""
    yield node
    match node:
        case Add() | Multiply() | Power() | Sum():
            parts = children(node)
        case RealPower():
            parts = (node.base,)
        case Where():
            parts = (node.then, node.other)
        case _:
            parts = ()
    for part in parts:
        yield from _connected(part)


def _wholes(node: Expression, applied: Apply | None = None) -> Iterator["_Whole"]:
    """All that a function is applied to, or that is compared, in a value; first the value."""
    yield node, applied
    for part in _connected(node):
        match part:
            case Apply():
                yield from _wholes(part.argument, part)
            case Softmax():
                yield from _wholes(part.argument)
            case Where():
                yield from _wholes(part.left)
                yield from _wholes(part.right)


_Whole = tuple[Expression, Apply | None]


@dataclass(frozen=True)
class _Numbers:
    """What equations compute, with the quantities that are known to be scaled so far."""

    equations: tuple[Equation, ...]
    model: Model
    matcher: Matcher
    scaled: frozenset[Name] = frozenset()

    def reached(self) -> frozenset[Name]:
        """The scaled quantities, with those that are connected with one."""
        found = set(self.scaled)
        for equation in self.equations:
            target = equation.target.name
            for whole, applied in _wholes(equation.value):
                own = whole is equation.value
                if (own and target in found) or self._is_scaled(whole, applied, target):
                    held = {part.name for part in _connected(whole) if isinstance(part, Entry)}
                    found |= {name for name in held & self._leaving if _may_be(name, found)}
                    by = found | self._flattening
                    if own and isinstance(target, Adjoint) and _may_be(target, by):
                        found.add(target)
        return frozenset(found)

    def marked(self, equation: Equation) -> Equation:
        """The equation with its scaled entries and exponentials marked."""
        target = equation.target.name
        is_scaled = target in self.scaled or self._is_scaled(equation.value, None, target)
        return replace(equation, value=self._marked(equation.value, is_scaled))

    # --- what may leave the format ------------------------------------------------------------

    def _is_scaled(self, whole: Expression, applied: Apply | None, target: Name) -> bool:
        """Whether something in what is connected has to be scaled, so that all of it is."""
        for part in _connected(whole):
            if isinstance(part, Entry) and part.name in self.scaled:
                return True
            if _grows_at_zero(part) and self._leaves(part):
                return True
        if applied is None:
            return self._saturates and isinstance(target, Adjoint) and self._grows(whole)
        if applied.function == "log":
            return self._leaves(whole) and not _is_sum_of_exponentials(whole)
        return self._is_saturated(whole, applied)

    def _leaves(self, node: Expression) -> bool:
        return any(map(self._one_leaves, _connected(node)))

    def _one_leaves(self, part: Expression) -> bool:
        if isinstance(part, Entry):
            return part.name in self._leaving
        return isinstance(part, Softmax) or self._exponentials(part) is not None

    def _grows(self, node: Expression) -> bool:
        return any(map(self._one_grows, _connected(node)))

    def _one_grows(self, part: Expression) -> bool:
        if isinstance(part, Entry):
            return part.name in self._growing
        found = self._exponentials(part)
        return found is not None and found.grows

    @cached_property
    def _leaving(self) -> frozenset[Name]:
        """The quantities that vanish or grow as an exponential does."""
        return self._holding(lambda part: isinstance(part, Softmax) or self._exponentials(part))

    @cached_property
    def _growing(self) -> frozenset[Name]:
        return self._holding(lambda part: (f := self._exponentials(part)) and f.grows)

    def _holding(self, is_one: Callable[[Expression], object]) -> frozenset[Name]:
        """The quantities in which one such is connected with the rest."""
        found: set[Name] = set()
        for equation in self.equations:
            parts = _connected(equation.value)
            if any(is_one(x) or (isinstance(x, Entry) and x.name in found) for x in parts):
                found.add(equation.target.name)
        return frozenset(found)

    @cached_property
    def _flattening(self) -> frozenset[Name]:
        """The quantities whose slope vanishes as an exponential does, where their adjoint grows."""
        return frozenset(
            equation.target.name
            for equation in self.equations
            if isinstance(equation.value, Apply)
            and (slope := self._exponentials(replace(equation.value, order=1)))
            and slope.vanishes
        )

    @cached_property
    def _saturates(self) -> bool:
        """Whether a function is applied to what may be infinite, and its slope 0 there."""
        return any(
            applied is not None and self._is_saturated(whole, applied)
            for equation in self.equations
            for whole, applied in _wholes(equation.value)
        )

    def _is_saturated(self, whole: Expression, applied: Apply) -> bool:
        return self.model.function(applied.function).name not in LINEAR and self._grows(whole)

    def _exponentials(self, node: Expression) -> Exponentials | None:
        """What a function is of exponentials, where it is one of anything but constants."""
        if not isinstance(node, Apply) or _is_power(node):
            return None
        constants = {array.name for array in self.model.role("hyperparameter")}
        if all(entry.name in constants for entry in entries(node.argument)):
            return None
        return exponentials(self.model.function(node.function).derivative(node.order))

    # --- marks --------------------------------------------------------------------------------

    def _marked(self, node: Expression, is_scaled: bool) -> Expression:
        """A connected part, all of it scaled or nothing of it."""

        def at(part: Expression) -> Expression:
            return self._marked(part, is_scaled)

        match node:
            case Add() if is_scaled and (other := complement(node, self.matcher)):
                return at(other)
            case Add() if is_scaled and (found := self._less_one(node)):
                sign, argument = found
                argument = self._marked(argument, self._leaves(argument))
                return multiply(sign, Scaled(Apply("expm1", argument)))
            case Add() | Multiply() | Power() | Sum():
                return rebuild(node, map(at, children(node)))
            case Where():
                left, right = self._apart(node.left, None), self._apart(node.right, None)
                return where(left, right, at(node.then), at(node.other))
            case Entry():
                return Scaled(node) if node.name in self.scaled else node
            case Softmax():
                apart = rebuild(node, (self._apart(node.argument, None),))
                return Scaled(apart) if is_scaled else apart
            case RealPower():
                return real_power(at(node.base), node.exponent, node.derived)
            case Apply():
                made = self._exponentials(node) if is_scaled else None
                if made and (node.function, node.order) not in HELD:
                    return at(made.of(node.argument))
                inner = Apply(node.function, self._apart(node.argument, node), node.order)
                return Scaled(inner) if made else inner
        return node

    def _less_one(self, node: Add) -> tuple[Number, Expression] | None:
        """exp(a) - 1, or 1 - exp(a): the sign, and a."""
        for form, sign in (("exp(a) - 1", ONE), ("1 - exp(a)", MINUS_ONE)):
            found = self.matcher.match(pattern(form), node)
            if found is not None:
                return sign, found.parts["a"]
        return None

    def _apart(self, whole: Expression, applied: Apply | None) -> Expression:
        return self._marked(whole, self._is_scaled(whole, applied, ""))


def _grows_at_zero(node: Expression) -> bool:
    """Whether it is a power that is infinite, or may be, where its base is 0."""
    match node:
        case Power():
            return node.exponent < 0
        case RealPower():
            return node.derived or is_below(node)
    return False


def _may_be(name: Name, scaled: set[Name]) -> bool:
    """Whether a quantity may be scaled: an adjoint only where what it is taken by is such."""
    return not isinstance(name, Adjoint) or name.by in scaled


def _is_sum_of_exponentials(node: Expression) -> bool:
    """Whether its logarithm is one operation, which overflows nowhere as it stands."""
    return isinstance(node, Sum) and isinstance(node.body, Apply) and node.body.function == "exp"


def _is_power(node: Apply) -> bool:
    """exp(c · log(x)) with a constant c, which is a power of x."""
    argument = node.argument
    factors = argument.factors if isinstance(argument, Multiply) else (argument,)
    others = [x for x in factors if not isinstance(x, Number)]
    match others:
        case [Apply("log")]:
            return node.function == "exp"
    return False
