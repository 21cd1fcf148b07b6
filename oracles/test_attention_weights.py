"""Attention weights that our hooks see, against transformers' own, of GPT-2, Llama, BERT and T5."""

import homegrown
import numpy as np
import pytest
import test_t5
import their_models
import torch

ROWS = [[5, 9, 200, 31, 7, 7, 150, 2, 90, 11, 60], [41, 3, 250, 18, 21, 33, 8, 5, 13, 77, 4]]
MODELS = {
    "gpt2": their_models.model_of,
    "llama, shared key heads": their_models.llama_of,
    "mistral, a window of 4": lambda size: their_models.llama_of(size, "mistral", sliding_window=4),
    "bert": their_models.bert_of,
}


def assert_weights(folder, rows: dict, name: str, theirs: tuple[torch.Tensor, ...], engine: str) -> None:
    for layer, want in enumerate(theirs):
        at = name.format(layer)
        ours = homegrown.ask(folder=str(folder), rows=rows, at=at, engine=engine)
        np.testing.assert_allclose(np.reshape(ours, want.shape), want.numpy(), rtol=0, atol=1e-4, err_msg=at)


@pytest.mark.parametrize("engine", ["wasm", "webgpu"])
@pytest.mark.parametrize("kind", MODELS)
def test_weights_of_self_attention_are_theirs(tmp_path, their_tokenizer, kind, engine):
    model = MODELS[kind](len(their_tokenizer))
    folder = their_models.save(tmp_path / "saved", model, their_tokenizer)
    model.set_attn_implementation("eager")
    with torch.no_grad():
        theirs = model(torch.tensor(ROWS), output_attentions=True).attentions
    assert len(theirs) == 3
    assert_weights(folder, {"ids": ROWS, "targets": []}, "blocks.{}.attention.weights", theirs, engine)


@pytest.mark.parametrize("engine", ["wasm", "webgpu"])
def test_weights_of_an_encoder_its_decoder_and_cross_attention_are_theirs(tmp_path, their_tokenizer, engine):
    model = test_t5.t5_of(len(their_tokenizer))
    folder = their_models.save(tmp_path / "saved", model, their_tokenizer)
    model.set_attn_implementation("eager")
    rows = {"ids": ROWS, "targets": [], "source": {"ids": [ROWS[1][:7], ROWS[0][:7]], "lengths": [7, 4]}}
    mask = torch.arange(7) < torch.tensor([7, 4])[:, None]
    with torch.no_grad():
        theirs = model(
            input_ids=torch.tensor(rows["source"]["ids"]),
            attention_mask=mask.long(),
            decoder_input_ids=torch.tensor(ROWS),
            output_attentions=True,
        )
    assert_weights(folder, rows, "encoder.blocks.{}.attention.weights", theirs.encoder_attentions, engine)
    assert_weights(folder, rows, "blocks.{}.attention.weights", theirs.decoder_attentions, engine)
    assert_weights(folder, rows, "blocks.{}.cross.weights", theirs.cross_attentions, engine)
