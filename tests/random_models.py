"""Random models of the whole language, and their error computed by reading the text alone.

The reference knows the grammar and nothing else of derive: it walks the syntax tree
with numbers of HIPS autograd, one cell at a time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import autograd.numpy as anp
from hypothesis import strategies as st

from derive.reading.source import Source
from derive.reading.syntax import parse_statements
from derive.reading.tree import Call, Comparison, Factors, Literal, Node, Raised, Reference, Terms

SIZES = {"i": "n", "j": "m", "k": "K", "l": "m", "q": "K", "r": "n"}
WEIGHTS = {"W": "ji", "b": "j", "V": "kj", "c": "", "G": "jl"}
DATA = {"x": "i", "u": "", "y": "k"}
SMOOTH = ("tanh", "logistic", "bipolar_logistic", "softplus", "silu", "gelu", "gaussian", "sin",
          "cos", "identity", "elu", "f", "g")  # fmt: skip
KINKED = ("relu", "leaky_relu", "abs")
LOSSES = ("squared_error(k, {o}, y[k])", "absolute_error(k, {o}, y[k])", "huber(k, {o}, y[k], delta)",
          "binary_cross_entropy(k, logistic({o}), y[k])", "binary_cross_entropy_logits(k, {o}, y[k])",
          "cross_entropy(k, softmax(k, {o}), y[k])", "cross_entropy(k, p1[k], y[k])",
          "binary_cross_entropy(k, r1[k], y[k])", "poisson(k, exp(tanh({o})), y[k])",
          "hinge(k, {o}, y[k])")  # fmt: skip


@dataclass(frozen=True)
class Made:
    """The text of a model file, its equations, and the sizes to run it at."""

    text: str
    equations: str
    sizes: dict[str, int]


def _entry(name: str, letters: tuple[str, ...]) -> str:
    return f"{name}[{','.join(letters)}]" if letters else name


@st.composite
def _expression(draw: Any, known: dict[str, str], free: tuple[str, ...], depth: int) -> str:
    """An expression whose indices are among `free`."""

    def inner(letters: tuple[str, ...] = free) -> str:
        return str(draw(_expression(known, letters, depth - 1)))

    fits = [
        (name, letters)
        for name, own in known.items()
        for letters in [_fit(own, free)]
        if letters is not None
    ]
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        if fits and draw(st.integers(0, 5)):
            return _entry(*draw(st.sampled_from(fits)))
        return str(draw(st.sampled_from(["2", "0.5", "1.25", "delta"])))
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return f"({inner()} + {inner()})"
    if kind == 1:
        return f"({inner()} - {inner()})"
    if kind == 2:
        return f"{inner()} * {inner()}"
    if kind == 3:
        return f"{inner()} / (2 + ({inner()})^2)"
    if kind == 4:
        return f"({inner()})^{draw(st.integers(2, 3))}"
    if kind == 5:
        return f"{draw(st.sampled_from(SMOOTH + KINKED))}({inner()})"
    if kind == 6:
        return f"log(1 + ({inner()})^2)"
    if kind == 7:
        pieces = [inner() for _ in range(4)]
        return draw(
            st.sampled_from(
                [f"max({pieces[0]}, {pieces[1]})", f"min({pieces[0]}, {pieces[1]})",
                 "where({} > {}, {}, 1 + {})".format(*pieces), "where({} <= {}, {}, 1 + {})".format(*pieces)]
            )
        )  # fmt: skip
    letters = [letter for letter in SIZES if letter not in free]
    letter = draw(st.sampled_from(letters))
    over = draw(st.sampled_from(_holding(letter, known)))
    word = "mean" if kind == 8 else "sum"
    return (
        f"{word}({letter}, {over} * {inner((*free, letter))})"
        if _scoped(over, (*free, letter))
        else inner()
    )


def _fit(own: str, free: tuple[str, ...]) -> tuple[str, ...] | None:
    """Letters in scope for the indices of an array, each of the right size, or None."""
    chosen = []
    for index in own:
        letters = [x for x in free if SIZES[x] == SIZES[index] and x not in chosen]
        if not letters:
            return None
        chosen.append(letters[0])
    return tuple(chosen)


def _holding(letter: str, known: dict[str, str]) -> list[str]:
    """Entries that carry an index of the letter's size, the letter in that place."""
    found = []
    for name, own in known.items():
        for place, index in enumerate(own):
            if SIZES[index] == SIZES[letter]:
                found.append(
                    _entry(name, tuple(letter if k == place else x for k, x in enumerate(own)))
                )
    return found


