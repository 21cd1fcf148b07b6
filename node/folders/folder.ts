/** Files on disk that a model is read from. */
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { badFile } from '../../src/core/base/errors';
import { ADAPTER_FILES, inModel } from '../../src/core/export/adapterFiles';
import type { ByteSource } from '../../src/core/files/byteSource';
import { byteFile } from '../sources';

/** Returns the files that a model is read from: those of a folder, without the unneeded ones, or a zip or GGUF file. */
export async function filesOf(
  from: string,
  unneeded: readonly string[] = [],
): Promise<{ name: string; path: string; source: ByteSource }[]> {
  if (/\.(zip|gguf)$/i.test(from)) return [{ name: basename(from), path: from, source: await byteFile(from) }];
  const names = await readdir(from).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw badFile(`There is no folder ${from}.`, 'Name a folder that grow wrote.');
  });
  const files = [];
  const adapter = names.includes('adapter') ? ADAPTER_FILES.filter((name) => !names.includes(name)).map(inModel) : [];
  for (const name of [...names, ...adapter].filter((name) => !unneeded.includes(name))) {
    const path = join(from, name);
    // Other entries of the folder, such as folders and dead links, don't matter.
    const stats = await stat(path).catch(() => undefined);
    if (stats?.isFile()) files.push({ name, path, source: await byteFile(path) });
  }
  return files;
}

/** Whether a model is read from a file of this name in a folder. */
export const isModelFile = (name: string): boolean =>
  /\.(json|safetensors)$|^(merges\.txt|chat_template\.jinja)$/.test(name);
