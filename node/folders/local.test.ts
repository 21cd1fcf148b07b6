import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LOCAL, readLocal } from './local';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'homegrown-local-'))));
afterAll(() => rm(folder, { recursive: true }));

test('a file of an older build with a table opens', async () => {
  const table = { format: 'csv', columns: 'recognised' };
  const texts = [{ path: '/texts/a.csv', sha256: 'a1', table }];
  await writeFile(join(folder, LOCAL), JSON.stringify({ version: 1, texts }));
  expect(await readLocal(folder)).toEqual({ version: 1, texts });
});
