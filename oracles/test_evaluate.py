"""Output of `evaluate` and `compare`, against transformers' scores of the same windows, formulas and scikit-learn."""

import gzip
import math
from collections import Counter
from pathlib import Path

import homegrown
import numpy as np
import pytest
import torch
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score
from sklearn.naive_bayes import MultinomialNB
from transformers import AutoModelForCausalLM

MODELS = {"gpt": {}, "llama": {"model": "llama", "kv_heads": 1}}


@pytest.fixture(scope="module")
def held(artefacts) -> Path:
    """3,000 bytes that no model here was trained on."""
    path = artefacts.folder / "held-out.txt"
    path.write_bytes(artefacts.samples["moby-dick.txt"].read_bytes()[400_000:403_000])
    return path


@pytest.fixture(params=MODELS)
def folder(request, artefacts) -> Path:
    return artefacts.model(**MODELS[request.param])


def evaluated(folder: Path, text: Path, **flags) -> dict:
    (said,) = homegrown.command("evaluate", **{"from": folder}, text=text, device="wasm", **flags)
    return said


def scores(folder: Path, ids: list[int], stride: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each token by transformers: nats, number of likelier tokens, and probability of the likeliest."""
    model = AutoModelForCausalLM.from_pretrained(folder).eval()
    context = model.config.max_position_embeddings
    read = [model.config.eos_token_id, *ids]
    nats, rank, sure = [], [], []
    done = 0
    while done < len(ids):
        end = min(len(ids), context if done == 0 else done + stride)
        start = done if stride == context else max(0, end - context)
        with torch.no_grad():
            logits = model(torch.tensor([read[start:end]])).logits[0].double()
        for at in range(done, end):
            row = logits[at - start].log_softmax(-1)
            nats.append(-row[ids[at]].item())
            rank.append((logits[at - start] > logits[at - start][ids[at]]).sum().item())
            sure.append(row.max().exp().item())
        done = end
    return np.array(nats), np.array(rank), np.array(sure)


def test_figures_are_those_of_transformers_in_the_same_windows(folder, held):
    said = evaluated(folder, held)["metrics"]
    (ids,) = homegrown.ids(folder, [held.read_text()])
    context = AutoModelForCausalLM.from_pretrained(folder).config.max_position_embeddings
    nats, rank, sure = scores(folder, ids, context)
    assert said["loss"]["value"] == pytest.approx(nats.mean(), abs=1e-4)
    assert said["perplexity"]["value"] == pytest.approx(math.exp(nats.mean()), rel=1e-4)
    assert said["bitsPerByte"]["value"] == pytest.approx(nats.sum() / math.log(2) / 3000, abs=1e-4)
    assert said["top1"]["value"] == pytest.approx(100 * (rank == 0).mean(), abs=0.1)
    assert said["top5"]["value"] == pytest.approx(100 * (rank < 5).mean(), abs=0.1)
    bins = np.minimum((sure * 10).astype(int), 9)
    error = sum(abs(sure[bins == b].sum() - (rank[bins == b] == 0).sum()) for b in range(10)) / len(ids)
    assert said["calibrationError"]["value"] == pytest.approx(100 * error, abs=0.2)
    for name in ["loss", "perplexity", "bitsPerByte", "top1", "top5", "calibrationError"]:
        assert said[name]["low"] <= said[name]["value"] <= said[name]["high"]


def test_strided_perplexity_too(folder, held):
    said = evaluated(folder, held, metrics="stridedPerplexity", stride=7)["metrics"]
    (ids,) = homegrown.ids(folder, [held.read_text()])
    nats, _, _ = scores(folder, ids, 7)
    assert said["stridedPerplexity"]["value"] == pytest.approx(math.exp(nats.mean()), rel=1e-4)


def kneser_ney(train: list[int], read: list[int], order: int, vocabulary: int) -> list[float]:
    """Nats of each of `read` but the first, by the formula of Chen & Goodman with one discount an order."""
    counts = {order: Counter(zip(*(train[i:] for i in range(order))))}
    for k in range(order - 1, 0, -1):
        counts[k] = Counter(gram[1:] for gram in counts[k + 1])
    discount, after, kinds = {}, {}, {}
    for k in counts:
        once, twice = (sum(1 for n in counts[k].values() if n == times) for times in (1, 2))
        discount[k] = once / (once + 2 * twice) if once else 0.5
        after[k], kinds[k] = Counter(), Counter()
        for gram, n in counts[k].items():
            after[k][gram[:-1]] += n
            kinds[k][gram[:-1]] += 1
    nats = []
    for at in range(1, len(read)):
        p = 1 / vocabulary
        for k in range(1, min(order, at + 1) + 1):
            gram = tuple(read[at - k + 1 : at + 1])
            total = after[k][gram[:-1]]
            if total:
                own = max(0, counts[k][gram] - discount[k])
                p = (own + discount[k] * kinds[k][gram[:-1]] * p) / total
        nats.append(-math.log(p))
    return nats


def test_baselines_are_those_of_the_formulas(artefacts, held):
    folder = artefacts.model()
    said = evaluated(folder, held, train=artefacts.text)["baselines"]
    train, ids = homegrown.ids(folder, [artefacts.text.read_bytes().decode(errors="ignore"), held.read_text()])
    config = AutoModelForCausalLM.from_pretrained(folder).config
    begin, vocabulary = config.eos_token_id, config.vocab_size
    for name, order in ("unigram", 1), ("bigram", 2), ("trigram", 3):
        nats = kneser_ney([begin, *train], [begin, *ids], order, vocabulary)
        assert said[name]["perplexity"] == pytest.approx(math.exp(np.mean(nats)), rel=1e-4)
    assert said["uniform"]["perplexity"] == pytest.approx(vocabulary)
    # Node's zlib is Chromium's, which finds a little more than others'.
    packed = 8 * len(gzip.compress(held.read_bytes(), 6, mtime=0)) / 3000
    assert said["gzip"]["bitsPerByte"] == pytest.approx(packed, rel=0.02)


def test_a_difference_is_that_of_both_evaluations(artefacts, held):
    first, second = artefacts.model(), artefacts.model("bytes")
    long = artefacts.folder / "held-out-long.txt"
    # Fewer than ten blocks of a kilobyte, as in `held`, decide nothing.
    long.write_bytes(artefacts.samples["moby-dick.txt"].read_bytes()[400_000:415_000])
    for text, is_enough in (held, False), (long, True):
        (said,) = homegrown.command("compare", **{"from": first, "with": second}, text=text, device="wasm")
        bits = [evaluated(each, text, metrics="bitsPerByte")["metrics"]["bitsPerByte"]["value"] for each in (first, second)]
        assert said["difference"] == pytest.approx(bits[1] - bits[0], abs=1e-9)
        assert said["low"] < said["difference"] < said["high"]
        decided = "better" if said["high"] < 0 else "worse" if said["low"] > 0 else "not distinguishable"
        assert said["verdict"] == (decided if is_enough else "not distinguishable")


CHOICES = [
    ("Call me", ["Ishmael", "a very old man of the sea", "the"]),
    ("It was the white ", ["whale", "of", "zzz"]),
    (
        "The harpooneer, having seen it from the masthead that morning, said to the captain of his boat, and to all that "
        "stood about him there on the wide deck, that he had",
        ["the whale", "not"],
    ),
]
"""The last prompt is longer than the models read, and the space at the end of the second belongs to its choices."""


def likeliest(folder: Path) -> list[tuple[int, int]]:
    """Scores of CHOICES by transformers, with `acc` and `acc_norm` as in lm-evaluation-harness."""
    model = AutoModelForCausalLM.from_pretrained(folder).eval()
    context = model.config.max_position_embeddings
    found = []
    for prompt, choices in CHOICES:
        head, between = prompt.rstrip(), prompt[len(prompt.rstrip()) :] or " "
        own, *wholes = homegrown.ids(folder, [head, *(head + between + choice for choice in choices)])
        sums = []
        for whole in wholes:
            read = whole[-(context + 1) :]
            with torch.no_grad():
                logits = model(torch.tensor([read[:-1]])).logits[0].double().log_softmax(-1)
            wanted = len(whole) - len(own)
            sums.append(sum(logits[at - 1, read[at]].item() for at in range(len(read) - wanted, len(read))))
        per = [total / len(choice) for total, choice in zip(sums, choices, strict=True)]
        found.append((int(np.argmax(sums)), int(np.argmax(per))))
    return found


def test_choices_are_those_of_transformers_likelihoods(folder, tmp_path):
    table = tmp_path / "task.csv"
    best = likeliest(folder)
    for right, name in enumerate(("accuracy", "accuracyPerCharacter")):
        rows = [f'"{p}","{"|".join(c)}",{best[i][right] + 1}' for i, (p, c) in enumerate(CHOICES)]
        table.write_text("\n".join(["prompt,choices,answer", *rows]) + "\n")
        (said,) = homegrown.command("evaluate", **{"from": folder}, task=table, device="wasm", metrics="loss")
        (task,) = said["tasks"]
        assert task["metrics"][name]["value"] == 100
        assert task["cut"] == 1
        assert task["baselines"]["chance"][name] == pytest.approx(100 * (1 / 3 + 1 / 3 + 1 / 2) / 3)


NOUNS = {"sea": "whale ship wave harpoon sailor anchor".split(), "land": "horse cart field plough farmer barn".split()}


def labeled(rows: int, seed: int) -> list[tuple[str, str]]:
    """Labeled texts with some words of the other label; one word occurs in only one part."""
    at = np.random.default_rng(seed)
    made = []
    for row in range(rows):
        label = ["sea", "land", "land, too"][int(at.choice(3, p=[0.5, 0.3, 0.2]))]
        own = NOUNS[label.split(",")[0]]
        words = [str(at.choice(own if at.random() < 0.7 else NOUNS["sea"])) for _ in range(int(at.integers(1, 9)))]
        made.append((f"A {' '.join(words)}, it's {row % 2}! é{seed}a", label))
    return made


def table(path: Path, rows: list[tuple[str, str]], names: tuple[str, str]) -> Path:
    path.write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in [names, *rows]) + "\n")
    return path


def test_labels_are_those_of_transformers_and_their_baselines_scikit_learns(artefacts, tmp_path):
    folder = artefacts.model()
    trained, held = labeled(200, 1), labeled(60, 2)
    names = ("review", "mood")
    files = [table(tmp_path / name, rows, names) for name, rows in (("trained.csv", trained), ("held.csv", held))]
    (said,) = homegrown.command(
        "evaluate",
        **{"from": folder, "pairs": f"{files[1]}:input=review,target=mood", "train": files[0], "device": "wasm"},
        metrics="accuracy,macroF1",
    )
    texts, wanted = zip(*held)
    # The model's: the likeliest label after an input and a line end, with the end of text.
    model = AutoModelForCausalLM.from_pretrained(folder).eval()
    labels = sorted({label for _, label in trained + held})
    context, end = model.config.max_position_embeddings, model.config.eos_token_id
    own = homegrown.ids(folder, labels)
    given = []
    for ids in homegrown.ids(folder, list(texts)):
        (between,) = homegrown.ids(folder, ["\n"])
        sums = []
        for label in own:
            target = [*label, end]
            room = context + 1 - len(between)
            kept = ids[: room - min(len(target), max(math.ceil(room / 2), room - len(ids)))]
            read = [*kept, *between, *target]
            with torch.no_grad():
                logits = model(torch.tensor([read[:-1]])).logits[0].double().log_softmax(-1)
            sums.append(sum(logits[at - 1, read[at]].item() for at in range(len(read) - len(target), len(read))))
        given.append(labels[int(np.argmax(sums))])
    assert said["metrics"]["accuracy"]["value"] == pytest.approx(100 * accuracy_score(wanted, given))
    assert said["metrics"]["macroF1"]["value"] == pytest.approx(100 * f1_score(wanted, given, average="macro"))
    occurring = said["confusion"]["labels"]
    assert said["confusion"]["counts"] == confusion_matrix(wanted, given, labels=occurring).tolist()
    # Without a model.
    words = CountVectorizer()
    bayes = MultinomialNB(alpha=1).fit(words.fit_transform([text for text, _ in trained]), [label for _, label in trained])
    plain = DummyClassifier(strategy="most_frequent").fit(trained, [label for _, label in trained])
    for name, theirs in ("naiveBayes", bayes.predict(words.transform(texts))), ("majority", plain.predict(held)):
        f1 = f1_score(wanted, theirs, average="macro", zero_division=0)
        assert said["baselines"][name]["accuracy"] == pytest.approx(100 * accuracy_score(wanted, theirs))
        assert said["baselines"][name]["macroF1"] == pytest.approx(100 * f1)
    assert said["baselines"]["naiveBayes"]["accuracy"] > said["baselines"]["majority"]["accuracy"]
