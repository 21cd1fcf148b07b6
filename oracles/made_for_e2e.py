"""Makes e2e/byTransformers: a small Llama with a tokenizer that splits as SmolLM's, saved by transformers and tokenizers."""

import torch
from homegrown import ROOT
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

TEXT = "Call me Ishmael. Some years ago, never mind how long precisely, having little or no money in my purse. " * 4

tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
    [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
)
tokenizer.decoder = decoders.ByteLevel()
special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
alphabet = pre_tokenizers.ByteLevel.alphabet()
trainer = trainers.BpeTrainer(vocab_size=300, special_tokens=special, initial_alphabet=alphabet, show_progress=False)
tokenizer.train_from_iterator([TEXT], trainer)
named = {"bos_token": "<|im_start|>", "eos_token": "<|im_end|>", "pad_token": "<|im_end|>"}
folder = ROOT / "e2e" / "byTransformers"
PreTrainedTokenizerFast(tokenizer_object=tokenizer, **named).save_pretrained(folder)
torch.manual_seed(1)
config = LlamaConfig(
    vocab_size=len(tokenizer.get_vocab()),
    hidden_size=16,
    intermediate_size=40,
    num_hidden_layers=1,
    num_attention_heads=2,
    num_key_value_heads=1,
    max_position_embeddings=4096,
    tie_word_embeddings=True,
)
LlamaForCausalLM(config).save_pretrained(folder)
