"""Homegrown's own commands, called as a person calls them, with their answers as data."""

import functools
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file

ROOT = Path(__file__).resolve().parent.parent
NODE = os.environ.get("NODE", "node")


class Refused(Exception):
    """A command that ended with an error. Its words are those on standard error."""


def command(name: str, *arguments: str, **flags: str | int | float | Path | bool) -> list[dict[str, Any]]:
    """`command("grow", steps=20)` is `npm run grow -- --json --steps 20`. Returns its output, an object per line."""
    typed = [name, "--json", *arguments]
    for flag, value in flags.items():
        switch = f"--{flag.replace('_', '-')}"
        typed += [switch] if value is True else [switch, str(value)]
    return [json.loads(line) for line in run_command(*typed).splitlines()]


def grow(out: Path, text: Path, **flags: str | int | float) -> list[dict[str, Any]]:
    """A model of `text`, in the folder `out`. Returns its evaluations, and last the result."""
    return command("grow", text=text, out=out, **flags)


def export(source: Path, format: str, out: Path, optimizer: bool = False) -> Path:
    """A model in the format of another tool. Returns `out`."""
    command("export", **{"from": source}, format=format, out=out, **({"optimizer": True} if optimizer else {}))
    return out


def sample(source: Path, prompt: str, tokens: int) -> str:
    """The likeliest continuation of a prompt, without the line break that ends it."""
    flags = ["--from", str(source), "--tokens", str(tokens), "--temperature", "0", "--device", "wasm"]
    # A prompt of its own word, for it may begin with dashes.
    return run_command("sample", *flags, f"--prompt={prompt}").removesuffix("\n")


def logits(folder: Path, ids: list[int], engine: str = "wasm") -> np.ndarray:
    """Scores [ids, vocabulary] of a Hugging Face folder, or a GGUF file, by Homegrown's own engine, in f32."""
    return np.array(ask(folder=str(folder), ids=ids, engine=engine), dtype=np.float32).reshape(len(ids), -1)


def gradients(folder: Path, ids: list[int], out: Path) -> tuple[float, dict[str, np.ndarray]]:
    """Gradients of a Hugging Face folder by its names, of the mean loss over next ids. -> that loss, gradients"""
    loss = ask(folder=str(folder), ids=ids, gradients=str(out))
    return loss, load_file(out)


def rows(folder: Path, rows: list[list[int]], lengths: list[int], at: str | None = None, engine: str = "wasm") -> np.ndarray:
    """Outputs of an encoder for padded rows: scores [rows, width, vocabulary], or the activation of that name."""
    question = {"folder": str(folder), "rows": {"ids": rows, "targets": [], "lengths": lengths}, "engine": engine}
    values = ask(**question, **({} if at is None else {"at": at}))
    return np.array(values, dtype=np.float32).reshape(len(rows), len(rows[0]), -1)


def label_scores(folder: Path, texts: list[str], engine: str = "wasm") -> np.ndarray:
    """Scores of texts by a classifier: [texts, labels]."""
    return np.array(ask(folder=str(folder), classify=texts, engine=engine), dtype=np.float32)


def ids(folder: Path, texts: list[str]) -> list[list[int]]:
    """Texts as ids by Homegrown's own tokenizer."""
    return ask(folder=str(folder), texts=texts)


def ask(**question: Any) -> Any:
    """Queries ours.ts, which has no command. Raises Refused with its reason if the folder can't be opened."""
    said = exchange("ours.ts", question)
    if "refused" in said:
        raise Refused(said["refused"])
    return said["answer"]


def run_command(*typed: str) -> str:
    """Standard output of a command, `run_command("runs", "--from", folder)`. Raises Refused with standard error if it fails."""
    if not stays_off_the_gpu(typed):
        return run("scripts/cli.mjs", *typed)
    done = exchange("commands.ts", typed)
    if done["code"] != 0:
        raise Refused(done["stderr"].strip())
    return done["stdout"]


def stays_off_the_gpu(typed: tuple[str, ...]) -> bool:
    """Whether a command can share a process with others. A GPU stays open until its process ends."""
    if typed[0] in ("export", "prepare", "runs", "score"):
        return True
    return any(pair in (("--device", "wasm"), ("--device", "cpu")) for pair in zip(typed, typed[1:]))


def exchange(script: str, message: Any) -> Any:
    """Answer of a script of this folder to a line of JSON."""
    process = started(script)
    process.stdin.write(f"{json.dumps(message)}\n")
    process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"oracles/{script} ended with {process.wait()}; it says why above")
    return json.loads(line)


def end_all() -> None:
    """Ends the processes that answer, and waits for them, so that their time counts as the oracles'."""
    for process in PROCESSES:
        process.stdin.close()
        process.wait()


PROCESSES: list[subprocess.Popen[str]] = []


@functools.cache
def started(script: str) -> subprocess.Popen[str]:
    """One process for all messages, until `end_all`."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "encoding": "utf-8"}
    process = subprocess.Popen([NODE, "--import", "tsx", str(ROOT / "oracles" / script)], cwd=ROOT, **pipes)
    PROCESSES.append(process)
    return process


def run(script: str, *arguments: str) -> str:
    """Standard output of our script in Node. Raises Refused with its error output if it fails."""
    done = subprocess.run(
        [NODE, *(["--import", "tsx"] if script.endswith(".ts") else []), str(ROOT / script), *arguments],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
    )
    if done.returncode != 0:
        raise Refused(done.stderr.strip())
    return done.stdout
