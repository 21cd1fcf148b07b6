"""Twenty steps of `grow` against the same in PyTorch: transformers' GPT-2, torch's optimizers, transformers' schedules.

The losses, norms and rates are those that `grow` writes to trainer_state.json.
"""

import json
import math

import homegrown
import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from their_optimizers import Lion, Muon
from transformers import AutoModelForCausalLM, get_scheduler

STEPS = 20
CONTEXT = 48
ROWS = 6

# At a rate of 1e-2 this model is on an edge: PyTorch in 32 bits is then as far from itself in 64 as from us.
BASE = {"steps": STEPS, "eval_every": STEPS, "batch": ROWS, "learning_rate": 3e-3, "warmup": 5, "clip": 0.8}
RUNS = {
    "AdamW, clipped, with warm-up and cosine": {},
    "the same in micro-batches": {"batch": 2, "accumulate": 3},
    "with blocks computed again": {"recompute": "on"},
    "AdamW, linear, no clipping": {
        **{"clip": 0, "schedule": "linear", "final_rate": 0, "learning_rate": 2e-3},
        **{"weight_decay": 0.3, "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-6},
    },
    "on WebGPU": {"device": "webgpu"},
    "SGD with momentum, constant": {
        **{"optimizer": "sgd", "schedule": "constant", "learning_rate": 0.1},
        **{"momentum": 0.8, "weight_decay": 0.02, "warmup": 3, "clip": 1.5},
    },
    "Lion": {"optimizer": "lion", "learning_rate": 5e-4, "lion_beta1": 0.85, "lion_beta2": 0.98},
    "Muon": {"optimizer": "muon", "muon_momentum": 0.9},
    "Muon on WebGPU, in micro-batches": {"optimizer": "muon", "device": "webgpu", "batch": 2, "accumulate": 3},
    "a plateau and a fall": {"schedule": "wsd", "decay_share": 0.4, "final_rate": 0},
    "an inverse square root": {"schedule": "inverseSqrt"},
}
SCHEDULES = {
    "cosine": "cosine_with_min_lr",
    "linear": "linear",
    "constant": "constant_with_warmup",
    "wsd": "warmup_stable_decay",
    "inverseSqrt": "inverse_sqrt",
}
"""transformers' names."""
MATRICES = {"c_attn": 3, "c_proj": 1, "c_fc": 1}
"""Of linear layers, with how many lie side by side in each."""


def recipe_of(folder) -> dict:
    return json.loads((folder / "homegrown.json").read_text())["segments"][-1]["recipe"]


def log_of(folder) -> list[dict]:
    """Values of each step in trainer_state.json."""
    log = json.loads((folder / "trainer_state.json").read_text())["log_history"]
    return [entry for entry in log if "loss" in entry]


def assert_same_steps(folder, theirs: list[tuple[float, float, float]], rel: float = 0) -> None:
    """
    Losses before each update, norms of gradients, and rates. `rel`: of norms that are large. A sign is one for all that is nearly nothing, so that Lion's norms
    carry rounding further.
    """
    norms = 2e-3 if recipe_of(folder)["optimizer"] == "lion" else 1e-4
    ours = [(entry["loss"], entry["grad_norm"], entry["learning_rate"]) for entry in log_of(folder)]
    assert len(ours) == len(theirs) == STEPS
    for step, (got, want) in enumerate(zip(ours, theirs, strict=True), start=1):
        assert got[::2] == pytest.approx(want[::2], abs=1e-4), f"step {step}"
        assert got[1] == pytest.approx(want[1], abs=norms, rel=rel), f"step {step}"


def optimizer_of(model: torch.nn.Module, recipe: dict) -> torch.optim.Optimizer:
    """Norms, biases and positions do not decay."""
    learns = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
    decays = {name: weight.ndim == 2 and "wpe" not in name for name, weight in learns.items()}
    groups = [
        {
            "params": [weight for name, weight in learns.items() if decays[name] == has],
            "weight_decay": recipe["weightDecay"] if has else 0.0,
        }
        for has in (True, False)
    ]
    if recipe["optimizer"] == "sgd":
        return torch.optim.SGD(groups, lr=recipe["learningRate"], momentum=recipe["momentum"])
    if recipe["optimizer"] == "lion":
        return Lion(groups, lr=recipe["learningRate"], betas=(recipe["lionBeta1"], recipe["lionBeta2"]))
    adam = {"betas": (recipe["beta1"], recipe["beta2"]), "eps": recipe["epsilon"]}
    if recipe["optimizer"] == "muon":
        matrices = {
            weight: MATRICES[name.split(".")[-2]]
            for name, weight in model.named_parameters()
            if weight.ndim == 2 and name.split(".")[-2] in MATRICES
        }
        return Muon(groups, lr=recipe["learningRate"], momentum=recipe["muonMomentum"], **adam, matrices=matrices)
    return torch.optim.AdamW(groups, lr=recipe["learningRate"], **adam)


def shape_of(recipe: dict) -> dict | None:
    """Further arguments of transformers' schedule."""
    match recipe["schedule"]:
        case "cosine":
            return {"min_lr_rate": recipe["finalRate"]}
        case "wsd":
            falling = round(recipe["decayShare"] * (STEPS - recipe["warmup"]))
            return {"num_decay_steps": falling, "decay_type": "1-sqrt"}


def trained(start, data, recipe: dict):
    """The run from its start in PyTorch. -> as `stepped`"""
    return stepped(AutoModelForCausalLM.from_pretrained(start), data, recipe)


def stepped(model: torch.nn.Module, data, recipe: dict):
    """Trains the trainable part. -> model, optimizer, and (loss before the update, norm, rate) of each step."""
    model.train()
    optimizer = optimizer_of(model, recipe)
    name = SCHEDULES[recipe["schedule"]]
    schedule = get_scheduler(name, optimizer, recipe["warmup"], STEPS, scheduler_specific_kwargs=shape_of(recipe))
    # Our first update has the rate of step 1: theirs start at 0, which changes nothing.
    optimizer.step()
    schedule.step()
    log = []
    for step in range(1, STEPS + 1):
        ids, targets = map(torch.from_numpy, data.batch("train", recipe["seed"], step, range(ROWS), CONTEXT))
        loss = model(ids, labels=targets, shift_labels=targets).loss
        optimizer.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), recipe["clip"] or math.inf)
        log.append((loss.item(), norm.item(), optimizer.param_groups[0]["lr"]))
        optimizer.step()
        schedule.step()
    return model.eval(), optimizer, log


@pytest.fixture(scope="module")
def start(artefacts):
    """The weights with which every run of this seed begins: one step at a rate that moves none of them by 1e-8."""
    still = {"optimizer": "sgd", "learning_rate": 1e-9, "weight_decay": 0, "warmup": 0, "steps": 1}
    return artefacts.model(**{**BASE, **still})


@pytest.mark.parametrize("name", RUNS)
def test_twenty_steps_are_those_of_pytorch(artefacts, start, name):
    try:
        folder = artefacts.model(**{**BASE, **RUNS[name]})
    except homegrown.Refused as refused:
        if "No WebGPU adapter" in str(refused):
            pytest.skip(str(refused))
        raise
    recipe = recipe_of(folder)
    assert recipe["dropout"] == 0
    assert recipe["batch"] * recipe["accumulate"] == ROWS
    model, optimizer, theirs = trained(start, artefacts.data(), recipe)
    assert_same_steps(folder, theirs)
    assert theirs[-1][0] < theirs[0][0] - 0.3
    if recipe["clip"]:
        assert max(norm for _, norm, _ in theirs) > recipe["clip"]

    # Also checks the final save: the model by its scores, the moments by their numbers.
    ids, _ = map(torch.from_numpy, artefacts.data().batch("train", 99, 1, range(2), CONTEXT))
    with torch.no_grad():
        saved = AutoModelForCausalLM.from_pretrained(folder)
        assert (saved(ids).logits - model(ids).logits).abs().max() < 2e-3
    moments = {"adam.m": "exp_avg", "adam.v": "exp_avg_sq", "sgd.v": "momentum_buffer"}
    moments |= {"lion.m": "exp_avg", "muon.m": "momentum_buffer"}
    weights = dict(model.named_parameters())
    stored = load_file(folder / "optimizer.safetensors")
    assert len(stored) == sum(len([key for key in optimizer.state[each] if key != "step"]) for each in weights.values())
    for key, ours in stored.items():
        slot = next(slot for slot in moments if key.startswith(f"{slot}."))
        want = optimizer.state[weights[key.removeprefix(f"{slot}.")]][moments[slot]]
        assert (ours - want).abs().max() <= 1e-2 * want.abs().max() + 1e-7, key


@pytest.mark.parametrize(
    "fault",
    [{"weightDecay": 0}, {"beta1": 0.89}, {"beta2": 0.98}, {"clip": 0}, {"warmup": 4}, {"finalRate": 0}, {"seed": 2}],
)
def test_a_fault_in_the_recipe_is_seen(artefacts, start, fault):
    folder = artefacts.model(**BASE)
    recipe = recipe_of(folder) | fault
    assert recipe != recipe_of(folder)
    with pytest.raises(AssertionError):
        assert_same_steps(folder, trained(start, artefacts.data(), recipe)[2])


def test_dropout_is_on_while_it_learns_and_off_where_it_is_measured(artefacts):
    plain, dropped = (artefacts.grown(**{**BASE, "dropout": dropout}) for dropout in (0, 0.3))
    assert plain[1][0]["valLoss"] == dropped[1][0]["valLoss"]  # before the first step
    assert np.abs(log_of(plain[0])[0]["loss"] - log_of(dropped[0])[0]["loss"]) > 1e-3
