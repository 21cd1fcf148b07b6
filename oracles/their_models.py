"""Folders that transformers has saved of models that nothing of ours has touched."""

from collections.abc import Iterable
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    BertConfig,
    BertForMaskedLM,
    BertModel,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

ODD = {"n_embd": 30, "n_head": 5, "n_layer": 3, "n_positions": 23}
"""Sizes that are multiples of nothing."""

ODD_LLAMA = {
    **{"hidden_size": 30, "num_attention_heads": 6, "num_key_value_heads": 3, "head_dim": 10, "num_hidden_layers": 3},
    **{"intermediate_size": 47, "max_position_embeddings": 23, "tie_word_embeddings": False},
}


def tokenizer_of(texts: Iterable[str]) -> PreTrainedTokenizerFast:
    """A byte-level BPE by `tokenizers`, in its own order: the end of text first, bytes as their characters sort."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=331,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    end = "<|endoftext|>"
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=end, eos_token=end, unk_token=end)


def model_of(vocabulary: int, **config: object) -> GPT2LMHeadModel:
    """Draws every weight, vectors too, so that mixed-up or missing ones show."""
    torch.manual_seed(7)
    return drawn(GPT2LMHeadModel(GPT2Config(vocab_size=vocabulary, bos_token_id=0, eos_token_id=0, **{**ODD, **config})))


def llama_of(vocabulary: int, model_type: str = "llama", **config: object) -> PreTrainedModel:
    """The same of Llama and its kin."""
    torch.manual_seed(7)
    sizes = {**ODD_LLAMA, "vocab_size": vocabulary, "bos_token_id": 0, "eos_token_id": 0, **config}
    return drawn(AutoModelForCausalLM.from_config(AutoConfig.for_model(model_type, **sizes)))


ODD_BERT = {
    **{"hidden_size": 30, "num_attention_heads": 6, "num_hidden_layers": 3, "intermediate_size": 47},
    **{"max_position_embeddings": 23, "pad_token_id": None},
}


def bert_of(vocabulary: int, head: bool = True, **config: object) -> PreTrainedModel:
    """The same of BERT, with its head for masked tokens or without."""
    torch.manual_seed(7)
    sizes = BertConfig(vocab_size=vocabulary, **{**ODD_BERT, **config})
    return drawn(BertForMaskedLM(sizes) if head else BertModel(sizes))


def classifier_of(vocabulary: int, model_type: str, labels: list[str], several: bool = False, **config: object) -> PreTrainedModel:
    """A text classifier; the token 0, which ends a text, is the default padding."""
    torch.manual_seed(7)
    sizes = {"gpt2": ODD, "bert": ODD_BERT}.get(model_type, ODD_LLAMA)
    kind = "multi_label_classification" if several else "single_label_classification"
    named = {"id2label": dict(enumerate(labels)), "label2id": {label: i for i, label in enumerate(labels)}, "problem_type": kind}
    ends = {"bos_token_id": 0, "eos_token_id": 0}
    settings = {**sizes, "vocab_size": vocabulary, **ends, "pad_token_id": 0, **named, **config}
    return drawn(AutoModelForSequenceClassification.from_config(AutoConfig.for_model(model_type, **settings)))


def drawn(model: PreTrainedModel) -> PreTrainedModel:
    with torch.no_grad():
        for weight in model.parameters():
            weight += 0.15 * torch.randn_like(weight)
    return model.eval()


def save(folder: Path, model: torch.nn.Module, tokenizer: PreTrainedTokenizerFast, **how: object) -> Path:
    """Saves with `save_pretrained`, with `how` as its arguments. Returns the folder."""
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder, **how)
    return folder
