"""Random models of the whole language, written as strangers write them, each from its seed.

What is written has a value at every random point: of an expression it is known whether it may
be any number, a positive one or one between 0 and 1, and a logarithm is taken of no other.
"""

import re
from dataclasses import dataclass, field
from random import Random

ANY, POSITIVE, UNIT = "any", "positive", "unit"

SMOOTH = ("tanh", "logistic", "sigmoid", "softplus", "silu", "gelu", "gaussian", "sin", "cos", "elu",
          "arctan", "erf", "sinh", "f", "g")  # fmt: skip
KINKED = ("relu", "ReLU", "leaky_relu", "abs")
FREE = {
    "f": ("tanh", "z / (1 + z^2)", "z / (1 + exp(-2 * z))", "z / (1 + abs(z))"),
    "g": ("logistic",),
}

WEIGHTS = ("W", "V", "U", "A", "w", "v", "W1", "W_h", "theta", "Omega", "beta", "Wq", "B2", "phi", "G",
           "kappa", "R", "lambda_w", "P", "Q", "M", "u1", "b", "c")  # fmt: skip
BIASES = ("b", "c", "b1", "b_h", "bias", "theta0", "beta0", "gamma", "w0")
QUANTITIES = ("z", "h", "a", "s", "t", "o", "q", "p", "e", "mu", "alpha", "h1", "net", "logit", "score",
              "rho", "xi", "H", "Z", "r", "psi", "hidden", "eta", "d2", "T", "S", "ahat", "z_out", "f1",
              "zeta", "E1", "context", "gate", "c_t", "vartheta", "delta_x", "pre", "post", "C", "D")  # fmt: skip
INPUTS = ("x", "I", "x1", "x_t", "v0", "m", "X", "input", "k0", "t", "s", "u0", "eps_in")
TARGETS = ("y", "t", "d", "Y", "target", "T", "r0")
CONSTANTS = {"epsilon": ("1e-3", "0.1", "1/100"), "lambda": ("0.01", "5e-4"), "tau": ("0.07", "0.5", "20"),
             "chi": ("0.99", "2"), "Delta": ("1", "0.5"), "beta_1": ("0.9",), "k_B": ("1.38",)}  # fmt: skip
SIZES = ("n", "m", "K", "N", "D", "T", "n_in", "d_k", "H", "B", "C", "width")
LETTERS = "ijklpqrabcdefghmnuvw"
LARGE = ("log(10)", "exp(9)", "tanh(10)", "12.5", "255")
SMALL = ("2", "0.5", "1.25", "3", "1/3", "0.1", "1e-2")


def holds(text: str, letter: str) -> bool:
    """Whether an entry of the text has this index letter."""
    return re.search(rf"\[(\w+,)*{letter}(,\w+)*\]", text) is not None


def _alike(one: str, other: str) -> bool:
    """Whether they print alike, or one as an entry of the other: x_1 of x."""
    short, long = sorted((one.replace("_", ""), other.replace("_", "")), key=len)
    return long == short or (long.startswith(short) and long[len(short) :].isdigit())


@dataclass(frozen=True)
class Made:
    """The text of a model file, and the numbers for which it is run."""

    text: str
    equations: str
    sizes: dict[str, int]
    letters: dict[str, str]
    functions: dict[str, str]
    constants: dict[str, str]


