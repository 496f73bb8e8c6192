"""What was measured on: the processor, the versions."""

import os
import platform
import re
from collections.abc import Iterator
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

PACKAGES = "numpy", "torch", "jax", "scikit-learn", "numba"


def told() -> str:
    """In a few lines."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield f"{date.today()}, {_processor()}, {os.cpu_count()} processors, {platform.system()}."
    yield f"Python {platform.python_version()}, {', '.join(_versions())}."
    yield f"Other programs kept {os.getloadavg()[0]:.1f} of its processors busy at the start."
    if find_spec("threadpoolctl"):
        yield f"NumPy's matrices are multiplied by {_blas()}."


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = re.findall(r"^model name\s*: (.*)$", text, re.MULTILINE)
    return f"{names[0]} ({platform.machine()})" if names else platform.machine()


def _versions() -> Iterator[str]:
    for name in PACKAGES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"{name} not installed"


def _blas() -> str:
    """Which kernels it has chosen for this processor: not always those that are fastest."""
    import numpy  # noqa: F401, it loads the library
    from threadpoolctl import threadpool_info

    found = [each for each in threadpool_info() if each["user_api"] == "blas"]
    return " and ".join(
        f"{each['internal_api']} {each['version']}, kernels for {each.get('architecture', 'any')}"
        for each in found[:1]
    )
