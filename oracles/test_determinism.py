"""Two equal runs have the same bytes in every export, except for ids, dates and clock values."""

import hashlib
import json
import re
from pathlib import Path

import homegrown
import pytest

FORMATS = [
    "hf",
    "safetensors",
    "gguf-f32",
    "gguf-f16",
    "gguf-q8_0",
    "onnx-f32",
    "onnx-f16",
    "html",
    "service",
    "pytorch",
]

RUN = {"layers": 1, "heads": 2, "width": 32, "context": 32, "batch": 4, "steps": 6, "eval_every": 3}

TIMED = {
    "JSON": rb'"(?:createdAt|created|activeMs|active_ms|tokens_per_second)": ?-?\d+(?:\.\d+)?(?:e-?\d+)?',
    "the run's own id": rb'"id": "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"',
    "a model card": rb"started on \d{4}-\d\d-\d\d|[\d.]+ (?:ms|s|min)(?: \d+ s)? of training on \w+\. About [\d.e-]+ Wh",
    "the offline page's check over its card": rb'(?<=id="crc32">)[0-9a-f]{8}(?=<)',
}
"""All that may differ."""


TELLS = {"README.md", "homegrown.json", "trainer_state.json"}
"""Files that tell of a run, and so of its times."""


def timeless(content: bytes) -> bytes:
    for pattern in TIMED.values():
        content = re.sub(pattern, b"", content)
    return content


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


@pytest.fixture(scope="module")
def twins(artefacts, tmp_path_factory) -> tuple[Path, Path]:
    """Folders of one name, by two commands that were given the same."""
    folders = tuple(tmp_path_factory.mktemp("twin") / "model" for _ in range(2))
    for folder in folders:
        homegrown.grow(folder, artefacts.text, tokenizer="bpe:300", device="wasm", **RUN)
    return folders


def assert_same(one: Path, other: Path) -> set[str]:
    """-> the names of files that differ in their times."""
    ones, others = files_of(one), files_of(other)
    assert list(ones) == list(others)
    for name, content in ones.items():
        assert timeless(content) == timeless(others[name]), name
    return {name for name, content in ones.items() if content != others[name]}


def test_two_equal_runs_save_the_same_bytes(twins):
    assert assert_same(*twins) <= TELLS
    # Two runs, and not one looked at twice.
    moments = [json.loads((folder / "homegrown.json").read_text())["createdAt"] for folder in twins]
    assert moments[0] != moments[1]


@pytest.mark.parametrize("format", FORMATS)
def test_their_exports_have_the_same_bytes(twins, tmp_path, format):
    folders = [tmp_path / name for name in ("one", "other")]
    for twin, folder in zip(twins, folders, strict=True):
        folder.mkdir()
        homegrown.export(twin, format, folder / "out")
    differing = {Path(name).name for name in assert_same(*folders)}
    assert differing <= {"html": {"out"}, "service": {"MODEL_CARD.md", "model.json"}}.get(format, TELLS)


def test_another_seed_is_seen(twins, artefacts, tmp_path):
    other = tmp_path / "model"
    homegrown.grow(other, artefacts.text, tokenizer="bpe:300", device="wasm", seed=2, **RUN)
    with pytest.raises(AssertionError):
        assert_same(twins[0], other)
    weights = [hashlib.sha256((folder / "model.safetensors").read_bytes()).digest() for folder in (twins[0], other)]
    assert weights[0] != weights[1]
