/** A model read from a folder while nobody writes there. */
import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unwatched } from '../src/core/base/job';
import { importHuggingFace, type ImportedModel } from '../src/core/export/importHuggingFace';
import { filesOf } from './folder';
import { realPath } from './target';
import { turn } from './turn';

/** What a save left that was cut off is mended first, where this user may write. */
export async function readModel(folder: string): Promise<ImportedModel> {
  const read = async () => importHuggingFace(await filesOf(folder), unwatched);
  const isOurs = await access(dirname(await realPath(folder)), constants.W_OK).then(
    () => true,
    () => false,
  );
  return isOurs ? turn(folder, read) : read();
}
