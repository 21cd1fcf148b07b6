import { z } from '../base/zod';
import type { BlobStore } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { type Kind, readRecord } from '../base/record';

/** What a run's saved steps are, by id. `epoch` counts its writers: who claims the run raises it and shuts out the rest. */
export type Head = {
  latest: string | null;
  previous: string | null;
  best: string | null;
  /** Set aside because they could not be read; kept until the run is deleted. */
  damaged: readonly string[];
  epoch: number;
};

/** What the keys of all runs begin with. */
export const HEADS = 'heads/';
export const headKey = (runId: string): string => `${HEADS}${checked(runId)}`;
export const MANIFESTS = 'manifests/';
export const manifestKey = (runId: string, id: string): string => `${MANIFESTS}${checked(runId)}/${id}`;
/** Without `i`, what all chunks of a run begin with. */
export const chunkKey = (runId: string, id: string, i?: number): string =>
  `runs/${checked(runId)}/${id}${i === undefined ? '' : `/${String(i).padStart(5, '0')}`}`;

/**
 * Undefined for a run of which nothing was ever saved.
 * @throws HomegrownError `storage-damaged` when it cannot be read, or is missing while saved steps are there; `newer-version`
 */
export async function readHead(store: BlobStore, runId: string): Promise<Head | undefined> {
  const head = await readRecord(store, headKey(runId), HEAD);
  if (head) return head;
  const { length } = await store.keys(manifestKey(runId, ''));
  if (length === 0) return undefined;
  throw new HomegrownError(
    'storage-damaged',
    `${HEAD.what(headKey(runId))} is missing, and ${length === 1 ? 'a step is' : `${length} steps are`} there that it named`,
  );
}

/** The head after `id` was found damaged. */
export function without(head: Head, id: string): Head {
  const keep = (other: string | null): string | null => (other === id ? null : other);
  const latest = keep(head.latest) ?? keep(head.previous);
  const previous = head.latest === id ? null : keep(head.previous);
  return { latest, previous, best: keep(head.best), damaged: [...head.damaged, id], epoch: head.epoch };
}

const id = z.string();
const headSchema: z.ZodType<Head> = z.strictObject({
  latest: id.nullable(),
  previous: id.nullable(),
  best: id.nullable(),
  damaged: z.array(id),
  epoch: z.number().int().positive(),
});
export const HEAD: Kind<Head> = {
  what: (key) => `The list of saved steps of run ${key.slice(HEADS.length)}`,
  version: 1,
  schema: headSchema,
  upgrades: [],
};

export const isRunId = (id: string): boolean => /^[\w-]{1,64}$/.test(id);

/** A run's id stands between slashes in keys, and comes from links too. */
function checked(runId: string): string {
  if (!isRunId(runId))
    throw new HomegrownError('bad-settings', `There is no run ${JSON.stringify(runId.slice(0, 64))}`);
  return runId;
}
