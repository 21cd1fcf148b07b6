/** What is told of folders beside each other, which were written as grow writes them. */
import { cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { huggingFaceFiles } from '../src/core/export/huggingFace';
import { asParent, idOf } from './lineage';
import { localFile, type Parent } from './local';
import { markedModel } from './testing/model';
import { lines, run } from './testing/run';
import { writeFolder } from './write';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);

/** A model whose step is `mark`, begun at that moment. @returns it as a parent */
async function write(name: string, mark: number, parent: Parent | null): Promise<Parent> {
  const marked = await markedModel(mark);
  const info = { ...marked.info, createdAt: mark };
  const local = localFile({ texts: [], parent });
  await writeFolder(path(name), [...huggingFaceFiles({ ...marked, info }, { withOptimizer: false }), local]);
  return asParent({ info });
}

let first: Parent;
let second: Parent;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runs-'));
  await mkdir(path('empty'));
  await writeFile(path('notes.txt'), 'notes');
  first = await write('a', 8, null);
  second = await write('b', 16, first);
  await write('c', 24, { id: 'abc', step: 3, how: 'resume' });
  await cp(path('a'), path('older'), { recursive: true });
  await rm(path('older', 'local.json'));
});
afterAll(() => rm(folder, { recursive: true }));

test('models are listed with their lineage, for programs and in words', async () => {
  const said = await run(['runs', '--in', folder, '--json']);
  expect(said).toMatchObject({ code: 0, stderr: '' });
  expect(second.id).not.toBe(first.id);
  expect(first.id).toBe(await idOf({ ...(await markedModel(1)).info, createdAt: 8 }));
  const third = await idOf({ ...(await markedModel(1)).info, createdAt: 24 });
  expect(lines(said.stdout)).toEqual([
    {
      runs: [
        { folder: path('a'), id: first.id, step: 8, parent: null },
        { folder: path('b'), id: second.id, step: 16, parent: { id: first.id, step: 8, how: 'resume' } },
        { folder: path('c'), id: third, step: 24, parent: { id: 'abc', step: 3, how: 'resume' } },
        { folder: path('older'), id: first.id, step: 8, parent: null },
      ],
    },
  ]);
  const words = await run(['runs', '--in', '.'], { cwd: folder });
  expect(words).toMatchObject({ code: 0, stderr: '' });
  expect(words.stdout.split('\n').slice(0, 3)).toEqual([
    'a: step 8 of 2,000 of marked',
    'b: step 16 of 2,000 of marked; went on from step 8 of a',
    'c: step 24 of 2,000 of marked; went on from step 3 of run abc, which is not here',
  ]);
  expect((await run(['runs', '--in', 'empty'], { cwd: folder })).stdout).toBe('There is no model in empty.\n');
});

test('what cannot be read is told and left out, what was cut off is made whole, and no folder is an error', async () => {
  const all = path('all');
  await mkdir(all);
  for (const name of ['a', 'b', 'c']) await cp(path(name), join(all, name), { recursive: true });
  await writeFile(join(all, 'a', 'homegrown.json'), '{ "version": 1 }');
  await writeFile(join(all, 'c', 'local.json'), '{ "version": 2 }');
  // The last step of a save: all is in the folder that is to be renamed.
  await mkdir(join(all, '.b.saving'));
  await rename(join(all, 'b'), join(all, '.b.saving', 'new'));
  const said = await run(['runs', '--in', all, '--json']);
  expect(said.code).toBe(0);
  expect(lines(said.stdout)).toEqual([{ runs: [{ folder: join(all, 'b'), id: second.id, step: 16, parent: first }] }]);
  expect(said.stderr).toContain(`${join(all, 'a')} is left out: `);
  expect(said.stderr).toMatch(/all\/c is left out: .*local\.json is of version 2/);
  expect((await readdir(all)).sort()).toEqual(['a', 'b', 'c']);

  const none = await run(['runs', '--in', path('none'), '--json']);
  expect(none.code).toBe(1);
  expect(lines(none.stdout)).toMatchObject([{ error: { code: 'bad-file' } }]);
});
