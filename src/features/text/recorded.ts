/** The run of the first screen: losses in nats on held-out text, and the same prompt continued. Made by scripts/firstRun.ts. */
import run from './recordedRun.json';

export const recorded: {
  title: string;
  prompt: string;
  vocabulary: number;
  points: readonly { step: number; loss: number }[];
  samples: readonly { step: number; words: string }[];
} = run;
