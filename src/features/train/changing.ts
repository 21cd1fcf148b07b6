/** A run goes on with other settings, or on the project's texts. */
import { formatCount } from '../../core/base/units';
import type { RunRecord } from '../../core/runs/record';
import type { Recipe } from '../../core/train/recipe';
import { shownRun } from '../../state/openRun';
import type { Studio, StudioStore } from '../../state/studio';

/** While it trains it is stopped and saved first. What it cannot go on with by then is said, and nothing is begun. */
export async function changeAndContinue(
  store: StudioStore,
  record: Pick<RunRecord, 'id' | 'name'>,
  recipe: Recipe,
  withTexts: boolean,
): Promise<void> {
  const isStopped = store.getState().training?.runId === record.id;
  if (isStopped) await stopped(store);
  const { toast, resume } = store.getState();
  const why = obstacle(store.getState(), record.id, recipe, isStopped);
  if (why === undefined) await resume(recipe.steps, { recipe, withTexts });
  else toast({ text: `${record.name} does not go on with the change`, detail: why });
}

function obstacle(s: Studio, id: string, { steps }: Recipe, isStopped: boolean): string | undefined {
  const { id: shown, phase, saved } = shownRun(s, 'train');
  if (shown !== id) return 'Train shows another run by now';
  if (s.training) return 'another run is in progress: stop and save it first';
  if (isStopped && phase.kind === 'failed') return 'it failed before it had stopped';
  if (saved && steps <= saved.step) return `it has come to step ${formatCount(saved.step)} already: give it more steps`;
  return undefined;
}

function stopped(store: StudioStore): Promise<void> {
  store.getState().stop();
  return new Promise((resolve) => {
    const end = store.subscribe(({ training }) => {
      if (training) return;
      end();
      resolve();
    });
  });
}
