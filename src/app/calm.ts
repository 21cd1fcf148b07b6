/** When there is time for background work. */
import { NO_RUN } from '../state/openRun';
import type { Studio, StudioStore } from '../state/slices/studio';

/** Resolves once no text is being read and no run is beginning, twice in a row: one follows the other. */
export const calm = (store: Pick<StudioStore, 'getState'>): Promise<void> => whenIdle(store, isBeginning);

/** Resolves once the page is shown, no text is read and no run trains, twice in a row. */
export const unused = (store: Pick<StudioStore, 'getState'>): Promise<void> =>
  whenIdle(store, (state) => !isUnused(state));

export const isUnused = (state: Studio): boolean => !document.hidden && state.training === null && !isBeginning(state);

async function whenIdle(
  { getState }: Pick<StudioStore, 'getState'>,
  isBusy: (state: Studio) => boolean,
): Promise<void> {
  for (let idleChecks = 0; idleChecks < 2; idleChecks = isBusy(getState()) ? 0 : idleChecks + 1)
    await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
}
/** Milliseconds between two checks. */
const CHECK_MS = 500;

/** When the page has nothing more urgent to do; Safari can't report it. */
export const idle = (): Promise<void> =>
  new Promise((resolve) => {
    if ('requestIdleCallback' in globalThis) requestIdleCallback(() => resolve());
    else setTimeout(resolve, 1000);
  });

/** Idle work waits between the first text and the first evaluation: a person waits, perhaps with only two cores. */
export function isBeginning({
  importing,
  training,
  opened,
}: Pick<Studio, 'importing' | 'training' | 'opened'>): boolean {
  if (importing.kind === 'busy') return true;
  if (!training) return false;
  const { log } = opened[training.runId] ?? NO_RUN;
  return (log.evaluations.at(-1)?.step ?? 0) === 0 && (log.step.at(-1) ?? 0) < FIRST_STEPS;
}

/** Number of steps after which a run that is evaluated only at its end counts as begun. */
const FIRST_STEPS = 30;
