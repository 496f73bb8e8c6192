"""Sums, products and powers of what formulas stand for: numbers, and matrices whose shapes fit."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from derive.readback.setting import MeaningError

Shape = tuple[int, ...]


@dataclass(frozen=True)
class WaitingNorm:
    """A norm that waits for its square."""

    of: Any


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
    if isinstance(left, WaitingNorm) or isinstance(right, WaitingNorm):
        raise MeaningError("a norm stands only in its square")
    if isinstance(right, WaitingOnes) and not shape_of(left):
        return WaitingOnes(left * right.of)
    if isinstance(left, WaitingOnes) or isinstance(right, WaitingOnes):
        raise MeaningError("ones stand only in a sum")
    if not shape_of(left) or not shape_of(right):
        return left * right
    shown = f"{_spell(left.shape)} and {_spell(right.shape)}"
    if sign == r"\otimes":
        return np.kron(left, right)
    if sign == r"\odot":
        if left.shape != right.shape:
            raise MeaningError(f"an entrywise product of {shown}")
        return left * right
    if left.shape[1] != right.shape[0]:
        raise MeaningError(f"a product of {shown}")
    return left @ right


def power(base: Any, exponent: int) -> Any:
    """A power of a number, or the square of a norm."""
    if isinstance(base, WaitingNorm):
        if exponent != 2:
            raise MeaningError("a norm stands only in its square")
        entries = base.of.ravel() if isinstance(base.of, np.ndarray) else [base.of]
        return plus([(False, entry * entry) for entry in entries])
    if shape_of(base):
        raise MeaningError(f"a power of {_spell(base.shape)}")
    return base**exponent if exponent >= 0 else over(1, base**-exponent)


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
