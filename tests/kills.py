"""Writers killed by SIGKILL at random moments, again and again, and what is found afterwards.

`python -m tests.kills WRITER FOLDER` prints it. Every kill is that of a process of its own, which
is forked from this one: it need not import anything anew.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import derive
from derive import pipeline
from derive.commands.train import keep
from derive.pipeline import Build
from derive.reading.resolve import load
from derive.tables.read import read_table
from derive.training.choice import Wanted
from derive.training.data import Plan, Run, prepare
from derive.training.run_file import weights_of

KILLS = 40


@dataclass(frozen=True)
class Writer:
    """`write` writes the k-th state into a folder; `read` gives the state of each of its parts."""

    write: Callable[[int], object]
    read: Callable[[], set[int]]


def folder_writer(folder: Path) -> Writer:
    """What `derive build` writes: twelve files, two folders, beside a file that is the user's."""
    names = [*(f"file{i}.tex" for i in range(6)), *(f"equations/{i}.tex" for i in range(6))]
    model = derive.load("hmkcode")
    derivation = derive.differentiate(model)
    own = folder / "hmkcode" / "equations" / "own.txt"

    def write(k: int) -> None:
        text = f"{k}\n" * 500
        pipeline.write(Build(model, derivation, dict.fromkeys(names, text), ()), folder)

    def read() -> set[int]:
        assert own.read_text() == "the user's"
        found = [path for path in own.parent.parent.rglob("*") if path.is_file() and path != own]
        assert len(found) == len(names)
        return {int(line) for path in found for line in path.read_text().splitlines()}

    write(-1)
    own.write_text("the user's")
    return Writer(write, read)


def run_of(folder: Path) -> Run:
    table = folder / "table.csv"
    table.write_text("x,y\n1,2\n2,3\n3,5\n4,8\n5,9\n")
    plan = Plan((), 1, 0.01, "adam", 2, 0.2, 0)
    return prepare(load("residual"), read_table(table), Wanted(("y",)), plan).run


def training_writer(folder: Path) -> Writer:
    """What `derive train` writes: weights and their picture."""
    run = run_of(folder)
    module = weights_of(run.model)
    out = folder / "trained"

    def write(k: int) -> None:
        weights = type(run.weights)(*(np.full_like(w, float(k)) for w in run.weights))
        moved = Run(run.model, run.encoding, weights)
        keep(moved, f"{k} ".encode() * 5000, out)

    def read() -> set[int]:
        found = set()
        for path in out.iterdir():
            if path.name == "weights.npz":
                found |= {int(x) for w in module.load(path) for x in np.unique(w)}
            elif path.name == "loss.png":
                words = path.read_bytes().split()
                assert len(words) == 5000
                found |= set(map(int, words))
        return found

    write(-1)
    return Writer(write, read)


def weights_writer(folder: Path, suffix: str) -> Writer:
    """What the weights.py of a trainer writes: one file, of a hundred thousand numbers."""
    module = weights_of(derive.load("pelogia2019"))
    path = folder / f"weights{suffix}"

    def write(k: int) -> None:
        both = np.full((200, 500), float(k)), np.full((2, 200), float(k))
        module.save(path, module.Parameters(*both))

    def read() -> set[int]:
        return {int(x) for weights in module.load(path) for x in np.unique(weights)}

    write(-1)
    return Writer(write, read)


WRITERS: dict[str, Callable[[Path], Writer]] = {
    "build": folder_writer,
    "train": training_writer,
    "npz": lambda folder: weights_writer(folder, ".npz"),
    "safetensors": lambda folder: weights_writer(folder, ".safetensors"),
}


def leavings(folder: Path) -> list[str]:
    found = [*folder.rglob(".derive-*"), *folder.rglob("*.tmp")]
    return sorted(str(path.relative_to(folder)) for path in found)


@contextmanager
def writing(writer: Writer, first: int) -> Iterator[None]:
    """A process that writes one state after the other until it is killed; the first is written."""
    begun, begins = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            for k in range(first, first + 10**6):
                writer.write(k)
                os.write(begins, b"." if k == first else b"")
        finally:
            os._exit(1)
    os.close(begins)
    assert os.read(begun, 1), "it ended before it wrote"
    os.close(begun)
    yield
    os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    assert os.WIFSIGNALED(status), "it ended before it was killed"


def kill(writer: Writer, folder: Path) -> dict[str, int]:
    """How many kills left something behind, left it still after the next run, mixed two states."""
    chance = random.Random(0)
    begun = time.perf_counter()
    for k in range(5):
        writer.write(k)
    longest = 3 * (time.perf_counter() - begun) / 5
    counts = dict.fromkeys(("kills", "left", "behind", "mixed"), 0)
    for turn in range(1, KILLS + 1):
        with writing(writer, turn * 10**6):
            time.sleep(chance.uniform(0, longest))
        counts["kills"] += 1
        counts["left"] += bool(leavings(folder))
        counts["mixed"] += len(writer.read()) != 1
        writer.write(turn)
        counts["behind"] += bool(leavings(folder))
    return counts


if __name__ == "__main__":
    name, place = sys.argv[1:]
    print(json.dumps(kill(WRITERS[name](Path(place)), Path(place))))
