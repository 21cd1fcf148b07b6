import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TilingStore } from '../src/core/ops/tune';

const PATH = join(dirname(fileURLToPath(import.meta.url)), '../node_modules/.cache/homegrown/cuts.json');

/** What was measured of this machine's GPUs, beside the packages and gone with them. */
export const tilingsInFile: TilingStore = {
  read: async () => JSON.parse(await readFile(PATH, 'utf8')) as unknown,
  async write(tilings) {
    await mkdir(dirname(PATH), { recursive: true });
    await writeFile(PATH, JSON.stringify(tilings, null, 2));
  },
};
