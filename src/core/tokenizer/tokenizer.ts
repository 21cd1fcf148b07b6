import type { Normalizer } from '../base/normalizer';
import type { SpecialToken, TokenRole } from './special';
import type { SplitName } from './splits';

/**
 * Text <-> ids. The three kinds trained here are byte-level BPE models over GPT-2's byte alphabet. They have no unknown
 * token, and decode(encode(x)) = x for every valid UTF-8 text after normalization; an imported one may lack bytes.
 * They differ only in their merges: `bpe` has merges trained on the text, `characters` only those that spell the text's
 * multi-byte characters, `bytes` none. One class encodes, decodes and exports them all: byteLevel.ts.
 */
export type TrainedKind = 'bpe' | 'characters' | 'bytes';
/** Imported kinds, applied from their own files: applied.ts. */
export type AppliedKind = 'wordpiece' | 'unigram';
export type TokenizerKind = TrainedKind | AppliedKind;
export const TRAINED_KINDS = ['bpe', 'characters', 'bytes'] as const satisfies readonly TrainedKind[];
export const TOKENIZER_KINDS = [...TRAINED_KINDS, 'wordpiece', 'unigram'] as const satisfies readonly TokenizerKind[];

export const APPLIED_WORDS: Readonly<Record<AppliedKind, string>> = { wordpiece: 'WordPiece', unigram: 'Unigram' };
export const isApplied = (kind: TokenizerKind): kind is AppliedKind => Object.hasOwn(APPLIED_WORDS, kind);

/**
 * A tokenizer as stored. Ids: 0..255 bytes (in GPT-2's alphabet order), then merges, then special tokens; an imported
 * one keeps its own.
 */
export interface TokenizerModel {
  kind: TokenizerKind;
  /**
   * Pairs of ids in rank order; merge i makes id 256 + i, or in an imported tokenizer, the token with the joined
   * spelling.
   */
  merges: readonly (readonly [left: number, right: number])[];
  /** Roles of the special tokens in order of id, the end of text first; absent: only the end of text. */
  roles?: readonly TokenRole[];
  /**
   * Normalizers applied before the split, in order; absent: none. For an imported tokenizer, only those besides its
   * split's.
   */
  normalizers?: readonly Normalizer[];
  /** Chat template, in Jinja; imported tokenizers name special tokens in `names`. Does not change the ids of a text. */
  chatTemplate?: string;
  /** Remaining data of an imported tokenizer that is not in our order; then there are no `roles`. */
  elsewhere?: Elsewhere;
  /** Files of a WordPiece or Unigram tokenizer; then there are no merges or roles. */
  applied?: AppliedFiles;
}

/** Original files of a WordPiece or Unigram tokenizer, stored and exported unchanged. */
export interface AppliedFiles {
  /** Content of tokenizer.json. */
  json: string;
  /** Content of tokenizer_config.json; absent if there was none. */
  config?: string;
  /** Number of rows in the model's embedding. */
  rows: number;
}

/** Stored data of an imported tokenizer besides its merges: it keeps its ids, here and in every export. */
export interface Elsewhere {
  split: SplitName;
  /**
   * [id] -> token: bytes in GPT-2's alphabet, or the text of an added token; empty if no token has the id. One entry
   * per row of the model's embedding.
   */
  spellings: readonly string[];
  /** Added tokens in order of id; no text encodes to them. */
  added: readonly AddedToken[];
  /** Named tokens of tokenizer_config.json (`eos_token`), and its `chat_template`. */
  names: Readonly<Record<string, string>>;
  /** A pre-token that is a token encodes to it, without merging. */
  ignoresMerges?: true;
  /** Id of the token before every text. */
  begin?: number;
}

/** An added token with its flags in tokenizer.json, for programs that search for such tokens in texts. */
export interface AddedToken {
  id: number;
  special: boolean;
  single_word: boolean;
  lstrip: boolean;
  rstrip: boolean;
  normalized: boolean;
  role?: TokenRole;
}

export interface Tokenizer {
  readonly model: TokenizerModel;
  /** Vocabulary size: 256 + merges + special tokens; for imported tokenizers, includes ids without a token. */
  readonly size: number;
  /** Special tokens in order of id, in our tokenizers the last ids. Their spellings in a text are plain text. */
  readonly special: readonly SpecialToken[];
  /** Id of the special token that every tokenizer has. */
  readonly endOfText: number;
  /** For WordPiece and Unigram, the token before every text, such as BERT's [CLS]. */
  readonly begin?: number | undefined;
  /** For WordPiece and Unigram, the unknown token. */
  readonly unknown?: number;
  /** Special token with this id; undefined for every other id. */
  specialOf(id: number): SpecialToken | undefined;
  /**
   * Id of the special token with this role; if there are several, of the one with this number, counted from 0. The only
   * way to get a special id.
   * @throws HomegrownError `bad-settings` if there is none
   */
  idOf(role: TokenRole, number?: number): number;
  /** @throws HomegrownError `bad-file` if the text contains a lone surrogate, which UTF-8 cannot encode */
  encode(text: string): Uint32Array;
  /** Ids of the concatenated chunks, which may be split anywhere but inside a code point. */
  encodeStream(chunks: AsyncIterable<string>, signal?: AbortSignal): AsyncIterable<Uint32Array>;
  /** Decodes invalid UTF-8, which a model may generate, to U+FFFD, and special tokens to the empty string. */
  decode(ids: Iterable<number>): string;
  /** Decodes one id at a time, as a continuation; holds back the bytes of an unfinished character. */
  decoder(): StreamDecoder;
  /** Bytes of a token; none for a special token. */
  bytes(id: number): Uint8Array;
  /** SHA-256 (hex) of merges, extra roles, `elsewhere` or `applied`, and `normalizers`. Checkpoints require it. */
  readonly hash: string;
}

/** Chat template of a tokenizer; undefined if it has none. WordPiece and Unigram have theirs in `applied`. */
export const chatTemplateOf = ({
  elsewhere,
  chatTemplate,
}: Pick<TokenizerModel, 'elsewhere' | 'chatTemplate'>): string | undefined =>
  elsewhere ? elsewhere.names['chat_template'] : chatTemplate;

/** Whether a run's tokenizer has a chat template; checks the files of WordPiece and Unigram. */
export const hasChatTemplate = ({
  applied,
  ...model
}: Pick<TokenizerModel, 'elsewhere' | 'chatTemplate' | 'applied'>): boolean =>
  applied ? (applied.config ?? '').includes('"chat_template"') : chatTemplateOf(model) !== undefined;

/** Maximum characters of a chat template. */
export const MAX_TEMPLATE_LENGTH = 100_000;

/** The tokenizer with another chat template. */
export const withChatTemplate = (model: TokenizerModel, template: string): TokenizerModel =>
  model.elsewhere
    ? { ...model, elsewhere: { ...model.elsewhere, names: { ...model.elsewhere.names, chat_template: template } } }
    : { ...model, chatTemplate: template };

export interface StreamDecoder {
  push(id: number): string;
  end(): string;
}
