import type { Normalizer } from '../base/normalizer';
import type { SpecialToken, TokenRole } from './special';
import type { SplitName } from './splits';

/**
 * Text <-> ids. The three kinds trained here are byte-level BPE models over GPT-2's byte alphabet. Nothing is unknown
 * to them, and decode(encode(x)) = x for every valid UTF-8 text after normalization; an imported one may lack bytes.
 * They differ only in their merges: `bpe` has merges trained on the text, `characters` only those that spell the text's
 * multi-byte characters, `bytes` none. One class encodes, decodes and exports them all: byteLevel.ts.
 */
export type TrainedKind = 'bpe' | 'characters' | 'bytes';
/** Imported kinds, applied as their files say: applied.ts. */
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
   * Pairs of ids in rank order; merge i makes id 256 + i, in an imported tokenizer the token spelled as both together.
   */
  merges: readonly (readonly [left: number, right: number])[];
  /** Roles of its special tokens in order of id, the end of text first; absent: only that. */
  roles?: readonly TokenRole[];
  /**
   * Normalizers applied before the split, in order; absent: none. For an imported tokenizer, only those besides its
   * split's.
   */
  normalizers?: readonly Normalizer[];
  /** Chat template, in Jinja; imported tokenizers name special tokens in `names`. Does not change the ids of a text. */
  chatTemplate?: string;
  /** The remaining data of an imported tokenizer that is not in our order; it has no `roles`. */
  elsewhere?: Elsewhere;
  /** Files of a tokenizer that is applied as they say; such a tokenizer has no merges and roles. */
  applied?: AppliedFiles;
}

/** The files of a WordPiece or Unigram tokenizer, as they came in: so they are kept and exported. */
export interface AppliedFiles {
  /** tokenizer.json. */
  json: string;
  /** tokenizer_config.json; absent where there was none. */
  config?: string;
  /** Rows of the model's embedding. */
  rows: number;
}

/** Stored data of an imported tokenizer besides its merges: it keeps its ids, here and in every export. */
export interface Elsewhere {
  split: SplitName;
  /**
   * [id] -> the token: bytes in GPT-2's alphabet, an added one by its text; empty where no token has the id. As many as the
   * model's embedding has rows.
   */
  spellings: readonly string[];
  /** In order of id: no text becomes one of them. */
  added: readonly AddedToken[];
  /** What tokenizer_config.json calls some of them (`eos_token`), and its `chat_template`. */
  names: Readonly<Record<string, string>>;
  /** A pre-token that is a token is that one, whatever its merges make of it. */
  ignoresMerges?: true;
  /** Id of what its makers put before every text. */
  begin?: number;
}

/** With its flags as tokenizer.json has them, for those that look for such tokens in texts. */
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
  /** Vocabulary size: 256 + merges + special tokens; elsewhere with the ids that no token has. */
  readonly size: number;
  /** In order of id; of ours, the last of the vocabulary. What looks like one in a text is plain text, never its id. */
  readonly special: readonly SpecialToken[];
  /** Id of the special token that every tokenizer has. */
  readonly endOfText: number;
  /** Of one that is applied, what its makers put before every text: BERT's [CLS]. */
  readonly begin?: number | undefined;
  /** Of one that is applied, what stands for what it has no token for. */
  readonly unknown?: number;
  /** The special token with this id; undefined for every other id. */
  specialOf(id: number): SpecialToken | undefined;
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
  /** Decodes one id at a time, as a continuation; holds back the bytes of an unfinished character. */
  decoder(): StreamDecoder;
  /** The bytes that an id stands for; none for a special token. */
  bytes(id: number): Uint8Array;
  /** SHA-256 (hex) of the merges, of the roles where there are more than the end of text, of what is `elsewhere` or `applied`, and of `normalizers`. A checkpoint names it, and will not run with another. */
  readonly hash: string;
}

/** The template that a tokenizer has; undefined where it has none. One that is applied says it in its own file. */
export const chatTemplateOf = ({
  elsewhere,
  chatTemplate,
}: Pick<TokenizerModel, 'elsewhere' | 'chatTemplate'>): string | undefined =>
  elsewhere ? elsewhere.names['chat_template'] : chatTemplate;

/** The same, asked of what a run says of its tokenizer: of one that is applied as its files say it. */
export const hasChatTemplate = ({
  applied,
  ...model
}: Pick<TokenizerModel, 'elsewhere' | 'chatTemplate' | 'applied'>): boolean =>
  applied ? (applied.config ?? '').includes('"chat_template"') : chatTemplateOf(model) !== undefined;

/** Characters of one. */
export const MAX_TEMPLATE_LENGTH = 100_000;

/** The same tokenizer with another. */
export const withChatTemplate = (model: TokenizerModel, template: string): TokenizerModel =>
  model.elsewhere
    ? { ...model, elsewhere: { ...model.elsewhere, names: { ...model.elsewhere.names, chat_template: template } } }
    : { ...model, chatTemplate: template };

export interface StreamDecoder {
  push(id: number): string;
  end(): string;
}
