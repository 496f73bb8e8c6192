"""A module of PyTorch run, and held against the derivation."""

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

TITLE = "the module of PyTorch"


def check_torch(
    source: str, derivation: Derivation, computed: tuple[Equation, ...] = ()
) -> Certificate:
    """Hold a module's text against the derivation of its batch form, at two sizes.

    Output, error and the gradient that `backward` leaves in the weights against the derivation's
    equations in balls, to rounding; and that float32 stays float32.
    """
    checks: list[Check] = []
    name = derivation.model.name
    try:
        module = load(source, f"{name}/network.py")
        for sizes in proof_sizes(derivation.model):
            checks += _compare(module, reference(derivation, sizes, computed))
    except Exception as error:  # any fault of generated code is a failed check, with its words
        checks.append(Check("the module runs", False, f"{type(error).__name__}: {error}"))
    return Certificate(TITLE, name, tuple(checks))


def _compare(module: Any, right: Reference) -> Iterator[Check]:
    torch, model = engine("torch", "torch"), right.derivation.model
    where = f"({show_sizes(right.sizes)})"
    weights = [right.array(array) for array in model.weights]
    network = module.Network.of(weights)
    data = [torch.from_numpy(np.asarray(right.array(array))) for array in model.data]
    for array, tensor in zip(model.data, data, strict=True):
        tensor.requires_grad_(array.name in model.by)
    returned = output_of(model)
    if returned.name != model.error:
        inputs = [tensor.detach() for tensor in data[: len(model.role("input"))]]
        output = network(*inputs).detach().numpy()
        claim = f"forward returns {returned.name} {where}"
        yield agree(claim, returned.name, output, right.quantity(returned), TITLE)
    error = network.error(*data)
    (2 * error).backward()  # twice, exactly: what comes from above counts
    total = right.quantity(model.array(model.error))
    claim = f"error returns {model.error} {where}"
    yield agree(claim, model.error, error.detach().numpy(), total, TITLE)
    held = dict(zip((array.name for array in model.data), data, strict=True))
    leaves = [*network.parameters(), *(held[name] for name in model.by)]
    for array, leaf in zip(model.differentiated, leaves, strict=True):
        claim = f"backward gives ∂{model.error}/∂{array.name} {where}"
        yield agree(claim, array.name, leaf.grad.numpy() / 2, right.partial(array), TITLE)
    kept = [
        one.tobytes() == np.asarray(w).tobytes()
        for one, w in zip(network.arrays(), weights, strict=True)
    ]
    yield Check(f"the weights given are those returned {where}", all(kept), f"{kept}")
    yield _single(torch, network, data, where)


def _single(torch: Any, network: Any, data: list[Any], where: str) -> Check:
    """Whether numbers of float32 stay that on the whole way."""
    network.to(torch.float32).zero_grad()
    error = network.error(*(tensor.detach().to(torch.float32) for tensor in data))
    error.backward()
    found = {error.dtype, *(weight.grad.dtype for weight in network.parameters())}
    return Check(f"float32 stays float32 {where}", found == {torch.float32}, f"{found}")
