import { expect, test } from 'vitest';
import { evalEveryOf } from './evalEvery';
import { OPTIONS } from './growOptions';
import { parseOptions } from './options';
import { withSettings } from './settings';
import { TUNE_OPTIONS } from './tuneOptions';

test.each([
  [[], 250],
  [['--steps', '60'], 250],
  [['--steps', '60', '--patience', '3'], 6],
  [['--steps', '60', '--patience', '3', '--eval-every', '20'], 20],
  [['--steps', '100000', '--patience', '3'], 250],
] as const)('grow and tune %j evaluate every %i steps', (args, steps) => {
  expect(evalEveryOf(parseOptions(OPTIONS, ['--text', 'a.txt', '--out', 'b', ...args]))).toBe(steps);
  expect(evalEveryOf(parseOptions(TUNE_OPTIONS, ['--kind', 'classify', '--out', 'b', ...args]))).toBe(steps);
});

test('a link keeps the evaluations of its run', () => {
  const link = 'model=gpt&tokenizer=bytes&steps=60&patience=3';
  const linked = (...args: string[]) =>
    evalEveryOf(parseOptions(OPTIONS, withSettings(['--out', 'b', `--settings=${link}`, ...args])));
  expect(linked()).toBe(250);
  expect(linked('--eval-every', '5')).toBe(5);
});
