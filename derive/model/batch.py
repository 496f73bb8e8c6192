"""Model of one sample -> Model of N samples: the sample index put on the forward equations.

Inputs, targets and all that is computed from them get the index s, another letter where the
model has s itself; weights and what
depends on weights alone do not. The error becomes the mean (or the sum) over s of what
depends on the sample, plus the rest as it stands: a penalty counts once. A quantity stays what
it is for one sample: the bias of an output is no penalty, though the error may add the output.
The mean in a gradient is then derived, not typed.

Samples may have weights: with omega[s] for each, the mean of l[s] is sum(s, omega[s] * l[s])
over sum(s, omega[s]), and the sum is sum(s, omega[s] * l[s]). They are data like targets.
"""

from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction

from derive.expressions.building import add, multiply, power, rebuild, summation
from derive.expressions.contents import children, entries, free_indices
from derive.expressions.expression import Add, Entry, Expression, Index, Multiply, Name, Size, Sum
from derive.model.assumptions import Within
from derive.model.model import Array, Definition, Model, Notation, written_out
from derive.model.output import output_of

SAMPLE_WEIGHT = "omega"


Sampled = dict[Name, Index]
"""The quantities that each sample has, with the index that counts samples."""


def sample_weight(model: Model) -> Array:
    """The array of the samples' weights, omega[s], under a name that the model does not have."""
    name = SAMPLE_WEIGHT
    while name in model.letters:
        name += "_"
    return Array(name, (model.sample,), "target")


def batch_weighted(model: Model) -> Model:
    """The same with a weight for each sample, the last of its targets; none is negative."""
    weight = sample_weight(model)
    batched = _batch(model, weight.entry)
    return replace(
        batched,
        arrays=(*batched.arrays, weight),
        assumptions=(*batched.assumptions, Within(weight.name, Fraction(0))),
    )


def batch(model: Model) -> Model:
    """The model with N samples, its error the mean over them or their sum."""
    return _batch(model, None)


def _batch(model: Model, weight: Entry | None) -> Model:
    sample = model.sample
    sampled: Sampled = {array.name: sample for array in model.data}
    for equation in model.equations[:-1]:
        if any(entry.name in sampled for entry in entries(equation.value)):
            sampled[equation.name] = sample
    is_mean = model.gather == "mean"
    *before, last = model.equations if is_mean else _penalties_outside(model, sampled)
    value = _gathered(last.value, sampled, is_mean, weight)
    equations = [*(_put_sample(e, sampled) for e in before), Definition(last.target, value)]
    kept = _needed(equations, {last.name, output_of(model).name})
    definitions = tuple(_put_sample(definition, sampled) for definition in model.definitions)
    arrays = tuple(
        Array(array.name, (sample, *array.indices), array.role) if array.name in sampled else array
        for array in model.arrays
        if array.role != "quantity" or array.name in kept
    )
    return replace(
        model,
        arrays=arrays,
        equations=tuple(equation for equation in equations if equation.name in kept),
        definitions=definitions,
        example=((sample.size, 2), *model.example),
        notation=_notation(model, sampled, definitions),
        output_name=output_of(model).name,
    )


def _notation(model: Model, sampled: Sampled, definitions: Collection[Definition]) -> Notation:
    """The notation with the sample index in the patterns of what each sample has."""
    own = {name for name in sampled if isinstance(name, str)}
    own |= {each.name for each in definitions if model.sample in each.indices}
    own |= {spelled for of, spelled in model.notation.adjoints if of in sampled}
    entries = tuple(
        (name, pattern.indexed(model.sample.name) if name in own else pattern)
        for name, pattern in model.notation.entries
    )
    return replace(model.notation, entries=entries)


def _needed(equations: list[Definition], ends: set[object]) -> set[object]:
    """What the error and the output are computed from, themselves included."""
    needed = set(ends)
    for equation in reversed(equations):
        if equation.name in needed:
            needed |= {entry.name for entry in entries(equation.value)}
    return needed


