"""What is measured on: the processor, the versions (`python -m bench.machine`)."""

import os
import platform
import re
from collections.abc import Iterator
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from bench.processes import printed

PACKAGES = "numpy", "torch", "jax", "scikit-learn", "numba"


def told() -> str:
    """In a few lines, by a process like those that measure."""
    return printed("-m", "bench.machine").rstrip()


def main() -> None:
    for line in _lines():
        print(line)


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
    """What multiplies them, and which kernels it has chosen for this processor."""
    import numpy  # noqa: F401, it loads the library
    from threadpoolctl import threadpool_info

    found = [each for each in threadpool_info() if each["user_api"] == "blas"]
    return " and ".join(
        f"{each['internal_api']} {each['version']}, kernels for {each.get('architecture', 'any')}"
        for each in found[:1]
    )


if __name__ == "__main__":
    main()
