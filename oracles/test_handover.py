"""A stopped run, handed over, continues in PyTorch as it would have here, however it is started."""

import ast
import json
import runpy
import signal
import subprocess
import sys
from importlib.metadata import packages_distributions, version
from pathlib import Path

import homegrown
import numpy as np
import pytest
import torch
from handover import (
    ACCELERATE,
    TORCHRUN,
    Handover,
    apart,
    copied,
    environment,
    hand_over,
    launch,
    launch_on_two_nodes,
    logged,
    run_here,
    stop_after,
)
from packaging.requirements import Requirement
from transformers import AutoModelForCausalLM


PROMPT = "Call me Ishmael. Some years ago"


@pytest.fixture(scope="session")
def adamw(artefacts) -> Handover:
    """Handed over while the rate still rises; half-way through the twenty steps it falls."""
    return hand_over(artefacts, "bpe:400", warmup=30)


@pytest.fixture(scope="session")
def alone(adamw, tmp_path_factory) -> Path:
    """Folder in which one process, started as in the README, has done twenty steps."""
    out = tmp_path_factory.mktemp("alone") / "checkpoints"
    launch(adamw.folder, sys.executable, "train.py", "--out", out, "--stop-after", "20")
    return out


def test_one_process_goes_on_as_we_would_have(adamw, alone):
    assert apart(logged(alone), adamw.whole, adamw.steps) < 1
    state = read_json(adamw.saved(alone), "homegrown.json")["state"]
    assert (state["step"], state["tokensSeen"]) == (adamw.steps[-1], adamw.steps[-1] * 8 * 32)
    opens_alike(adamw.saved(alone))


def test_so_does_sgd_with_a_token_a_character(artefacts, tmp_path):
    flags = {"optimizer": "sgd", "learning_rate": 0.3, "schedule": "linear", "warmup": 0, "seed": 4_000_000_001}
    handover = hand_over(artefacts, "characters", **flags)
    assert apart(run_here(handover.folder, tmp_path), handover.whole, handover.steps) < 1
    opens_alike(handover.saved(tmp_path))


LLAMA = {"model": "llama", "kv_heads": 1, "hidden": 100}
"""Whose matrices lie side by side here, and apart there."""


@pytest.mark.parametrize(
    "optimizer, rate, model, schedule",
    [("lion", 1e-3, {}, "wsd"), ("muon", 3e-3, {}, "wsd"), ("muon", 3e-3, LLAMA, "inverseSqrt")],
)
def test_so_do_optimizers_that_torch_has_not(artefacts, tmp_path, optimizer, rate, model, schedule):
    flags = {"optimizer": optimizer, "learning_rate": rate, "schedule": schedule, "warmup": 5, **model}
    handover = hand_over(artefacts, "bpe:400", **flags)
    assert apart(run_here(handover.folder, tmp_path), handover.whole, handover.steps) < 1
    opens_alike(handover.saved(tmp_path))


def test_so_does_the_average_of_the_weights(artefacts, tmp_path):
    handover = hand_over(artefacts, "bpe:400", ema_decay=0.9, warmup=30)
    assert apart(run_here(handover.folder, tmp_path), handover.whole, handover.steps) < 1
    # A checkpoint saved there resumes there, and opens here.
    opens_alike(handover.saved(tmp_path))
    again = homegrown.export(handover.saved(tmp_path), "pytorch", artefacts.new("hand-over"))
    (again / "data").symlink_to(handover.folder / "data")
    further = Handover(again, handover.steps[-1], handover.whole)
    assert apart(run_here(again, tmp_path / "further"), handover.whole, further.steps) < 1


def test_it_ends_where_nothing_improves_as_it_would_have_here(artefacts, tmp_path):
    """A rate at which nothing is learnt, and an improvement that nothing reaches: it waits for three evaluations, two of them here."""
    still = {"learning_rate": 1e-9, "patience": 3, "min_delta": 1, "eval_every": 10, "warmup": 0}
    handover = hand_over(artefacts, "bpe:400", **still)
    there = run_here(handover.folder, tmp_path)
    ended = max(handover.whole.losses)
    assert handover.step < ended < 80
    assert max(there.losses) == ended
    assert read_json(tmp_path / f"step-{ended}", "homegrown.json")["state"]["waited"]["evaluations"] == 3


