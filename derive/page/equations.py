"""What an equation of a page is about: letters, arrays, matrices."""

from derive.derivation.derivation import Equation
from derive.expressions.expression import Entry, Index, entries


def is_matrix(entry: Entry) -> bool:
    """Whether an array is a matrix, a vector or a number: two axes lie on a page."""
    return len(entry.indices) <= 2


def has_matrices(equation: Equation) -> bool:
    """Whether an equation is between such arrays."""
    return all(map(is_matrix, (equation.target, *entries(equation.value))))


def has_arrays(equation: Equation) -> bool:
    """Whether an equation is about more than scalars, whose matrix form is what they are."""
    return any(entry.indices for entry in (equation.target, *entries(equation.value)))


def letters(equation: Equation) -> tuple[Index, ...]:
    return letters_of(equation.target)


def letters_of(entry: Entry) -> tuple[Index, ...]:
    return tuple(index for index in entry.indices if isinstance(index, Index))
