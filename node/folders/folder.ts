/** A model on disk, as files to read it from. */
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { badFile } from '../../src/core/base/errors';
import { ADAPTER_FILES, inModel } from '../../src/core/export/adapterFiles';
import type { ByteSource } from '../../src/core/files/byteSource';
import { byteFile } from '../sources';

/** What a model can be read from: the files of a folder, but those that are not needed, or a zip or GGUF file. */
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
    // What else lies in the folder, be it a folder or a link to nothing, is nobody's concern.
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile()) files.push({ name, path, source: await byteFile(path) });
  }
  return files;
}

/** Of the names in a folder, those that a model is read from. */
export const isModelFile = (name: string): boolean =>
  /\.(json|safetensors)$|^(merges\.txt|chat_template\.jinja)$/.test(name);
