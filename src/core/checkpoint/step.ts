/** One saved step: written in chunks, and read and verified from them. */
import type { BlobStore } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { unlessUnreadable } from '../base/record';
import { checkAllChunksExist, type Place, readTensors, writeChunks } from './chunks';
import { chunkKey, manifestKey, stepOf } from './head';
import { type Form, makeManifest, type Manifest, readManifest } from './manifest';
import type { Snapshot } from './snapshot';
import type { NamedTensors } from './tensors';

const placeOf = (runId: string, id: string): Place => ({
  key: (i) => chunkKey(runId, id, i),
  damaged: (reason) => new HomegrownError('storage-damaged', `Step ${stepOf(id)} can’t be opened: ${reason}`),
  verificationFailed: () => failedVerification(stepOf(id)),
});

/** Stores a step's chunks, but not its description. @throws HomegrownError `storage-damaged`, and those of a commit */
export async function writeStep(
  store: BlobStore,
  runId: string,
  id: string,
  snapshot: Snapshot,
  form: Form,
  chunkBytes: number,
): Promise<Manifest> {
  const hashes = await writeChunks(store, placeOf(runId, id), snapshot.tensors, form.precision, chunkBytes);
  return makeManifest(id, snapshot, form, chunkBytes, hashes);
}

/** Reads and verifies a step, or its tensors in `names`. @throws HomegrownError `storage-damaged`, `newer-version` */
export async function readSnapshot(
  store: BlobStore,
  runId: string,
  id: string,
  names: ReadonlySet<string> | undefined,
): Promise<Snapshot> {
  const manifest = await readManifest(store, manifestKey(runId, id));
  return { state: manifest.state, tensors: await readTensors(store, manifest, placeOf(runId, manifest.id), names) };
}

/** Description of a step. Checks that all chunks are among the keys in `chunkKeys`, without reading them. */
export async function readCompleteStep(
  store: BlobStore,
  runId: string,
  key: string,
  chunkKeys: ReadonlySet<string>,
): Promise<Manifest> {
  const manifest = await readManifest(store, key);
  checkAllChunksExist(manifest, placeOf(runId, manifest.id), chunkKeys);
  return manifest;
}

/** Description of a step; undefined if unreadable. */
export const readIntact = (store: BlobStore, runId: string, id: string): Promise<Manifest | undefined> =>
  unlessUnreadable(readManifest(store, manifestKey(runId, id)));

/** Whether all values stay finite in f16: its maximum is 65,504, and values below 65,520 are rounded to that. */
export const fitsHalf = (tensors: NamedTensors): boolean =>
  [...tensors.values()].every(({ data }) => data.every((x) => Math.abs(x) < 65_520));

/** All keys of a step. */
export const keysOf = async (store: BlobStore, runId: string, id: string): Promise<string[]> => [
  manifestKey(runId, id),
  ...(await store.keys(chunkKey(runId, `${id}/`))),
];

export const failedVerification = (step: number): HomegrownError =>
  new HomegrownError(
    'storage-damaged',
    `Step ${step} failed its check after writing, so it is not saved`,
    'The previous checkpoint is safe. Export the model now, and check the disk.',
  );
