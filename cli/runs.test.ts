/** Lists sibling folders that grow wrote. */
import { cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { huggingFaceFiles } from '../src/core/export/formats/huggingFace/write';
import type { RunInfo } from '../src/core/export/homegrownJson';
import { queryOf, settingsIn } from '../src/core/runs/settingsLink';
import { markedModel } from './testing/model';
import { lines, ROOT, run } from './testing/run';
import { writeFolder } from '../node/folders/write';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);

type Parent = NonNullable<RunInfo['parent']>;
/** Writes a model whose step is `mark`. @returns it as a parent */
async function write(name: string, mark: number, status: RunInfo['status'], parent?: Parent): Promise<Parent> {
  const marked = await markedModel(mark);
  const info = { ...marked.info, id: `id-of-${name}`, ...(status && { status }), ...(parent && { parent }) };
  await writeFolder(path(name), huggingFaceFiles({ ...marked, info }, { withOptimizer: false }));
  return { id: info.id, step: mark, how: 'fork', name: info.name };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runs-'));
  await mkdir(path('empty'));
  await writeFile(path('notes.txt'), 'notes');
  const first = await write('a', 8, 'stopped');
  await write('b', 16, 'running', first);
  await write('c', 24, 'finished', { id: 'abc', step: 3, how: 'import', name: 'Ahab' });
  for (const build of BUILDS) await cp(join(ROOT, 'golden', build, 'grown/bytes'), path(build), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true }));
const BUILDS = ['1608a14', '7bac939'];

test('models are listed with their lineage, for programs and in words', async () => {
  const said = await run(['runs', '--in', folder, '--json']);
  expect(said).toMatchObject({ code: 0, stderr: '' });
  const ofOlder = (folder: string) => ({
    folder,
    id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    step: 12,
    parent: null,
    // Their data were built before bigrams and trigrams were counted.
    baselines: { uniform: { loss: expect.any(Number) as number }, unigram: { loss: expect.any(Number) as number } },
  });
  const baselines = { uniform: { loss: expect.any(Number) as number } };
  expect(lines(said.stdout)).toEqual([
    {
      runs: [
        ...BUILDS.map((build) => ofOlder(path(build))),
        { folder: path('a'), id: 'id-of-a', step: 8, state: 'paused', baselines, parent: null },
        {
          ...{ folder: path('b'), id: 'id-of-b', step: 16, state: 'interrupted or still running' },
          baselines,
          parent: { id: 'id-of-a', step: 8, how: 'fork' },
        },
        {
          folder: path('c'),
          id: 'id-of-c',
          step: 24,
          state: 'finished early',
          baselines,
          parent: { id: 'abc', step: 3, how: 'import' },
        },
      ],
    },
  ]);
  const words = await run(['runs', '--in', '.'], { cwd: folder });
  expect(words).toMatchObject({ code: 0, stderr: '' });
  expect(words.stdout.split('\n').slice(2, 5)).toEqual([
    'a: step 8 of 2,000 of marked, paused',
    'b: step 16 of 2,000 of marked, interrupted or still running; continued from step 8 of a',
    "c: step 24 of 2,000 of marked, finished early; continued from step 3 of Ahab (abc), which isn't here",
  ]);
  expect((await run(['runs', '--in', 'empty'], { cwd: folder })).stdout).toBe('No models in empty.\n');
});

test('an unreadable folder is reported and skipped, an interrupted save is completed, and a missing folder is an error', async () => {
  const all = path('all');
  await mkdir(all);
  for (const name of ['a', 'b', 'c']) await cp(path(name), join(all, name), { recursive: true });
  await writeFile(join(all, 'a', 'homegrown.json'), '{ "version": 1 }');
  await writeFile(join(all, 'c', 'homegrown.json'), '{ "version": 3 }');
  // Before the last step of a save: the folder to rename is complete.
  await mkdir(join(all, '.b.saving'));
  await rename(join(all, 'b'), join(all, '.b.saving', 'new'));
  const said = await run(['runs', '--in', all, '--json']);
  expect(said.code).toBe(0);
  expect(lines(said.stdout)).toEqual([
    {
      runs: [
        {
          ...{ folder: join(all, 'b'), id: 'id-of-b', step: 16, state: 'interrupted or still running' },
          baselines: { uniform: { loss: expect.any(Number) as number } },
          parent: { id: 'id-of-a', step: 8, how: 'fork' },
        },
      ],
    },
  ]);
  expect(said.stderr).toContain(`Skipped ${join(all, 'a')}: `);
  expect(said.stderr).toMatch(/Skipped .*all\/c: .*homegrown\.json has version 3, from a newer Homegrown/);
  expect((await readdir(all)).sort()).toEqual(['a', 'b', 'c']);

  const none = await run(['runs', '--in', path('none'), '--json']);
  expect(none.code).toBe(1);
  expect(lines(none.stdout)).toMatchObject([{ error: { code: 'bad-file' } }]);
});

test('--settings prints a link for each run, which grow takes as flags', async () => {
  const { stdout } = await run(['runs', '--in', folder, '--settings']);
  const links = stdout.split('\n').filter((line) => line.startsWith('  model='));
  expect(links).toHaveLength(stdout.split('\n').filter((line) => line.includes(': step ')).length);
  for (const link of links) expect(queryOf(settingsIn(link))).toBe(link.trim());
  const [{ runs }] = lines((await run(['runs', '--in', folder, '--settings', '--json'])).stdout) as [
    { runs: { settings: string }[] },
  ];
  expect(runs.map(({ settings }) => `  ${settings}`)).toEqual(links);
});
