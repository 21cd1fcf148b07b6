"""Folders saved by transformers open here with equal scores; unsupported ones are refused with a reason."""

import json
import runpy
from collections.abc import Callable
from pathlib import Path

import homegrown
import numpy as np
import pytest
import their_models
import torch
from safetensors.numpy import load_file, save_file
from test_hugging_face import assert_near, encoded, theirs
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import AutoTokenizer, OPTConfig, OPTForCausalLM, PreTrainedTokenizerFast

TEXT = "Call me Ishmael. It is not down"
UNTIED = {"tie_word_embeddings": False}

VARIANTS = {
    "in 32 bits": {},
    "in 16 bits": {"dtype": torch.float16},
    "in bfloat16": {"dtype": torch.bfloat16},
    "in shards": {"max_shard_size": "40KB"},
    "untied": {"config": UNTIED},
    "untied, in shards of 16 bits": {"config": UNTIED, "dtype": torch.float16, "max_shard_size": "30KB"},
    "one layer, one head": {"config": {"n_layer": 1, "n_head": 1, "n_embd": 9, "n_positions": 31}},
    "an inner width of its own": {"config": {"n_inner": 50}},
    "the other names of the same": {"config": {"n_inner": 120, "activation_function": "gelu_pytorch_tanh"}},
    "a padded vocabulary": {"pad_to": 64},
}


def saved(
    folder: Path,
    tokenizer: PreTrainedTokenizerFast,
    config: dict | None = None,
    dtype: torch.dtype = torch.float32,
    pad_to: int | None = None,
    **how: object,
) -> Path:
    model = their_models.model_of(len(tokenizer), **(config or {}))
    if pad_to:
        model.resize_token_embeddings(pad_to_multiple_of=pad_to)
    return their_models.save(folder, model.to(dtype), tokenizer, **how)


@pytest.mark.parametrize("variant", VARIANTS)
def test_it_opens_with_the_same_ids_and_scores(tmp_path, their_tokenizer, variant):
    folder = saved(tmp_path / "saved", their_tokenizer, **VARIANTS[variant])
    assert variant != "in shards" or len(list(folder.glob("*.safetensors"))) > 2
    (ours,) = homegrown.ids(folder, [TEXT])
    ids = encoded(AutoTokenizer.from_pretrained(folder), TEXT)
    assert ours == ids
    assert_near(theirs(folder, ids), homegrown.logits(folder, ids))


def test_rounding_to_16_bits_is_read_and_not_passed_over(tmp_path, their_tokenizer):
    whole, half = (
        saved(tmp_path / str(dtype), their_tokenizer, dtype=dtype) for dtype in (torch.float32, torch.float16)
    )
    ids = [3, 1, 4, 1, 5]
    difference = np.abs(homegrown.logits(whole, ids) - homegrown.logits(half, ids)).max()
    assert 1e-4 < difference < 0.1


@pytest.mark.parametrize("source", ["their_folder", "untied"])
def test_exported_again_it_is_the_same_model_in_transformers(artefacts, request, source):
    folder = request.getfixturevalue(source)
    again = artefacts.export(folder, "hf")
    ids = encoded(AutoTokenizer.from_pretrained(again), TEXT)
    assert ids == encoded(AutoTokenizer.from_pretrained(folder), TEXT)
    assert_near(theirs(again, ids), theirs(folder, ids))


def test_handed_over_a_classifier_of_its_own_gives_our_scores_in_model_py(artefacts, untied):
    folder = artefacts.export(untied, "pytorch")
    model = runpy.run_path(str(folder / "model.py"))["GPT2"](json.loads((folder / "model/config.json").read_text()))
    model.load_state_dict({n: torch.from_numpy(w) for n, w in load_file(folder / "model/model.safetensors").items()})
    (ids,) = homegrown.ids(untied, [TEXT])
    with torch.no_grad():
        assert_near(model.eval()(torch.tensor([ids]))[0].numpy(), homegrown.logits(untied, ids))


