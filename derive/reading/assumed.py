"""What a model file assumes of its data, one form for each sentence: text -> Assumption.

sum(k, y[k]) = 1        y[k] in [0, 1]        y[k] in {-1, 1}
one_hot(k, y[k])        y[k] >= 0             y[k] > 0
"""

from fractions import Fraction

from derive.model.assumptions import Assumption, OneOf, SumsTo, Within
from derive.model.model import Array
from derive.reading.names import Names
from derive.reading.source import Passage
from derive.reading.syntax import ASSUMPTIONS, parse_assumption
from derive.reading.tree import Call, Reference, Stated

ZERO, ONE = Fraction(0), Fraction(1)


def read_assumption(names: Names, passage: Passage) -> tuple[Assumption, ...]:
    """The assumptions that a text states; one_hot states two.

    Raises ModelError at what is no assumption that can be checked, or not about data.
    """
    stated = parse_assumption(passage)
    numbers = [number.value for number in stated.numbers]
    match stated.subject, stated.relation:
        case Call(name="sum") as total, "=":
            return (SumsTo(*_summed(names, passage, total), numbers[0]),)
        case Call(name="one_hot") as total, "":
            name, over = _summed(names, passage, total)
            return OneOf(name, (ZERO, ONE)), SumsTo(name, over, ONE)
        case Reference() as entry, "in {":
            return (OneOf(_data(names, passage, entry).name, tuple(dict.fromkeys(numbers))),)
        case Reference() as entry, "in [" if len(numbers) == 2:
            return (_within(_data(names, passage, entry).name, passage, stated),)
        case Reference() as entry, (">" | ">=") as sign:
            return (Within(_data(names, passage, entry).name, numbers[0], open=sign == ">"),)
    at = stated.at if isinstance(stated.subject, Reference) else stated.subject.at
    passage.fail(at, f"{passage.text!r} is no assumption that can be checked", ASSUMPTIONS)


def _within(name: str, passage: Passage, stated: Stated) -> Within:
    low, high = stated.numbers
    if high.value < low.value:
        problem = f"no number lies between {low.value} and {high.value}"
        passage.fail(low.at, problem, "write the smaller number first")
    return Within(name, low.value, high.value)


def _data(names: Names, passage: Passage, entry: Reference) -> Array:
    """The input or target of that name, with its own letters between the brackets, or none."""
    array = names.arrays.get(entry.name)
    if array is None or array.role not in ("input", "target"):
        cure = "assumptions are about inputs and targets, which the trainer is given"
        passage.fail(entry.at, f"{entry.name} is neither an input nor a target", cure)
    own = [index.name for index in array.indices]
    given = [letter.name for letter in entry.indices]
    if given and given != own:
        cure = f"it is declared as {entry.name}[{','.join(own)}]"
        passage.fail(entry.at, f"{entry.name}[{','.join(given)}] in an assumption", cure)
    return array


def _summed(names: Names, passage: Passage, total: Call) -> tuple[str, tuple[str, ...]]:
    """The name and the letters of sum(k, y[k]), or of one_hot(k, y[k])."""
    *letters, entry = total.arguments
    if not isinstance(entry, Reference):
        problem = f"the last argument of {total.name} is neither an input nor a target"
        passage.fail(entry.at, problem, ASSUMPTIONS)
    array = _data(names, passage, entry)
    own = [index.name for index in array.indices]
    over: list[str] = []
    for letter in letters:
        known = isinstance(letter, Reference) and not letter.indices and letter.name in own
        if not isinstance(letter, Reference) or not known or letter.name in over:
            problem = f"{array.name} has the indices {', '.join(own)}"
            passage.fail(letter.at, problem, f"{total.name} goes over them, each once")
        over.append(letter.name)
    if not over:
        problem = f"{total.name} without an index"
        passage.fail(total.at, problem, ASSUMPTIONS)
    return array.name, tuple(over)