def test_accelerate_starts_it_as_one_process_and_as_two(adamw, alone, tmp_path):
    half = ["train.py", "--out", tmp_path, "--stop-after", "10"]
    launch(adamw.folder, *ACCELERATE, "--cpu", "--num_processes=1", "--mixed_precision=no", *half)
    launch(adamw.folder, *ACCELERATE, "--multi_gpu", "--num_processes=2", "--mixed_precision=no", *half)
    went_on_as(adamw, alone, tmp_path)


def test_torchrun_starts_two_that_save_when_they_are_told_to_stop_and_go_on_as_two_machines(adamw, alone, tmp_path):
    # 4 rows a process, in 3 and 1.
    typed = [*TORCHRUN, "train.py", "--out", tmp_path, "--stop-after", "19", "--micro-batch", "3"]
    second = f"step {adamw.step + 2}:"
    # torchrun signals its processes to stop too, and exits with an error.
    options = {"cwd": adamw.folder, "env": environment(), "stderr": subprocess.DEVNULL}
    assert stop_after(typed, lambda line: line.startswith(second), signal.SIGTERM, **options) != 0
    (saved,) = tmp_path.glob("step-*")
    left = adamw.steps[-1] - int(saved.name.removeprefix("step-"))
    with pytest.raises(homegrown.Refused, match="others elsewhere: copy checkpoints/ to every machine"):
        lacking = f"{sys.executable} train.py --out $([ $RANK = 0 ] && echo {tmp_path} || echo nowhere)"
        launch(adamw.folder, *TORCHRUN, "--no-python", "sh", "-c", lacking)
    launch_on_two_nodes(adamw.folder, "--out", tmp_path, "--stop-after", str(left))
    went_on_as(adamw, alone, tmp_path)


def test_two_processes_that_cut_the_model_in_two_do_the_same(adamw, alone, tmp_path):
    half = ["train.py", "--out", tmp_path, "--stop-after", "10"]
    launch(adamw.folder, *TORCHRUN, *half, "--fsdp", "--micro-batch", "3")
    launch(adamw.folder, *ACCELERATE, "--use_fsdp", "--num_processes=2", "--mixed_precision=no", *half)
    went_on_as(adamw, alone, tmp_path)


def test_the_implementation_of_transformers_does_the_same(adamw, alone, tmp_path):
    run_here(adamw.folder, tmp_path, "--transformers")
    went_on_as(adamw, alone, tmp_path)


def test_bfloat16_stays_near_and_weights_and_moments_stay_float32(adamw, alone, tmp_path, monkeypatch):
    monkeypatch.setenv("ACCELERATE_MIXED_PRECISION", "bf16")  # as `accelerate launch --mixed_precision=bf16` says it
    assert 1 < apart(run_here(adamw.folder, tmp_path), logged(alone), adamw.steps) < 100  # 0.01 nats
    for name in ("model.safetensors", "optimizer.safetensors"):
        header, _ = json.JSONDecoder().raw_decode(read_header(adamw.saved(tmp_path) / name))
        assert {tensor["dtype"] for name, tensor in header.items() if name != "__metadata__"} == {"F32"}


@pytest.mark.parametrize("loss, stays", [(9.0, False), (0.1, True)])
def test_a_best_step_that_was_not_kept_is_told_until_it_is_beaten(adamw, tmp_path, loss, stays):
    folder = copied(adamw, tmp_path / "hand-over")
    info = {**read_json(folder / "model", "homegrown.json"), "bestNotKept": {"step": 3, "loss": loss}}
    (folder / "model" / "homegrown.json").write_text(json.dumps(info), encoding="utf-8")
    run_here(folder, tmp_path, "--stop-after", "1")
    assert ("bestNotKept" in read_json(tmp_path / f"step-{adamw.step + 1}", "homegrown.json")) == stays


@pytest.mark.parametrize(
    "variable, value", [("MIXED_PRECISION", "fp16"), ("USE_DEEPSPEED", "true"), ("USE_MEGATRON_LM", "true")]
)
def test_what_accelerate_is_set_up_for_and_train_py_has_not_is_refused(adamw, tmp_path, monkeypatch, variable, value):
    monkeypatch.setenv(f"ACCELERATE_{variable}", value)
    with pytest.raises(SystemExit, match="train.py supports only FSDP and bf16"):
        run_here(adamw.folder, tmp_path)


