/**
 * Saved steps of all runs from their lists: the newest of each, and their sizes. Fast for many runs, since it reads no
 * step's description.
 */
import type { BlobStore } from '../base/blobStore';
import { readRecords, readRecordsUnder, unlessUnreadable } from '../base/record';
import { newest, stepBytes, surveySnapshots } from './checkpoint';
import {
  changeHead,
  chunkKey,
  CHUNKS,
  HEAD,
  type Head,
  headKey,
  HEADS,
  savedIds,
  manifestKey,
  MANIFESTS,
  stepOf,
} from './head';
import { stepSummary } from './manifest';
import { readIntact } from './step';

export interface Overview {
  /**
   * Newest step of a run that can be opened, or null, and bytes of all such steps; null if unreadable. Requires all
   * chunks of a step, but finds changed ones only when the step is opened.
   */
  keptOf(runId: string): Promise<{ step: number | null; bytes: number | null }>;
  /** Best step in a run's list; null if it names none. */
  bestOf(runId: string): number | null;
  /** Like `stepBytes`. */
  bytesOf(runId: string): Promise<number>;
}

/**
 * Current overview. Surveys a run step by step if its list is incomplete or disagrees with the stored keys.
 * @param runIds reads only these runs; faster if they are few among many
 */
export async function overview(store: BlobStore, runIds?: readonly string[]): Promise<Overview> {
  const [{ keys, records: heads }, manifests, chunks] = await (runIds ? readKeysOf(store, runIds) : readAllKeys(store));
  const headKeys = new Set(keys);
  const storedManifests = new Set(manifests);
  const countsByRun = keyCounts([...manifests, ...chunks]);

  /** Whether a step has a description and as many chunks as its list says. */
  function isWhole(runId: string, { steps }: Head, id: string): boolean {
    const chunkCount = steps[id]?.chunks;
    // Chunk keys of a run are unique, so an equal number means that all exist.
    return (
      storedManifests.has(manifestKey(runId, id)) &&
      chunkCount !== undefined &&
      countsByRun.get(runId)?.get(id) === chunkCount + 1
    );
  }
  return {
    async keptOf(runId) {
      const head = heads.get(headKey(runId));
      if (!headKeys.has(headKey(runId)) && !countsByRun.has(runId)) return { step: null, bytes: 0 };
      const ids = head ? savedIds(head) : [];
      if (!head || ids.length === 0 || !ids.every((id) => isWhole(runId, head, id))) return surveyRun(store, runId);
      const summaries = ids.map((id) => ({ id, ...head.steps[id]! }));
      const last = newest(head, summaries);
      return {
        step: last === null ? Math.max(...ids.map(stepOf)) : stepOf(last),
        bytes: summaries.reduce((sum, { bytes }) => sum + bytes, 0),
      };
    },
    bestOf(runId) {
      const best = heads.get(headKey(runId))?.best ?? null;
      return best === null ? null : stepOf(best);
    },
    async bytesOf(runId) {
      const head = heads.get(headKey(runId));
      const ids = [...(countsByRun.get(runId)?.keys() ?? [])];
      if (!ids.every((id) => head && isWhole(runId, head, id))) return stepBytes(store, runId);
      return ids.reduce((sum, id) => sum + head!.steps[id]!.bytes, 0);
    },
  };
}

const readAllKeys = (store: BlobStore) =>
  Promise.all([readRecordsUnder(store, HEADS, HEAD), store.keys(MANIFESTS), store.keys(CHUNKS)]);

async function readKeysOf(store: BlobStore, runIds: readonly string[]): ReturnType<typeof readAllKeys> {
  const keysUnder = async (prefixOf: (runId: string) => string) =>
    (await Promise.all(runIds.map((id) => store.keys(prefixOf(id))))).flat();
  const [headRecords, manifests, chunks] = await Promise.all([
    readRecords(store, runIds.map(headKey), HEAD),
    keysUnder((id) => manifestKey(id, '')),
    keysUnder((id) => chunkKey(id, '')),
  ]);
  const damaged = headRecords.unreadable.map(({ key }) => key);
  return [{ ...headRecords, keys: [...headRecords.records.keys(), ...damaged] }, manifests, chunks];
}

/** Number of keys of each step of each run: run -> id -> keys. */
function keyCounts(keys: readonly string[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const counts = new Map<string, Map<string, number>>();
  for (const key of keys) {
    const [, runId, id] = key.split('/') as [string, string, string];
    let steps = counts.get(runId);
    if (!steps) counts.set(runId, (steps = new Map<string, number>()));
    steps.set(id, (steps.get(id) ?? 0) + 1);
  }
  return counts;
}

async function surveyRun(store: BlobStore, runId: string): ReturnType<Overview['keptOf']> {
  const survey = await unlessUnreadable(surveySnapshots(store, runId));
  if (!survey || (survey.steps.length === 0 && survey.damaged.length > 0)) return { step: null, bytes: null };
  const { steps } = survey;
  return {
    step: (steps.find(({ latest }) => latest) ?? steps.at(-1))?.step ?? null,
    bytes: steps.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** Adds summaries to lists of older builds, which only had them in the steps' descriptions. */
export async function addMissingSummaries(store: BlobStore): Promise<void> {
  const { records } = await readRecordsUnder(store, HEADS, HEAD);
  for (const [key, head] of records) {
    const runId = key.slice(HEADS.length);
    if (idsWithoutSummary(head).length > 0)
      await unlessUnreadable(changeHead(store, runId, (current) => summarize(store, runId, current)));
  }
}

const idsWithoutSummary = (head: Head): string[] => savedIds(head).filter((id) => !head.steps[id]);

async function summarize(store: BlobStore, runId: string, head: Head): Promise<{ record: Head } | undefined> {
  const manifests = await Promise.all(idsWithoutSummary(head).map((id) => readIntact(store, runId, id)));
  const steps = manifests.flatMap((manifest) => (manifest ? [[manifest.id, stepSummary(manifest)] as const] : []));
  return steps.length > 0 ? { record: { ...head, steps: { ...head.steps, ...Object.fromEntries(steps) } } } : undefined;
}
