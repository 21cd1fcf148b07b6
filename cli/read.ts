/** A model read from a folder, a zip or a GGUF file, while nobody writes there. */
import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unwatched } from '../src/core/base/job';
import { importModel, openModel } from '../src/core/export/importModel';
import type { ImportedModel, Incoming } from '../src/core/export/incoming';
import { RECIPE_FILE } from '../src/core/export/format';
import { filesOf } from './folder';
import { realPath } from './target';
import { transaction } from './transaction';

/**
 * What a save left that was cut off is recovered first.
 * @param unneeded files of the folder that are not read
 */
export async function readModel(
  from: string,
  unneeded: readonly string[] = [],
  signal: AbortSignal = unwatched.signal,
): Promise<ImportedModel> {
  return undisturbed(from, async () => importModel(await filesOf(from, unneeded), { ...unwatched, signal }), signal);
}

/** Without what training alone goes on from. */
export const readWeights = (from: string, signal?: AbortSignal): Promise<ImportedModel> =>
  readModel(from, ['optimizer.safetensors', 'trainer_state.json', RECIPE_FILE], signal);

/** What the model is, without its weights. */
export const lookAt = (from: string, signal: AbortSignal): Promise<Incoming> =>
  undisturbed(from, async () => openModel(await filesOf(from)), signal);

/** Reads while nobody writes there, and after what a save left that was cut off is recovered, where this user may write. */
export async function undisturbed<T>(
  from: string,
  read: () => Promise<T>,
  signal: AbortSignal = unwatched.signal,
): Promise<T> {
  const isOurs = await realPath(from)
    .then((real) => access(dirname(real), constants.W_OK))
    .then(
      () => true,
      () => false,
    );
  return isOurs ? transaction(from, read, signal) : read();
}
