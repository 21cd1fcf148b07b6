/** Collects the evaluations to export with a step. */
import type { BlobStore } from '../base/blobStore';
import type { RunRecord } from '../runs/record';
import { askedSummary } from '../runs/askedSummary';
import { evaluationSummary } from '../runs/evaluationSummary';
import { trueEvaluations } from '../runs/trueEvaluations';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { StepMeasurements } from './homegrownJson';

export async function stepMeasurements(
  store: BlobStore,
  run: RunRecord,
  step: number,
  { hash }: Pick<Tokenizer, 'hash'>,
): Promise<StepMeasurements> {
  const records = await trueEvaluations(store, run, step, hash);
  const [asked] = records.filter(({ part }) => part === 'lists').flatMap((record) => askedSummary(record) ?? []);
  return { evaluations: records.flatMap(evaluationSummary), ...(asked && { asked }) };
}
