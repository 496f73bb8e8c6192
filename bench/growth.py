"""The same contest along batch, width and depth."""

from dataclasses import replace

from bench.contest import Contest, Series, Side
from bench.contests import dense
from bench.problems import Dense

PEERS = "its matmuls", "textbook NumPy", "PyTorch", "JAX, step"

BATCHES = 1, 4, 16, 64, 256, 1024
WIDTHS = 8, 32, 128, 512, 1024
DEPTHS = 1, 2, 4, 8, 16, 32


def along(problem: Dense) -> Contest:
    """A contest at a point: less time, one setting of each peer."""
    found = dense.only(dense.contest(problem), ("train_on",), PEERS)
    peers = tuple(map(_first_setting, found.peers))
    return replace(found, peers=peers, seconds=0.03, rounds=7)


def _first_setting(side: Side) -> Side:
    setting, work = next(iter(side.works.items()))
    return replace(side, works={setting: work})


SERIES = (
    Series("steps by batch", "B of 64-64-10", {B: along(Dense((64, 64, 10), B)) for B in BATCHES}),
    Series(
        "steps by width", "m of m-m-10, B 32", {m: along(Dense((m, m, 10), 32)) for m in WIDTHS}
    ),
    Series(
        "steps by depth",
        "layers of 64 units, B 32",
        {L: along(Dense((*(64,) * L, 10), 32)) for L in DEPTHS},
    ),
)
