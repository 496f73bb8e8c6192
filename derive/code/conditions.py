"""Assumptions -> the NumPy conditions with which a trainer checks its data, row by row."""

from dataclasses import dataclass
from fractions import Fraction

from derive.model.assumptions import Assumption, OneOf, SumsTo, Within
from derive.model.model import Model


@dataclass(frozen=True)
class Condition:
    """The name of an array, a condition on it, true where it is as assumed, and the words."""

    name: str
    code: str
    words: str


def conditions(model: Model) -> tuple[Condition, ...]:
    """The condition of each assumption; the arrays have samples in rows."""
    return tuple(_condition(model, assumption) for assumption in model.assumptions)


def _condition(model: Model, assumption: Assumption) -> Condition:
    name = assumption.array
    letters = [index.name for index in model.array(name).indices]
    entry = f"{name}[{','.join(letters)}]" if letters else name
    match assumption:
        case SumsTo():
            places = [1 + letters.index(letter) for letter in assumption.over]
            axis = str(places[0]) if len(places) == 1 else str(tuple(places))
            total = f"np.sum(array, axis={axis})"
            # A sum of rounded numbers: half the digits of the dtype must agree.
            code = f"abs({total} - {_number(assumption.total)}) <= np.finfo(array.dtype).eps ** 0.5"
            words = f"sum({', '.join(assumption.over)}, {entry}) = {_number(assumption.total)}"
        case Within():
            low = f"{'>' if assumption.open else '>='} {_number(assumption.low)}"
            words = f"{entry} {low}"
            code = f"array {low}"
            if assumption.high is not None:
                high = _number(assumption.high)
                code = f"(array {low}) & (array <= {high})"
                words = f"{entry} in [{_number(assumption.low)}, {high}]"
        case OneOf():
            values = ", ".join(map(_number, assumption.values))
            code = f"np.isin(array, [{values}])"
            words = f"{entry} in {{{values}}}"
    return Condition(name, code, words)


def _number(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else repr(float(value))
