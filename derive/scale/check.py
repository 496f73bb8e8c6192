"""Files that train past one process, run and held against the derivation: parts add up to it."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from derive.code.check import agree
from derive.code.engine import engine
from derive.code.module import load
from derive.code.reference import Reference, reference
from derive.derivation.derivation import Derivation, Equation
from derive.proof.certificate import Certificate, Check, proof_sizes, show_sizes

PROCESSES = "training in several processes of PyTorch"
PARTITIONS = "training on partitions of Dask"

Files = dict[str, str]


def check_processes(
    files: Files, derivation: Derivation, computed: tuple[Equation, ...] = ()
) -> Certificate:
    """Hold the parts of some processes, in this one, against the derivation of the batch form.

    What `part` gives of one, of several and of more processes than there are samples adds up
    to the error, and what `backward` leaves in the weights to its gradient.
    """
    torch = engine("torch", "ddp")
    checks: list[Check] = []
    name = derivation.model.name
    try:
        trainer = load(files["trainer.py"], f"{name}/trainer.py")
        network = load(files["network.py"], f"{name}/network.py")
        weights = load(files["weights.py"], f"{name}/weights.py", trainer=trainer)
        beside = {"trainer": trainer, "network": network, "weights": weights}
        module = load(files["processes.py"], f"{name}/processes.py", **beside)
        for sizes in proof_sizes(derivation.model):
            checks += _shared(torch, module, reference(derivation, sizes, computed))
    except Exception as error:  # any fault of generated code is a failed check, with its words
        checks.append(Check("the module runs", False, f"{type(error).__name__}: {error}"))
    return Certificate(PROCESSES, name, tuple(checks))


def _shared(torch: Any, module: Any, right: Reference) -> Iterator[Check]:
    model = right.derivation.model
    data = [right.array(array) for array in model.data]
    batch = np.arange(len(data[0]))
    for world in (1, 2, len(batch) + 1):
        network = module.Network.of([right.array(array) for array in model.weights])
        total = 0.0
        for rank in range(world):
            own = module._share(batch, rank, world)
            taken = module._read(data, network, own, batch)
            value = module.part(network, taken, len(own), len(batch), rank == 0)
            value.backward()
            total += value.item()
        partials = [weight.grad.numpy() for weight in network.parameters()]
        yield from _agree(total, partials, right, f"{world} processes", PROCESSES)


def check_partitions(
    files: Files, derivation: Derivation, computed: tuple[Equation, ...] = ()
) -> Certificate:
    """Hold the gradient on partitions, one, each sample, and an empty one, against the derivation
    of the batch form.
    """
    dask, arrays = engine("dask", "dask"), engine("dask.array", "dask")
    checks: list[Check] = []
    name = derivation.model.name
    try:
        trainer = load(files["trainer.py"], f"{name}/trainer.py")
        module = load(files["partitions.py"], f"{name}/partitions.py", trainer=trainer)
        with dask.config.set(scheduler="synchronous"):
            for sizes in proof_sizes(derivation.model):
                checks += _parted(arrays, trainer, module, reference(derivation, sizes, computed))
    except Exception as error:  # any fault of generated code is a failed check, with its words
        checks.append(Check("the module runs", False, f"{type(error).__name__}: {error}"))
    return Certificate(PARTITIONS, name, tuple(checks))


def _parted(da: Any, trainer: Any, module: Any, right: Reference) -> Iterator[Check]:
    model = right.derivation.model
    parameters = trainer.Parameters(*(right.array(array) for array in model.weights))
    data = [right.array(array) for array in model.data]
    N = len(data[0])
    for ends in ((0, N), (0, *range(N + 1))):  # of the second, the first partition is empty
        rows = tuple(end - start for start, end in pairwise(ends))
        given = [da.from_array(array, (rows, *array.shape[1:])) for array in data]
        value, partials = module.gradient(parameters, given)
        where = f"{len(rows)} partition{'s' * (len(rows) > 1)}"
        yield from _agree(value, partials, right, where, PARTITIONS)


def _agree(value: Any, partials: Any, right: Reference, where: str, by: str) -> Iterator[Check]:
    model = right.derivation.model
    where = f"({where}; {show_sizes(right.sizes)})"
    total = right.quantity(model.array(model.error))
    yield agree(f"the parts add up to {model.error} {where}", model.error, value, total, by)
    for weight, partial in zip(model.weights, partials, strict=True):
        claim = f"the parts add up to ∂{model.error}/∂{weight.name} {where}"
        yield agree(claim, weight.name, partial, right.partial(weight), by)
