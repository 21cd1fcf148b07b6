/** Rows of a project's list of runs: each with its downsampled curve, and the size of its saved steps. */
import { cutTo, MAX_NAME, MAX_NOTE, MAX_TAG, MAX_TAGS } from '../base/textLimits';
import { ahead } from '../base/ahead';
import type { BlobStore, Json } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import { isUnreadable, parseRecord, readRecords, unlessUnreadable } from '../base/record';
import { listSnapshots, surveySnapshots } from '../checkpoint/checkpoint';
import { type Overview, overview } from '../checkpoint/overview';
import { UNDO_MS } from '../documents/library';
import type { TokenizerModel } from '../tokenizer/tokenizer';
import { defaultStep } from './best';
import { CURVE, curveKey, lacksLabels, makeCurve, type RunCurve } from './curve';
import { listRuns, purgeRun, recordKey, RUN, type RunRecord, updateRun } from './record';

/** A run without its tokenizer's merges, which are most of a record. */
export type ListedRun = Omit<RunRecord, 'tokenizer'> & { tokenizer: Pick<TokenizerModel, 'kind'> };

export interface RunRow {
  record: ListedRun;
  /** Newest step that can be opened; if none can, the last recorded one. */
  step: number;
  /** Default step if a person picks none; absent: the newest. */
  used?: number;
  /** Null until the curve is made. */
  curve: RunCurve | null;
  /** Bytes of all saved steps; 0 if they were freed, null if they are unreadable. */
  bytes: number | null;
}

/**
 * Runs with a saved step, newest first. Excludes runs that failed before their first save, and deleted ones.
 * @param showPartialRows called at once with partial rows, while curves are made from long journals
 */
export async function runRows(
  store: BlobStore,
  projectId: string,
  showPartialRows: (rows: readonly RunRow[]) => void,
): Promise<readonly RunRow[]> {
  const runs = await listRuns(store);
  const records = runs.filter((run) => run.projectId === projectId && run.removedAt === undefined);
  const ids = records.map(({ id }) => id);
  const [steps, { records: curves }] = await Promise.all([
    overview(store, ids.length <= MAX_SINGLE_READS ? ids : undefined),
    readRecords(store, ids.map(curveKey), CURVE),
  ]);
  const rows: RunRow[] = [];
  for await (const row of ahead(records, (record) => rowOf(record, steps, curves.get(curveKey(record.id)))))
    if (row.bytes !== 0 || row.step > 0) rows.push(row);
  if (rows.some(({ curve }) => curve === null)) showPartialRows(rows);
  const completeRows: RunRow[] = [];
  // Sequential, because a journal has several megabytes.
  for (const row of rows) {
    const curve = row.curve ?? (await curveFor(store, row));
    completeRows.push({ ...row, curve, ...(await defaultStepOf(store, row, curve, steps)) });
  }
  return completeRows;
}

/** Reads up to this many runs one by one, because all others together may be hundreds of times as large. */
const MAX_SINGLE_READS = 4;

async function rowOf(
  { tokenizer, ...record }: RunRecord,
  steps: Overview,
  curve: RunCurve | undefined,
): Promise<RunRow> {
  const { step: newest, bytes } = await steps.keptOf(record.id);
  const step = newest ?? record.step;
  return {
    record: { ...record, tokenizer: { kind: tokenizer.kind } },
    step,
    curve: curve?.step === step && !(record.model.config.classes && lacksLabels(curve)) ? curve : null,
    bytes,
  };
}

async function defaultStepOf(
  store: BlobStore,
  { record, step: newest }: RunRow,
  { evaluations: { step, loss } }: RunCurve,
  overview: Overview,
): Promise<Pick<RunRow, 'used'>> {
  // Reads saved steps only for runs that got worse after their best step, so that a long list is fast.
  const best = overview.bestOf(record.id);
  if (best === null || best === newest || loss.at(-1) === Math.min(...loss)) return {};
  const steps = (await unlessUnreadable(listSnapshots(store, record.id))) ?? [];
  const evaluations = [...step].map((evaluatedStep, i) => ({ step: evaluatedStep, loss: loss[i]! }));
  const which = defaultStep(record, steps, evaluations);
  const used = steps.find((saved) => saved[which])?.step;
  return used === undefined ? {} : { used };
}

