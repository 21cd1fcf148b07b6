"""What hand-overs say to Python: the windows of text that it reads and the model's logits, as JSON. Arguments: folders."""

import json
import py_compile
import sys
from pathlib import Path

import torch

ROOTS = [Path(argument) for argument in sys.argv[1:]]
for path in ROOTS[0].glob("*.py"):
    py_compile.compile(str(path), doraise=True)
sys.path.insert(0, str(ROOTS[0]))

import checkpoint
from data import Tokens, batch_starts, evaluation_starts
from model import GPT2

seen = []
for root in ROOTS:
    model = GPT2(checkpoint.read_json(root / "model" / "config.json")).eval()
    checkpoint.load_weights(model, root / "model")
    train, val = Tokens(root / "data", "train"), Tokens(root / "data", "val")
    context = model.context
    inputs, targets = train.windows(batch_starts(train.tokens, context, 4_000_000_001, 77, range(5)), context)
    held, _ = val.windows(*evaluation_starts(val.tokens, context, 4, 1000))
    with torch.no_grad():
        logits = model(torch.from_numpy(inputs[:1]))
    values = {"inputs": inputs, "targets": targets, "held": held, "logits": logits}
    seen.append({name: value.flatten().tolist() for name, value in values.items()})
print(json.dumps(seen))
