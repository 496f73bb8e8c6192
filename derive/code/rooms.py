"""What `_in_place` makes once: arrays, numbers and ones as arrays, and views of what it made.

NumPy makes an array of a Python number at every call, a view at every `.T`: both cost as much as
an operation on a small array.
"""

import itertools
from dataclasses import dataclass, field

from derive.arrays.shapes import Shape
from derive.code.names import code_name, free_name
from derive.expressions.expression import Name
from derive.model.model import Model

NUMBERS = {"0": "zero", "1": "one", "2": "two"}
"""What numbers are called; others are counted."""


@dataclass
class Rooms:
    """The arrays by their names, and what else is held, by its text."""

    model: Model
    shapes: dict[Name, Shape]
    """Of all quantities so far, and of the arrays without a name in the model."""
    arrays: dict[str, str] = field(default_factory=dict)
    """The arrays, with their shapes as text."""
    held: dict[str, str] = field(default_factory=dict)
    """The names of numbers, ones and views, by the text that makes them."""
    free: dict[str, list[str]] = field(default_factory=dict)
    """Spare arrays by their shapes, which hold nothing that is needed."""
    lent: list[tuple[str, str]] = field(default_factory=list)
    """Those that the present step has taken, with their shapes."""
    names: set[str] = field(default_factory=set)
    """Those of what has no name in the model."""

    def lines(self, given: tuple[str, ...]) -> list[str]:
        """What makes them all, but for the arrays that are given."""
        arrays = [
            f"{name} = np.empty({shape}, {self.dtype})"
            for name, shape in self.arrays.items()
            if name not in given
        ]
        return arrays + [f"{name} = {text}" for text, name in self.held.items()]

    @property
    def dtype(self) -> str:
        """That of the first weight, which is that of all."""
        return f"{code_name(self.model.weights[0].name, self.model)}.dtype"

    def written(self, shape: Shape) -> str:
        """(N, m), of the symbols of sizes."""
        sizes = ["1" if size is None else code_name(size, self.model) for size in shape]
        return f"({', '.join(sizes)}{',' * (len(sizes) == 1)})"

    def named(self, name: str, shape: Shape) -> None:
        """An array of a quantity of the paper."""
        self.arrays[name] = self.written(shape)

    def spare(self, shape: Shape) -> str:
        """An array that holds nothing that is needed, for the rest of the step."""
        own = self.written(shape)
        found = self.free.get(own)
        name = found.pop() if found else self.kept(shape, "spare")
        self.lent.append((name, own))
        return name

    def kept(self, shape: Shape, kind: str) -> str:
        """An array for the rest of all steps."""
        name = self.new(kind)
        self.shapes[name] = shape
        self.named(name, shape)
        return name

    def step_ends(self, looked_at: bool) -> None:
        """What was lent is free again, unless the step has left a view of it under a name."""
        for name, own in [] if looked_at else self.lent:
            self.free.setdefault(own, []).append(name)
        self.lent.clear()

    def number(self, text: str) -> str:
        """A number that is the same at every call."""
        return self._held(f"np.array({text}, {self.dtype})", NUMBERS.get(text, "number"))

    def ones(self, shape: Shape) -> str:
        """An array of ones: a product with it is a sum."""
        return self._held(f"np.ones({self.written(shape)}, {self.dtype})", "ones")

    def view(self, base: str, text: str, kind: str) -> str:
        """Another look at an array, such as its `.T`: made once where the array is."""
        fixed = base in self.arrays and text != base
        return self._held(text, f"{base}_{kind}") if fixed else text

    def rows(self, base: str, shape: Shape) -> str:
        """An array as a matrix that has its last axis."""
        if len(shape) == 2:
            return base
        size = self.written(shape[-1:]).strip("(,)")
        return self.view(base, f"{base}.reshape(-1, {size})", "rows")

    def _held(self, text: str, kind: str) -> str:
        if text not in self.held:
            self.held[text] = self.new(kind)
        return self.held[text]

    def new(self, kind: str) -> str:
        """A name that nothing has: spare, spare_2, spare_3."""
        counted = (f"{kind}_{place}" if place > 1 else kind for place in itertools.count(1))
        name = next(
            name
            for name in counted
            if name not in self.names and free_name(name, self.model) == name
        )
        self.names.add(name)
        return name
