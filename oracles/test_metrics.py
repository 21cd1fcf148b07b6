"""Metrics of texts against their makers' own: sacreBLEU, rouge-score; of labels against scikit-learn."""

import random
import re
import statistics
from pathlib import Path

import homegrown
import pytest
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import BLEU, CHRF, TER
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score

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
    (report,) = homegrown.command(
        "score", hypotheses=files[0], references=files[1], metrics=",".join(names), **flags
    )
    return report


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
        ("chrf++", "13a", CHRF(word_order=2)),
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


def test_accuracy_macro_f1_and_confusion_are_those_of_scikit_learn(tmp_path):
    at = random.Random(4)
    labels = ["positive", "so so", "отлично", "Positive", "7"]
    wanted = at.choices(labels[:4], [9, 5, 3, 1], k=400)
    given = [at.choice(labels) if at.random() < 0.4 else each for each in wanted]
    for name, lines in ("out", given), ("wanted", wanted):
        (tmp_path / name).write_text("".join(f"{line}\n" for line in lines))
    ours = score((tmp_path / "out", tmp_path / "wanted"), ["accuracy", "macroF1", "confusion"])
    f1 = f1_score(wanted, given, average="macro", zero_division=0)
    assert ours["macroF1"]["value"] == pytest.approx(100 * f1, abs=1e-9)
    assert ours["accuracy"]["value"] == pytest.approx(100 * accuracy_score(wanted, given), abs=1e-9)
    # Both in the order of their characters.
    theirs = confusion_matrix(wanted, given, labels=ours["confusion"]["labels"]).tolist()
    assert ours["confusion"]["labels"] == sorted(set(wanted) | set(given))
    assert ours["confusion"]["counts"] == theirs
    right = sum(a == b for a, b in zip(given, wanted))
    low, high = binomtest(right, 400).proportion_ci(method="wilson")
    assert [ours["accuracy"][end] for end in ("low", "high")] == pytest.approx([100 * low, 100 * high], abs=1e-4)
    # Of drawings of its own.
    drawn = []
    for _ in range(1000):
        rows = at.choices(range(400), k=400)
        some = [wanted[i] for i in rows], [given[i] for i in rows]
        drawn.append(100 * f1_score(*some, average="macro", zero_division=0))
    edges = statistics.quantiles(drawn, n=40)
    assert ours["macroF1"]["low"] == pytest.approx(edges[0], abs=0.7)
    assert ours["macroF1"]["high"] == pytest.approx(edges[-1], abs=0.7)
