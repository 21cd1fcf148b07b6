import { badFile } from '../base/errors';
import { sha256Hex } from '../base/hash';
import { unwatched } from '../base/job';
import { BYTE_OF_ID, ID_OF_BYTE } from './alphabet';
import { merge } from './merge';
import { PairTable } from './pairTable';
import { END_ALONE, idOfRole, rolesProblem, type SpecialToken, specialTokens, type TokenRole } from './special';
import { preTokenEnd, preTokens } from './split';
import type { StreamDecoder, Tokenizer, TokenizerModel } from './tokenizer';

/**
 * The tokenizer of a model, of any kind.
 * @throws HomegrownError `bad-file` when a merge names an id that does not exist yet, or comes twice, or a role does
 */
export async function createTokenizer(model: TokenizerModel): Promise<Tokenizer> {
  const { merges, roles = END_ALONE } = model;
  return tokenizerOf(model, await sha256Hex(JSON.stringify(roles.length === 1 ? merges : { merges, roles })));
}

/** As createTokenizer, where the hash is known. */
export const tokenizerOf = (model: TokenizerModel, hash: string): Tokenizer => new ByteLevelTokenizer(model, hash);

class ByteLevelTokenizer implements Tokenizer {
  readonly size: number;
  readonly special: readonly SpecialToken[];
  readonly endOfText: number;
  /** Pair i is merge i. */
  private readonly ranks = new PairTable();
  private readonly pieces: readonly Uint8Array[];
  /** Ids of short pre-tokens already met. */
  private readonly words = new Map<string, Uint32Array>();

  constructor(
    readonly model: TokenizerModel,
    readonly hash: string,
  ) {
    const { merges, roles = END_ALONE } = model;
    const problem = rolesProblem(roles);
    if (problem !== null) throw badFile(`${problem}.`);
    this.endOfText = 256 + merges.length;
    this.special = specialTokens(roles, this.endOfText);
    this.size = this.endOfText + roles.length;
    const pieces = Array.from(BYTE_OF_ID, (byte) => Uint8Array.of(byte));
    for (const [i, [left, right]] of merges.entries()) {
      const [a, b] = [pieces[left], pieces[right]];
      if (!a || !b)
        throw badFile(`Merge ${i + 1} of the tokenizer joins tokens ${left} and ${right}, and one is not made yet.`);
      if (this.ranks.findOrAdd(left, right) !== i) throw badFile(`Merge ${i + 1} of the tokenizer comes twice.`);
      const piece = new Uint8Array(a.length + b.length);
      piece.set(a);
      piece.set(b, a.length);
      pieces.push(piece);
    }
    this.pieces = [...pieces, ...roles.map(() => new Uint8Array())];
  }

  idOf(role: TokenRole, number = 0): number {
    return idOfRole(this.special, role, number);
  }

  encode(text: string): Uint32Array {
    if (!text.isWellFormed()) throw loneSurrogate(text);
    const words: Uint32Array[] = [];
    for (let start = 0; start < text.length;) {
      const end = preTokenEnd(text, start);
      words.push(this.wordIds(text.slice(start, end)));
      start = end;
    }
    return concat(words);
  }

  async *encodeStream(chunks: AsyncIterable<string>, signal = unwatched.signal): AsyncGenerator<Uint32Array> {
    for await (const batch of preTokens(wellFormed(chunks), { signal })) {
      if (batch.length > 0) yield concat(batch.map((word) => this.wordIds(word)));
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
    const piece = this.pieces[id];
    if (!piece) throw new RangeError(`Token ${id} is not in a vocabulary of ${this.size}.`);
    return piece;
  }

  private wordIds(word: string): Uint32Array {
    const known = this.words.get(word);
    if (known) return known;
    const bytes = utf8Encoder.encode(word);
    const ids = merge(
      Uint32Array.from(bytes, (byte) => ID_OF_BYTE[byte]!),
      this.ranks,
    );
    if (word.length <= MAX_CACHED_LENGTH) {
      if (this.words.size >= MAX_CACHED_WORDS) this.words.clear();
      // A slice would keep its whole chunk alive.
      this.words.set(utf8Decoder.decode(bytes), ids);
    }
    return ids;
  }
}

const MAX_CACHED_LENGTH = 64;
const MAX_CACHED_WORDS = 100_000;
const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function concat(parts: readonly Uint32Array[]): Uint32Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint32Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function* wellFormed(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const chunk of chunks) {
    if (!chunk.isWellFormed()) throw loneSurrogate(chunk);
    yield chunk;
  }
}

function loneSurrogate(text: string): Error {
  let at = 0;
  for (const character of text) {
    if (!character.isWellFormed()) break;
    at += character.length;
  }
  const code = text.charCodeAt(at).toString(16).toUpperCase();
  return badFile(
    `Character ${at + 1} of the text is half of a surrogate pair (U+${code}) and cannot be written as UTF-8.`,
    'Remove it, or copy the text again from its source.',
  );
}
