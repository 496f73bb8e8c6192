"""What people type -> what the language has: Greek letters, raised and lowered digits, signs."""

import re
import unicodedata

from derive.expressions.lettering import GREEK

SIGNS = {
    **dict.fromkeys("·×⋅∙∗⊙", "*"),
    **dict.fromkeys("−–﹣—", "-"),
    **dict.fromkeys("÷∕", "/"),
    **dict(zip("（）＋－＊／，［］", "()+-*/,[]", strict=True)),
    **{"≥": ">=", "⩾": ">=", "≤": "<=", "⩽": "<=", "**": "^"},
}
"""A sign that is typed, and the one that it is."""


FRACTIONS = {
    **{"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4"},
    **{"⅕": "1/5", "⅙": "1/6", "⅛": "1/8"},
}


RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))


LOWERED = {
    **dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True)),
    **dict(zip("ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "aehijklmnoprstuvx", strict=True)),
}
_LETTERS = {chr(point): name for name, point in GREEK.items()} | {"\N{MICRO SIGN}": "mu"}
_WORDS = {"∑": "sum", "∏": "prod", "√": "sqrt", "∈": "in"}


LETTER = f"[A-Za-z{''.join(_LETTERS)}]"
"""What a name begins with."""


_INDEX = rf"_{LETTER}|[{''.join(LOWERED)}]"
NAME = rf"{LETTER}(?:{LETTER}|[0-9_{''.join(LOWERED)}])*|[{''.join(_WORDS)}](?:{_INDEX})*"
"""A name as it is typed: h_1, λ, σ_k, Δw, W₁, ∑_i."""


def named(typed: str) -> str:
    """A typed name in letters and digits alone: λ is lambda, Δw Delta_w, W₁ W1, wᵢⱼ w_ij."""
    if typed[:1] in _WORDS:
        return "_".join([_WORDS[typed[0]], *named(typed[1:]).strip("_")])
    text = re.sub(rf"(?<=[A-Za-z])(?=[{''.join(_LETTERS)}])", "_", typed)
    text = re.sub(rf"(?<=[{''.join(_LETTERS)}])(?=[A-Za-z])", "_", text)
    text = re.sub("(?<=[^ₐ-ₓᵢ-ᵥⱼ_])(?=[ₐ-ₓᵢ-ᵥⱼ])", "_", text)
    return "".join(_LETTERS.get(sign) or LOWERED.get(sign) or sign for sign in text)


def as_typed(name: str) -> str:
    """A regular expression for every way in which a name may be typed."""
    greek = {word: letter for letter, word in _LETTERS.items()}
    parts = (
        rf"(?:{part}|{greek[part]})" if part in greek else re.escape(part)
        for part in name.split("_")
    )
    return "_?".join(parts)


def is_unseen(sign: str) -> bool:
    """Whether a character is a space other than the plain one, or has no form at all."""
    return not sign.isascii() and unicodedata.category(sign) in ("Zs", "Cf", "Zl", "Zp")


def unseen(sign: str) -> str:
    """What is said of such a character."""
    return f"U+{ord(sign):04X}, {unicodedata.name(sign, 'a sign').lower()}, which nobody sees"