def _scoped(entry: str, free: tuple[str, ...]) -> bool:
    inside = entry[entry.index("[") + 1 : -1].split(",")
    return set(inside) <= set(free) and len(set(inside)) == len(inside)


@st.composite
def models(draw: Any) -> Made:
    """A model with a few random equations, a loss and a penalty."""
    known = {"W": "ji", "b": "j", "V": "kj", "c": "", "G": "jl", "x": "i", "u": "", "y": "k"}
    del known["y"]  # the output is computed without the targets
    lines = ["a[j] = sum(i, W[j,i] * x[i]) + b[j]"]
    known["a"] = "j"
    for number in range(draw(st.integers(0, 3))):
        own = draw(st.sampled_from(["", "j", "k"]))
        name, free = f"h{number}", tuple(own)
        held = {"": "c", "j": "a[j]", "k": "sum(j, V[k,j] * a[j])"}[own]
        body = draw(_expression(known, free, draw(st.integers(1, 3))))
        lines.append(f"{_entry(name, free)} = {held} + {body}")
        known[name] = own
    extra = draw(_expression(known, ("k",), 2))
    lines.append(f"o[k] = sum(j, V[k,j] * tanh(a[j])) + {extra}")
    loss = draw(st.sampled_from(LOSSES)).format(o="o[k]")
    if "p1[k]" in loss:
        lines.append("p1[k] = softmax(k, o[k])")
    if "r1[k]" in loss:
        lines.append("r1[k] = logistic(o[k])")
    used = " ".join(line.split("=", 1)[1] for line in lines)
    rest = [_entry(name, tuple(own)) for name, own in known.items() if f"{name}[" not in used]
    terms = [
        f"sum({', '.join(known[e.split('[')[0]])}, {e}^2)" if "[" in e else f"{e}^2" for e in rest
    ]
    penalty = draw(
        st.sampled_from(["", " + 0.01 * sum(j, i, W[j,i]^2)", " + delta * sum(k, j, abs(V[k,j]))"])
    )
    lines.append(f"EQ = {loss}{penalty} + {' + '.join(terms)} + u * delta")
    equations = "\n".join(lines)
    letters = [x for x in SIZES if f"[{x}" in equations or f",{x}" in equations]
    sizes = {
        "n": draw(st.integers(1, 3)),
        "m": draw(st.integers(1, 3)),
        "K": draw(st.integers(1, 3)),
    }
    f = draw(
        st.sampled_from(["tanh", "z / (1 + z^2)", "z / (1 + exp(-2 * z))", "z / (1 + abs(z))"])
    )
    text = "\n".join([
        'title = "random"', 'source = "tests"',
        'weights = ["W[j,i]", "b[j]", "V[k,j]", "c", "G[j,l]"]',
        'inputs = ["x[i]", "u"]', 'targets = ["y[k]"]', f"equations = '''\n{equations}\n'''",
        "[functions]", f'f = "{f}"', 'g = "logistic"',
        "[hyperparameters]", "delta = 0.75",
        "[sizes]", *(f'{x} = "{SIZES[x]}"' for x in letters),
        "[example]", *(f"{size} = 2" for size in sizes),
    ])  # fmt: skip
    return Made(text, equations, sizes)


# --- the reference ------------------------------------------------------------------------------


