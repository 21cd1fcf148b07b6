/**
 * Frozen base weights, stored once for all runs that are tuned on them, under the hash of their bytes. Like a saved
 * step, a base is chunks `bases/<hash>/<i>` and a manifest `base/<hash>`. The chunks are written and read back first;
 * the manifest then makes the base exist, in one commit. Saving a base again repairs it, because equal hashes mean equal
 * weights.
 */
import type { BlobStore } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { storedRecord } from '../base/record';
import { BASE, baseChunkKey, baseKey, baseKeys } from './bases';
import { CHUNK_BYTES, type Place, readTensors, writeChunks } from './chunks';
import { makeManifest, type Manifest, readManifest } from './manifest';
import { bytesOf, type NamedTensors } from './tensors';
import { hashTensors } from './tensorsHash';

/** @param weights all weights of the base model in the model's order, frozen ones rounded to their precision */
export const baseHash = (weights: NamedTensors): Promise<string> => hashTensors([...weights.values()].map(bytesOf));

/**
 * Saves a base. Resolves when it is durable and was read back equal. Of an existing base, rewrites only damaged chunks.
 * A clean-up of unused data deletes a base that no run names, so call this after a run names it, or during a hold.
 * @param hash result of `baseHash`
 * @returns bytes of the weights
 * @throws HomegrownError `storage-damaged`, `storage-full`, `storage-blocked`: no new manifest exists then;
 * `newer-version`
 */
export async function saveBase(
  store: BlobStore,
  hash: string,
  weights: NamedTensors,
  chunkBytes = CHUNK_BYTES,
): Promise<{ bytes: number }> {
  const key = baseKey(hash);
  const existing = await findManifest(store, hash);
  const storedKeys = new Set(await baseKeys(store, hash));
  // Existing chunks can only be compared at their own size.
  const size = existing?.chunkBytes ?? chunkBytes;
  const hashes = await writeChunks(store, placeOf(hash), weights, 'f32', size, (chunkKey) => storedKeys.has(chunkKey));
  const form = { holds: 'weights', precision: 'f32' } as const;
  const manifest = await makeManifest(hash, { state: UNTRAINED, tensors: weights }, form, size, hashes);
  if (existing?.root !== manifest.root) {
    await store.commit({ put: [[key, storedRecord(BASE, manifest)]] });
    if ((await readManifest(store, key, BASE)).root !== manifest.root) throw placeOf(hash).verificationFailed();
  }
  return { bytes: manifest.bytes };
}
/** Training state in a base's manifest, which has the form of a saved step's. */
const UNTRAINED = { step: 0, tokensSeen: 0, activeMs: 0, best: null };

/** Returns the manifest of a base; undefined if it is missing or damaged. @throws HomegrownError `newer-version` */
async function findManifest(store: BlobStore, hash: string): Promise<Manifest | undefined> {
  if ((await store.get(baseKey(hash))) === undefined) return undefined;
  return readManifest(store, baseKey(hash), BASE).catch((error: unknown) => {
    if (error instanceof HomegrownError && error.code === 'storage-damaged') return undefined;
    throw error;
  });
}

/**
 * Reads and verifies a base.
 * @param names tensors to read; absent: all
 * @throws HomegrownError `storage-damaged`, `newer-version`
 */
export async function readBase(store: BlobStore, hash: string, names?: ReadonlySet<string>): Promise<NamedTensors> {
  const place = placeOf(hash);
  const manifest = await readManifest(store, baseKey(hash), BASE).catch((error: unknown) => {
    if (error instanceof HomegrownError && error.code === 'storage-damaged') throw place.damaged(error.message);
    throw error;
  });
  return readTensors(store, manifest, place, names);
}

/** Keys and errors of a base, for the functions that read and write chunks. */
const placeOf = (hash: string): Place => ({
  key: (i) => baseChunkKey(hash, i),
  damaged: (reason) =>
    new HomegrownError(
      'storage-damaged',
      `The frozen base ${hash.slice(0, 12)}… of this run can’t be opened: ${reason}`,
      'The trained weights and the base run are safe. Tune the same step of the base run again, with the same frozen-weight precision: that rewrites the base, and this run opens again.',
    ),
  verificationFailed: () =>
    new HomegrownError(
      'storage-damaged',
      `The frozen base ${hash.slice(0, 12)}… failed its check after writing, so the run did not start`,
      'Your saved data is safe. Check the disk, then try again.',
    ),
});
