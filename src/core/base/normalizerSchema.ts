import { HomegrownError } from './errors';
import { checkedStep, type Normalizer } from './normalizer';
import { z } from './zod';

const step = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['NFC', 'NFKC', 'NFD', 'NFKD', 'Lowercase', 'StripAccents']) }),
  z.strictObject({
    type: z.literal('Replace'),
    pattern: z.union([z.strictObject({ String: z.string().min(1) }), z.strictObject({ Regex: z.string() })]),
    content: z.string(),
  }),
]);
const MAX_STEPS = 1000;

/** One or more supported steps. */
export const normalizersSchema: z.ZodType<readonly Normalizer[]> = z
  .array(
    step.transform((given, context): Normalizer => {
      try {
        return checkedStep(given);
      } catch (error) {
        if (!(error instanceof HomegrownError)) throw error;
        context.addIssue(error.message);
        return z.NEVER;
      }
    }),
  )
  .min(1)
  .max(MAX_STEPS);
