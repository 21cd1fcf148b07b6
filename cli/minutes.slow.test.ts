/** A run with a time budget: its settings are those of the measured number of steps that fit. */
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { learningRateAt } from '../src/core/optim/schedule';
import { recipeOf } from '../src/core/runs/segments';
import { readModel } from '../node/folders/readModel';
import { type Ended, lines, TINY } from './testing/run';
import { spawnCommand } from './testing/spawnCommand';

let folder: string;
const path = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'minutes-'));
  await writeFile(path('text.txt'), 'Ein Wal — das ist kein Fisch. '.repeat(60));
});
afterAll(() => rm(folder, { recursive: true }));
const grow = (...args: string[]) => spawnCommand(['grow', '--text', path('text.txt'), ...TINY, '--json', ...args]);

/** Retries with more minutes if a busy machine needs them for a single step. */
async function fitted(grown: (minutes: string) => Promise<Ended>): Promise<Ended> {
  for (let minutes = 0.1; ; minutes *= 2) {
    const ended = await grown(String(minutes));
    if (minutes > 3 || !/ minutes are too short: /.test(ended.stderr)) return ended;
  }
}

/** Number of steps of the run, and of those done; checks that the last rates follow its schedule. */
async function checked(model: string, from: number): Promise<{ steps: number; step: number; warmup: number }> {
  const { info, events } = await readModel(path(model));
  const [recipe, { state }] = [recipeOf(info!), info!];
  const rates = events.flatMap((event) => (event.kind === 'step' && event.step > from ? [event] : []));
  expect(rates.length).toBeGreaterThan(0);
  // A busy machine may have changed the number of steps before. If so and the time ends the run early, the last steps
  // may also have begun with the earlier number (cli/minutes.ts).
  const { step, learningRate } = rates.at(-1)!;
  if (step === recipe.steps) expect(learningRate).toBe(learningRateAt(recipe.schedule, recipe, step));
  else expect(learningRate).toBeCloseTo(learningRateAt(recipe.schedule, recipe, step), 5);
  for (const rate of rates)
    if (rate.step <= recipe.warmup)
      expect(rate.learningRate).toBeCloseTo((recipe.learningRate * rate.step) / recipe.warmup, 12);
  expect(state.step).toBeLessThanOrEqual(recipe.steps);
  return { steps: recipe.steps, step: state.step, warmup: recipe.warmup };
}

test('a run takes as many steps as fit, with matching warm-up and schedule, also when resumed', async () => {
  const settings = ['--eval-every', '1000000', '--eval-tokens', '64', '--out', path('model')];
  const ended = await fitted((minutes) => grow('--minutes', minutes, ...settings));
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  const first = await checked('model', 0);
  expect(lines(ended.stdout).at(-1)).toMatchObject({ step: first.step });
  expect(first.warmup).toBeLessThanOrEqual(100);
  const more = await fitted((minutes) =>
    spawnCommand(['grow', '--resume', path('model'), '--minutes', minutes, '--json']),
  );
  expect(more).toMatchObject({ code: 0, stderr: '' });
  const second = await checked('model', first.step);
  expect(second.step).toBeGreaterThan(first.step);
  expect(second.warmup).toBe(first.warmup);
}, 600_000);

test('too little time, and --minutes with --steps, are refused before anything is written', async () => {
  const short = await grow('--minutes', '0.001', '--out', path('short'));
  expect(short.code).toBe(2);
  expect(short.stderr).toMatch(/^0\.001 minutes are too short: one step .* takes .* here\. Raise --minutes/);
  const both = await grow('--minutes', '1', '--steps', '5', '--out', path('short'));
  expect(both.code).toBe(2);
  expect(both.stderr).toMatch(/--minutes can't be combined with --steps/);
  await expect(access(path('short'))).rejects.toThrow(/ENOENT/);
}, 120_000);
