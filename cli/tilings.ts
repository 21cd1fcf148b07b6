import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TilingStore } from '../src/core/ops/tune';

const PATH = join(dirname(fileURLToPath(import.meta.url)), '../node_modules/.cache/homegrown/cuts.json');

/** Tilings measured on this machine's GPUs, stored next to the packages. */
export const tilingsInFile: TilingStore = {
  read: async () => JSON.parse(await readFile(PATH, 'utf8')) as unknown,
  async write(tilings) {
    await mkdir(dirname(PATH), { recursive: true });
    await writeFile(PATH, JSON.stringify(tilings, null, 2));
  },
};
