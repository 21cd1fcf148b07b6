import { formatCount } from '../core/base/units';
import { recipeOf } from '../core/runs/segments';
import { spokenRun } from '../state/openRun';
import { resumeRefusal, startRefusal } from '../state/refusals';
import type { Studio } from '../state/slices/studio';

interface RunAction {
  kind: 'start' | 'stop';
  label: string;
  /** Why there is nothing to do. */
  reason?: string;
  run: () => void;
}

/** The one thing to do with the run now; text being written is stopped first. */
export function runAction(s: Studio): RunAction {
  const { writing } = s;
  const { phase, saved, record } = spokenRun(s);
  const nothing = (): void => undefined;
  switch (phase.kind) {
    case 'preparing':
      return { kind: 'stop', label: 'Stop', run: s.stop };
    case 'compiling':
    case 'training':
      return { kind: 'stop', label: 'Stop and save', run: s.stop };
    case 'stopping':
      return { kind: 'stop', label: 'Stop and save', reason: 'Already stopping and saving', run: nothing };
    case 'idle':
    case 'stopped':
    case 'finished':
    case 'failed':
      break;
    default:
      return phase satisfies never;
  }
  if (writing.kind === 'writing') return { kind: 'stop', label: 'Stop', run: writing.stop };
  const isAtRest = phase.kind === 'stopped' || phase.kind === 'failed';
  if (record && saved && isAtRest && saved.step < recipeOf(record).steps) {
    return asAction('Resume', resumeRefusal(s), () => void s.resume());
  }
  return asAction('Start training', startRefusal(s), () => void s.start());
}

const asAction = (label: string, reason: string | undefined, run: () => void): RunAction => ({
  kind: 'start',
  label,
  run,
  ...(reason !== undefined && { reason }),
});

/** Label for the palette, which can name the step. */
export function runActionLabel(s: Studio, { label }: RunAction): string {
  const { saved } = spokenRun(s);
  return label === 'Resume' && saved ? `Resume from step ${formatCount(saved.step)}` : label;
}
