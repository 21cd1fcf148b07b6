/** Finds exact and near-duplicate documents of a text in two passes, without holding the text. */
import type { Document, Documents } from '../../base/document';
import { sha256 } from '../../base/hash';
import { type Job, yieldToEventLoop } from '../../base/job';
import { keptCopies, NEAR_JACCARD, NearDuplicates } from './nearDuplicates';
import { normalizedPieces, Shingler } from './shingles';

export interface DuplicateCounts {
  /** Documents that equal an earlier one after normalization. */
  exact: number;
  /** Further documents that are near-duplicates of a kept copy's group. */
  near: number;
}

interface Duplicates {
  counts: DuplicateCounts;
  /** Place of the kept copy, for each document: its own place if it stays. */
  keptExact: Uint32Array;
  keptNear: Uint32Array;
}

interface DuplicateSettings {
  /** Minimum Jaccard similarity of near-duplicates. */
  threshold?: number;
  seed?: number;
}

/**
 * Finds exact copies and, among the rest, near-duplicates. Keeps the earliest exact copy and the longest near-duplicate.
 * @param documents iterated twice
 * @throws HomegrownError `bad-settings` for a threshold out of range; the signal's reason when stopped
 */
export async function findDuplicates(
  documents: Documents,
  { threshold = NEAR_JACCARD, seed = 0 }: DuplicateSettings,
  { signal }: Pick<Job, 'signal'>,
): Promise<Duplicates> {
  const near = new NearDuplicates(threshold, seed);
  const [keptExact, lengths]: [number[], number[]] = [[], []];
  const placeByHash = new Map<string, number>();
  /** Places of the documents that are no exact copies. */
  const unique: number[] = [];
  for await (const document of documents) {
    await pause(signal, keptExact.length);
    const place = keptExact.length;
    const { hash, shingles } = await shinglesOf(document);
    const earlier = placeByHash.get(hash);
    keptExact.push(earlier ?? place);
    if (earlier !== undefined) continue;
    placeByHash.set(hash, place);
    unique.push(place);
    lengths.push(document.characters);
    near.add(shingles);
  }
  placeByHash.clear();
  if (unique.some((_, index) => near.isCandidate(index))) {
    let [place, index] = [0, 0];
    for await (const document of documents) {
      if (unique[index] !== place++) continue;
      await pause(signal, index);
      if (near.isCandidate(index)) near.verify(index, (await shinglesOf(document)).shingles);
      index++;
    }
  }
  const kept = keptCopies(near.groups(), lengths);
  const keptNear = Uint32Array.from(keptExact);
  for (const [index, place] of unique.entries()) keptNear[place] = unique[kept[index]!]!;
  for (const [place, earlier] of keptExact.entries()) if (earlier !== place) keptNear[place] = keptNear[earlier]!;
  const counts = {
    exact: keptExact.length - unique.length,
    near: kept.reduce((sum, copy, index) => sum + Number(copy !== index), 0),
  };
  return { counts, keptExact: Uint32Array.from(keptExact), keptNear };
}

async function pause(signal: AbortSignal, place: number): Promise<void> {
  if (place % 256 === 0) await yieldToEventLoop();
  signal.throwIfAborted();
}

/** SHA-256 of the normalized document, in hex, and its shingles. */
async function shinglesOf(document: Pick<Document, 'chunks'>): Promise<{ hash: string; shingles: Uint32Array }> {
  const [shingler, hasher] = [new Shingler(), await sha256()];
  for await (const piece of normalizedPieces(document.chunks())) {
    shingler.add(piece);
    hasher.update(encoder.encode(piece));
  }
  return { hash: hasher.hex(), shingles: shingler.finish() };
}
const encoder = new TextEncoder();
