"""Numbers held as a mantissa and a shift, for sums and quotients of exponentials."""

import math
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array


@jax.tree_util.register_pytree_node_class
class Scaled:
    """Numbers mantissa · exp(shift), which neither overflow nor vanish.

    The mantissa has the sign and the shift is no larger than what the exponentials in it have,
    so that exp(1000) / exp(999) is e and log(exp(1000) + exp(999)) is 1000.31. Of a number that
    is 0 the mantissa is 0, and the shift is not looked at.
    """

    def __init__(self, mantissa: Array, shift: Array) -> None:
        self.mantissa, self.shift = mantissa, shift

    def tree_flatten(self) -> tuple[tuple[Array, Array], None]:
        """The arrays that JAX finds in these numbers."""
        return (self.mantissa, self.shift), None

    @classmethod
    def tree_unflatten(cls, _: None, arrays: tuple[Array, Array]) -> "Scaled":
        """Numbers of other arrays."""
        return cls(*arrays)

    @classmethod
    def exp(cls, z: Array) -> "Scaled":
        """The exponential function of every z."""
        return cls(jnp.ones_like(z), z)

    @classmethod
    def logistic(cls, z: Array) -> "Scaled":
        """The logistic function of every z, which may be infinite."""
        return 1 / (1 + cls.exp(jnp.minimum(-z, jnp.finfo(z.dtype).max)))

    @classmethod
    def softplus(cls, z: Array) -> "Scaled":
        """log(1 + exp(z)) of every z, which is exp(z) far below 0."""
        sum_of_both = jnp.maximum(z, 0) + jnp.log1p(jnp.exp(-jnp.abs(z)))
        return cls.where(z < math.log(float(jnp.finfo(z.dtype).eps)), cls.exp(z), sum_of_both)

    @classmethod
    def expm1(cls, z: Any) -> "Scaled":
        """exp(z) - 1 of every z, which may be scaled: z itself where that is near 0."""
        x = z.plain() if isinstance(z, Scaled) else z
        rest = jnp.expm1(-jnp.abs(x))
        found = cls(jnp.where(x > 0, -rest, rest), jnp.maximum(x, 0))
        return cls.where(jnp.abs(x) < jnp.finfo(x.dtype).eps, z, found)

    @classmethod
    def erfc(cls, z: Array) -> "Scaled":
        """The complementary error function of every z."""
        x = jnp.abs(z)
        tail = cls(_erfcx(x), -(x**2))
        return cls.where(z < 0, 2 - tail.plain(), tail)

    @classmethod
    def erf_prime(cls, z: Array) -> "Scaled":
        """The derivative of the error function at every z."""
        return 2 / math.sqrt(math.pi) * cls.exp(-(z**2))

    @classmethod
    def erfc_prime(cls, z: Array) -> "Scaled":
        """The derivative of the complementary error function at every z."""
        return -cls.erf_prime(z)

    @classmethod
    def softmax(cls, z: Array, axis: Any) -> "Scaled":
        """exp(z) over its sum along an axis, or several."""
        e = cls.exp(z)
        return e / e.sum(axis, keepdims=True)

    @classmethod
    def where(cls, condition: Array, then: Any, other: Any) -> "Scaled":
        """`then` where the condition holds, else `other`; one of the two is scaled."""
        then, other = _alike(then, other)
        mantissa = jnp.where(condition, then.mantissa, other.mantissa)
        return cls(mantissa, jnp.where(condition, then.shift, other.shift))

    def plain(self) -> Array:
        """The numbers as they are; infinite where they are too large."""
        root = jnp.exp(jnp.where(self.mantissa == 0, 0, self.shift) / 2)
        return self.mantissa * root * root

    def log(self) -> Array:
        """The natural logarithm."""
        return jnp.log(self.mantissa) + self.shift

    def sum(self, axis: Any = None, keepdims: bool = False) -> "Scaled":
        """The sum along an axis, several, or all of them."""
        shift = _settled(jnp.max(self._top(), axis, keepdims=True))
        mantissa = jnp.sum(self._at(shift), axis, keepdims=keepdims)
        return Scaled(mantissa, shift.reshape(mantissa.shape))

    def power_or_zero(self, exponent: float) -> "Scaled":
        """A power, and 0 where that is infinite because the number is 0."""
        zero = self.mantissa == 0
        power = jnp.where(zero, 1, self.mantissa) ** exponent
        return Scaled(jnp.where(zero, float(exponent == 0), power), self.shift * exponent)

    def filled(self, value: Any) -> Any:
        """The value in every place of these numbers."""
        return value * jnp.ones_like(self.mantissa)

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
        shift = _settled(jnp.maximum(self._top(), other._top()))
        return Scaled(self._at(shift) + other._at(shift), shift)

    def __sub__(self, other: Any) -> "Scaled":
        return self + -other

    def __rsub__(self, other: Any) -> "Scaled":
        return -self + other

    def __rtruediv__(self, other: Any) -> "Scaled":
        return _alike(self, other)[1] / self

    __radd__, __rmul__ = __add__, __mul__

    def __gt__(self, other: Any) -> Array:
        return (self - other).mantissa > 0

    def __lt__(self, other: Any) -> Array:
        return (self - other).mantissa < 0

    def __getitem__(self, places: Any) -> "Scaled":
        return Scaled(self.mantissa[places], self.shift[places])

    def transpose(self, order: tuple[int, ...]) -> "Scaled":
        """The axes in another order."""
        return Scaled(self.mantissa.transpose(order), self.shift.transpose(order))

    def diagonal(self, subscripts: str) -> "Scaled":
        """What jnp.einsum gives where nothing is summed: jj->j."""
        parts = (jnp.einsum(subscripts, part) for part in (self.mantissa, self.shift))
        return Scaled(*parts)

    def swapaxes(self, one: int, other: int) -> "Scaled":
        """Two axes in each other's place."""
        return Scaled(self.mantissa.swapaxes(one, other), self.shift.swapaxes(one, other))

    def t(self) -> "Scaled":
        """The matrix with its axes swapped."""
        return self.swapaxes(0, 1)

    T = property(t)

    def _top(self) -> Array:
        """The shifts, without those of what is 0."""
        return jnp.where(self.mantissa == 0, -math.inf, self.shift)

    def _at(self, shift: Array) -> Array:
        """The mantissas at another shift, none smaller than these."""
        return self.mantissa * jnp.exp(jnp.where(self.mantissa == 0, 0, self.shift - shift))


