"""From a network's equations to proven gradients, in LaTeX and in NumPy.

model = derive.load("pelogia2019")         # a shipped name, or a path
derivation = derive.differentiate(model)   # every adjoint, by the chain rule
certificate = derive.prove(derivation)     # true where it holds
derive.build(model, "generated")           # LaTeX and NumPy, proven before written
"""

from pathlib import Path

from derive import locate
from derive.declarations import read
from derive.derivation import Derivation, differentiate
from derive.errors import DeriveError, ModelError, ProofError
from derive.model import Model
from derive.partials import partials
from derive.pipeline import build
from derive.proof import Certificate, prove
from derive.resolve import resolve

__all__ = [
    "Certificate",
    "Derivation",
    "DeriveError",
    "Model",
    "ModelError",
    "ProofError",
    "build",
    "differentiate",
    "load",
    "partials",
    "prove",
]


def load(name_or_path: str | Path) -> Model:
    """The model of a shipped name or a path. Raises DeriveError, or ModelError with the place."""
    path = locate.model_file(name_or_path)
    return resolve(path.stem, read(path))
