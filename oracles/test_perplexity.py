"""Held-out metrics of `grow` against transformers' own evaluation of the same windows."""

import math

import pytest
from conftest import KINDS, TRAINING, SIZES
from transformers import AutoModelForCausalLM, Trainer, TrainingArguments

RUNS = {kind: {} for kind in KINDS} | {
    "a model with dropout": {"dropout": 0.2},
    "text that is shorter than asked for": {"eval_tokens": 100_000, "batch": 7},
}


def evaluated(folder, windows, rows: int, out) -> float:
    """The mean loss by Trainer.evaluate, in nats a token."""
    ids, targets = windows
    rows_of = [
        {"input_ids": x.tolist(), "labels": y.tolist(), "shift_labels": y.tolist()}
        for x, y in zip(ids, targets, strict=True)
    ]
    arguments = TrainingArguments(
        output_dir=out,
        per_device_eval_batch_size=rows,
        remove_unused_columns=False,
        report_to=[],
        disable_tqdm=True,
        use_cpu=True,
    )
    model = AutoModelForCausalLM.from_pretrained(folder)
    return Trainer(model, arguments, eval_dataset=rows_of).evaluate()["eval_loss"]


@pytest.mark.parametrize("name", RUNS)
def test_perplexity_is_that_of_transformers(artefacts, tmp_path, name):
    kind = name if name in KINDS else "bpe"
    folder, said = artefacts.grown(kind, **RUNS[name])
    *_, stated = (line for line in said if "out" not in line)
    settings = {**TRAINING, **SIZES, **RUNS[name]}
    data = artefacts.data(kind)
    windows = data.held_out(settings["context"], settings["batch"], settings["eval_tokens"])
    loss = evaluated(folder, windows, settings["batch"], tmp_path)
    assert stated["step"] == settings["steps"]
    assert stated["valLoss"] == pytest.approx(loss, abs=1e-5)
    assert stated["perplexity"] == pytest.approx(math.exp(loss), rel=1e-5)
    tokens, size = data.facts["val"]["tokens"], data.facts["val"]["bytes"]
    assert stated["bitsPerByte"] == pytest.approx(loss / math.log(2) * tokens / size, rel=1e-5)


def test_one_window_too_few_is_seen(artefacts, tmp_path):
    folder, said = artefacts.grown()
    context, rows = SIZES["context"], SIZES["batch"]
    ids, targets = artefacts.data().held_out(context, rows, TRAINING["eval_tokens"])
    assert len(ids) == 8
    loss = evaluated(folder, (ids[:-1], targets[:-1]), rows, tmp_path)
    assert said[-1]["valLoss"] != pytest.approx(loss, abs=1e-4)
