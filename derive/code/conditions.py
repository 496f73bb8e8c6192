"""Assumptions -> the NumPy conditions with which a trainer checks its data, row by row."""

from dataclasses import dataclass

from derive.code.names import code_name
from derive.model.assumptions import Assumption, OneOf, SumsTo, Within
from derive.model.model import Model
from derive.printing.assumption_text import assumption_text, number_text


@dataclass(frozen=True)
class Condition:
    """The name of an array, the words, and what is true of `array` where it is as assumed."""

    name: str
    words: str
    code: str


def conditions(model: Model) -> tuple[Condition, ...]:
    """The condition of each assumption; the arrays have samples in rows."""
    return tuple(
        Condition(code_name(a.array, model), assumption_text(model, a), _code(model, a))
        for a in model.assumptions
    )


def _code(model: Model, assumption: Assumption) -> str:
    match assumption:
        case SumsTo():
            letters = [index.name for index in model.array(assumption.array).indices]
            places = [1 + letters.index(letter) for letter in assumption.over]
            axis = str(places[0]) if len(places) == 1 else str(tuple(places))
            return f"_near(np.sum(array, axis={axis}), {number_text(assumption.total)})"
        case Within(high=None):
            return f"array {'>' if assumption.open else '>='} {number_text(assumption.low)}"
        case Within(low=low, high=high):
            assert high is not None
            return f"(array >= {number_text(low)}) & (array <= {number_text(high)})"
        case OneOf():
            return f"np.isin(array, [{', '.join(map(number_text, assumption.values))}])"
