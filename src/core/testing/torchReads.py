"""Logits [length, vocabulary] of Hugging Face folders by our model in PyTorch, as a list of lists in JSON.

Arguments: the folder of model.py, ids as JSON, then folders.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file


def logits(code: str, ids: str, folder: Path) -> list[float]:
    """In f32, from the weights as they were stored."""
    if code not in sys.path:
        sys.path.insert(0, code)
    from model import GPT2

    weights = {}
    for file in folder.glob("model*.safetensors"):
        weights |= {name: weight.float() for name, weight in load_file(file).items()}
    model = GPT2(json.loads((folder / "config.json").read_text())).eval()
    model.load_state_dict(weights)
    with torch.no_grad():
        return model(torch.tensor([json.loads(ids)])).flatten().tolist()


if __name__ == "__main__":
    print(json.dumps([logits(*sys.argv[1:3], Path(folder)) for folder in sys.argv[3:]]))
