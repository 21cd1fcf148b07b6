/** --mix: averages a model with another, usually its base. */
import type { AskedAverage } from '../node/folders/averaged';
import { UsageError } from './options';

export const MIX =
  'Model folder to average the weights with, and its share, such as DIR:0.3; usually the base, to reduce forgetting';

/** The folder that `--mix` names. */
export const mixedPath = (flag: string): string | undefined => PATH_AND_SHARE.exec(flag)?.[1];
/** `DIR:0.3` */
const PATH_AND_SHARE = /^(.+):([^:]*)$/s;

/** @throws UsageError if the flag has another form */
export function typedAverage(flag: string | undefined): AskedAverage | undefined {
  if (flag === undefined) return undefined;
  const [, path, words] = PATH_AND_SHARE.exec(flag) ?? [];
  const share = words?.trim() ? Number(words) : NaN;
  if (path !== undefined && share >= 0 && share <= 1) return { path, share };
  throw new UsageError(`--mix must be a folder and a share from 0 to 1, such as my-base:0.3, not '${flag}'.`);
}
