"""The interval that an output cannot leave: that of a logistic one is from 0 to 1."""

import mpmath

from derive.evaluation.evaluate import high_precision
from derive.expressions.expression import Apply
from derive.model.model import Model
from derive.model.output import output_of

FAR = 10**6


def output_interval(model: Model) -> tuple[float, float] | None:
    """The ends of a function that is finite at both, where the output is one; else None."""
    defined = next(e.value for e in model.equations if e.name == output_of(model).name)
    if not isinstance(defined, Apply) or model.function(defined.function).positive:
        return None
    apply = high_precision(model).apply
    try:
        ends = [apply(defined.function, defined.order, mpmath.mpf(z)) for z in (-FAR, FAR)]
    except OverflowError:  # on the way to a value that may well be finite
        return None
    if any(abs(end) >= FAR ** mpmath.mpf("0.5") for end in ends):
        return None
    low, high = sorted(map(float, ends))
    return low, high
