/**
 * Evaluations of a run's saved steps on a whole part or text, under `evaluations/<run>/<step>/<part>`. They are deleted
 * with their run, and, like its curve, outlive its freed steps.
 */
import { storedMoment } from '../base/moment';
import type { Kind } from '../base/record';
import { z } from '../base/zod';
import { evaluationSchema } from '../evaluate/evaluation';
import { storable } from '../evaluate/storable';

/** Parts that a run can be evaluated on: a held-out part, or a person's text, whose newest result is saved. */
export const EVALUATED = ['validation', 'test', 'text'] as const;
export type EvaluatedOn = (typeof EVALUATED)[number];
/** `lists`: minimal pairs, custom tasks and comparisons, which are requested separately and need no part. */
export const KEPT_PARTS = [...EVALUATED, 'lists'] as const;
export type KeptPart = (typeof KEPT_PARTS)[number];

/** Comparison of the step with another one on a text: difference in bits per byte, negative if the step is better. */
export const keptComparisonSchema = z.object({
  /** `name`: the run's name at that time. */
  beside: z.object({ runId: z.string(), name: z.string(), step: z.int().nonnegative() }),
  part: z.enum(EVALUATED),
  look: z.int().positive().exactOptional(),
  name: z.string().exactOptional(),
  textHash: z.string(),
  madeAt: storedMoment,
  bytes: z.int().nonnegative(),
  difference: z.number(),
  low: z.number(),
  high: z.number(),
  verdict: z.enum(['better', 'worse', 'not distinguishable']),
  /** Number of blocks, if they are too few for a decision. */
  blocks: z.int().nonnegative().exactOptional(),
  times: z.number().exactOptional(),
  /** Whether the other run may have trained on that part, because it isn't known to have held it out. */
  mayHaveLearnt: z.boolean(),
});
export type KeptComparison = z.infer<typeof keptComparisonSchema>;
/** Maximum number of saved comparisons of a step; the newest stay. */
export const MAX_COMPARISONS = 50;

const recordSchema = z.object({
  version: z.literal(1),
  runId: z.string(),
  step: z.int().nonnegative(),
  part: z.enum(KEPT_PARTS),
  /** For the test part: number of the access, from 1. */
  look: z.int().positive().exactOptional(),
  /** Name of a person's text. */
  name: z.string().exactOptional(),
  /** Hash of the evaluated text; an evaluation with another hash is out of date. */
  textHash: z.string(),
  tokenizerHash: z.string(),
  madeAt: storedMoment,
  evaluation: evaluationSchema,
  /** For lists: comparisons of the step, newest first. */
  comparisons: z.array(keptComparisonSchema).exactOptional(),
});
export type EvaluationRecord = z.infer<typeof recordSchema>;

export const EVALUATIONS = 'evaluations/';
export const evaluationsOf = (runId: string): string => `${EVALUATIONS}${runId}/`;
export const evaluationKey = ({ runId, step, part }: Pick<EvaluationRecord, 'runId' | 'step' | 'part'>): string =>
  `${evaluationsOf(runId)}${step}/${part}`;

export const EVALUATION: Kind<EvaluationRecord> = {
  what: (key) => `The evaluation of run ${key.split('/')[1]}, step ${key.split('/')[2]},`,
  version: 1,
  schema: recordSchema,
  upgrades: [],
  keyOf: evaluationKey,
  storable: ({ evaluation, ...record }) => ({ ...record, evaluation: storable(evaluation) }),
};
