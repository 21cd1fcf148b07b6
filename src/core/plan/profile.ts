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
import { type PassageIds, repeatedShare } from './repetition';
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
): VocabularyProfile | undefined => vocabularies.findLast((vocabulary) => vocabulary.size <= size) ?? vocabularies[0];

/** Vocabulary sizes to try; the smallest has only bytes and the end token. */
const VOCABULARIES = [MIN_VOCABULARY, 512, 1024, 2048, 4096, 8192] as const;

/** Maximum size of the sample in code units, enough to distinguish languages and kinds of text. */
const MAX_SAMPLE_LENGTH = 2 ** 19;
/** Share of each document's sample that is held out, at its end: the usual validation share. */
const HELD_OUT_SHARE = 0.1;

/**
 * Reads a sample of documents, trains the largest vocabulary on it, and counts the tokens of each smaller one, whose
 * merges are the first merges of the largest. Takes some tenths of a second.
 */
export async function profileText(documents: Documents, job: Job): Promise<TextProfile> {
  const bytes = await totalOf(documents, 'bytes');
  const passages = await sampleOf(documents, job);
  const sampledBytes = passages.reduce((sum, passage) => sum + passage.bytes, 0);
  const { merges } = await trainTokenizer({ kind: 'bpe', vocabulary: Math.max(...VOCABULARIES) }, passages, job);
  const { words, training, heldOut, passageWords } = countWords(passages);
  const ranks = new PairTable();
  const mergedIds = madeInOrder(merges.length);
  let ids: readonly Uint32Array[] = words.map((word) =>
    Uint32Array.from(utf8.encode(word), (byte) => ID_OF_BYTE[byte]!),
  );
  const vocabularies: VocabularyProfile[] = [];
  const heldBytes = ids.reduce((sum, bytes, i) => sum + heldOut[i]! * bytes.length, 0);
  let measured: { ids: readonly Uint32Array[]; size: number; heldTokens: number } = { ids: [], size: 0, heldTokens: 0 };
  for (const targetSize of VOCABULARIES) {
    const ownMerges = merges.slice(0, targetSize - MIN_VOCABULARY);
    const size = MIN_VOCABULARY + ownMerges.length;
    // The text has no more pairs, so that this vocabulary equals the previous one.
    if (vocabularies.at(-1)?.size === size) break;
    // Continues from the smaller vocabulary's tokens, because its merges come first.
    for (const [left, right] of ownMerges.slice(ranks.size)) ranks.findOrAdd(left, right);
    ids = ids.map((wordIds) => merge(wordIds.slice(), ranks, mergedIds));
    const [counts, heldCounts] = [new Uint32Array(size), new Uint32Array(size)];
    let [tokens, heldTokens] = [0, 0];
    for (const [i, wordIds] of ids.entries()) {
      for (const id of wordIds) {
        counts[id]! += training[i]!;
        heldCounts[id]! += heldOut[i]!;
      }
      tokens += wordIds.length * (training[i]! + heldOut[i]!);
      heldTokens += wordIds.length * heldOut[i]!;
    }
    vocabularies.push({
      kind: ownMerges.length === 0 ? 'bytes' : 'bpe',
      size,
      bytesPerToken: sampledBytes / Math.max(1, tokens),
      unigramBits: heldBytes === 0 ? 0 : (unigramLoss(counts, heldCounts) * heldTokens) / (heldBytes * Math.LN2),
    });
    if (size <= MEASURED_SIZE) measured = { ids, size, heldTokens };
    await yieldToEventLoop();
    job.signal.throwIfAborted();
  }
  const idsByPassage = passageIds(passageWords, measured.ids);
  const trigram = trigramLoss(idsByPassage, measured.size, Math.min(1, sampledBytes / bytes));
  return {
    bytes,
    vocabularies,
    repeated: repeatedShare(idsByPassage, measured.size),
    trigramBits: heldBytes === 0 ? 0 : (trigram * measured.heldTokens) / (heldBytes * Math.LN2),
  };
}

/** Concatenates the token ids of each passage's words. */
const passageIds = (passages: Words['passageWords'], ids: readonly Uint32Array[]): readonly PassageIds[] => {
  const idsOf = (words: readonly number[]): Uint32Array => concatIds(words.map((i) => ids[i]!));
  return passages.map(({ training, heldOut }) => ({ training: idsOf(training), heldOut: idsOf(heldOut) }));
};

interface Words {
  /** Distinct words. */
  words: readonly string[];
  /** Count in the training set and in the held-out set. */
  training: readonly number[];
  heldOut: readonly number[];
  /** Passages, as indices into `words`. */
  passageWords: readonly { training: readonly number[]; heldOut: readonly number[] }[];
}

function countWords(passages: readonly Passage[]): Words {
  const [words, training, heldOut]: [string[], number[], number[]] = [[], [], []];
  const indices = new Map<string, number>();
  const indexOf = (word: string): number => {
    const index = indices.get(word);
    if (index !== undefined) return index;
    indices.set(word, words.length);
    training.push(0);
    heldOut.push(0);
    return words.push(word) - 1;
  };
  const passageWords = passages.map(({ text }) => {
    const wordIndices: number[] = [];
    for (let start = 0; start < text.length;) {
      const end = preTokenEnd(text, start);
      wordIndices.push(indexOf(text.slice(start, end)));
      start = end;
    }
    const split = Math.floor((1 - HELD_OUT_SHARE) * wordIndices.length);
    const passage = { training: wordIndices.slice(0, split), heldOut: wordIndices.slice(split) };
    for (const i of passage.training) training[i]! += 1;
    for (const i of passage.heldOut) heldOut[i]! += 1;
    return passage;
  });
  return { words, training, heldOut, passageWords };
}
const utf8 = new TextEncoder();

/** Vocabulary size for measuring repetition, or the largest smaller one that exists. */
const MEASURED_SIZE = 2048;

interface Passage extends Document {
  text: string;
}

/** Samples evenly spaced stretches. Reads at most `MAX_DOCUMENTS` evenly spaced documents, up to `MAX_READ_LENGTH`. */
async function sampleOf(documents: Documents, { signal }: Pick<Job, 'signal'>): Promise<readonly Passage[]> {
  let [count, i] = [0, 0];
  for await (const _ of documents) count++;
  const step = Math.max(1, count / MAX_DOCUMENTS);
  const sampled: Document[] = [];
  for await (const document of documents) {
    if (Math.floor(i / step) !== Math.floor((i - 1) / step)) sampled.push(document);
    i++;
  }
  const bytes = sampled.reduce((sum, document) => sum + document.bytes, 0);
  const share = Math.min(1, MAX_SAMPLE_LENGTH / Math.min(MAX_READ_LENGTH, bytes));
  const passages: Passage[] = [];
  let readLength = 0;
  for (const document of sampled) {
    const stretches: string[] = [];
    for await (const chunk of document.chunks()) {
      signal.throwIfAborted();
      for (let offset = 0; offset < chunk.length; offset += STRETCH / share) {
        const [start, end] = [offset, Math.min(chunk.length, offset + STRETCH)].map((position) =>
          characterEnd(chunk, Math.floor(position)),
        );
        stretches.push(chunk.slice(start, end));
      }
      if ((readLength += chunk.length) >= MAX_READ_LENGTH) break;
    }
    passages.push(passageOf(stretches.join('')));
    if (readLength >= MAX_READ_LENGTH) break;
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
