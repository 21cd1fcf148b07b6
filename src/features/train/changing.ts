/** Continues a run with other settings, or on the project's texts. */
import { formatCount } from '../../core/base/units';
import type { RunRecord } from '../../core/runs/record';
import type { Recipe } from '../../core/train/recipe';
import { shownRun } from '../../state/openRun';
import type { Studio, StudioStore } from '../../state/slices/studio';

/** Stops and saves the run first if it trains. If the run can't continue then, reports why and starts nothing. */
export async function changeAndContinue(
  store: StudioStore,
  record: Pick<RunRecord, 'id' | 'name'>,
  recipe: Recipe,
  withTexts: boolean,
): Promise<void> {
  const isStopped = store.getState().training?.runId === record.id;
  if (isStopped) await stopRun(store);
  const { toast, resume } = store.getState();
  const reason = obstacle(store.getState(), record.id, recipe, isStopped);
  if (reason === undefined) await resume(recipe.steps, { recipe, withTexts });
  else toast({ text: `${record.name} can’t continue with these changes`, detail: reason });
}

/** Why the run can't continue; undefined if it can. */
function obstacle(s: Studio, id: string, { steps }: Recipe, isStopped: boolean): string | undefined {
  const { id: shown, phase, saved } = shownRun(s, 'train');
  if (shown !== id) return 'Train now shows another run';
  if (s.training) return 'another run is training: stop and save it first';
  if (isStopped && phase.kind === 'failed') return 'it failed before it stopped';
  if (saved && steps <= saved.step) return `it is already at step ${formatCount(saved.step)}: choose more steps`;
  return undefined;
}

/** Resolves when the run has stopped and is saved. */
function stopRun(store: StudioStore): Promise<void> {
  store.getState().stop();
  return new Promise((resolve) => {
    const unsubscribe = store.subscribe(({ training }) => {
      if (training) return;
      unsubscribe();
      resolve();
    });
  });
}
