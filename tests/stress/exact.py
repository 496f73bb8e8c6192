"""Numbers for HIPS autograd that know how exact they are: balls, with as many digits as it takes.

At extreme points floats have lost an error that is written as its equations are: log(1 - p) where
p is 1 to 16 digits. Balls of 16000 bits have not, and say so where they have.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
from autograd.extend import VSpace
from autograd.numpy.numpy_boxes import ArrayBox
from autograd.numpy.numpy_vspaces import ArrayVSpace
from flint import arb, ctx, fmpq

from derive.model.model import Array, Model
from tests.stress.witness import Error, gradient

BITS = (300, 2000, 16000)
"""1 - exp(-10000) differs from 1 in the 14427th bit."""

ASIDE = Fraction(1, 2**100)
"""How far beside a point its derivatives are found."""

BLURRED = arb(2) ** -80
"""What is nearer to 0 is not told from what is beside the point."""

ALIKE = arb(10) ** -9
"""How near, relative to the largest of an array, what is the same is."""

NARROW = arb(2) ** -50
"""How wide a ball that is known may be, relative to itself."""

NOTHING = arb(2) ** -150
"""What is known to be nearer to 0 than this is known."""


UNTOLD = arb(2) ** -1100
"""Two numbers are told apart by this: less than this is 0 in every format of a trainer."""


class Undecided(Exception):
    """Two balls overlap: which is the larger is not known at so few digits."""


class Balls(np.ndarray):
    """An array of balls: what NumPy makes of it is one, too, without axes where it is a number."""

    def __array_ufunc__(self, ufunc: Any, method: str, *given: Any, **how: Any) -> Any:
        if any(isinstance(part, ArrayBox) for part in given):
            return NotImplemented  # autograd takes the boxes off and comes again
        how.pop("out", None)
        how.pop("dtype", None)
        if method == "at":
            array, places, added = given
            return ufunc.at(array.view(np.ndarray), places, balls(added).view(np.ndarray))
        own = (part if isinstance(part, Balls) else balls(part) for part in given)
        parts = [part.view(np.ndarray) for part in own]
        if ufunc is np.matmul:
            return _viewed(np.matmul(*parts))
        if ufunc not in ELEMENTWISE:
            raise NotImplementedError(f"{ufunc.__name__} of balls")
        computed = np.frompyfunc(ELEMENTWISE[ufunc], ufunc.nin, 1)
        found = computed(*parts) if method == "__call__" else _reduced(computed, *parts, **how)
        return np.asarray(found, bool) if ufunc in COMPARED else _viewed(found)

    def __array_function__(self, function: Any, types: Any, given: Any, how: Any) -> Any:
        found = super().__array_function__(function, (Balls,), given, how)
        is_new = isinstance(found, np.ndarray) and found.dtype == object
        return balls(found) if is_new or isinstance(found, arb) else found

    def __getitem__(self, places: Any) -> Any:
        found = super().__getitem__(places)
        return _viewed(found) if isinstance(found, arb) else found

    def __iter__(self) -> Iterator[Any]:
        return (self[place] for place in range(len(self)))

    def erf(self) -> "Balls":
        """The error function, which NumPy has not."""
        return _viewed(np.frompyfunc(arb.erf, 1, 1)(self.view(np.ndarray)))

    def erfc(self) -> "Balls":
        """What it lacks of 1."""
        return _viewed(np.frompyfunc(arb.erfc, 1, 1)(self.view(np.ndarray)))

    def __bool__(self) -> bool:
        return bool(self.view(np.ndarray).item() != 0)


def _reduced(
    computed: np.ufunc, array: Any, axis: Any = 0, keepdims: bool = False, **rest: Any
) -> Any:
    """One axis after the other: NumPy takes several at once only of what it knows."""
    axes = range(array.ndim) if axis is None else np.atleast_1d(axis)
    for place in {int(axis) % array.ndim for axis in axes}:
        array = computed.reduce(array, axis=place, keepdims=True)
    return array if keepdims else np.squeeze(array, tuple(int(axis) for axis in axes))


def balls(given: Any) -> Balls:
    """Numbers of any kind, in an array of any shape, as balls."""
    return _viewed(np.frompyfunc(ball, 1, 1)(np.asarray(given, object).view(np.ndarray)))


def _viewed(found: Any) -> Balls:
    return np.asarray(found, object).view(Balls)


def ball(given: Any) -> arb:
    """A number as a ball at the working precision."""
    match given:
        case arb():
            return given
        case Balls():
            return given.view(np.ndarray).item()
        case Fraction():
            return arb(fmpq(given.numerator, given.denominator))
        case bool() | np.bool_() | int() | np.integer():
            return arb(int(given))
    return arb(float(given))


def _is_more(one: arb, other: arb) -> bool:
    if _is_same(one, other):
        return False
    if one.overlaps(other) or abs(one - other) < UNTOLD:
        raise Undecided
    return bool(one > other)


def _is_same(one: arb, other: arb) -> bool:
    """The same ball is the same number: autograd adds 0 to a maximum before it looks for it."""
    return bool(one.mid() == other.mid() and one.rad() == other.rad())


COMPARED: dict[Any, Callable[[arb, arb], bool]] = {
    np.greater: _is_more,
    np.less: lambda one, other: _is_more(other, one),
    np.greater_equal: lambda one, other: not _is_more(other, one),
    np.less_equal: lambda one, other: not _is_more(one, other),
    np.equal: _is_same,
    np.not_equal: lambda one, other: not _is_same(one, other),
}
ELEMENTWISE: dict[Any, Callable[..., Any]] = {
    **COMPARED,
    np.add: operator.add,
    np.subtract: operator.sub,
    np.multiply: operator.mul,
    np.divide: operator.truediv,
    np.power: operator.pow,
    np.negative: operator.neg,
    np.absolute: abs,
    np.sign: lambda z: arb(_is_more(z, arb(0)) - _is_more(arb(0), z)),
    np.conjugate: lambda z: z,
    np.maximum: lambda one, other: other if _is_more(other, one) else one,
    np.minimum: lambda one, other: other if _is_more(one, other) else one,
    np.exp: arb.exp,
    np.log: arb.log,
    np.sqrt: arb.sqrt,
    np.sin: arb.sin,
    np.cos: arb.cos,
    np.sinh: arb.sinh,
    np.cosh: arb.cosh,
    np.tanh: arb.tanh,
    np.arctan: arb.atan,
    np.arccos: arb.acos,
    np.logaddexp: lambda one, other: (one.exp() + other.exp()).log(),
}


class BallSpace(ArrayVSpace):
    """What autograd has to know of balls: their 0 and 1."""

    def zeros(self) -> Balls:
        return balls(super().zeros())

    def ones(self) -> Balls:
        return balls(super().ones())


ArrayBox.register(Balls)
VSpace.register(Balls, BallSpace)


Sizes = Mapping[str, int]

Point = Mapping[tuple[str, tuple[int, ...]], Fraction]

Known = list[Any]
"""An error and its derivative by each weight: arrays of balls."""


def beside(error: Error, model: Model, sizes: Sizes, point: Point, line: int) -> Known | None:
    """The mean error of the samples and its derivatives, on both sides of a point on some line.

    None where these are not the same, as on a kink, or cannot be known.
    """
    one = _at(error, model, sizes, _moved(model, point, line, ASIDE))
    other = _at(error, model, sizes, _moved(model, point, line, -ASIDE)) if one else None
    return one if one and other and same(one, other) else None


def here(error: Error, model: Model, sizes: Sizes, point: Point) -> Known | None:
    """The same at the point itself, of which nothing beside it speaks where the error jumps."""
    return _at(error, model, sizes, point)


def same(one: Known, other: Known) -> bool:
    """Whether each array is another, relative to its largest number."""
    for array, another in zip(one, other, strict=True):
        mine, yours = ([ball(x) for x in np.ravel(part)] for part in (array, another))
        most = max((abs(x).upper() for x in [*mine, *yours]), default=arb(0))
        limit = ALIKE * most + BLURRED
        if any(not abs(x - y) <= limit for x, y in zip(mine, yours, strict=True)):
            return False
    return True


def _moved(model: Model, point: Point, line: int, step: Fraction) -> Point:
    """The point with its weights moved along a line."""
    chance, names = Random(line), {array.name for array in model.weights}
    return {
        cell: number + step * chance.randint(1, 100) if cell[0] in names else number
        for cell, number in point.items()
    }


def _at(error: Error, model: Model, sizes: Sizes, point: Point) -> Known | None:
    for bits in BITS:
        with ctx.workprec(bits), suppress(Undecided, ZeroDivisionError):
            weights, data = (
                [_given(array, sizes, point) for array in arrays]
                for arrays in (model.weights, model.data)
            )
            value, partials = gradient(error, model, weights, data, balls)
            if all(is_known(x) for part in (value, *partials) for x in part.flat):
                return [value, *partials]
    return None


def _given(array: Array, sizes: Sizes, point: Point) -> Balls:
    made = np.empty([sizes[size] for size in array.shape], object)
    for place in np.ndindex(made.shape):
        made[place] = ball(point[array.name, tuple(n + 1 for n in place)])
    return made.view(Balls)


def is_known(number: arb) -> bool:
    """To some 15 digits."""
    if not number.is_finite():
        return False
    return bool(number.abs_upper() < NOTHING or number.rad() <= NARROW * number.abs_lower())
