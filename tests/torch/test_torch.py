"""A module of PyTorch whose backward pass is the derived one: proven, and what users do with it."""

import shutil
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import derive
from derive import locate
from derive.code.module import load
from derive.code.reference import computed
from derive.code.texts import trainer_text, weights_text
from derive.derivation.differentiate import differentiate
from derive.derivation.simplify import Simplified, simplify
from derive.evaluation.sides import with_sides
from derive.model.batch import batch
from derive.model.model import Model
from derive.pipeline import Edition, make
from derive.proof.certificate import Certificate
from derive.reading.resolve import resolve
from derive.reading.source import Source
from derive.torch.check import check_torch
from derive.torch.text import torch_text
from tests.conftest import UNIT, write_text
from tests.examples import run_examples
from tests.stress.models import made

torch = pytest.importorskip("torch")

SEEDS = range(30)


def derived(model: Model) -> Simplified:
    return simplify(differentiate(batch(with_sides(model))))


def text_of(model: Model) -> str:
    return torch_text(model, derived(model))


def module_of(model: Model) -> Any:
    return load(text_of(model), "network")


def certificate(model: Model, text: str) -> Certificate:
    batched = derived(model)
    return check_torch(text, batched.derivation, computed(batched))


@pytest.fixture(scope="module")
def digits() -> ModuleType:
    return module_of(derive.load("digits"))


def batch_of(n: int, K: int, N: int = 8, dtype: Any = None) -> tuple[Any, Any]:
    torch.manual_seed(0)
    y = torch.nn.functional.one_hot(torch.randint(K, (N,)), K)
    return torch.randn(N, n, dtype=dtype), y.to(dtype or torch.float32)


@pytest.mark.parametrize("name", locate.shipped())
def test_what_is_written_of_the_gallery_gives_the_derived_gradient(name: str) -> None:
    model = derive.load(name)
    certificate(model, text_of(model)).require()


@pytest.mark.parametrize("seed", SEEDS)
def test_random_models_of_the_whole_language_give_the_derived_gradient(seed: int) -> None:
    model = resolve(f"random{seed}", Source(f"random{seed}.toml", made(seed).text))
    certificate(model, text_of(model)).require()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("dL_dz2 = dL_dL * (p - y) / N", "dL_dz2 = dL_dL * (p - y)"),
        ("(1 - h ** 2)", "(1 - h)"),
        ("dL_dL * (p", "1 * (p"),
        ("return p\n", "return z2\n"),
        ("L = -(y * log_p).sum()", "L = -(y * log_p).double().sum()"),
    ],
)
def test_a_wrong_module_is_not_proven(right: str, wrong: str) -> None:
    model = derive.load("digits")
    text = text_of(model)
    assert right in text
    assert not certificate(model, text.replace(right, wrong))


@pytest.mark.parametrize("name", ["digits", "layer_norm", "attention", "residual", "elman"])
def test_gradcheck_passes(name: str) -> None:
    model = derive.load(name)
    module = module_of(model)
    torch.manual_seed(1)
    sizes = {size: 3 for array in (*model.weights, *model.data) for size in array.shape}

    def tensor(shape: tuple[str, ...], *ahead: int) -> Any:
        return torch.randn(*ahead, *(sizes[size] for size in shape), dtype=torch.float64)

    weights = [tensor(weight.shape).requires_grad_() for weight in model.weights]
    data = [tensor(array.shape, 4).softmax(dim=-1) for array in model.data]  # or one that adds to 1
    assert torch.autograd.gradcheck(lambda *given: module._Error.apply(*given, *data), weights)


def test_autograd_of_the_same_forward_pass_agrees(digits: Any) -> None:
    network = digits.Network(5, 4, 3, dtype=torch.float64)
    x, y = batch_of(5, 3, dtype=torch.float64)
    network.error(x, y).backward()
    ours = [weight.grad.clone() for weight in network.parameters()]
    network.zero_grad()
    (-(y * network(x).log()).sum() / len(x)).backward()
    for one, weight in zip(ours, network.parameters(), strict=True):
        torch.testing.assert_close(one, weight.grad)


def test_a_network_learns_with_an_optimizer_of_pytorch(digits: Any) -> None:
    network = digits.Network(6, 8, 3)
    x, y = batch_of(6, 3, N=40)
    optimizer = torch.optim.Adam(network.parameters(), lr=0.05)
    first = network.error(x, y).item()
    for _ in range(200):
        optimizer.zero_grad()
        network.error(x, y).backward()
        optimizer.step()
    assert network.error(x, y).item() < first / 5
    assert network(x).dtype == torch.float32