def without(*endings: str) -> Callable[[Path], None]:
    """Removes tensors whose names end like this."""

    def change(folder: Path) -> None:
        path = folder / "model.safetensors"
        kept = {name: weight for name, weight in load_file(path).items() if not name.endswith(endings)}
        save_file(kept, path, metadata={"format": "pt"})

    return change


def as_pickle(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    torch.save({name: torch.from_numpy(weight) for name, weight in weights.items()}, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()


def with_nan(folder: Path) -> None:
    path = folder / "model.safetensors"
    weights = {name: weight.copy() for name, weight in load_file(path).items()}
    weights["transformer.h.1.mlp.c_fc.weight"][2, 3] = np.nan
    save_file(weights, path, metadata={"format": "pt"})


def as_word_piece(folder: Path) -> None:
    tokenizer = Tokenizer(models.WordPiece({"[UNK]": 0, "a": 1}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.train_from_iterator(["call me"], trainers.WordPieceTrainer(show_progress=False))
    PreTrainedTokenizerFast(tokenizer_object=tokenizer).save_pretrained(folder)


def with_a_foreign_normalizer(folder: Path) -> None:
    path = folder / "tokenizer.json"
    normalizer = {"type": "Prepend", "prepend": "_"}
    path.write_text(json.dumps(json.loads(path.read_text()) | {"normalizer": normalizer}))


NAMED = {
    "another activation": ({"activation_function": "relu"}, "activation_function"),
    "another epsilon": ({"layer_norm_epsilon": 1e-6}, "layer_norm_epsilon"),
    "scores that are scaled by layer": ({"scale_attn_by_inverse_layer_idx": True}, "scale_attn_by_inverse_layer_idx"),
    "scores that are not scaled": ({"scale_attn_weights": False}, "scale_attn_weights"),
    "attention to another text": ({"add_cross_attention": True}, "add_cross_attention"),
}
"""By what config.json says."""

CHANGED = {
    "no biases": (without(".bias"), r"does not fit config\.json in \d+ places: .*bias is missing"),
    "one bias lost": (
        without("h.1.attn.c_proj.bias"),
        r"in 1 places: transformer\.h\.1\.attn\.c_proj\.bias is missing",
    ),
    "a file that can run code": (as_pickle, r"pytorch_model\.bin can’t be imported: such files can run code"),
    "a weight that is no number": (with_nan, r"transformer\.h\.1\.mlp\.c_fc\.weight\[243\] is not a finite number"),
    "a tokenizer that is not byte-level": (as_word_piece, "This tokenizer cannot be used"),
    "a tokenizer that changes the text in another way": (
        with_a_foreign_normalizer,
        "it has an unsupported normalizer: .*Prepend",
    ),
}
"""By what is done to a folder that would open."""


@pytest.mark.parametrize("what", NAMED)
def test_what_config_json_asks_for_and_cannot_be_run_is_refused_by_name(tmp_path, their_tokenizer, what):
    config, reason = NAMED[what]
    folder = saved(tmp_path / "saved", their_tokenizer, config=config)
    with pytest.raises(homegrown.Refused, match=reason):
        homegrown.logits(folder, [1])


@pytest.mark.parametrize("what", CHANGED)
def test_what_cannot_be_read_is_refused_with_its_reason(tmp_path, their_tokenizer, what):
    change, reason = CHANGED[what]
    folder = saved(tmp_path / "saved", their_tokenizer)
    homegrown.logits(folder, [1])
    change(folder)
    with pytest.raises(homegrown.Refused, match=reason):
        homegrown.logits(folder, [1])


def test_another_architecture_is_refused_by_its_name(tmp_path, their_tokenizer):
    sizes = {"hidden_size": 16, "word_embed_proj_dim": 16, "ffn_dim": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    model = OPTForCausalLM(OPTConfig(vocab_size=len(their_tokenizer), **sizes))
    folder = their_models.save(tmp_path / "opt", model, their_tokenizer)
    with pytest.raises(homegrown.Refused, match='the architecture "opt" is not supported'):
        homegrown.logits(folder, [1])
    with pytest.raises(homegrown.Refused, match='the architecture "opt" is not supported'):
        homegrown.sample(folder, "Call", 1)
