/** Of what was measured of a step, what goes with it. */
import type { BlobStore } from '../base/blobStore';
import { readRecord, unlessUnreadable } from '../base/record';
import type { ShardManifest } from '../shards/manifest';
import { manifestIfKept } from './data';
import { EVALUATED, EVALUATION, evaluationKey, type EvaluationRecord } from './evaluations';
import { partHash } from './partHash';
import type { RunRecord } from './record';
import { segmentAt } from './segments';
import type { DataFacts } from './settings';

/**
 * What is kept of a step of a run and is true of it, of what it had learnt from and of how that is cut, a part each.
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
  const found: EvaluationRecord[] = [];
  for (const part of EVALUATED) {
    const key = evaluationKey({ runId: run.id, step, part });
    const record = await unlessUnreadable(readRecord(store, key, EVALUATION));
    if (record?.tokenizerHash !== tokenizerHash) continue;
    const isOf = (data: DataFacts | ShardManifest | null): boolean =>
      data !== null && part !== 'text' && partHash(data, part) === record.textHash;
    if (part === 'text' || isOf(facts) || isOf(manifest)) found.push(record);
  }
  return found;
}
