"""Realistic files, made with common programs: PDFs, web pages, Word documents."""

import html
import random
import re
import shutil
import subprocess
from pathlib import Path

import docx
import docutils.core
import fpdf
import homegrown
import markdown
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, Spacer, Table

SEEDS = range(25)


def chapters(text: Path) -> list[list[str]]:
    """Chapters of Moby Dick: heading and paragraphs of each, one per line, without short ones."""
    parts = re.split(r"\n(?=CHAPTER \d+\. )", text.read_text("utf-8").replace("\r\n", "\n"))
    all_of_them = [[" ".join(each.split()) for each in part.split("\n\n") if each.strip()] for part in parts]
    return [each for each in all_of_them if len(each) > 6]


def readmes() -> list[Path]:
    """READMEs of npm packages that build this project, in Markdown."""
    found = sorted(homegrown.ROOT.glob("node_modules/*/README.md"))
    unlike = {path.read_bytes(): path for path in found if 3_000 < path.stat().st_size < 60_000}
    return list(unlike.values())[:30]


def latin(text: str) -> str:
    """Text in the character set of the standard fonts of every PDF reader."""
    return text.translate({0x2019: "'", 0x2018: "'", 0x201C: '"', 0x201D: '"', 0x2014: " - "}).encode("latin-1", "replace").decode("latin-1")


def pdfs(folder: Path, book: list[list[str]]) -> None:
    for seed in SEEDS:
        draw = random.Random(seed)
        heading, *paragraphs = (latin(each) for each in draw.choice(book)[:30])
        by_reportlab(folder / f"reportlab-{seed}.pdf", heading, paragraphs, 1 + seed % 3, draw)
        heading, *paragraphs = (latin(each) for each in draw.choice(book)[:30])
        by_fpdf(folder / f"fpdf-{seed}.pdf", heading, paragraphs, 1 + seed % 2)
    if chromium := shutil.which("chromium"):
        for seed in range(4):
            page = folder / f"{seed}.html"
            body = "".join(f"<p>{html.escape(each)}" for each in book[seed][:40])
            style = f"column-count: {1 + seed % 2}; font-family: serif; text-align: justify"
            page.write_text(f"<!doctype html><meta charset=utf-8><title>x</title><body style='{style}'>{body}", "utf-8")
            flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={folder / f'chromium-{seed}.pdf'}"]
            subprocess.run([chromium, *flags, page.as_uri()], capture_output=True, timeout=60)
            page.unlink()


def by_reportlab(path: Path, heading: str, paragraphs: list[str], columns: int, draw: random.Random) -> None:
    """PDF pages with several columns, headers and footers, and a table."""
    width, height = draw.choice([A4, LETTER])
    each = (width - 100) / columns
    frames = [Frame(50 + i * each, 60, each - 10 * (columns > 1), height - 130, id=f"{i}") for i in range(columns)]

    def edges(canvas, page) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(50, height - 40, "Moby Dick; or, The Whale")
        canvas.drawRightString(width - 50, 30, f"{page.page}")

    document = BaseDocTemplate(str(path), pagesize=(width, height), title=heading)
    document.addPageTemplates(PageTemplate(frames=frames, onPage=edges))
    styles = getSampleStyleSheet()
    style = styles["BodyText"].clone("own", alignment=draw.choice([0, 4]), fontSize=draw.choice([8, 9, 11]))
    parts = [Paragraph(html.escape(heading), styles["Heading1"])]
    for i, text in enumerate(paragraphs):
        parts += [Paragraph(html.escape(text), style), Spacer(1, 4)]
        if i == 3:
            parts.append(Table([["Ship", "Men"], ["Pequod", "30"], ["Rachel", "25"]], colWidths=[each / 3, each / 4]))
    document.build(parts)


class Book(fpdf.FPDF):
    """Pages with a running title and a number."""

    def header(self) -> None:
        self.set_font("Helvetica", size=8)
        self.cell(0, 10, "The Whale", align="C", new_x="LMARGIN", new_y="NEXT")

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("Helvetica", size=8)
        self.cell(0, 10, f"Page {self.page_no()} of {{nb}}", align="C")


