/** Samples documents to preview a recipe. */
import type { BlobStore } from '../../base/blobStore';
import type { Document } from '../../base/document';
import type { Job } from '../../base/job';
import { documentsIn } from '../open';
import { asRead, type TextRecord } from '../record';
import { cleanable } from './cleanable';
import type { DocumentFacts } from './rules/rule';

export interface SampledDocument {
  facts: DocumentFacts;
  sha256: string;
  text: string;
  place: number;
  /** Length of the whole document, in code points. */
  characters: number;
  passages: readonly string[];
}
export interface Sample {
  /** In text order. */
  documents: readonly SampledDocument[];
  /** Totals of the sampled texts. */
  of: { documents: number; characters: number };
}

/** Maximum UTF-8 bytes of a sample, and maximum length of a document in it. */
export const SAMPLE_BYTES = 2 ** 20;
export const MAX_SAMPLED_LENGTH = 2 ** 18;

/**
 * Samples documents evenly from the texts, all if they fit, with only the beginning of long ones. Deterministic.
 * @throws HomegrownError `storage-damaged`; the signal's reason when stopped
 */
export async function sampleOf(store: BlobStore, texts: readonly TextRecord[], { signal }: Job): Promise<Sample> {
  const all = async function* (): AsyncGenerator<Document> {
    for (const text of texts) yield* documentsIn(store, asRead(text));
  };
  const sizes: number[] = [];
  let characters = 0;
  for await (const document of all()) {
    sizes.push(document.bytes);
    characters += document.characters;
  }
  const chosen = new Set<number>();
  let bytes = 0;
  for (const i of spread(sizes.length)) {
    const own = Math.min(sizes[i]!, MAX_SAMPLED_LENGTH);
    if (chosen.size > 0 && bytes + own > SAMPLE_BYTES) break;
    bytes += own;
    chosen.add(i);
  }
  const documents: SampledDocument[] = [];
  let i = 0;
  for await (const document of all()) {
    signal.throwIfAborted();
    if (chosen.has(i++)) documents.push(await sampled(document));
  }
  return { documents, of: { documents: sizes.length, characters } };
}

async function sampled(document: Document): Promise<SampledDocument> {
  const { passages: read, sha256, ...facts } = cleanable(document, MAX_SAMPLED_LENGTH);
  const passages: string[] = [];
  for await (const passage of read()) {
    passages.push(passage);
    if (!facts.isPair) break;
  }
  const { text = '', place = 0, characters } = document;
  return { facts, sha256, text, place, characters, passages };
}

/** Yields 0 to `count` - 1, each once, so that any prefix is spread evenly (van der Corput sequence). */
function* spread(count: number): Generator<number> {
  const bits = Math.ceil(Math.log2(Math.max(count, 1)));
  for (let i = 0; i < 2 ** bits; i++) {
    let [place, rest] = [0, i];
    for (let bit = 0; bit < bits; bit++, rest = Math.floor(rest / 2)) place = place * 2 + (rest % 2);
    if (place < count) yield place;
  }
}
