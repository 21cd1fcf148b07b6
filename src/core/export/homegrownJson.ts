import { z } from '../base/zod';
import { trainStateSchema } from '../checkpoint/snapshot';
import { dataFactsSchema, modelSchema, recipeSchema } from '../runs/settings';

/** `homegrown.json`: all that a run is besides tensors and tokenizer. The model card is written from it alone. */
export type RunInfo = z.infer<typeof runInfoSchema>;

export const runInfoSchema = z.strictObject({
  version: z.literal(1),
  name: z.string().max(1000),
  /** Milliseconds since 1970. */
  createdAt: z.number(),
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
});
