/** Profiles a text for a plan: its size, its repetition, and its tokens in several vocabularies. */
import { concatIds } from '../base/concat';
import { type Document, type Documents, totalOf } from '../base/document';
import { type Job, yieldToEventLoop } from '../base/job';
import { characterEnd, countCharacters } from '../base/utf8';
import { unigramLoss } from '../objectives/unigram';
import { ID_OF_BYTE } from '../tokenizer/alphabet';
import { madeInOrder, merge } from '../tokenizer/merge';
import { PairTable } from '../tokenizer/pairTable';
import { preTokenEnd } from '../tokenizer/split';
import type { TrainedKind } from '../tokenizer/tokenizer';
import { MIN_VOCABULARY, trainTokenizer } from '../tokenizer/train';
import { type Part, repeatedShare } from './repetition';
import { trigramLoss } from './trigram';

export interface TextProfile {
  /** UTF-8 bytes of the whole text. */
  bytes: number;
  /** Vocabularies that the text has enough pairs for, in ascending order of size. */
  vocabularies: readonly VocabularyProfile[];
  /** Share of the text that repeats verbatim. */
  repeated: number;
  /** Approximate bits per byte of a trigram model on held-out text, nearly independent of the vocabulary. */
  trigramBits: number;
}

export interface VocabularyProfile {
  kind: TrainedKind;
  /** Number of tokens in the vocabulary. */
  size: number;
  bytesPerToken: number;
  /** Bits per byte of a unigram model on held-out text. */
  unigramBits: number;
}

/** Largest measured vocabulary of at most `size` entries, else the smallest; undefined if the text has none. */
export const measuredVocabulary = (
  { vocabularies }: Pick<TextProfile, 'vocabularies'>,
  size: number,
): VocabularyProfile | undefined => vocabularies.findLast((one) => one.size <= size) ?? vocabularies[0];

/** Vocabulary sizes to try; the smallest has only bytes and the end token. */
const VOCABULARIES = [MIN_VOCABULARY, 512, 1024, 2048, 4096, 8192] as const;

/** Maximum size of the sample in code units, enough to distinguish languages and kinds of text. */
const SAMPLE = 2 ** 19;
/** Share of each document's sample that is held out, at its end: the usual validation share. */
const HELD = 0.1;

/**
 * Reads a sample of documents, trains the largest vocabulary on it, and counts the tokens of each smaller one, whose
 * merges are the first merges of the largest. Takes some tenths of a second.
 */
export async function profileText(documents: Documents, job: Job): Promise<TextProfile> {
  const bytes = await totalOf(documents, 'bytes');
  const passages = await sampleOf(documents, job);
  const sampled = passages.reduce((sum, passage) => sum + passage.bytes, 0);
  const { merges } = await trainTokenizer({ kind: 'bpe', vocabulary: Math.max(...VOCABULARIES) }, passages, job);
  const { words, trained, held, parts } = wordsOf(passages);
  const ranks = new PairTable();
  const made = madeInOrder(merges.length);
  let ids: readonly Uint32Array[] = words.map((word) =>
    Uint32Array.from(utf8.encode(word), (byte) => ID_OF_BYTE[byte]!),
  );
  const vocabularies: VocabularyProfile[] = [];
  const heldBytes = ids.reduce((sum, bytes, i) => sum + held[i]! * bytes.length, 0);
  let usual: { ids: readonly Uint32Array[]; size: number; heldTokens: number } = { ids: [], size: 0, heldTokens: 0 };
  for (const asked of VOCABULARIES) {
    const own = merges.slice(0, asked - MIN_VOCABULARY);
    const size = MIN_VOCABULARY + own.length;
    // The text has no more pairs, so that this vocabulary equals the previous one.
    if (vocabularies.at(-1)?.size === size) break;
    // Continues from the smaller vocabulary's tokens, because its merges come first.
    for (const [left, right] of own.slice(ranks.size)) ranks.findOrAdd(left, right);
    ids = ids.map((of) => merge(of.slice(), ranks, made));
    const [counts, heldCounts] = [new Uint32Array(size), new Uint32Array(size)];
    let [tokens, heldTokens] = [0, 0];
    for (const [i, of] of ids.entries()) {
      for (const id of of) {
        counts[id]! += trained[i]!;
        heldCounts[id]! += held[i]!;
      }
      tokens += of.length * (trained[i]! + held[i]!);
      heldTokens += of.length * held[i]!;
    }
    vocabularies.push({
      kind: own.length === 0 ? 'bytes' : 'bpe',
      size,
      bytesPerToken: sampled / Math.max(1, tokens),
      unigramBits: heldBytes === 0 ? 0 : (unigramLoss(counts, heldCounts) * heldTokens) / (heldBytes * Math.LN2),
    });
    if (size <= USUAL) usual = { ids, size, heldTokens };
    await yieldToEventLoop();
    job.signal.throwIfAborted();
  }
  const passagesOfIds = partsOf(parts, usual.ids);
  const trigram = trigramLoss(passagesOfIds, usual.size, Math.min(1, sampled / bytes));
  return {
    bytes,
    vocabularies,
    repeated: repeatedShare(passagesOfIds, usual.size),
    trigramBits: heldBytes === 0 ? 0 : (trigram * usual.heldTokens) / (heldBytes * Math.LN2),
  };
}

