import { expect, test } from 'vitest';
import { initialModel } from '../src/core/runs/modelDraft';
import { queryOf } from '../src/core/runs/settingsLink';
import { DEFAULT_RECIPE } from '../src/core/train/recipe';
import { parseOptions } from './options';
import { OPTIONS } from './growOptions';
import { configOf } from './sizeFlags';
import { withSettings } from './settings';

const recipe = { ...DEFAULT_RECIPE, steps: 600, learningRate: 0.002 };
const query = queryOf({ model: initialModel(), tokenizer: { kind: 'bpe', vocabulary: 512 }, recipe });
const rest = ['--text', 'a.txt', '--out', 'b'];

test('a link stands for its flags, and typed flags replace its values', () => {
  const values = parseOptions(OPTIONS, withSettings([...rest, '--settings', `https://example.org/model#${query}`]));
  expect(values).toMatchObject({ model: 'gpt', tokenizer: 'bpe:512', steps: 600, 'learning-rate': 0.002, out: 'b' });
  expect(configOf('gpt', values)).toEqual(initialModel().config);
  const typed = parseOptions(OPTIONS, withSettings([`--settings=${query}`, '--steps', '7', ...rest]));
  expect(typed).toMatchObject({ steps: 7, 'learning-rate': 0.002, text: ['a.txt'] });
  expect(withSettings(rest)).toBe(rest);
});

test.each([
  [['--settings'], /--settings needs a value/],
  [['--settings', '--out'], /--settings needs a value/],
  [['--settings', query, '--resume', 'x'], /can't be combined with --resume/],
  [['--settings', query, '--from', 'x'], /can't be combined with --from/],
  [['--settings', query, `--settings=${query}`], /given twice/],
  [['--settings', 'model=gpt&layers=0&tokenizer=bpe:512'], /layers=0: Layers must be a whole number/],
])('%j is refused', (args, words) => {
  expect(() => withSettings(args)).toThrow(words);
});
