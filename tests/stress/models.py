"""A seed -> a model: equations of every kind of layer, an error of several terms, a file."""

import re
from random import Random

from tests.stress.expressions import contraction, expression, leaf
from tests.stress.writer import ANY, FREE, POSITIVE, UNIT, Made, Writer, holds

MOST = 14
"""Equations from which on no layer is added: with the error's parts there are up to 20."""


def made(seed: int) -> Made:
    """The model of a seed: the same for the same seed, whatever was made before."""
    random = Random(seed)
    on = Writer(random, fed=random.randrange(12) > 0)
    on.start()
    for _ in range(random.choice((1, 2, 2, 3, 3, 4, 5, 7, 12))):
        if len(on.lines) < MOST:
            random.choice(_LAYERS)(on)
    while not on.weights:  # a model without is refused, and right so
        random.choice(_LAYERS)(on)
    error = " + ".join(random.choice(_TERMS)(on) for _ in range(random.choice((1, 1, 1, 2, 3))))
    if random.randrange(100) < 35:
        error = f"{error} + {_penalty(on)}"
    return _file(on, error)


# --- layers -------------------------------------------------------------------------------------


def _dense(on: Writer) -> None:
    letters = on.some(1) or next(iter(on.letters))
    net = f"{contraction(on, letters, 1)} + {on.weight(letters)}"
    if on.chance(50):
        net = on.say(letters, ANY, net)
    on.say(
        letters,
        ANY,
        f"{on.random.choice(('tanh', 'relu', 'logistic', 'f', 'g', 'silu', 'cos'))}({net})",
    )


def _elementwise(on: Writer) -> None:
    letters = on.some(2)
    on.say(letters, ANY, expression(on, ANY, letters, on.random.choice((1, 2, 2, 3))))


def _positive(on: Writer) -> None:
    letters = on.some(1)
    on.say(letters, POSITIVE, expression(on, POSITIVE, letters, 2))


def _unit(on: Writer) -> None:
    letters = on.some(1)
    on.say(letters, UNIT, expression(on, UNIT, letters, 2))


def _softmax(on: Writer) -> None:
    letter = on.random.choice(list(on.letters))
    score = on.say(letter, ANY, contraction(on, letter, 1))
    on.say(
        letter,
        UNIT,
        f"softmax({letter}, {score}{on.random.choice(('', '/0.07', ' + ' + on.datum(letter)))})",
    )


def _masked(on: Writer) -> None:
    """A softmax over a mask, written out."""
    letter = on.random.choice(list(on.letters))
    score = on.say(letter, ANY, contraction(on, letter, 1))
    mask = on.target(letter, "{} in {{0, 1}}") if on.fed else "0.5"
    total = on.say("", POSITIVE, f"1e-2 + sum({letter}, {mask}*exp({score}))")
    on.say(letter, ANY, f"{mask}*exp({score})/{total}")


def _normalised(on: Writer) -> None:
    letters = on.some(2) or next(iter(on.letters))
    over, size = letters[-1], on.letters[letters[-1]]
    a = on.say(letters, ANY, contraction(on, letters, 1))
    rest = letters[:-1]
    mu = on.say(rest, ANY, on.random.choice((f"mean({over}, {a})", f"sum({over}, {a})/{size}")))
    v = on.say(rest, POSITIVE, f"mean({over}, ({a} - {mu})^2)")
    on.variances[v.partition("[")[0]] = size
    root = on.random.choice(
        ("sqrt({} + 1e-3)", "({} + 0.001)^(1/2)", "exp(log({} + 1e-2)/2)")
    ).format(v)
    on.say(letters, ANY, f"({a} - {mu})/{root}")


def _gate(on: Writer) -> None:
    letters = on.some(1)
    gate = on.say(letters, UNIT, f"logistic({contraction(on, letters, 1)} + {on.weight(letters)})")
    old, new = leaf(on, ANY, letters), expression(on, ANY, letters, 1)
    on.say(letters, ANY, f"{gate}*{old} + (1 - {gate})*{new}")


def _recurrent(on: Writer) -> None:
    """Steps over time whose weights are the same."""
    letter = on.random.choice(list(on.letters))
    other = next(x for x in on.letters if x != letter and on.letters[x] == on.letters[letter])
    recurrent, bias = on.weight(letter + other), on.weight(letter)
    state = leaf(on, ANY, letter)
    if not holds(state, letter):
        state = on.datum(letter)
    for _ in range(on.random.choice((2, 2, 3, 4))):
        before = re.sub(rf"\b{letter}\b(?=[^\[]*\])", other, state)
        fed = on.datum(letter)
        state = on.say(letter, ANY, f"tanh({fed} + sum({other}, {recurrent}*{before}) + {bias})")


