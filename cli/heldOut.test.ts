/** The validation set of a run: its share, and the seed that chooses its documents. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { csvOf } from '../src/core/base/csv';
import { dataOf } from '../src/core/runs/segments';
import { readModel } from '../node/folders/readModel';
import { GOOD, words } from './testing/mails';
import { run, TINY } from './testing/run';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
const call = (...args: string[]) => run(args, { cwd: folder });
const grow = (...args: string[]) =>
  call('grow', '--pairs', 'rows.csv', ...TINY, '--steps', '4', '--eval-every', '4', '--json', ...args);
const dataIn = async (name: string) => dataOf((await readModel(path(name))).info!)!;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'homegrown-held-out-'));
  const rows = Array.from({ length: 100 }, (_, i) => [`${words(GOOD, i, 2)} ${i}`, words(GOOD, i, 3 + (i % 5))]);
  await writeFile(path('rows.csv'), csvOf([['input', 'target'], ...rows]));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('grow holds out the given share of the text, chosen by the seed, and keeps both on resume', async () => {
  for (const seed of ['3', '4'])
    expect(await grow('--held-out', '0.3', '--split-seed', seed, '--out', `seed-${seed}`)).toMatchObject({ code: 0 });
  const [one, other] = [await dataIn('seed-3'), await dataIn('seed-4')];
  expect(one.split).toEqual({ rule: 'documents', validation: 0.3, test: 0, seed: 3 });
  const { train, validation } = one.parts;
  expect(validation.bytes / (train.bytes + validation.bytes)).toBeCloseTo(0.3, 1);
  expect(other.split).toMatchObject({ seed: 4 });
  expect(other.parts.validation.bytes).not.toBe(validation.bytes);
  expect(await call('grow', '--resume', 'seed-3', '--steps', '6', '--json')).toMatchObject({ code: 0 });
  expect((await dataIn('seed-3')).split).toEqual(one.split);
  for (const flag of ['held-out', 'split-seed']) {
    const settled = await call(
      'grow',
      '--resume',
      'seed-3',
      '--steps',
      '8',
      `--${flag}`,
      flag === 'held-out' ? '0.1' : '1',
    );
    expect(settled).toMatchObject({ code: 2, stderr: expect.stringContaining(`--${flag} `) as string });
  }
}, 120_000);

test('shares that leave too little to train on are refused before a file is read', async () => {
  const refused = await grow('--held-out', '0.3', '--test-share', '0.3', '--out', 'refused');
  expect(refused.code).toBe(2);
  expect(refused.stdout).toMatch(/test share is 0.3 and the validation share 0.3; together they can be at most 0.5/);
  await expect(readFile(path('refused', 'README.md'))).rejects.toThrow('ENOENT');
}, 60_000);
