/** A model read from a folder, or a zip, while nobody writes there. */
import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unwatched } from '../src/core/base/job';
import { importHuggingFace, type ImportedModel } from '../src/core/export/importHuggingFace';
import { filesOf } from './folder';
import { realPath } from './target';
import { transaction } from './transaction';

/**
 * What a save left that was cut off is recovered first, where this user may write.
 * @param unneeded files of the folder that are not read
 */
export async function readModel(
  from: string,
  unneeded: readonly string[] = [],
  signal: AbortSignal = unwatched.signal,
): Promise<ImportedModel> {
  const read = async () => importHuggingFace(await filesOf(from, unneeded), { ...unwatched, signal });
  const isOurs = await realPath(from)
    .then((real) => access(dirname(real), constants.W_OK))
    .then(
      () => true,
      () => false,
    );
  return isOurs ? transaction(from, read, signal) : read();
}
