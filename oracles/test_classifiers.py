"""Classifiers against transformers: folders both ways, scores of odd lengths in one batch, gradients of head and body."""

import json
from pathlib import Path

import homegrown
import numpy as np
import pytest
import their_models
import torch
from safetensors.numpy import load_file
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, multilabel_confusion_matrix
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import MultinomialNB
from test_hugging_face import assert_near, no_warnings
from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

TEXTS = [
    "Call me Ishmael.",
    "a",
    "It is not down in any map; true places never are, and so on, until it no longer fits into what is read at once.",
    "naïve 鯨",
]
"""Texts of odd lengths, one longer than the context, so that rows are padded and one is truncated."""

LABELS = ["ham", "spam", "neither of them"]

VARIANTS = {
    "BERT": {"model_type": "bert"},
    "BERT with GELU by tanh, of several labels": {"model_type": "bert", "hidden_act": "gelu_new", "several": True},
    "GPT-2": {"model_type": "gpt2"},
    "Llama": {"model_type": "llama"},
    "Llama, tied": {"model_type": "llama", "tie_word_embeddings": True},
    "Mistral": {"model_type": "mistral", "sliding_window": 3},
    "Qwen3 of several labels": {"model_type": "qwen3", "several": True},
    "OLMo 2": {"model_type": "olmo2"},
}


def saved(folder: Path, tokenizer, variant: str, **more: object):
    model = their_models.classifier_of(len(tokenizer), labels=LABELS, **VARIANTS[variant], **more)
    return model, their_models.save(folder, model, tokenizer)


