"""What PyTorch calls functions and operations."""

from derive.code.engine import engine
from derive.code.spelling import UFUNCS, Dialect

VALUES = {
    "logistic": "torch.sigmoid(z)",
    "bipolar_logistic": "torch.tanh(z / 2)",
    "relu": "torch.relu(z)",
    "leaky_relu": "nn.functional.leaky_relu(z, 0.01)",
    "elu": "torch.where(z > 0, z, torch.expm1(torch.clamp(z, max=0)))",
    "softplus": "torch.clamp(z, min=0) + torch.log1p(torch.exp(-torch.abs(z)))",
    "silu": "nn.functional.silu(z)",
    "softsign": "z / (1 + torch.abs(z))",
    "abs": "torch.abs(z)",
    "sgn": "torch.sign(z)",
}
"""Functions of the table -> an expression in z, where that is faster than what the definition gives
and as exact: gelu of PyTorch is not, which has no digits left of it below -6.
"""


OWN = (
    *("torch", "nn", "Tensor", "np", "math", "Any", "Iterable"),
    *(
        "Network",
        "of",
        "arrays",
        "error",
        "forward",
        "backward",
        "apply",
        "power_or_zero",
        "Scaled",
    ),
    *("ctx", "self", "cls", "given", "network", "weight", "weights", "name"),
    *("dtype", "device", "kind"),
)
"""What the template itself has names for."""


def torch_dialect() -> Dialect:
    """The table; a weight is an attribute of a module, which has a hundred others already."""
    torch = engine("torch", "torch")
    return Dialect(
        library="PyTorch",
        module="torch",
        functions={
            **{sympy: f"torch.{name}" for sympy, name in UFUNCS.items()},
            **{name: f"torch.{name}" for name in ("erf", "erfc")},
        },
        values=VALUES,
        real="",
        decay="torch.exp(-torch.abs({}))",
        axis="dim",
        axes="dims",
        transpose="permute",
        identity="torch.eye({}, dtype={like}.dtype, device={like}.device)",
        softmax="torch.softmax({}, dim={})",
        softmax_over_several="torch.exp({0} - torch.logsumexp({0}, dim={1}, keepdim=True))",
        logsumexp="torch.logsumexp({}, dim={})",
        every_axis=None,
        filled="torch.full_like({}, {})",
        spread="torch.zeros_like({}) + ({})",
        maximum="torch.maximum({}, {})",
        minimum="torch.minimum({}, {})",
        at_least="torch.clamp({}, min={})",
        at_most="torch.clamp({}, max={})",
        log_softmax="torch.log_softmax({}, dim={})",
        affine="nn.functional.linear({}, {}, {})",
        number="{like}.new_full((), {})",
        strict=True,
        methods=True,
        reserved=frozenset({*OWN, *dir(torch.nn.Module())}),
    )
