/** Start of a run from a trained adapter: a folder that PEFT or tune wrote. */
import { merged } from '../../src/core/adapters/trainable';
import { unwatched } from '../../src/core/base/job';
import { adapterOnBase } from '../../src/core/export/adapted';
import { paramsOf } from '../../src/core/models';
import type { StartingModel } from '../folders/startingModel';
import { adapterFolder } from '../folders/readModel';
import type { Begins } from './tuning';

export async function beginsWith(
  path: string,
  { model, weights }: Pick<StartingModel, 'model' | 'weights'>,
): Promise<Begins> {
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
