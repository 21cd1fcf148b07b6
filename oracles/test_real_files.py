"""PDFs, web pages and documents of Word, 50 of each and more, as `prepare` and others' programs read them: words in common."""

import json
import operator
import re
import shutil
import statistics
import subprocess
from collections import Counter
from collections.abc import Callable
from itertools import groupby, pairwise
from pathlib import Path
from typing import NamedTuple

import docx
import homegrown
import pypdf
import pytest
import real_files
import trafilatura

KINDS: dict[str, Callable[[Path, list[list[str]]], None]] = {
    "pdf": real_files.pdfs,
    "html": real_files.pages,
    "docx": real_files.word_documents,
}


def by_poppler(path: Path) -> str:
    if not shutil.which("pdftotext"):
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    return subprocess.run(["pdftotext", "-enc", "UTF-8", path, "-"], capture_output=True, encoding="utf-8", check=True).stdout


def by_pandoc(path: Path) -> str:
    if shutil.which("pandoc"):
        asked = ["pandoc", "--to=plain", "--wrap=none", path]
        return subprocess.run(asked, capture_output=True, encoding="utf-8", check=True).stdout
    document = docx.Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(each.text for each in document.paragraphs), *cells])


def by_trafilatura(path: Path) -> str:
    return trafilatura.extract(path.read_text("utf-8"), include_comments=False, include_tables=True) or ""


THEIRS = {"pdf": by_poppler, "html": by_trafilatura, "docx": by_pandoc}


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def pairs(text: str) -> Counter[tuple[str, str]]:
    """Pairs of consecutive words, which show the reading order."""
    return Counter(pairwise(words(text)))


class Shares(NamedTuple):
    """Shares: their words that ours has, our words that theirs has, and the first for word pairs."""

    recall: float
    precision: float
    order: float


def shares(theirs: str, ours: str) -> Shares:
    a, b = Counter(words(theirs)), Counter(words(ours))
    common = (a & b).total()
    following = (pairs(theirs) & pairs(ours)).total()
    return Shares(common / max(1, a.total()), common / max(1, b.total()), following / max(1, pairs(theirs).total()))


MEAN = {"pdf": Shares(0.99, 0.995, 0.985), "html": Shares(0.96, 0.96, 0.95), "docx": Shares(0.995, 0.995, 0.99)}
MIN = {"pdf": Shares(0.98, 0.99, 0.85), "html": Shares(0.70, 0.80, 0.65), "docx": Shares(0.98, 0.99, 0.97)}
"""What is lost and gained, and why: docs/benchmarks.md, Reading."""


@pytest.mark.parametrize("kind", KINDS)
def test_words_in_common(artefacts, tmp_path, kind):
    folder = tmp_path / "in"
    folder.mkdir()
    KINDS[kind](folder, real_files.chapters(artefacts.samples["moby-dick.txt"]))
    paths = sorted(folder.iterdir())
    assert len(paths) >= 50
    summary = homegrown.command("prepare", **{"from": folder}, report=tmp_path / "report", out=tmp_path / "out", recipe="none")[-1]
    assert summary["refused"] == []
    lines = (tmp_path / "report" / "documents.jsonl").read_text("utf-8").splitlines()
    ours = {Path(each["name"]).name: each["text"] for each in map(json.loads, lines)}
    found = {path.name: shares(THEIRS[kind](path), ours[path.name]) for path in paths}
    for maker, own in groupby(found, lambda name: name.rsplit("-", 1)[0]):
        columns = list(zip(*(found[name] for name in own), strict=True))
        print(maker, len(columns[0]), *(f"{statistics.mean(each):.4f} (least {min(each):.4f})" for each in columns))
    for name, each in found.items():
        assert all(map(operator.ge, each, MIN[kind])), f"{name}: {each}"
    mean = Shares(*map(statistics.mean, zip(*found.values(), strict=True)))
    assert all(map(operator.ge, mean, MEAN[kind])), mean
