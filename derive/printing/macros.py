r"""The macros that carry a paper's notation, so that it can be restyled in one place.

The printers write \drvprime{f}_h, \drvodot, \drvT, \drvmatrix{W} and \drvvector{H}_{in} for
whole arrays, and \drvdelta or \drvE for the paper's own names of derivatives and
expressions. What a macro stands for follows from its name alone, so that no model's is another's.
A page defines each macro it uses with \providecommand, for itself, so that amsmath is
enough and `derived.sty`, a notation or an author can say otherwise; `plain` writes a formula
without them.
"""

import re
from dataclasses import dataclass

from derive.errors import InternalError
from derive.expressions.lettering import GREEK

PRIME = r"\drvprime"


HADAMARD = r"\drvodot"


DIVIDED = r"\drvoslash"


TRANSPOSE = r"\drvT"


MATRIX, VECTOR = r"\drvmatrix", r"\drvvector"
BOLD_MATRIX, BOLD_VECTOR = r"\drvboldmatrix", r"\drvboldvector"
"""Of the letter of a whole array with two indices, or one; in a notation that has them bold."""


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
    Macro(BOLD_MATRIX, 1, r"\boldsymbol{#1}"),
    Macro(BOLD_VECTOR, 1, r"\boldsymbol{#1}"),
    Macro(HADAMARD, 0, r"\odot"),
    Macro(DIVIDED, 0, r"\oslash"),
    Macro(TRANSPOSE, 0, r"\top"),
)


HEADING = Macro(
    r"\drvheading",
    1,
    r"\csname @ifundefined\endcsname{paragraph}"
    r"{\par\medskip\noindent\textbf{#1}\quad}{\paragraph{#1}}",
)
"""A heading of a page; a class may have no paragraphs."""


FIGURE = Macro(
    r"\drvfigure",
    2,
    r"\par\medskip\noindent\begin{minipage}[b]{\linewidth}"
    r"\centering #1\par\smallskip\small #2\end{minipage}\par\medskip",
)
"""A figure of a page, and what is said of it."""


LAYOUT = (HEADING, FIGURE)


_LETTER = "letter"
"""Before the head of a symbol whose macro would be another's: T is no transpose."""


_TAKEN = {macro.name for macro in (*FIXED, *LAYOUT)}


def symbol_macro(head: str) -> str:
    r"""The macro of a symbol: \drvdelta for delta, \drvE for E, \drvletterT for T."""
    taken = rf"\drv{head}" in _TAKEN or head.startswith(_LETTER)
    return rf"\drv{_LETTER if taken else ''}{head}"


def macros(text: str) -> tuple[Macro, ...]:
    """The macros that formulas of a text use, in a fixed order."""
    used = set(re.findall(r"\\drv[A-Za-z]+", text))
    fixed = [macro for macro in FIXED if macro.name in used]
    symbols = [Macro(name, 0, _meaning(name)) for name in sorted(used - _TAKEN)]
    return (*symbols, *fixed)


def _meaning(name: str) -> str:
    head = name.removeprefix(r"\drv").removeprefix(_LETTER)
    if head in GREEK:
        return rf"\{head}"
    return rf"\mathit{{{head}}}" if len(head) > 2 else head


def plain(text: str) -> str:
    """The text with every macro replaced by what it stands for."""
    for macro in FIXED:
        whole = re.compile(rf"{re.escape(macro.name)}(?![A-Za-z])")
        while found := whole.search(text):
            before, rest = text[: found.start()], text[found.end() :]
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
