"""GPT-2 with random weights, stored by torch beside config.json as trainers do: in f32, f16, bf16, and f32 in two pieces.

Arguments: the folder of model.py, ids as JSON, and a folder with config.json and tokenizer.json, in which the four are
made. Prints the logits [length, vocabulary] of each from the weights as they were stored.
"""

import json
import shutil
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from torchReads import logits

code, ids, root = sys.argv[1], sys.argv[2], Path(sys.argv[3])
sys.path.insert(0, code)
from model import GPT2

torch.manual_seed(11)
model = GPT2(json.loads((root / "config.json").read_text()))
weights = {name: value + torch.randn_like(value) / 10 for name, value in model.state_dict().items()}


def folder(name: str) -> Path:
    path = root / name
    path.mkdir()
    for file in ["config.json", "tokenizer.json"]:
        shutil.copy(root / file, path / file)
    return path


def save(some: dict, path: Path) -> None:
    save_file(some, path, metadata={"format": "pt"})


for name, dtype in {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}.items():
    save({key: value.to(dtype) for key, value in weights.items()}, folder(name) / "model.safetensors")
pieces = folder("pieces")
places = {key: f"model-0000{1 + i % 2}-of-00002.safetensors" for i, key in enumerate(weights)}
for file in set(places.values()):
    save({key: weights[key] for key in weights if places[key] == file}, pieces / file)
size = sum(value.nbytes for value in weights.values())
index = {"metadata": {"total_size": size}, "weight_map": places}
(pieces / "model.safetensors.index.json").write_text(json.dumps(index))
print(json.dumps({name: logits(code, ids, root / name) for name in ["f32", "f16", "bf16", "pieces"]}))
