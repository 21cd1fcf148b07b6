/** Samples of a run, for Train and Runs. */
import { formatReading } from '../core/base/units';
import { headlineWords, type ObjectiveId } from '../core/objectives';
import { piecesOf, type Piece, type Shown } from '../core/objectives/shown';
import type { RunLog } from './runLog';

export interface RunSample {
  key: string;
  step: number;
  /** Metric of the model at this step: `perplexity 85.4`. */
  result: string;
  pieces: readonly Piece[];
  /** Whether its prompt differs from the run's. */
  isApart?: boolean;
}

/** All samples of a run by step: from evaluations, from the evaluation in progress, and on request. */
export function runSamples(
  { evaluations, sampled, shown }: RunLog,
  { objective, samplePrompt }: { objective: ObjectiveId; samplePrompt: string },
): readonly RunSample[] {
  const samples = evaluations.map(({ step, loss, sample }): RunSample => {
    const result = headlineWords(objective, loss, formatReading);
    return { key: String(step), step, result, pieces: piecesOf(sample, samplePrompt) };
  });
  if (shown) {
    const { step, sample } = shown;
    samples.push({ key: String(step), step, result: 'not evaluated', pieces: piecesOf(sample, samplePrompt) });
  }
  const requested = sampled.map(({ step, prompt, sample }, i): RunSample => {
    const isApart = prompt !== samplePrompt;
    return {
      key: `asked ${i}`,
      step,
      result: 'on request',
      pieces: piecesOf(sample, prompt),
      ...(isApart && { isApart }),
    };
  });
  return [...samples, ...requested].sort((a, b) => a.step - b.step);
}

/** Whether a sample needs more room than a few lines: several answers, or a filled passage. */
export const isLong = (sample: Shown | undefined): boolean => typeof sample === 'object';