def given(folder: Path):
    """The texts as transformers reads them: encoded, and padded to the longest."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer.pad_token is not None
    return tokenizer(TEXTS, padding=True, truncation=True, max_length=23, return_tensors="pt")


def theirs(model: torch.nn.Module, folder: Path) -> torch.Tensor:
    read = given(folder)
    return model(input_ids=read["input_ids"], attention_mask=read["attention_mask"]).logits


@pytest.mark.parametrize("engine", ["wasm", "webgpu"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_theirs_opens_here_and_ours_there_with_the_same_scores(artefacts, tmp_path, caplog, their_tokenizer, variant, engine):
    model, folder = saved(tmp_path / "saved", their_tokenizer, variant)
    ours = artefacts.export(folder, "hf")
    with no_warnings(caplog):
        again = AutoModelForSequenceClassification.from_pretrained(ours).eval()
    assert type(again) is type(model)
    assert again.config.id2label == dict(enumerate(LABELS))
    assert again.config.problem_type == model.config.problem_type
    with torch.no_grad():
        scores = theirs(again, ours).numpy()
        # Our code adds the start of an encoder's text: the folder's own tokenizer adds none.
        want = model(**{name: given(ours)[name] for name in ("input_ids", "attention_mask")}).logits.numpy()
    assert np.array_equal(scores, want)
    assert_near(homegrown.label_scores(folder, TEXTS, engine), want)
    assert_near(homegrown.label_scores(ours, TEXTS, engine), want)
    alone = [theirs_alone(again, ours, text) for text in TEXTS]
    assert_near(np.stack(alone), want)


def theirs_alone(model: torch.nn.Module, folder: Path, text: str) -> np.ndarray:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    read = tokenizer(text, truncation=True, max_length=23, return_tensors="pt")
    with torch.no_grad():
        return model(input_ids=read["input_ids"]).logits[0].numpy()


@pytest.mark.parametrize("variant", ["BERT", "GPT-2", "Llama"])
def test_a_pipeline_of_theirs_names_our_labels(artefacts, tmp_path, their_tokenizer, variant):
    _, folder = saved(tmp_path / "saved", their_tokenizer, variant)
    ours = artefacts.export(folder, "hf")
    answers = pipeline("text-classification", model=str(ours), top_k=None)(TEXTS, truncation=True, batch_size=3)
    scores = homegrown.label_scores(ours, TEXTS).astype(np.float64)
    shares = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    for each, share in zip(answers, shares, strict=True):
        assert {one["label"]: pytest.approx(one["score"], abs=1e-5) for one in each} == dict(zip(LABELS, share, strict=True))


@pytest.mark.parametrize("engine", ["wasm", "webgpu"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_gradients_of_head_and_body_are_theirs_with_padding(artefacts, tmp_path, their_tokenizer, variant, engine):
    # The class learns nothing of the token that pads, which no text has here.
    model, folder = saved(tmp_path / "saved", their_tokenizer, variant, pad_token_id=1)
    ours = artefacts.export(folder, "hf")
    read = given(ours)
    read["input_ids"][read["attention_mask"] == 0] = 1
    assert ((read["input_ids"] == 1) == (read["attention_mask"] == 0)).all()
    wanted = [[0], [2], [1], [2]] if not VARIANTS[variant].get("several") else [[0, 2], [], [1], [0, 1, 2]]
    hot = torch.tensor([[float(place in own) for place in range(3)] for own in wanted])
    labels = hot if VARIANTS[variant].get("several") else hot.argmax(1)
    loss = model(input_ids=read["input_ids"], attention_mask=read["attention_mask"], labels=labels).loss
    loss.backward()
    out = tmp_path / "gradients.safetensors"
    asked = homegrown.ask(folder=str(folder), classify=TEXTS, labels=wanted, gradients=str(out), engine=engine)
    assert asked == pytest.approx(loss.item(), abs=1e-5)
    gradients = load_file(out)
    named = {name: weight.grad.numpy() for name, weight in model.named_parameters() if weight.grad is not None}
    assert named.keys() == gradients.keys()
    for name, want in named.items():
        assert np.abs(gradients[name] - want).max() < 1e-3 * max(1, np.abs(want).max()), name
        # A key's bias shifts all scores of a query alike.
        assert np.abs(want).max() > 1e-6 or name.endswith(("key.bias", "c_attn.bias")), name


def test_two_labels_that_nobody_named_are_not_even_told_of_there(tmp_path, their_tokenizer):
    model = their_models.classifier_of(len(their_tokenizer), "bert", ["LABEL_0", "LABEL_1"])
    folder = their_models.save(tmp_path / "saved", model, their_tokenizer)
    config = json.loads((folder / "config.json").read_text())
    for name in ("id2label", "label2id", "problem_type"):
        config.pop(name, None)
    (folder / "config.json").write_text(json.dumps(config))
    assert AutoModelForSequenceClassification.from_pretrained(folder).config.num_labels == 2
    assert homegrown.label_scores(folder, TEXTS).shape == (4, 2)


def test_a_regression_is_refused_with_its_reason(tmp_path, their_tokenizer):
    model = their_models.classifier_of(len(their_tokenizer), "bert", ["how much"], problem_type="regression")
    folder = their_models.save(tmp_path / "saved", model, their_tokenizer)
    with pytest.raises(homegrown.Refused, match="it predicts a number, not labels"):
        homegrown.label_scores(folder, TEXTS)


@pytest.mark.parametrize("pooling", ["first", "mean", "last"])
def test_a_pooling_that_no_class_of_theirs_has_is_refused_there(artefacts, tmp_path, their_tokenizer, pooling):
    _, folder = saved(tmp_path / "saved", their_tokenizer, "BERT")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "model_type": "homegrown-bert", "pooling": pooling}))
    assert homegrown.label_scores(folder, TEXTS).shape == (4, 3)
    with pytest.raises(ValueError, match="homegrown-bert"):
        AutoModelForSequenceClassification.from_pretrained(folder)
    if pooling != "first":
        exported = artefacts.export(folder, "hf")
        with pytest.raises(ValueError, match="homegrown-bert"):
            AutoModelForSequenceClassification.from_pretrained(exported)


def test_figures_are_those_of_scikit_learn_of_transformers_scores(tmp_path, their_tokenizer):
    model, folder = saved(tmp_path / "saved", their_tokenizer, "BERT")
    # Far from even, so that it is sure of something.
    with torch.no_grad():
        model.classifier.weight.mul_(60)
    their_models.save(folder, model, their_tokenizer)
    random = np.random.default_rng(3)
    words = ["whale", "sea", "map", "true", "places", "Ishmael", "ship", "coast"]
    rows = [(" ".join(random.choice(words, 6)), LABELS[int(place)]) for place in random.integers(0, 3, 90)]
    held, trained = rows[:60], rows[60:]
    files = []
    for name, some in (("held.csv", held), ("trained.csv", trained)):
        path = tmp_path / name
        path.write_text("\n".join(["text,label", *(f'"{text}","{label}"' for text, label in some)]) + "\n")
        files.append(path)
    (said,) = homegrown.command("evaluate", **{"from": folder, "table": files[0], "train": files[1], "device": "wasm"})
    ours = homegrown.label_scores(folder, [text for text, _ in held]).astype(np.float64)
    wanted = [label for _, label in held]
    given = [LABELS[place] for place in ours.argmax(1)]
    assert said["metrics"]["accuracy"]["value"] == pytest.approx(100 * accuracy_score(wanted, given))
    assert said["metrics"]["macroF1"]["value"] == pytest.approx(100 * f1_score(wanted, given, average="macro", zero_division=0))
    occurring = said["confusion"]["labels"]
    assert said["confusion"]["counts"] == confusion_matrix(wanted, given, labels=occurring).tolist()
    # Guo et al. 2017, in ten bins; the temperature minimizes the loss.
    scores = torch.tensor(ours)
    right = torch.tensor([LABELS.index(label) for label in wanted])
    assert said["metrics"]["loss"]["value"] == pytest.approx(torch.nn.functional.cross_entropy(scores, right).item(), rel=1e-5)
    sure, which = scores.softmax(1).max(1)
    bins = np.minimum(9, (10 * sure.numpy()).astype(int))
    gaps = np.bincount(bins, weights=sure.numpy() - (which == right).numpy(), minlength=10)
    error = 100 * np.abs(gaps).sum() / len(held)
    assert said["calibrationError"]["asItLearnt"] == pytest.approx(error, rel=1e-4)
    losses = {t: torch.nn.functional.cross_entropy(scores / t, right).item() for t in np.geomspace(0.2, 20, 400)}
    best = min(losses, key=losses.get)
    assert said["temperature"] == pytest.approx(best, rel=0.02)
    # Without a model.
    count = CountVectorizer()
    bayes = MultinomialNB(alpha=1).fit(count.fit_transform([text for text, _ in trained]), [label for _, label in trained])
    theirs = bayes.predict(count.transform([text for text, _ in held]))
    assert said["baselines"]["naiveBayes"]["accuracy"] == pytest.approx(100 * accuracy_score(wanted, theirs))
    assert said["baselines"]["naiveBayes"]["macroF1"] == pytest.approx(100 * f1_score(wanted, theirs, average="macro", zero_division=0))


def test_figures_of_several_labels_are_those_of_scikit_learn(tmp_path, their_tokenizer):
    model, folder = saved(tmp_path / "saved", their_tokenizer, "BERT with GELU by tanh, of several labels")
    # Far from even, so that it is sure of something.
    with torch.no_grad():
        model.classifier.weight.mul_(60)
    their_models.save(folder, model, their_tokenizer)
    random = np.random.default_rng(5)
    words = ["whale", "sea", "map", "true", "places", "Ishmael", "ship", "coast"]
    # The third label depends on a word; a third of the texts is unlabeled, which means none of the labels.
    rows = []
    for _ in range(120):
        text = random.choice(words, 6)
        own = (random.random(3) < [0.3, 0.6, 0.9 if "ship" in text else 0.1]) & (random.random() < 0.7)
        rows.append((" ".join(text), own))
    held, trained = rows[:80], rows[80:]
    files = []
    for name, some in (("held.csv", held), ("trained.csv", trained)):
        path = tmp_path / name
        named = ((text, "|".join(label for label, has in zip(LABELS, own, strict=True) if has)) for text, own in some)
        path.write_text("\n".join(["text,label", *(f'"{text}","{label}"' for text, label in named)]) + "\n")
        files.append(path)
    asked = {"from": folder, "table": files[0], "train": files[1], "device": "wasm", "unlabeled": "none"}
    scores = homegrown.label_scores(folder, [text for text, _ in held]).astype(np.float64)
    wanted = np.array([own for _, own in held])
    shares = 1 / (1 + np.exp(-scores))
    for least in (0, 0.2, 0.8):
        (said,) = homegrown.command("evaluate", **asked, at_least=least)
        given = shares >= least if least else shares > 0.5
        assert_figures(said["metrics"], wanted, given)
        assert [[each["found"], each["missed"], each["wrong"]] for each in said["labels"]] == [
            [int(found), int(missed), int(wrong)] for (_, wrong), (missed, found) in multilabel_confusion_matrix(wanted, given)
        ]
        assert said["answers"]["labels"] == {"given": given.sum(), "right": (given & wanted).sum(), "wanted": wanted.sum()}
        assert said["answers"]["answered"] == given.any(1).sum()
    # For each label of each text, in ten bins: confidence of the likelier answer, and its accuracy.
    tensor, target = torch.tensor(scores), torch.tensor(wanted, dtype=torch.float64)
    loss = torch.nn.functional.binary_cross_entropy_with_logits
    assert said["metrics"]["loss"]["value"] == pytest.approx(loss(tensor, target).item(), rel=1e-5)
    sure, right = np.maximum(shares, 1 - shares), (shares > 0.5) == wanted
    bins = np.minimum(9, (10 * sure).astype(int))
    gaps = np.bincount(bins.ravel(), weights=(sure - right).ravel(), minlength=10)
    assert said["calibrationError"]["asItLearnt"] == pytest.approx(100 * np.abs(gaps).sum() / sure.size, rel=1e-4)
    losses = {t: loss(tensor / t, target).item() for t in np.geomspace(0.2, 20, 400)}
    assert said["temperature"] == pytest.approx(min(losses, key=losses.get), rel=0.02)
    # Without a model, label by label.
    count = CountVectorizer()
    trained_words, trained_labels = count.fit_transform([text for text, _ in trained]), np.array([own for _, own in trained])
    held_words = count.transform([text for text, _ in held])
    for name, theirs in (
        ("naiveBayes", OneVsRestClassifier(MultinomialNB(alpha=1))),
        ("majority", OneVsRestClassifier(DummyClassifier(strategy="most_frequent"))),
    ):
        given = theirs.fit(trained_words, trained_labels.astype(int)).predict(held_words).astype(bool)
        assert_figures({id: {"value": value} for id, value in said["baselines"][name].items()}, wanted, given)


def assert_figures(said: dict[str, dict[str, float]], wanted: np.ndarray, given: np.ndarray) -> None:
    """A text is correct if all its labels are; the mean skips labels that are neither true nor predicted."""
    assert said["accuracy"]["value"] == pytest.approx(100 * accuracy_score(wanted, given))
    macro = f1_score(wanted, given, average="macro", zero_division=np.nan)
    assert said["macroF1"]["value"] == pytest.approx(100 * macro)
