/** Tensors in immutable hashed chunks of a store: each is read back when written, and verified when read. */
import type { BlobStore } from '../base/blobStore';
import type { HomegrownError } from '../base/errors';
import { sha256Hex } from '../base/hash';
import { fillTensors, type Manifest, packed, type Precision } from './manifest';
import type { NamedTensors } from './tensors';

/** Keys of the chunks, and errors for damaged ones. */
export interface Place {
  key(i: number): string;
  /** @param reason `part 2 of 3 is missing` */
  damaged(reason: string): HomegrownError;
  notWhatWasWritten(): HomegrownError;
}

/** A compromise: cleaners delete huge files in the browser's profile, and small chunks need more commits. */
export const CHUNK_BYTES = 8 * 2 ** 20;

/**
 * Writes tensors in chunks; skips existing chunks that are intact. @returns the chunks' hashes
 * @throws HomegrownError `storage-damaged`, and those of a commit
 */
export async function writeChunks(
  store: BlobStore,
  { key, notWhatWasWritten }: Place,
  tensors: NamedTensors,
  precision: Precision,
  chunkBytes: number,
  isThere: (key: string) => boolean = () => false,
): Promise<readonly string[]> {
  const hashes: string[] = [];
  for (const chunk of packed(tensors, precision, chunkBytes)) {
    const at = key(hashes.length);
    const hash = await sha256Hex(chunk);
    if (!isThere(at) || (await hashAt(store, at)) !== hash) {
      await store.commit({ put: [[at, chunk]] });
      if ((await hashAt(store, at)) !== hash) throw notWhatWasWritten();
    }
    hashes.push(hash);
  }
  return hashes;
}

async function hashAt(store: BlobStore, key: string): Promise<string | undefined> {
  const value = await store.get(key);
  return value instanceof Uint8Array ? sha256Hex(value) : undefined;
}

/** Reads and verifies all tensors, or those in `only`. @throws HomegrownError `storage-damaged` */
export const readTensors = (
  store: BlobStore,
  manifest: Manifest,
  place: Place,
  only: ReadonlySet<string> | undefined,
): Promise<NamedTensors> =>
  fillTensors(
    manifest,
    (name) => only?.has(name) ?? true,
    async (i) => {
      const chunk = await store.get(place.key(i));
      if (!(chunk instanceof Uint8Array)) throw missingPart(manifest, i, place);
      if ((await sha256Hex(chunk)) !== manifest.chunks[i])
        throw place.damaged(`part ${i + 1} of ${manifest.chunks.length} has changed since it was written`);
      return chunk;
    },
  );

/** Checks that all chunks are among the keys in `there`. @throws HomegrownError `storage-damaged` */
export function checkAllThere(
  manifest: Manifest,
  place: Pick<Place, 'key' | 'damaged'>,
  there: ReadonlySet<string>,
): void {
  const missing = manifest.chunks.findIndex((_, i) => !there.has(place.key(i)));
  if (missing >= 0) throw missingPart(manifest, missing, place);
}

const missingPart = ({ chunks }: Manifest, i: number, { damaged }: Pick<Place, 'damaged'>): HomegrownError =>
  damaged(`part ${i + 1} of ${chunks.length} is missing`);
