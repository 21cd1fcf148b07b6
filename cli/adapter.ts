/** --adapter: an adapter in a folder that PEFT or tune wrote. */
import { merged } from '../src/core/adapters/trainable';
import { unwatched } from '../src/core/base/job';
import { besideBase } from '../src/core/export/adapted';
import { paramsOf } from '../src/core/models';
import type { StartingModel } from '../node/folders/startingModel';
import { adapterFolder } from '../node/folders/readModel';
import type { Begins } from './tuning';

export const ADAPTER_IN = 'PEFT folder of an adapter to merge into the model';

/** A run that starts from a trained adapter. */
export async function beginsWith(
  path: string,
  { model, weights }: Pick<StartingModel, 'model' | 'weights'>,
): Promise<Begins> {
  const { trainable, tensors, words } = await besideBase(model, weights, await adapterFolder(path), unwatched);
  const base = new Map([...weights, ...tensors]);
  return {
    trainable,
    base,
    weights: merged(paramsOf(model), base, trainable),
    from: path,
    words: `Training continues from the adapter in ${path}.${words === undefined ? '' : ` ${words}`}`,
  };
}
