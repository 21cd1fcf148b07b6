/** Averages a model with another, usually its base. */
import { basename, resolve } from 'node:path';
import { checkAlike, mixed } from '../../src/core/adapters/mixed';
import type { NamedTensors } from '../../src/core/checkpoint/tensors';
import { mixedWith } from '../../src/core/export/mixedWith';
import type { ImportedModel } from '../../src/core/export/incoming';
import { paramsOf } from '../../src/core/models';
import { readWeights } from './readModel';

/** The other model, and its share of the average. */
export interface AskedAverage {
  path: string;
  /** Share of the average, from 0 to 1. */
  share: number;
}

/** Returns the model unchanged if no average is asked for. @throws HomegrownError `bad-file`, `bad-settings` */
export async function averagedModel(
  tuned: ImportedModel,
  asked: AskedAverage | undefined,
  signal: AbortSignal,
): Promise<ImportedModel> {
  if (!asked) return tuned;
  const { path, share } = asked;
  return mixedWith(tuned, await readWeights(path, signal), { name: basename(resolve(path)), share });
}

/** Returns only the weights. @throws HomegrownError `bad-file`, `bad-settings` */
export async function averagedWeights(
  { model, snapshot }: Pick<ImportedModel, 'model' | 'snapshot'>,
  asked: AskedAverage | undefined,
  signal: AbortSignal,
): Promise<NamedTensors> {
  if (!asked) return snapshot.tensors;
  const other = await readWeights(asked.path, signal);
  checkAlike(model, other.model);
  return mixed(paramsOf(model), snapshot.tensors, other.snapshot.tensors, asked.share);
}
