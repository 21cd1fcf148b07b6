/** What is measured of the data's two parts once, for the baselines of all objectives, under the names that it is stored by. */
import { z } from '../base/zod';
import { unigramLoss } from './unigram';

export type BaselineFacts = z.infer<typeof factsSchema>;

/** Fields of a record of data. */
export const baselineFields = {
  /** Nats per token of always guessing by frequency. */
  unigramLoss: z.number(),
};
const factsSchema = z.object(baselineFields);

/** How often each id occurs in each part; both [vocabulary]. */
export const measureFacts = (train: ArrayLike<number>, validation: ArrayLike<number>): BaselineFacts => ({
  unigramLoss: unigramLoss(train, validation),
});

/** Those of a record that has more. */
export const baselineFacts = (record: BaselineFacts): BaselineFacts => factsSchema.parse(record);
