"""What hand-overs say to Python, as JSON: the windows of text that it reads, the model's logits, and how text is cut.

Arguments: a text, then folders.
"""

import json
import py_compile
import sys
from pathlib import Path

import torch

TEXT, *ROOTS = [Path(argument) for argument in sys.argv[1:]]
for path in ROOTS[0].glob("*.py"):
    py_compile.compile(str(path), doraise=True)
sys.path.insert(0, str(ROOTS[0]))

import checkpoint
import prepare
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
text = TEXT.read_bytes()
parts = {part: [*map(bytes.decode, texts)] for part, texts in prepare.split([text[:50], text[50:]], 0.3).items()}
print(json.dumps({"models": seen, "pieces": list(prepare.pieces(text.decode(), 8)), "parts": parts}))
