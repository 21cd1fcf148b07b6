"""Workbooks, presentations and books by Python's own libraries, against the output of prepare."""

import datetime
import json
from pathlib import Path

import homegrown
import openpyxl
import pptx
from ebooklib import epub


def documents(path: Path, tmp_path: Path, **flags: str) -> list[dict]:
    """Text that prepare extracts from a file."""
    homegrown.command("prepare", **{"from": path}, report=tmp_path / "report", out=tmp_path / "out", recipe="none", **flags)
    return [json.loads(line) for line in (tmp_path / "report" / "documents.jsonl").read_text("utf-8").splitlines()]


def test_a_workbook_is_the_values_that_openpyxl_reads(tmp_path):
    book = openpyxl.Workbook()
    first = book.active
    first.append(["id", "review", "when", "share"])
    texts = [f"Number {i} — “fine” & <b>, é\nin two lines" for i in range(400)]
    for i, text in enumerate(texts):
        first.append([i, text, datetime.datetime(1900, 1, 1) + datetime.timedelta(days=i * 97, hours=i % 3), i / 7])
    second = book.create_sheet("More")
    second.append(["id", "review", "when", "share"])
    second.append([1, "The last", datetime.date(2099, 12, 31), 0.5])
    book.create_sheet("Hidden").sheet_state = "hidden"
    book["Hidden"].append(["review"])
    book.save(tmp_path / "a.xlsx")

    found = documents(tmp_path / "a.xlsx", tmp_path, map="a.xlsx:text=review,date=when,label=share")
    assert [each["text"] for each in found] == [*texts, "The last"]
    read = openpyxl.load_workbook(tmp_path / "a.xlsx", data_only=True)
    rows = [row for name in ("Sheet", "More") for row in read[name].iter_rows(min_row=2, values_only=True)]
    for document, (_, _, when, share) in zip(found, rows, strict=True):
        day, _, clock = document["date"].partition("T")
        assert f"{day}T{clock or '00:00:00'}" == when.isoformat()
        assert abs(float(document["label"]) - share) < 1e-13


def test_a_presentation_is_the_texts_that_python_pptx_wrote(tmp_path):
    deck = pptx.Presentation()
    title = deck.slides.add_slide(deck.slide_layouts[0])
    title.shapes.title.text, title.placeholders[1].text = "Whales", "A talk"
    title.notes_slide.notes_text_frame.text = "Say hello.\nSmile."
    bullets = deck.slides.add_slide(deck.slide_layouts[1])
    bullets.shapes.title.text, bullets.placeholders[1].text_frame.text = "Kinds", "Baleen"
    bullets.placeholders[1].text_frame.add_paragraph().text = "Toothed"
    table = deck.slides.add_slide(deck.slide_layouts[5])
    table.shapes.title.text = "Table"
    cells = table.shapes.add_table(2, 2, 0, 0, 10**6, 10**6).table
    for row in range(2):
        for column in range(2):
            cells.cell(row, column).text = f"{row} {column}"
    deck.core_properties.title = "On whales"
    deck.save(tmp_path / "a.pptx")

    (found,) = documents(tmp_path / "a.pptx", tmp_path)
    assert found["title"] == "On whales"
    assert found["text"] == "Whales\nA talk\n\nSay hello.\nSmile.\n\nKinds\nBaleen\nToothed\n\nTable\n0 0\t0 1\n1 0\t1 1"


def test_a_book_is_the_chapters_that_ebooklib_wrote(tmp_path):
    book = epub.EpubBook()
    book.set_title("Der Wal")
    book.set_language("de")
    book.add_author("Ann Müller")
    chapters = []
    for i in range(3):
        chapter = epub.EpubHtml(title=f"Kapitel {i}", file_name=f"kapitel {i}.xhtml", lang="de")
        chapter.content = f"<h1>Kapitel {i}</h1><p>Es war <em>einmal</em> {i} Wal.</p>"
        book.add_item(chapter)
        chapters.append(chapter)
    book.toc = chapters
    book.add_item(epub.EpubNcx())
    book.add_item(epub.EpubNav())
    book.spine = ["nav", *chapters]
    epub.write_epub(tmp_path / "a.epub", book)

    (found,) = documents(tmp_path / "a.epub", tmp_path)
    assert (found["title"], found["language"]) == ("Der Wal", "de")
    assert found["text"] == "\n\n".join(f"Kapitel {i}\n\nEs war einmal {i} Wal." for i in range(3))
