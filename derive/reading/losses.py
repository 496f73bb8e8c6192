"""The losses that an equation may name: one row each, in the equation language itself.

`huber(k, O[k], y[k], delta)` stands for the row's text summed over k, its parameters
replaced by what is given. The mean over samples is `batch`'s.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Loss:
    """A loss of one output: its parameters, and its text in them.

    `values` are those that a network made by `dense` gives to parameters besides the output
    and the target, as its hyperparameters; `output` is the function that its output is of, where
    none is named.
    """

    name: str
    words: str
    parameters: tuple[str, ...]
    text: str
    values: tuple[tuple[str, str], ...] = ()
    output: str = "identity"


_ROWS = (
    Loss("squared_error", "half the squared error", ("o", "y"), "(o - y)^2 / 2"),
    Loss("absolute_error", "the absolute error", ("o", "y"), "abs(o - y)"),
    Loss(
        "huber",
        "Huber's loss: squared up to δ, linear beyond (Huber 1964, with his ½)",
        ("o", "y", "delta"),
        "where(abs(o - y) > delta, delta * abs(o - y) - delta^2 / 2, (o - y)^2 / 2)",
        values=(("delta", "1"),),
    ),
    Loss(
        "binary_cross_entropy",
        "the cross-entropy of a probability p, for y in [0, 1]",
        ("p", "y"),
        "-(y * log(p) + (1 - y) * log(1 - p))",
        output="logistic",
    ),
    Loss(
        "binary_cross_entropy_logits",
        "the same of p = logistic(z), in terms of z",
        ("z", "y"),
        "softplus(z) - y * z",
    ),
    Loss(
        "cross_entropy",
        "the cross-entropy of probabilities p",
        ("p", "y"),
        "-y * log(p)",
        output="softmax",
    ),
    Loss(
        "poisson",
        "the negative Poisson log-likelihood of a mean mu, without ln y!",
        ("mu", "y"),
        "mu - y * log(mu)",
        output="exp",
    ),
    Loss("hinge", "the hinge loss, for y in {-1, 1}", ("o", "y"), "max(1 - y * o, 0)"),
)


LOSSES = {row.name: row for row in _ROWS}