async function curveFor(store: BlobStore, { record, step }: RunRow): Promise<RunCurve> {
  const key = recordKey(record.id);
  return makeCurve(store, record, step, [key, (await store.get(key)) as Json | undefined]);
}

/** Name and notes that a person gives a run. */
export interface RunWords {
  name: string;
  tags: readonly string[];
  note: string;
}

/** Changes the given fields and keeps others, which another tab may have changed meanwhile. */
export const describeRun = (
  store: BlobStore,
  runId: string,
  { name, tags, note }: Partial<RunWords>,
): Promise<RunRecord> =>
  updateRun(store, runId, (run) => ({
    ...run,
    ...(name !== undefined && { name: cutTo(name, MAX_NAME) }),
    ...(tags && { tags: [...new Set(tags.map((tag) => cutTo(tag, MAX_TAG)))].slice(0, MAX_TAGS) }),
    ...(note !== undefined && { note: cutTo(note, MAX_NOTE) }),
  }));

/** Removes a run from every list; it stays stored until it is purged. Call it only while holding the run. */
export const removeRun = (store: BlobStore, runId: string, at: number): Promise<RunRecord> =>
  updateRun(store, runId, (run) => ({ ...run, removedAt: at }));

/** Restores a removed run. */
export const restoreRun = (store: BlobStore, runId: string): Promise<RunRecord> =>
  updateRun(store, runId, ({ removedAt: _, ...run }) => run);

/** Deletes a removed run; a restored one stays. Call it only while holding the run. */
export const purgeIfRemoved = (store: BlobStore, runId: string): Promise<boolean> =>
  purgeIf(store, runId, ({ removedAt }) => Promise.resolve(removedAt !== undefined));

async function purgeIf(
  store: BlobStore,
  runId: string,
  shouldPurge: (record: RunRecord) => Promise<boolean>,
): Promise<boolean> {
  const key = recordKey(runId);
  for (;;) {
    const stored = await store.get(key);
    // A restore takes no lock, so the commit requires the unchanged record.
    if (stored === undefined || !(await shouldPurge(parseRecord(stored, key, RUN)))) return false;
    if (await purgeRun(store, runId, stored as Json)) return true;
  }
}

/**
 * Whether a run's tab closed before its first save, so it is no model and in no list. Excludes imported runs, and runs
 * whose steps were freed or are unreadable.
 */
async function isAbandoned(store: BlobStore, { id, step, status }: RunRecord): Promise<boolean> {
  if (step > 0 || (status !== 'running' && status !== 'failed')) return false;
  const { steps, damaged } = await surveySnapshots(store, id);
  return steps.length + damaged.length === 0;
}

/**
 * Purges runs whose restore period has ended, and runs that never saved a step.
 * @param holding does its work while nobody else works on a run; leaves a run that is `in-use` for the next start
 * @returns whether any were purged
 */
export async function purgeRemoved(
  store: BlobStore,
  now: number,
  holding: (runId: string, work: () => Promise<void>) => Promise<void>,
): Promise<boolean> {
  let hasPurged = false;
  for (const record of await listRuns(store)) {
    const { id, removedAt } = record;
    const isRemoved = removedAt !== undefined && now - removedAt > UNDO_MS;
    try {
      if (!isRemoved && !(await isAbandoned(store, record))) continue;
      await holding(id, async () => {
        const isPurged = isRemoved
          ? await purgeIfRemoved(store, id)
          : await purgeIf(store, id, (current) => isAbandoned(store, current));
        hasPurged ||= isPurged;
      });
    } catch (error) {
      if (!isUnreadable(error) && !(error instanceof HomegrownError && error.code === 'in-use')) throw error;
    }
  }
  return hasPurged;
}
