r"""The macros that carry a paper's notation, so that it can be restyled in one place.

The printers write \drvprime{f}_h, \drvodot, \drvT, \drvmatrix{W} and \drvvector{H}_{in} for
whole arrays, and \drvdelta or \drvE for the paper's own names of derivatives and
expressions. A page defines each macro it uses with \providecommand, so that amsmath is
enough and `derived.sty`, a notation or an author can say otherwise; `plain` writes a formula
without them.
"""

import re
from dataclasses import dataclass

from derive.errors import InternalError
from derive.expressions.lettering import GREEK

PRIME = r"\drvprime"


HADAMARD = r"\drvodot"


TRANSPOSE = r"\drvT"


MATRIX, VECTOR = r"\drvmatrix", r"\drvvector"
"""Of the letter of a whole array with two indices, or one."""


@dataclass(frozen=True)
class Macro:
    """A macro with the number of its arguments and what it stands for."""

    name: str
    arguments: int
    meaning: str

    @property
    def provided(self) -> str:
        r"""Its \providecommand."""
        count = f"[{self.arguments}]" if self.arguments else ""
        return rf"\providecommand{{{self.name}}}{count}{{{self.meaning}}}"


FIXED = (
    Macro(PRIME, 1, "#1'"),
    Macro(MATRIX, 1, "#1"),
    Macro(VECTOR, 1, "#1"),
    Macro(HADAMARD, 0, r"\odot"),
    Macro(TRANSPOSE, 0, r"\top"),
)


def symbol_macro(head: str) -> str:
    r"""The macro of a symbol: \drvdelta for delta, \drvE for E."""
    return rf"\drv{head}"


def macros(text: str) -> tuple[Macro, ...]:
    """The macros that a text uses, in a fixed order."""
    used = dict.fromkeys(re.findall(r"\\drv[A-Za-z]+", text))
    fixed = [macro for macro in FIXED if macro.name in used]
    known = {macro.name for macro in FIXED}
    symbols = [Macro(name, 0, _meaning(name)) for name in sorted(used) if name not in known]
    return (*symbols, *fixed)


def _meaning(name: str) -> str:
    head = name.removeprefix(r"\drv")
    return rf"\{head}" if head in GREEK else head


def plain(text: str) -> str:
    """The text with every macro replaced by what it stands for."""
    for macro in FIXED:
        while (at := text.find(macro.name)) >= 0:
            before, rest = text[:at], text[at + len(macro.name) :]
            if not macro.arguments:
                text = before + macro.meaning + rest
                continue
            inside, after = _argument(rest)
            text = before + macro.meaning.replace("#1", inside) + after
    return re.sub(r"\\drv([A-Za-z]+)", lambda found: _meaning(found.group()), text)


def _argument(text: str) -> tuple[str, str]:
    """What stands in the braces that a text begins with, and what follows them."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "{") - (sign == "}")
        if not depth:
            return (text[1:place], text[place + 1 :]) if sign == "}" else (sign, text[1:])
    raise InternalError(f"a macro without its argument: {text}")