def _logistic(z: Any) -> Any:
    return 1 / (1 + anp.exp(-z))


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "identity": lambda z: z,
    "logistic": _logistic,
    "tanh": anp.tanh,
    "bipolar_logistic": lambda z: 2 * _logistic(z) - 1,
    "relu": lambda z: z if z > 0 else 0 * z,
    "leaky_relu": lambda z: z if z > 0 else z / 100,
    "abs": lambda z: z if z > 0 else -z,
    "elu": lambda z: z if z > 0 else anp.exp(z) - 1,
    "softplus": lambda z: anp.log(1 + anp.exp(z)),
    "silu": lambda z: z * _logistic(z),
    "gelu": lambda z: z / 2 * (1 + anp.tanh((2 / anp.pi) ** 0.5 * (z + 0.044715 * z**3))),
    "gaussian": lambda z: anp.exp(-(z**2)),
    "sin": anp.sin,
    "cos": anp.cos,
    "exp": anp.exp,
    "log": anp.log,
    "g": _logistic,
}
BY_TEXT: dict[str, Callable[[Any], Any]] = {
    "tanh": anp.tanh,
    "z / (1 + z^2)": lambda z: z / (1 + z**2),
    "z / (1 + exp(-2 * z))": lambda z: z / (1 + anp.exp(-2 * z)),
    "z / (1 + abs(z))": lambda z: z / (1 + (z if z > 0 else -z)),
}
LOSS: dict[str, Callable[..., Any]] = {
    "squared_error": lambda o, y: (o - y) ** 2 / 2,
    "absolute_error": lambda o, y: o - y if o > y else y - o,
    "huber": lambda o, y, d: (o - y) ** 2 / 2 if -d < o - y < d else d * (abs(o - y) - d / 2),
    "binary_cross_entropy": lambda p, y: -y * anp.log(p) - (1 - y) * anp.log(1 - p),
    "binary_cross_entropy_logits": lambda z, y: anp.log(1 + anp.exp(z)) - y * z,
    "cross_entropy": lambda p, y: -y * anp.log(p),
    "poisson": lambda mu, y: mu - y * anp.log(mu),
    "hinge": lambda o, y: 1 - y * o if y * o < 1 else 0 * o,
}


@dataclass
class Reference_:
    """One sample's error: `values` holds a number or a nested list for every name."""

    sizes: dict[str, int]
    values: dict[str, Any]
    functions: dict[str, Callable[[Any], Any]]

    def error(self, equations: str) -> Any:
        statements = parse_statements(Source("random", equations).whole())
        for statement in statements:
            letters = tuple(letter.name for letter in statement.target.indices)
            self.values[statement.target.name] = self._array(statement.value, letters, {})
        return self.values[statements[-1].target.name]

    def _array(self, node: Node, letters: tuple[str, ...], at: dict[str, int]) -> Any:
        if not letters:
            return self.at(node, at)
        count = self.sizes[SIZES[letters[0]]]
        return [self._array(node, letters[1:], {**at, letters[0]: k}) for k in range(count)]

    def at(self, node: Node, at: dict[str, int]) -> Any:
        match node:
            case Literal():
                return float(node.value)
            case Reference():
                value = self.values[node.name]
                for letter in node.indices:
                    value = value[at[letter.name]]
                return value
            case Terms():
                return sum(
                    -self.at(term, at) if minus else self.at(term, at) for minus, term in node.terms
                )
            case Factors():
                product = 1.0
                for over, factor in node.factors:
                    product = (
                        product / self.at(factor, at) if over else product * self.at(factor, at)
                    )
                return product
            case Raised():
                return self.at(node.base, at) ** self.at(node.exponent, at)
            case Call():
                return self.call(node, at)
        raise AssertionError(node)

    def call(self, node: Call, at: dict[str, int]) -> Any:
        name, arguments = node.name, node.arguments
        if name in ("sum", "mean"):
            *letters, body = arguments
            values = self.over([x.name for x in letters], body, at)  # type: ignore[union-attr]
            return sum(values) / (len(values) if name == "mean" else 1)
        if name in LOSS:
            letter, *rest = arguments
            return sum(
                LOSS[name](*(self.at(part, {**at, letter.name: k}) for part in rest))  # type: ignore[union-attr]
                for k in range(self.sizes[SIZES[letter.name]])  # type: ignore[union-attr]
            )
        if name == "softmax":
            letter, body = arguments
            weights = [anp.exp(z) for z in self.over([letter.name], body, at)]  # type: ignore[union-attr]
            return weights[at[letter.name]] / sum(weights)  # type: ignore[union-attr]
        if name in ("max", "min"):
            a, b = (self.at(part, at) for part in arguments)
            return (a if a > b else b) if name == "max" else (a if a < b else b)
        if name == "where":
            condition, then, other = arguments
            assert isinstance(condition, Comparison)
            left, right = self.at(condition.left, at), self.at(condition.right, at)
            return self.at(then if (left > right) == (condition.sign == ">") else other, at)
        return self.functions[name](self.at(arguments[0], at))

    def over(self, letters: list[str], body: Node, at: dict[str, int]) -> list[Any]:
        if not letters:
            return [self.at(body, at)]
        count = self.sizes[SIZES[letters[0]]]
        return [
            v for k in range(count) for v in self.over(letters[1:], body, {**at, letters[0]: k})
        ]
