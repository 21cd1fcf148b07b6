"""A model that was grown by a recipe that normalises: transformers gives a text the ids that we give it, whatever its letters."""

import json
import random

import homegrown
import pytest
from hard_strings import HARD_STRINGS
from transformers import AutoTokenizer

RECIPE = {
    "version": 1,
    "name": "plain letters",
    "steps": [{"rule": "unicode", "settings": {"form": "NFKC"}}, {"rule": "lowerCase"}, {"rule": "accents"}],
}
PIECES = [
    *["İstanbul", "ıI", "straße ẞ", "ﬁn ﬀ", "ΟΔΟΣ Σ", "Ο ΔΡΌΜΟΣ.", "e\u0301\u0327", "Å ① ² ＷＨＡＬＥ", "Ǆ ǅ", "Ёлка Й"],
    *["鲸鱼，你好。", "가 \u1112\u1161\u11ab", "हिन्दी", "ไทย", "か\u3099", "Call ME", "İ\u0307", "\u00b4 \u1fbf", "½ ℡ ℻"],
]
"""Letters that one of the steps changes, or must not."""


@pytest.mark.parametrize("kind", ["bpe", "characters"])
def test_ids_are_those_of_transformers(artefacts, kind):
    recipe = artefacts.new("recipe", ".json")
    recipe.write_text(json.dumps(RECIPE), encoding="utf-8")
    folder = artefacts.model(kind, recipe=str(recipe), steps=2)
    drawn = random.Random(20)
    texts = [" ".join(drawn.choices(PIECES, k=4)) for _ in range(200)]
    texts += HARD_STRINGS
    tokenizer = AutoTokenizer.from_pretrained(folder)
    changed = 0
    for text, ids in zip(texts, homegrown.ids(folder, texts), strict=True):
        assert tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"] == ids, repr(text[:80])
        changed += tokenizer.decode(ids) != text
    assert changed > 200


def test_prompts_that_differ_by_case_are_answered_alike(artefacts):
    recipe = artefacts.new("recipe", ".json")
    recipe.write_text(json.dumps(RECIPE), encoding="utf-8")
    folder = artefacts.model("characters", recipe=str(recipe))
    loud, plain = (homegrown.sample(folder, prompt, 20) for prompt in ("CALL Mé", "call me"))
    assert plain != ""
    assert loud.lower().endswith(plain.removeprefix("call me"))
