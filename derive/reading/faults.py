"""Several mistakes of one file: every part is read, and what is wrong with all of them is said."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from derive.errors import ModelError, together

Given = TypeVar("Given")
Read = TypeVar("Read")


class FollowsError(Exception):
    """What cannot be read for a mistake alone that is told elsewhere."""


def each(read: Callable[[Given], Read], given: Iterable[Given]) -> list[Read]:
    """What is read of each.

    Raises ModelError with the mistakes of all, or FollowsError where there are none but of others.
    """
    found: list[Read] = []
    faults: list[ModelError] = []
    follows = False
    for one in given:
        try:
            found.append(read(one))
        except ModelError as fault:
            faults.append(fault)
        except FollowsError:
            follows = True
    if faults:
        raise together(faults)
    if follows:
        raise FollowsError
    return found
