"""Numbers held as a mantissa and a shift, for sums and quotients of exponentials."""

import math
from typing import Any

import torch
from torch import Tensor


class Scaled:
    """Numbers mantissa · exp(shift), which neither overflow nor vanish.

    The mantissa has the sign and the shift is no larger than what the exponentials in it have,
    so that exp(1000) / exp(999) is e and log(exp(1000) + exp(999)) is 1000.31. Of a number that
    is 0 the mantissa is 0, and the shift is not looked at.
    """

    def __init__(self, mantissa: Tensor, shift: Tensor) -> None:
        self.mantissa, self.shift = mantissa, shift

    @classmethod
    def exp(cls, z: Tensor) -> "Scaled":
        """The exponential function of every z."""
        return cls(torch.ones_like(z), z)

    @classmethod
    def logistic(cls, z: Tensor) -> "Scaled":
        """The logistic function of every z, which may be infinite."""
        return 1 / (1 + cls.exp(torch.clamp(-z, max=torch.finfo(z.dtype).max)))

    @classmethod
    def softplus(cls, z: Tensor) -> "Scaled":
        """log(1 + exp(z)) of every z, which is exp(z) far below 0."""
        sum_of_both = torch.clamp(z, min=0) + torch.log1p(torch.exp(-torch.abs(z)))
        return cls.where(z < math.log(torch.finfo(z.dtype).eps), cls.exp(z), sum_of_both)

    @classmethod
    def expm1(cls, z: Any) -> "Scaled":
        """exp(z) - 1 of every z, which may be scaled: z itself where that is near 0."""
        x = z.plain() if isinstance(z, Scaled) else z
        rest = torch.expm1(-torch.abs(x))
        found = cls(torch.where(x > 0, -rest, rest), torch.clamp(x, min=0))
        return cls.where(torch.abs(x) < torch.finfo(x.dtype).eps, z, found)

    @classmethod
    def erfc(cls, z: Tensor) -> "Scaled":
        """The complementary error function of every z."""
        x = torch.abs(z)
        tail = cls(torch.special.erfcx(x), -(x**2))
        return cls.where(z < 0, 2 - tail.plain(), tail)

    @classmethod
    def erf_prime(cls, z: Tensor) -> "Scaled":
        """The derivative of the error function at every z."""
        return 2 / math.sqrt(math.pi) * cls.exp(-(z**2))

    @classmethod
    def erfc_prime(cls, z: Tensor) -> "Scaled":
        """The derivative of the complementary error function at every z."""
        return -cls.erf_prime(z)

    @classmethod
    def softmax(cls, z: Tensor, dim: Any) -> "Scaled":
        """exp(z) over its sum along a dimension, or several."""
        e = cls.exp(z)
        return e / e.sum(dim, keepdim=True)

    @classmethod
    def where(cls, condition: Tensor, then: Any, other: Any) -> "Scaled":
        """`then` where the condition holds, else `other`; one of the two is scaled."""
        then, other = _alike(then, other)
        mantissa = torch.where(condition, then.mantissa, other.mantissa)
        return cls(mantissa, torch.where(condition, then.shift, other.shift))

    def plain(self) -> Tensor:
        """The numbers as they are; infinite where they are too large."""
        root = torch.exp(torch.where(self.mantissa == 0, 0, self.shift) / 2)
        return self.mantissa * root * root

    def log(self) -> Tensor:
        """The natural logarithm."""
        return torch.log(self.mantissa) + self.shift

    def sum(self, dim: Any = None, keepdim: bool = False) -> "Scaled":
        """The sum along a dimension, several, or all of them."""
        dim = tuple(range(self.mantissa.dim())) if dim is None else dim
        shift = _settled(torch.amax(self._top(), dim, keepdim=True))
        mantissa = torch.sum(self._at(shift), dim, keepdim=keepdim)
        return Scaled(mantissa, shift.reshape(mantissa.shape))

    def power_or_zero(self, exponent: float) -> "Scaled":
        """A power, and 0 where that is infinite because the number is 0."""
        zero = self.mantissa == 0
        power = torch.where(zero, 1, self.mantissa) ** exponent
        return Scaled(torch.where(zero, float(exponent == 0), power), self.shift * exponent)

    def filled(self, value: Any) -> Any:
        """The value in every place of these numbers."""
        return value * torch.ones_like(self.mantissa)

    def __neg__(self) -> "Scaled":
        return Scaled(-self.mantissa, self.shift)

    def __mul__(self, other: Any) -> "Scaled":
        _, other = _alike(self, other)
        return _with_both(self.mantissa * other.mantissa, self.shift, other.shift)

    def __truediv__(self, other: Any) -> "Scaled":
        _, other = _alike(self, other)
        return _with_both(self.mantissa / other.mantissa, self.shift, -other.shift)

    def __pow__(self, exponent: float) -> "Scaled":
        return Scaled(self.mantissa**exponent, self.shift * exponent)

    def __add__(self, other: Any) -> "Scaled":
        _, other = _alike(self, other)
        shift = _settled(torch.maximum(self._top(), other._top()))
        return Scaled(self._at(shift) + other._at(shift), shift)

    def __sub__(self, other: Any) -> "Scaled":
        return self + -other

    def __rsub__(self, other: Any) -> "Scaled":
        return -self + other

    def __rtruediv__(self, other: Any) -> "Scaled":
        return _alike(self, other)[1] / self

    __radd__, __rmul__ = __add__, __mul__

    def __gt__(self, other: Any) -> Tensor:
        return (self - other).mantissa > 0

    def __lt__(self, other: Any) -> Tensor:
        return (self - other).mantissa < 0

    def __getitem__(self, places: Any) -> "Scaled":
        return Scaled(self.mantissa[places], self.shift[places])

    def permute(self, order: tuple[int, ...]) -> "Scaled":
        """The dimensions in another order."""
        return Scaled(self.mantissa.permute(order), self.shift.permute(order))

    def diagonal(self, subscripts: str) -> "Scaled":
        """What torch.einsum gives where nothing is summed: jj->j."""
        parts = (torch.einsum(subscripts, part) for part in (self.mantissa, self.shift))
        return Scaled(*parts)

    def swapaxes(self, one: int, other: int) -> "Scaled":
        """Two dimensions in each other's place."""
        return Scaled(self.mantissa.swapaxes(one, other), self.shift.swapaxes(one, other))

    def t(self) -> "Scaled":
        """The matrix with its dimensions swapped."""
        return self.swapaxes(0, 1)

    T = property(t)

    def _top(self) -> Tensor:
        """The shifts, without those of what is 0."""
        return torch.where(self.mantissa == 0, -math.inf, self.shift)

    def _at(self, shift: Tensor) -> Tensor:
        """The mantissas at another shift, none smaller than these."""
        return self.mantissa * torch.exp(torch.where(self.mantissa == 0, 0, self.shift - shift))


def _alike(one: Any, other: Any) -> tuple[Scaled, Scaled]:
    """Both as scaled numbers, where one of them is already."""
    if isinstance(one, Scaled) and isinstance(other, Scaled):
        return one, other
    if isinstance(other, Scaled):
        return _alike(other, one)[::-1]
    mantissa = other if isinstance(other, Tensor) else one.mantissa.new_full((), other)
    return one, Scaled(mantissa, torch.zeros_like(mantissa))


def _with_both(mantissa: Tensor, one: Tensor, other: Tensor) -> Scaled:
    """A mantissa at the sum of two shifts: what that rounds off goes into the mantissa, for beside
    1000 the shift of 7 has lost three digits, and 1000 may be taken away again.
    """
    shift = one + other
    added = shift - one
    rest = (one - (shift - added)) + (other - added)
    rest = torch.where(torch.abs(rest) < 1, rest, 0)
    return Scaled(mantissa * torch.exp(rest), shift)


def _settled(shift: Tensor) -> Tensor:
    """The shifts, 0 where there is nothing but zeros."""
    return torch.where(shift == -math.inf, 0, shift)
