"""Metrics of texts against their makers' own: sacreBLEU, rouge-score."""

import random
import re
from pathlib import Path

import homegrown
import pytest
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import BLEU, CHRF, TER

# Five scripts and more, escapes, numbers, marks of ours, and next to nothing.
HARD = [
    "これは日本語の文です。短い、文。",
    "Привет, мир! Как дела сегодня, друг мой?",
    "مرحبا بالعالم، كيف حالك اليوم؟ 3.5 & 2,000",
    "这是 一个 测试，句子。好的！",
    "Γειά σου Κόσμε· τι κάνεις;",
    'It\'s "quoted" &amp; escaped -- 1,000.50% of 3-4 a-b <skipped> don\'t.',
    "नमस्ते दुनिया, आप कैसे हैं? १२३",
    "a b c",
    "x",
    "",
]


def changed(sentence: str, at: random.Random) -> str:
    """Words left out, said again, turned around, with other endings, and moved."""
    words = sentence.split()
    for _ in range(at.randint(0, 5)):
        if not words:
            break
        i, j, share = at.randrange(len(words)), at.randrange(len(words)), at.random()
        if share < 0.3:
            del words[i]
        elif share < 0.6:
            words.insert(i, words[j])
        elif share < 0.7:
            words[i] = words[i][::-1]
        elif share < 0.85:
            words[i] += at.choice(["s", "ed", "ing", "ly", "ization"])
        else:
            run = words[i : i + at.randint(1, 6)]
            del words[i : i + len(run)]
            words[j:j] = run
    return " ".join(words)


@pytest.fixture(scope="module")
def pairs(artefacts) -> tuple[list[str], list[str]]:
    at = random.Random(3)
    text = artefacts.samples["moby-dick.txt"].read_text()
    sentences = [" ".join(each.split()) for each in re.split(r"(?<=\.)\s", text) if 20 < len(each) < 300]
    wanted = at.sample(sentences, 500) + HARD * 20
    outputs = [changed(each, at) for each in wanted]
    outputs += [a for a in HARD for _ in HARD]
    wanted += [b for _ in HARD for b in HARD]
    return outputs, wanted


@pytest.fixture(scope="module")
def files(pairs, tmp_path_factory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("score")
    for name, lines in zip(("out", "wanted"), pairs):
        (folder / name).write_text("".join(f"{line}\n" for line in lines))
    return folder / "out", folder / "wanted"


def score(files, names: list[str], **flags) -> dict:
    (told,) = homegrown.command(
        "score", hypotheses=files[0], references=files[1], metrics=",".join(names), **flags
    )
    return told


def without_version(signature) -> str:
    return re.sub(r"\|version:.*", "", str(signature))


@pytest.mark.parametrize(
    ("name", "tokenize", "theirs"),
    [
        ("bleu", "13a", BLEU()),
        ("bleu", "intl", BLEU(tokenize="intl")),
        ("bleu", "char", BLEU(tokenize="char")),
        ("ter", "13a", TER()),
        ("chrf", "13a", CHRF()),
    ],
)
def test_scores_and_signatures_are_sacrebleus(files, pairs, name, tokenize, theirs):
    ours = score(files, [name], tokenize=tokenize)[name]
    outputs, wanted = pairs
    assert ours["value"] == pytest.approx(theirs.corpus_score(outputs, [wanted]).score, abs=1e-4)
    assert ours["signature"] == without_version(theirs.get_signature())
    assert ours["low"] < ours["value"] < ours["high"]


@pytest.mark.parametrize("stem", [False, True])
def test_rouge_is_rouge_scores(files, pairs, stem):
    names = ["rouge1", "rouge2", "rougeL"]
    ours = score(files, names, **({"stem": True} if stem else {}))
    scorer = RougeScorer(names, use_stemmer=stem)
    each = [scorer.score(wanted, output) for output, wanted in zip(*pairs)]
    for name in names:
        mean = sum(of[name].fmeasure for of in each) / len(each)
        assert ours[name]["value"] == pytest.approx(100 * mean, abs=1e-4)
