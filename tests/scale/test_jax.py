"""The functions of JAX on a batch that lies on several devices, against one device."""

import json
import os
import sys
from pathlib import Path
from subprocess import run

import pytest

import derive
from derive.jax.text import jax_text
from tests.conftest import ROOT
from tests.scale.files import for_torch
from tests.scale.test_parts import ridge

pytest.importorskip("jax")

DEVICES = 4

PROGRAM = f"""
import json, sys
import jax, numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from importlib import import_module

jax.config.update("jax_enable_x64", True)
assert len(jax.devices()) == {DEVICES}
mesh = Mesh(jax.devices(), ("samples",))
rows, whole = NamedSharding(mesh, PartitionSpec("samples")), NamedSharding(mesh, PartitionSpec())
name, shapes, sizes = json.loads(sys.argv[1])
functions = import_module(name)
random = np.random.default_rng(0)
data = [random.dirichlet(np.ones(s[-1]), s[:-1]) if s[1:] else random.normal(size=s) for s in shapes]
parameters = functions.initialise(jax.random.key(0), *sizes, dtype=float)
one = jax.jit(functions.gradient)(parameters, *data)
spread = jax.device_put(parameters, whole), *(jax.device_put(array, rows) for array in data)
compiled = jax.jit(functions.gradient).lower(*spread).compile()
many = compiled(*spread)
assert all(len(array.sharding.device_set) == {DEVICES} for array in jax.tree.leaves(many))
for got, wanted in zip(jax.tree.leaves(many), jax.tree.leaves(one), strict=True):
    np.testing.assert_allclose(got, wanted, rtol=1e-11, atol=1e-13)
assert max(abs(array).max() for array in jax.tree.leaves(one[1])) > 1e-3
print("all-reduce" in compiled.as_text())
"""


@pytest.mark.parametrize("name", ["attention", "ridge"])
def test_a_batch_on_four_devices_has_the_gradient_of_one(name: str, tmp_path: Path) -> None:
    model = ridge("sum") if name == "ridge" else derive.load(name)
    written = for_torch(model)
    (tmp_path / f"{name}.py").write_text(jax_text(model, written.batched))
    sizes = {size: 3 for array in (*model.weights, *model.data) for size in array.shape}
    shapes = [[8, *(sizes[size] for size in array.shape)] for array in model.data]
    held = {size for weight in model.weights for size in weight.shape}
    given = json.dumps([name, shapes, [3 for _ in held]])
    flags = f"--xla_force_host_platform_device_count={DEVICES}"
    here = os.environ | {"PYTHONPATH": str(ROOT), "XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu"}
    command = [sys.executable, "-c", PROGRAM, given]
    done = run(command, cwd=tmp_path, env=here, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "True\n"  # XLA adds up what the devices have
