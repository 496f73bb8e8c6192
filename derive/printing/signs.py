"""The signs of formulas that a reader is told of where they are first used."""

from dataclasses import dataclass

from derive.model.model import Model


@dataclass(frozen=True)
class Sign:
    """A sign by the key of what is said of it; `size` of one that has a size."""

    key: str
    size: str = ""


WHOLE_ARRAYS = Sign("whole_arrays")
"""What is told of every equation between matrices."""


def vectors_sign(model: Model) -> Sign:
    """That vectors are columns, or rows."""
    return Sign(model.notation.vectors)


IVERSON = Sign("iverson")
ENTRYWISE, ROOTS = Sign("entrywise"), Sign("roots")
ODOT, OSLASH, CIRC = Sign("odot"), Sign("oslash"), Sign("circ")
ONES = Sign("ones")
DIAGONAL, DIAGONAL_OF = Sign("diagonal"), Sign("diagonal_of")
TRACE, FROBENIUS = Sign("trace"), Sign("frobenius")
SOFTMAX, SOFTMAX_OF_ROWS = Sign("softmax"), Sign("softmax_of_rows")


def column_of_ones_sign(size: str) -> Sign:
    """That of so many ones in a column."""
    return Sign("column_of_ones", size)


def identity_sign(size: str) -> Sign:
    """That of an identity matrix."""
    return Sign("identity_matrix", size)


KEYS = (
    "whole_arrays", "columns", "rows", "entrywise", "roots", "iverson", "odot", "oslash", "circ",
    "ones", "column_of_ones", "identity_matrix", "diagonal", "diagonal_of", "trace", "frobenius",
    "softmax", "softmax_of_rows",
)  # fmt: skip
"""What may be said of signs, in the order in which it is."""
