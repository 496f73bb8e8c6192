"""What is no ratio of two works: an import, a build."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import derive
from bench import ours
from bench.processes import printed
from bench.timing import quartiles
from derive.code.texts import trainer_text

IMPORT = """
import time, numpy
began = time.perf_counter()
import trainer
print(1000 * (time.perf_counter() - began))
"""

BUILD = """
import subprocess, sys, time
began = time.perf_counter()
command = [sys.executable, "-m", "derive", "build", "pelogia2019", "--out", sys.argv[1]]
subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
print(time.perf_counter() - began)
"""


@dataclass(frozen=True)
class Figure:
    """A number in a unit, and the most that it is to be where there is a bar."""

    name: str
    unit: str
    middle: float
    low: float
    high: float
    at_most: float | None = None


def imported(processes: int) -> Figure:
    """`import trainer` after NumPy, in new processes that find its bytecode."""
    model = derive.load("digits")
    with TemporaryDirectory() as folder:
        Path(folder, "trainer.py").write_text(trainer_text(model, ours.batched(model)), "utf-8")
        _, *took = [float(printed("-c", IMPORT, folder=folder)) for _ in range(processes + 1)]
    return Figure("`import trainer` after NumPy (digits)", "ms", *quartiles(took), at_most=5)


def built(processes: int) -> Figure:
    """A build from start to end, Python's own start included."""
    with TemporaryDirectory() as folder:
        took = [float(printed("-c", BUILD, folder)) for _ in range(processes)]
    return Figure("`derive build pelogia2019`, all of it", "s", *quartiles(took))
