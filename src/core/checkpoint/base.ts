/**
 * Frozen base weights, stored once per hash for all runs that are tuned on them. Stored like a saved step: chunks
 * `bases/<hash>/<i>`, each read back, and then their description `base/<hash>` in one commit. Chunks without a
 * description count as missing. The hash determines the content, so saving a base again repairs it.
 */
import type { BlobStore } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { storedRecord } from '../base/record';
import { BASE, baseChunkKey, baseKey, baseKeys } from './bases';
import { CHUNK_BYTES, type Place, readTensors, writeChunks } from './chunks';
import { makeManifest, type Manifest, readManifest } from './manifest';
import { bytesOf, type NamedTensors } from './tensors';
import { hashTensors } from './tensorsHash';

/** Hash of a base. @param weights all weights of the base model, as used, in the model's order */
export const baseHash = (weights: NamedTensors): Promise<string> => hashTensors([...weights.values()].map(bytesOf));

/**
 * Saves a base. Resolves when the base is durable and was read back equal. Verifies an existing copy, and rewrites
 * changed chunks. Call it only while no unused data are being dropped: a run names the base, or data are held.
 * @param hash of the weights, by `baseHash`
 * @throws HomegrownError `storage-damaged`, `storage-full`, `storage-blocked`: no new description exists then;
 * `newer-version`
 */
export async function keepBase(
  store: BlobStore,
  hash: string,
  weights: NamedTensors,
  chunkBytes = CHUNK_BYTES,
): Promise<{ bytes: number }> {
  const key = baseKey(hash);
  const existing = await readDescription(store, hash);
  const storedKeys = new Set(await baseKeys(store, hash));
  // An existing description fixes the chunk size.
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
/** Training state in a base's description: no training. */
const UNTRAINED = { step: 0, tokensSeen: 0, activeMs: 0, best: null };

/**
 * Description of a base; undefined if missing, or if damaged and to be rewritten. @throws HomegrownError
 * `newer-version`
 */
async function readDescription(store: BlobStore, hash: string): Promise<Manifest | undefined> {
  if ((await store.get(baseKey(hash))) === undefined) return undefined;
  return readManifest(store, baseKey(hash), BASE).catch((error: unknown) => {
    if (error instanceof HomegrownError && error.code === 'storage-damaged') return undefined;
    throw error;
  });
}

/** Reads and verifies a base, or the tensors in `names`. @throws HomegrownError `storage-damaged`, `newer-version` */
export async function readBase(store: BlobStore, hash: string, names?: ReadonlySet<string>): Promise<NamedTensors> {
  const place = placeOf(hash);
  const manifest = await readManifest(store, baseKey(hash), BASE).catch((error: unknown) => {
    if (error instanceof HomegrownError && error.code === 'storage-damaged') throw place.damaged(error.message);
    throw error;
  });
  return readTensors(store, manifest, place, names);
}

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
