"""What an oracle must not let pass: faults put into the weights of a file, whatever its format.

Each fault takes the weights by Hugging Face's names, matrices as [in, out], and changes one in place.
"""

from collections.abc import Callable, Mapping

import numpy as np

Weights = Mapping[str, np.ndarray]


def transpose(weights: Weights) -> None:
    projection = weights["transformer.h.1.attn.c_proj.weight"]
    projection[...] = projection.T.copy()


def swap_heads(weights: Weights, heads: int = 3) -> None:
    """The queries of the first two heads; of keys, values and queries together nobody would see it."""
    size = len(weights["transformer.h.0.attn.c_attn.weight"]) // heads
    for name in ("weight", "bias"):
        columns = weights[f"transformer.h.0.attn.c_attn.{name}"]
        columns[..., : 2 * size] = np.roll(columns[..., : 2 * size], size, axis=-1)


def lose_bias(weights: Weights) -> None:
    weights["transformer.h.0.mlp.c_fc.bias"][...] = 0


def shift_ids(weights: Weights) -> None:
    """Every token has the embedding of the one before."""
    table = weights["transformer.wte.weight"]
    table[...] = np.roll(table, 1, axis=0)


WEIGHT_FAULTS: dict[str, Callable[[Weights], None]] = {
    "a transposed weight": transpose,
    "a swapped head": swap_heads,
    "a lost bias": lose_bias,
    "an id off by one": shift_ids,
}
