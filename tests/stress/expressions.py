"""Random expressions over what a writer has named, of a range that is asked for."""

from tests.stress.writer import ANY, KINKED, LARGE, POSITIVE, SMALL, SMOOTH, UNIT, Writer, holds

HIDDEN = "\x01{}\x02"
"""Around a condition, which uses nothing as far as derivatives go; left out of the text."""


def expression(on: Writer, kind: str, letters: str, depth: int) -> str:
    """An expression whose free letters are among these."""
    if depth <= 0 or on.chance(15):
        return leaf(on, kind, letters)
    make = on.random.choice({ANY: _ANY, POSITIVE: _POSITIVE, UNIT: _UNIT}[kind])
    return make(on, letters, depth - 1)


def leaf(on: Writer, kind: str, letters: str) -> str:
    known = on.known(letters, kind)
    if known and on.chance(70):
        entry: str = on.random.choice(known)
        return on.takes_positive(entry) if kind == POSITIVE else entry
    few = letters[: on.random.choice((0, 1, 1, 2))]
    if kind == ANY:
        if on.chance(12):
            return on.constant()
        return on.weight(few) if on.chance(55) else on.datum(few)
    if kind == POSITIVE:
        return on.random.choice(
            (on.constant(), f"exp(-{few_squared(on, few)})", f"softplus({on.weight(few)})")
        )
    return on.random.choice(
        ("0.25", "0.9", f"logistic({on.weight(few)})", f"sigmoid({on.datum(few)})")
    )


def few_squared(on: Writer, letters: str) -> str:
    return f"{on.weight(letters)}^2" if on.chance(60) else f"({on.datum(letters)})^2/2"


def contraction(on: Writer, letters: str, depth: int) -> str:
    """A sum over a letter of a weight times something: what layers are made of."""
    letter = on.another(letters)
    if not letter:
        return expression(on, ANY, letters, depth)
    free = "".join(x for x in letters if on.chance(70))[:2]
    body = expression(on, ANY, letters + letter, min(depth, 1))
    weight = on.weight(on.random.choice((free + letter, letter)))
    number = on.random.choice(("", "", "", "", "/2", "/255", "*0.5", "/n_", "2*"))
    if number == "/n_":
        number = f"/{on.letters[letter]}"
    product = f"{weight}*{body}{number}" if number != "2*" else f"2*{weight}*{body}"
    if on.chance(15):
        product = f"-{product}"
    word = "mean" if on.chance(12) else "sum"
    return f"{word}({letter}, {product})"


def compared(on: Writer, letters: str) -> str:
    left, right = leaf(on, ANY, letters), on.random.choice((leaf(on, ANY, letters), "0", "0.3"))
    left = on.datum(letters[:1]) if on.is_constant(left) else left
    right = "0.3" if right == left else right
    return HIDDEN.format(f"{left} {on.random.choice(('>', '<', '>=', '<='))} {right}")


def _call(on: Writer, letters: str, depth: int) -> str:
    name = on.random.choice(SMOOTH + KINKED)
    return f"{name}({expression(on, ANY, letters, depth)})"


def _sum(on: Writer, letters: str, depth: int) -> str:
    a, b = expression(on, ANY, letters, depth), expression(on, ANY, letters, depth)
    # a - a would leave weights that the error does not depend on, and such a model is refused
    return f"({a} {on.random.choice('+-' if a != b else '+')} {b})"


def _product(on: Writer, letters: str, depth: int) -> str:
    return f"{leaf(on, ANY, letters)}*{expression(on, ANY, letters, depth)}"


def _scaled(on: Writer, letters: str, depth: int) -> str:
    number = on.random.choice(LARGE[:3] + SMALL)
    inner = expression(on, ANY, letters, depth)
    return on.random.choice((f"{number}*{inner}", f"{inner}/{number}", f"-{inner}*{number}"))


def _quotient(on: Writer, letters: str, depth: int) -> str:
    below = expression(on, POSITIVE, letters, min(depth, 1))
    return f"{expression(on, ANY, letters, depth)}/({on.random.choice(SMALL)} + {below})"


def _power(on: Writer, letters: str, depth: int) -> str:
    return f"({expression(on, ANY, letters, depth)})^{on.random.choice((2, 2, 3))}"


def _log(on: Writer, letters: str, depth: int) -> str:
    return f"{on.random.choice(('log', 'ln'))}({expression(on, POSITIVE, letters, depth)})"


