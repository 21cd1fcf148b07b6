"""Llama in plain PyTorch.

Parameters have the names and shapes of Hugging Face's LlamaForCausalLM, so that model.safetensors loads into either. With
query and key norms per head, they match Qwen3ForCausalLM; with a sliding window, MistralForCausalLM; with norms of whole query
and key rows and after each branch, Olmo2ForCausalLM.
Source: Touvron et al. 2023, arXiv:2302.13971; grouped-query attention: Ainslie et al. 2023, arXiv:2305.13245.
"""

import torch
import torch.nn.functional as F
from torch import nn


def linear(inputs: int, outputs: int) -> nn.Linear:
    """Linear layer without a bias; weight [out, in]."""
    return nn.Linear(inputs, outputs, bias=False)


class Norm(nn.Module):
    """Divides by the root mean square, and scales."""

    def __init__(self, width: int, epsilon: float):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x):
        scale = torch.rsqrt(x.float().square().mean(-1, keepdim=True) + self.epsilon)
        return self.weight * (x.float() * scale).type_as(x)


class Rotary(nn.Module):
    """Rotates pairs of columns, one from each half of a head, by an angle that grows with the position."""

    def __init__(self, size: int, theta: float):
        super().__init__()
        self.size, self.theta = size, theta

    def forward(self, x):
        length = x.shape[-2]
        pairs = torch.arange(0, self.size, 2, device=x.device, dtype=torch.float64)
        places = torch.arange(length, device=x.device, dtype=torch.float64)
        angles = places[:, None] * self.theta ** (-pairs / self.size)
        cos, sin = angles.cos().type_as(x), angles.sin().type_as(x)
        a, b = x.chunk(2, dim=-1)
        return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)


class Attention(nn.Module):
    def __init__(self, config: dict):
        super().__init__()
        width, self.size = config["hidden_size"], config["head_dim"]
        self.heads, self.kv_heads = config["num_attention_heads"], config["num_key_value_heads"]
        self.q_proj = linear(width, self.heads * self.size)
        self.k_proj = linear(width, self.kv_heads * self.size)
        self.v_proj = linear(width, self.kv_heads * self.size)
        self.o_proj = linear(self.heads * self.size, width)
        self.window = config.get("sliding_window")
        self.q_norm = self.k_norm = nn.Identity()
        self.of_rows = config["model_type"] == "olmo2"
        if self.of_rows or config["model_type"] == "qwen3":
            self.q_norm = Norm(self.heads * self.size if self.of_rows else self.size, config["rms_norm_eps"])
            self.k_norm = Norm(self.kv_heads * self.size if self.of_rows else self.size, config["rms_norm_eps"])
        self.dropout = config["attention_dropout"]
        self.rotary = Rotary(self.size, config["rope_parameters"]["rope_theta"])

    def forward(self, x):
        rows, length, _ = x.shape

        def split(part, heads):
            return part.view(rows, length, heads, self.size).transpose(1, 2)

        def normed(part, norm, heads):
            return split(norm(part), heads) if self.of_rows else norm(split(part, heads))

        q = self.rotary(normed(self.q_proj(x), self.q_norm, self.heads))
        k = self.rotary(normed(self.k_proj(x), self.k_norm, self.kv_heads))
        v = split(self.v_proj(x), self.kv_heads)
        shared = self.heads // self.kv_heads
        k, v = k.repeat_interleave(shared, dim=1), v.repeat_interleave(shared, dim=1)
        dropout = self.dropout if self.training else 0.0
        if self.window is None or self.window >= length:
            y = F.scaled_dot_product_attention(q, k, v, dropout_p=dropout, is_causal=True)
        else:
            seen = torch.ones(length, length, dtype=torch.bool, device=x.device).tril().triu(1 - self.window)
            y = F.scaled_dot_product_attention(q, k, v, attn_mask=seen, dropout_p=dropout)
        return self.o_proj(y.transpose(1, 2).reshape(rows, length, self.heads * self.size))


class FeedForward(nn.Module):
    def __init__(self, width: int, inner: int):
        super().__init__()
        self.gate_proj = linear(width, inner)
        self.up_proj = linear(width, inner)
        self.down_proj = linear(inner, width)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Block(nn.Module):
    def __init__(self, config: dict):
        super().__init__()
        width, epsilon = config["hidden_size"], config["rms_norm_eps"]
        self.is_after = config["model_type"] == "olmo2"
        if not self.is_after:
            self.input_layernorm = Norm(width, epsilon)
        self.self_attn = Attention(config)
        self.post_attention_layernorm = Norm(width, epsilon)
        self.mlp = FeedForward(width, config["intermediate_size"])
        if self.is_after:
            self.post_feedforward_layernorm = Norm(width, epsilon)
        self.dropout = nn.Dropout(config["resid_pdrop"])

    def forward(self, x):
        if self.is_after:
            x = x + self.dropout(self.post_attention_layernorm(self.self_attn(x)))
            return x + self.dropout(self.post_feedforward_layernorm(self.mlp(x)))
        x = x + self.dropout(self.self_attn(self.input_layernorm(x)))
        return x + self.dropout(self.mlp(self.post_attention_layernorm(x)))


class Llama(nn.Module):
    """ids [rows, length] -> logits [rows, length, vocabulary]. The output layer may be tied to the token embedding."""

    def __init__(self, config: dict):
        super().__init__()
        width, vocabulary = config["hidden_size"], config["vocab_size"]
        self.model = nn.ModuleDict(
            {
                "embed_tokens": nn.Embedding(vocabulary, width),
                "drop": nn.Dropout(config["embd_pdrop"]),
                "layers": nn.ModuleList(Block(config) for _ in range(config["num_hidden_layers"])),
                "norm": Norm(width, config["rms_norm_eps"]),
            }
        )
        self.lm_head = None if config["tie_word_embeddings"] else linear(width, vocabulary)

    def forward(self, ids):
        parts = self.model
        x = parts["drop"](parts["embed_tokens"](ids))
        for block in parts["layers"]:
            x = block(x)
        x = parts["norm"](x)
        return F.linear(x, parts["embed_tokens"].weight) if self.lm_head is None else self.lm_head(x)
