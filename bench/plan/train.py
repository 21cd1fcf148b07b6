"""The runs that the law of losses is fitted to: our GPT, in PyTorch (docs/decisions/0050).

    python train.py DATA < wanted.jsonl > runs.csvl

Each line of `wanted.jsonl` says a run by the names of runs.csv: text, vocabulary, layers, width, context, batch, steps,
learningRate, dropout. DATA/TEXT-VOCABULARY has its tokens, as uint16 (train.bin, validation.bin), and meta.json: bytes of the held-out part.
oracles/test_training.py holds that our steps are PyTorch's; here there is no more of it than these runs need.
"""

import json
import math
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)
EVALUATED = 65536


class Block(nn.Module):
    def __init__(self, width: int, heads: int, std: float, dropout: float):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attn, self.attn_out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.fc, self.fc_out = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        for layer, spread in [(self.attn, 0.02), (self.fc, 0.02), (self.attn_out, std), (self.fc_out, std)]:
            nn.init.normal_(layer.weight, 0, spread)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        rows, length, width = x.shape
        parts = self.attn(self.ln_1(x)).split(width, 2)
        q, k, v = (part.view(rows, length, self.heads, -1).transpose(1, 2) for part in parts)
        dropout = self.dropout if self.training else 0
        heads = F.scaled_dot_product_attention(q, k, v, is_causal=True, dropout_p=dropout)
        x = x + F.dropout(self.attn_out(heads.transpose(1, 2).reshape(x.shape)), dropout)
        return x + F.dropout(self.fc_out(F.gelu(self.fc(self.ln_2(x)), approximate="tanh")), dropout)


class Gpt(nn.Module):
    def __init__(self, vocabulary: int, run: dict):
        super().__init__()
        width, layers = run["width"], run["layers"]
        self.dropout = run["dropout"]
        self.wte, self.wpe = nn.Embedding(vocabulary, width), nn.Embedding(run["context"], width)
        for table in (self.wte, self.wpe):
            nn.init.normal_(table.weight, 0, 0.02)
        std = 0.02 / math.sqrt(2 * layers)
        self.blocks = nn.ModuleList(Block(width, width // 32, std, self.dropout) for _ in range(layers))
        self.ln_f = nn.LayerNorm(width)

    def forward(self, windows):
        ids, targets = windows[:, :-1], windows[:, 1:]
        x = self.wte(ids) + self.wpe.weight[: ids.shape[1]]
        x = F.dropout(x, self.dropout if self.training else 0)
        for block in self.blocks:
            x = block(x)
        return F.cross_entropy((self.ln_f(x) @ self.wte.weight.T).flatten(0, 1), targets.flatten())


def ends_at(run: dict, data: Path) -> float:
    """Bits per byte of the held-out part."""
    torch.manual_seed(1)
    random = np.random.default_rng(1)
    folder = data / f"{run['text']}-{run['vocabulary']}"
    meta = json.loads((folder / "meta.json").read_text())
    train, held = (np.fromfile(folder / f"{part}.bin", np.uint16).astype(np.int64) for part in ("train", "validation"))
    context, steps = run["context"], run["steps"]
    windows = lambda ids, starts: torch.from_numpy(np.stack([ids[at : at + context + 1] for at in starts]))
    model = Gpt(meta["vocabulary"], run)
    decays = {name: weight.ndim == 2 and "wpe" not in name for name, weight in model.named_parameters()}
    groups = [
        {"params": [w for name, w in model.named_parameters() if decays[name] == has], "weight_decay": 0.1 * has}
        for has in (True, False)
    ]
    optimizer = torch.optim.AdamW(groups, lr=1, betas=(0.9, 0.99), eps=1e-8, fused=True)
    warmup = min(100, steps // 10)
    for step in range(1, steps + 1):
        rate = step / warmup if step < warmup else 1 - (step - warmup) / max(1, steps - warmup)
        for group in optimizer.param_groups:
            group["lr"] = run["learningRate"] * rate
        loss = model(windows(train, random.integers(0, len(train) - context, run["batch"])))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    model.eval()
    places = (len(held) - 1) // context
    count = min(places, EVALUATED // context)
    seen = windows(held, [i * places // count * context for i in range(count)])
    with torch.no_grad():
        nats = sum(model(part).item() * len(part) for part in seen.split(16)) / count
    return nats * len(held) / (meta["validation"]["bytes"] * math.log(2))


for line in sys.stdin:
    run = json.loads(line)
    print(json.dumps({**run, "bits": round(ends_at(run, Path(sys.argv[1])), 4)}), flush=True)
