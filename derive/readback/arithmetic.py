"""Sums, products and powers of what formulas stand for: numbers, and matrices whose shapes fit."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from derive.readback.setting import MeaningError

Shape = tuple[int, ...]


@dataclass(frozen=True)
class WaitingOnes:
    """An array full of one number, waiting for the shape of what stands beside it."""

    of: Any


def simple(found: Any) -> Any:
    """A matrix of one entry as the number that it is."""
    return found.item() if isinstance(found, np.ndarray) and found.size == 1 else found


def shape_of(found: Any) -> Shape:
    """The shape; of a number, ()."""
    return found.shape if isinstance(found, np.ndarray) else ()


def plus(terms: list[tuple[bool, Any]]) -> Any:
    """The sum of terms, each with whether a minus stands before it; their shapes are one."""
    beside = [term for _, term in terms if not isinstance(term, WaitingOnes)]
    if not beside:
        raise MeaningError("ones beside nothing that has a shape")
    shape = shape_of(beside[0])
    signed = [(negative, _filled(term, shape)) for negative, term in terms]
    shapes = {shape_of(term) for _, term in signed}
    if len(shapes) > 1:
        raise MeaningError(f"a sum of shapes {' and '.join(map(_spell, sorted(shapes)))}")
    first, *others = (-term if negative else term for negative, term in signed)
    return sum(others, first)


def _filled(term: Any, shape: Shape) -> Any:
    return simple(np.full(shape, term.of, object)) if isinstance(term, WaitingOnes) else term


def times(factors: list[tuple[str, Any]]) -> Any:
    """The product of factors from the left, each with the sign before it."""
    (_, product), *rest = factors
    for sign, factor in rest:
        product = simple(_product(sign, product, factor))
    return product


def _product(sign: str, left: Any, right: Any) -> Any:
    if sign in (r"\odot", r"\oslash"):
        divided = sign == r"\oslash"
        return entry_by_entry(over if divided else lambda a, b: a * b, *_beside(left, right))
    if isinstance(right, WaitingOnes) and not shape_of(left):
        return WaitingOnes(left * right.of)
    if isinstance(left, WaitingOnes) or isinstance(right, WaitingOnes):
        raise MeaningError("ones without a size stand only beside an array")
    if not shape_of(left) or not shape_of(right):
        return left * right
    if sign == r"\otimes":
        return np.kron(left, right)
    if left.shape[1] != right.shape[0]:
        raise MeaningError(f"a product of {_spell(left.shape)} and {_spell(right.shape)}")
    return left @ right


def _beside(left: Any, right: Any) -> tuple[Any, Any]:
    """The two sides of a sign that works entry by entry: of one shape, but for ones."""
    shape = shape_of(right if isinstance(left, WaitingOnes) else left)
    sides = _filled(left, shape), _filled(right, shape)
    if isinstance(left, WaitingOnes) and isinstance(right, WaitingOnes):
        raise MeaningError("ones beside nothing that has a shape")
    if shape_of(sides[0]) != shape_of(sides[1]):
        shown = " and ".join(_spell(shape_of(side)) for side in sides)
        raise MeaningError(f"entry by entry, {shown}")
    return sides


def entry_by_entry(apply: Callable[..., Any], *values: Any) -> Any:
    """A function of every entry of arrays of one shape, beside which a number is one for each."""
    shapes = {shape_of(each) for each in values} - {()}
    if any(isinstance(each, WaitingOnes) for each in values) or len(shapes) > 1:
        raise MeaningError(f"entry by entry, {' and '.join(map(_spell, sorted(shapes)))}")
    if not shapes:
        return apply(*values)
    (shape,) = shapes
    arrays = (each if shape_of(each) else np.full(shape, each, object) for each in values)
    return np.frompyfunc(apply, len(values), 1)(*arrays)


def power(base: Any, exponent: int) -> Any:
    """A power of a number."""
    if shape_of(base):
        raise MeaningError(f"a power of {_spell(base.shape)}")
    return whole_power(base, exponent)


def whole_power(number: Any, exponent: int) -> Any:
    """A whole power of a number, of a negative one its inverse's."""
    return number**exponent if exponent >= 0 else over(1, number**-exponent)


def squares(found: Any, is_matrix: bool) -> Any:
    """The sum of the squares of all entries; of a matrix only where it is said to be one."""
    shape = shape_of(found)
    if shape and (shape[1] > 1) != is_matrix:
        raise MeaningError(f"a norm of {_spell(shape)}")
    entries = found.ravel() if shape else [found]
    return plus([(False, entry * entry) for entry in entries])


def diagonal(found: Any) -> Any:
    """The matrix with a column on its diagonal, or the diagonal of a matrix as a column."""
    shape = shape_of(found)
    if not shape:
        return found
    if shape[1] == 1:
        return np.where(np.eye(shape[0], dtype=bool), found, found[0, 0] * 0)
    return np.diagonal(_square(found)).reshape(-1, 1)


def trace(found: Any) -> Any:
    """The sum of the diagonal."""
    return sum(np.diagonal(_square(found))) if shape_of(found) else found


def over_their_sums(found: Any) -> Any:
    """The entries of a column over their sum, or those of every row of a matrix."""
    if not shape_of(found):
        return over(found, found)
    rows = found.T if found.shape[1] == 1 else found
    divided = np.array([[over(entry, sum(row)) for entry in row] for row in rows], object)
    return divided.T if found.shape[1] == 1 else divided


def _square(found: Any) -> Any:
    if found.shape[0] != found.shape[1]:
        raise MeaningError(f"a diagonal of {_spell(found.shape)}")
    return found


def over(above: Any, below: Any) -> Any:
    """A fraction."""
    try:
        return above / below
    except ZeroDivisionError as error:
        raise MeaningError("a division by zero") from error


def stack(rows: list[list[Any]]) -> Any:
    """A matrix of numbers, or of blocks that fit."""
    blocks = [[x if shape_of(x) else np.array([[x]], object) for x in row] for row in rows]
    try:
        return np.block(blocks)
    except ValueError as error:
        raise MeaningError("blocks whose shapes do not fit") from error


def _spell(shape: Shape) -> str:
    return "×".join(map(str, shape)) or "a number"
