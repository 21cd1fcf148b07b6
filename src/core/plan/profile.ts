/** What a plan must know of a text: how much there is, and what tokens of several vocabularies make of it. */
import type { Document } from '../base/document';
import { type Job, yieldToEventLoop } from '../base/job';
import { characterEnd, countCharacters } from '../base/utf8';
import { unigramLoss } from '../objectives/unigram';
import { createTokenizer } from '../tokenizer/byteLevel';
import type { TokenizerKind } from '../tokenizer/tokenizer';
import { SMALLEST_VOCABULARY, trainTokenizer } from '../tokenizer/train';
import { type Part, repeatedShare } from './repetition';

export interface TextProfile {
  /** Of UTF-8, all of it. */
  bytes: number;
  /** From small to large; of those that the text has pairs for. */
  vocabularies: readonly VocabularyProfile[];
  /** Share of it that is said word for word again. */
  repeated: number;
}

export interface VocabularyProfile {
  kind: TokenizerKind;
  /** Entries. */
  size: number;
  bytesPerToken: number;
  /** Bits per byte of held-out text of always guessing by how common each token is. */
  unigramBits: number;
}

/** Entries that are tried. 257 are the bytes. */
export const VOCABULARIES = [SMALLEST_VOCABULARY, 512, 1024, 2048, 4096, 8192] as const;

/** Code units that are read of the documents, at most: enough to tell one language, or one kind of text, from another. */
const SAMPLE = 2 ** 19;
/** Of each document's sample, at its end: as much as is usually held out. */
const HELD = 0.1;

/**
 * Reads a sample of documents, learns the largest vocabulary from it, and counts the tokens of each smaller one, whose merges
 * are the first of that. Takes about a second.
 */
export async function profileText(documents: readonly Document[], job: Job): Promise<TextProfile> {
  const bytes = documents.reduce((sum, document) => sum + document.bytes, 0);
  const passages = await sampleOf(documents, job);
  const sampled = passages.reduce((sum, passage) => sum + passage.bytes, 0);
  const { merges } = await trainTokenizer({ kind: 'bpe', vocabulary: Math.max(...VOCABULARIES) }, passages, job);
  const vocabularies: VocabularyProfile[] = [];
  let usual: { parts: readonly Part[]; size: number } | undefined;
  for (const asked of VOCABULARIES) {
    const own = merges.slice(0, asked - SMALLEST_VOCABULARY);
    const size = SMALLEST_VOCABULARY + own.length;
    // What the text has no pairs for is no vocabulary of its own.
    if (vocabularies.at(-1)?.size === size) break;
    const tokenizer = await createTokenizer({ kind: 'bpe', merges: own });
    const [learnt, held] = [new Uint32Array(size), new Uint32Array(size)];
    let [tokens, heldTokens, heldBytes] = [0, 0, 0];
    const parts: Part[] = [];
    for (const { text } of passages) {
      const ids = tokenizer.encode(text);
      const border = Math.floor((1 - HELD) * ids.length);
      const part = { learnt: ids.subarray(0, border), held: ids.subarray(border) };
      for (const id of part.learnt) learnt[id]! += 1;
      for (const id of part.held) {
        held[id]! += 1;
        heldBytes += tokenizer.bytes(id).length;
      }
      heldTokens += part.held.length;
      tokens += ids.length;
      parts.push(part);
    }
    if (size <= USUAL) usual = { parts, size };
    vocabularies.push({
      kind: own.length === 0 ? 'bytes' : 'bpe',
      size,
      bytesPerToken: sampled / Math.max(1, tokens),
      unigramBits: heldBytes === 0 ? 0 : (unigramLoss(learnt, held) * heldTokens) / (heldBytes * Math.LN2),
    });
    await yieldToEventLoop();
    job.signal.throwIfAborted();
  }
  return { bytes, vocabularies, repeated: usual ? repeatedShare(usual.parts, usual.size) : 0 };
}

/** Entries of the tokens by which repetition is told, or of the largest vocabulary below that there is. */
const USUAL = 2048;

interface Passage extends Document {
  text: string;
}

/** Stretches that lie evenly over what is read: all of it, or where there is much, many of the documents or the first of them. */
async function sampleOf(documents: readonly Document[], { signal }: Pick<Job, 'signal'>): Promise<readonly Passage[]> {
  const step = Math.max(1, documents.length / MOST_DOCUMENTS);
  const read = documents.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
  const bytes = read.reduce((sum, document) => sum + document.bytes, 0);
  const share = Math.min(1, SAMPLE / Math.min(MOST_READ, bytes));
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
      if ((seen += chunk.length) >= MOST_READ) break;
    }
    passages.push(passageOf(pieces.join('')));
    if (seen >= MOST_READ) break;
  }
  return passages;
}
/** Code units. */
const STRETCH = 2048;
const MOST_DOCUMENTS = 1024;
const MOST_READ = 2 ** 24;

const passageOf = (text: string): Passage => ({
  text,
  sha256: '',
  characters: countCharacters(text),
  bytes: new TextEncoder().encode(text).length,
  async *chunks() {
    yield await Promise.resolve(text);
  },
});