def _alike(one: Any, other: Any) -> tuple[Scaled, Scaled]:
    """Both as scaled numbers, where one of them is already."""
    if isinstance(one, Scaled) and isinstance(other, Scaled):
        return one, other
    if isinstance(other, Scaled):
        return _alike(other, one)[::-1]
    mantissa = other if isinstance(other, Array) else jnp.full((), other, one.mantissa.dtype)
    return one, Scaled(mantissa, jnp.zeros_like(mantissa))


def _with_both(mantissa: Array, one: Array, other: Array) -> Scaled:
    """A mantissa at the sum of two shifts: what that rounds off goes into the mantissa, for beside
    1000 the shift of 7 has lost three digits, and 1000 may be taken away again.
    """
    shift = one + other
    added = shift - one
    rest = (one - (shift - added)) + (other - added)
    rest = jnp.where(jnp.abs(rest) < 1, rest, 0)
    return Scaled(mantissa * jnp.exp(rest), shift)


def _settled(shift: Array) -> Array:
    """The shifts, 0 where there is nothing but zeros."""
    return jnp.where(shift == -math.inf, 0, shift)


def _erfcx(x: Array) -> Array:
    """exp(x²) erfc(x) of every x ≥ 0, to a few units in the last place.

    It is the integral of x exp(-t²) / (π (x² + t²)) over all t, here by the midpoint rule with
    steps of 1/2, and what the pole at t = ix adds to that: all of it positive, the error
    exp(-4π²) (Chiarella and Reichel, Math. Comp. 22, 1968; Hunter and Regan, 26, 1972).
    """
    terms = (math.exp(-n * n / 16) / (x * x + n * n / 16) for n in range(1, 27, 2))
    near = jnp.where(x < 6, x, 6)
    pole = 2 * jnp.exp(near * (near - 4 * math.pi)) / (1 + jnp.exp(-4 * math.pi * near))
    return x / math.pi * sum(terms) + jnp.where(x < 6, pole, 0)
