"""A library that runs what a target writes, where it is installed."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from derive.errors import DeriveError


def engine(package: str, target: str) -> Any:
    """The package that what `--target` writes is run with.

    Raises DeriveError where it is not installed: nothing is written that was not checked.
    """
    if find_spec(package) is None:
        problem = f"--target {target} needs {package}, to run and check what it writes"
        raise DeriveError(problem, f"install it, pip install {package}, or leave the target out")
    return import_module(package)
