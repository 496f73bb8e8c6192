"""The height of a formula, in lines of text."""

import re

from derive.page.width import INNERMOST

_HIGH = re.compile(r"\\high\{(\d+)\}")


def lines(text: str) -> int:
    """How many lines of text a formula's source is about as high as: a fraction and a sum are as
    high as two, and an environment as its rows together.
    """

    def high(found: re.Match[str]) -> str:
        rows = re.split(r"\\\\(?:\[\d+pt\])?", found[2])
        return rf"\high{{{sum(map(_of_a_row, rows))}}}"

    while INNERMOST.search(text):
        text = INNERMOST.sub(high, text)
    return _of_a_row(text)


def _of_a_row(text: str) -> int:
    tall = r"\frac" in text or r"\sum" in text
    return max([2 if tall else 1, *map(int, _HIGH.findall(text))])
