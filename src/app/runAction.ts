import { formatCount } from '../core/base/units';
import { startProblems } from '../state/estimate';
import { TRAINING_ELSEWHERE } from '../state/runs';
import type { Studio } from '../state/studio';

export interface RunAction {
  kind: 'start' | 'stop';
  label: string;
  /** Why there is nothing to do. */
  reason?: string;
  run: () => void;
}

/** The one thing to do with the run now; text being written is stopped first. */
export function runAction(s: Studio): RunAction {
  const { phase, writing } = s;
  const nothing = (): void => undefined;
  switch (phase.kind) {
    case 'preparing':
      return { kind: 'stop', label: 'Stop', run: s.stop };
    case 'compiling':
    case 'training':
      return { kind: 'stop', label: 'Stop and save', run: s.stop };
    case 'stopping':
      return { kind: 'stop', label: 'Stop and save', reason: 'Stopping and saving now', run: nothing };
    case 'idle':
    case 'stopped':
    case 'finished':
    case 'failed':
      break;
    default:
      return phase satisfies never;
  }
  if (writing.kind === 'writing') return { kind: 'stop', label: 'Stop', run: writing.stop };
  const { saved, run } = s;
  if (run && saved && (phase.kind === 'stopped' || phase.kind === 'failed') && saved.step < run.recipe.steps) {
    const lacksText = run.manifest === null && s.texts.length === 0;
    const reason = s.trainingElsewhere
      ? TRAINING_ELSEWHERE
      : lacksText
        ? 'This model came without the text that it learnt from: add that text, or another'
        : undefined;
    return {
      kind: 'start',
      label: 'Resume',
      ...(reason !== undefined && { reason }),
      run: () => void s.resume(),
    };
  }
  if (s.texts.length === 0) {
    return { kind: 'start', label: 'Start training', reason: 'There is no text to learn from yet', run: nothing };
  }
  if (s.trainingElsewhere) return { kind: 'start', label: 'Start training', reason: TRAINING_ELSEWHERE, run: nothing };
  const [problem] = startProblems(s);
  if (problem) return { kind: 'start', label: 'Start training', reason: problem.message, run: nothing };
  return { kind: 'start', label: 'Start training', run: () => void s.start() };
}

/** For the palette, where the step can be told. */
export const runActionLabel = (s: Studio, { label }: RunAction): string =>
  label === 'Resume' && s.saved ? `Resume from step ${formatCount(s.saved.step)}` : label;
