/**
 * Text <-> ids. All three kinds are byte-level BPE models (GPT-2's byte alphabet, so nothing is ever unknown and
 * decode(encode(x)) = x for every valid UTF-8 text); they differ only in the merges they were given:
 * `bpe` has those learnt from the text, `characters` just those that spell the text's multi-byte characters,
 * `bytes` none. One class encodes, decodes and exports them all: byteLevel.ts.
 */
export type TokenizerKind = 'bpe' | 'characters' | 'bytes';

/** What a tokenizer is, as stored. Ids: 0..255 bytes (in GPT-2's alphabet order), then merges, then `<|endoftext|>`. */
export interface TokenizerModel {
  kind: TokenizerKind;
  /** Pairs of ids, in rank order; merge i makes id 256 + i. */
  merges: readonly (readonly [left: number, right: number])[];
}

export interface Tokenizer {
  readonly model: TokenizerModel;
  /** Vocabulary size: 256 + merges + 1. */
  readonly size: number;
  /** Id of `<|endoftext|>`, always size - 1. The literal string in a text is plain text, never this id. */
  readonly endOfText: number;
  /** @throws HomegrownError `bad-file` when the text holds a lone surrogate, which UTF-8 cannot write. */
  encode(text: string): Uint32Array;
  /** The ids of the text that the records make up, wherever it was cut (but not inside a code point). */
  encodeStream(records: AsyncIterable<string>, signal?: AbortSignal): AsyncIterable<Uint32Array>;
  /** Bytes that are not UTF-8 (a model may write them) become U+FFFD; `<|endoftext|>` is the empty string. */
  decode(ids: Iterable<number>): string;
  /** As decode, one id at a time: the bytes of an unfinished character are held back. */
  decoder(): StreamDecoder;
  /** The bytes that an id stands for; empty for `<|endoftext|>`. */
  bytes(id: number): Uint8Array;
  /** SHA-256 (hex) of the merges. A checkpoint names it, and will not run with another. */
  readonly hash: string;
}

export interface StreamDecoder {
  push(id: number): string;
  end(): string;
}
