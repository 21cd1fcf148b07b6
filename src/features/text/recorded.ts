import recordedJson from './recorded.json';

/** What the first page shows: a run on a sample, with losses in nats on held-out text, and answers of other models. */
export interface Recorded {
  title: string;
  prompt: string;
  vocabulary: number;
  points: readonly { step: number; loss: number }[];
  /** The same prompt continued, at some of the points. */
  samples: readonly { step: number; words: string }[];
  /** What a classifier of the emails says of one. */
  label: { input: string; label: string; share: number };
  /** What a model of the letter tasks answers. */
  answer: { input: string; output: string };
}

/** Made by scripts/firstRun.ts. */
export const recorded: Recorded = recordedJson;

/** Index of the sample that is shown first: English, and not the end yet. */
export const FIRST_SHOWN = recorded.samples.findIndex(({ step }) => step >= 2000);