def _choice(on: Writer, letters: str, depth: int) -> str:
    a, b, c = (expression(on, ANY, letters, min(depth, 1)) for _ in range(3))
    b = f"-({b})" if a == b else b  # no choice is one between equals
    return on.random.choice(
        (f"max({a}, {b})", f"min({a}, {b})", f"max(0, {a})", f"max({a}, {b}, {c})", f"min(max({a}, -1), 1)",
         f"where({compared(on, letters)}, {a}, {b})", f"max({a}, 0) - max(-({a}), 0)",
         f"where({compared(on, letters)}, {a}, where({compared(on, letters)}, {b}, {c}))")
    )  # fmt: skip


def _over_letter(on: Writer, letters: str, depth: int) -> str:
    """A norm, a root, the logarithm of a sum of exponentials: over an index."""
    letter = on.another(letters)
    if not letter:
        return _call(on, letters, depth)
    body = (
        leaf(on, ANY, letters + letter) if on.chance(60) else contraction(on, letters + letter, 0)
    )
    if not holds(body, letter):
        body = f"{on.weight(letter)}*{body}"
    return on.random.choice(
        (f"log(sum({letter}, exp({body})))", f"norm({letter}, {body})", f"sqrt(0.1 + sum({letter}, ({body})^2))",
         f"mean({letter}, {body})")
    )  # fmt: skip


def _part(kind: str) -> object:
    def made(on: Writer, letters: str, depth: int) -> str:
        return expression(on, kind, letters, depth)

    return made


def _exponential(on: Writer, letters: str, depth: int) -> str:
    inner = expression(on, ANY, letters, depth)
    return on.random.choice(
        (f"exp(-({inner})^2)", f"exp(tanh({inner}))", f"exp(-abs({inner}))", f"exp({inner}/4)")
    )


def _squared(on: Writer, letters: str, depth: int) -> str:
    return f"({on.random.choice(SMALL)} + ({expression(on, ANY, letters, depth)})^2)"


def _soft(on: Writer, letters: str, depth: int) -> str:
    return f"softplus({expression(on, ANY, letters, depth)})"


def _root(on: Writer, letters: str, depth: int) -> str:
    inner = expression(on, POSITIVE, letters, depth)
    return on.random.choice(
        (
            f"sqrt({inner})",
            f"({inner})^0.5",
            f"({inner})^(3/2)",
            f"({inner})^(-1/3)",
            f"1/sqrt(0.01 + {inner})",
        )
    )


def _summed(on: Writer, letters: str, depth: int) -> str:
    letter = on.another(letters)
    inner = expression(on, POSITIVE, letters + letter, depth)
    return f"sum({letter}, {inner})" if letter and holds(inner, letter) else inner


def _logistic(on: Writer, letters: str, depth: int) -> str:
    inner = expression(on, ANY, letters, depth)
    return on.random.choice((f"logistic({inner})", f"1/(1 + exp(-({inner})))", f"sigmoid({inner})"))


def _of_softmax(on: Writer, letters: str, depth: int) -> str:
    if not letters:
        return _logistic(on, letters, depth)
    letter = on.random.choice(letters)
    inner = expression(on, ANY, letters, depth)
    if not holds(inner, letter):
        inner = f"{on.weight(letter)} + {inner}"
    other = next(
        (x for x in on.letters if x not in letters and on.letters[x] == on.letters[letter]), ""
    )
    if on.chance(40) or not other:
        return f"softmax({letter}, {inner})"
    score = on.weight(letter)
    return f"exp({score})/sum({other}, exp({score.replace(letter + ']', other + ']')}))"


def _ratio(on: Writer, letters: str, depth: int) -> str:
    inner = expression(on, POSITIVE, letters, depth)
    return f"{inner}/(1 + {inner})"


def _rest(on: Writer, letters: str, depth: int) -> str:
    return f"(1 - {expression(on, UNIT, letters, depth)})"


def _product_of(kind: str) -> object:
    def made(on: Writer, letters: str, depth: int) -> str:
        return f"{leaf(on, kind, letters)}*{expression(on, kind, letters, depth)}"

    return made


_ANY = (_call, _call, _call, _sum, _sum, _product, _scaled, _quotient, _power, _log, _choice,
        contraction, contraction, _over_letter, _part(POSITIVE), _part(UNIT))  # fmt: skip
_POSITIVE = (
    _exponential,
    _exponential,
    _squared,
    _soft,
    _root,
    _summed,
    _part(UNIT),
    _product_of(POSITIVE),
)
_UNIT = (_logistic, _logistic, _of_softmax, _of_softmax, _ratio, _rest, _product_of(UNIT))
