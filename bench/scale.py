"""A step in many processes, measured in a few of this machine and reckoned for more.

`python -m bench.scale`, after `make test-engines`, prints the tables of docs/scale.md: the time of
a gradient against the batch, that of gloo's sum over processes against the bytes, that of a task
of Dask; and from these what a step takes on up to 1,000 machines.
"""

import multiprocessing
import os
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

NETWORKS = (64, 32, 10), (784, 128, 10), (1024, 1024, 1024, 1024)
BATCHES = 32, 256, 2048, 8192
BYTES = 8, 10_000, 400_000, 4_000_000, 12_000_000
MACHINES = 1, 2, 4, 16, 64, 256, 1000


@dataclass(frozen=True)
class Gradient:
    """The time of a gradient of b samples in one process: `start` + b · `sample`, in seconds."""

    parameters: int
    start: float
    sample: float

    @property
    def bytes(self) -> int:
        """Of a gradient in float32."""
        return 4 * self.parameters


@dataclass(frozen=True)
class Wire:
    """What one message takes from one process to the next: `latency` + bytes / `rate`."""

    latency: float
    rate: float


ASSUMED = Wire(latency=250e-6, rate=1.25e9)
"""Between machines: half a round trip within a datacenter, and 10-gigabit Ethernet."""


def moved(parameters_bytes: int, machines: int) -> float:
    """The bytes that each machine sends in a step: a ring halves, in as many parts as machines."""
    return 2 * (machines - 1) / machines * parameters_bytes


def step(gradient: Gradient, wire: Wire, batch: int, machines: int) -> float:
    """The time of a step: the share of one machine, and 2(p - 1) messages one after the other."""
    share = gradient.start + gradient.sample * batch / machines
    messages = 2 * (machines - 1)
    return share + messages * wire.latency + moved(gradient.bytes, machines) / wire.rate


def best(gradient: Gradient, wire: Wire, batch: int) -> int:
    """The number of machines, up to 1,000, with which a step is shortest."""
    return min(range(1, 1001), key=lambda machines: step(gradient, wire, batch, machines))


# What is measured.


def parameters(layers: Sequence[int]) -> int:
    return sum((inputs + 1) * outputs for inputs, outputs in pairwise(layers))


def least(work: Callable[[], object], seconds: float = 5.0) -> float:
    """The least processor time of a call, of as many rounds as take so many seconds, each of as
    many calls as take 20 ms: other programs only add.
    """
    start = time.process_time()
    work()
    count = max(1, int(0.02 / (time.process_time() - start)))
    times = []
    end = time.monotonic() + seconds
    while time.monotonic() < end or len(times) < 3:
        start = time.process_time()
        for _ in range(count):
            work()
        times.append((time.process_time() - start) / count)
    return min(times)


def gradients(layers: tuple[int, ...]) -> dict[int, float]:
    """Seconds of a gradient by the batch, of the module of PyTorch in float32 in one thread."""
    import torch

    from bench import ours

    torch.set_num_threads(1)
    network = ours.network(ours.dense(layers)).Network(*layers)
    found = {}
    for batch in BATCHES:
        x, y = (
            torch.randn(batch, layers[0]),
            torch.eye(layers[-1])[torch.arange(batch) % layers[-1]],
        )

        def work(x: Any = x, y: Any = y) -> None:
            network.zero_grad()
            network.error(x, y).backward()

        work()
        found[batch] = float(f"{least(work):.3g}")
    return found


def fitted(layers: Sequence[int], times: Mapping[int, float]) -> Gradient:
    """The line through the smallest and the largest batch."""
    few, many = min(times), max(times)
    sample = (times[many] - times[few]) / (many - few)
    return Gradient(parameters(layers), max(times[few] - few * sample, 0.0), sample)


def reductions(processes: int) -> dict[int, float]:
    """Seconds of a sum over so many processes of gloo, by the bytes of it."""
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = [(rank, processes, port, queue) for rank in range(processes)]
    children = [context.Process(target=_reduce, args=each) for each in given]
    for child in children:
        child.start()
    found: dict[int, float] = queue.get(timeout=300)
    for child in children:
        child.join()
    return found


