/** Sizes are flags by the statement of every architecture in the list; which has which is told, and held. */
import { expect, test } from 'vitest';
import { type ModelId, MODELS } from '../src/core/models';
import { toy, TOY_ID as TOY } from '../src/core/testing/toyModel/spec';
import { help } from './help';
import { parseOptions, UsageError } from './options';
import { architectureWords, configOf, sizeFlags } from './sizeFlags';

const flags = () => sizeFlags() as Parameters<typeof parseOptions>[0];
const told = () => help({ name: 'grow', about: '', options: flags(), examples: [] }).split('\n');
const typed = (id: ModelId, line = '') => configOf(id, parseOptions(flags(), line === '' ? [] : line.split(' ')));

test('with one architecture the flags are as ever', () => {
  expect(told().filter((line) => line.startsWith('  --'))).toEqual([
    '  --layers N   Layers (1 to 48; 4 if not given)',
    '  --heads N    Heads, divides the width (1 to 32; 4 if not given)',
    '  --width N    Width, a multiple of the heads (8 to 2048; 128 if not given)',
    '  --context N  Context, in tokens (4 to 2048; 64 if not given)',
  ]);
  expect(typed('gpt')).toEqual({ layers: 4, heads: 4, width: 128, context: 64 });
  expect(() => typed('gpt', '--kv-heads 2')).toThrow('There is no flag --kv-heads');
});

test('with another in the list there are its sizes too, and what differs is told', () => {
  Object.assign(MODELS, { toy });
  expect(told().filter((line) => line.startsWith('  --'))).toEqual([
    '  --layers N    Layers (1 to 48; 4 of gpt, 3 of toy if not given)',
    '  --heads N     Heads, divides the width (1 to 32; 4 if not given)',
    '  --width N     Width, a multiple of the heads (8 to 2048; 128 if not given)',
    '  --context N   Context, in tokens (4 to 4096; 64 if not given)',
    '  --kv-heads N  Heads of keys, divides the heads; of toy alone (1 to 32; 2 if not given)',
    '  --hidden N    Inner width, of the feed-forward; of toy alone (8 to 8192; 344 if not given)',
  ]);
  expect(architectureWords()).toEqual([
    'GPT, with --layers --heads --width --context',
    'Toy, with --layers --heads --kv-heads --width --hidden --context',
  ]);
});

test('each architecture takes its own, as it states them, and refuses those of another', () => {
  expect(typed('gpt', '--width 1600')).toEqual({ layers: 4, heads: 4, width: 1600, context: 64 });
  const given = '--kv-heads 1 --hidden 48 --width 64';
  expect(typed(TOY, given)).toEqual({ layers: 3, heads: 4, kvHeads: 1, width: 64, hidden: 48, context: 64 });
  const refused = (id: ModelId, line: string) => {
    expect(() => typed(id, line)).toThrow(UsageError);
    return expect(() => typed(id, line));
  };
  refused('gpt', '--kv-heads 2').toThrow('--kv-heads is a size of toy; a model of gpt has none.');
  refused(TOY, '--width 1600').toThrow(
    '--width with --model toy: Width must be a whole number from 8 to 1024, not 1600.',
  );
  refused('gpt', '--context 4000').toThrow('--context with --model gpt: Context must be a whole number from 4 to 2048');
  refused(TOY, '--hidden 9000').toThrow("--hidden must be a whole number from 8 to 8192, not '9000'.");
});
