"""Functions of JAX run, and held against the derivation."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from derive.code.check import agree
from derive.code.engine import engine
from derive.code.module import load
from derive.code.reference import Reference, reference
from derive.derivation.derivation import Derivation, Equation
from derive.model.output import output_of
from derive.proof.certificate import Certificate, Check, proof_sizes, show_sizes

TITLE = "the functions of JAX"


def check_jax(
    source: str, derivation: Derivation, computed: tuple[Equation, ...] = ()
) -> Certificate:
    """Hold a text of functions against the derivation of its batch form, at two sizes.

    Output, error and gradient, compiled, against the derivation's equations in balls, to
    rounding; and that float32 stays float32.
    """
    jax, checks = engine("jax", "jax"), list[Check]()
    name = derivation.model.name
    try:
        module = load(source, f"{name}/functions.py")
        with jax.enable_x64(True):
            for sizes in proof_sizes(derivation.model):
                checks += _compare(module, reference(derivation, sizes, computed))
    except Exception as error:  # any fault of generated code is a failed check, with its words
        checks.append(Check("the functions run", False, f"{type(error).__name__}: {error}"))
    return Certificate(TITLE, name, tuple(checks))


def _compare(module: Any, right: Reference) -> Iterator[Check]:
    jax, model = engine("jax", "jax"), right.derivation.model
    where = f"({show_sizes(right.sizes)})"
    parameters = module.Parameters(*map(jax.numpy.asarray, map(right.array, model.weights)))
    data = [jax.numpy.asarray(right.array(array)) for array in model.data]
    returned = output_of(model)
    if returned.name != model.error:
        output = jax.jit(module.forward)(parameters, *data[: len(model.role("input"))])
        claim = f"forward returns {returned.name} {where}"
        yield agree(claim, returned.name, output, right.quantity(returned), TITLE)

    def twice(*given: Any) -> Any:  # exactly: what comes from above counts
        return 2 * module.error(*given)

    by = (0, *(1 + [x.name for x in model.data].index(name) for name in model.by))
    value, (partials, *others) = jax.jit(jax.value_and_grad(twice, by))(parameters, *data)
    total = right.quantity(model.array(model.error))
    yield agree(
        f"error returns {model.error} {where}", model.error, np.asarray(value) / 2, total, TITLE
    )
    for array, partial in zip(model.differentiated, (*partials, *others), strict=True):
        claim = f"its gradient is ∂{model.error}/∂{array.name} {where}"
        yield agree(claim, array.name, np.asarray(partial) / 2, right.partial(array), TITLE)
    single = jax.tree.map(lambda array: array.astype(np.float32), (parameters, *data))
    error, partials = jax.eval_shape(module.gradient, *single)
    dtypes = {str(array.dtype) for array in (error, *partials)}
    yield Check(f"float32 stays float32 {where}", dtypes == {"float32"}, f"{dtypes}")
