"""Cleaning rules that normalise, by Hugging Face's tokenizers from the normalizer that the rule says: on hard strings, and on each
character that Unicode 3.2 had, between letters and under accents. Its tables of normal forms are those of Unicode 9: marks that came
later, such as U+07FD, it does not put into their order, and we do.
"""

import json
import unicodedata

import homegrown
import pytest
from hard_strings import HARD_STRINGS
from tokenizers import Tokenizer

RULES = [
    *[("unicode", {"form": form}) for form in ("NFC", "NFKC")],
    *[("numbers", {"to": to}) for to in ("zeros", "placeholder")],
    *[("lowerCase", {}), ("accents", {}), ("specialCharacters", {})],
    ("specialCharacters", {"characters": "[]&&-^\\a-z😀é", "to": "space"}),
]
OLDER = unicodedata.ucd_3_2_0
CHARACTERS = [
    chr(code)
    for code in range(0x110000)
    if not 0xD800 <= code < 0xE000 and OLDER.category(chr(code)) not in ("Cn", "Co")
]


@pytest.mark.parametrize(("rule", "settings"), RULES)
def test_a_rule_does_what_its_normalizer_does(rule, settings):
    pieces = [f"A{each}b {each}\u0301 {each}\u0327\u0301" for each in CHARACTERS]
    texts = [*HARD_STRINGS, *("\n".join(pieces[i : i + 100]) for i in range(0, len(pieces), 100))]
    ours = homegrown.ask(rule=rule, settings=settings, texts=texts)
    steps = {"type": "Sequence", "normalizers": ours["normalizers"]}
    model = {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}
    theirs = Tokenizer.from_str(json.dumps({"version": "1.0", "model": model, "normalizer": steps, "added_tokens": []}))
    changed = 0
    for text, cleaned in zip(texts, ours["texts"], strict=True):
        assert theirs.normalizer.normalize_str(text) == cleaned
        changed += text != cleaned
    assert changed > 0
