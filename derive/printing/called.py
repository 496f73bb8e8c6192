"""A name that somebody types -> the entries that it means: w_11, W[1,1], all of W."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import islice

from derive.derivation.partials import entries_of
from derive.expressions.expression import Entry
from derive.printing.symbols import Symbols
from derive.printing.text import as_model_file, paper

MOST_ALIKE = 1000
"""Entries that a mistyped name is compared to."""


def called(name: str, symbols: Symbols) -> Iterator[Entry]:
    """The entries of that name among those that the error is differentiated by: one, as the paper
    or the model file writes it, or all of an array.
    """
    styles = (paper(symbols), as_model_file(symbols.model))
    wanted = re.sub(r"[ {}]", "", name)
    for array in symbols.model.differentiated:
        for entry in entries_of(symbols.model, array, symbols.sizes):
            if entry.name == wanted or wanted in [style.entry(entry) for style in styles]:
                yield entry


def spellings(symbols: Symbols) -> tuple[list[str], list[str]]:
    """How such entries are written, the first of them: as in the paper, as in the model file."""
    model = symbols.model
    every = (e for a in model.differentiated for e in entries_of(model, a, symbols.sizes))
    found = list(islice(every, MOST_ALIKE))
    styles = (paper(symbols), as_model_file(model))
    there, typed = ([style.entry(entry) for entry in found] for style in styles)
    return there, typed


def nearest(name: str, names: Sequence[str]) -> str | None:
    """What somebody meant: w_11 by w11 and w_{11}, W[1,1] by W11."""

    def folded(text: str) -> str:
        return re.sub(r"[\s_,{}\[\]]", "", text)

    for fold in (folded, lambda text: folded(text).lower()):
        known = {fold(each): each for each in reversed(names)}
        near = get_close_matches(fold(name), known, n=1, cutoff=0.7)
        if near:
            return known[near[0]]
    return None