def test_what_it_makes_is_exported_here_and_can_be_handed_over_again(adamw, alone, artefacts, tmp_path):
    made = adamw.saved(alone)
    folder = homegrown.export(made, "hf", artefacts.new("hf"))
    opens_alike(folder)
    assert np.array_equal(logits(folder)[1], logits(made)[1])
    assert homegrown.sample(made, PROMPT, 12) == homegrown.sample(folder, PROMPT, 12)

    again = homegrown.export(made, "pytorch", artefacts.new("hand-over"))
    (again / "data").symlink_to(adamw.folder / "data")
    further = Handover(again, adamw.steps[-1], adamw.whole)
    assert apart(run_here(again, tmp_path), adamw.whole, further.steps) < 1


@pytest.mark.parametrize("name", ["model", "optimizer"])
def test_a_flipped_bit_ends_it_before_it_trains(adamw, tmp_path, name):
    folder = copied(adamw, tmp_path / "hand-over")
    path = folder / "model" / f"{name}.safetensors"
    tensors = bytearray(path.read_bytes())
    tensors[-1] ^= 1
    path.write_bytes(tensors)
    with pytest.raises(SystemExit, match="tensors have changed since they were saved"):
        run_here(folder, tmp_path / "checkpoints")
    assert not (tmp_path / "checkpoints").exists()


def test_text_is_cut_into_the_tokens_that_we_cut_it_into(artefacts, tmp_path):
    texts = [artefacts.text, tmp_path / "marked.txt", tmp_path / "hard.txt"]
    texts[1].write_bytes(b"\xef\xbb\xbf" + "Ä first line.\r\nA second,\n\n  a third — “ones”\n".encode() * 40)
    texts[2].write_bytes("the sea\tthe sea <|endoftext|> 1851 \U0001f40b\u200d\n\n".encode() * 40)
    out = artefacts.new("three")
    homegrown.command(
        "grow",
        "--text",
        *map(str, texts),
        **{"tokenizer": "bpe:400", "layers": 1, "heads": 1, "width": 8, "context": 8, "batch": 1, "steps": 1},
        **{"eval_tokens": 8, "device": "wasm", "out": out},
    )
    folder = homegrown.export(out, "pytorch", artefacts.new("hand-over"))
    launch(folder, sys.executable, "prepare.py", *texts)
    meta, facts = read_json(folder / "data", "meta.json"), read_json(out, "homegrown.json")["segments"][-1]["data"]["parts"]
    for ours, part in (("train", "train"), ("validation", "val")):
        assert {name: facts[ours][name] for name in ("tokens", "bytes", "documents")} == meta[part]
        ids = np.fromfile(folder / "data" / f"{part}.bin", dtype=meta["dtype"])
        borders = np.fromfile(folder / "data" / f"{part}.documents.bin", dtype="<u4").reshape(-1, 2)
        ends = borders.sum(1)
        assert borders[0, 0] == 0 and ends[-1] == len(ids)
        assert (ids[ends[:-1]] == meta["endOfText"]).all() and (borders[1:, 0] == ends[:-1] + 1).all()
    # The beginnings of three texts, with the end of a text between them.
    ids = np.fromfile(folder / "data" / "train.bin", dtype=meta["dtype"])
    parts = np.split(ids, np.flatnonzero(ids == meta["endOfText"]))
    ours = homegrown.ids(out, [text.read_bytes().decode("utf-8-sig")[:400] for text in texts])
    for part, want in zip(parts, ours, strict=True):
        got = part[part != meta["endOfText"]][: len(want) - 2].tolist()
        assert got == want[:-2]

    prepare = runpy.run_path(str(folder / "prepare.py"))
    text = "Ä first line.\nA second,\n\n  a third\r\nand 1851\n\tones — '" + "the sea\nthe sea " * 9 + "'\n"
    pieces = [*prepare["pieces"](text, 8)]
    assert len(pieces) > 5 and "".join(pieces) == text
    assert sum(homegrown.ids(out, pieces), []) == homegrown.ids(out, [text])[0]


