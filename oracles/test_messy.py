"""A messy folder: intact files are read, and each other file is named, with a reason and a remedy."""

import json
import re

import homegrown
import messy


def test_a_messy_folder_ends_and_says_why_for_each_file_that_gave_nothing(tmp_path):
    folder = tmp_path / "mess"
    count = messy.make(folder)
    assert count > 300
    report_line = homegrown.command("prepare", **{"from": folder}, report=tmp_path / "report", out=tmp_path / "out", recipe="none")[-1]
    assert report_line["documents"] + sum(report_line["removed"].values()) == report_line["read"]
    lines = (tmp_path / "report" / "documents.jsonl").read_text("utf-8").splitlines()
    documents = [json.loads(line) for line in lines]
    read = {each["name"].split("/in/")[0] for each in documents}
    whole = [f"whole/{i}/{ending} {i}.{ending}" for ending in messy.WHOLE for i in range(5)]
    assert [name for name in whole if not any(each.startswith(name) for each in read)] == []
    for name in ("utf16.txt", "no ending", "/".join(["deep"] * 40) + "/bottom.txt"):
        assert name in read
    refused = {each["name"]: each["reason"] for each in report_line["refused"]}
    for ending in messy.WHOLE:
        assert any(name.startswith(f"empty/empty.{ending}") for name in refused), ending
    for name in ("picture.png", "picture.txt", "pdf called.txt", "text called.pdf", "encrypted.pdf", "latin.txt", "bomb.txt.gz/bomb.txt"):
        assert name in refused, name
    assert not any("DS_Store" in name or "Thumbs" in name or "desktop.ini" in name for name in refused)
    for name, reason in refused.items():
        # One sentence on the problem and one on the remedy; never an error of a program.
        assert re.match(r".{15,}[.)] [A-Z].+\.$", reason, re.DOTALL) or reason.startswith("Duplicate of "), (name, reason)
        assert not re.search(r"undefined|\bNaN\b|TypeError|RangeError|\bat \w+ \(|\[object", reason), (name, reason)
