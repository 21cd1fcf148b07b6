/** --minutes without sizes, with the real command. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildSamples } from '../scripts/samples';
import { recipeOf } from '../src/core/runs/segments';
import { readModel } from '../node/folders/readModel';
import { type Ended, lines } from './testing/run';
import { spawnCommand } from './testing/spawnCommand';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planned-'));
  await writeFile(path('text.txt'), buildSamples()[0]!.text.slice(0, 40_000));
});
afterAll(() => rm(folder, { recursive: true }));

test('settings are planned, printed before the start, overridden by flags, and evaluated early', async () => {
  const grow = (minutes: number): Promise<Ended> => {
    const flags = ['--minutes', String(minutes), '--device', 'wasm', '--weight-decay', '0.05', '--json'];
    return spawnCommand(['grow', '--text', path('text.txt'), ...flags, '--out', path('model')]);
  };
  let ended = await grow(0.15);
  // A busy machine needs more minutes for an early evaluation and for a plan like a recorded run.
  const isEnough = (): boolean => ['"step":25,', '"expected":'].every((words) => ended.stdout.includes(words));
  for (let minutes = 0.3; minutes < 5 && !isEnough(); minutes *= 2) ended = await grow(minutes);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const events = lines(ended.stdout);
  expect(events.map(({ step }) => step)).toEqual(expect.arrayContaining([0, 10, 25]));
  const { low, value, high } = events.at(-1)!['expected'] as { low: number; value: number; high: number };
  expect(low).toBeLessThan(value);
  expect(high).toBeGreaterThan(value);
  const { info } = await readModel(path('model'));
  expect(recipeOf(info!)).toMatchObject({ schedule: 'linear', finalRate: 0, evalEarly: true, weightDecay: 0.05 });
  expect(info!.model.vocabulary).toBeGreaterThan(257);
}, 900_000);

test('a text too short for any model is refused before anything is written', async () => {
  await writeFile(path('short.txt'), 'A whale.');
  const ended = await spawnCommand([
    'grow',
    '--text',
    path('short.txt'),
    '--minutes',
    '1',
    '--device',
    'wasm',
    '--out',
    path('no'),
  ]);
  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(/this text \(8 bytes\) .*at least 200 bytes/);
}, 120_000);