def _put_sample(definition: Definition, sampled: Sampled) -> Definition:
    target = definition.target
    sample = next((sampled[e.name] for e in entries(definition.value) if e.name in sampled), None)
    if sample is not None:
        target = Entry(target.name, (sample, *target.indices))
    return Definition(target, _index(definition.value, sampled))


def _index(node: Expression, sampled: Sampled) -> Expression:
    if isinstance(node, Entry):
        return (
            Entry(node.name, (sampled[node.name], *node.indices)) if node.name in sampled else node
        )
    return rebuild(node, (_index(part, sampled) for part in children(node)))


def _penalties_outside(model: Model, sampled: Sampled) -> tuple[Definition, ...]:
    """The equations, none of which hides a penalty behind a name from a sum over samples.

    A quantity between output and error that adds what depends on the sample and what does not
    is written out, wherever it stands, where the error adds it or a multiple of it. (The mean
    over samples of what depends on none is that itself: there, none need be.)
    """
    end = [e.name for e in model.equations].index(output_of(model).name) + 1
    before, between = model.equations[:end], model.equations[end:]
    mixed: set[str] = set()
    for definition in between[:-1]:
        if _is_mixed(definition.value, sampled, mixed):
            mixed.add(definition.name)
    for definition in reversed(between[:-1]):
        if definition.name in mixed and _is_mixed(between[-1].value, sampled, {definition.name}):
            between = tuple(replace(e, value=written_out(e.value, [definition])) for e in between)
    return (*before, *between)


def _is_mixed(value: Expression, sampled: Sampled, mixed: Collection[str] = ()) -> bool:
    """Whether there are terms of both kinds, within sums of sums and multiples.

    A quantity that is one of `mixed` has both.
    """
    match value:
        case Entry(name=name):
            return name in mixed
        case Add():
            kinds = {_depends(term, sampled) for term in value.terms}
            return len(kinds) > 1 or any(_is_mixed(term, sampled, mixed) for term in value.terms)
        case Multiply():
            depend = [factor for factor in value.factors if _depends(factor, sampled)]
            return len(depend) == 1 and _is_mixed(depend[0], sampled, mixed)
        case Sum():
            return _is_mixed(value.body, sampled, mixed)
    return False


def _gathered(
    value: Expression, sampled: Sampled, is_mean: bool, weight: Entry | None
) -> Expression:
    """The mean or sum over samples of the terms that depend on the sample; the others once."""
    if not _depends(value, sampled):
        return value
    if not _is_mixed(value, sampled):
        return _over_samples(_index(value, sampled), is_mean, weight)
    terms = _terms(value, sampled)
    together = add(*(t for t in terms if _depends(t, sampled) and not _is_mixed(t, sampled)))
    apart = [t for t in terms if not _depends(t, sampled) or _is_mixed(t, sampled)]
    return add(*(_gathered(term, sampled, is_mean, weight) for term in (together, *apart)))


def _over_samples(value: Expression, is_mean: bool, weight: Entry | None) -> Expression:
    (sample,) = (index for index in free_indices(value) if index.counts_samples)
    if weight is None:
        total, samples = Sum((sample,), value), Size(sample.size)
        return multiply(power(samples, -1), total) if is_mean else total
    total, weights = Sum((sample,), multiply(weight, value)), Sum((sample,), weight)
    return multiply(power(weights, -1), total) if is_mean else total


def _terms(value: Expression, sampled: Sampled) -> tuple[Expression, ...]:
    """The terms of a mixed value, a factor or a sum over an index drawn into each."""
    match value:
        case Add():
            return value.terms
        case Sum():
            return tuple(summation(value.over, term) for term in _terms(value.body, sampled))
        case Multiply():
            place = [_is_mixed(factor, sampled) for factor in value.factors].index(True)
            before, after = value.factors[:place], value.factors[place + 1 :]
            return tuple(
                multiply(*before, t, *after) for t in _terms(value.factors[place], sampled)
            )
    return (value,)


def _depends(value: Expression, sampled: Sampled) -> bool:
    return any(entry.name in sampled for entry in entries(value))
