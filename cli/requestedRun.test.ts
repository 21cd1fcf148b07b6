import { expect, test } from 'vitest';
import { newRecipe } from '../node/runs/newRecipe';
import type { Tuning } from '../node/runs/tuning';
import { rolesOf } from '../src/core/objectives';
import { OPTIONS } from './growOptions';
import { flagsIn, type Options, parseOptions } from './options';
import { chosenRecipe, requestedRun } from './requestedRun';
import { withSettings } from './settings';
import { TUNE_OPTIONS } from './tuneOptions';

const model = { id: 'gpt', config: { layers: 1, heads: 1, width: 8, context: 8 }, vocabulary: 300 } as const;
const evalEvery = (options: Options, args: readonly string[]): number =>
  newRecipe(chosenRecipe(parseOptions(options, args), flagsIn(args)), model, 'causal', 'new').evalEvery;

test.each([
  [[], 250],
  [['--steps', '60'], 250],
  [['--steps', '60', '--patience', '3'], 6],
  [['--steps', '60', '--patience', '3', '--eval-every', '20'], 20],
  [['--steps', '100000', '--patience', '3'], 250],
] as const)('grow and tune %j evaluate every %i steps', (args, steps) => {
  expect(evalEvery(OPTIONS, ['--text', 'a.txt', '--out', 'b', ...args])).toBe(steps);
  expect(evalEvery(TUNE_OPTIONS, ['--kind', 'classify', '--out', 'b', ...args])).toBe(steps);
});

test('a link keeps the evaluations of its run', () => {
  const link = 'model=gpt&tokenizer=bytes&steps=60&warmup=6&patience=3';
  const linked = (...args: string[]) => evalEvery(OPTIONS, withSettings(['--out', 'b', `--settings=${link}`, ...args]));
  expect(linked()).toBe(250);
  expect(linked('--eval-every', '5')).toBe(5);
});

test("a new classifier's tokenizer has the special tokens of its objective, as in the app, and those of --special", () => {
  const classify = {
    startOn: () => Promise.reject(new Error()),
    rest: 'f32',
    old: undefined,
    classify: {},
  } as unknown as Tuning;
  const rolesWith = (...args: string[]) =>
    requestedRun(parseOptions(OPTIONS, ['--model', 'bert', '--out', 'b', ...args]), flagsIn(args), 'b', classify)
      .tokenizer.roles;
  expect(rolesWith()).toEqual(rolesOf('labels'));
  expect(rolesWith('--special', 'mask')).toEqual(['mask']);
});
