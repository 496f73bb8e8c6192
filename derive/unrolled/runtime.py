"""Functions that unrolled code calls where its equations need them.

A number that may leave the format is held as a mantissa and a shift, mantissa · exp(shift), a
pair. Of a number that is 0 the mantissa is 0, and the shift is not looked at. All of these are
functions of floats and pairs of floats alone, which Numba compiles as they stand.
"""

from math import exp, expm1, log, log1p, pi, pow

Pair = tuple[float, float]


def power_or_zero(base: float, exponent: float) -> float:
    """Base ** exponent, and 0 where that is infinite because the base is 0."""
    if base == 0.0:
        return 1.0 if exponent == 0.0 else 0.0
    return pow(base, exponent)


def scaled_of(z: float) -> Pair:
    """A number as a mantissa and a shift."""
    return z, 0.0


def scaled_plain(a: Pair) -> float:
    """The number itself; infinite where it is too large."""
    mantissa, shift = a
    if mantissa == 0.0:
        return 0.0
    if shift > 1400.0:
        return mantissa * 1e308 * 1e308
    root = exp(shift / 2.0)
    return mantissa * root * root


def scaled_log(a: Pair) -> float:
    """The natural logarithm."""
    return log(a[0]) + a[1]


def scaled_mul(a: Pair, b: Pair) -> Pair:
    """The product."""
    return scaled_with_both(a[0] * b[0], a[1], b[1])


def scaled_div(a: Pair, b: Pair) -> Pair:
    """The quotient."""
    return scaled_with_both(a[0] / b[0], a[1], -b[1])


def scaled_with_both(mantissa: float, one: float, other: float) -> Pair:
    """A mantissa at the sum of two shifts: what that rounds off goes into the mantissa."""
    shift = one + other
    added = shift - one
    rest = (one - (shift - added)) + (other - added)
    return (mantissa * exp(rest) if -1.0 < rest < 1.0 else mantissa), shift


def scaled_add(a: Pair, b: Pair) -> Pair:
    """The sum, at the larger of the shifts of what is not 0."""
    if a[0] == 0.0 or a[1] < -1e308:
        return b
    if b[0] == 0.0 or b[1] < -1e308:
        return a
    if a[1] >= b[1]:
        return a[0] + b[0] * exp(b[1] - a[1]), a[1]
    return a[0] * exp(a[1] - b[1]) + b[0], b[1]


def scaled_pow(a: Pair, exponent: float) -> Pair:
    """A power."""
    return pow(a[0], exponent), a[1] * exponent


def scaled_pow_or_zero(a: Pair, exponent: float) -> Pair:
    """A power, and 0 where that is infinite because the number is 0."""
    return power_or_zero(a[0], exponent), a[1] * exponent


def scaled_greater(a: Pair, b: Pair) -> bool:
    """Whether a > b."""
    return scaled_add(a, (-b[0], b[1]))[0] > 0.0


def scaled_exp(z: float) -> Pair:
    """The exponential function."""
    return 1.0, z


def scaled_logistic(z: float) -> Pair:
    """The logistic function."""
    return scaled_div((1.0, 0.0), scaled_add((1.0, 0.0), (1.0, -z)))


def scaled_softplus(z: float) -> Pair:
    """log(1 + exp(z)), which is exp(z) far below 0."""
    if z < -36.0:
        return 1.0, z
    return (z if z > 0.0 else 0.0) + log1p(exp(-z if z > 0.0 else z)), 0.0


def scaled_expm1(z: float) -> Pair:
    """exp(z) - 1."""
    return (-expm1(-z), z) if z > 0.0 else (expm1(z), 0.0)


def scaled_expm1_of(a: Pair) -> Pair:
    """exp(z) - 1 of a number z that is held as a pair: z itself where that is near 0."""
    z = scaled_plain(a)
    return a if -1e-16 < z < 1e-16 else scaled_expm1(z)


def scaled_erfc(z: float) -> Pair:
    """The complementary error function."""
    tail = erfcx(-z if z < 0.0 else z), -z * z
    return (2.0 - scaled_plain(tail), 0.0) if z < 0.0 else tail


def scaled_erf_prime(z: float) -> Pair:
    """The derivative of the error function."""
    return 1.1283791670955126, -z * z


def scaled_erfc_prime(z: float) -> Pair:
    """The derivative of the complementary error function."""
    return -1.1283791670955126, -z * z


def erfcx(x: float) -> float:
    """exp(x²) erfc(x) of x ≥ 0: the midpoint rule and what a pole adds to it (Hunter and Regan,
    Math. Comp. 26, 1972).
    """
    total = 0.0
    for n in range(1, 27, 2):
        total += exp(-n * n / 16.0) / (x * x + n * n / 16.0)
    if x < 6.0:
        pole = 2.0 * exp(x * (x - 4.0 * pi)) / (1.0 + exp(-4.0 * pi * x))
        return x / pi * total + pole
    return x / pi * total
