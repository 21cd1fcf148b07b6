/** One saved step: written in immutable hashed chunks, each read back at once, and read and verified from them. */
import type { BlobStore } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { sha256Hex } from '../base/hash';
import { unlessUnreadable } from '../base/record';
import { chunkKey, manifestKey } from './head';
import { fillTensors, type Form, makeManifest, type Manifest, packed, readManifest } from './manifest';
import type { Snapshot } from './snapshot';
import type { NamedTensors } from './tensors';

/** Its chunks are stored, and its description is not yet. @throws HomegrownError `storage-damaged`, and those of a commit */
export async function writeChunks(
  store: BlobStore,
  runId: string,
  id: string,
  snapshot: Snapshot,
  form: Form,
  chunkBytes: number,
): Promise<Manifest> {
  const hashes: string[] = [];
  for (const chunk of packed(snapshot.tensors, form.precision, chunkBytes)) {
    const key = chunkKey(runId, id, hashes.length);
    const hash = await sha256Hex(chunk);
    await store.commit({ put: [[key, chunk]] });
    const back = await store.get(key);
    if (!(back instanceof Uint8Array) || (await sha256Hex(back)) !== hash) throw notWhatWasWritten(snapshot.state.step);
    hashes.push(hash);
  }
  return makeManifest(id, snapshot, form, chunkBytes, hashes);
}

/** All of it, or the tensors in `only`. @throws HomegrownError `storage-damaged`, `newer-version` */
export async function readSnapshot(
  store: BlobStore,
  runId: string,
  id: string,
  only: ReadonlySet<string> | undefined,
): Promise<Snapshot> {
  const manifest = await readManifest(store, manifestKey(runId, id));
  const isWanted = (name: string): boolean => only?.has(name) ?? true;
  const tensors = await fillTensors(manifest, isWanted, async (i) => {
    const chunk = await store.get(chunkKey(runId, id, i));
    if (!(chunk instanceof Uint8Array)) throw missingPart(manifest, i);
    if ((await sha256Hex(chunk)) !== manifest.chunks[i]) {
      throw damagedStep(manifest, `part ${i + 1} of ${manifest.chunks.length} has changed since it was written`);
    }
    return chunk;
  });
  return { state: manifest.state, tensors };
}

/** The description of a step whose parts are all there, among these keys; they are not read. */
export async function readWhole(
  store: BlobStore,
  runId: string,
  key: string,
  there: ReadonlySet<string>,
): Promise<Manifest> {
  const manifest = await readManifest(store, key);
  const missing = manifest.chunks.findIndex((_, i) => !there.has(chunkKey(runId, manifest.id, i)));
  if (missing >= 0) throw missingPart(manifest, missing);
  return manifest;
}

/** A description; undefined where it cannot be read. */
export const readIntact = (store: BlobStore, runId: string, id: string): Promise<Manifest | undefined> =>
  unlessUnreadable(readManifest(store, manifestKey(runId, id)));

/** Whether none of the numbers becomes infinite as a half: halves end at 65,504, and what is nearer to that is rounded to it. */
export const fitsHalf = (tensors: NamedTensors): boolean =>
  [...tensors.values()].every(({ data }) => data.every((x) => Math.abs(x) < 65_520));

/** Every key that it is under. */
export const keysOf = async (store: BlobStore, runId: string, id: string): Promise<string[]> => [
  manifestKey(runId, id),
  ...(await store.keys(chunkKey(runId, `${id}/`))),
];

const missingPart = (manifest: Manifest, i: number): HomegrownError =>
  damagedStep(manifest, `part ${i + 1} of ${manifest.chunks.length} is missing`);
const damagedStep = ({ state }: Manifest, reason: string): HomegrownError =>
  new HomegrownError('storage-damaged', `Step ${state.step} cannot be opened: ${reason}`);
export const notWhatWasWritten = (step: number): HomegrownError =>
  new HomegrownError(
    'storage-damaged',
    `Step ${step} was written but did not read back the same, so it does not count as saved`,
    'The step saved before is untouched. Download the model now, and check the disk.',
  );
