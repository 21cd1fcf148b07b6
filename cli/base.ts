/** The weights that what a run learns stands beside. */
import { badFile, HomegrownError } from '../src/core/base/errors';
import type { NamedTensors } from '../src/core/checkpoint/tensors';
import { paramsOf } from '../src/core/models';
import { headOf, withHead } from '../src/core/models/classes';
import { UsageError } from './options';
import { readWeights } from './read';
import type { Past } from './resume';

/**
 * Those of a run that goes on and of which not all learns; undefined where all does. An adapter's are where they lay when it was
 * begun, or in `from`; else they are the model's own. That they are the same is seen by their hash when training begins.
 * @throws HomegrownError `bad-file`
 * @throws UsageError where they are given to a run that has them, or needs none
 */
export async function baseOf(
  { folder, info, snapshot, local }: Past,
  from?: string,
): Promise<NamedTensors | undefined> {
  const { trainable, model } = info;
  if (!trainable?.adapter) {
    if (from !== undefined && !info.replayed)
      throw new UsageError('--from starts a new run from a model; --resume continues a run. Use one of them.');
    return trainable && snapshot.tensors;
  }
  const path = from ?? local?.base;
  if (path === undefined)
    throw badFile(`The run in ${folder} trained an adapter, but the path of its base model is not known.`, AGAIN);
  const { snapshot: base } = await readWeights(path).catch((error: unknown) => {
    if (from !== undefined || !(error instanceof HomegrownError)) throw error;
    throw badFile(`Couldn't read ${path}, the base model of the adapter run in ${folder}. ${error.message}`, AGAIN);
  });
  // The head of a classifier has learnt, and lies with the run.
  const head = headOf(model);
  const missing = Object.keys(paramsOf(model)).find((name) => !base.tensors.has(name) && !Object.hasOwn(head, name));
  if (missing === undefined) return withHead(model, base.tensors, 0);
  throw badFile(`The model in ${path} has no ${missing}, which the adapter run in ${folder} needs in its base.`, AGAIN);
}
const AGAIN = 'Nothing was written. Name the base model with --from.';
