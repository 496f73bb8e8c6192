"""Processes of a script as torchrun starts them, forked from one that has imported PyTorch once."""

import multiprocessing
import os
import runpy
import signal
import socket
import sys
import time
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

import torch._dynamo  # which optimizers import when they are first used
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

IMPORTED = dist, DistributedDataParallel, torch
LIMIT = 60.0


@dataclass(frozen=True)
class Started:
    """Processes that run, and where what they print goes."""

    children: tuple[BaseProcess, ...]
    printed: Path

    def signal(self, rank: int, number: signal.Signals) -> None:
        pid = self.children[rank].pid
        assert pid is not None
        os.kill(pid, number)

    def ended(self) -> tuple[list[int], str, str]:
        """The statuses, and what was printed, of processes that all end within a minute."""
        for child in self.children:
            child.join(LIMIT)
        statuses = [child.exitcode for child in self.children]
        for child in self.children:
            child.kill()
        assert None not in statuses, "a process hangs"
        return [s for s in statuses if s is not None], *map(self.text, ("out", "err"))

    def text(self, kind: str) -> str:
        texts = (self.printed.with_suffix(f".{n}.{kind}") for n in range(len(self.children)))
        return "".join(path.read_text() for path in texts)


def start(count: int, script: Path, *options: str) -> Started:
    """So many processes of a script, in its folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return start_at({"MASTER_PORT": str(port)}, count, script, *options)


def start_at(
    there: dict[str, str], count: int, script: Path, *options: str, pause: float = 0.0
) -> Started:
    """The same, one after the other, by the environment that says where they meet."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    printed = script.with_name(f"printed-{time.monotonic_ns()}")
    children = []
    for rank in range(count):
        environment = {
            **{"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(count)},
            "MASTER_ADDR": "127.0.0.1",
        }
        out = printed.with_suffix(f".{rank}")
        given = script, options, environment | there, out
        children.append(context.Process(target=_run, args=given, daemon=True))
        children[-1].start()
        time.sleep(pause)
    return Started(tuple(children), printed)


def _run(script: Path, options: tuple[str, ...], environment: dict[str, str], to: Path) -> None:
    os.environ |= environment
    os.chdir(script.parent)
    for number, kind in ((1, "out"), (2, "err")):
        with open(f"{to}.{kind}", "w") as file:
            os.dup2(file.fileno(), number)
    sys.argv = [str(script), *options]
    sys.path.insert(0, str(script.parent))
    runpy.run_path(str(script), run_name="__main__")
