"""Fixtures of the oracles: artifacts, each made once per run by our own commands, and the closing line."""

import functools
import hashlib
import json
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import homegrown
import numpy as np
import pytest
import their_models
from filelock import FileLock
from transformers import PreTrainedTokenizerFast

KINDS = {
    "bpe": {"tokenizer": "bpe:400", "special": "padding,mask,separator,sentinel:2,system,user,assistant"},
    "characters": {"tokenizer": "characters"},
    "bytes": {"tokenizer": "bytes"},
}
"""A tokenizer of each kind, as flags of `grow`; one with every special token that there is."""

SIZES = {"layers": 2, "heads": 3, "width": 96, "context": 48, "batch": 4}
"""Default sizes of models: heads that are no power of two, and rows that are multiples of 32."""

TRAINING = {"steps": 60, "learning_rate": 3e-3, "eval_every": 30, "eval_tokens": 512, "device": "wasm"}
"""So much that a model has its likings, and the likeliest token is so by more than rounding."""


class Artefacts:
    """Files written by Homegrown, in a folder removed after the run. `shared`: one folder for all pytest processes."""

    def __init__(self, folder: Path, shared: Path):
        self.folder = folder
        self.shared = shared

    def once(self, name: str, make: Callable[[Path], object]) -> tuple[Path, object]:
        """
        What `make` writes to a path of that name, and returns (as JSON): by the process that comes first. Others wait for it.
        """
        path = self.shared / name
        returned = self.shared / f"{name}.json"
        with FileLock(self.shared / f"{name}.lock"):
            if not returned.exists():
                returned.write_text(json.dumps(make(path)))
            return path, json.loads(returned.read_text())

    @functools.cached_property
    def samples(self) -> dict[str, Path]:
        """The bundled texts, whole, by file name."""
        folder, _ = self.once("samples", lambda path: homegrown.run("scripts/samples.ts", str(path)))
        return {path.name: path for path in sorted(folder.glob("*.txt"))}

    @functools.cached_property
    def text(self) -> Path:
        """The beginning of Moby Dick, 60,000 bytes."""
        path = self.folder / "beginning.txt"
        path.write_bytes(self.samples["moby-dick.txt"].read_bytes()[:60_000])
        return path

    @functools.cache
    def model(self, kind: str = "bpe", **flags: str | int | float) -> Path:
        """The folder that `grow` writes, with a tokenizer of the kind; flags as `grow` has them."""
        return self.grown(kind, **flags)[0]

    @functools.cache
    def grown(self, kind: str = "bpe", **flags: str | int | float) -> tuple[Path, list[dict]]:
        """The same, with the output of `grow --json`."""
        asked = {**KINDS[kind], **SIZES, **TRAINING, **flags}
        text = self.text  # before the lock: it may have to be made too
        return self.once(f"model-{digest(asked)}", lambda out: homegrown.grow(out, text, **asked))

    @functools.cache
    def export(self, source: Path, format: str, optimizer: bool = False) -> Path:
        """The model in the format: a file, or a folder."""
        ending = "" if format in FOLDERS else f".{format.split('-')[0]}"
        if source.parent != self.shared:  # of one test: nobody else has it
            return homegrown.export(source, format, self.new(format, ending), optimizer)
        name = f"{format}-{digest([source.name, optimizer])}{ending}"
        path, _ = self.once(name, lambda out: str(homegrown.export(source, format, out, optimizer)))
        return path

    @functools.cache
    def data(self, kind: str = "bpe") -> "Data":
        """The text as the ids that `grow` learns from, by prepare.py of a hand-over."""
        model, text = self.model(kind), self.text

        def prepare(folder: Path) -> None:
            homegrown.export(model, "pytorch", folder)
            subprocess.run([sys.executable, folder / "prepare.py", text], check=True, capture_output=True)

        folder, _ = self.once(f"data-{digest(kind)}", prepare)
        return Data(folder)

    def new(self, name: str, ending: str = "") -> Path:
        """A path that doesn't exist yet."""
        taken = sum(1 for path in self.folder.iterdir() if path.name.startswith(f"{name}-"))
        return self.folder / f"{name}-{taken + 1}{ending}"


def digest(asked: object) -> str:
    """A name for the request."""
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]


class Data:
    """A hand-over's data, and the windows that steps and evaluations read, by its own data.py."""

    def __init__(self, folder: Path):
        self.code = runpy.run_path(str(folder / "data.py"))
        self.parts = {part: self.code["Tokens"](folder / "data", part) for part in ("train", "val")}
        self.facts = json.loads((folder / "data" / "meta.json").read_text())

    def batch(self, part: str, seed: int, step: int, rows: range, context: int) -> tuple[np.ndarray, np.ndarray]:
        """ids [rows, context] of a step, and for each the token that follows."""
        tokens = self.parts[part]
        ids, targets = tokens.windows(self.code["batch_starts"](tokens.tokens, context, seed, step, rows), context)
        return ids, np.ascontiguousarray(targets)

    def held_out(self, context: int, rows: int, most: int) -> tuple[np.ndarray, np.ndarray]:
        """The same of an evaluation in batches of `rows`, of at most so many tokens."""
        tokens = self.parts["val"]
        return tokens.windows(*self.code["evaluation_starts"](tokens.tokens, context, rows, most))


FOLDERS = ("hf", "onnx-f32", "onnx-f16", "service", "pytorch")


@pytest.fixture(scope="session")
def artefacts(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Artefacts:
    """Each process of pytest-xdist has its own folder in that of the run."""
    base = tmp_path_factory.getbasetemp()
    shared = (base if worker_id == "master" else base.parent) / "shared"
    shared.mkdir(exist_ok=True)
    return Artefacts(tmp_path_factory.mktemp("artefacts"), shared)


@pytest.fixture(scope="session")
def their_tokenizer(artefacts: Artefacts) -> PreTrainedTokenizerFast:
    return their_models.tokenizer_of([artefacts.text.read_bytes().decode(errors="ignore")])


@pytest.fixture(scope="session")
def their_folder(artefacts: Artefacts, their_tokenizer: PreTrainedTokenizerFast) -> Path:
    """A folder of transformers' own, of odd sizes."""
    model = their_models.model_of(len(their_tokenizer))
    return their_models.save(artefacts.folder / "their_folder", model, their_tokenizer)


@pytest.fixture(scope="session")
def untied(artefacts: Artefacts, their_tokenizer: PreTrainedTokenizerFast) -> Path:
    """The same with a classifier that is not the embedding, which no run of ours has yet."""
    model = their_models.model_of(len(their_tokenizer), tie_word_embeddings=False)
    return their_models.save(artefacts.folder / "untied", model, their_tokenizer)


def pytest_sessionfinish() -> None:
    homegrown.end_all()


def pytest_terminal_summary(terminalreporter, config) -> None:
    config.stash[STATS] = terminalreporter.stats


def pytest_unconfigure(config) -> None:
    """Prints after pytest's own report: skipped tests by name, and the line that programs read."""
    stats = config.stash.get(STATS, None)
    if stats is None:
        return
    skipped = stats.get("skipped", [])
    for report in skipped:
        print(f"\nSkipped: {report.nodeid}: {report.longrepr[2].removeprefix('Skipped: ')}")
    passed = len(stats.get("passed", []))
    failed = len(stats.get("failed", [])) + len(stats.get("error", []))
    print(f"\n{passed} passed, {failed} failed" + (f", {len(skipped)} skipped" if skipped else ""))


STATS = pytest.StashKey[dict]()
