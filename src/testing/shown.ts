import { modelOf, newOpenRun, shownRun } from '../state/openRun';
import { isActive } from '../state/phase';
import type { Studio, StudioStore } from '../state/slices/studio';
import type { OpenRun } from '../state/slices/run';

/** A studio with Train's run, and Playground's model. */
export function seen(studio: Studio) {
  const { record, log, saved, phase, which, steps } = shownRun(studio, 'train');
  return { ...studio, run: record, log, saved, phase, which, steps, model: modelOf(studio, 'playground') };
}

/** Makes all pages show this run, which trains if its phase says so. */
export function showing({ getState, setState }: StudioStore, change: Partial<OpenRun>): void {
  const before = shownRun(getState(), 'train');
  const run = { ...(before.id === '' ? newOpenRun('r') : before), ...change };
  setState(({ opened, project }) => ({
    opened: { ...opened, [run.id]: run },
    shown: { train: run.id, evaluate: run.id, playground: run.id, export: run.id },
    training: isActive(run.phase) ? { runId: run.id, projectId: project.id } : null,
  }));
}