def _diagonal(on: Writer) -> None:
    letter = on.random.choice(list(on.letters))
    on.weight(
        letter + next(x for x in on.letters if x != letter and on.letters[x] == on.letters[letter])
    )
    square = [
        name
        for name, own in on.weights.items()
        if len(own) == 2 and {on.letters[x] for x in own} == {on.letters[letter]}
    ]
    name = on.random.choice(square)
    on.say(letter, ANY, f"{name}[{letter},{letter}]*{leaf(on, ANY, letter)}")


def _mixture(on: Writer) -> None:
    letter = on.random.choice(list(on.letters))
    mu, width = contraction(on, letter, 0), on.say(letter, POSITIVE, f"exp({on.weight(letter)}/2)")
    part = on.say(letter, POSITIVE, f"exp(-({on.datum('')} - {mu})^2/(2*{width}^2))/{width}")
    prior = on.say(letter, UNIT, f"softmax({letter}, {on.weight(letter)})")
    on.say("", ANY, f"-log(1e-9 + sum({letter}, {prior}*{part}))")


_LAYERS = (_dense, _dense, _dense, _elementwise, _elementwise, _elementwise, _positive, _unit, _softmax,
           _masked, _normalised, _gate, _recurrent, _diagonal, _mixture)  # fmt: skip


# --- terms of the error -------------------------------------------------------------------------


def _output(on: Writer, kind: str = ANY) -> tuple[str, str]:
    """A letter, and an output over it."""
    letter = on.random.choice(list(on.letters))
    body = expression(on, ANY, letter, 1)
    if not holds(body, letter):
        body = f"{on.weight(letter)}*{body}"
    shape = {
        ANY: "{}",
        UNIT: "logistic({})",
        POSITIVE: "exp(tanh({}))",
        "softmax": f"softmax({letter}, {{}})",
    }
    return letter, on.say(letter, UNIT if kind == "softmax" else kind, shape[kind].format(body))


def _squared(on: Writer) -> str:
    k, o = _output(on)
    y = on.target(k)
    return on.random.choice(
        (f"squared_error({k}, {o}, {y})", f"sum({k}, ({o} - {y})^2)/2", f"mean({k}, ({y} - {o})^2)",
         f"absolute_error({k}, {o}, {y})", f"huber({k}, {o}, {y}, 0.75)", f"sum({k}, log(cosh({o} - {y})))",
         f"sum({k}, sqrt(({o} - {y})^2 + 1e-4))", f"sum({k}, max(0.9*({y} - {o}), -0.1*({y} - {o})))")
    )  # fmt: skip


def _classes(on: Writer) -> str:
    k, p = _output(on, "softmax")
    y = on.target(k, f"one_hot({k}, {{}})") if on.chance(60) else on.target(k, "{} in [0, 1]")
    gamma = on.random.choice(("2", "1.5"))
    if gamma == "1.5":
        on.several.add(on.letters[k])  # no root of what softmax leaves of 1 where it has one entry
    return on.random.choice(
        (f"cross_entropy({k}, {p}, {y})", f"-sum({k}, {y}*log({p}))", f"-sum({k}, {y}*(1 - {p})^{gamma}*log({p}))",
         f"-sum({k}, ((1 - 0.1)*{y} + 0.1/{on.letters[k]})*log({p}))", f"sum({k}, ({p} - {y})^2)")
    )  # fmt: skip


def _two_classes(on: Writer) -> str:
    k, p = _output(on, UNIT)
    y = on.target(k, "{} in [0, 1]")
    wanted = f"sum({k}, {y})" if holds(y, k) else f"{on.letters[k]}*{y}"
    return on.random.choice(
        (f"binary_cross_entropy({k}, {p}, {y})", f"-sum({k}, {y}*log({p}) + (1 - {y})*log(1 - {p}))",
         f"1 - (2*sum({k}, {p}*{y}) + 1)/(sum({k}, {p}) + {wanted} + 1)")
    )  # fmt: skip


def _margins(on: Writer) -> str:
    k, o = _output(on)
    y = on.target(k, "{} in {{-1, 1}}")
    return on.random.choice(
        (
            f"hinge({k}, {o}, {y})",
            f"sum({k}, max(0, 1 - {y}*{o}))",
            f"sum({k}, log(1 + exp(-{y}*{o})))",
        )
    )