def by_fpdf(path: Path, heading: str, paragraphs: list[str], columns: int) -> None:
    """Words may be parted at line ends: each soft hyphen is a place for that."""
    pdf = Book()
    pdf.set_title(heading)
    pdf.add_page()
    pdf.set_font("Times", size=11)
    with pdf.text_columns(ncols=columns, gutter=8, text_align="J") as flow:
        for text in (heading, *paragraphs):
            parted = re.sub(r"(?<=[a-z]{3})(?=[bcdfglmnprst][aeiou][a-z]{3})", "\u00ad", text)
            flow.write(f"{parted}\n\n")
    pdf.output(str(path))


SITE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} – A site</title>
<style>nav {{ color: blue }}</style><script>window.started = "sessionkeyword"</script></head><body>
<header><a href="/">A site</a><nav><ul><li><a href="/a">Products</a></li><li><a href="/b">Pricing</a></li>
<li><a href="/c">Careers</a></li></ul></nav></header>
<main><article>{body}</article></main>
<aside><h2>Related</h2><ul><li><a href="/1">Another page</a></li><li><a href="/2">One more page</a></li></ul></aside>
<footer><p>Copyright by nobody. <a href="/imprint">Imprint</a> <a href="/privacy">Privacy</a></p></footer></body></html>"""


def pages(folder: Path, book: list[list[str]]) -> None:
    """READMEs as Markdown in a site, chapters by docutils, and npm's manual if Node includes it."""
    for i, path in enumerate(readmes()):
        body = markdown.markdown(path.read_text("utf-8"), extensions=["tables", "fenced_code"])
        (folder / f"markdown-{i}.html").write_text(SITE.format(title=path.parent.name, body=body), "utf-8")
    for i, (heading, *paragraphs) in enumerate(book[:15]):
        label = heading.replace("*", "").replace("_", "").replace("`", "")
        rest = "\n\n".join(re.sub(r"[*_`|\\]", "", each) for each in paragraphs[:40])
        source = f"{label}\n{'=' * len(label)}\n\n{rest}\n"
        written = docutils.core.publish_string(source, writer="html5", settings_overrides={"report_level": 5})
        (folder / f"docutils-{i}.html").write_bytes(written)
    for i, path in enumerate(npm_manual()):
        shutil.copy(path, folder / f"npm-{i}.html")


def npm_manual() -> list[Path]:
    node = shutil.which(homegrown.NODE)
    modules = Path(node).resolve().parent.parent / "lib" / "node_modules" if node else Path("nowhere")
    return sorted(modules.glob("npm/docs/output/**/*.html"))[:30]


def word_documents(folder: Path, book: list[list[str]]) -> None:
    """Chapters by python-docx, READMEs by pandoc if it is installed."""
    for seed in SEEDS:
        draw = random.Random(100 + seed)
        heading, *paragraphs = book[seed][:40]
        document = docx.Document()
        document.sections[0].header.paragraphs[0].text = "Running title"
        document.add_heading(heading, 1)
        for i, text in enumerate(paragraphs):
            style = draw.choice([None, None, "List Bullet", "Intense Quote"])
            paragraph = document.add_paragraph(style=style)
            for words in re.split(r"(?<=,) ", text):
                paragraph.add_run(f"{words} ").bold = draw.random() < 0.2
            if i == 2:
                table = document.add_table(rows=3, cols=3)
                for cell, word in zip(table._cells, "Ship Men Boats Pequod 30 4 Rachel 25 3".split(), strict=True):
                    cell.text = word
        document.save(folder / f"python-docx-{seed}.docx")
    if shutil.which("pandoc"):
        for i, path in enumerate(readmes()[: len(SEEDS)]):
            subprocess.run(["pandoc", "--from=gfm", path, "-o", folder / f"pandoc-{i}.docx"], capture_output=True, check=True)
    else:
        more = book[: len(SEEDS)]
        for i, paragraphs in enumerate(more):
            document = docx.Document()
            for text in paragraphs:
                document.add_paragraph(text)
            document.save(folder / f"plain-{i}.docx")