/** Concatenates the ids of each passage's words. */
const partsOf = (parts: Words['parts'], ids: readonly Uint32Array[]): readonly Part[] => {
  const idsOf = (words: readonly number[]): Uint32Array => concatIds(words.map((i) => ids[i]!));
  return parts.map(({ trained, held }) => ({ trained: idsOf(trained), held: idsOf(held) }));
};

interface Words {
  /** Distinct words. */
  words: readonly string[];
  /** Count in the training set and in the held-out set. */
  trained: readonly number[];
  held: readonly number[];
  /** Passages, as indices into `words`. */
  parts: readonly { trained: readonly number[]; held: readonly number[] }[];
}

function wordsOf(passages: readonly Passage[]): Words {
  const [words, trained, held]: [string[], number[], number[]] = [[], [], []];
  const places = new Map<string, number>();
  const placeOf = (word: string): number => {
    const known = places.get(word);
    if (known !== undefined) return known;
    places.set(word, words.length);
    trained.push(0);
    held.push(0);
    return words.push(word) - 1;
  };
  const parts = passages.map(({ text }) => {
    const all: number[] = [];
    for (let start = 0; start < text.length;) {
      const end = preTokenEnd(text, start);
      all.push(placeOf(text.slice(start, end)));
      start = end;
    }
    const border = Math.floor((1 - HELD) * all.length);
    const part = { trained: all.slice(0, border), held: all.slice(border) };
    for (const i of part.trained) trained[i]! += 1;
    for (const i of part.held) held[i]! += 1;
    return part;
  });
  return { words, trained, held, parts };
}
const utf8 = new TextEncoder();

/** Vocabulary size for measuring repetition, or the largest smaller one that exists. */
const USUAL = 2048;

interface Passage extends Document {
  text: string;
}

/** Samples evenly spaced stretches. Reads at most `MAX_DOCUMENTS` evenly spaced documents, up to `MAX_READ_LENGTH`. */
async function sampleOf(documents: Documents, { signal }: Pick<Job, 'signal'>): Promise<readonly Passage[]> {
  let [count, i] = [0, 0];
  for await (const _ of documents) count++;
  const step = Math.max(1, count / MAX_DOCUMENTS);
  const read: Document[] = [];
  for await (const document of documents) {
    if (Math.floor(i / step) !== Math.floor((i - 1) / step)) read.push(document);
    i++;
  }
  const bytes = read.reduce((sum, document) => sum + document.bytes, 0);
  const share = Math.min(1, SAMPLE / Math.min(MAX_READ_LENGTH, bytes));
  const passages: Passage[] = [];
  let seen = 0;
  for (const document of read) {
    const pieces: string[] = [];
    for await (const chunk of document.chunks()) {
      signal.throwIfAborted();
      for (let from = 0; from < chunk.length; from += STRETCH / share) {
        const [start, end] = [from, Math.min(chunk.length, from + STRETCH)].map((at) =>
          characterEnd(chunk, Math.floor(at)),
        );
        pieces.push(chunk.slice(start, end));
      }
      if ((seen += chunk.length) >= MAX_READ_LENGTH) break;
    }
    passages.push(passageOf(pieces.join('')));
    if (seen >= MAX_READ_LENGTH) break;
  }
  return passages;
}
/** Lengths of a stretch and of all text read, in code units. */
const STRETCH = 2048;
const MAX_DOCUMENTS = 1024;
const MAX_READ_LENGTH = 2 ** 24;

const passageOf = (text: string): Passage => ({
  text,
  sha256: '',
  characters: countCharacters(text),
  bytes: new TextEncoder().encode(text).length,
  async *chunks() {
    yield await Promise.resolve(text);
  },
});
