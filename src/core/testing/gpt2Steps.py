"""Training steps of GPT-2 written in PyTorch, as an oracle. Arguments: the folder with weights.safetensors (Hugging Face's
names, weights as [in, out]), batches.i32 (for each step ids [B, T], then targets [B, T]) and settings.json.
Prints the loss of each step before its update, as JSON."""

import json
import math
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

folder = Path(sys.argv[1])
settings = json.loads((folder / "settings.json").read_text())
layers, heads, width, context = (settings["config"][key] for key in ("layers", "heads", "width", "context"))
recipe = settings["recipe"]


def weights(file):
    """Of a safetensors file in f32: the header's length in 8 bytes, the header in JSON, then the numbers."""
    content = bytearray(file.read_bytes())
    start = 8 + int.from_bytes(content[:8], "little")
    numbers = torch.frombuffer(content[start:], dtype=torch.float32)
    tensors = json.loads(content[8:start])
    tensors.pop("__metadata__", None)
    for name, tensor in tensors.items():
        begin, end = (offset // 4 for offset in tensor["data_offsets"])
        yield name, numbers[begin:end].view(tensor["shape"]).clone().requires_grad_()


w = dict(weights(folder / "weights.safetensors"))


def dense(x, name):
    return x @ w[f"{name}.weight"] + w[f"{name}.bias"]


def norm(x, name):
    return F.layer_norm(x, (width,), w[f"{name}.weight"], w[f"{name}.bias"], eps=1e-5)


def by_head(x):
    return x.unflatten(-1, (heads, width // heads)).transpose(1, 2)


def loss_of(ids, targets):
    x = w["transformer.wte.weight"][ids] + w["transformer.wpe.weight"]
    for i in range(layers):
        h = f"transformer.h.{i}"
        q, k, v = dense(norm(x, f"{h}.ln_1"), f"{h}.attn.c_attn").split(width, dim=-1)
        seen = F.scaled_dot_product_attention(by_head(q), by_head(k), by_head(v), is_causal=True)
        x = x + dense(seen.transpose(1, 2).flatten(2), f"{h}.attn.c_proj")
        inner = F.gelu(dense(norm(x, f"{h}.ln_2"), f"{h}.mlp.c_fc"), approximate="tanh")
        x = x + dense(inner, f"{h}.mlp.c_proj")
    logits = norm(x, "transformer.ln_f") @ w["transformer.wte.weight"].T
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def rate(step):
    """Linear warm-up, then a cosine down to a share of the peak."""
    if step < recipe["warmup"]:
        return recipe["learningRate"] * step / recipe["warmup"]
    progress = (step - recipe["warmup"]) / (recipe["steps"] - recipe["warmup"])
    final = recipe["finalRate"]
    return recipe["learningRate"] * (final + (1 - final) * (1 + math.cos(math.pi * progress)) / 2)


# Norms, biases and positions do not decay.
decays = [t for name, t in w.items() if t.ndim == 2 and "wpe" not in name]
others = [t for name, t in w.items() if t.ndim == 1 or "wpe" in name]
optimizer = torch.optim.AdamW(
    [{"params": decays, "weight_decay": recipe["weightDecay"]}, {"params": others, "weight_decay": 0.0}],
    betas=(recipe["beta1"], recipe["beta2"]),
    eps=recipe["epsilon"],
)
batches = torch.frombuffer(bytearray((folder / "batches.i32").read_bytes()), dtype=torch.int32).long()
losses = []
for step, (ids, targets) in enumerate(batches.view(recipe["steps"], 2, -1, context), start=1):
    loss = loss_of(ids, targets)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(list(w.values()), recipe["clip"])
    for group in optimizer.param_groups:
        group["lr"] = rate(step)
    optimizer.step()
    losses.append(loss.item())
print(json.dumps(losses))
