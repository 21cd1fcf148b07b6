"""Training steps of a GPT in PyTorch on the CPU, as `bench step --device wasm --beside torch` asks for them.

Usage: python torchStep.py '{"V": 65, "T": 64, "E": 128, "H": 4, "L": 2, "B": 8, "threads": 2}'. Prints one JSON line,
`{"version": "2.13.0"}`, then for each line read from stdin one, `{"ms": 16.8, "loss": 4.2}`: the time of one step with
fused attention, AdamW and gradient clipping, on one batch of random tokens.
"""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Layer(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.before_attention, self.before_mlp = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention, self.joined = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        rows, context, width = x.shape
        heads = self.attention(self.before_attention(x)).view(rows, context, 3, self.heads, -1)
        q, k, v = heads.permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(rows, context, width)
        x = x + self.joined(seen)
        return x + self.narrow(F.gelu(self.wide(self.before_mlp(x)), approximate='tanh'))


class Gpt(nn.Module):
    """GPT-2: learned positions, and an output layer that shares the token embedding."""

    def __init__(self, vocabulary: int, context: int, width: int, heads: int, layers: int):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
        self.layers = nn.ModuleList(Layer(width, heads) for _ in range(layers))
        self.final = nn.LayerNorm(width)
        for embedding in (self.tokens, self.positions):
            nn.init.normal_(embedding.weight, std=0.02)

    def forward(self, ids):
        x = self.tokens(ids) + self.positions.weight
        for layer in self.layers:
            x = layer(x)
        return self.final(x) @ self.tokens.weight.T


def main():
    sizes = json.loads(sys.argv[1])
    torch.set_num_threads(sizes['threads'])
    torch.manual_seed(1)
    model = Gpt(sizes['V'], sizes['T'], sizes['E'], sizes['H'], sizes['L'])
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.1, fused=True)
    tokens = torch.randint(sizes['V'], (sizes['B'], sizes['T'] + 1))
    ids, targets = tokens[:, :-1], tokens[:, 1:].reshape(-1)
    print(json.dumps({'version': torch.__version__}), flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        loss = F.cross_entropy(model(ids).view(-1, sizes['V']), targets)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        figures = {'loss': loss.item(), 'ms': 1000 * (time.perf_counter() - start)}
        print(json.dumps(figures), flush=True)


main()
