import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CutStore } from '../src/core/ops/tune';

const PATH = join(dirname(fileURLToPath(import.meta.url)), '../node_modules/.cache/homegrown/cuts.json');

/** What was measured of this machine's GPUs, beside the packages and gone with them. */
export const cutsInFile: CutStore = {
  read: async () => JSON.parse(await readFile(PATH, 'utf8')) as unknown,
  async write(cuts) {
    await mkdir(dirname(PATH), { recursive: true });
    await writeFile(PATH, JSON.stringify(cuts, null, 2));
  },
};
