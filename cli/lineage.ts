/** Which run a folder holds, and which run that one went on from. */
import { sha256Hex } from '../src/core/base/hash';
import type { RunInfo } from '../src/core/export/homegrownJson';
import type { Parent } from './local';

/**
 * A run by what stays as it is while it goes on, so that its exports have its id, and folders that were written before
 * there were ids.
 */
export const idOf = async ({ createdAt, name, model }: RunInfo): Promise<string> =>
  (await sha256Hex(JSON.stringify([createdAt, name, model]))).slice(0, 16);

/** A run as the parent of one that goes on from it in another folder. */
export const asParent = async ({ info }: { info: RunInfo }): Promise<Parent> => ({
  id: await idOf(info),
  step: info.state.step,
  how: 'resume',
});
