"""Dense networks of any depth: the Model that their model file would give.

The text of the model file is written and read, so that there is one way into a Model and
what `dense` makes can be looked at: it is `dense_text`.
"""

from collections.abc import Sequence
from typing import NoReturn

from derive.errors import DeriveError, described
from derive.functions.table import TABLE
from derive.model.model import Model
from derive.reading.declarations import MAX_SIZE
from derive.reading.losses import LOSSES
from derive.reading.resolve import resolve
from derive.reading.source import Source

SOFTMAX = "softmax"


def dense(
    sizes: Sequence[int],
    activations: Sequence[str],
    loss: str = "squared_error",
    bias: bool = True,
    name: str = "dense",
) -> Model:
    """A network of dense layers from its sizes, [784, 128, 10], the inputs' first.

    The weights are W1, b1, W2, b2, ... in this order, W of shape (units, inputs); each
    layer has its activation, a function of the table, or softmax for the last. Raises
    DeriveError for sizes, activations or a loss that do not fit.
    """
    if not isinstance(name, str):
        _fail_kind("name", name, 'a name, "dense"')
    return resolve(name, Source(f"{name}.toml", dense_text(sizes, activations, loss, bias)))


def dense_text(
    sizes: Sequence[int], activations: Sequence[str], loss: str = "squared_error", bias: bool = True
) -> str:
    """The text of the model file of a dense network."""
    _check_kinds(sizes, activations, loss, bias)
    _check(sizes, activations, loss)
    equations, weights, before, last = [], [], "x", len(activations)
    for n, activation in enumerate(activations, 1):
        weights += [f'"W{n}[j{n},j{n - 1}]"'] + [f'"b{n}[j{n}]"'] * bias
        total = f"sum(j{n - 1}, W{n}[j{n},j{n - 1}] * {before}[j{n - 1}])"
        equations.append(f"z{n}[j{n}] = {total}" + f" + b{n}[j{n}]" * bias)
        equations.append(f"a{n}[j{n}] = {_activation(activation, n)}")
        before = f"a{n}"
    given = [f"{before}[j{last}]", f"y[j{last}]", *LOSSES[loss].parameters[2:]]
    equations.append(f"L = {loss}(j{last}, {', '.join(given)})")
    indices = [f'j{n} = "n{n}"' for n in range(last + 1)]
    shape = "-".join(map(str, sizes))
    lines = [
        f'title = "A dense network, {shape}"',
        f'source = "derive.dense: {", ".join(activations)}; {loss}"',
        f"weights = [{', '.join(weights)}]",
        'inputs = ["x[j0]"]',
        f'targets = ["y[j{last}]"]',
        "equations = '''",
        *equations,
        "'''",
        "[sizes]",
        *indices,
        "[example]",
        *(f"n{n} = {size}" for n, size in enumerate(sizes)),
    ]
    values = LOSSES[loss].values
    if values:
        lines += ["[hyperparameters]", *(f"{name} = {value}" for name, value in values)]
    return "\n".join(lines) + "\n"


def _activation(name: str, n: int) -> str:
    if name == SOFTMAX:
        return f"softmax(j{n}, z{n}[j{n}])"
    return f"{name}(z{n}[j{n}])"


def _check_kinds(sizes: object, activations: object, loss: object, bias: object) -> None:
    """That lists are given where lists are wanted, whatever they hold."""
    if not isinstance(sizes, Sequence) or isinstance(sizes, str | bytes):
        _fail_kind("sizes", sizes, "a list of whole numbers, [784, 128, 10]")
    if not isinstance(activations, Sequence) or isinstance(activations, str | bytes):
        _fail_kind("activations", activations, 'a list of names, ["tanh", "softmax"]')
    if not isinstance(loss, str):
        _fail_kind("loss", loss, f"one of {', '.join(LOSSES)}")
    if not isinstance(bias, bool):
        _fail_kind("bias", bias, "True or False")


def _fail_kind(argument: str, given: object, wanted: str) -> NoReturn:
    raise DeriveError(f"{argument} is {described(given)}", f"give {wanted}", "dense")


def _check(sizes: Sequence[int], activations: Sequence[str], loss: str) -> None:
    if len(sizes) != len(activations) + 1 or not activations:
        layers = f"{len(sizes)} sizes and {len(activations)} activations"
        raise DeriveError(layers, "give the inputs' size, and a size for each activation", "dense")
    for size in sizes:
        if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= MAX_SIZE:
            cure = f"sizes are whole numbers from 1 on, up to {MAX_SIZE}"
            raise DeriveError(f"the size {described(size)}", cure, "dense")
    for name in activations:
        if not isinstance(name, str) or (name not in TABLE and name != SOFTMAX):
            known = ", ".join([*TABLE, SOFTMAX])
            problem = f"{described(name)} is no known activation"
            raise DeriveError(problem, f"known are {known}", "dense")
    if loss not in LOSSES:
        problem = f"{described(loss)} is no known loss"
        raise DeriveError(problem, f"known are {', '.join(LOSSES)}", "dense")
