"""Expressions -> C: entries of arrays, sums as loops that stand before the line that needs them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from derive.c.names import Names
from derive.expressions.expression import Delta, Entry, Expression, Index, Name, Subscript, Sum
from derive.printing.precedence import Binding
from derive.printing.printed import Printed
from derive.scalar.spelling import Speller

ZERO = "(real)0"


_Add = Callable[[str, Expression], str]


@dataclass
class CSpeller(Speller):
    """What stands before the current line is in `block`; what is called is noted."""

    names: Names
    prefix: str
    functions: Mapping[tuple[str, int], str]
    placed: Mapping[Name, str] = field(default_factory=dict)
    """Where quantities are that are no variables: `gradient->b`."""
    block: list[str] = field(default_factory=list)
    accumulator: str = "sum"
    libraries: dict[str, None] = field(default_factory=dict)
    helpers: dict[str, None] = field(default_factory=dict)
    used: dict[str, None] = field(default_factory=dict)

    def entry(self, entry: Entry) -> str:
        """W[j][i]."""
        where = self.placed.get(entry.name) or self.names.quantity(entry.name)
        return where + "".join(f"[{self.place(index)}]" for index in entry.indices)

    def place(self, index: Subscript) -> str:
        """A letter, or a number, which C counts from 0."""
        return self.names.letter(index) if isinstance(index, Index) else str(index - 1)

    def literal(self, value: Fraction) -> str:
        """A number of either precision."""
        text = str(value.numerator) if value.denominator == 1 else repr(float(value))
        return f"(real){text if len(text) < 10 else repr(float(value))}"

    def size(self, symbol: str) -> str:
        """A size as a number."""
        return f"(real){self.macro(symbol)}"

    def macro(self, symbol: str) -> str:
        """The macro of a size."""
        return f"{self.prefix.upper()}_{symbol}"

    def library(self, name: str, arguments: Sequence[str]) -> str:
        """A function of <math.h>, in the precision of `real`."""
        self.libraries.setdefault(name)
        return f"real_{name}({', '.join(arguments)})"

    def function(self, name: str, order: int, argument: str) -> str:
        """A function of the text."""
        return f"{self.functions[name, order]}({argument})"

    def helper(self, name: str, arguments: Sequence[str]) -> str:
        """A function that C lacks."""
        self.helpers.setdefault(name)
        return f"{name}({', '.join(arguments)})"

    def choice(self, condition: str, then: str, other: str) -> str:
        """The conditional operator."""
        return f"({condition}) ? {then} : {other}"

    def greater(self, left: str, right: str) -> str:
        """A comparison of mantissas and shifts."""
        return self.helper("scaled_greater", [left, right])

    def raised(self, base: Printed, exponent: int) -> Printed:
        """A whole power: a product."""
        if exponent == 2:
            return Printed(self.helper("squared", [str(base)]))
        return Printed(self.helper("whole_power", [str(base), str(exponent)]))

    def delta(self, node: Delta) -> Printed:
        """1 where two places are one."""
        condition = f"{self.place(node.left)} == {self.place(node.right)}"
        return Printed(f"({self.choice(condition, '(real)1', ZERO)})", Binding.ATOM)

    def total(self, node: Sum) -> Printed:
        """A variable, to which a loop before the line has added everything."""
        return Printed(self._added_up(node, "real", ZERO, self._add))

    def scaled_total(self, node: Sum) -> str:
        """The same of mantissas with their shifts."""
        return self._added_up(node, "pair", self.helper("scaled_of", [ZERO]), self._add_scaled)

    def _add(self, total: str, node: Expression) -> str:
        return f"{total} += {self.text(node)};"

    def _add_scaled(self, total: str, node: Expression) -> str:
        return f"{total} = {self.helper('scaled_add', [total, self.scaled(node)])};"

    def _added_up(self, node: Sum, kind: str, zero: str, add: _Add) -> str:
        total = self.fresh(self.accumulator)
        outside, self.block = self.block, []
        line = add(total, node.body)
        body, self.block = [*self.block, line], outside
        self.block += [f"{kind} {total} = {zero};", *self.loops(node.over, body)]
        return total

    def loops(self, over: Sequence[Index], body: Sequence[str]) -> list[str]:
        """A loop over each of some indices, the last one innermost."""
        lines = list(body)
        for index in reversed(over):
            letter, end = self.names.letter(index), self.macro(index.size)
            head = f"for (size_t {letter} = 0U; {letter} < {end}; ++{letter}) {{"
            lines = [head, *(f"    {line}" for line in lines), "}"]
        return lines

    def fresh(self, wanted: str) -> str:
        """A variable of its own."""
        name, number = wanted, 1
        while name in self.used or name in self.names.taken:
            number += 1
            name = f"{wanted}_{number}"
        self.used.setdefault(name)
        return name
