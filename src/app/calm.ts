/** When there is time for what nobody waits for. */
import { NO_RUN } from '../state/openRun';
import type { Studio, StudioStore } from '../state/studio';

/** Resolves once no text is read and no run is at its beginning, twice in a row: one follows the other. */
export async function calm({ getState }: Pick<StudioStore, 'getState'>): Promise<void> {
  for (let looks = 0; looks < 2; looks = isBeginning(getState()) ? 0 : looks + 1)
    await new Promise((resolve) => setTimeout(resolve, EVERY));
}
/** Milliseconds. */
const EVERY = 500;

/** From a text on until something that was trained has been measured: somebody waits for that, and there may be two cores. */
export function isBeginning({
  importing,
  training,
  opened,
}: Pick<Studio, 'importing' | 'training' | 'opened'>): boolean {
  if (importing.kind === 'busy') return true;
  if (!training) return false;
  const { log } = opened[training.runId] ?? NO_RUN;
  return (log.evaluations.at(-1)?.step ?? 0) === 0 && (log.step.at(-1) ?? 0) < FEW;
}

/** Steps after which a run that is measured at its end alone has begun. */
const FEW = 30;
