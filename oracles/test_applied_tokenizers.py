"""WordPiece and Unigram tokenizers give the ids of the crate `tokenizers`; special tokens in text are plain text."""

import io
import json
from pathlib import Path

import homegrown
import pytest
import sentencepiece
import their_models
from hard_strings import HARD_STRINGS
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

SENTENCES = [*(homegrown.ROOT / "README.md").read_text(encoding="utf-8").split("\n"), *HARD_STRINGS[:50] * 3]
TEXTS = [*HARD_STRINGS, " ".join(HARD_STRINGS) * 2, "\n".join(HARD_STRINGS) * 2, "ΑΣ ὈΔΥΣΣΕΥΣ"]
"""The longer ones are cut here into several pieces."""
SENTINELS = [f"<extra_id_{number}>" for number in range(4, -1, -1)]


def word_piece(lowercase: bool) -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=900, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    around = [("[CLS]", 2), ("[SEP]", 3)]
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", None, around)
    return tokenizer


def sentence_piece() -> sentencepiece_model_pb2.ModelProto:
    written = io.BytesIO()
    ids = {"pad_id": 0, "eos_id": 1, "unk_id": 2, "bos_id": -1}
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES), model_writer=written, vocab_size=700, character_coverage=0.98, minloglevel=2, **ids
    )
    model = sentencepiece_model_pb2.ModelProto()
    model.ParseFromString(written.getvalue())
    return model


def unigram(kind: str) -> Tokenizer:
    """T5 (new and old) and ALBERT in the layout of transformers, with the compiled rules of SentencePiece."""
    model = sentence_piece()
    vocabulary = [*((piece.piece, piece.score) for piece in model.pieces), *((text, 0.0) for text in SENTINELS)]
    tokenizer = Tokenizer(models.Unigram(vocabulary, 2, False))
    compiled = normalizers.Precompiled(model.normalizer_spec.precompiled_charsmap)
    spaces = pre_tokenizers.Metaspace(prepend_scheme="always")
    right = normalizers.Strip(left=False, right=True)
    quotes = [normalizers.Replace("``", '"'), normalizers.Replace("''", '"')]
    plain = [normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase()]
    tokenizer.normalizer = {
        "t5": normalizers.Sequence([compiled, right, normalizers.Replace(Regex(" {2,}"), "▁")]),
        "t5 of before": compiled,
        "albert": normalizers.Sequence([*quotes, *plain, compiled, normalizers.Replace(Regex(" {2,}"), " ")]),
    }[kind]
    words = [pre_tokenizers.WhitespaceSplit(), spaces]
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(words) if kind == "t5 of before" else spaces
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.add_special_tokens(["<pad>", "</s>", "<unk>", *SENTINELS])
    tokenizer.post_processor = processors.TemplateProcessing("$A </s>", None, [("</s>", 1)])
    return tokenizer


KINDS = {
    "bert without case": lambda: word_piece(True),
    "bert with case": lambda: word_piece(False),
    "t5": lambda: unigram("t5"),
    "t5 of before": lambda: unigram("t5 of before"),
    "albert": lambda: unigram("albert"),
}


def without_special(tokenizer: Tokenizer) -> Tokenizer:
    """The same, with special tokens that no text spells."""
    said = json.loads(tokenizer.to_str())
    special = {token["id"] for token in said["added_tokens"]}
    model = said["model"]
    if model["type"] == "Unigram":
        hidden = "\U0010fffd{}".format
        model["vocab"] = [[hidden(id) if id in special else text, score] for id, (text, score) in enumerate(model["vocab"])]
    return Tokenizer.from_str(json.dumps(said | {"added_tokens": [], "post_processor": None}))


@pytest.mark.parametrize("kind", KINDS)
def test_ids_and_files_are_theirs(tmp_path: Path, artefacts, kind: str):
    tokenizer = KINDS[kind]()
    named = {"eos_token": "</s>", "pad_token": "<pad>"} if "t5" in kind or kind == "albert" else {"mask_token": "[MASK]"}
    theirs = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **named)
    folder = their_models.save(tmp_path / "theirs", their_models.llama_of(tokenizer.get_vocab_size()), theirs)
    expected = [encoding.ids for encoding in without_special(tokenizer).encode_batch(TEXTS)]
    assert homegrown.ids(folder, TEXTS) == expected
    again = artefacts.export(folder, "hf")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        assert (again / name).read_bytes() == (folder / name).read_bytes()
