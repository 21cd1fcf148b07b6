"""Token ids on disk, and the windows that a step trains on.

data/train.bin and data/val.bin are plain ids, little-endian and without a header, as in nanoGPT; data/meta.json has the width
of an id. The windows of a step depend only on the seed and the step, with Homegrown's random generator, so a continued
run keeps reading where it stopped.
"""

import json
from pathlib import Path

import numpy as np

MASK = 0xFFFFFFFF


class Tokens:
    """One part of the data, "train" or "val", memory-mapped."""

    def __init__(self, folder: Path, part: str):
        if not (folder / f"{part}.bin").exists():
            raise SystemExit(f"{folder / part}.bin is missing: create it from text with prepare.py.")
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        self.tokens = meta[part]["tokens"]
        # UTF-8 bytes of the text: the denominator of bits per byte.
        self.bytes = meta[part]["bytes"]
        self.ids = np.memmap(folder / f"{part}.bin", dtype=np.dtype(meta["dtype"]).newbyteorder("<"), mode="r")
        if len(self.ids) != self.tokens:
            raise SystemExit(f"{folder / part}.bin has {len(self.ids)} tokens, but meta.json says {self.tokens}.")

    def windows(self, starts, length):
        """inputs [rows, length] and, for each position, the next token."""
        rows = np.stack([self.ids[start : start + length + 1] for start in starts]).astype(np.int64)
        return rows[:, :-1], rows[:, 1:]


def batch_starts(tokens: int, context: int, seed: int, step: int, rows: range) -> list[int]:
    """Start positions of the windows of a training step. Every position is equally likely."""
    places = tokens - context
    if places < 1:
        raise SystemExit(f"{tokens} tokens of text are too few for a context of {context}.")
    key = stream_key(seed, "batch", step)
    return [int(random_bits(key, row) / 2**32 * places) for row in rows]


def evaluation_starts(tokens: int, context: int, rows: int, most: int) -> tuple[list[int], int]:
    """The same windows at every evaluation: evenly spread, no overlap, at most `most` tokens in all. -> starts, length"""
    width = min(context, tokens - 1)
    if width < 1:
        raise SystemExit(f"{tokens} tokens of held-out text are too few: at least 2 are needed.")
    places = (tokens - 1) // width
    wanted = max(1, min(places, most // width))
    count = wanted if wanted < rows else wanted - wanted % rows
    return [i * places // count * width for i in range(count)], width


# Counter-based randomness: (seed, purpose, step, index) -> 32 bits. The mixer is lowbias32 (C. Wellons 2018).


def mix(x: int) -> int:
    x = ((x ^ (x >> 16)) * 0x7FEB352D) & MASK
    x = ((x ^ (x >> 15)) * 0x846CA68B) & MASK
    return x ^ (x >> 16)


def stream_key(seed: int, purpose: str, step: int) -> tuple[int, int]:
    number = 0x811C9DC5  # FNV-1a
    for character in purpose:
        number = ((number ^ ord(character)) * 0x01000193) & MASK

    def mix3(a: int, b: int, c: int) -> int:
        return mix((mix((mix(a) + b) & MASK) + c) & MASK)

    return mix3(seed ^ 0x9E3779B9, number, step), mix3(step ^ 0x85EBCA6B, number, seed)


def random_bits(key: tuple[int, int], index: int) -> int:
    return mix((mix(index ^ key[0]) + key[1]) & MASK)
