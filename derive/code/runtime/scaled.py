"""Numbers held as a mantissa and a shift, for sums and quotients of exponentials."""

from typing import Any

import numpy as np

from derive.code.runtime.erfcx import erfcx


class Scaled:
    """Numbers mantissa · exp(shift), which neither overflow nor vanish.

    The mantissa has the sign and the shift is no larger than what the exponentials in it have,
    so that exp(1000) / exp(999) is e and log(exp(1000) + exp(999)) is 1000.31. Of a number that
    is 0 the mantissa is 0, and the shift is not looked at.
    """

    __array_ufunc__ = None  # an array leaves its operators to this class

    def __init__(self, mantissa: Any, shift: Any) -> None:
        self.mantissa, self.shift = mantissa, shift

    @classmethod
    def exp(cls, z: Any) -> "Scaled":
        """The exponential function of every z."""
        return cls(np.ones_like(z), z)

    @classmethod
    def logistic(cls, z: Any) -> "Scaled":
        """The logistic function of every z, which may be infinite."""
        return 1 / (1 + cls.exp(np.where(z.real == -np.inf, _most(z), -z)))

    @classmethod
    def softplus(cls, z: Any) -> "Scaled":
        """log(1 + exp(z)) of every z, which is exp(z) far below 0."""
        sum_of_both = np.where(z.real > 0, z, 0) + np.log1p(np.exp(np.where(z.real > 0, -z, z)))
        return cls.where(z.real < np.log(_eps(z)), cls.exp(z), sum_of_both)

    @classmethod
    def expm1(cls, z: Any) -> "Scaled":
        """exp(z) - 1 of every z, which may be scaled: z itself where that is near 0."""
        x = z.plain() if isinstance(z, Scaled) else z
        rest = np.expm1(np.where(x.real > 0, -x, x))
        found = cls(np.where(x.real > 0, -rest, rest), np.where(x.real > 0, x, 0))
        return cls.where(abs(x) < _eps(x), z, found)

    @classmethod
    def erfc(cls, z: Any) -> "Scaled":
        """The complementary error function of every z."""
        x = np.where(z.real < 0, -z, z)
        tail = cls(erfcx(x), -(x**2))
        return cls.where(z.real < 0, 2 - tail.plain(), tail)

    @classmethod
    def erf_prime(cls, z: Any) -> "Scaled":
        """The derivative of the error function at every z."""
        return 2 / float(np.sqrt(np.pi)) * cls.exp(-(z**2))

    @classmethod
    def erfc_prime(cls, z: Any) -> "Scaled":
        """The derivative of the complementary error function at every z."""
        return -cls.erf_prime(z)

    @classmethod
    def softmax(cls, z: Any, axis: Any) -> "Scaled":
        """exp(z) over its sum along an axis, or several."""
        e = cls.exp(z)
        return e / e.sum(axis, keepdims=True)

    @classmethod
    def where(cls, condition: Any, then: Any, other: Any) -> "Scaled":
        """`then` where the condition holds, else `other`; one of the two is scaled."""
        then, other = _alike(then, other)
        mantissa = np.where(condition, then.mantissa, other.mantissa)
        return cls(mantissa, np.where(condition, then.shift, other.shift))

    def plain(self) -> Any:
        """The numbers as they are; infinite where they are too large."""
        with np.errstate(over="ignore"):
            root = np.exp(np.where(self.mantissa == 0, 0, self.shift) / 2)
            return self.mantissa * root * root

    def log(self) -> Any:
        """The natural logarithm."""
        return np.log(self.mantissa) + self.shift

    def sum(self, axis: Any = None, out: None = None, keepdims: bool = False) -> "Scaled":
        """What np.sum gives."""
        shift = _settled(np.max(self._top(), axis=axis, keepdims=True))
        mantissa = np.sum(self._at(shift), axis=axis, keepdims=keepdims)
        return Scaled(mantissa, np.reshape(shift, np.shape(mantissa)))

    def power_or_zero(self, exponent: Any) -> "Scaled":
        """A power, and 0 where that is infinite because the number is 0."""
        zero = self.mantissa == 0
        power = np.where(zero, 1, self.mantissa) ** exponent
        return Scaled(np.where(zero, float(exponent == 0), power), self.shift * exponent)

    def filled(self, value: Any) -> Any:
        """The value in every place of these numbers."""
        return value * np.ones_like(self.mantissa)

    def __neg__(self) -> "Scaled":
        return Scaled(-self.mantissa, self.shift)

    def __mul__(self, other: Any) -> "Scaled":
        _, other = _alike(self, other)
        return _with_both(self.mantissa * other.mantissa, self.shift, other.shift)

    def __truediv__(self, other: Any) -> "Scaled":
        _, other = _alike(self, other)
        return _with_both(self.mantissa / other.mantissa, self.shift, -other.shift)

    def __pow__(self, exponent: Any) -> "Scaled":
        return Scaled(self.mantissa**exponent, self.shift * exponent)

    def __add__(self, other: Any) -> "Scaled":
        _, other = _alike(self, other)
        shift = _settled(np.maximum(self._top(), other._top()))
        return Scaled(self._at(shift) + other._at(shift), shift)

    def __sub__(self, other: Any) -> "Scaled":
        return self + -other

    def __rsub__(self, other: Any) -> "Scaled":
        return -self + other

    def __rtruediv__(self, other: Any) -> "Scaled":
        return _alike(self, other)[1] / self

    __radd__, __rmul__ = __add__, __mul__

    def __gt__(self, other: Any) -> Any:
        return (self - other).mantissa.real > 0

    def __lt__(self, other: Any) -> Any:
        return (self - other).mantissa.real < 0

    def __getitem__(self, places: Any) -> "Scaled":
        return Scaled(self.mantissa[places], self.shift[places])

    def transpose(self, *axes: int) -> "Scaled":
        """What np.transpose gives."""
        return Scaled(self.mantissa.transpose(*axes), self.shift.transpose(*axes))

    def diagonal(self, subscripts: str) -> "Scaled":
        """What np.einsum gives where nothing is summed: jj->j."""
        parts = (np.einsum(subscripts, part) for part in (self.mantissa, self.shift))
        return Scaled(*parts)

    def swapaxes(self, one: int, other: int) -> "Scaled":
        """What np.swapaxes gives."""
        return Scaled(self.mantissa.swapaxes(one, other), self.shift.swapaxes(one, other))

    T = property(transpose)

    def _top(self) -> Any:
        """The shifts, without those of what is 0."""
        return np.where(self.mantissa == 0, -np.inf, self.shift.real)

    def _at(self, shift: Any) -> Any:
        """The mantissas at another shift, none smaller than these."""
        return self.mantissa * np.exp(np.where(self.mantissa == 0, 0, self.shift - shift))


