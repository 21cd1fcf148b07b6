/** The test set. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dataOf } from '../src/core/runs/segments';
import { readModel } from '../node/folders/readModel';
import { run, TINY } from './testing/run';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'test-share-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('no step or evaluation uses the test set, its size is reported, and a resumed run leaves it out, too', async () => {
  const seen = 'Ein Wal ist kein Fisch. '.repeat(70).slice(0, 1600);
  const grow = async (name: string, end: string) => {
    await writeFile(path(`${name}.txt`), seen + end);
    const args = ['grow', '--text', path(`${name}.txt`), ...TINY, '--steps', '4', '--test-share', '0.2', '--json'];
    expect(await run([...args, '--out', path(name)])).toMatchObject({ code: 0, stderr: '' });
    return (await readModel(path(name))).info!;
  };
  const info = await grow('one', 'x'.repeat(400));
  const other = await grow('other', 'y'.repeat(400));
  const model = (name: string) => readFile(path(name, 'model.safetensors'));
  expect(await model('one')).toEqual(await model('other'));
  expect(info.result).toEqual(other.result);
  const bytes = (size: number) => ({ tokens: size, bytes: size, documents: 1 });
  expect(dataOf(info)).toMatchObject({
    split: { rule: 'ends', validation: 0.1, test: 0.2 },
    parts: { train: bytes(1400), validation: bytes(200), test: bytes(400) },
  });
  expect(await readFile(path('one/README.md'), 'utf8')).toContain(
    'validation set: the 10 % before the test set (the last 20 %) (200 tokens).',
  );
  expect(await readFile(path('one/DATASHEET.md'), 'utf8')).toMatch(/Test set, never evaluated \| 400 /);
  const on = await run(['grow', '--resume', path('one'), '--steps', '6', '--json']);
  expect(on).toMatchObject({ code: 0, stderr: '' });
  const after = (await readModel(path('one'))).info!;
  expect(after.segments).toEqual([{ ...info.segments[0], recipe: { ...info.segments[0].recipe, steps: 6 } }]);
  const settled = await run(['grow', '--resume', path('one'), '--steps', '8', '--test-share', '0.1']);
  expect(settled).toMatchObject({ code: 2, stderr: expect.stringMatching(/--test-share can't change/) as string });
}, 120_000);
