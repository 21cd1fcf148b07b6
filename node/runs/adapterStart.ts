/** Start of a run from a trained adapter: a folder that PEFT or tune wrote. */
import { merged } from '../../src/core/adapters/trainable';
import { unwatched } from '../../src/core/base/job';
import { adapterOnBase } from '../../src/core/export/adapted';
import { paramsOf } from '../../src/core/models';
import type { StartingModel } from '../folders/startingModel';
import { adapterFolder } from '../folders/readModel';
import type { TuningWeights } from './tuning';

/** Returns a model's weights with the adapter in the folder `path`. @throws HomegrownError `bad-file` if it doesn't fit */
export async function adapterStart(
  path: string,
  { model, weights }: Pick<StartingModel, 'model' | 'weights'>,
): Promise<TuningWeights> {
  const { trainable, tensors, words } = await adapterOnBase(model, weights, await adapterFolder(path), unwatched);
  const base = new Map([...weights, ...tensors]);
  return {
    trainable,
    base,
    weights: merged(paramsOf(model), base, trainable),
    from: path,
    words: `Training continues from the adapter in ${path}.${words === undefined ? '' : ` ${words}`}`,
  };
}
