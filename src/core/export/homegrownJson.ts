import type { Json } from '../base/blobStore';
import { listOf, MOST_SEGMENTS } from '../base/limits';
import { moment } from '../base/moment';
import { z } from '../base/zod';
import { type TrainState, trainStateSchema } from '../checkpoint/snapshot';
import { type Evaluated, estimatesOfMean } from '../metrics';
import { metricsOf, type ObjectiveId, objectiveOf } from '../objectives';
import { baselineFacts, baselineFields } from '../objectives/facts';
import { bestNotKept } from '../runs/best';
import type { RunRecord } from '../runs/record';
import { isMeasuredAlike, segmentAt, type Segments } from '../runs/segments';
import {
  type DataFacts,
  dataFactsSchema,
  learntTextsSchema,
  modelSchema,
  originSchema,
  recipeSchema,
  rolesSchema,
  upgradeFacts,
} from '../runs/settings';
import type { TokenizerModel } from '../tokenizer/tokenizer';
import type { TrainEvent } from '../train/run';

/** `homegrown.json`: all that a run is besides tensors and tokenizer. The model card is written from it alone. */
export type RunInfo = z.infer<typeof runInfoSchema>;

const count = z.int().nonnegative();
/** What a run learnt from, as this version of the file says it. */
const dataSchema = z.strictObject({
  texts: learntTextsSchema,
  textHash: z.string(),
  trainTokens: count,
  trainBytes: count,
  validationTokens: count,
  validationBytes: count,
  validationShare: z.number().min(0).max(1),
  /** Each text's own end is held out; absent = the end of them all. */
  eachText: z.literal(true).exactOptional(),
  ...baselineFields,
});

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
  data: dataSchema.nullable(),
  /** The last evaluation at or before this step, on held-out text: nats, and what else was measured by the metrics' ids. */
  result: z.object({ step: z.int().nonnegative(), loss: z.number() }).catchall(z.number()).nullable(),
  /** Data before `data`, oldest first. */
  earlier: listOf(z.strictObject({ until: count, data: dataSchema.nullable() }), MOST_SEGMENTS).exactOptional(),
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
  const { name, createdAt, model, tokenizer, device, origin, segments } = record;
  const at = segmentAt(segments, kept.step);
  const recipe = segments[at]!.recipe;
  const data = toldFacts(segments[at]!.data.facts);
  const earlier = segments
    .slice(0, at)
    .map((segment, i) => ({ until: segments[i + 1]!.after, data: toldFacts(segment.data.facts) }));
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

/** What a run learnt from, as the file says it. */
export function toldFacts(facts: DataFacts | null): RunInfo['data'] {
  if (!facts) return null;
  const { texts, textHash, split, parts } = facts;
  // In the order in which it is read, so that the next export is the same.
  return {
    texts,
    textHash,
    trainTokens: parts.train.tokens,
    trainBytes: parts.train.bytes,
    validationTokens: parts.validation.tokens,
    validationBytes: parts.validation.bytes,
    validationShare: split.validation,
    ...(texts.length > 1 && split.rule === 'ends' && { eachText: true }),
    ...baselineFacts(facts),
  };
}

/** And back. */
export const factsIn = (data: NonNullable<RunInfo['data']>): DataFacts =>
  dataFactsSchema.parse(upgradeFacts(data as unknown as Json));

/** The stretches of a run, as the file says them: how older ones were trained is not said apart, and taken for the same. */
export function segmentsOf({ recipe, data, earlier = [] }: Pick<RunInfo, 'recipe' | 'data' | 'earlier'>): Segments {
  const all = [...earlier, { data }].map((segment, i) => ({
    after: i === 0 ? 0 : earlier[i - 1]!.until,
    recipe,
    data: { id: null, facts: segment.data && factsIn(segment.data) },
    ...(i > 0 && { why: 'data' as const }),
  }));
  return all as unknown as Segments;
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
