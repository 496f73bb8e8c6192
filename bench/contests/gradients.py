"""What is written for PyTorch and JAX: a gradient, beside backward passes by hand in the same
library and its own.
"""

from bench import ours
from bench.contest import Bar, Contest, Side, Work
from bench.problems import Dense


def of_torch(problem: Dense) -> Contest:
    """`network.error(x, y).backward()`."""
    return Contest(
        f"gradient in PyTorch, {_shape(problem)}",
        ours=(Side("torch target", {"1 thread": lambda: torch_target(problem)}, ("torch",)),),
        peers=(
            Side("by hand", {"1 thread": lambda: _torch("by_hand", problem)}, ("torch",)),
            Side("its autograd", {"1 thread": lambda: _torch("by_autograd", problem)}, ("torch",)),
        ),
        bars=(Bar("torch target", "by hand", 1.05),),
        unit="gradient",
        rounds=25,
    )


def of_jax(problem: Dense) -> Contest:
    """`gradient(parameters, x, y)`, compiled."""
    return Contest(
        f"gradient in JAX, {_shape(problem)}",
        ours=(Side("jax target", {"": lambda: jax_target(problem)}, ("jax",)),),
        peers=(
            Side("by hand", {"": lambda: _jax("by_hand", problem)}, ("jax",)),
            Side("its autodiff", {"": lambda: _jax("by_autodiff", problem)}, ("jax",)),
        ),
        bars=(Bar("jax target", "by hand", 1.05),),
        unit="gradient",
        rounds=25,
    )


def torch_target(problem: Dense) -> Work:
    """The module as it is written."""
    import torch

    from bench.peers import torch_by_hand

    network = ours.network(ours.dense(problem.layers)).Network(*problem.layers)
    with torch.no_grad():
        for weight, first in zip(network.parameters(), problem.start, strict=True):
            weight.copy_(torch.from_numpy(first))
    return torch_by_hand.work(network, network.error, problem)


def jax_target(problem: Dense) -> Work:
    """The functions as they are written."""
    from bench.peers import jax_by_hand

    module = ours.functions(ours.dense(problem.layers))
    return jax_by_hand.work(module.gradient, module.Parameters(*problem.start), problem)


def _torch(name: str, problem: Dense) -> Work:
    from bench.peers import torch_by_hand

    return getattr(torch_by_hand, name)(problem)


def _jax(name: str, problem: Dense) -> Work:
    from bench.peers import jax_by_hand

    return getattr(jax_by_hand, name)(problem)


def _shape(problem: Dense) -> str:
    return f"{'-'.join(map(str, problem.layers))}, B {problem.B}, float32"


PROBLEMS = Dense((64, 32, 10), 32), Dense((784, 128, 10), 64)
CONTESTS = (*map(of_torch, PROBLEMS), *map(of_jax, PROBLEMS))
