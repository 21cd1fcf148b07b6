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
  const allDocuments = async function* (): AsyncGenerator<Document> {
    for (const text of texts) yield* documentsIn(store, asRead(text));
  };
  const sizes: number[] = [];
  let characters = 0;
  for await (const document of allDocuments()) {
    sizes.push(document.bytes);
    characters += document.characters;
  }
  const chosen = new Set<number>();
  let bytes = 0;
  for (const i of evenOrder(sizes.length)) {
    const length = Math.min(sizes[i]!, MAX_SAMPLED_LENGTH);
    if (chosen.size > 0 && bytes + length > SAMPLE_BYTES) break;
    bytes += length;
    chosen.add(i);
  }
  const documents: SampledDocument[] = [];
  let i = 0;
  for await (const document of allDocuments()) {
    signal.throwIfAborted();
    if (chosen.has(i++)) documents.push(await sampleDocument(document));
  }
  return { documents, of: { documents: sizes.length, characters } };
}

async function sampleDocument(document: Document): Promise<SampledDocument> {
  const { passages: readPassages, sha256, ...facts } = cleanable(document, MAX_SAMPLED_LENGTH);
  const passages: string[] = [];
  for await (const passage of readPassages()) {
    passages.push(passage);
    if (!facts.isPair) break;
  }
  const { text = '', place = 0, characters } = document;
  return { facts, sha256, text, place, characters, passages };
}

/** Yields 0 to `count` - 1, each once, so that any prefix is spread evenly (van der Corput sequence). */
function* evenOrder(count: number): Generator<number> {
  const bits = Math.ceil(Math.log2(Math.max(count, 1)));
  for (let i = 0; i < 2 ** bits; i++) {
    let [reversed, remaining] = [0, i];
    for (let bit = 0; bit < bits; bit++, remaining = Math.floor(remaining / 2))
      reversed = reversed * 2 + (remaining % 2);
    if (reversed < count) yield reversed;
  }
}
