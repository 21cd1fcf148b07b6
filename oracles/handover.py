"""A run that is stopped here and handed over, and the ways in which people start its train.py."""

import json
import os
import runpy
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import homegrown
import torch

BIN = Path(sys.executable).parent
TORCHRUN = [BIN / "torchrun", "--standalone", "--nproc-per-node=2"]
ACCELERATE = [BIN / "accelerate", "launch", "--num_machines=1", "--dynamo_backend=no", "--main_process_port=0"]
PATIENCE = 600
"""Seconds, after which processes that wait for each other are given up."""


class Curve(NamedTuple):
    """By step: nats per token, the gradient norm before clipping, and nats and bits per byte on held-out text."""

    losses: dict[int, float]
    norms: dict[int, float]
    held_out: dict[int, float]
    bits: dict[int, float]


def curve(entries: list[dict]) -> Curve:
    def column(name: str) -> dict[int, float]:
        return {entry["step"]: entry[name] for entry in entries if name in entry}

    return Curve(*map(column, ("loss", "grad_norm", "eval_loss", "bits_per_byte")))


def logged(out: Path) -> Curve:
    """Results of all calls of train.py."""
    return curve([json.loads(line) for line in (out / "log.jsonl").read_text(encoding="utf-8").splitlines()])


def recorded(folder: Path) -> Curve:
    """Facts that a model's folder states about its run."""
    return curve(json.loads((folder / "trainer_state.json").read_text(encoding="utf-8"))["log_history"])


ALLOWED = Curve(losses=1e-4, norms=2e-3, held_out=1e-4, bits=1e-4)
"""Norms carry rounding further, one beyond 1 by its length; where gradients are clipped, they alone tell a sum of them from a mean."""


def apart(one: Curve, other: Curve, steps: range) -> float:
    """The largest difference in these steps, by the allowed one. Both know every loss, and an evaluation."""
    shared = [[step for step in steps if step in a and step in b] for a, b in zip(one, other)]
    assert shared[0] == shared[1] == [*steps] and shared[2] and shared[3]
    lengths = Curve({}, {step: max(1.0, norm) for step, norm in other.norms.items()}, {}, {})
    columns = zip(one, other, ALLOWED, lengths, shared)
    return max(
        abs(a[step] - b[step]) / (allowed * length.get(step, 1.0)) for a, b, allowed, length, known in columns for step in known
    )


class Handover(NamedTuple):
    folder: Path
    step: int
    """At which it was handed over."""
    whole: Curve
    """Result of an uninterrupted run."""

    @property
    def steps(self) -> range:
        """The twenty that follow."""
        return range(self.step + 1, self.step + 21)

    def saved(self, out: Path) -> Path:
        return out / f"step-{self.steps[-1]}"


def hand_over(artefacts, tokenizer: str, **flags: str | int | float) -> Handover:
    """Two equal runs; the second stops after its evaluation at step 20, and moves to PyTorch with its text."""
    settings = {
        "tokenizer": tokenizer,
        **{"layers": 2, "heads": 3, "width": 48, "context": 32, "batch": 4, "accumulate": 2, "steps": 80},
        **{"eval_every": 20, "eval_tokens": 512, "learning_rate": 3e-3, "clip": 0.4, "device": "wasm", **flags},
    }
    homegrown.grow(whole := artefacts.new("whole"), artefacts.text, **settings)
    grow_until(20, begun := artefacts.new("begun"), artefacts.text, settings)
    folder = homegrown.export(begun, "pytorch", artefacts.new("hand-over"))
    launch(folder, sys.executable, "prepare.py", artefacts.text)
    step = json.loads((begun / "homegrown.json").read_text(encoding="utf-8"))["state"]["step"]
    return Handover(folder, step, recorded(whole))


def grow_until(step: int, out: Path, text: Path, settings: dict[str, str | int | float]) -> None:
    """Ctrl-C as soon as it tells of that step."""
    typed = [word for flag, value in settings.items() for word in (f"--{flag.replace('_', '-')}", str(value))]
    typed = [homegrown.NODE, homegrown.ROOT / "scripts/cli.mjs", "grow", "--json", "--text", text, "--out", out, *typed]
    stop_after(typed, lambda line: json.loads(line)["step"] == step, signal.SIGINT, cwd=homegrown.ROOT)


def stop_after(typed: list, is_last, word: signal.Signals, **options) -> int:
    """Tells a command to stop, once, by a signal, as soon as it says a certain line. Returns how it ended."""
    is_told = False
    with subprocess.Popen(typed, stdout=subprocess.PIPE, encoding="utf-8", **options) as command:
        for line in command.stdout:
            if not is_told and is_last(line):
                command.send_signal(word)
                is_told = True
    assert is_told
    return command.returncode


def environment(**more: str) -> dict[str, str]:
    """Nobody's configuration of accelerate, and a thread a process."""
    nowhere = str(homegrown.ROOT / ".oracles" / "no-configuration")
    return {**os.environ, "OMP_NUM_THREADS": "1", "HF_HOME": nowhere, **more}


def launch(folder: Path, *typed: str | Path, **more: str) -> str:
    """Runs a command line in the folder, with environment variables. Returns both outputs."""
    done = subprocess.run(
        [str(word) for word in typed],
        cwd=folder,
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=PATIENCE,
    )
    if done.returncode != 0:
        raise homegrown.Refused(done.stdout)
    return done.stdout


def launch_on_two_nodes(folder: Path, *arguments: str | Path) -> None:
    """A torchrun for each of two machines, as in cluster.md; both are this one."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        endpoint = f"localhost:{free.getsockname()[1]}"
    node = [BIN / "torchrun", "--nnodes=2", "--nproc-per-node=1", "--local-addr=localhost", "--rdzv-backend=c10d"]
    typed = [*node, f"--rdzv-endpoint={endpoint}", "--rdzv-id=run", "train.py", *arguments]
    nodes = [subprocess.Popen(typed, cwd=folder, env=environment(), stdout=subprocess.DEVNULL) for _ in range(2)]
    try:
        assert [node.wait(PATIENCE) for node in nodes] == [0, 0]
    finally:
        for node in nodes:
            node.kill()


def run_here(folder: Path, out: Path, *arguments: str) -> Curve:
    """Runs train.py in this process, as loading PyTorch takes longer than twenty steps."""
    typed = ["train.py", "--out", str(out), "--stop-after", "20", *arguments]
    handlers = {word: signal.getsignal(word) for word in (signal.SIGTERM, signal.SIGINT)}
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # more of them wait for each other longer than they multiply
    try:
        with patch.object(sys, "argv", typed), patch.object(sys, "path", [str(folder), *sys.path]):
            with torch.random.fork_rng():
                runpy.run_path(str(folder / "train.py"), run_name="__main__")
    finally:
        for path in folder.glob("*.py"):
            sys.modules.pop(path.stem, None)
        for word, handler in handlers.items():
            signal.signal(word, handler)
        torch.set_num_threads(threads)
    return logged(out)


def copied(handover: Handover, folder: Path) -> Path:
    return shutil.copytree(handover.folder, folder, ignore=shutil.ignore_patterns("checkpoints"))
