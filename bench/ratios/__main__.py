"""Print the ratios that this machine gives, as rows of a table."""

import os
import platform
import warnings
from itertools import chain

import numpy as np

from bench.ratios import numpy_loop, small_network

HEAD = (
    "| work | ours | beside | its time over that, or how many times faster | best of both |",
    "|---|---|---|---|---|",
)


def main() -> None:
    warnings.simplefilter("ignore")  # five epochs converge to nothing
    threads = os.environ.get("OPENBLAS_NUM_THREADS", "as many as it likes")
    print(
        f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}, "
    )
    print(f"NumPy {np.__version__}, threads of its BLAS: {threads}\n")
    for line in chain(HEAD, numpy_loop.lines(), small_network.lines()):
        print(line, flush=True)


if __name__ == "__main__":
    main()
