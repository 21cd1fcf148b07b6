/** --minutes without sizes, with the real command. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildSamples } from '../scripts/samples';
import { recipeOf } from '../src/core/runs/segments';
import { makePlan } from '../src/core/plan/plan';
import { isForThePlan, planWords } from './planned';
import { readModel } from './read';
import { type Ended, lines, run } from './testing/run';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'planned-'));
  await writeFile(path('text.txt'), buildSamples()[0]!.text.slice(0, 40_000));
});
afterAll(() => rm(folder, { recursive: true }));

test('a plan is asked for by minutes alone: who gives a size plans it', () => {
  expect(isForThePlan(new Set(['minutes', 'text', 'out', 'learning-rate', 'device']))).toBe(true);
  for (const size of ['tokenizer', 'layers', 'heads', 'width', 'context', 'batch', 'resume'])
    expect(isForThePlan(new Set(['minutes', size]))).toBe(false);
  expect(isForThePlan(new Set(['text']))).toBe(false);
});

test('energy is told by what the machine takes and what that costs, and what of it is assumed', () => {
  const text = {
    bytes: 1e6,
    vocabularies: [{ kind: 'bpe' as const, size: 1024, bytesPerToken: 2.7, unigramBits: 3.1 }],
    repeated: 0,
  };
  const plan = {
    ...makePlan({ text, held: 0.1, device: { kind: 'wasm', gigaflops: 30 }, seconds: 3600 }),
    seconds: 3600,
  };
  expect(planWords(plan, 'wasm', { price: 0.3 }).join(' ')).toContain(
    'about 30 Wh at 30 W, which is assumed, and costs 0.009 at 0.3 a kWh.',
  );
  expect(planWords(plan, 'wasm', { watts: 200, price: 2 }).join(' ')).toContain(
    'about 200 Wh at 200 W, and costs 0.4 at 2 a kWh.',
  );
});

test('settings are planned, told before it begins, kept where a flag says otherwise, and looked at early', async () => {
  const grow = (minutes: number): Promise<Ended> => {
    const flags = ['--minutes', String(minutes), '--device', 'wasm', '--weight-decay', '0.05', '--json'];
    return run(['grow', '--text', path('text.txt'), ...flags, '--out', path('model')]);
  };
  let ended = await grow(0.15);
  // A busy machine needs more until it holds enough steps to be looked at early.
  for (let minutes = 0.3; minutes < 5 && !ended.stdout.includes('"step":30,'); minutes *= 2)
    ended = await grow(minutes);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const told = lines(ended.stdout);
  expect(told.map(({ step }) => step)).toEqual(expect.arrayContaining([0, 10, 30]));
  const { low, value, high } = told.at(-1)!['expected'] as { low: number; value: number; high: number };
  expect(low).toBeLessThan(value);
  expect(high).toBeGreaterThan(value);
  const { info } = await readModel(path('model'));
  expect(recipeOf(info!)).toMatchObject({ schedule: 'linear', finalRate: 0, evalEarly: true, weightDecay: 0.05 });
  expect(info!.model.vocabulary).toBeGreaterThan(257);
}, 900_000);

test('a text that no model fits is told of before anything is written', async () => {
  await writeFile(path('short.txt'), 'A whale.');
  const ended = await run([
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
  expect(ended.stderr).toMatch(/The text has 8 bytes, .*Give it 200 bytes or more/);
}, 120_000);