def test_weights_go_to_files_and_come_from_them(digits: Any, tmp_path: Path) -> None:
    model = derive.load("digits")
    trainer = load(trainer_text(model, derived(model)), "trainer")
    weights = load(weights_text(model), "weights", trainer=trainer)
    network = digits.Network(5, 4, 3)
    assert list(network.state_dict()) == ["W1", "b1", "W2", "b2"]
    weights.save(tmp_path / "weights.npz", network.arrays())
    again = digits.Network.of(weights.load(tmp_path / "weights.npz"))
    for one, other in zip(network.parameters(), again.parameters(), strict=True):
        assert torch.equal(one, other)
        assert one.dtype == other.dtype
    x, _ = batch_of(5, 3)
    parameters = trainer.Parameters(*network.arrays())
    np.testing.assert_allclose(network(x).detach(), trainer.forward(parameters, x), rtol=1e-5)
    torch.save(network.state_dict(), tmp_path / "network.pt")
    again.load_state_dict(torch.load(tmp_path / "network.pt"))


COMPILED = pytest.mark.skipif(shutil.which("c++") is None, reason="inductor needs a C++ compiler")


@pytest.mark.filterwarnings("ignore::DeprecationWarning:torch")  # what PyTorch says of itself
@pytest.mark.filterwarnings("ignore:.*should not be instantiated")
@pytest.mark.parametrize("backend", ["aot_eager", pytest.param("inductor", marks=COMPILED)])
def test_a_compiled_network_has_the_same_gradient_in_one_graph(
    backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "compiled_network.py").write_text(text_of(derive.load("digits")))
    monkeypatch.syspath_prepend(tmp_path)
    network = import_module("compiled_network").Network(5, 4, 3, dtype=torch.float64)
    x, y = batch_of(5, 3, dtype=torch.float64)
    network.error(x, y).backward()
    ours = [weight.grad.clone() for weight in network.parameters()]
    network.zero_grad()
    compiled = torch.compile(network.error, backend=backend, fullgraph=True)
    compiled(x, y).backward()
    for one, weight in zip(ours, network.parameters(), strict=True):
        torch.testing.assert_close(one, weight.grad)


def test_what_does_not_fit_is_said(digits: Any) -> None:
    network = digits.Network(5, 4, 3)
    x, y = batch_of(5, 3)
    with pytest.raises(ValueError, match=r"y of shape \(N, K\) = \(8, 3\), got \(8,\)"):
        network.error(x, y.argmax(dim=1))
    with pytest.raises(ValueError, match=r"expected x of shape \(N, n\) = \(8, 5\), got \(8, 4\)"):
        network(x[:, :4])
    with pytest.raises(ValueError, match="there is no derivative by x or y: detach them"):
        network.error(x.requires_grad_(), y)


def test_a_second_derivative_is_refused(digits: Any) -> None:
    network = digits.Network(5, 4, 3)
    error = network.error(*batch_of(5, 3))
    with pytest.raises(RuntimeError, match="the gradient of the gradient is not derived"):
        torch.autograd.grad(error, list(network.parameters()), create_graph=True)


def test_an_input_that_is_named_has_its_derivative(tmp_path: Path) -> None:
    path = write_text(tmp_path, UNIT.replace("targets", 'derivatives_by = ["x"]\ntargets'))
    model = derive.load(path)
    certificate(model, text_of(model)).require()
    network = module_of(model).Network()
    x, y = torch.ones(3, requires_grad=True), torch.zeros(3)
    torch.nn.init.constant_(network.w, 3.0)
    network.error(x, y).backward()
    assert x.grad is not None
    torch.testing.assert_close(x.grad, torch.full((3,), 3.0))


HOSTILE = '''
title   = "Names that Python and PyTorch have"
source  = "tests"
weights = ["train[self,ctx]", "half[self]", "torch", "state_dict[nn,self]"]
inputs  = ["x[ctx]"]
targets = ["upstream[nn]"]

equations = """
kind[self] = tanh(sum(ctx, train[self,ctx] * x[ctx]) + half[self])
dtype[nn] = torch * sum(self, state_dict[nn,self] * kind[self])
given = sum(nn, (dtype[nn] - upstream[nn])^2)
"""

[sizes]
self = "device"
ctx = "Tensor"
nn = "cls"

[example]
device = 2
Tensor = 2
cls = 2
'''


def test_names_that_are_taken_are_left_alone(tmp_path: Path) -> None:
    model = derive.load(write_text(tmp_path, HOSTILE))
    certificate(model, text_of(model)).require()
    names = list(module_of(model).Network(2, 2, 2).state_dict())
    assert names == ["train_", "half_", "torch_", "state_dict_"]


def test_it_is_written_for_whom_asks(tmp_path: Path) -> None:
    model = derive.load(write_text(tmp_path, UNIT))
    build = make(model, Edition(targets=("torch",)))
    build.require()
    assert build.certificates[-1].title == "the module of PyTorch"
    assert "class Network(nn.Module)" in build.files["network.py"]
    assert "network.py" not in make(model).files


def test_the_examples_run(tmp_path: Path) -> None:
    run_examples(
        "torch",
        "digits.network",
        "import torch; x, y = torch.rand(8, 64), torch.eye(10)[:8]",
        tmp_path,
    )
