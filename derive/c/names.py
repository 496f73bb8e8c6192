"""What quantities, letters and sizes are called in C: as in the equations, where that is free."""

import re
from collections.abc import Collection, Iterable

from derive.expressions.expression import Adjoint, Index, Name
from derive.model.model import Model

_KEYWORDS = """
auto break case char const continue default do double else enum extern float for goto if inline int
long register restrict return short signed sizeof static struct switch typedef union unsigned void
volatile while _Bool _Complex _Imaginary
asm bool catch class delete explicit false friend mutable namespace new operator private protected
public template this throw true try typename using virtual
"""
"""Of C99, and of C++, which may include the header."""


_MACROS = """
NULL offsetof ptrdiff_t size_t wchar_t INFINITY NAN HUGE_VAL HUGE_VALF HUGE_VALL EOF errno
M_PI M_E math_errhandling isnan isinf isfinite isnormal signbit fpclassify main
"""
"""What <stddef.h> and <math.h> have names for besides functions."""


_MATHEMATICS = """
acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh erf erfc exp exp2 expm1 fabs fdim
floor fma fmax fmin fmod frexp hypot ilogb ldexp lgamma llrint llround log log10 log1p log2 logb
lrint lround modf nan nearbyint nextafter nexttoward pow remainder remquo rint round scalbln scalbn
sin sinh sqrt tan tanh tgamma trunc
"""


_STANDARD = """
abs labs llabs div ldiv abort exit malloc calloc realloc free puts putchar printf fprintf sprintf
snprintf scanf fputc fputs fwrite isalpha isdigit isspace toupper tolower memcpy memset memcmp
memchr memmove strlen strcmp strcpy strcat strchr strstr strspn strncpy strncat strncmp strpbrk
strrchr strcspn va_arg
"""
"""Functions that compilers know without a header."""


_OWN = "real pair parameters gradient samples count passes pass output"
"""What the text itself calls something."""


RESERVED = frozenset(
    (
        *(name + kind for name in _MATHEMATICS.split() for kind in ("", "f", "l")),
        *(word for text in (_KEYWORDS, _MACROS, _STANDARD, _OWN) for word in text.split()),
    )
)
"""What no name of a model is in C."""


def prefix_of(model: Model) -> str:
    """What every name that others see begins with: the model's own."""
    name = re.sub(r"\W", "_", model.name, flags=re.ASCII)
    return name if re.match(r"[A-Za-z]", name) else f"network_{name}"


class Names:
    """Names that are given out, each once."""

    def __init__(self, model: Model, taken: Collection[str]) -> None:
        self.model = model
        self.taken = {*RESERVED, *taken}
        self._quantities: dict[Name, str] = {}
        self._letters: dict[Index, str] = {}

    def quantity(self, name: Name) -> str:
        """An array, a scalar or an adjoint."""
        if name not in self._quantities:
            self._quantities[name] = self.free(self._wanted(name))
        return self._quantities[name]

    def letter(self, index: Index) -> str:
        """An index; j′ is j_2."""
        if index not in self._letters:
            copies = f"_{index.copy + 1}" if index.copy else ""
            self._letters[index] = self.free(index.name + copies)
        return self._letters[index]

    def known(self, names: Iterable[Name]) -> None:
        """Give names in this order, so that the first have theirs."""
        for name in names:
            self.quantity(name)

    def free(self, wanted: str) -> str:
        """The name, with as many underscores as nothing else has."""
        found = re.sub(r"\W+", "_", wanted, flags=re.ASCII)
        while found in self.taken:
            found += "_"
        self.taken.add(found)
        return found

    def _wanted(self, name: Name) -> str:
        if isinstance(name, Adjoint):
            return self.model.notation.adjoint(name) or f"d{name.of}_d{name.by}"
        return name