def test_requirements_name_what_the_scripts_import_and_these_versions_satisfy_them(adamw):
    lines = (adamw.folder / "requirements.txt").read_text(encoding="utf-8").splitlines()
    asked = {each.name: each for each in (Requirement(line) for line in lines if line and not line.startswith("#"))}
    scripts = list(adamw.folder.glob("*.py"))
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in scripts]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    imported = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    tops = {name.partition(".")[0] for name in imported} - sys.stdlib_module_names - {path.stem for path in scripts}
    distributions = packages_distributions()
    assert {distributions[top][0] for top in tops} == asked.keys()
    assert all(each.specifier.contains(version(name)) for name, each in asked.items())


def replaced(name: str, old: str, new: str):
    def fault(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{name} has no longer, once, {old}"
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")

    return fault


def swapped_moments(folder: Path) -> None:
    optimizers = read_json(folder, "optimizers.json")
    optimizers["adamw"]["moments"] = {"adam.m": "exp_avg_sq", "adam.v": "exp_avg"}
    (folder / "optimizers.json").write_text(json.dumps(optimizers), encoding="utf-8")


def next_ids(folder: Path) -> None:
    ids = np.fromfile(folder / "data" / "train.bin", dtype=np.uint16)
    ((ids + 1) % 400).tofile(folder / "data" / "train.bin")


FAULTS = {
    "moments swapped": swapped_moments,
    "moments lost": lambda folder: (folder / "model" / "optimizer.safetensors").unlink(),
    "steps counted anew": replaced("checkpoint.py", "torch.tensor(float(step))", "torch.tensor(0.0)"),
    "ids off by one": next_ids,
    "windows off by one": replaced("data.py", "start : start + length + 1", "start + 1 : start + length + 2"),
    "another seed": replaced("recipe.json", '"seed": 1', '"seed": 2'),
    "another schedule": replaced("recipe.json", '"cosine"', '"linear"'),
    "warm-up off by one": replaced("train.py", "* step / recipe", "* (step - 1) / recipe"),
    "decay on all": replaced("train.py", ' if decays else 0.0', ""),
    "not clipped": replaced("recipe.json", '"clip": 0.4', '"clip": 0'),
    "a lost bias": replaced("model.py", "@ self.weight + self.bias", "@ self.weight"),
    "another epsilon": replaced("model.py", "EPSILON = 1e-5", "EPSILON = 1e-6"),
    "heads swapped": replaced("model.py", "y.transpose(1, 2)", "y.flip(1).transpose(1, 2)"),
    "a transposed weight": replaced(
        "checkpoint.py",
        "copy_(weights[name])",
        'copy_(weights[name].T if name.endswith("attn.c_proj.weight") else weights[name])',
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_seen(adamw, tmp_path, fault):
    folder = copied(adamw, tmp_path / "hand-over")
    FAULTS[fault](folder)
    try:
        assert apart(run_here(folder, tmp_path / "checkpoints"), adamw.whole, adamw.steps) > 1
    except SystemExit as ended:
        assert "the loss is nan" in str(ended)


def went_on_as(handover: Handover, alone: Path, out: Path) -> None:
    """Checks twenty steps against the losses of one process; the saved model opens and gives the same."""
    assert apart(logged(out), logged(alone), handover.steps) < 1
    made = handover.saved(out)
    assert np.abs(opens_alike(made) - logits(handover.saved(alone))[1]).max() < 1e-4


def opens_alike(folder: Path) -> np.ndarray:
    """Opens a folder in transformers and here. Returns the logits."""
    ids, ours = logits(folder)
    with torch.no_grad():
        theirs = AutoModelForCausalLM.from_pretrained(folder).eval()(torch.tensor([ids])).logits[0].numpy()
    assert np.abs(theirs - ours).max() < 1e-4
    return ours


def logits(folder: Path) -> tuple[list[int], np.ndarray]:
    """Our scores for a prompt, with its ids."""
    ids = homegrown.ids(folder, [PROMPT])[0][:32]
    return ids, homegrown.logits(folder, ids)


def read_json(folder: Path, name: str) -> dict:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def read_header(path: Path) -> str:
    """Of a safetensors file."""
    with path.open("rb") as file:
        return file.read(int.from_bytes(file.read(8), "little")).decode("utf-8")
