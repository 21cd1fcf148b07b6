"""A second compiler of WebGPU: naga, which Firefox uses, by wgpu.

Its device has the default limits of the specification and no optional feature, as no browser has less. Every kernel must
compile there, and a training step of each architecture must equal the one that the processor computes.
"""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path

import homegrown
import numpy as np
import pytest
import replayed
import wgpu
from safetensors.numpy import load_file

ARCHITECTURES = {"gpt": "S", "llama": "L", "bert": "B", "t5": "T"}
"""With the shape of the bench that is one."""


@pytest.fixture(scope="module")
def kernels(tmp_path_factory) -> replayed.Recording:
    """Every kernel that GPUs without subgroups may get."""
    folder = tmp_path_factory.mktemp("kernels")
    homegrown.run("bench/isaKernels.ts", "recorded", str(folder))
    return replayed.Recording(folder)


@pytest.fixture(scope="module")
def device(kernels) -> wgpu.GPUDevice:
    try:
        return replayed.device_with(kernels.limits)
    except RuntimeError as error:
        pytest.skip(f"this machine has no GPU, and no driver that runs on the processor ({error})")


@pytest.fixture(scope="module")
def steps(tmp_path_factory, device) -> dict[str, tuple[dict, dict, dict]]:
    """For each shape: the results of its step, those of the reference, and the facts about the reads."""
    folder = tmp_path_factory.mktemp("steps")
    homegrown.run("oracles/recordedSteps.ts", str(folder), *ARCHITECTURES.values())
    values = iter(replayed.replay(device, replayed.Recording(folder)))
    found = {}
    for shape, reads in json.loads((folder / "reads.json").read_text()).items():
        reference = load_file(folder / f"{shape}.safetensors")
        found[shape] = (numbers_of(values, reads, reference), reference, reads)
    assert next(values, None) is None
    return found


def numbers_of(values: Iterator[np.ndarray], reads: dict, reference: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """A buffer may be longer than the tensor in it."""
    results = next(values)
    tensors = {name: next(values)[: reference[name].size].reshape(reference[name].shape) for name in reads["tensors"]}
    return tensors | {name: results[reads[name]] for name in ("loss", "norm")}


def assert_same_step(got: dict[str, np.ndarray], want: dict[str, np.ndarray], rate: float) -> None:
    """The loss and the norm; moments, which are gradients and their squares; weights."""
    assert got.keys() == want.keys()
    for name in ("loss", "norm"):
        assert got[name] == pytest.approx(want[name], rel=1e-5)
    for name, values in want.items():
        if name.startswith("adam."):
            assert np.abs(got[name] - values).max() <= 1e-4 * np.abs(values).max(), name
        elif name not in ("loss", "norm"):
            # The first update of a weight is the rate, whatever the size of its gradient, but for one that is nearly 0.
            is_clear = np.abs(want[f"adam.m.{name}"]) > 1e-7
            assert np.all(np.abs(got[name] - values) <= np.where(is_clear, 0.01, 2) * rate), name


def test_the_device_is_the_least_that_a_browser_has(kernels, device):
    assert not device.features
    limits = {name.replace("-", ""): value for name, value in device.limits.items()}
    assert {name: limits[name.lower()] for name in kernels.limits} == kernels.limits


def test_every_kernel_compiles(kernels, device):
    assert replayed.faults(device, kernels) == []


def test_no_kernel_is_missing(kernels):
    sources = (homegrown.ROOT / "src" / "core").rglob("*.wgsl.ts")
    lines = [line for path in sources for line in re.findall(r"^ +name: (.*'.*),$", path.read_text(), re.MULTILINE)]
    named = {name for line in lines for name in re.findall(r"'([^']+)'", line)}
    assert len(named) > 20
    recorded = {module["name"].split(": ", 1)[-1] for module in kernels.modules}
    assert {name for name in named if not any(f"{kernel}, ".startswith(f"{name}, ") for kernel in recorded)} == set()


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_training_step_equals_that_of_the_processor(steps, architecture):
    got, want, reads = steps[ARCHITECTURES[architecture]]
    assert len(got) > 20
    assert_same_step(got, want, reads["rate"])


@pytest.mark.parametrize("name", ["loss", "adam.m.transformer.wpe.weight", "transformer.h.1.mlp.c_fc.weight"])
def test_a_step_that_differs_is_seen(steps, name):
    got, want, reads = steps["S"]
    assert name in got
    with pytest.raises(AssertionError):
        assert_same_step(got | {name: got[name] * 1.001}, want, reads["rate"])


FAULTS = {
    "an unresolved value": ("let zero = group.z;", "let zero = group.z + nonsense;", "nonsense"),
    "subgroups": ("let zero = group.z;", "let zero = u32(subgroupAdd(f32(group.z)));", "SUBGROUP"),
    "an extension that is not enabled": ("^", "enable f16;\n", "f16"),
    "too large a workgroup": (re.compile(r"@workgroup_size\(.*?\)"), "@workgroup_size(257)", "257"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_kernel_that_does_not_compile_is_named(kernels, device, fault):
    what, instead, word = FAULTS[fault]
    wrong = copy.copy(kernels)
    pipeline = next(call for call in kernels.calls if call["call"] == "pipeline" and named(kernels, call) == "product NT")
    layout = next(call for call in kernels.calls if call["call"] == "layout" and call["id"] == pipeline["layout"])
    module = kernels.modules[pipeline["module"]]
    code = re.sub(what, instead, module["code"], count=1)
    assert code != module["code"]
    wrong.modules = [{**module, "code": code}]
    wrong.calls = [layout, {**pipeline, "module": 0}]
    (said,) = replayed.faults(device, wrong)
    assert said.startswith(module["name"]) and word in said


def named(recording: replayed.Recording, pipeline: dict) -> str:
    return recording.modules[pipeline["module"]]["name"].split(": ")[-1]