def _reduce(rank: int, processes: int, port: int, queue: Any) -> None:
    import torch
    import torch.distributed as dist

    torch.set_num_threads(1)
    store = dist.TCPStore("127.0.0.1", port, processes, rank == 0)
    dist.init_process_group(
        "gloo", store=store, rank=rank, world_size=processes, timeout=timedelta(seconds=300)
    )
    found = {}
    for size in BYTES:
        array, times = torch.ones(size // 4), []
        for _ in range(30 if size > 100_000 else 300):
            start = time.perf_counter()
            dist.all_reduce(array)
            times.append(time.perf_counter() - start)
            array.fill_(1.0)
        found[size] = min(times)
    if rank == 0:
        queue.put(found)
        queue.close()
        queue.join_thread()
    dist.barrier()
    os._exit(0)  # threads of gloo can abort Python's own end


def of_dask(tasks: int = 200) -> float:
    """Seconds that one partition of Dask costs on a cluster of two workers, beside its gradient."""
    import dask.array as da
    import numpy as np
    from distributed import Client, LocalCluster

    from bench import ours
    from derive.code.texts import trainer_text
    from derive.scale.text import partitions_text

    model = ours.dense((64, 32, 10))
    folder = Path(tempfile.mkdtemp())  # from which the workers import, too
    (folder / "trainer.py").write_text(trainer_text(model, ours.batched(model)), "utf-8")
    text = partitions_text(model, ours.batched(model).model)
    (folder / "partitions.py").write_text(text, "utf-8")
    sys.path.insert(0, str(folder))
    trainer, module = import_module("trainer"), import_module("partitions")
    x, y = np.zeros((tasks, 64)), np.eye(10)[np.arange(tasks) % 10]
    data = [da.from_array(array, (1, array.shape[1])) for array in (x, y)]
    start = trainer.initialise(64, 32, 10, seed=0)
    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with cluster, Client(cluster):
        module.gradient(start, data)
        times = []
        for _ in range(5):
            begun = time.perf_counter()
            module.gradient(start, data)
            times.append(time.perf_counter() - begun)
    return min(times) / tasks


# What is printed.


def shown(seconds: float) -> str:
    """Three digits, in a unit that has them."""
    unit, scale = next((u, s) for u, s in (("s", 1.0), ("ms", 1e-3), ("µs", 0.0)) if seconds >= s)
    return f"{seconds / (scale or 1e-6):.3g} {unit}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for row in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(row)} |"


def of_gradients(measured: Mapping[tuple[int, ...], Mapping[int, float]]) -> Iterator[str]:
    """The table of the times that were measured."""
    rows = [
        [_name(layers), f"{parameters(layers):,}", *(shown(times[batch]) for batch in BATCHES)]
        for layers, times in measured.items()
    ]
    return table(["network", "parameters", *(f"{batch:,} samples" for batch in BATCHES)], rows)


def of_steps(measured: Mapping[tuple[int, ...], Mapping[int, float]]) -> Iterator[str]:
    """The table of what is reckoned from these."""
    rows = []
    for layers, times in measured.items():
        for batch in BATCHES[1], BATCHES[-1]:
            line = fitted(layers, times)
            sent = moved(line.bytes, MACHINES[-1]) / 1e6
            steps = [shown(step(line, ASSUMED, batch, machines)) for machines in MACHINES]
            shortest = best(line, ASSUMED, batch)
            rows.append([_name(layers), f"{batch:,}", f"{sent:.3g} MB", *steps, f"{shortest}"])
    head = [
        "network",
        "B",
        "sent by each of 1,000",
        *(f"p = {p:,}" for p in MACHINES),
        "shortest at",
    ]
    return table(head, rows)


def _name(layers: Sequence[int]) -> str:
    return "-".join(map(str, layers))


def main() -> None:
    measured = {layers: gradients(layers) for layers in NETWORKS}
    sums = {processes: reductions(processes) for processes in (2, 4)}
    rows = [
        [f"{processes} processes", *(shown(times[size]) for size in BYTES)]
        for processes, times in sums.items()
    ]
    print(*of_gradients(measured), sep="\n")
    print("", *table(["", *(f"{size:,} bytes" for size in BYTES)], rows), sep="\n")
    print(f"\na partition of Dask: {shown(of_dask())}\n")
    print(*of_steps(measured), sep="\n")


if __name__ == "__main__":
    main()
