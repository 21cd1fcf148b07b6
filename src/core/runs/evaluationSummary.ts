/** Evaluations of a step as exported with the model: figures only, without text. */
import { listOf } from '../base/limits';
import { moment } from '../base/moment';
import { z } from '../base/zod';
import { type Evaluation, evaluationSchema } from '../evaluate/evaluation';
import { storable } from '../evaluate/storable';
import { EVALUATED, type EvaluationRecord } from './evaluations';
import { partHash } from './partHash';
import type { DataFacts } from './settings';

const { tokens, documents, bytes, ofPairs, metrics, baselines, confusion } = evaluationSchema.shape;
const summarySchema = z
  .strictObject({
    part: z.enum(EVALUATED),
    /** For the test part: number of the access, from 1. */
    look: z.int().positive().exactOptional(),
    /** Evaluated text, if it isn't part of the data. */
    text: z.strictObject({ name: z.string(), sha256: z.string() }).exactOptional(),
    madeAt: moment,
    ...{ tokens, documents, bytes, ofPairs, metrics, baselines, confusion },
  })
  .refine(({ part, text }) => (part === 'text') === (text !== undefined), 'it needs a held-out set or a text');
export type EvaluationSummary = z.infer<typeof summarySchema>;

/** At most one summary per part. */
export const evaluationSummariesSchema = listOf(summarySchema, EVALUATED.length);

export function evaluationSummary(
  record: Pick<EvaluationRecord, 'part' | 'look' | 'name' | 'textHash' | 'madeAt' | 'evaluation'>,
): EvaluationSummary[] {
  const { part, look, name = '', textHash, madeAt, evaluation } = record;
  if (part === 'lists') return [];
  const { tokens, documents, bytes, ofPairs, metrics, baselines, confusion } = storable(evaluation);
  return [
    {
      part,
      ...(look !== undefined && { look }),
      ...(part === 'text' && { text: { name, sha256: textHash } }),
      madeAt,
      ...{ tokens, documents, bytes, ...(ofPairs && { ofPairs }), metrics, baselines, ...(confusion && { confusion }) },
    },
  ];
}

/**
 * Converts exported evaluations back to records of a run.
 * @param data training data of the run; null if unknown, which leaves its parts unknown too
 */
export function recordsOf(
  summaries: readonly EvaluationSummary[],
  run: Pick<EvaluationRecord, 'runId' | 'step' | 'tokenizerHash'>,
  data: DataFacts | null,
): EvaluationRecord[] {
  return summaries.flatMap(({ part, look, text, madeAt, ...figures }): EvaluationRecord[] => {
    const evaluation: Evaluation = { ...figures, leftOut: [] };
    const common = { version: 1, ...run, part, madeAt, evaluation } as const;
    if (text) return [{ ...common, name: text.name, textHash: text.sha256 }];
    if (part === 'text' || !data) return [];
    return [{ ...common, textHash: partHash(data, part), ...(look !== undefined && { look }) }];
  });
}
