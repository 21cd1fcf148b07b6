/** Settings declare their flags: a new optimizer or schedule in the lists is a value in the terminal. */
import { beforeAll, expect, test } from 'vitest';
import { root, signum } from '../src/testing/toyOptimizer';
import { help } from './help';
import { parseOptions, UsageError } from './options';

// Before any module uses the lists.
beforeAll(async () => {
  Object.assign((await import('../src/core/optim')).OPTIMIZERS, { signum });
  Object.assign((await import('../src/core/optim/schedule')).SCHEDULES, { root });
});

test('every setting has its flag, with bounds and words', async () => {
  const { RECIPE } = await import('../src/core/train/recipe');
  const { flagsOf } = await import('./fields');
  const helpText = help({ name: 'grow', about: '', options: flagsOf(RECIPE), examples: [] });
  expect(helpText.match(/^ {2}--[a-z]/gm)).toHaveLength(Object.keys(RECIPE).length);
  expect(helpText).toMatch(/^ {2}--inertia X +Inertia, memory of the sign \(0 to 0\.999; default: 0\.75\)$/m);
  const lines = helpText.split('\n').map((line) => line.trim().replace(/ +/g, ' '));
  const lineOf = (flag: string) => lines.find((line) => line.startsWith(`${flag} `));
  const { OPTIMIZERS } = await import('../src/core/optim');
  const { SCHEDULES } = await import('../src/core/optim/schedule');
  const choicesOf = (list: object, initial: string) => `(${Object.keys(list).join(', ')}; default: ${initial})`;
  const [optimizers, schedules] = [choicesOf(OPTIMIZERS, 'adamw'), choicesOf(SCHEDULES, 'cosine')];
  expect(optimizers).toContain('signum');
  expect(schedules).toContain('root');
  expect(lineOf('--optimizer')).toBe(`--optimizer NAME Optimizer ${optimizers}`);
  expect(helpText).toMatch(
    /^--optimizer\n.*\n {2}sgd {5}SGD, simplest.*\n(?:.*\n)* {2}signum {2}Signum, the sign of each step alone$/m,
  );
  expect(lineOf('--schedule')).toMatch(/^--schedule NAME /);
  expect(lineOf('--schedule')!.endsWith(schedules)).toBe(true);
  expect(helpText).toMatch(/^ {2}--eval-every N +Steps between evaluations \(1 to 1000000000; default: 250\)$/m);
  expect(helpText).toMatch(/^ {2}--warmup N +Warm-up, in steps, the rate rises from 0 /m);
});

test('typed flags are a recipe, under the names of its settings', async () => {
  const { DEFAULT_RECIPE, RECIPE } = await import('../src/core/train/recipe');
  const { flagsOf, settingsOf } = await import('./fields');
  const typed = (...args: string[]) => settingsOf(RECIPE, parseOptions(flagsOf(RECIPE), args));
  expect(typed()).toEqual(DEFAULT_RECIPE);
  const args = ['--optimizer', 'signum', '--inertia=0.5', '--schedule', 'root', '--eval-every', '7', '--recompute'];
  const set = { optimizer: 'signum', inertia: 0.5, schedule: 'root', evalEvery: 7, recompute: true };
  expect(typed(...args, '--sample-prompt', 'The sea')).toEqual({ ...DEFAULT_RECIPE, ...set, samplePrompt: 'The sea' });
  expect(() => typed('--inertia', '1')).toThrow(UsageError);
  expect(() => typed('--beta1', '1')).toThrow("--beta1 must be a number from 0 to 0.9999, not '1'.");
});
