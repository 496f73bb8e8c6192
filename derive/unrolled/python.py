"""Expressions at single cells -> Python."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from derive.code.names import code_name
from derive.errors import InternalError
from derive.evaluation.evaluate import Cell
from derive.expressions.expression import Delta, Entry, Sum, unknown
from derive.model.model import Model
from derive.printing.precedence import Binding
from derive.printing.printed import Printed
from derive.scalar.spelling import Speller

BUILTINS = {"larger": "max", "smaller": "min"}


@dataclass
class PythonSpeller(Speller):
    """Entries by their names; what is called of `math`, and which helpers, is noted."""

    model: Model
    names: Mapping[Cell, str]
    libraries: dict[str, None] = field(default_factory=dict)
    helpers: dict[str, None] = field(default_factory=dict)

    def entry(self, entry: Entry) -> str:
        """The name of the cell."""
        place = tuple(index for index in entry.indices if isinstance(index, int))
        cell = entry.name, place
        if cell not in self.names:
            raise InternalError(f"{entry} has no name")
        return self.names[cell]

    def literal(self, value: Fraction) -> str:
        """2.0, 0.5."""
        return repr(float(value))

    def size(self, symbol: str) -> str:
        """There are none left."""
        unknown(symbol, "unrolled code")

    def library(self, name: str, arguments: Sequence[str]) -> str:
        """exp(z)."""
        self.libraries.setdefault(name)
        return f"{name}({', '.join(arguments)})"

    def function(self, name: str, order: int, argument: str) -> str:
        """logistic_prime(z)."""
        return f"{function_name(name, order, self.model)}({argument})"

    def helper(self, name: str, arguments: Sequence[str]) -> str:
        """max(a, b), or a function of the module's own."""
        if name not in BUILTINS:
            self.helpers.setdefault(name)
        return f"{BUILTINS.get(name, name)}({', '.join(arguments)})"

    def choice(self, condition: str, then: str, other: str) -> str:
        """The one computed where the condition holds, the other where not."""
        return f"{then} if {condition} else {other}"

    def greater(self, left: str, right: str) -> str:
        """A comparison of mantissas and shifts."""
        return self.helper("scaled_greater", [left, right])

    def raised(self, base: Printed, exponent: int) -> Printed:
        """A whole power."""
        return Printed(f"{base.within(Binding.ATOM)} ** {exponent}", Binding.POWER)

    def total(self, node: Sum) -> Printed:
        """There are none left."""
        unknown(node, "unrolled code")

    def delta(self, node: Delta) -> Printed:
        """There are none left."""
        unknown(node, "unrolled code")

    def scaled_total(self, node: Sum) -> str:
        """There are none left."""
        unknown(node, "unrolled code")


def function_name(name: str, order: int, model: Model) -> str:
    """What a function of the program is called: as in the trainer, f_h and f_h_prime."""
    own = name in dict(model.functions)
    return (code_name(name, model) if own else name) + "_prime" * order
