import { moment } from '../base/moment';
import { z } from '../base/zod';
import { type TrainState, trainStateSchema } from '../checkpoint/snapshot';
import type { RunRecord } from '../runs/record';
import { measuredAt, segmentAt, segmentsOf } from '../runs/segments';
import { dataFactsSchema, earlierSchema, modelSchema, originSchema, recipeSchema } from '../runs/settings';
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
  state: trainStateSchema,
  device: z.string().max(1000).nullable(),
  data: dataFactsSchema.nullable(),
  /** The last evaluation at or before this step: nats per token on held-out text. */
  result: z
    .strictObject({
      step: z.int().nonnegative(),
      loss: z.number(),
      bitsPerByte: z.number(),
    })
    .nullable(),
  /** Data before `data`, oldest first. */
  earlier: earlierSchema.exactOptional(),
  origin: originSchema.exactOptional(),
});

/**
 * What `homegrown.json` and the model card say of a run at a saved step; `events` as readMetrics gives them. Data and
 * result are of the segment that the step belongs to: a loss on one text says nothing of a model that went on with another.
 */
export function runInfo(record: RunRecord, state: TrainState, events: readonly TrainEvent[]): RunInfo {
  const { name, createdAt, model, recipe, tokenizer, device, origin } = record;
  const segments = segmentsOf(record);
  const at = segmentAt(segments, state.step);
  const { data } = segments[at]!;
  const earlier = segments.slice(0, at).map((segment, i) => ({ until: segments[i + 1]!.after, data: segment.data }));
  const evaluations = events.filter((event) => event.kind === 'evaluated');
  const evaluation = measuredAt(record, evaluations, state.step);
  const result =
    evaluation && Number.isFinite(evaluation.loss)
      ? { step: evaluation.step, loss: evaluation.loss, bitsPerByte: evaluation.bitsPerByte }
      : null;
  return {
    version: 1,
    ...{ name, createdAt, model, recipe, tokenizer: tokenizer.kind, state, device, data, result },
    ...(earlier.length > 0 && { earlier }),
    ...(origin && { origin }),
  };
}
