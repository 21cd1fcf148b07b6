import type { SpecialToken, TokenRole } from './special';

/**
 * Text <-> ids. All three kinds are byte-level BPE models (GPT-2's byte alphabet, so nothing is ever unknown and
 * decode(encode(x)) = x for every valid UTF-8 text); they differ only in the merges they were given:
 * `bpe` has those learnt from the text, `characters` just those that spell the text's multi-byte characters,
 * `bytes` none. One class encodes, decodes and exports them all: byteLevel.ts.
 */
export type TokenizerKind = 'bpe' | 'characters' | 'bytes';

/** What a tokenizer is, as stored. Ids: 0..255 bytes (in GPT-2's alphabet order), then merges, then special tokens. */
export interface TokenizerModel {
  kind: TokenizerKind;
  /** Pairs of ids, in rank order; merge i makes id 256 + i. */
  merges: readonly (readonly [left: number, right: number])[];
  /** Of its special tokens in order of id, the end of text first; absent = that alone. */
  roles?: readonly TokenRole[];
}

export interface Tokenizer {
  readonly model: TokenizerModel;
  /** Vocabulary size: 256 + merges + special tokens. */
  readonly size: number;
  /** In order of id, the last of the vocabulary. What looks like one in a text is plain text, never its id. */
  readonly special: readonly SpecialToken[];
  /** Id of the special token that every tokenizer has. */
  readonly endOfText: number;
  /**
   * Id of the special token with this role; of several, of the one with this number, counted from 0. There is no other
   * way to have one.
   * @throws HomegrownError `bad-settings` when there is none
   */
  idOf(role: TokenRole, number?: number): number;
  /** @throws HomegrownError `bad-file` when the text holds a lone surrogate, which UTF-8 cannot write. */
  encode(text: string): Uint32Array;
  /** The ids of the text that the chunks make up, wherever it was split (but not inside a code point). */
  encodeStream(chunks: AsyncIterable<string>, signal?: AbortSignal): AsyncIterable<Uint32Array>;
  /** Bytes that are not UTF-8 (a model may write them) become U+FFFD; a special token is the empty string. */
  decode(ids: Iterable<number>): string;
  /** As decode, one id at a time: the bytes of an unfinished character are held back. */
  decoder(): StreamDecoder;
  /** The bytes that an id stands for; none for a special token. */
  bytes(id: number): Uint8Array;
  /** SHA-256 (hex) of the merges, and of the roles where there are more than the end of text. A checkpoint names it, and will not run with another. */
  readonly hash: string;
}

export interface StreamDecoder {
  push(id: number): string;
  end(): string;
}
