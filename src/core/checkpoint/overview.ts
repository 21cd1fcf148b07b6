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
  kept,
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
  const [{ keys, records: heads }, manifests, chunks] = await (runIds ? readOf(store, runIds) : readAll(store));
  const lists = new Set(keys);
  const there = new Set(manifests);
  const runs = byRun([...manifests, ...chunks]);

  /** Whether a step has a description and as many chunks as its list says. */
  function isWhole(runId: string, { steps }: Head, id: string): boolean {
    const parts = steps[id]?.chunks;
    // Chunk keys of a run are unique, so an equal number means that all exist.
    return there.has(manifestKey(runId, id)) && parts !== undefined && runs.get(runId)?.get(id) === parts + 1;
  }
  return {
    async keptOf(runId) {
      const head = heads.get(headKey(runId));
      if (!lists.has(headKey(runId)) && !runs.has(runId)) return { step: null, bytes: 0 };
      const ids = head ? kept(head) : [];
      if (!head || ids.length === 0 || !ids.every((id) => isWhole(runId, head, id))) return surveyed(store, runId);
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
      const ids = [...(runs.get(runId)?.keys() ?? [])];
      if (!ids.every((id) => head && isWhole(runId, head, id))) return stepBytes(store, runId);
      return ids.reduce((sum, id) => sum + head!.steps[id]!.bytes, 0);
    },
  };
}

const readAll = (store: BlobStore) =>
  Promise.all([readRecordsUnder(store, HEADS, HEAD), store.keys(MANIFESTS), store.keys(CHUNKS)]);

async function readOf(store: BlobStore, runIds: readonly string[]): ReturnType<typeof readAll> {
  const keysOf = async (begin: (runId: string) => string) =>
    (await Promise.all(runIds.map((id) => store.keys(begin(id))))).flat();
  const [read, manifests, chunks] = await Promise.all([
    readRecords(store, runIds.map(headKey), HEAD),
    keysOf((id) => manifestKey(id, '')),
    keysOf((id) => chunkKey(id, '')),
  ]);
  const damaged = read.unreadable.map(({ key }) => key);
  return [{ ...read, keys: [...read.records.keys(), ...damaged] }, manifests, chunks];
}

/** Number of keys of each step of each run: run -> id -> keys. */
function byRun(keys: readonly string[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const runs = new Map<string, Map<string, number>>();
  for (const key of keys) {
    const [, runId, id] = key.split('/') as [string, string, string];
    let steps = runs.get(runId);
    if (!steps) runs.set(runId, (steps = new Map<string, number>()));
    steps.set(id, (steps.get(id) ?? 0) + 1);
  }
  return runs;
}

async function surveyed(store: BlobStore, runId: string): ReturnType<Overview['keptOf']> {
  const survey = await unlessUnreadable(surveySnapshots(store, runId));
  if (!survey || (survey.steps.length === 0 && survey.damaged.length > 0)) return { step: null, bytes: null };
  const { steps } = survey;
  return {
    step: (steps.find(({ latest }) => latest) ?? steps.at(-1))?.step ?? null,
    bytes: steps.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** Adds summaries to lists of older builds, which only had them in the steps' descriptions. */
export async function tellSteps(store: BlobStore): Promise<void> {
  const { records } = await readRecordsUnder(store, HEADS, HEAD);
  for (const [key, head] of records) {
    const runId = key.slice(HEADS.length);
    if (unlisted(head).length > 0)
      await unlessUnreadable(changeHead(store, runId, (now) => summarize(store, runId, now)));
  }
}

const unlisted = (head: Head): string[] => kept(head).filter((id) => !head.steps[id]);

async function summarize(store: BlobStore, runId: string, head: Head): Promise<{ record: Head } | undefined> {
  const read = await Promise.all(unlisted(head).map((id) => readIntact(store, runId, id)));
  const steps = read.flatMap((manifest) => (manifest ? [[manifest.id, stepSummary(manifest)] as const] : []));
  return steps.length > 0 ? { record: { ...head, steps: { ...head.steps, ...Object.fromEntries(steps) } } } : undefined;
}
