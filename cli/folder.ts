/** A model on disk, as files to read it from. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { badFile } from '../src/core/base/errors';
import type { ByteSource } from '../src/core/checkpoint/byteSource';
import { byteFile } from './terminal';

/** The files of a Hugging Face folder that a model can be read from. */
export async function filesOf(folder: string): Promise<{ name: string; source: ByteSource }[]> {
  const names = await readdir(folder).catch(() => {
    throw badFile(`There is no folder ${folder}.`, 'Give the folder that grow has written.');
  });
  return Promise.all(
    names.filter(isModelFile).map(async (name) => ({ name, source: await byteFile(join(folder, name)) })),
  );
}

export const isModelFile = (name: string): boolean => /\.(json|safetensors)$|^merges\.txt$/.test(name);
