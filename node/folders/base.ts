/** The weights that a saved run doesn't train. */
import { badFile, HomegrownError } from '../../src/core/base/errors';
import type { NamedTensors } from '../../src/core/checkpoint/tensors';
import { paramsOf } from '../../src/core/models';
import { headOf, withHead } from '../../src/core/models/classes';
import { readWeights } from './readModel';
import type { SavedRun } from './savedRun';

/**
 * Weights that a saved run doesn't train; undefined if it trains all. The base of an adapter is read from `from`, or from where
 * it was; training compares its hash with the run's.
 * @throws HomegrownError `bad-file`
 */
export async function baseOf(
  { folder, info, snapshot, local }: SavedRun,
  from?: string,
): Promise<NamedTensors | undefined> {
  const { trainable, model } = info;
  if (!trainable?.adapter) return trainable && snapshot.tensors;
  const path = from ?? local?.base;
  if (path === undefined)
    throw badFile(
      `The run in ${folder} trained an adapter, but the path of its base model is not known.`,
      NAME_THE_BASE,
    );
  const { snapshot: base } = await readWeights(path).catch((error: unknown) => {
    if (from !== undefined || !(error instanceof HomegrownError)) throw error;
    throw badFile(
      `Couldn't read ${path}, the base model of the adapter run in ${folder}. ${error.message}`,
      NAME_THE_BASE,
    );
  });
  // The head of a classifier was trained: the run has it.
  const head = headOf(model);
  const missing = Object.keys(paramsOf(model)).find((name) => !base.tensors.has(name) && !Object.hasOwn(head, name));
  if (missing === undefined) return withHead(model, base.tensors, 0);
  throw badFile(
    `The model in ${path} has no ${missing}, which the adapter run in ${folder} needs in its base.`,
    NAME_THE_BASE,
  );
}
const NAME_THE_BASE = 'Nothing was written. Name the base model with --from.';
