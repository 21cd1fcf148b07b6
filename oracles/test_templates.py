"""Chats become the ids that transformers' `apply_chat_template` makes of them, by templates of every kind, and text that looks like a
special token stays text. Where a template marks its answers with `{% generation %}`, the loss mask here equals those marks.
"""

import random
import re
from pathlib import Path

import homegrown
import pytest
import their_models
from hard_strings import HARD_STRINGS
from transformers import AutoTokenizer, PreTrainedTokenizerBase

TEMPLATES = {path.stem: path for path in (homegrown.ROOT / "src/testing/chatTemplates").glob("*.jinja")}
SPECIAL = [
    *["<|im_start|>", "<|im_end|>", "<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"],
    *["<|system|>", "<|user|>", "<|assistant|>", "<start_of_turn>", "<end_of_turn>"],
]
SYSTEMLESS = {"gemma"}
"""Templates that raise an exception where there is a system turn."""
EDGES = ["", "", "", " ", "\n", "\n\n", "\t ", " \r\n", "\u3000", "\x1f"]
PYTHONS_EDGES = [*EDGES, "\x85", "\ufeff", " \x85\n", "\n\ufeff "]
"""Also with what is white space in Python or JavaScript alone. GPT-2's split has JavaScript's here (decision 55): these are for
tokenizers whose tokens are characters, whatever the split.
"""
HARMLESS = [text for text in HARD_STRINGS if "<" not in text]
STAND_IN = 0x10F000
"""A private character for each special token that somebody says, while transformers writes the chat."""


def chats(injected: bool, edges: list[str]) -> list[list[dict[str, str]]]:
    """50 conversations of one to four exchanges, some of them with a system turn."""
    drawn = random.Random(7)

    def said() -> str:
        words = drawn.sample(HARD_STRINGS if injected else HARMLESS, drawn.randint(1, 3))
        if injected:
            words.insert(drawn.randrange(len(words) + 1), drawn.choice([*SPECIAL, "<|endoftext|>", "<mask>"]))
        inner = drawn.choice(["", " ", "\n"]).join(words)
        return f"{drawn.choice(edges)}{inner}{drawn.choice(edges)}"

    def conversation() -> list[dict[str, str]]:
        system = [{"role": "system", "content": said()}] if drawn.random() < 0.4 else []
        turns = [{"role": role, "content": said()} for _ in range(drawn.randint(1, 4)) for role in ("user", "assistant")]
        # An answer of nothing but white space is refused, before any template sees it.
        return [*system, *({**turn, "content": turn["content"] if turn["content"].strip() else "Yes."} for turn in turns)]

    return [conversation() for _ in range(50)]


@pytest.fixture(scope="module")
def folders(artefacts, tmp_path_factory) -> dict[str, Path]:
    """Models with our own tokenizers: with tokens for turns, with none, and with others that transformers has added and saved."""
    ours, none = (artefacts.export(artefacts.model(kind), "hf") for kind in ("bpe", "characters"))

    def more(folder: Path, special: list[str], **names: str) -> Path:
        tokenizer = AutoTokenizer.from_pretrained(folder)
        tokenizer.add_special_tokens({**names, "additional_special_tokens": special})
        model = their_models.model_of(len(tokenizer))
        return their_models.save(tmp_path_factory.mktemp("more"), model, tokenizer)

    return {
        "turns": ours,
        "plain": none,
        "chatml": more(none, ["<|im_start|>", "<|im_end|>"]),
        "every": more(ours, SPECIAL, bos_token="<|begin_of_text|>"),
        "every character": more(none, SPECIAL, bos_token="<|begin_of_text|>"),
    }


def theirs(tokenizer: PreTrainedTokenizerBase, chat: list[dict[str, str]], template: str, asks: bool = False) -> list[int]:
    """Ids by transformers. What looks like a special token and is said is another character until the template has written it all."""
    special = sorted(tokenizer.get_added_vocab(), key=len, reverse=True)
    hidden = {text: chr(STAND_IN + number) for number, text in enumerate(special)}
    found = re.compile("|".join(map(re.escape, special)))
    harmless = [{**turn, "content": found.sub(lambda match: hidden[match[0]], turn["content"])} for turn in chat]
    text = tokenizer.apply_chat_template(harmless, chat_template=template, tokenize=False, add_generation_prompt=asks)
    ids, end = [], 0
    for match in [*found.finditer(text), None]:
        piece = text[end : match.start() if match else len(text)]
        for text_of, stand_in in hidden.items():
            piece = piece.replace(stand_in, text_of)
        ids += tokenizer(piece, add_special_tokens=False, split_special_tokens=True)["input_ids"]
        if match:
            ids.append(tokenizer.convert_tokens_to_ids(match[0]))
            end = match.end()
    return ids


CASES = [
    *((folder, name) for folder in ("every", "every character") for name in TEMPLATES),
    *((folder, None) for folder in ("turns", "plain", "chatml")),
]
"""Folder, and template; none: what is usual for its tokenizer."""


@pytest.mark.parametrize("injected", [False, True], ids=["said", "injected"])
@pytest.mark.parametrize(("folder", "name"), CASES)
def test_ids_are_those_of_transformers(folders, folder, name, injected):
    given = chats(injected, EDGES if folder in ("turns", "every") else PYTHONS_EDGES)
    if name in SYSTEMLESS:
        given = [[turn for turn in chat if turn["role"] != "system"] for chat in given]
    tokenizer = AutoTokenizer.from_pretrained(folders[folder])
    question = {} if name is None else {"template": TEMPLATES[name].read_text(encoding="utf-8")}
    answer = homegrown.ask(folder=str(folders[folder]), chats=given, **question)
    template = answer["template"]
    assert len(answer["chats"]) == 50
    marked = 0
    for chat, ours in zip(given, answer["chats"], strict=True):
        assert ours["ids"] == theirs(tokenizer, chat, template)
        assert ours["prompt"] == theirs(tokenizer, chat[:-1], template, asks=True)
        if injected:
            continue
        how = {"chat_template": template, "return_dict": True, "return_assistant_tokens_mask": "{% generation" in template}
        direct = tokenizer.apply_chat_template(chat, **how)
        assert ours["ids"] == direct["input_ids"]
        if "assistant_masks" not in direct:
            continue
        trained = [int(any(start <= i < end for start, end in ours["lossRanges"])) for i in range(len(ours["ids"]))]
        assert trained == direct["assistant_masks"]
        marked += sum(trained)
    assert (marked > 0) == (not injected and "{% generation" in template)


def test_a_chat_that_a_template_refuses_is_refused_with_its_reason(folders):
    chat = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    template = TEMPLATES["gemma"].read_text(encoding="utf-8")
    with pytest.raises(homegrown.Refused, match="No system turn here"):
        homegrown.ask(folder=str(folders["every"]), chats=[chat], template=template)
