import { z } from '../base/zod';
import type { BlobStore } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { type Changed, changeRecord, type Kind, readRecord } from '../base/record';

/**
 * List of a run's saved steps, by id `<step>.<epoch>.<attempt>`. Ids are unique, because an epoch has one writer, which
 * counts its attempts. A type, not an interface, so that it is assignable to Json.
 */
export type Head = {
  version: 3;
  latest: string | null;
  previous: string | null;
  best: string | null;
  /** Steps that the user pinned, until unpinned. */
  pinned: readonly string[];
  /** Intermediate checkpoints, weights alone in f16 if they fit, oldest first. */
  light: readonly string[];
  /** Unreadable steps, set aside until the run is deleted. */
  damaged: readonly string[];
  /** Summary of each of these steps by id; absent for steps saved by a build before 2026-11-26. */
  steps: Readonly<Record<string, StepSummary>>;
  /** Counts the run's writers: a new one raises this and shuts out the others. */
  epoch: number;
};
/** `holds`: absent for weights and moments. */
export type StepSummary = { bytes: number; chunks: number; holds?: 'weights' };
export const stepOf = (id: string): number => Number.parseInt(id, 10);

/** Key prefix of all runs' heads. */
export const HEADS = 'heads/';
export const headKey = (runId: string): string => `${HEADS}${checkedRunId(runId)}`;
export const MANIFESTS = 'manifests/';
export const manifestKey = (runId: string, id: string): string => `${MANIFESTS}${checkedRunId(runId)}/${id}`;
export const CHUNKS = 'runs/';
/** Without `i`, the prefix of all chunks of a step; with an empty id, of all chunks of a run. */
export const chunkKey = (runId: string, id: string, i?: number): string =>
  `${CHUNKS}${checkedRunId(runId)}/${id}${i === undefined ? '' : `/${String(i).padStart(5, '0')}`}`;

/**
 * Head of a run; undefined if no step was ever saved.
 * @throws HomegrownError `storage-damaged` if the head is unreadable, or missing while saved steps exist;
 * `newer-version`
 */
export async function readHead(store: BlobStore, runId: string): Promise<Head | undefined> {
  const head = await readRecord(store, headKey(runId), HEAD);
  if (!head) await nothingSaved(store, runId);
  return head;
}

const NOTHING_SAVED: Head = {
  version: 3,
  latest: null,
  previous: null,
  best: null,
  pinned: [],
  light: [],
  damaged: [],
  steps: {},
  epoch: 0,
};

/** Head of a run without a saved step. */
async function nothingSaved(store: BlobStore, runId: string): Promise<Head> {
  const { length } = await store.keys(manifestKey(runId, ''));
  if (length === 0) return NOTHING_SAVED;
  throw new HomegrownError(
    'storage-damaged',
    `${HEAD.what(headKey(runId))} is missing, though ${length === 1 ? 'a checkpoint is' : `${length} checkpoints are`} there`,
  );
}

/**
 * Changes the head of a run by compare and set, because a reader in any tab may set a damaged step aside or pin one.
 * @returns the new head; undefined if `change` returns undefined
 * @throws HomegrownError as `readHead` does
 */
export const changeHead = (
  store: BlobStore,
  runId: string,
  change: (old: Head) => Changed<Head> | undefined | Promise<Changed<Head> | undefined>,
): Promise<Head | undefined> =>
  changeRecord(store, headKey(runId), HEAD, async (old) => {
    const changed = await change(old ?? (await nothingSaved(store, runId)));
    return changed && { ...changed, record: withoutStaleSummaries(changed.record) };
  });

/** Removes summaries of steps that the head no longer names. */
function withoutStaleSummaries(head: Head): Head {
  const ids = new Set([...savedIds(head), ...head.damaged]);
  return { ...head, steps: Object.fromEntries(Object.entries(head.steps).filter(([id]) => ids.has(id))) };
}

/** Ids of all saved steps, without duplicates. */
export const savedIds = ({ latest, previous, pinned, best, light }: Head): string[] =>
  [...new Set([latest, previous, ...pinned, best, ...light])].filter((id) => id !== null);

/** The head after `id` was found damaged. */
export function setAside(head: Head, id: string): Head {
  const unlessDamaged = (other: string | null): string | null => (other === id ? null : other);
  const intact = (ids: readonly string[]): string[] => ids.filter((other) => other !== id);
  return {
    ...head,
    latest: unlessDamaged(head.latest) ?? unlessDamaged(head.previous),
    previous: head.latest === id ? null : unlessDamaged(head.previous),
    best: unlessDamaged(head.best),
    pinned: intact(head.pinned),
    light: intact(head.light),
    damaged: [...head.damaged, id],
  };
}

const id = z.string();
const count = z.int().nonnegative();
export const HEAD: Kind<Head> = {
  what: (key) => `The checkpoint list of run ${key.slice(HEADS.length)}`,
  version: 3,
  schema: z.strictObject({
    version: z.literal(3),
    latest: id.nullable(),
    previous: id.nullable(),
    best: id.nullable(),
    pinned: z.array(id),
    light: z.array(id),
    damaged: z.array(id),
    steps: z.record(id, z.strictObject({ bytes: count, chunks: count, holds: z.literal('weights').exactOptional() })),
    epoch: z.number().int().positive(),
  }),
  upgrades: [
    // Version 1 saved only the newest step, the one before and the best.
    (old) => ({ ...old, pinned: [], light: [] }),
    (old) => ({ ...old, steps: {} }),
  ],
  known: new Map(),
};

export const isRunId = (id: string): boolean => /^[\w-]{1,64}$/.test(id);

/** Checks a run's id, which is part of keys and can come from links. */
function checkedRunId(runId: string): string {
  if (!isRunId(runId))
    throw new HomegrownError('bad-settings', `There is no run ${JSON.stringify(runId.slice(0, 64))}`);
  return runId;
}
