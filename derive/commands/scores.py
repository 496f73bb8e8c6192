"""How well a run predicts, in a terminal."""

import math

from derive.training.scores import ClassScores, Scores

MOST, FEW = 40, 12
"""Classes that are shown one by one, and beside each other."""


def in_a_line(found: Scores, rows: str) -> str:
    """The scores in a line."""
    if isinstance(found, ClassScores):
        return f"{found.accuracy:.1%} of the {rows} are told right"
    parts = []
    for each in found:
        of = f"{each.target}: " if len(found) > 1 else ""
        if math.isnan(each.determination):
            parts.append(f"{of}the {rows} have one target, which gives no R²")
        else:
            parts.append(f"{of}R² = {each.determination:.3f} on the {rows}")
    return ", ".join(parts)


def in_full(found: Scores) -> str:
    """What a line cannot hold: a table of the classes, or errors in the units of the target."""
    if isinstance(found, ClassScores):
        width = max(5, *(len(each.name) for each in found.classes[:MOST]))
        lines = [f"{'class':<{width}}  rows  precision  recall     F1"]
        lines += [
            f"{each.name:<{width}}  {each.rows:>4}  {_share(each.precision):>9}"
            f"  {_share(each.recall):>6}  {_share(each.f1):>5}"
            for each in found.classes[:MOST]
        ]
        lines += [f"and {len(found.classes) - MOST} more"] * (len(found.classes) > MOST)
        if len(found.classes) <= FEW:
            lines += ["", *_matrix(found)]
    else:
        lines = [
            f"{each.target} is off by {each.root_mean_square:.4g} (root mean square), "
            f"{each.mean_absolute:.4g} on the mean"
            for each in found
        ]
    return "".join(f"{line}\n" for line in lines)


def _share(part: float) -> str:
    """A part of 1; a dash where there is nothing of which it is one."""
    return "-" if math.isnan(part) else f"{part:.3f}"


def _matrix(found: ClassScores) -> list[str]:
    """The confusion matrix, rows by their class."""
    names = [each.name for each in found.classes]
    first = max(12, *map(len, names))
    widths = [max(len(name), 5) for name in names]
    head = f"{'class / told':<{first}}" + "".join(
        f"  {name:>{width}}" for name, width in zip(names, widths, strict=True)
    )
    return [
        head,
        *(
            f"{name:<{first}}"
            + "".join(f"  {n:>{width}}" for n, width in zip(row, widths, strict=True))
            for name, row in zip(names, found.confusion, strict=True)
        ),
    ]
