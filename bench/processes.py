"""A measurement in a Python of its own, so that none meets what another has left."""

import os
import subprocess
import sys

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
"""Of NumPy's products of matrices, where the environment does not say another number."""


def printed(*arguments: str, folder: str | None = None) -> str:
    """What Python prints, given some arguments, in a folder; it may write bytecode."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, cwd=folder, env=ONE_THREAD | env, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout
