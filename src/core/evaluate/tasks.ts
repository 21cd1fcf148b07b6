/**
 * Results of a custom task: exact matches of written answers, or how often the correct choice is the likeliest. Choices
 * follow lm-evaluation-harness (Gao et al., github.com/EleutherAI/lm-evaluation-harness), whose names are `acc` and
 * `acc_norm`.
 */
import { z } from '../base/zod';
import type { TaskItems } from './taskTable';

export interface Task {
  /** Name of the task's file. */
  name: string;
  items: TaskItems;
}

/** Metrics of a task, all in percent. */
export const TASK_METRICS = {
  exactMatch: { label: 'Exact match', says: 'its answer equals the reference' },
  accuracy: { label: 'Accuracy', says: 'the right choice is the likeliest' },
  accuracyPerCharacter: {
    label: 'Accuracy, length-normalized',
    says: 'accuracy by log-probability per character, so that long choices have no disadvantage',
  },
} as const;
export type TaskMetricId = keyof typeof TASK_METRICS;

/** Baselines that need no model. */
export const TASK_BASELINES = {
  chance: { label: 'Chance', says: 'a random choice' },
  commonest: { label: 'Most frequent answer', says: 'always the most frequent answer' },
} as const;
export type TaskBaselineId = keyof typeof TASK_BASELINES;

const percent = z.object({ value: z.number(), low: z.number(), high: z.number(), unit: z.literal('%') });

export const taskScoresSchema = z.object({
  name: z.string(),
  rows: z.int().positive(),
  /** Number of rows whose prompt was truncated to the context. */
  cut: z.int().nonnegative(),
  /** `exactMatch` for answers, the other two for choices; with Wilson score intervals. */
  metrics: z.object({
    exactMatch: percent.exactOptional(),
    accuracy: percent.exactOptional(),
    accuracyPerCharacter: percent.exactOptional(),
  }),
  /** Values of the same metrics, by the names of TASK_BASELINES. */
  baselines: z.record(z.string(), z.record(z.string(), z.number())),
  /** Hash of the rows, as for pairs of sentences. */
  listHash: z.string().exactOptional(),
  /** First rows that the model got wrong; for choices, by `accuracy`. `line`: of the file, from 1. */
  missed: z.array(z.object({ line: z.int(), prompt: z.string(), wanted: z.string(), given: z.string() })),
});
export type TaskScores = z.infer<typeof taskScoresSchema>;
export type Missed = TaskScores['missed'][number];
