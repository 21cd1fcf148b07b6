/** WordPiece (BERT) and Unigram (T5, XLNet, ALBERT) tokenizers, applied from their files by @huggingface/tokenizers. */
import { Tokenizer as Library } from '@huggingface/tokenizers';
import { concatIds } from '../base/concat';
import { unwatched, yieldToEventLoop } from '../base/job';
import { correct } from './corrections';
import { type Applied, readApplied } from './readApplied';
import { segments, wholeSegments } from './segments';
import { idOfRole, type SpecialToken, type TokenRole, usualRole } from './special';
import type { AppliedFiles, AppliedKind, StreamDecoder, Tokenizer, TokenizerModel } from './tokenizer';
import { loneSurrogate, wellFormed } from './wellFormed';
import { WordCache } from './wordCache';

/** @throws HomegrownError `bad-file` naming the first unsupported part of the files */
export const appliedTokenizer = (model: TokenizerModel, files: AppliedFiles, hash: string): Tokenizer =>
  new AppliedTokenizer(model, readApplied(model.kind as AppliedKind, files), hash);

class AppliedTokenizer implements Tokenizer {
  readonly size: number;
  readonly special: readonly SpecialToken[];
  readonly endOfText: number;
  readonly begin: number | undefined;
  readonly unknown: number;
  private readonly library: Library;
  private readonly normalize: (text: string) => string;
  private readonly isSplitAtSpaces: boolean;
  private readonly specialById: ReadonlyMap<number, SpecialToken>;
  /** Special tokens by number, because T5 numbers its sentinels downwards. */
  private readonly byNumber: readonly SpecialToken[];
  /** [id] -> text within a text, and at the beginning. */
  private readonly pieces: readonly Uint8Array[];
  private readonly firstPieces: readonly string[];
  private readonly words = new WordCache();

  constructor(
    readonly model: TokenizerModel,
    applied: Applied,
    readonly hash: string,
  ) {
    this.special = applied.special;
    const numberOf = ({ text }: SpecialToken): number => usualRole(text)?.number ?? 0;
    this.byNumber = [...this.special].sort((a, b) => numberOf(a) - numberOf(b));
    this.size = applied.spellings.length;
    this.specialById = new Map(this.special.map((token) => [token.id, token]));
    this.endOfText = this.idOf('end');
    this.begin = applied.begin;
    this.unknown = applied.unknown;
    this.isSplitAtSpaces = applied.isSplitAtSpaces;
    this.library = new Library(applied.library, {});
    this.normalize = correct(this.library, applied.charsmaps);
    const texts = applied.spellings.map((text, id) => (this.specialById.has(id) ? '' : text));
    // A token's text depends on whether it is the first.
    const inside = texts.map((text) => (text === '' ? '' : this.library.decoder!.decode_chain(['', text])[1]!));
    this.pieces = inside.map((text) => utf8.encode(text));
    this.firstPieces = applied.keepsFirstSpace
      ? inside
      : texts.map((text) => (text === '' ? '' : this.library.decoder!.decode_chain([text])[0]!));
  }

  specialOf(id: number): SpecialToken | undefined {
    return this.specialById.get(id);
  }

  idOf(role: TokenRole, number = 0): number {
    const has = (other: TokenRole): boolean => this.special.some((token) => token.role === other);
    // BERT's [SEP] has both roles.
    if (role === 'end' && !has('end') && has('separator')) return this.idOf('separator');
    if (role === 'separator' && !has('separator') && has('end')) return this.idOf('end');
    return idOfRole(this.byNumber, role, number);
  }

  encode(text: string): Uint32Array {
    if (!text.isWellFormed()) throw loneSurrogate(text);
    return concatIds(Array.from(wholeSegments(text), (segment) => this.segmentIds(segment)));
  }

  async *encodeStream(chunks: AsyncIterable<string>, signal = unwatched.signal): AsyncGenerator<Uint32Array> {
    for await (const segment of segments(wellFormed(chunks))) {
      const ids = this.segmentIds(segment);
      if (ids.length > 0) yield ids;
      await yieldToEventLoop();
      signal.throwIfAborted();
    }
  }

  decode(ids: Iterable<number>): string {
    const all = [...ids].filter((id) => this.bytes(id).length > 0);
    const [first, ...rest] = all;
    if (first === undefined) return '';
    return this.firstPieces[first]! + rest.map((id) => utf8Decoder.decode(this.pieces[id])).join('');
  }

  decoder(): StreamDecoder {
    return { push: (id) => utf8Decoder.decode(this.bytes(id)), end: () => '' };
  }

  bytes(id: number): Uint8Array {
    const piece = this.pieces[id];
    if (!piece) throw new RangeError(`Token ${id} is not in a vocabulary of ${this.size}.`);
    return piece;
  }

  private segmentIds(segment: string): Uint32Array {
    const text = this.normalize(segment);
    if (text === '') return new Uint32Array();
    const words = this.library.pre_tokenizer!.pre_tokenize(text, { section_index: 0 });
    const apart = this.isSplitAtSpaces ? words.flatMap((word) => word.split(BEFORE_SPACES)) : words;
    return concatIds(apart.map((word) => this.wordIds(word)));
  }

  private wordIds(word: string): Uint32Array {
    const known = this.words.get(word);
    if (known) return known;
    const model = this.library.model!;
    const ids = Uint32Array.from(model._call([word]), (token) => model.tokens_to_ids.get(token) ?? this.unknown);
    return this.words.keep(ids, word);
  }
}

const BEFORE_SPACES = /(?=▁)/;
const utf8 = new TextEncoder();
const utf8Decoder = new TextDecoder('utf-8', { ignoreBOM: true });
