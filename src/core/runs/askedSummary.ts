/** List results and comparisons of a step, as exported with the model: figures only, without sentences and prompts. */
import { listOf } from '../base/limits';
import { moment } from '../base/moment';
import { z } from '../base/zod';
import { evaluationSchema } from '../evaluate/evaluation';
import { taskScoresSchema } from '../evaluate/tasks';
import { type EvaluationRecord, keptComparisonSchema, MAX_COMPARISONS } from './evaluations';

const { minimalPairs, swaps } = evaluationSchema.shape;
/** Maximum number of tasks of a step. */
const MAX_TASKS = 1000;

const comparisonSummarySchema = keptComparisonSchema.extend({
  /** `runId`: absent for a step of the same run. */
  beside: keptComparisonSchema.shape.beside.extend({ runId: z.string().exactOptional() }),
  madeAt: moment,
});

export const askedSchema = z.strictObject({
  madeAt: moment,
  minimalPairs: minimalPairs.unwrap().omit({ missed: true }).exactOptional(),
  swaps,
  tasks: listOf(taskScoresSchema.omit({ missed: true }), MAX_TASKS).exactOptional(),
  comparisons: listOf(comparisonSummarySchema, MAX_COMPARISONS).exactOptional(),
});
export type AskedSummary = z.infer<typeof askedSchema>;

/** Returns the summary; undefined if there are no results. */
export function askedSummary({
  runId,
  madeAt,
  evaluation,
  comparisons = [],
}: Pick<EvaluationRecord, 'runId' | 'madeAt' | 'evaluation' | 'comparisons'>): AskedSummary | undefined {
  const { minimalPairs: pairs, swaps: swapped, tasks = [] } = evaluation;
  if (!pairs && !swapped && tasks.length === 0 && comparisons.length === 0) return undefined;
  return askedSchema.parse({
    madeAt,
    ...(pairs && { minimalPairs: pairs }),
    ...(swapped && { swaps: swapped }),
    ...(tasks.length > 0 && { tasks }),
    ...(comparisons.length > 0 && {
      comparisons: comparisons.map(({ beside: { runId: other, ...beside }, ...comparison }) => ({
        beside: { ...(other !== runId && { runId: other }), ...beside },
        ...comparison,
      })),
    }),
  });
}

/** Converts an exported summary back to a record of a run. */
export function askedRecord(
  { madeAt, minimalPairs: pairs, swaps: swapped, tasks, comparisons }: AskedSummary,
  run: Pick<EvaluationRecord, 'runId' | 'step' | 'tokenizerHash'>,
): EvaluationRecord {
  return {
    ...{ version: 1, ...run, part: 'lists', textHash: '', madeAt },
    evaluation: {
      ...{ tokens: 0, documents: 0, bytes: 0, metrics: {}, baselines: {}, leftOut: [] },
      ...(pairs && { minimalPairs: { ...pairs, missed: [] } }),
      ...(swapped && { swaps: swapped }),
      ...(tasks && { tasks: tasks.map((task) => ({ ...task, missed: [] })) }),
    },
    ...(comparisons && {
      comparisons: comparisons.map(({ beside, ...comparison }) => ({
        ...comparison,
        beside: { ...beside, runId: beside.runId ?? run.runId },
      })),
    }),
  };
}
