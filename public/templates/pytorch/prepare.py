"""Text files as data/train.bin, data/val.bin and data/meta.json, with this model's own tokenizer.

    python prepare.py one.txt two.txt                     held out: the last tenth of each
    python prepare.py *.txt --held-out 0.05

Texts are UTF-8; the token that ends a text stands between two of them. Needed where the text was no longer there when this folder
was written, and for a larger one: a larger model wants more text than one machine held.
"""

import argparse
import codecs
import json
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent


def read(path: Path) -> bytes:
    """Without the mark that some editors put before UTF-8: Homegrown leaves it out."""
    return path.read_bytes().removeprefix(codecs.BOM_UTF8)


def pieces(text: str, size: int = 1 << 20):
    """Cut at single line breaks between words, where the tokenizer cuts too: the ids are those of the whole text."""
    start = 0
    while len(text) - start > size:
        at = text.find("\n", start + size)
        while at != -1 and (at + 1 == len(text) or text[at - 1].isspace() or text[at + 1].isspace()):
            at = text.find("\n", at + 1)
        if at == -1:
            break
        yield text[start : at + 1]
        start = at + 1
    yield text[start:]


def split(texts: list[bytes], share: float) -> dict[str, list[bytes]]:
    """The last `share` of each text's bytes is held out; fractions of a byte are carried on to the next text."""
    parts = {"train": [], "val": []}
    end = 0
    for text in texts:
        start, end = end, end + len(text)
        cut = len(text) - (int(end * share) - int(start * share))
        while 0 < cut < len(text) and text[cut] & 0xC0 == 0x80:
            cut -= 1  # not inside a character
        for part, piece in (("train", text[:cut]), ("val", text[cut:])):
            if piece:
                parts[part].append(piece)
    return parts


def main() -> None:
    parser = argparse.ArgumentParser(description="Cut text into this model's tokens.")
    parser.add_argument("texts", type=Path, nargs="+")
    parser.add_argument("--held-out", type=float, default=0.1, help="share of each text's end, above 0, at most 0.5")
    parser.add_argument("--out", type=Path, default=HERE / "data")
    args = parser.parse_args()
    if not 0 < args.held_out <= 0.5:
        parser.error(f"--held-out must be above 0 and at most 0.5, not {args.held_out}")

    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(HERE / "model" / "tokenizer.json"))
    tokenizer.encode_special_tokens = True  # text that looks like a special token is text, as in Homegrown
    end_of_text = json.loads((HERE / "architecture.json").read_text(encoding="utf-8"))["endOfText"]
    vocabulary = tokenizer.get_vocab_size()
    dtype = "uint16" if vocabulary <= 2**16 else "uint32"
    meta = {"dtype": dtype, "vocabulary": vocabulary, "endOfText": end_of_text}
    args.out.mkdir(parents=True, exist_ok=True)
    for part, texts in split([read(path) for path in args.texts], args.held_out).items():
        tokens = 0
        with open(args.out / f"{part}.bin", "wb") as file:
            for i, text in enumerate(texts):
                ids = [end_of_text] if i else []
                for piece in pieces(text.decode("utf-8")):
                    ids += tokenizer.encode(piece, add_special_tokens=False).ids
                np.array(ids, dtype=np.dtype(dtype).newbyteorder("<")).tofile(file)
                tokens += len(ids)
        meta[part] = {"tokens": tokens, "bytes": sum(map(len, texts))}
        print(f"{part}: {tokens:,} tokens of {meta[part]['bytes']:,} bytes")
    (args.out / "meta.json").write_text(json.dumps(meta, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
