"""PyTorch beside a step: `bench step --beside torch` alternates with this environment's PyTorch."""

import json

import homegrown
import pytest
import torch


@pytest.mark.parametrize("threads", [1, 2])
def test_a_step_is_measured_alternating_with_pytorch(threads: int):
    flags = ["--device", "wasm", "--beside", "torch", "--steps", "6", "--threads", str(threads), "--json"]
    report = json.loads(homegrown.run_command("bench", "step", *flags))
    assert report["torch"]["version"] == torch.__version__
    assert report["torch"]["ratio"] == pytest.approx(report["ms"] / report["torch"]["ms"], rel=1e-2)
    assert 0 < report["peakShare"] < 1