def _alike(one: Any, other: Any) -> tuple[Scaled, Scaled]:
    """Both as scaled numbers of one dtype, where one of them is already."""
    if isinstance(one, Scaled) and isinstance(other, Scaled):
        return one, other
    if isinstance(other, Scaled):
        return _alike(other, one)[::-1]
    mantissa = np.asarray(other, np.result_type(one.mantissa, other))
    return one, Scaled(mantissa, np.zeros_like(mantissa))


def _with_both(mantissa: Any, one: Any, other: Any) -> Scaled:
    """A mantissa at the sum of two shifts: what that rounds off goes into the mantissa, for beside
    1000 the shift of 7 has lost three digits, and 1000 may be taken away again.
    """
    shift = one + other
    with np.errstate(invalid="ignore"):  # an infinite shift is exact, and one of 1e20 is lost
        added = shift - one
        rest = (one - (shift - added)) + (other - added)
        rest = np.where(abs(rest) < 1, rest, 0)
    return Scaled(mantissa * np.exp(rest), shift)


def _eps(z: Any) -> float:
    """What 1 + z rounds to 1 below."""
    return float(np.finfo(np.result_type(np.asarray(z), np.float16)).eps)


def _most(z: Any) -> float:
    """The largest number of its format."""
    return float(np.finfo(np.result_type(np.asarray(z), np.float16)).max)


def _settled(shift: Any) -> Any:
    """The shifts, 0 where there is nothing but zeros."""
    return np.where(shift == -np.inf, 0, shift)
