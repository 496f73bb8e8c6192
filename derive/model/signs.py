"""What functions of the table are called on the page of a model."""

from derive.functions.table import TABLE, Function
from derive.model.model import Model


def sign(row: Function, model: Model) -> str:
    r"""The letter \sigma, or the name where that letter is a number of the model: \sigma (s - r)
    is then a product.
    """
    letter = row.latex.removeprefix("\\")
    numbers = [array.name for array in model.arrays if not array.indices]
    printed = {model.lettered(name) for name in numbers}
    taken = {parts.head for parts in printed if not parts.subscripts}
    taken |= {pattern.letter for name, pattern in model.notation.entries if name in numbers}
    return rf"\operatorname{{{row.name}}}" if letter in taken else row.latex


def signs(model: Model) -> dict[str, str]:
    """What each function of the table is called, by its name."""
    return {name: sign(row, model) for name, row in TABLE.items()}
