import { z } from '../base/zod';
import type { BlobStore } from '../base/blobStore';
import { HomegrownError } from '../base/errors';

/** What a run's saved steps are, by id. `epoch` counts its writers: who claims the run raises it and shuts out the rest. */
export type Head = {
  latest: string | null;
  previous: string | null;
  best: string | null;
  /** Set aside because they could not be read; kept until the run is deleted. */
  damaged: readonly string[];
  epoch: number;
};

export const headKey = (runId: string): string => `heads/${checked(runId)}`;
export const manifestKey = (runId: string, id: string): string => `manifests/${checked(runId)}/${id}`;
/** Without `i`, what all chunks of a run begin with. */
export const chunkKey = (runId: string, id: string, i?: number): string =>
  `runs/${checked(runId)}/${id}${i === undefined ? '' : `/${String(i).padStart(5, '0')}`}`;

export async function readHead(store: BlobStore, runId: string): Promise<Head | undefined> {
  const value = await store.get(headKey(runId));
  if (value === undefined) return undefined;
  const head = headSchema.safeParse(value);
  if (!head.success)
    throw new HomegrownError('storage-damaged', `The record of saved steps of run ${runId} is damaged`);
  return head.data;
}

/** The head after `id` was found damaged. */
export function without(head: Head, id: string): Head {
  const keep = (other: string | null): string | null => (other === id ? null : other);
  const latest = keep(head.latest) ?? keep(head.previous);
  const previous = head.latest === id ? null : keep(head.previous);
  return { latest, previous, best: keep(head.best), damaged: [...head.damaged, id], epoch: head.epoch };
}

const id = z.string();
const headSchema = z.strictObject({
  latest: id.nullable(),
  previous: id.nullable(),
  best: id.nullable(),
  damaged: z.array(id),
  epoch: z.number().int().positive(),
});

/** A run's id stands between slashes in keys, and comes from links too. */
function checked(runId: string): string {
  if (!/^[\w-]{1,64}$/.test(runId))
    throw new HomegrownError('bad-settings', `There is no run ${JSON.stringify(runId.slice(0, 64))}`);
  return runId;
}
