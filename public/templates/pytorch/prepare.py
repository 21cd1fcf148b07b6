"""Tokenizes text files into data/train.bin, data/val.bin and data/meta.json, with this model's tokenizer.

    python prepare.py one.txt two.txt                     validation set: the end of each text, by this run's share
    python prepare.py *.txt --held-out 0.05               with --test-share 0.05 also a test set, data/test.bin

Texts are UTF-8, with an end-of-text token between them. You need this if the export has no data/, or for more text:
a larger model needs more text than one computer holds.
"""

import argparse
import codecs
import json
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent


def read(path: Path) -> bytes:
    """Reads a file without its byte order mark, which Homegrown drops too."""
    return path.read_bytes().removeprefix(codecs.BOM_UTF8)


def pieces(text: str, size: int = 1 << 20):
    """Splits at single line breaks between words, where the tokenizer splits too, so the ids are those of the whole text."""
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


def split(texts: list[bytes], share: float, test: float = 0) -> dict[str, list[bytes]]:
    """Splits off the end of each text for validation, then test; fractions of a byte carry over."""
    parts = {"train": [], "val": [], **({"test": []} if test else {})}
    end = 0
    for text in texts:
        start, end = end, end + len(text)
        tested = len(text) - min(len(text), int(end * test) - int(start * test))
        held = max(0, tested - (int(end * share) - int(start * share)))
        held, tested = beginning(text, held), beginning(text, tested)
        for part, piece in (("train", text[:held]), ("val", text[held:tested]), ("test", text[tested:])):
            if piece:
                parts[part].append(piece)
    return parts


def beginning(text: bytes, at: int) -> int:
    """Start of the character at a byte."""
    while 0 < at < len(text) and text[at] & 0xC0 == 0x80:
        at -= 1
    return at


def main() -> None:
    parser = argparse.ArgumentParser(description="Tokenize text files for this model.")
    parser.add_argument("texts", type=Path, nargs="+")
    info = json.loads((HERE / "model" / "homegrown.json").read_text(encoding="utf-8"))
    ours = (info["segments"][-1]["data"] or {}).get("split", {"validation": 0.1, "test": 0})
    parser.add_argument("--held-out", type=float, default=ours["validation"], help="share of each text for validation, above 0")
    parser.add_argument("--test-share", type=float, default=ours["test"], help="share of each text for the test set")
    parser.add_argument("--out", type=Path, default=HERE / "data")
    args = parser.parse_args()
    if not (0 < args.held_out and 0 <= args.test_share and args.held_out + args.test_share <= 0.5):
        parser.error(f"--held-out {args.held_out} and --test-share {args.test_share} must leave half of the text for training")

    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(HERE / "model" / "tokenizer.json"))
    tokenizer.encode_special_tokens = True  # read special tokens in text as plain text, as in Homegrown
    end_of_text = json.loads((HERE / "architecture.json").read_text(encoding="utf-8"))["endOfText"]
    # Bits per byte count the normalized text: no model can predict what the tokenizer drops or changes.
    normalizer = tokenizer.normalizer if info.get("normalizers") else None
    vocabulary = tokenizer.get_vocab_size()
    dtype = "uint16" if vocabulary <= 2**16 else "uint32"
    meta = {"dtype": dtype, "vocabulary": vocabulary, "endOfText": end_of_text}
    args.out.mkdir(parents=True, exist_ok=True)
    for part, texts in split([read(path) for path in args.texts], args.held_out, args.test_share).items():
        tokens, size, documents = 0, 0, []
        with open(args.out / f"{part}.bin", "wb") as file:
            for i, text in enumerate(texts):
                ids = [end_of_text] if i else []
                begin = tokens + len(ids)
                for piece in pieces(text.decode("utf-8")):
                    ids += tokenizer.encode(piece, add_special_tokens=False).ids
                    size += len((normalizer.normalize_str(piece) if normalizer else piece).encode("utf-8"))
                np.array(ids, dtype=np.dtype(dtype).newbyteorder("<")).tofile(file)
                tokens += len(ids)
                documents.append((begin, tokens - begin))
        # Start and length of each text in tokens; the end-of-text token between two belongs to neither.
        np.array(documents, dtype="<u4").tofile(args.out / f"{part}.documents.bin")
        meta[part] = {"tokens": tokens, "bytes": size, "documents": len(documents)}
        print(f"{part}: {tokens:,} tokens of {meta[part]['bytes']:,} bytes")
    (args.out / "meta.json").write_text(json.dumps(meta, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