@dataclass
class Writer:
    """A model while it is written: what has a name already, and what was used of it."""

    random: Random
    fed: bool = True
    taken: set[str] = field(default_factory=set)
    letters: dict[str, str] = field(default_factory=dict)
    weights: dict[str, str] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)
    bounded: dict[str, str] = field(default_factory=dict)
    quantities: dict[str, tuple[str, str]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    several: set[str] = field(default_factory=set)
    """Sizes that are not 1."""
    variances: dict[str, str] = field(default_factory=dict)
    """Over which size each is taken: that of one number is 0."""

    # --- names ------------------------------------------------------------------------------

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def fresh(self, pool: tuple[str, ...]) -> str:
        free = [
            x for x in pool if x not in self.taken and not any(_alike(x, y) for y in self.taken)
        ]
        name = self.random.choice(free) if free else f"{pool[0]}_{len(self.taken)}"
        self.taken.add(name)
        return name

    def start(self) -> None:
        """Sizes, two or three letters for each."""
        symbols = self.random.sample(SIZES, self.random.choice((1, 2, 2, 3, 3)))
        self.taken |= set(symbols)
        free = [letter for letter in LETTERS if letter not in symbols]
        for symbol in symbols:
            for _ in range(3 if len(symbols) < 3 else 2):
                letter = free.pop(self.random.randrange(min(4, len(free))))
                self.letters[letter] = symbol
        self.taken |= set(self.letters)

    def some(self, most: int, without: str = "") -> str:
        """Letters for a new quantity, each once."""
        free = [letter for letter in self.letters if letter not in without]
        count = self.random.choice((0, 1, 1, 1, 1, 2)[: 6 if most > 1 else 5])
        return "".join(self.random.sample(free, min(count, most, len(free))))

    def another(self, letters: str) -> str:
        """A letter that is not among these; empty if there is none."""
        free = [letter for letter in self.letters if letter not in letters]
        return self.random.choice(free) if free else ""

    # --- entries ----------------------------------------------------------------------------

    def entry(self, name: str, letters: str) -> str:
        self.used.add(name)
        return f"{name}[{','.join(letters)}]" if letters else name

    def weight(self, letters: str) -> str:
        """A weight with these letters: one that there is, shared, or a new one."""
        fits = [name for name, own in self.weights.items() if self.alike(own, letters)]
        if fits and self.chance(35):
            return self.entry(self.random.choice(fits), letters)
        name = self.fresh(WEIGHTS if letters else BIASES)
        self.weights[name] = letters
        return self.entry(name, letters)

    def datum(self, letters: str) -> str:
        """An input with these letters, or a weight where the model is fed nothing."""
        if not self.fed:
            return self.weight(letters)
        fits = [name for name, own in self.inputs.items() if self.alike(own, letters)]
        if fits and self.chance(60):
            return self.entry(self.random.choice(fits), letters)
        name = self.fresh(INPUTS)
        self.inputs[name] = letters
        return self.entry(name, letters)

    def target(self, letters: str, kind: str = "") -> str:
        """A target; with an assumption where the loss needs one, such as "{} in [0, 1]"."""
        if not self.fed:
            return self.random.choice(("0.25", "0.75", "1"))
        name = self.fresh(TARGETS)
        self.targets[name] = letters
        if kind:
            self.bounded[name] = kind
        return self.entry(name, letters)

    def alike(self, own: str, letters: str) -> bool:
        return [self.letters[x] for x in own] == [self.letters[x] for x in letters]

    def known(self, letters: str, kind: str) -> list[str]:
        """Entries of quantities that can stand where these letters are free."""
        found = []
        for name, (own, range_) in self.quantities.items():
            if kind in {range_, ANY} or (kind == POSITIVE and range_ == UNIT):
                entry = self.place(own, letters)
                if entry is not None:
                    found.append((name, entry))
        return [f"{name}[{','.join(e)}]" if e else name for name, e in found]

    def takes_positive(self, entry: str) -> str:
        """An entry where what is 0 may not stand."""
        name = entry.partition("[")[0]
        self.several |= {self.variances[name]} if name in self.variances else set()
        return entry

    def place(self, own: str, letters: str) -> str | None:
        """Letters in scope for an array's own, each once (or all alike, a diagonal)."""
        chosen = ""
        for index in own:
            fits = [x for x in letters if self.letters[x] == self.letters[index]]
            fresh = [x for x in fits if x not in chosen]
            if not fits or not (fresh or self.chance(20)):
                return None
            chosen += self.random.choice(fresh or fits)
        return chosen

    def is_constant(self, text: str) -> bool:
        """Whether it is a number or a hyperparameter."""
        return text in self.constants or re.fullmatch(r"[\d./e-]+|\w+\([\d.]+\)", text) is not None

    def constant(self) -> str:
        if self.chance(60) or not (free := [c for c in CONSTANTS if c not in self.taken]):
            return self.random.choice(SMALL)
        name = self.random.choice(free)
        self.taken.add(name)
        self.constants[name] = self.random.choice(CONSTANTS[name])
        return name

    def say(self, letters: str, kind: str, right: str) -> str:
        """An equation for a new quantity; its entry. What is free on the left stands on the right."""
        for letter in letters:
            if not holds(right, letter):
                part = self.weight(letter)
                right = {ANY: f"{right} + {part}", POSITIVE: f"({right})*exp({part})",
                         UNIT: f"({right})*logistic({part})"}[kind]  # fmt: skip
        name = self.fresh(QUANTITIES)
        self.quantities[name] = letters, kind
        left = f"{name}[{','.join(letters)}]" if letters else name
        self.lines.append(f"{left} = {right}")
        return left
