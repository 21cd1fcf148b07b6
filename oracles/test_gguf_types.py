"""GGUF files of every type that is read, each architecture's whole: the scores of transformers from the same file."""

import itertools

import gguf
import homegrown
import numpy as np
import pytest
import torch
from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter
from test_gguf import Put, add, reference, reference_llama
from test_hugging_face import PROMPT, assert_near
from transformers import AutoModelForCausalLM

READ = ["F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q4_K", "Q5_K", "Q6_K"]
SIZES = {"layers": 2, "heads": 4, "width": 256, "context": 32, "steps": 1, "batch": 1}
"""Rows of whole blocks of 256."""
KINDS = {
    "gpt2": (reference, {"context": 1024, "eval_tokens": 1024}),
    "llama": (reference_llama, {"model": "llama", "kv_heads": 2, "hidden": 512}),
    "qwen3": (reference_llama, {"model": "llama", "kv_heads": 2, "hidden": 512, "qk_norm": "heads", "head_width": 128}),
}
"""A context and a width of heads that transformers takes to be usual, for of these it reads none."""


def in_turns(types: list[str]) -> Put:
    """Gives each matrix the next of the types, as files of mixed ones have it."""
    turns = itertools.cycle(GGMLQuantizationType[name] for name in types)
    random = np.random.default_rng(3)

    def put(writer: GGUFWriter, name: str, weight: np.ndarray, wanted: GGMLQuantizationType, is_full: bool) -> None:
        kept = next(turns) if weight.ndim == 2 and not is_full else GGMLQuantizationType.F32
        if kept.name in BLOCKS:
            writer.add_tensor(name, BLOCKS[kept.name](random, *weight.shape), raw_dtype=kept)
        else:
            add(writer, name, weight, kept, is_full)

    return put


def blocks_of(bytes: int, scales: dict[int, float]):
    """Random blocks, as gguf-py can't write these types; `scales`: f16 scales by their offset in a block."""

    def drawn(random: np.random.Generator, rows: int, columns: int) -> np.ndarray:
        blocks = random.integers(0, 256, (rows, columns // gguf.QK_K, bytes), dtype=np.uint8)
        for at, scale in scales.items():
            halves = (scale * random.uniform(0.5, 1, blocks.shape[:2])).astype(np.float16)
            blocks[..., at : at + 2] = halves[..., None].view(np.uint8)
        return blocks.reshape(rows, -1)

    return drawn


BLOCKS = {
    "Q4_K": blocks_of(144, {0: 1e-4, 2: 7.5e-4}),
    "Q5_K": blocks_of(176, {0: 5e-5, 2: 7.5e-4}),
    "Q6_K": blocks_of(210, {208: 2e-5}),
}
"""Weights of up to about a tenth, about nothing."""


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_every_type_has_the_scores_that_transformers_has_of_it(artefacts, tmp_path, kind):
    make, flags = KINDS[kind]
    folder = artefacts.model(**{**SIZES, **flags})
    path = tmp_path / f"{kind}.gguf"
    make(folder, path, "gguf-q8_0", in_turns(READ))
    assert {tensor.tensor_type.name for tensor in GGUFReader(path).tensors} == set(READ)
    (ids,) = homegrown.ids(path, [PROMPT])
    ids = ids[: SIZES["context"]]
    model = AutoModelForCausalLM.from_pretrained(tmp_path, gguf_file=path.name, dtype=torch.float32).eval()
    with torch.no_grad():
        want = model(torch.tensor([ids])).logits[0].numpy()
    assert want.std() > 0.1
    assert_near(homegrown.logits(path, ids), want)
