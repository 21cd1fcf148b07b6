/** --mix: averages a model with another, usually its base. */
import { basename, resolve } from 'node:path';
import { checkAlike, mixed } from '../src/core/adapters/mixed';
import type { NamedTensors } from '../src/core/checkpoint/tensors';
import { mixedWith } from '../src/core/export/mixedWith';
import type { ImportedModel } from '../src/core/export/incoming';
import { paramsOf } from '../src/core/models';
import { UsageError } from './options';
import { readWeights } from '../node/folders/readModel';

export const MIX =
  'Model folder to average the weights with, and its share, such as DIR:0.3; usually the base, to reduce forgetting';

/** The folder that `--mix` names. */
export const mixedPath = (flag: string): string | undefined => SPELLED.exec(flag)?.[1];
/** `DIR:0.3` */
const SPELLED = /^(.+):([^:]*)$/s;

/** @throws UsageError if the flag has another form */
function parsed(flag: string): { path: string; share: number } {
  const [, path, words] = SPELLED.exec(flag) ?? [];
  const share = words?.trim() ? Number(words) : NaN;
  if (path !== undefined && share >= 0 && share <= 1) return { path, share };
  throw new UsageError(`--mix must be a folder and a share from 0 to 1, such as my-base:0.3, not '${flag}'.`);
}

/** Returns the model, averaged as --mix says. */
export async function mixedBy(
  flag: string | undefined,
  tuned: ImportedModel,
  signal: AbortSignal,
): Promise<ImportedModel> {
  if (flag === undefined) return tuned;
  const { path, share } = parsed(flag);
  return mixedWith(tuned, await readWeights(path, signal), { name: basename(resolve(path)), share });
}

/** Returns only the weights. */
export async function mixedWeights(
  flag: string | undefined,
  { model, snapshot }: Pick<ImportedModel, 'model' | 'snapshot'>,
  signal: AbortSignal,
): Promise<NamedTensors> {
  if (flag === undefined) return snapshot.tensors;
  const { path, share } = parsed(flag);
  const other = await readWeights(path, signal);
  checkAlike(model, other.model);
  return mixed(paramsOf(model), snapshot.tensors, other.snapshot.tensors, share);
}
