/** Stored data of a run. */
import type { BlobStore } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { isUnreadable } from '../base/record';
import { readShards } from '../shards/build';
import type { ShardManifest } from '../shards/manifest';
import type { RunRecord } from './record';
import { dataOf } from './segments';

/**
 * Manifest of the newest segment's data; null for a model imported without data.
 * @throws HomegrownError `storage-damaged` if the data is missing or unreadable, `newer-version`
 */
export async function manifestOf(store: BlobStore, record: Pick<RunRecord, 'segments'>): Promise<ShardManifest | null> {
  const { id } = dataOf(record);
  if (id === null) return null;
  const manifest = await readShards(store, id);
  if (manifest) return manifest;
  throw new HomegrownError(
    'storage-damaged',
    `The training data ${id} of this run is missing`,
    'Its checkpoints are safe. Rebuild the data from its text, or continue on other text.',
  );
}

/** Like `manifestOf`, but also null if it is missing or unreadable, for models that work without data. */
export const manifestIfKept = (store: BlobStore, record: Pick<RunRecord, 'segments'>): Promise<ShardManifest | null> =>
  manifestOf(store, record).catch((error: unknown) => {
    if (isUnreadable(error)) return null;
    throw error;
  });

/** Ids of all data that a run names: its training data, and the base's for the forgetting metric. */
export const dataNamedBy = (record: Pick<RunRecord, 'segments' | 'old'>): readonly string[] =>
  [...new Set([dataOf(record).id, record.old?.id ?? null])].filter((id) => id !== null);
