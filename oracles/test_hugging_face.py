"""Folders of ours in transformers and tokenizers."""

import json
import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import homegrown
import numpy as np
import pytest
import torch
from conftest import KINDS
from faults import WEIGHT_FAULTS
from hard_strings import HARD_STRINGS
from safetensors.numpy import load_file, save_file
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerBase

PROMPT = "Call me Ishmael. Some years ago"


@contextmanager
def no_warnings(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Within it transformers has nothing to warn of."""
    logger = logging.getLogger("transformers")
    logger.addHandler(caplog.handler)
    try:
        with caplog.at_level(logging.WARNING):
            yield
    finally:
        logger.removeHandler(caplog.handler)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def theirs(folder: Path, ids: list[int]) -> np.ndarray:
    """Scores [ids, vocabulary] by transformers, in f32."""
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    with torch.no_grad():
        return model(torch.tensor([ids])).logits[0].numpy()


def assert_near(scores: np.ndarray, ours: np.ndarray, most: float = 1e-4) -> None:
    assert scores.shape == ours.shape
    assert np.abs(scores - ours).max() < most


def encoded(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    """Encodes as plain text: special tokens in it have no meaning."""
    return tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"]


def assert_same_ids(folder: Path, texts: list[str], ours: list[list[int]]) -> None:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    for text, ids in zip(texts, ours, strict=True):
        assert encoded(tokenizer, text) == ids, repr(text[:80])


@pytest.mark.parametrize("kind", KINDS)
def test_a_folder_opens_whole_and_without_a_warning(artefacts, caplog, kind):
    folder = artefacts.model(kind)
    with no_warnings(caplog):
        model, loading = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
        tokenizer = AutoTokenizer.from_pretrained(folder)
    assert {what: list(keys) for what, keys in loading.items() if keys} == {}
    stored = set(load_file(folder / "model.safetensors"))
    assert stored == set(model.state_dict()) - {"lm_head.weight"}  # which is the embedding
    assert len(tokenizer) == model.config.vocab_size
    assert tokenizer.eos_token == "<|endoftext|>"
    assert tokenizer.eos_token_id == model.config.eos_token_id == model.generation_config.eos_token_id


@pytest.mark.parametrize("kind", KINDS)
def test_the_scores_are_ours(artefacts, kind):
    folder = artefacts.model(kind)
    (ids,) = homegrown.ids(folder, [PROMPT])
    assert_near(theirs(folder, ids), homegrown.logits(folder, ids))


@pytest.mark.parametrize("kind", KINDS)
def test_the_20_likeliest_tokens_are_those_of_sample(artefacts, caplog, kind):
    folder = artefacts.model(kind)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    prompt = PROMPT[:16]  # with 20 tokens more it fits into the context, also in bytes
    with no_warnings(caplog):
        model = AutoModelForCausalLM.from_pretrained(folder)
        inputs = tokenizer(prompt, return_tensors="pt")
        (ids,) = model.generate(**inputs, do_sample=False, max_length=inputs["input_ids"].shape[1] + 20)
    added = ids[inputs["input_ids"].shape[1] :]
    assert len(added) == 20
    assert tokenizer.decode(added, skip_special_tokens=True) == homegrown.sample(folder, prompt, 20)


@pytest.mark.parametrize("kind", KINDS)
def test_200_hard_strings_have_our_ids_and_come_back(artefacts, kind):
    folder = artefacts.model(kind)
    assert len(set(HARD_STRINGS)) == 200
    ours = homegrown.ids(folder, HARD_STRINGS)
    assert_same_ids(folder, HARD_STRINGS, ours)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert [tokenizer.decode(ids) for ids in ours] == HARD_STRINGS


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["moby-dick.txt", "state-of-the-union.txt"])
def test_a_whole_sample_has_our_ids(artefacts, kind, name):
    folder = artefacts.model(kind)
    text = artefacts.samples[name].read_bytes().decode()
    (ours,) = homegrown.ids(folder, [text])
    assert len(ours) > len(text) / 8
    tokenizer = AutoTokenizer.from_pretrained(folder).backend_tokenizer
    tokenizer.encode_special_tokens = True
    # Without offsets, which nothing here reads and which take twice the time of the ids.
    (encoding,) = tokenizer.encode_batch_fast([text], add_special_tokens=False)
    assert encoding.ids == ours


def test_special_tokens_have_the_names_that_transformers_looks_for(artefacts):
    folder = artefacts.model()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    config = json.loads((folder / "config.json").read_text())
    named = [tokenizer.eos_token, tokenizer.pad_token, tokenizer.mask_token, tokenizer.sep_token]
    assert named == ["<|endoftext|>", "<pad>", "<mask>", "<sep>"]
    others = ["<extra_id_0>", "<extra_id_1>", "<|system|>", "<|user|>", "<|assistant|>"]
    special = named + others
    first = config["vocab_size"] - len(special)
    assert tokenizer.convert_tokens_to_ids(special) == list(range(first, config["vocab_size"]))
    # Unless it is asked not to, transformers takes such a text for the token: so a prompt can be built of them.
    assert tokenizer("".join(special))["input_ids"] == list(range(first, config["vocab_size"]))


class Spoiled:
    """A copy of a folder into which a fault is put."""

    def __init__(self, source: Path, folder: Path):
        self.folder = Path(shutil.copytree(source, folder))

    def weights(self, fault: Callable) -> None:
        path = self.folder / "model.safetensors"
        weights = {name: weight.copy() for name, weight in load_file(path).items()}
        fault(weights)
        save_file(weights, path, metadata={"format": "pt"})

    def json(self, name: str, change: Callable) -> None:
        path = self.folder / name
        value = json.loads(path.read_text())
        change(value)
        path.write_text(json.dumps(value))


@pytest.fixture
def spoiled(artefacts, tmp_path) -> Spoiled:
    return Spoiled(artefacts.model(), tmp_path / "spoiled")


@pytest.fixture(scope="module")
def expected(artefacts) -> tuple[list[int], np.ndarray]:
    """Ids, and our scores for them."""
    folder = artefacts.model()
    (ids,) = homegrown.ids(folder, [PROMPT])
    return ids, homegrown.logits(folder, ids)


@pytest.mark.parametrize("fault", WEIGHT_FAULTS)
def test_a_fault_in_the_weights_is_seen(spoiled, expected, fault):
    ids, ours = expected
    assert_near(theirs(spoiled.folder, ids), ours)
    spoiled.weights(WEIGHT_FAULTS[fault])
    with pytest.raises(AssertionError):
        assert_near(theirs(spoiled.folder, ids), ours)


def test_a_wrong_epsilon_is_seen(spoiled, expected):
    ids, ours = expected
    spoiled.json("config.json", lambda config: config.update(layer_norm_epsilon=1e-6))
    with pytest.raises(AssertionError):
        assert_near(theirs(spoiled.folder, ids), ours)


def test_a_lost_tensor_and_one_too_many_are_seen(spoiled):
    def lose(weights: dict[str, np.ndarray]) -> None:
        weights["transformer.h.0.mlp.c_fc.bia"] = weights.pop("transformer.h.0.mlp.c_fc.bias")

    spoiled.weights(lose)
    _, loading = AutoModelForCausalLM.from_pretrained(spoiled.folder, output_loading_info=True)
    assert set(loading["missing_keys"]) == {"transformer.h.0.mlp.c_fc.bias"}
    assert set(loading["unexpected_keys"]) == {"transformer.h.0.mlp.c_fc.bia"}


def test_ids_of_tokens_off_by_one_are_seen(spoiled):
    def shift(file: dict) -> None:
        names = list(file["model"]["vocab"])
        file["model"]["vocab"] = {name: (id + 1) % 256 if id < 256 else id for id, name in enumerate(names)}

    texts = HARD_STRINGS[:5]
    ours = homegrown.ids(spoiled.folder, texts)
    assert_same_ids(spoiled.folder, texts, ours)
    spoiled.json("tokenizer.json", shift)
    with pytest.raises(AssertionError):
        assert_same_ids(spoiled.folder, texts, ours)
