"""Text that was read in the wrong encoding, mended by PyPI's ftfy and by our rule: 500 strings, misread once or twice, whole or in
part, with what is lost on the way; and what was never misread. ftfy's own encodings misread them."""

import random

import homegrown
from ftfy import fix_encoding
from ftfy.chardata import CHARMAP_ENCODINGS
from hard_strings import HARD_STRINGS

SENTENCES = [
    *["“It’s a café,” she said – 12 € at most…", "Où est passé l’été ? À la plage, voilà.", "¿Señor, qué pasó mañana?"],
    *["Größe, Straße, übermäßig „gut“", "Żółć gęślą jaźń", "Příliš žluťoučký kůň", "Árvíztűrő tükörfúrógép"],
    *["Съешь же ещё этих мягких булок", "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία", "Pijamalı hasta yağız şoföre"],
    *["Įlinkdama fechtuotojo špaga", "שלום עולם", "السلام عليكم", "नमस्ते दुनिया", "你好，世界。", "いろはにほへと", "안녕하세요"],
    *["5 µm² ± 0.3 °C × ½", "naïve façade, crème brûlée", "I ❤ 🐳 and 👩‍🚀", "© 2020 Åse Ærø™", "à la carte, às vezes, àquela"],
    *["plain ASCII, and no more", "Call me Ishmael."],
]


def damaged(draw: random.Random, text: str) -> str:
    for _ in range(draw.choice([0, 1, 1, 1, 1, 2, 3])):
        try:
            text = text.encode("utf-8").decode(draw.choice(CHARMAP_ENCODINGS))
        except UnicodeDecodeError:
            pass
    if draw.random() < 0.2:
        text = text.replace("\xa0", " ")
    if draw.random() < 0.15:
        text = "".join("\ufffd" if "\x7f" < each < "\xa0" else each for each in text)
    return text


def strings() -> list[str]:
    draw = random.Random(20)
    found: dict[str, None] = {}
    while len(found) < 500:
        parts = draw.choices(SENTENCES if draw.random() < 0.8 else HARD_STRINGS, k=draw.choice([1, 1, 2]))
        # Of several, each is misread in its own way, or not at all.
        text = " ".join(damaged(draw, part) for part in parts)
        found[text.replace("\n", " ")] = None
    return list(found)


def test_500_strings_are_mended_as_ftfy_mends_them():
    given = strings()
    ours = homegrown.ask(rule="mojibake", texts=given)["texts"]
    theirs = [fix_encoding(text) for text in given]
    assert sum(fixed != text for fixed, text in zip(theirs, given, strict=True)) > 200
    assert sum(fixed == text for fixed, text in zip(theirs, given, strict=True)) > 100
    assert ours == theirs
