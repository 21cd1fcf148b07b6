import { formatCount } from '../core/base/units';
import { recipeOf } from '../core/runs/segments';
import { resumeRefusal, startRefusal } from '../state/refusals';
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
  if (run && saved && (phase.kind === 'stopped' || phase.kind === 'failed') && saved.step < recipeOf(run).steps) {
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

/** For the palette, where the step can be told. */
export const runActionLabel = (s: Studio, { label }: RunAction): string =>
  label === 'Resume' && s.saved ? `Resume from step ${formatCount(s.saved.step)}` : label;
