"""A measurement in a Python of its own, so that none meets what another has left."""

import os
import subprocess
import sys

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
"""Of NumPy's products of matrices."""

SETTINGS = "OPENBLAS_", "OMP_", "MKL_", "BLIS_", "XLA_", "JAX_", "TORCH_", "ATEN_", "NUMBA_", "NPY_"
"""How variables begin by which a shell changes what libraries do: which kernels a BLAS takes, how
many threads. Everyone is measured as it comes.
"""


def printed(*arguments: str, folder: str | None = None) -> str:
    """What Python prints, given some arguments, in a folder; it may write bytecode."""
    left_out = "PYTHONDONTWRITEBYTECODE", *SETTINGS
    env = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, cwd=folder, env=env | ONE_THREAD, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout
