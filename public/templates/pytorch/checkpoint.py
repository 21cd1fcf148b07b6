"""Reads and writes checkpoints: the folders that train.py starts from and saves.

A checkpoint is a Hugging Face folder (config.json, model.safetensors, tokenizer.json) with the optimizer's moments and the
run's history. Homegrown opens the same files, so a run can go back there.
"""

import hashlib
import json
import os
import shutil
import time
import uuid
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch.distributed.tensor import DTensor, distribute_tensor


def read_json(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


# Class in model.py, place of the blocks, context, end-of-text token, parameters with weight decay, matrices of linear
# layers, and parameters that stay 0 because the run doesn't use them.
ARCHITECTURE = read_json(Path(__file__).resolve().parent / "architecture.json")

# By the recipe's name: class in torch.optim or optimizers.py, its arguments by the recipe's fields, and its state per weight,
# by the prefix in optimizer.safetensors and the class's name; matrices may have another state.
OPTIMIZERS = read_json(Path(__file__).resolve().parent / "optimizers.json")


def optimizer_of(recipe: dict) -> dict:
    name = recipe["optimizer"]
    if name not in OPTIMIZERS:
        raise SystemExit(f"Unknown optimizer {name}: optimizers.json has {', '.join(OPTIMIZERS)}.")
    return OPTIMIZERS[name]


def moments_of(recipe: dict, parameter: str) -> dict:
    stated = optimizer_of(recipe)
    is_matrix = "ofMatrices" in stated and parameter in ARCHITECTURE["matrices"]
    return stated["ofMatrices" if is_matrix else "moments"]


# Settings that may change without starting a new segment.
ALIKE = {"steps", "saveEvery", "evalEvery", "evalEarly", "samplePrompt", "recompute", "patience", "minDelta"}


def fork(info: dict) -> None:
    """Makes this a new run with the saved run as its parent."""
    info["parent"] = {"id": info["id"], "step": info["state"]["step"], "how": "fork", "name": info["name"]}
    info["id"] = str(uuid.uuid4())
    info["createdAt"] = round(1000 * time.time())


def go_on_by(info: dict, recipe: dict) -> None:
    """Starts a new segment, without evaluations, if the recipe has changed."""
    last, step = info["segments"][-1], info["state"]["step"]
    if all(last["recipe"].get(name) == recipe[name] for name in recipe.keys() - ALIKE):
        last["recipe"] = recipe
        return
    if last["after"] < step:
        info["segments"].append({"after": step, "recipe": recipe, "data": last["data"], "why": "recipe"})
    else:
        last["recipe"] = recipe
    info["state"]["best"] = info["result"] = None
    info.pop("bestNotKept", None)
    info["state"].pop("waited", None)


def load_tensors(path: Path) -> dict[str, torch.Tensor]:
    """Tensors of a safetensors file (8 bytes of length, a JSON header, all tensors), checked by its hash if it has one."""
    with path.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        written = header.get("__metadata__", {}).get("homegrown.tensors.sha256")
        digest = hashlib.sha256()
        while written and (piece := file.read(2**20)):
            digest.update(piece)
    if written and digest.hexdigest() != written:
        raise SystemExit(f"{path}: its tensors have changed since they were saved. Copy or download the file again.")
    return load_file(path)


def load_weights(model: torch.nn.Module, folder: Path) -> None:
    weights = load_tensors(folder / "model.safetensors")
    own = dict(model.named_parameters())
    if own.keys() != weights.keys():
        raise SystemExit(f"{folder}: these weights don't fit the model:  {sorted(own.keys() ^ weights.keys())[:4]}")
    with torch.no_grad():
        for name, parameter in own.items():
            parameter.copy_(weights[name])


def learning(model: torch.nn.Module):
    """Trainable parameters by name."""
    return [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]


def load_moments(model: torch.nn.Module, optimizer, recipe: dict, folder: Path, step: int) -> bool:
    """Loads the moments; False if the folder has none, and the optimizer starts at zero. step: steps since they were zero."""
    if not (folder / "optimizer.safetensors").exists():
        return False
    moments = load_tensors(folder / "optimizer.safetensors")
    stated = optimizer_of(recipe)
    for name, parameter in learning(model):
        named = moments_of(recipe, name)
        state = {theirs: placed(moments[f"{ours}.{name}"], parameter) for ours, theirs in named.items()}
        if stated["counts"]:
            state["step"] = torch.tensor(float(step))
        optimizer.state[parameter] = state
    return True


def load_average(model: torch.nn.Module, recipe: dict, folder: Path) -> dict | None:
    """
    Moving average of the weights by name, if the recipe has one; else None. The folder's model holds the average, and this
    function loads the weights that training continues from.
    """
    own = dict(learning(model))
    average = {name: p.detach().clone() for name, p in own.items()} if recipe.get("emaDecay", 0) > 0 else None
    beside = folder / "optimizer.safetensors"
    raw = load_tensors(beside) if beside.exists() else {}
    with torch.no_grad():
        for name, parameter in own.items():
            if f"raw.{name}" in raw:
                parameter.copy_(placed(raw[f"raw.{name}"], parameter))
    return average


def placed(value: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """Moves a tensor to the device of a parameter, and shards it like the parameter."""
    if isinstance(like, DTensor):
        return distribute_tensor(value.to(like.device), like.device_mesh, like.placements)
    return value.to(like.device)


def whole(value: torch.Tensor) -> torch.Tensor:
    """Gathers a tensor on the CPU. Every process has to call it."""
    value = value.detach()
    if isinstance(value, DTensor):
        value = value.full_tensor()
    return value.to("cpu", torch.float32, copy=True).contiguous()


def save(folder: Path, begun_from: Path, model, raw, optimizer, info: dict, story: dict, first: bool) -> None:
    """
    Saves atomically: writes a temporary folder, then moves it. Every process calls it; the first one writes.
    raw: the trained weights, if the model holds their average.
    """
    weights, moments = {}, {}
    recipe = info["segments"][-1]["recipe"]
    for name, parameter in model.named_parameters():
        weights[name] = whole(parameter)
        if not parameter.requires_grad:
            continue
        if raw is not None:
            moments[f"raw.{name}"] = whole(raw[name])
        remembered = optimizer.state[parameter]
        for ours, theirs in moments_of(recipe, name).items():
            value = remembered.get(theirs)
            # State that torch doesn't keep is 0: the momentum of SGD if the recipe has none.
            moments[f"{ours}.{name}"] = whole(torch.zeros_like(parameter) if value is None else value)
    if not first:
        return
    draft = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for name in ["config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"]:
        shutil.copy(begun_from / name, draft / name)
    save_file(weights, draft / "model.safetensors", metadata={"format": "pt"})
    save_file(moments, draft / "optimizer.safetensors", metadata={"format": "pt"})
    write_json(draft / "homegrown.json", info)
    write_json(draft / "trainer_state.json", story)
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(draft, folder)


def saved_steps(out: Path) -> dict[int, Path]:
    """Returns the checkpoints in `out`, oldest first."""
    found = {int(path.name[5:]): path for path in out.glob("step-*") if path.name[5:].isdigit()}
    return dict(sorted(found.items()))


def drop_oldest(out: Path, keep: int, best: int) -> None:
    """Deletes old checkpoints, except the newest and the best."""
    for step, path in list(saved_steps(out).items())[:-keep]:
        if step != best:
            shutil.rmtree(path)


def write_json(path: Path, value) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
