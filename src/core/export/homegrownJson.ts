import { moment } from '../base/moment';
import { z } from '../base/zod';
import { type TrainState, trainStateSchema } from '../checkpoint/snapshot';
import { type Evaluated, estimatesOfMean } from '../metrics';
import { metricsOf, type ObjectiveId, objectiveOf } from '../objectives';
import { bestNotKept } from '../runs/best';
import type { RunRecord } from '../runs/record';
import { isMeasuredAlike, segmentAt, segmentsOf } from '../runs/segments';
import { dataFactsSchema, earlierSchema, modelSchema, originSchema, recipeSchema, rolesSchema } from '../runs/settings';
import type { TokenizerModel } from '../tokenizer/tokenizer';
import type { TrainEvent } from '../train/run';

/** `homegrown.json`: all that a run is besides tensors and tokenizer. The model card is written from it alone. */
export type RunInfo = z.infer<typeof runInfoSchema>;

export const runInfoSchema = z.strictObject({
  version: z.literal(1),
  name: z.string().max(1000),
  createdAt: moment,
  model: modelSchema,
  recipe: recipeSchema,
  tokenizer: z.enum(['bpe', 'characters', 'bytes']),
  /** Of the tokenizer's special tokens; absent = the end of text alone. */
  roles: rolesSchema.exactOptional(),
  state: trainStateSchema,
  device: z.string().max(1000).nullable(),
  data: dataFactsSchema.nullable(),
  /** The last evaluation at or before this step, on held-out text: nats, and what else was measured by the metrics' ids. */
  result: z.object({ step: z.int().nonnegative(), loss: z.number() }).catchall(z.number()).nullable(),
  /** Data before `data`, oldest first. */
  earlier: earlierSchema.exactOptional(),
  origin: originSchema.exactOptional(),
  /** A step that did better on held-out text than any that is kept: only runs of older builds, and models brought in, have one. */
  bestNotKept: z.strictObject({ step: z.int().nonnegative(), loss: z.number() }).exactOptional(),
});

/**
 * What `homegrown.json` and the model card say of a run at a saved step; `events` as readMetrics gives them. Data, result and
 * best are of the segment that the step belongs to: a loss on one text says nothing of a model that went on with another.
 * The best in `state` is the best that is kept.
 */
export function runInfo(record: RunRecord, kept: TrainState, events: readonly TrainEvent[]): RunInfo {
  const { name, createdAt, model, recipe, tokenizer, device, origin } = record;
  const segments = segmentsOf(record);
  const at = segmentAt(segments, kept.step);
  const { data } = segments[at]!;
  const earlier = segments.slice(0, at).map((segment, i) => ({ until: segments[i + 1]!.after, data: segment.data }));
  const isAlike = isMeasuredAlike(record, kept.step);
  const evaluations = events.filter((event) => event.kind === 'evaluated').filter(isAlike);
  const state = { ...kept, best: kept.best && isAlike(kept.best) ? kept.best : null };
  const unkept = bestNotKept(evaluations, state.step, state.best);
  return {
    version: 1,
    name,
    createdAt,
    model,
    recipe,
    ...tokenizerFacts(tokenizer),
    state,
    device,
    data,
    result: resultAt(state, evaluations, recipe.objective, data),
    ...(earlier.length > 0 && { earlier }),
    ...(origin && { origin }),
    ...(unkept && { bestNotKept: unkept }),
  };
}

export const tokenizerFacts = ({ kind, roles }: TokenizerModel): Pick<RunInfo, 'tokenizer' | 'roles'> => ({
  tokenizer: kind,
  ...(roles && { roles }),
});

function resultAt(
  { step, best }: TrainState,
  evaluations: readonly (TrainEvent & { kind: 'evaluated' })[],
  objective: ObjectiveId,
  data: RunInfo['data'],
): RunInfo['result'] {
  const last = evaluations.findLast((evaluation) => evaluation.step <= step);
  // The best step's own loss is kept with it, also where the curve was lost on the way to the next save.
  if (best?.step === step && last?.step !== step && data) {
    const { validationTokens: tokens, validationBytes: bytes } = data;
    const metrics = estimatesOfMean(metricsOf(objectiveOf(objective)), best.loss, { tokens, bytes });
    return resultOf({ step, loss: best.loss, metrics });
  }
  if (!last || !Number.isFinite(last.loss)) return null;
  return resultOf(last);
}

/** An evaluation as it stands in `homegrown.json`. */
export function resultOf({ step, loss, metrics }: Evaluated & { step: number }): NonNullable<RunInfo['result']> {
  const values = Object.entries(metrics).map(([id, { value }]) => [id, value] as const);
  return { step, loss, ...Object.fromEntries(values.filter(([, value]) => Number.isFinite(value))) };
}

/** And back. */
export function evaluatedOf({ step, loss, ...values }: NonNullable<RunInfo['result']>): Evaluated & { step: number } {
  const metrics = Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { value }]));
  return { step, loss, metrics };
}
