/** A classifier stopped by a real Ctrl-C during training, compared with an uninterrupted one. */
import { readFileSync } from 'node:fs';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { csvOf } from '../src/core/base/csv';
import type { RunInfo } from '../src/core/export/homegrownJson';
import { readModel } from '../node/folders/readModel';
import { lines, run, TINY } from './testing/run';
import { spawnCommand } from './testing/spawnCommand';

const STEPS = 60;
const WORDS = ['whale sea ship', 'barn field hay'] as const;
const ROWS = Array.from({ length: 80 }, (_, i) => [`${WORDS[i % 2]!} ${i}`, i % 2 === 0 ? 'sea' : 'land']);

test('Ctrl-C stops tune at a step, saves it and says how to resume; resumed, it has the bits of an uninterrupted run', async () => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'interrupted-classify-')));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = (...names: string[]) => join(folder, ...names);
  await writeFile(path('texts.csv'), csvOf([['text', 'label'], ...ROWS]));
  const schedule = ['--steps', String(STEPS), '--schedule', 'cosine', '--dropout', '0.1', '--learning-rate', '0.01'];
  const anew = ['tune', '--kind', 'classify', '--table', 'texts.csv', ...TINY, '--model', 'bert', ...schedule];
  const often = ['--save-every', '1', '--eval-every', '20'];
  const savedStep = (): number => {
    try {
      return (JSON.parse(readFileSync(path('stopped/homegrown.json'), 'utf8')) as RunInfo).state.step;
    } catch {
      return 0; // the file is being written
    }
  };

  const straight = await run([...anew, ...often, '--out', 'straight', '--json'], { cwd: folder });
  expect(straight.code, straight.stderr).toBe(0);
  let watch: NodeJS.Timeout | undefined;
  const stopped = await spawnCommand([...anew, ...often, '--out', 'stopped'], {
    cwd: folder,
    onStart(child) {
      watch = setInterval(() => {
        if (savedStep() < 22) return;
        clearInterval(watch);
        child.kill('SIGINT');
      }, 5);
    },
  });
  clearInterval(watch);
  expect(stopped.code, stopped.stderr).toBe(0);
  const { step } = (await readModel(path('stopped'))).info!.state;
  expect(step).toBeGreaterThanOrEqual(22);
  expect(step).toBeLessThan(STEPS);
  expect(stopped.stdout + stopped.stderr).toMatch(new RegExp(`step ${step}\\b`));
  expect(stopped.stdout + stopped.stderr).toMatch(/grow -- --resume stopped/);

  const on = await run(['grow', '--resume', 'stopped', '--json'], { cwd: folder });
  expect(on.code, on.stderr).toBe(0);
  expect(lines(on.stdout).at(-1)).toMatchObject({ step: STEPS });
  const [one, other] = await Promise.all(['straight', 'stopped'].map((name) => readModel(path(name))));
  for (const [name, { data }] of one!.snapshot.tensors)
    expect(other!.snapshot.tensors.get(name)!.data, name).toEqual(data);
  expect(other!.model).toEqual(one!.model);
}, 240_000);
