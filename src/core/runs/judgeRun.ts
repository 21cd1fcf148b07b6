/** Judges a run by its log, in the app and in the terminal. */
import type { Shown } from '../objectives/shown';
import { writtenIn } from '../train/degeneration';
import { judge } from '../train/judge';
import { meanAt } from '../train/meanAt';
import type { RunCurve, Verdict } from '../train/verdict';
import { runCurve } from './runCurve';

interface Log {
  readonly step: readonly number[];
  /** Loss of each step, in nats per token. */
  readonly loss: readonly number[];
  readonly evaluations: readonly { readonly step: number; readonly loss: number; readonly sample: Shown }[];
}

export function judgeRun(
  settings: Parameters<typeof runCurve>[0],
  log: Log,
  progress: Pick<RunCurve, 'planned' | 'ending' | 'early'>,
): Verdict {
  const { evaluations } = log;
  const { samplePrompt } = settings.segments.at(-1)!.recipe;
  return judge(
    runCurve(settings, {
      ...progress,
      evaluations,
      trained: (step, after) => meanAt(log, step, after),
      written(step) {
        const sample = evaluations.findLast((evaluation) => evaluation.step === step)?.sample;
        return sample === undefined ? undefined : writtenIn(sample, samplePrompt);
      },
    }),
  );
}
