"""GPT-2 in plain PyTorch.

Parameters have the names and shapes of Hugging Face's GPT2LMHeadModel, so that model.safetensors loads into either.
Source: Radford et al. 2019, "Language Models are Unsupervised Multitask Learners".
"""

import torch
import torch.nn.functional as F
from torch import nn

EPSILON = 1e-5


class Linear(nn.Module):
    """x @ weight + bias, with weight [in, out] as in GPT-2's code, unlike torch.nn.Linear."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(inputs, outputs).normal_(std=0.02))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        return x @ self.weight + self.bias


class Attention(nn.Module):
    def __init__(self, width: int, heads: int, dropout: float):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.c_attn = Linear(width, 3 * width)
        self.c_proj = Linear(width, width)

    def forward(self, x):
        rows, length, width = x.shape
        # The columns are q | k | v, and the heads lie side by side in each.
        q, k, v = (
            part.view(rows, length, self.heads, width // self.heads).transpose(1, 2)
            for part in self.c_attn(x).split(width, dim=2)
        )
        dropout = self.dropout if self.training else 0.0
        y = F.scaled_dot_product_attention(q, k, v, dropout_p=dropout, is_causal=True)
        return self.c_proj(y.transpose(1, 2).reshape(rows, length, width))


class FeedForward(nn.Module):
    def __init__(self, width: int, inner: int):
        super().__init__()
        self.c_fc = Linear(width, inner)
        self.c_proj = Linear(inner, width)

    def forward(self, x):
        return self.c_proj(F.gelu(self.c_fc(x), approximate="tanh"))


class Block(nn.Module):
    def __init__(self, config: dict):
        super().__init__()
        width = config["n_embd"]
        self.ln_1 = nn.LayerNorm(width, eps=EPSILON)
        self.attn = Attention(width, config["n_head"], config["attn_pdrop"])
        self.ln_2 = nn.LayerNorm(width, eps=EPSILON)
        self.mlp = FeedForward(width, config["n_inner"] or 4 * width)
        self.dropout = nn.Dropout(config["resid_pdrop"])

    def forward(self, x):
        x = x + self.dropout(self.attn(self.ln_1(x)))
        return x + self.dropout(self.mlp(self.ln_2(x)))


class GPT2(nn.Module):
    """ids [rows, length] -> logits [rows, length, vocabulary]. The output layer may be tied to the token embedding."""

    def __init__(self, config: dict):
        super().__init__()
        width = config["n_embd"]
        self.context = config["n_positions"]
        self.transformer = nn.ModuleDict(
            {
                "wte": nn.Embedding(config["vocab_size"], width),
                "wpe": nn.Embedding(self.context, width),
                "drop": nn.Dropout(config["embd_pdrop"]),
                "h": nn.ModuleList(Block(config) for _ in range(config["n_layer"])),
                "ln_f": nn.LayerNorm(width, eps=EPSILON),
            }
        )
        self.lm_head = None
        if not config["tie_word_embeddings"]:
            self.lm_head = nn.Linear(width, config["vocab_size"], bias=False)

    def forward(self, ids):
        parts = self.transformer
        positions = torch.arange(ids.shape[1], device=ids.device)
        x = parts["drop"](parts["wte"](ids) + parts["wpe"](positions))
        for block in parts["h"]:
            x = block(x)
        x = parts["ln_f"](x)
        return F.linear(x, parts["wte"].weight) if self.lm_head is None else self.lm_head(x)
