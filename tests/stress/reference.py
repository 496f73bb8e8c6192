"""The error of a model computed from its text by HIPS autograd: the grammar is all it knows of derive.

Every value is an array with an axis for each letter of the model, of length 1 where the value does
not depend on it; so a sum over a letter is a sum along its axis, and NumPy does the rest.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import autograd.numpy as np
import numpy

from derive.reading.source import Source
from derive.reading.syntax import parse_statements
from derive.reading.tree import Call, Comparison, Factors, Literal, Node, Raised, Reference, Terms
from tests.corpus.common import erf
from tests.stress.writer import Made


def _choose(condition: Any, then: Any, other: Any) -> Any:
    """np.where of arrays that are broadcast first: autograd gives no gradient of one that is not."""
    shape = numpy.broadcast_shapes(*(np.shape(x) for x in (condition, then, other)))
    return np.where(condition, then + np.zeros(shape), other + np.zeros(shape))


def _logistic(z: Any) -> Any:
    return (1 + np.tanh(z / 2)) / 2


def _softplus(z: Any) -> Any:
    return _choose(z > 0, z, 0) + np.log(1 + np.exp(_choose(z > 0, -z, z)))


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "identity": lambda z: z,
    "logistic": _logistic,
    "sigmoid": _logistic,
    "tanh": np.tanh,
    "bipolar_logistic": lambda z: np.tanh(z / 2),
    "relu": lambda z: _choose(z > 0, z, 0),
    "ReLU": lambda z: _choose(z > 0, z, 0),
    "leaky_relu": lambda z: _choose(z > 0, z, z / 100),
    "abs": lambda z: _choose(z > 0, z, -z),
    "elu": lambda z: _choose(z > 0, z, np.exp(np.minimum(z, 0)) - 1),
    "softplus": _softplus,
    "silu": lambda z: z * _logistic(z),
    "gelu": lambda z: z / 2 * (1 + np.tanh((2 / np.pi) ** 0.5 * (z + 0.044715 * z**3))),
    "gaussian": lambda z: np.exp(-(z**2)),
    "sin": np.sin,
    "cos": np.cos,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "arctan": np.arctan,
    "erf": erf,
    "exp": np.exp,
    "log": np.log,
    "ln": np.log,
    "sqrt": np.sqrt,
}
FREE: dict[str, Callable[[Any], Any]] = {
    "logistic": _logistic,
    "tanh": np.tanh,
    "z / (1 + z^2)": lambda z: z / (1 + z**2),
    "z / (1 + exp(-2 * z))": lambda z: z * _logistic(2 * z),
    "z / (1 + abs(z))": lambda z: z / (1 + _choose(z > 0, z, -z)),
}
LOSSES: dict[str, Callable[..., Any]] = {
    "squared_error": lambda o, y: (o - y) ** 2 / 2,
    "absolute_error": lambda o, y: _choose(o > y, o - y, y - o),
    "huber": lambda o, y, d: _choose(
        abs(o - y) > d, d * _choose(o > y, o - y, y - o) - d**2 / 2, (o - y) ** 2 / 2
    ),
    "binary_cross_entropy": lambda p, y: -y * np.log(p) - (1 - y) * np.log(1 - p),
    "binary_cross_entropy_logits": lambda z, y: _softplus(z) - y * z,
    "cross_entropy": lambda p, y: -y * np.log(p),
    "poisson": lambda mu, y: mu - y * np.log(mu),
    "hinge": lambda o, y: _choose(y * o < 1, 1 - y * o, 0),
}


@dataclass
class Reference_:
    """One sample's error. `values` holds an array, with the axes that it is declared with, by name."""

    made: Made
    values: dict[str, Any]
    number: Callable[[Any], Any] = float
    places: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.places = {letter: place for place, letter in enumerate(self.made.letters)}

    def error(self) -> Any:
        statements = parse_statements(Source("random", self.made.equations).whole())
        for statement in statements:
            letters = [letter.name for letter in statement.target.indices]
            self.values[statement.target.name] = self.declared(self.at(statement.value), letters)
        return self.values[statements[-1].target.name]

    def count(self, letter: str) -> int:
        return self.made.sizes[self.made.letters[letter]]

    def declared(self, value: Any, letters: list[str]) -> Any:
        """An array with just the axes of these letters, in their order."""
        value = self.whole(value, letters)
        rest = tuple(place for letter, place in self.places.items() if letter not in letters)
        value = np.sum(value, axis=rest)  # axes of length 1
        kept = [letter for letter in self.places if letter in letters]
        return np.transpose(value, [kept.index(letter) for letter in letters])

    def whole(self, value: Any, letters: list[str]) -> Any:
        """The value repeated along the letters on which it does not depend."""
        shape = [1] * len(self.places)
        for letter in letters:
            shape[self.places[letter]] = self.count(letter)
        return np.zeros(shape) + value

    def entry(self, name: str, letters: list[str]) -> Any:
        value = self.values[name]
        while len(set(letters)) < len(letters):  # W[i,i]
            value, letters = self.diagonal(value, letters)
        kept = [letter for letter in self.places if letter in letters]
        value = np.transpose(value, [letters.index(letter) for letter in kept])
        return np.reshape(value, [self.count(x) if x in letters else 1 for x in self.places])

    def diagonal(self, value: Any, letters: list[str]) -> tuple[Any, list[str]]:
        """The entries where the first letter that stands twice is one number at both places."""
        twice = next(letter for letter in letters if letters.count(letter) > 1)
        first = letters.index(twice)
        second = letters.index(twice, first + 1)
        shape = [
            self.count(twice) if axis in {first, second} else 1 for axis in range(len(letters))
        ]
        one = np.reshape(np.eye(self.count(twice)), shape)
        return np.sum(value * one, axis=second), letters[:second] + letters[second + 1 :]

    def at(self, node: Node) -> Any:
        match node:
            case Literal():
                return self.number(node.value)
            case Reference():
                if node.name in self.made.sizes and not node.indices:
                    return self.number(self.made.sizes[node.name])
                return self.entry(node.name, [letter.name for letter in node.indices])
            case Terms():
                return sum(-self.at(term) if less else self.at(term) for less, term in node.terms)
            case Factors():
                product: Any = 1.0
                for over, factor in node.factors:
                    value = self.at(factor)
                    product = product / value if over else product * value
                return product
            case Raised():
                return self.at(node.base) ** self.exponent(node.exponent)
            case Call():
                return self.call(node)
        raise AssertionError(node)

    def exponent(self, given: Any) -> Any:
        return self.at(given) if isinstance(given, Node) else given

    def call(self, node: Call) -> Any:
        name, arguments = node.name, node.arguments
        first = arguments[0]
        over = isinstance(first, Reference) and first.name in self.places and not first.indices
        if over and name in OVER:
            *letters, body = arguments
            axes = [letter.name for letter in letters]  # type: ignore[union-attr]
            return OVER[name](
                self.whole(self.at(body), axes) + 0 * self.at(body),
                tuple(self.places[x] for x in axes),
            )
        if name in LOSSES:
            letters = [
                x.name for x in arguments if isinstance(x, Reference) and x.name in self.places
            ]
            parts = [self.at(part) for part in arguments[len(letters) :]]
            return np.sum(
                self.whole(LOSSES[name](*parts), letters),
                tuple(self.places[x] for x in letters),
                keepdims=True,
            )
        if name in ("max", "min"):
            value, *others = (self.at(part) for part in arguments)
            for other in others:
                value = _choose(value > other if name == "max" else value < other, value, other)
            return value
        if name == "where":
            condition, then, other = arguments
            assert isinstance(condition, Comparison)
            left, right = self.at(condition.left), self.at(condition.right)
            return _choose(COMPARED[condition.sign](left, right), self.at(then), self.at(other))
        free = self.made.functions.get(name)
        return (FREE[free] if free else FUNCTIONS[name])(self.at(first))


def _softmax(z: Any, axes: tuple[int, ...]) -> Any:
    e = np.exp(z - np.max(z, axes, keepdims=True))
    return e / np.sum(e, axes, keepdims=True)


OVER: dict[str, Callable[[Any, tuple[int, ...]], Any]] = {
    "sum": lambda z, axes: np.sum(z, axes, keepdims=True),
    "mean": lambda z, axes: np.mean(z, axes, keepdims=True),
    "max": lambda z, axes: np.max(z, axes, keepdims=True),
    "min": lambda z, axes: np.min(z, axes, keepdims=True),
    "prod": lambda z, axes: np.prod(z, axes[0], keepdims=True),
    "norm": lambda z, axes: np.sqrt(np.sum(z**2, axes, keepdims=True)),
    "softmax": _softmax,
}
COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
}
