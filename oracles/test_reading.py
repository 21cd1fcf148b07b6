"""Output of other programs, read by `prepare`: warcio crawls, pyarrow tables, packed by Python's bz2 and gzip."""

import bz2
import gzip
import io
import json
import random
from pathlib import Path

import homegrown
import pyarrow
import pyarrow.parquet
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

WORDS = "Der Wal größer 你好 Привет مرحبا boat whale nobody said a word & <so> \"on\"".split()


def texts(count: int, seed: int) -> list[str]:
    """Texts of a few to some hundred words in several scripts, all different."""
    draw = random.Random(seed)
    return [f"{i} " + " ".join(draw.choices(WORDS, k=draw.randint(1, 300))) for i in range(count)]


def prepared(folder: Path, *names: str, **flags: str) -> list[dict]:
    """Documents of files, as `prepare` reports them. Raises if one is refused."""
    report = folder / "report"
    flags = {"report": report, "out": folder / "out", "recipe": "none", **flags}
    summary = homegrown.command("prepare", "--from", *(str(folder / name) for name in names), **flags)[-1]
    assert summary["refused"] == []
    return [json.loads(line) for line in (report / "documents.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gzip", "chunked", "both"])
def test_pages_that_warcio_has_kept_are_documents(tmp_path, version, encoding):
    said = texts(20, 1)
    with open(tmp_path / "a.warc.gz", "wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version=version)
        writer.write_record(writer.create_warcinfo_record("a.warc.gz", {"software": "warcio"}))
        for i, text in enumerate(said):
            body = text.encode("utf-16" if encoding == "utf-16" else "utf-8")
            headers = [("Content-Type", "text/plain; charset=utf-8" if encoding != "utf-16" else "text/plain")]
            if encoding in ("gzip", "both"):
                body = gzip.compress(body)
                headers.append(("Content-Encoding", "gzip"))
            if encoding in ("chunked", "both"):
                parts = [body[at : at + 97] for at in range(0, len(body), 97)]
                body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
                headers.append(("Transfer-Encoding", "chunked"))
            answer = StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1")
            kept = {"payload": io.BytesIO(body), "http_headers": answer}
            writer.write_record(writer.create_warc_record(f"http://x.example/{i}", "response", **kept))
    found = prepared(tmp_path, "a.warc.gz")
    assert [each["text"] for each in found] == said
    assert [each["source"] for each in found] == [f"http://x.example/{i}" for i in range(len(said))]


@pytest.mark.parametrize("compression", ["snappy", "gzip", "zstd", "brotli", "lz4", "none"])
@pytest.mark.parametrize("page", ["1.0", "2.0"])
def test_rows_that_pyarrow_has_written_are_documents(tmp_path, compression, page):
    said = texts(3000, 2)
    table = pyarrow.table({"told": [{"text": text, "label": str(i % 5)} for i, text in enumerate(said)]})
    path = tmp_path / "a.parquet"
    layout = {"row_group_size": 1100, "data_page_size": 5000, "data_page_version": page}
    pyarrow.parquet.write_table(table, path, compression=compression, **layout)
    found = prepared(tmp_path, "a.parquet", map="a.parquet:text=told.text,label=told.label")
    assert [each["text"] for each in found] == said
    assert [each["label"] for each in found] == [str(i % 5) for i in range(len(said))]


@pytest.mark.parametrize("encoding", ["PLAIN", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"])
@pytest.mark.parametrize("page", ["1.0", "2.0"])
@pytest.mark.parametrize("compression", ["brotli", "none"])
def test_rows_that_pyarrow_has_written_by_their_differences_are_documents(tmp_path, encoding, page, compression):
    # Sorted, so that they share how they begin; a row in seven has no text.
    said = [text if i % 7 else None for i, text in enumerate(sorted(texts(3000, 4)))]
    numbers = [None if i % 11 == 3 else (i - 1500) ** 3 for i in range(len(said))]
    shares = [i / 7 for i in range(len(said))]
    table = pyarrow.table({"text": said, "label": numbers, "title": pyarrow.array(shares, pyarrow.float64())})
    layout = {"row_group_size": 1100, "data_page_size": 5000, "data_page_version": page, "use_dictionary": False}
    encodings = {"text": encoding, "label": "DELTA_BINARY_PACKED", "title": "BYTE_STREAM_SPLIT"}
    path = tmp_path / "a.parquet"
    pyarrow.parquet.write_table(table, path, compression=compression, column_encoding=encodings, **layout)
    found = prepared(tmp_path, "a.parquet", map="a.parquet:text=text,label=label,title=title")
    rows = [(text, str(number) if number is not None else None, share) for text, number, share in zip(said, numbers, shares)]
    rows = [row for row in rows if row[0] is not None]
    assert [each["text"] for each in found] == [text for text, _, _ in rows]
    assert [each.get("label") for each in found] == [number for _, number, _ in rows]
    assert [float(each["title"]) for each in found] == [share for _, _, share in rows]


@pytest.mark.parametrize("level", [1, 9])
def test_what_bz2_has_packed_is_unpacked(tmp_path, level):
    draw = random.Random(level)
    # Several blocks, and run-length codes.
    said = "".join(draw.choice("ab") * draw.choice([*range(1, 9)] * 8 + [254, 255, 256, 259, 1000]) for _ in range(20_000))
    said += "".join(texts(500, 3))
    packed = bz2.compress(said[:1000].encode(), level) + bz2.compress(said[1000:].encode(), level)
    (tmp_path / "a.txt.bz2").write_bytes(packed)
    assert [each["text"] for each in prepared(tmp_path, "a.txt.bz2")] == [said]
