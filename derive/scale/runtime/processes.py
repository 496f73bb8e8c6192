"""Training in several processes of PyTorch, each of which takes its share of every batch."""

import argparse
import itertools
import math
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from derive.code.runtime.example import trainer
from derive.code.runtime.example.weights import EQUATIONS
from derive.code.runtime.weights import load, save
from derive.scale.runtime.example import DATA, SIZES, Network, part

# What every process does: step after step, each time on its share of the batch.

METHODS: dict[str, Callable[..., Any]] = {
    "gradient": torch.optim.SGD,
    "momentum": partial(torch.optim.SGD, momentum=0.9),
    "nesterov": partial(torch.optim.SGD, momentum=0.9, nesterov=True),
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
}


class ApartError(RuntimeError):
    """The processes are not together any more: one has ended, or cannot be reached."""


def train(
    network: Network,
    data: Sequence[Any],
    t: float,
    passes: int,
    batch_size: int,
    *,
    method: str = "adam",
    seed: int | None = 0,
    folder: str | Path = "run",
    every: int | None = None,
    told_to_end: Callable[[], bool] = lambda: False,
) -> list[float]:
    """Train the network, in all processes of the group, on batches of batch_size samples.

    `data` are arrays of all samples, or memory maps: each process reads its share of a batch
    alone. With a seed a pass has them in a new order, which is the same for any number of
    processes; with None they come as they stand. `folder` holds weights.npz and
    state.pt, from which all go on where it is there. The first process writes them, after
    `every` steps or every pass; where the processes come apart, those that are left do.

    Returns the errors, each that of the batches since the one before. Raises ApartError where
    another process has ended or told_to_end() is true, ValueError where `folder` is of other
    settings, and FloatingPointError where the error is no number any more.
    """
    rank, world, N = dist.get_rank(), dist.get_world_size(), _samples(data)
    passes = trainer._whole(passes, "passes", 1)
    batch_size = trainer._whole(batch_size, "batch_size", 1)
    every = None if every is None else trainer._whole(every, "every", 1)
    if method not in METHODS:
        raise ValueError(f"method: expected one of {', '.join(METHODS)}, got {method!r}")
    steps = -(-N // batch_size)
    settings = {"equations": EQUATIONS, "samples": N, "batch_size": batch_size, "seed": seed}
    optimizer = METHODS[method](network.parameters(), t)
    state = _State(network, optimizer, settings | {"method": method}, Path(folder))
    errors: list[float] = []
    parts: list[float] = []
    counts: list[int] = []
    try:
        done = state.go_on()
        shared = DistributedDataParallel(_Part(network), gradient_as_bucket_view=True)
    except RuntimeError as problem:  # which gloo raises
        raise ApartError(f"before the first step: {_reason(problem)}") from problem
    try:
        for batch in itertools.islice(_batches(N, batch_size, seed, done), passes * steps - done):
            if told_to_end():
                raise ApartError("told to end")
            own = _share(batch, rank, world)
            value = shared(_read(data, network, own, batch), len(own), len(batch), rank == 0)
            optimizer.zero_grad()
            (world * value).backward()  # the mean over the processes is what all then have
            optimizer.step()
            done += 1
            parts.append(value.item())
            counts.append(len(batch))
            if done % (every or steps) and done < passes * steps:
                continue
            errors.append(_everywhere(trainer._gathered(parts, counts)))
            parts, counts = [], []
            if not math.isfinite(errors[-1]):
                raise trainer._unbounded(errors[-1], f"after {done} steps of size {t}")
            if rank == 0:
                print(f"pass {done / steps:.4g}: {trainer._ERROR} = {errors[-1]:.6g}", flush=True)
                state.write(done)
    except RuntimeError as problem:
        raise ApartError(f"after {done} steps: {_reason(problem)}{state.left(done)}") from problem
    return errors


def _samples(data: Sequence[Any]) -> int:
    """How many there are, samples being rows, and as many in each array."""
    for (name, axes), array in zip(DATA.items(), data, strict=True):
        if array.ndim != len(axes) + 1:
            expected = ", ".join(("N", *axes))
            raise ValueError(
                f"{name}: expected samples in rows, {len(axes) + 1} axes ({expected}), "
                f"got the shape {array.shape}"
            )
    rows = {name: len(array) for name, array in zip(DATA, data, strict=True)}
    if len(set(rows.values())) > 1 or 0 in rows.values():
        raise ValueError(f"expected as many samples of each array, and some, got {rows}")
    return len(data[0])


class _Part(nn.Module):
    """`part` as a module, whose `forward` is what DistributedDataParallel asks for."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, data: Sequence[Tensor], rows: int, batch: int, first: bool) -> Tensor:
        return part(self.network, data, rows, batch, first)


def _batches(N: int, size: int, seed: int | None, done: int) -> Iterator[np.ndarray]:
    """The rows of each batch, pass after pass, from the one on that follows `done` others."""
    number, place = divmod(done, -(-N // size))
    while True:
        random = None if seed is None else np.random.default_rng((seed, number))
        order = np.arange(N) if random is None else random.permutation(N)
        for start in range(place * size, N, size):
            yield order[start : start + size]
        number, place = number + 1, 0


def _share(batch: np.ndarray, rank: int, world: int) -> np.ndarray:
    """The rows of a batch that are a process's."""
    return batch[rank * len(batch) // world : (rank + 1) * len(batch) // world]


def _read(
    data: Sequence[Any], network: Network, own: np.ndarray, batch: np.ndarray
) -> list[Tensor]:
    """The samples of a process's rows; where it has none, one that will count nothing."""
    like = next(network.parameters())
    rows = np.sort(own if len(own) else batch[:1])  # a file is read forwards
    return [torch.from_numpy(np.asarray(array[rows])).to(like) for array in data]


def _everywhere(number: float) -> float:
    """The sum of a number over all processes."""
    total = torch.tensor(number, dtype=torch.float64)
    dist.all_reduce(total)
    return total.item()


def _reason(problem: BaseException) -> str:
    """What is wrong, in short: gloo says where in its own source it found that."""
    if isinstance(problem, ApartError):
        return str(problem)
    told = re.sub(r"^\[[^]]*\] ", "", str(problem)).partition("\n")[0].partition(". ")[0]
    return f"another process has ended, or cannot be reached ({told})"


# What is kept, to go on from.


class _State:
    """All that the next step depends on, in a folder: state.pt; and weights.npz for others."""

    def __init__(
        self, network: Network, optimizer: Any, settings: dict[str, Any], folder: Path
    ) -> None:
        self.network, self.optimizer, self.settings, self.folder = (
            network,
            optimizer,
            settings,
            folder,
        )

    def go_on(self) -> int:
        """How many steps are done, all processes having the state that the first one finds."""
        found: list[Any] = [None]
        if dist.get_rank() == 0 and (self.folder / "state.pt").exists():
            found = [torch.load(self.folder / "state.pt", weights_only=True)]
        dist.broadcast_object_list(found)
        (state,) = found
        if state is None:
            return 0
        for name, value in self.settings.items():
            if state["settings"][name] != value:
                raise ValueError(
                    f"{self.folder}: is a run of {name} {state['settings'][name]}, not {value}; "
                    "go on with that, or take another folder"
                )
        sizes = [group["lr"] for group in self.optimizer.param_groups]
        self.network.load_state_dict(state["weights"])
        self.optimizer.load_state_dict(state["optimizer"])
        for group, size in zip(self.optimizer.param_groups, sizes, strict=True):
            group["lr"] = size  # that of this call
        return int(state["steps"])

    def write(self, steps: int) -> None:
        """Write it; each of both files is whole at any moment."""
        self.folder.mkdir(parents=True, exist_ok=True)
        state = {
            "steps": steps,
            "settings": self.settings,
            "weights": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        temporary = self.folder / f".state.pt.{dist.get_rank()}.tmp"
        with temporary.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.folder / "state.pt")
        save(self.folder / "weights.npz", self.network.arrays())

    def left(self, steps: int) -> str:
        """Write it where the processes have come apart; what to say of that."""
        try:
            self.write(steps)
        except (OSError, ValueError) as problem:
            return f"; {problem}"
        return f"; the same command goes on from {self.folder}"


def _end(status: int) -> None:
    """End the process at once: threads of PyTorch that wait for others can neither hold it up
    nor abort it.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


# The command.


def main(arguments: Sequence[str] | None = None) -> int:
    """Train on arrays in files, in the processes that torchrun starts, or in this one alone.

    Returns the exit status: 1 where something is wrong, which it prints.
    """
    given = _parser().parse_args(arguments)
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    try:
        _join(given.timeout)
        data = _arrays(given.data)
        _samples(data)
        torch.manual_seed(given.seed)
        network = _network(given, data).to(getattr(torch, given.dtype))
        train(
            network,
            data,
            given.step_size,
            given.passes,
            given.batch_size,
            method=given.method,
            seed=given.seed,
            folder=given.folder,
            every=given.every,
            told_to_end=told.is_set,
        )
    except (ApartError, ValueError, OSError, FloatingPointError) as problem:
        print(f"process {os.environ.get('RANK', '0')}: {problem}", file=sys.stderr, flush=True)
        return 1
    dist.barrier()  # what one holds open for the others is closed by none before its time
    dist.destroy_process_group()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    names = ", ".join(f"{name}.npy" for name in DATA)
    add("data", type=Path, help=f"an .npz file of {', '.join(DATA)}, or a folder of {names}")
    add("--size", action="append", default=[], metavar="NAME=NUMBER", help="a size of the network")
    add("--weights", type=Path, help="a file of weights.py to begin with")
    add("--batch-size", type=int, default=256, help="samples in a step, of all processes together")
    add("--passes", type=int, default=10, help="over all samples")
    add("--step-size", type=float, default=0.001)
    add("--method", choices=METHODS, default="adam")
    add("--seed", type=int, default=0, help="of the first weights and of the order of samples")
    add("--dtype", choices=("float32", "float64"), default="float32")
    add("--folder", type=Path, default=Path("run"), help="to go on from, and to write to")
    add("--every", type=int, help="steps from one writing to the next; a pass, if not said")
    add("--timeout", type=float, default=300, help="seconds that a process waits for the others")
    return parser


def _join(timeout: float) -> None:
    """Join the processes of torchrun; without it, be the only one."""
    store, rank, world = dist.HashStore(), 0, 1
    waiting = timedelta(seconds=timeout)
    try:
        if "RANK" in os.environ:
            store, rank, world = next(dist.rendezvous("env://", timeout=waiting))
        # Where torchrun starts all again, the store still has the addresses of those before.
        again = dist.PrefixStore(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0"), store)
        dist.init_process_group("gloo", store=again, rank=rank, world_size=world, timeout=waiting)
    except RuntimeError as problem:
        raise ApartError(f"before the first step: {_reason(problem)}") from problem


def _arrays(path: Path) -> list[Any]:
    """The arrays of all samples; those of a folder are memory maps."""
    if path.is_dir():
        return [np.load(path / f"{name}.npy", mmap_mode="r") for name in DATA]
    with np.load(path) as file:
        if not DATA.keys() <= set(file.files):
            raise ValueError(f"{path}: expected {', '.join(DATA)}, got {', '.join(file.files)}")
        return [file[name] for name in DATA]


def _network(given: argparse.Namespace, data: Sequence[Any]) -> Any:
    """The network to begin with: with the weights given, or at random, in sizes of the data."""
    if given.weights:
        return Network.of(load(given.weights))
    sizes: dict[str, int] = {}
    for axes, array in zip(DATA.values(), data, strict=True):
        sizes.update(zip(axes, array.shape[1:], strict=False))
    for text in given.size:
        name, _, number = text.partition("=")
        if name not in SIZES or not number.isdecimal():
            raise ValueError(f"--size {text}: expected one of {', '.join(SIZES)}, =, a number")
        sizes[name] = int(number)
    for name in SIZES:
        if name not in sizes:
            raise ValueError(f"the data do not say {name}: give --size {name}=NUMBER")
    return Network(*(sizes[name] for name in SIZES))
