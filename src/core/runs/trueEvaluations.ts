/** Selects the evaluations of a step that an export includes. */
import type { BlobStore } from '../base/blobStore';
import { readRecord, unlessUnreadable } from '../base/record';
import { manifestIfKept } from './data';
import { type EvaluatedOn, EVALUATION, evaluationKey, type EvaluationRecord, KEPT_PARTS } from './evaluations';
import { partHash } from './partHash';
import type { RunRecord } from './record';
import { segmentAt } from './segments';

/**
 * Saved evaluations of a step that still match the run's data and tokenization, one for each part; only comparisons on
 * such parts.
 * @param tokenizerHash of the run
 */
export async function trueEvaluations(
  store: BlobStore,
  run: RunRecord,
  step: number,
  tokenizerHash: string,
): Promise<readonly EvaluationRecord[]> {
  const segment = segmentAt(run.segments, step);
  const { facts } = run.segments[segment]!.data;
  const manifest = segment === run.segments.length - 1 ? await manifestIfKept(store, run) : null;
  const matchesData = ({ part, textHash }: { part: EvaluatedOn; textHash: string }): boolean =>
    part === 'text' || [facts, manifest].some((data) => data !== null && partHash(data, part) === textHash);
  const evaluations: EvaluationRecord[] = [];
  for (const part of KEPT_PARTS) {
    const key = evaluationKey({ runId: run.id, step, part });
    const record = await unlessUnreadable(readRecord(store, key, EVALUATION));
    if (record?.tokenizerHash !== tokenizerHash) continue;
    const { comparisons, ...rest } = record;
    if (part === 'lists')
      evaluations.push({ ...rest, ...(comparisons && { comparisons: comparisons.filter(matchesData) }) });
    else if (matchesData({ part, textHash: record.textHash })) evaluations.push(record);
  }
  return evaluations;
}
