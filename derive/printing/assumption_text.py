"""An assumption -> the text that a model file has of it."""

from fractions import Fraction

from derive.model.assumptions import Assumption, OneOf, SumsTo, Within
from derive.model.model import Model


def assumption_text(model: Model, assumption: Assumption) -> str:
    """sum(k, y[k]) = 1, y[k] in [0, 1], y[k] in {-1, 1}, y[k] >= 0."""
    letters = [index.name for index in model.array(assumption.array).indices]
    entry = f"{assumption.array}[{','.join(letters)}]" if letters else assumption.array
    match assumption:
        case SumsTo():
            return f"sum({', '.join(assumption.over)}, {entry}) = {number_text(assumption.total)}"
        case OneOf():
            return f"{entry} in {{{', '.join(map(number_text, assumption.values))}}}"
        case Within(low=low, high=high):
            if high is None:
                return f"{entry} {'>' if assumption.open else '>='} {number_text(low)}"
            return f"{entry} in [{number_text(low)}, {number_text(high)}]"


def number_text(value: Fraction) -> str:
    """1, and 0.5."""
    return str(value) if value.denominator == 1 else repr(float(value))
