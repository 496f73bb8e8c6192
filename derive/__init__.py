"""From a network's equations to proven gradients, in LaTeX and in NumPy.

model = derive.load("pelogia2019")         # a shipped name, or a path
derivation = derive.differentiate(model)   # every adjoint, by the chain rule
certificate = derive.prove(derivation)     # true where it holds
derivation["w_11"].latex                   # one derivative: formula, code, number, SymPy
derive.build(model, "generated")           # LaTeX and NumPy, proven before written

`derive.model` takes equations as a text; docs/library.md tells the whole of it.
"""

from derive.auditing.verdicts import Report
from derive.derivative.derivation import Derivation
from derive.derivative.derivative import Derivative
from derive.errors import DeriveError, InternalError, ModelError, ProofError
from derive.locate import version
from derive.model.model import Model
from derive.notebook.register import register
from derive.proof.certificate import Certificate
from derive.public import audit, build, dense, differentiate, load, model, prove

__all__ = [
    "Certificate",
    "Derivation",
    "Derivative",
    "DeriveError",
    "InternalError",
    "Model",
    "ModelError",
    "ProofError",
    "Report",
    "audit",
    "build",
    "dense",
    "differentiate",
    "load",
    "model",
    "prove",
]

register()

__version__ = version()
