"""How the equations write arrays, products and sums: what messages tell people to write."""

from collections.abc import Container, Sequence
from dataclasses import replace

from derive.model.model import Array
from derive.reading.tree import Call, MatrixProduct, Reference, letters_in


def written(array: Array) -> str:
    """An array with its letters, W[j,i]."""
    letters = ",".join(index.name for index in array.indices)
    return f"{array.name}[{letters}]" if letters else array.name


def summed_product(arrays: Sequence[Array], always: bool = False) -> str:
    """The product of whole arrays with its indices: sum(j, V[k,j] * h[j]).

    What all of them have is summed over where others have more, or `always`.
    """
    if not arrays:
        return "sum(j, V[k,j] * h[j])"
    first, *rest = arrays
    shown, shared = [first], []
    for array in rest:
        letters = []
        for index in array.indices:
            same = (own for own in first.indices if own.size == index.size and own not in letters)
            letters.append(index if index in first.indices else next(same, index))
        shared += [index for index in letters if index in first.indices]
        shown.append(replace(array, indices=tuple(letters)))
    product = " * ".join(map(written, shown))
    over = [index.name for index in first.indices if index in shared]
    alike = all(set(array.indices) == set(first.indices) for array in shown)
    if not over or (alike and not always):
        return product
    return f"sum({', '.join(over)}, {product})"


def matrix_product(node: MatrixProduct, bare: Sequence[Array]) -> str:
    """What to write for left @ right, of which `bare` are written without their indices."""
    shared = [each for each in letters_in(node.left) if each in letters_in(node.right)]
    if shared and not bare:
        return f"write * between entries, and the sum over {shared[0]}: sum({shared[0]}, ...)"
    return f"write it with indices, such as {summed_product(bare, always=True)}"


def declared_as(array: Array, node: Reference) -> str:
    """How an array is written, of which another number of indices stands in the equation."""
    if array.indices:
        return f"write {written(array)}"
    letters = ",".join(letter.name for letter in node.indices)
    if array.role in ("quantity", "hyperparameter"):
        return f"{node.name} is a number, without indices"
    return f"it is declared without indices: declare it as {node.name}[{letters}]"


def with_letters(
    node: Call, count: int, in_sight: Container[str], bare: Sequence[Array] = ()
) -> str:
    """How a call with `count` arguments behind its index letters is written.

    A softmax is over letters that are in sight, anything else over others; `bare` are arrays
    in it that stand without theirs.
    """
    kept = node.name == "softmax"
    over = [each for each in letters_in(node) if (each in in_sight) == kept]
    over = over or [index.name for array in bare[:1] for index in array.indices]
    shown = ", ".join([*(over or "i"), *["..."] * count])
    return f"write {node.name}({shown}) with an index letter first"
