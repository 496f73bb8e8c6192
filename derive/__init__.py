"""From a network's equations to proven gradients, in LaTeX and in NumPy.

model = derive.load("pelogia2019")         # a shipped name, or a path
derivation = derive.differentiate(model)   # every adjoint, by the chain rule
certificate = derive.prove(derivation)     # true where it holds
derive.build(model, "generated")           # LaTeX and NumPy, proven before written
"""

from derive import notebook
from derive.auditing.judge import audit
from derive.auditing.verdicts import Report
from derive.derivation.derivation import Derivation
from derive.derivation.differentiate import differentiate
from derive.errors import DeriveError, ModelError, ProofError
from derive.model.model import Model
from derive.pipeline import build
from derive.proof.certificate import Certificate
from derive.proof.prove import prove
from derive.reading.dense import dense
from derive.reading.resolve import load

__all__ = [
    "Certificate",
    "Derivation",
    "DeriveError",
    "Model",
    "ModelError",
    "ProofError",
    "Report",
    "audit",
    "build",
    "dense",
    "differentiate",
    "load",
    "prove",
]

notebook.register()
