"""What JAX calls functions and operations."""

from derive.code.spelling import UFUNCS, Dialect

VALUES = {
    "bipolar_logistic": "jnp.tanh(z / 2)",
    "relu": "jnp.maximum(z, 0)",
    "elu": "jnp.where(z > 0, z, jnp.expm1(jnp.minimum(z, 0)))",
    "softplus": "jnp.maximum(z, 0) + jnp.log1p(jnp.exp(-jnp.abs(z)))",
    "softsign": "z / (1 + jnp.abs(z))",
    "abs": "jnp.abs(z)",
    "sgn": "jnp.sign(z)",
}
"""Functions of the table -> an expression in z, where that is better than the definition."""


OWN = (
    *("jax", "jnp", "np", "math", "Any", "NamedTuple", "Array", "ArrayLike", "power_or_zero"),
    *("Scaled", "kept", "parameters", "key", "keys", "dtype", "error", "forward"),
    *("gradient", "initialise", "partials", "given", "name", "argument"),
)
"""What the template itself has names for."""


JAX = Dialect(
    library="JAX",
    module="jnp",
    functions={
        **{sympy: f"jnp.{name}" for sympy, name in UFUNCS.items()},
        **{name: f"jax.scipy.special.{name}" for name in ("erf", "erfc")},
    },
    values=VALUES,
    real="",
    decay="jnp.exp(-jnp.abs({}))",
    axis="axis",
    axes="axes",
    transpose="transpose",
    identity="jnp.eye({}, dtype={like}.dtype)",
    softmax="jax.nn.softmax({}, axis={})",
    softmax_over_several="jax.nn.softmax({}, axis={})",
    logsumexp="jax.nn.logsumexp({}, axis={})",
    every_axis="None",
    filled="jnp.full_like({}, {})",
    spread="jnp.zeros_like({}) + ({})",
    maximum="jnp.maximum({}, {})",
    minimum="jnp.minimum({}, {})",
    at_least="jnp.maximum({}, {})",
    at_most="jnp.minimum({}, {})",
    log_softmax="jax.nn.log_softmax({}, axis={})",
    number="jnp.asarray({})",
    strict=True,
    methods=True,
    reserved=frozenset(OWN),
)
