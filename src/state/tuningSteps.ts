/** Inputs of a tuning run: the checkpoint of its base, and its texts as data. */
import { formatCount } from '../core/base/units';
import type { SplitChoice } from '../core/documents/split';
import type { DataRecord } from '../core/runs/project';
import type { TokenizerModel } from '../core/tokenizer/tokenizer';
import type { SliceServices, Studio } from './slices/studio';
import type { Claim, TrainingSession } from './slices/trainingSession';

/** The chosen checkpoint, or with a toast the newest if it is gone. */
export async function keptStep(
  { data, toasts }: Pick<SliceServices, 'data' | 'toasts'>,
  runId: string,
  step: number,
): Promise<number> {
  const { steps } = await data.call('savedSteps', { runId });
  const newest = steps.at(-1)?.step;
  if (newest === undefined || steps.some((saved) => saved.step === step)) return step;
  toasts.show({
    text: `Step ${formatCount(step)} is no longer saved`,
    detail: `starting from step ${formatCount(newest)}`,
  });
  return newest;
}

export type CuttingNeeds = Pick<Studio, 'cut' | 'makingOf'>;

/** Tokenizes texts into data for a run. Undefined after a stop, or after a failure, which becomes the run's. */
export async function cutFor(
  get: () => CuttingNeeds,
  { signal, fail }: Pick<TrainingSession, 'signal' | 'fail'>,
  claim: Claim,
  { runId, projectId }: { runId: string; projectId: string },
  input: { texts: readonly string[]; tokenizer: TokenizerModel; split: SplitChoice },
): Promise<DataRecord | undefined> {
  const data = signal().aborted ? undefined : await get().cut(projectId, input);
  if (data && !signal().aborted) return data;
  const { building } = get().makingOf(projectId);
  if (building.kind === 'failed') fail(runId, building.failure);
  else claim.undo();
  return undefined;
}
