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
  verificationFailed(): HomegrownError;
}

/** A compromise: cleaners delete huge files in the browser's profile, and small chunks need more commits. */
export const CHUNK_BYTES = 8 * 2 ** 20;

/**
 * Writes tensors in chunks; skips existing chunks that are intact. @returns the chunks' hashes
 * @throws HomegrownError `storage-damaged`, and those of a commit
 */
export async function writeChunks(
  store: BlobStore,
  { key, verificationFailed }: Place,
  tensors: NamedTensors,
  precision: Precision,
  chunkBytes: number,
  mayBeStored: (key: string) => boolean = () => false,
): Promise<readonly string[]> {
  const hashes: string[] = [];
  for (const chunk of packed(tensors, precision, chunkBytes)) {
    const chunkKey = key(hashes.length);
    const hash = await sha256Hex(chunk);
    if (!mayBeStored(chunkKey) || (await storedHash(store, chunkKey)) !== hash) {
      await store.commit({ put: [[chunkKey, chunk]] });
      if ((await storedHash(store, chunkKey)) !== hash) throw verificationFailed();
    }
    hashes.push(hash);
  }
  return hashes;
}

async function storedHash(store: BlobStore, key: string): Promise<string | undefined> {
  const value = await store.get(key);
  return value instanceof Uint8Array ? sha256Hex(value) : undefined;
}

/** Reads and verifies all tensors, or those in `names`. @throws HomegrownError `storage-damaged` */
export const readTensors = (
  store: BlobStore,
  manifest: Manifest,
  place: Place,
  names: ReadonlySet<string> | undefined,
): Promise<NamedTensors> =>
  fillTensors(
    manifest,
    (name) => names?.has(name) ?? true,
    async (i) => {
      const chunk = await store.get(place.key(i));
      if (!(chunk instanceof Uint8Array)) throw missingPart(manifest, i, place);
      if ((await sha256Hex(chunk)) !== manifest.chunks[i])
        throw place.damaged(`part ${i + 1} of ${manifest.chunks.length} has changed since it was written`);
      return chunk;
    },
  );

/** Checks that all chunks are among the keys in `chunkKeys`. @throws HomegrownError `storage-damaged` */
export function checkAllChunksExist(
  manifest: Manifest,
  place: Pick<Place, 'key' | 'damaged'>,
  chunkKeys: ReadonlySet<string>,
): void {
  const missingIndex = manifest.chunks.findIndex((_, i) => !chunkKeys.has(place.key(i)));
  if (missingIndex >= 0) throw missingPart(manifest, missingIndex, place);
}

const missingPart = ({ chunks }: Manifest, i: number, { damaged }: Pick<Place, 'damaged'>): HomegrownError =>
  damaged(`part ${i + 1} of ${chunks.length} is missing`);
