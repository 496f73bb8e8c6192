"""Model -> what the templates of training at scale need: its data, and how samples add up."""

from dataclasses import dataclass

from derive.code.body import docstring, tuple_text
from derive.code.names import code_name, code_names
from derive.code.passes import sizes_of_weights
from derive.code.trainer import declared_equations
from derive.environment import banner
from derive.errors import DeriveError
from derive.expressions.expression import Sum
from derive.model.model import Model


@dataclass(frozen=True)
class Scale:
    """The record of the own part of one file; every string is source text."""

    banner: str
    name: str
    title: str
    equations: tuple[str, ...]
    error: str
    gather: str
    penalised: bool
    """Whether the error adds to a sum over samples what belongs to none of them."""
    axes: tuple[tuple[str, str], ...]
    """The sizes of a sample's arrays."""
    sizes: tuple[str, ...]
    """Those of the weights, in the order in which a network takes them."""

    @property
    def data(self) -> tuple[str, ...]:
        """The names of a sample's arrays."""
        return tuple(name for name, _ in self.axes)


def scale(model: Model, batched: Model) -> Scale:
    """The record of a model, given its batch form.

    Raises DeriveError where there are no samples to share out.
    """
    if not model.data:
        problem = "the model has neither inputs nor targets: there are no samples to share out"
        raise DeriveError(
            problem, "leave the target out; train of trainer.py needs none", model.name
        )
    last = batched.equations[-1].value
    alone = isinstance(last, Sum) and last.over == (batched.sample,)
    return Scale(
        banner=banner(model.name),
        name=model.name,
        title=docstring(model.title),
        equations=declared_equations(model),
        error=model.error,
        gather=model.gather,
        penalised=model.gather == "sum" and not alone,
        axes=tuple(
            (code_name(array.name, model), tuple_text(code_names(array.shape, model)))
            for array in model.data
        ),
        sizes=code_names(sizes_of_weights(model), model),
    )
