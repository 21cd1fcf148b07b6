/**
 * Results of a custom task: exact matches of written answers, or how often the correct choice is the likeliest. Choices
 * follow lm-evaluation-harness (Gao et al., github.com/EleutherAI/lm-evaluation-harness), whose names are `acc` and
 * `acc_norm`.
 */
import { z } from '../base/zod';
import type { TaskItems } from './taskTable';

export interface Task {
  /** That of its file. */
  name: string;
  items: TaskItems;
}

/** All in percent. */
export const TASK_METRICS = {
  exactMatch: { label: 'Exact match', says: 'its answer equals the reference' },
  accuracy: { label: 'Accuracy', says: 'the right choice is the likeliest' },
  accuracyPerCharacter: {
    label: 'Accuracy, length-normalized',
    says: 'accuracy by log-probability per character, so that long choices have no disadvantage',
  },
} as const;
export type TaskMetricId = keyof typeof TASK_METRICS;

/** What needs no model. */
export const TASK_BASELINES = {
  chance: { label: 'Chance', says: 'a random choice' },
  commonest: { label: 'Most frequent answer', says: 'always the most frequent answer' },
} as const;
export type TaskBaselineId = keyof typeof TASK_BASELINES;

const percent = z.object({ value: z.number(), low: z.number(), high: z.number(), unit: z.literal('%') });

export const taskScoresSchema = z.object({
  name: z.string(),
  rows: z.int().positive(),
  /** Of them, those whose prompt is longer than the model reads, and lost a part of it. */
  cut: z.int().nonnegative(),
  /** `exactMatch` of answers; of choices both others. The interval is Wilson's. */
  metrics: z.object({
    exactMatch: percent.exactOptional(),
    accuracy: percent.exactOptional(),
    accuracyPerCharacter: percent.exactOptional(),
  }),
  /** By the names of TASK_BASELINES, in the same metrics. */
  baselines: z.record(z.string(), z.record(z.string(), z.number())),
  /** Says which rows were asked, as of pairs of sentences. */
  listHash: z.string().exactOptional(),
  /** The first rows that it got wrong; of choices by `accuracy`. `line`: of the file, from 1. */
  missed: z.array(z.object({ line: z.int(), prompt: z.string(), wanted: z.string(), given: z.string() })),
});
export type TaskScores = z.infer<typeof taskScoresSchema>;
export type Missed = TaskScores['missed'][number];
