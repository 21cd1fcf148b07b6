/** Saves and finds evaluations of a run. */
import type { BlobStore, Expected, Json } from '../base/blobStore';
import { readRecord, storedRecord, unlessUnreadable } from '../base/record';
import { manifestIfKept } from './data';
import {
  type EvaluatedOn,
  EVALUATION,
  evaluationKey,
  type EvaluationRecord,
  evaluationsOf,
  type KeptPart,
} from './evaluations';
import { partHash } from './partHash';
import { readKnownRun, recordKey } from './record';

export { partHash };

/** Replaces the one of the same step and part. @throws HomegrownError `storage-damaged` if the run was deleted */
export async function keepEvaluation(store: BlobStore, record: EvaluationRecord): Promise<void> {
  while (!(await trySave(store, record)));
}

/** Saves an evaluation; returns false if an expected record, or the run, was changed meanwhile. */
async function trySave(store: BlobStore, record: EvaluationRecord, expect: readonly Expected[] = []): Promise<boolean> {
  const put = [[evaluationKey(record), storedRecord(EVALUATION, record)]] as const;
  const key = recordKey(record.runId);
  await readKnownRun(store, record.runId);
  const run = (await store.get(key)) as Json | undefined;
  return run !== undefined && store.commit({ put, expect: [[key, run], ...expect] });
}

/** Replaces a step's list results with those that `change` returns. @throws as `keepEvaluation` does */
export async function keepLists(
  store: BlobStore,
  { tokenizerHash, madeAt, ...stepKey }: Pick<EvaluationRecord, 'runId' | 'step' | 'tokenizerHash' | 'madeAt'>,
  change: (before: ListsOfStep) => ListsOfStep,
): Promise<EvaluationRecord> {
  const key = evaluationKey({ ...stepKey, part: 'lists' });
  for (;;) {
    const stored = (await store.get(key)) as Json | undefined;
    const before = stored === undefined ? undefined : await unlessUnreadable(readRecord(store, key, EVALUATION));
    const { evaluation, comparisons = [] } = change(before ?? { evaluation: NO_RESULTS });
    const record: EvaluationRecord = {
      ...{ version: 1, ...stepKey, part: 'lists', textHash: '', tokenizerHash, madeAt, evaluation },
      ...(comparisons.length > 0 && { comparisons }),
    };
    if (await trySave(store, record, [[key, stored]])) return record;
  }
}
type ListsOfStep = Pick<EvaluationRecord, 'evaluation' | 'comparisons'>;
const NO_RESULTS: EvaluationRecord['evaluation'] = {
  ...{ tokens: 0, documents: 0, bytes: 0 },
  ...{ metrics: {}, baselines: {}, leftOut: [] },
};

export interface KeptEvaluation {
  record: EvaluationRecord;
  /** Changes since the evaluation. */
  changed: readonly ('text' | 'tokenizer')[];
}

/**
 * Returns the saved evaluation of a step on a part; if there is none, that of the newest earlier step, else of the
 * newest one. Null if none exists or none is readable.
 */
export async function readEvaluation(
  store: BlobStore,
  runId: string,
  step: number,
  part: EvaluatedOn,
): Promise<KeptEvaluation | null> {
  const steps = (await measuredSteps(store, runId, part)).toSorted((a, b) => b - a);
  const stepsByPreference = [
    ...steps.filter((candidate) => candidate <= step),
    ...steps.filter((candidate) => candidate > step),
  ];
  for (const nearestStep of stepsByPreference) {
    const key = evaluationKey({ runId, step: nearestStep, part });
    const record = await unlessUnreadable(readRecord(store, key, EVALUATION));
    if (record) return { record, changed: await changedSince(store, record) };
  }
  return null;
}

/** Steps with a saved evaluation on a part, oldest first. */
async function measuredSteps(store: BlobStore, runId: string, part: KeptPart): Promise<readonly number[]> {
  const keyParts = (await store.keys(evaluationsOf(runId))).map((key) =>
    key.slice(evaluationsOf(runId).length).split('/'),
  );
  return keyParts
    .filter(([, storedPart]) => storedPart === part)
    .map(([step]) => Number(step))
    .sort((a, b) => a - b);
}

async function changedSince(
  store: BlobStore,
  { runId, part, textHash, tokenizerHash }: EvaluationRecord,
): Promise<KeptEvaluation['changed']> {
  const run = await unlessUnreadable(readKnownRun(store, runId));
  const manifest = run && (await manifestIfKept(store, run));
  if (!manifest) return [];
  return [
    ...((part === 'validation' || part === 'test') && textHash !== partHash(manifest, part) ? (['text'] as const) : []),
    ...(tokenizerHash !== manifest.tokenizerHash ? (['tokenizer'] as const) : []),
  ];
}

/** Readable evaluations on a part, one per step, oldest first. */
export async function readEvaluations(
  store: BlobStore,
  runId: string,
  part: KeptPart,
): Promise<readonly EvaluationRecord[]> {
  const records: EvaluationRecord[] = [];
  for (const step of await measuredSteps(store, runId, part)) {
    const record = await unlessUnreadable(readRecord(store, evaluationKey({ runId, step, part }), EVALUATION));
    if (record) records.push(record);
  }
  return records;
}
