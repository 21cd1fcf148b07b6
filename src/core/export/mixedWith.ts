/** Averages an imported model with another. */
import { checkAlike, mixed } from '../adapters/mixed';
import { paramsOf } from '../models';
import { type RunInfo, withoutStep } from './homegrownJson';
import type { ImportedModel } from './incoming';

/**
 * Averages two models. Drops evaluations and optimizer state, because they belong to the original.
 * @param other the other model, with its `name` and `share`, 0 to 1
 * @throws HomegrownError `bad-settings` where shapes differ
 */
export function mixedWith(
  tuned: ImportedModel,
  { model, snapshot }: Pick<ImportedModel, 'model' | 'snapshot'>,
  { name, share }: Omit<NonNullable<RunInfo['mixed']>, 'step'>,
): ImportedModel {
  checkAlike(tuned.model, model);
  const { step, tokensSeen, activeMs } = tuned.snapshot.state;
  const tensors = mixed(paramsOf(tuned.model), tuned.snapshot.tensors, snapshot.tensors, share);
  const state = { step, tokensSeen, activeMs, best: null };
  const { adapted: _, ...rest } = tuned;
  return {
    ...rest,
    snapshot: { state, tensors },
    resumable: false,
    info: tuned.info && asMixed(tuned.info, state, { name, share, step }),
    events: [],
    mixed: { name, share, step },
  };
}

function asMixed(info: RunInfo, state: RunInfo['state'], mixed: NonNullable<RunInfo['mixed']>): RunInfo {
  const { trainable: _, ...kept } = withoutStep(info);
  return { ...kept, state, result: null, mixed };
}
