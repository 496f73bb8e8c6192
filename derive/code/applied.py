"""Steps -> the functions that they apply, and what code defines of each."""

from derive.arrays.program import Call, Step, parts
from derive.code.functions import FunctionCode, function_code
from derive.code.names import code_name, table_name
from derive.code.spelling import NUMPY, Dialect, ufunc
from derive.functions.table import TABLE, Function
from derive.model.model import Model


def applied_in(steps: tuple[Step, ...]) -> tuple[tuple[str, int], ...]:
    """Every function that the steps apply, with the order of its derivative."""
    nodes = (node for step in steps for node in parts(step.value))
    calls = (node for node in nodes if isinstance(node, Call))
    return tuple(dict.fromkeys((call.function, call.order) for call in calls))


def functions_of(
    model: Model, applied: tuple[tuple[str, int], ...], dialect: Dialect = NUMPY
) -> tuple[tuple[str, FunctionCode], ...]:
    """The functions to define by name, each with what of it is applied; a free one's whole row."""
    free = dict(model.functions)
    orders: dict[Function, set[int]] = {}
    for name, order in applied:
        row = model.function(name)
        is_own = order == 0 and ufunc(row, dialect)
        wanted = {0, 1} if name in free else set() if is_own else {order}
        if wanted:
            orders.setdefault(row, set()).update(wanted)
    return tuple(
        (_name(model, row, dialect), function_code(row, found, dialect))
        for row, found in orders.items()
    )


def _name(model: Model, row: Function, dialect: Dialect) -> str:
    """What a row is called: one of the table by its own name, a model file's by what it gave."""
    return table_name(row.name) if row.name in TABLE else code_name(row.name, model, dialect)


def aliases_of(
    model: Model, applied: tuple[tuple[str, int], ...], dialect: Dialect = NUMPY
) -> tuple[tuple[str, str], ...]:
    """f_h = logistic, for free functions that are a row of the table."""
    rows = {name: row for name, row in model.functions if name in dict(applied)}
    return tuple(
        (code_name(name, model, dialect), table_name(row.name))
        for name, row in rows.items()
        if row.name in TABLE
    )
