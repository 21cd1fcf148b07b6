"""A folder as nobody tidied it: whole files of many kinds, and the same cut, flipped, empty, wrongly named, deep, encrypted.

`python messy.py FOLDER` makes one, to be dropped on the page."""

import bz2
import gzip
import io
import json
import random
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import fpdf
import openpyxl
import pyarrow
import pyarrow.parquet
import pypdf

SAID = "The whale came up beside the boat, and nobody said a word, for it was very near. "


def text_of(seed: int) -> str:
    return "\n".join(f"{seed}.{i} {SAID}" for i in range(1 + seed % 7))


def written(save: Callable[[io.BytesIO], object]) -> bytes:
    buffer = io.BytesIO()
    save(buffer)
    return buffer.getvalue()


def pdf_of(text: str) -> bytes:
    pdf = fpdf.FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    pdf.multi_cell(0, text=text)
    return bytes(pdf.output())


def docx_of(text: str) -> bytes:
    document = docx.Document()
    document.add_paragraph(text)
    return written(document.save)


def xlsx_of(text: str) -> bytes:
    book = openpyxl.Workbook()
    for row in (["text"], *([line] for line in text.split("\n"))):
        book.active.append(row)
    return written(book.save)


def zip_of(text: str) -> bytes:
    def save(buffer: io.BytesIO) -> None:
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("in/a.txt", text)
            archive.writestr("in/b.html", f"<p>{text}")

    return written(save)


def tar_of(text: str) -> bytes:
    def save(buffer: io.BytesIO) -> None:
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            entry = tarfile.TarInfo("in/a.txt")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))

    return written(save)


WHOLE: dict[str, Callable[[str], bytes]] = {
    "txt": str.encode,
    "md": lambda text: f"# A title\n\n{text}".encode(),
    "html": lambda text: f"<!doctype html><title>A page</title><p>{text}<script>alert(1)</script>".encode(),
    "csv": lambda text: ("text,label\n" + "".join(f'"{line}",1\n' for line in text.split("\n"))).encode(),
    "jsonl": lambda text: "".join(json.dumps({"text": line}) + "\n" for line in text.split("\n")).encode(),
    "json": lambda text: json.dumps([{"text": line} for line in text.split("\n")]).encode(),
    "srt": lambda text: f"1\n00:00:01,000 --> 00:00:02,000\n{text}\n".encode(),
    "ipynb": lambda text: json.dumps({"cells": [{"cell_type": "markdown", "source": text}], "nbformat": 4}).encode(),
    "eml": lambda text: f"From: Ann <a@b>\nSubject: x\nMessage-ID: <{len(text)}@x>\n\n{text}\n".encode(),
    "mbox": lambda text: f"From a@b Mon Nov  1 10:00:00 2021\nFrom: Ann <a@b>\nSubject: x\n\n{text}\n".encode(),
    "pdf": pdf_of,
    "docx": docx_of,
    "xlsx": xlsx_of,
    "parquet": lambda text: written(lambda to: pyarrow.parquet.write_table(pyarrow.table({"text": text.split("\n")}), to)),
    "zip": zip_of,
    "tar.gz": tar_of,
    "txt.gz": lambda text: gzip.compress(text.encode()),
    "txt.bz2": lambda text: bz2.compress(text.encode()),
    "py": lambda text: f"print({text!r})\n".encode(),
}


def encrypted(text: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_of(text)))
    writer.encrypt("secret", algorithm="RC4-128")
    return written(writer.write)


def odd() -> dict[str, bytes]:
    """Files in no supported format, or in one under the name of another."""
    draw = random.Random(3)
    png = b"\x89PNG\r\n\x1a\n" + draw.randbytes(300)
    return {
        ".DS_Store": b"\0\0\0\1Bud1",
        "deep/Thumbs.db": b"\xd0\xcf\x11\xe0",
        "desktop.ini": b"[.ShellClassInfo]",
        "picture.png": png,
        "picture.txt": png,
        "letter.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
        "run.exe": b"MZ" + draw.randbytes(300),
        "song.mp3": b"ID3" + draw.randbytes(300),
        "pdf called.txt": pdf_of(SAID),
        "docx called.txt": docx_of(SAID),
        "text called.pdf": SAID.encode(),
        "text called.docx": SAID.encode(),
        "text called.zip": SAID.encode(),
        "text called.parquet": SAID.encode(),
        "page called.docx": WHOLE["html"](SAID),
        "encrypted.pdf": encrypted(SAID),
        "latin.txt": "Le café était fermé.\n".encode("latin-1") * 20,
        "wide.txt": ("Another one. " + SAID).encode("utf-32"),
        "utf16.txt": ("In sixteen bits. " + SAID).encode("utf-16"),
        "white.txt": b" \n\t" * 40,
        "noughts.txt": bytes(5000),
        "random.bin": draw.randbytes(4000),
        "no ending": b"Without an ending. " + SAID.encode(),
        "lone.json": b'{"a": "\\ud800"}',
        "ragged.csv": b'text,label\n"never closed,1\n' + b"a,b,c,d\n" * 5,
        "<img src=x onerror=alert(1)>.txt": b"Named oddly. " + SAID.encode(),
        "\u202etxt.gnp": b"Named from right to left. " + SAID.encode(),
        "/".join(["deep"] * 40) + "/bottom.txt": b"At the bottom. " + SAID.encode(),
        "bomb.txt.gz": gzip.compress(bytes(30_000_000)),
    }


def make(folder: Path) -> int:
    """Several hundred files. -> how many"""
    draw = random.Random(7)
    files = odd()
    seed = 0
    for ending, whole in WHOLE.items():
        for i in range(5):
            files[f"whole/{i}/{ending} {i}.{ending}"] = whole(text_of(seed := seed + 1))
        files[f"empty/empty.{ending}"] = b""
        for i in range(6):
            content = whole(text_of(seed := seed + 1))
            files[f"cut/{i}.{ending}"] = content[: draw.randrange(1, len(content))]
            flipped = bytearray(content)
            for _ in range(1 + i):
                flipped[draw.randrange(len(flipped))] = draw.randrange(256)
            files[f"flipped/{i}.{ending}"] = bytes(flipped)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return len(files)


if __name__ == "__main__":
    print(make(Path(sys.argv[1])), "files")
