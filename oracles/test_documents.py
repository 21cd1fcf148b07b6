"""Documents in rows compared with transformers, one by one, and with its own packing."""

import homegrown
import numpy as np
import pytest
import their_models
import torch
from safetensors.numpy import load_file
from test_hugging_face import assert_near

DOCUMENTS = [[4, 1, 9, 3, 6], [23], [2, 13, 8]]
"""Tokens of those in each row: rows of 23, the whole context."""

THEIRS = {
    "GPT-2": lambda vocabulary: their_models.model_of(vocabulary, attn_pdrop=0, embd_pdrop=0, resid_pdrop=0),
    "Llama": their_models.llama_of,
    "Qwen3": lambda vocabulary: their_models.llama_of(vocabulary, "qwen3"),
    "Mistral": lambda vocabulary: their_models.llama_of(vocabulary, "mistral", sliding_window=3),
}


def rows_of(vocabulary: int) -> tuple[np.ndarray, np.ndarray]:
    """Ids, and the target of each: some tokens, such as padding, have none."""
    draw = np.random.default_rng(11)
    ids, targets = draw.integers(0, vocabulary, (2, len(DOCUMENTS), 23))
    return ids, np.where(draw.random(targets.shape) < 0.2, -1, targets)


def each(ids: np.ndarray):
    """The place of each document in its row."""
    for row, lengths in enumerate(DOCUMENTS):
        for end, length in zip(np.cumsum(lengths), lengths, strict=True):
            yield row, slice(end - length, end)


@pytest.mark.parametrize("engine", ["wasm", "webgpu"])
@pytest.mark.parametrize("variant", THEIRS)
def test_scores_and_gradients_are_those_of_each_document_by_itself(tmp_path, their_tokenizer, variant, engine):
    model = THEIRS[variant](len(their_tokenizer))
    folder = their_models.save(tmp_path / "saved", model, their_tokenizer)
    ids, targets = rows_of(len(their_tokenizer))
    want = np.zeros((*ids.shape, len(their_tokenizer)), dtype=np.float32)
    losses = []
    for row, place in each(ids):
        logits = model(torch.tensor(ids[row : row + 1, place])).logits[0]
        want[row, place] = logits.detach().numpy()
        losses.append(torch.nn.functional.cross_entropy(logits, torch.tensor(targets[row, place]), ignore_index=-1, reduction="sum"))
    loss = sum(losses) / int((targets >= 0).sum())
    loss.backward()

    rows = {"ids": ids.tolist(), "targets": targets.tolist(), "documents": DOCUMENTS}
    ours = homegrown.ask(folder=str(folder), rows=rows, engine=engine)
    assert_near(want, np.array(ours, dtype=np.float32).reshape(want.shape))
    out = tmp_path / "gradients.safetensors"
    asked = homegrown.ask(folder=str(folder), rows=rows, gradients=str(out), engine=engine)
    assert asked == pytest.approx(loss.item(), abs=1e-5)
    gradients = load_file(out)
    for name, weight in model.named_parameters():
        theirs = weight.grad.numpy()
        assert np.abs(gradients[name] - theirs).max() < 1e-3 * max(1, np.abs(theirs).max()), name


@pytest.mark.parametrize("variant", ["GPT-2", "Llama"])
def test_their_packing_by_positions_gives_the_same(tmp_path, their_tokenizer, variant):
    model = THEIRS[variant](len(their_tokenizer))
    folder = their_models.save(tmp_path / "saved", model, their_tokenizer)
    ids, targets = rows_of(len(their_tokenizer))
    positions = np.zeros_like(ids)
    mask = np.zeros((len(ids), 1, 23, 23), dtype=bool)
    for row, place in each(ids):
        length = place.stop - place.start
        positions[row, place] = np.arange(length)
        mask[row, 0, place, place] = np.tri(length, dtype=bool)
    with torch.no_grad():
        want = model(torch.tensor(ids), attention_mask=torch.tensor(mask), position_ids=torch.tensor(positions)).logits.numpy()
    rows = {"ids": ids.tolist(), "targets": targets.tolist(), "documents": DOCUMENTS}
    ours = homegrown.ask(folder=str(folder), rows=rows)
    assert_near(want, np.array(ours, dtype=np.float32).reshape(want.shape))
