/**
 * Normalizes documents and cuts them into word 5-grams, piece by piece, so that a document of any size takes bounded
 * memory apart from its 5-grams.
 */
import { finalMix } from '../../base/murmur3';
import { purposeId } from '../../base/rng';

/** Words per shingle. */
const WORDS = 5;

/** A code point that can't join the character before it in Unicode NFC. */
const LAST_STARTER = /[^\p{M}\u1160-\u11ff](?=[\p{M}\u1160-\u11ff]*$)/u;

/**
 * Yields a text in Unicode NFC, with each run of white space as one space and none at the ends. Two texts with equal
 * normalized content are exact copies. The joined content doesn't depend on the chunk size.
 */
export async function* normalizedPieces(
  chunks: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<string, void, void> {
  let [pending, isStarted, hasSpace] = ['', false, false];
  const finish = (text: string): string => {
    const spaced = text.normalize('NFC').replace(/\s+/gu, ' ');
    const words = spaced.trim();
    if (words === '') {
      hasSpace ||= spaced !== '';
      return '';
    }
    const piece = isStarted && (hasSpace || spaced.startsWith(' ')) ? ` ${words}` : words;
    [isStarted, hasSpace] = [true, spaced.endsWith(' ')];
    return piece;
  };
  for await (const chunk of chunks) {
    const text = pending + chunk;
    const end = Math.max(0, text.search(LAST_STARTER));
    pending = text.slice(end);
    const piece = finish(text.slice(0, end));
    if (piece !== '') yield piece;
  }
  const piece = finish(pending);
  if (piece !== '') yield piece;
}

/**
 * A word is a run of letters, marks and digits. In scripts without spaces (Han, Kana, Thai, Lao, Khmer, Myanmar) each
 * character with its marks is a word.
 */
const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}';
const WORD = new RegExp(`[${UNSPACED}]\\p{M}*|(?:(?![${UNSPACED}])[\\p{L}\\p{M}\\p{N}])+`, 'gu');
const ASCII_WORD = /[a-z0-9]+/g;
/** Any code unit outside ASCII. */
const NOT_ASCII = /[^\0-\x7f]/;
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, 'u');

/**
 * Collects the distinct hashes of a document's word 5-grams, in NFKC and lower case. A document of 1 to 4 words has one
 * hash, of all its words. A document without words has one hash, of its normalized content.
 */
export class Shingler {
  private hashes = new Uint32Array(256);
  private length = 0;
  private readonly last = new Uint32Array(WORDS);
  private words = 0;
  /** Hash of a word that may continue in the next piece. */
  private open: number | undefined;
  private content = FNV_START;

  /** @param piece of `normalizedPieces` */
  add(piece: string): void {
    const isAscii = !NOT_ASCII.test(piece);
    const text = (isAscii ? piece : piece.normalize('NFKC')).toLowerCase();
    if (this.words === 0) this.content = hashed(this.content, text);
    const pattern = isAscii ? ASCII_WORD : WORD;
    pattern.lastIndex = 0;
    let first = true;
    for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
      const [word] = match;
      const isUnspaced = !isAscii && IS_UNSPACED.test(word);
      const isContinued = first && match.index === 0 && !isUnspaced;
      if (this.open !== undefined && !isContinued) this.close();
      const hash = hashed(this.open ?? FNV_START, word);
      first = false;
      this.open = hash;
      if (isUnspaced || pattern.lastIndex < text.length) this.close();
    }
    if (first) this.close();
  }

  /** Sorted distinct hashes; at least one. Ends the document, and starts the next one. */
  finish(): Uint32Array {
    this.close();
    if (this.words === 0) this.push(this.content);
    else if (this.words < WORDS) this.push(this.shingle(this.words));
    const sorted = this.hashes.slice(0, this.length).sort();
    let distinct = 0;
    for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[distinct++] = sorted[i]!;
    [this.length, this.words, this.content] = [0, 0, FNV_START];
    return sorted.slice(0, distinct);
  }

  private close(): void {
    if (this.open === undefined) return;
    this.last[this.words++ % WORDS] = this.open;
    this.open = undefined;
    if (this.words >= WORDS) this.push(this.shingle(WORDS));
  }

  /** Hash of the last `count` words. */
  private shingle(count: number): number {
    let hash = count;
    for (let i = this.words - count; i < this.words; i++) hash = finalMix(Math.imul(hash, 31) ^ this.last[i % WORDS]!);
    return hash >>> 0;
  }

  private push(hash: number): void {
    if (this.length === this.hashes.length) {
      const larger = new Uint32Array(2 * this.length);
      larger.set(this.hashes);
      this.hashes = larger;
    }
    this.hashes[this.length++] = hash;
  }
}

/** FNV-1a over code units, as `purposeId`, from a given state. */
function hashed(state: number, text: string): number {
  let hash = state;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
const FNV_START = purposeId('');
