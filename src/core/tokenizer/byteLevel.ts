import { concatBytes, concatIds } from '../base/concat';
import { sha256Hex } from '../base/hash';
import { unwatched } from '../base/job';
import { loaded } from '../base/load';
import { checkedStep, type Normalization, normalization } from '../base/normalizer';
import { BYTE_OF_ID, ID_OF_BYTE, spell } from './alphabet';
import { damaged, type Numbering, numberingOf } from './elsewhere';
import { madeInOrder, merge } from './merge';
import { PairTable } from './pairTable';
import { END_ALONE, idOfRole, rolesProblem, type SpecialToken, specialTokens, type TokenRole } from './special';
import { preTokens } from './split';
import { type Split, SPLITS } from './splits';
import type { StreamDecoder, Tokenizer, TokenizerModel } from './tokenizer';
import { loneSurrogate, wellFormed } from './wellFormed';
import { WordCache } from './wordCache';

/**
 * Creates a tokenizer of any kind. Loads the code for tokenizers that aren't byte-level on demand.
 * @throws HomegrownError `bad-file` if a merge names an id that does not exist yet, a merge or a role occurs twice, or
 * a normalizer or tokenizer file has an unsupported setting
 */
export async function createTokenizer(model: TokenizerModel): Promise<Tokenizer> {
  const hash = await tokenizerHash(model);
  if (!model.applied) return tokenizerOf(model, hash);
  const { appliedTokenizer } = await loaded('The code for imported tokenizers', import('./applied'));
  return appliedTokenizer(model, model.applied, hash);
}

/** Hash of everything that determines a text's ids. */
export function tokenizerHash({
  merges,
  roles = END_ALONE,
  elsewhere,
  applied,
  normalizers,
}: TokenizerModel): Promise<string> {
  const own = roles.length === 1 ? merges : { merges, roles };
  const ids = applied ? { applied } : elsewhere ? { merges, elsewhere } : own;
  return sha256Hex(JSON.stringify(normalizers ? { ids, normalizers: normalizers.map(checkedStep) } : ids));
}

/** Like createTokenizer, for a byte-level model whose hash is known. */
export const tokenizerOf = (model: TokenizerModel, hash: string): Tokenizer => new ByteLevelTokenizer(model, hash);

class ByteLevelTokenizer implements Tokenizer {
  readonly size: number;
  readonly special: readonly SpecialToken[];
  readonly endOfText: number;
  /** Pair i is merge i. */
  private readonly ranks = new PairTable();
  private readonly ids: Numbering;
  private readonly split: Split;
  /** Undefined if the tokenizer doesn't normalize. */
  private readonly form: Normalization | undefined;
  private readonly specialById: ReadonlyMap<number, SpecialToken>;
  /** Tokens by spelling; defined only if pre-tokens that are tokens skip merging. */
  private readonly whole: ReadonlyMap<string, number> | undefined;
  private readonly words = new WordCache();

  constructor(
    readonly model: TokenizerModel,
    readonly hash: string,
  ) {
    const { merges, elsewhere, normalizers = [] } = model;
    this.ids = elsewhere ? numberingOf(merges, elsewhere) : numbered(model);
    for (const [i, [left, right]] of merges.entries())
      if (this.ranks.findOrAdd(left, right) !== i) throw damaged(`Merge ${i + 1} of the tokenizer is a duplicate`);
    this.split = SPLITS[elsewhere?.split ?? 'gpt-2'];
    const steps = [...this.split.normalizers, ...normalizers];
    if (steps.length > 0) this.form = normalization(steps);
    const { size, special, pieces } = this.ids;
    this.size = size;
    this.special = special;
    this.specialById = new Map(special.map((token) => [token.id, token]));
    this.endOfText = this.idOf('end');
    if (elsewhere?.ignoresMerges) {
      const spelt = elsewhere.spellings.map((spelling, id) => [spelling, id] as const);
      this.whole = new Map(spelt.filter(([, id]) => pieces[id]!.length > 0));
    }
  }

  specialOf(id: number): SpecialToken | undefined {
    return this.specialById.get(id);
  }

  idOf(role: TokenRole, number = 0): number {
    return idOfRole(this.special, role, number);
  }

  encode(given: string): Uint32Array {
    if (!given.isWellFormed()) throw loneSurrogate(given);
    const text = this.form ? this.form.text(given) : given;
    const words: Uint32Array[] = [];
    for (let start = 0; start < text.length;) {
      const end = this.split.end(text, start);
      words.push(this.wordIds(text, start, end));
      start = end;
    }
    return concatIds(words);
  }

  async *encodeStream(chunks: AsyncIterable<string>, signal = unwatched.signal): AsyncGenerator<Uint32Array> {
    const text = wellFormed(chunks);
    const form = this.form ? this.form.chunks(text) : text;
    for await (const batch of preTokens(form, { signal }, this.split)) {
      if (batch.length > 0) yield concatIds(batch.map((word) => this.wordIds(word, 0, word.length)));
    }
  }

  decode(ids: Iterable<number>): string {
    const decoder = this.decoder();
    let text = '';
    for (const id of ids) text += decoder.push(id);
    return text + decoder.end();
  }

  decoder(): StreamDecoder {
    const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
    return { push: (id) => utf8.decode(this.bytes(id), { stream: true }), end: () => utf8.decode() };
  }

  bytes(id: number): Uint8Array {
    const piece = this.ids.pieces[id];
    if (!piece) throw new RangeError(`Token ${id} is not in a vocabulary of ${this.size}.`);
    return piece;
  }

  /** Ids of the word from `start` to `end` of a text. */
  private wordIds(text: string, start: number, end: number): Uint32Array {
    const known = this.words.get(text, start, end);
    if (known) return known;
    const bytes = utf8Encoder.encode(text.slice(start, end));
    const whole = this.whole?.get(spell(bytes));
    return this.words.keep(whole === undefined ? this.merged(bytes) : Uint32Array.of(whole), text, start, end);
  }

  private merged(bytes: Uint8Array): Uint32Array {
    const { ofByte, made } = this.ids;
    const ids = new Uint32Array(bytes.length);
    let n = 0;
    for (const byte of bytes) {
      const id = ofByte[byte]!;
      if (id >= 0) ids[n++] = id;
    }
    // Bytes without a token are dropped, so their surroundings become adjacent, as in the crate `tokenizers`.
    return merge(n === ids.length ? ids : ids.slice(0, n), this.ranks, made);
  }
}

/** Numbers tokens in our order: bytes, results of merges, special tokens. */
function numbered({ merges, roles = END_ALONE }: TokenizerModel): Numbering {
  const problem = rolesProblem(roles);
  if (problem !== null) throw damaged(problem);
  const pieces = Array.from(BYTE_OF_ID, (byte) => Uint8Array.of(byte));
  for (const [i, [left, right]] of merges.entries()) {
    const [a, b] = [pieces[left], pieces[right]];
    if (!a || !b) throw damaged(`Merge ${i + 1} of the tokenizer joins tokens ${left} and ${right} before both exist`);
    pieces.push(concatBytes([a, b]));
  }
  const special = specialTokens(roles, pieces.length);
  return {
    size: pieces.length + roles.length,
    special,
    ofByte: Int32Array.from(ID_OF_BYTE),
    made: madeInOrder(merges.length),
    pieces: [...pieces, ...roles.map(() => new Uint8Array())],
  };
}

const utf8Encoder = new TextEncoder();