def _counts(on: Writer) -> str:
    k, mu = _output(on, POSITIVE)
    y = on.target(k, "{} >= 0")
    return on.random.choice((f"poisson({k}, {mu}, {y})", f"sum({k}, {y}/{mu} + log({mu}))"))


def _entropy(on: Writer) -> str:
    k, p = _output(on, "softmax")
    return f"0.01*sum({k}, {p}*log({p}))"


def _partition(on: Writer) -> str:
    k, o = _output(on)
    return f"log(sum({k}, exp({o})))"


def _scalar(on: Writer) -> str:
    return on.say("", ANY, expression(on, ANY, "", 3))


_TERMS = (_squared, _squared, _squared, _classes, _classes, _two_classes, _margins, _counts, _entropy,
          _partition, _scalar)  # fmt: skip


def _penalty(on: Writer) -> str:
    if not on.weights:
        return "0.01"
    name, own = on.random.choice(list(on.weights.items()))
    entry, over = on.entry(name, own), "".join(f"{x}, " for x in own)
    if not own:
        return f"{on.constant()}*{entry}^2"
    return on.random.choice((f"{on.constant()}*sum({over}{entry}^2)", f"0.01*sum({over}abs({entry}))",
                             f"{on.constant()}*sqrt(0.1 + sum({over}{entry}^2))"))  # fmt: skip


# --- the file -----------------------------------------------------------------------------------


def _file(on: Writer, error: str) -> Made:
    """All that was named reaches the error, and the file is written."""
    lines = [*on.lines, f"{on.fresh(('L', 'E', 'J', 'EQ', 'loss'))} = {error}"]
    text = "\n".join(line.split("=", 1)[1] for line in lines)
    text = re.sub("\x01.*?\x02", "", text)
    used = set(re.findall(r"(?<![\w.])[A-Za-z_]\w*", text))  # the e of 1e-2 is no name
    declared = {
        **on.weights,
        **on.inputs,
        **on.targets,
        **{n: own for n, (own, _) in on.quantities.items()},
    }
    for name, own in declared.items():
        if name not in used:
            over = "".join(f"{x}, " for x in own)
            entry = f"{name}[{','.join(own)}]" if own else name
            lines[-1] += f" + 0.1*sum({over}{entry}^2)" if own else f" + 0.1*{entry}^2"
    equations = "\n".join(lines).replace("\x01", "").replace("\x02", "")
    return _written(on, equations)


def _written(on: Writer, equations: str) -> Made:
    declared = "".join((*on.weights.values(), *on.inputs.values(), *on.targets.values()))
    letters = {
        x: size
        for x, size in on.letters.items()
        if x in declared or re.search(rf"\b{x}\b", equations)
    }
    symbols = list(dict.fromkeys(on.letters[x] for x in letters))
    sizes = {symbol: on.random.choice((1, 2, 2, 3)) for symbol in symbols}
    sizes |= {symbol: max(sizes[symbol], 2) for symbol in on.several & sizes.keys()}
    words = set(re.findall(r"\w+", equations))
    constants = {name: value for name, value in on.constants.items() if name in words}
    functions = {f: on.random.choice(FREE[f]) for f in FREE if re.search(rf"\b{f}\(", equations)}
    assumed = [
        f'"{kind.format(_entry(name, on.targets[name]))}"'
        for name, kind in on.bounded.items()
        if name in words
    ]
    text = [
        'title = "A random model"',
        'source = "written by tests.stress"',
        *(f"{role} = [{', '.join(f'{chr(34)}{_entry(n, own)}{chr(34)}' for n, own in arrays.items())}]"
          for role, arrays in (("weights", on.weights), ("inputs", on.inputs), ("targets", on.targets))),
        *([f"assumptions = [{', '.join(assumed)}]"] if assumed else []),
        f"equations = '''\n{equations}\n'''",
        *(["[functions]", *(f'{f} = "{body}"' for f, body in functions.items())] if functions else []),
        *(["[hyperparameters]", *(f"{c} = {_number(v)}" for c, v in constants.items())] if constants else []),
        *(["[sizes]", *(f'{x} = "{size}"' for x, size in letters.items())] if letters else []),
        *(["[example]", *(f"{symbol} = {min(number, 2)}" for symbol, number in sizes.items())] if sizes else []),
    ]  # fmt: skip
    return Made("\n".join(text) + "\n", equations, sizes, letters, functions, constants)


def _entry(name: str, letters: str) -> str:
    return f"{name}[{','.join(letters)}]" if letters else name


def _number(text: str) -> str:
    """A hyperparameter is a number of TOML: 1/100 is 0.01 there."""
    above, _, below = text.partition("/")
    return repr(float(above) / float(below)) if below else text
