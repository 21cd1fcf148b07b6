/** Size flags come from every architecture's list; help lists the architectures, and parsing enforces them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ModelId, MODELS } from '../src/core/models';
import { toy, TOY_ID as TOY } from '../src/testing/toyModel/spec';
import { help } from './help';
import { parseOptions, UsageError } from './options';
import { architectureWords, configOf, sizeFlags } from './sizeFlags';

const all = { ...MODELS };
const { llama, t5 } = MODELS;
const without = (...ids: string[]): void => ids.forEach((id) => Reflect.deleteProperty(MODELS, id));
beforeAll(() => without(...Object.keys(all).filter((id) => id !== 'gpt')));
afterAll(() => void Object.assign(MODELS, all));

const flags = () => sizeFlags() as Parameters<typeof parseOptions>[0];
const helpLines = () => help({ name: 'grow', about: '', options: flags(), examples: [] }).split('\n');
const typed = (id: ModelId, line = '') => configOf(id, parseOptions(flags(), line === '' ? [] : line.split(' ')));

test('with one architecture the flags have no architecture notes', () => {
  expect(helpLines().filter((line) => line.startsWith('  --'))).toEqual([
    '  --layers N     Layers (1 to 48; default: 4)',
    '  --heads N      Heads, divides the width (1 to 32; default: 4)',
    '  --width N      Width, a multiple of the heads (8 to 2048; default: 128)',
    '  --context N    Context, in tokens (4 to 2048; default: 64)',
    '  --hidden N     Inner width of the feed-forward; for gpt and bert, 0 is four times the width (0 to 16384; default: 0)',
    '  --biases NAME  Biases, of linear layers and norms (on, off; on without a value; default: on)',
  ]);
  expect(typed('gpt')).toEqual({ layers: 4, heads: 4, width: 128, context: 64, hidden: 0, biases: true });
  expect(typed('gpt', '--biases off --hidden 96')).toMatchObject({ hidden: 96, biases: false });
  expect(() => typed('gpt', '--kv-heads 2')).toThrow('Unknown flag --kv-heads');
});

test('another architecture in the list adds its sizes, and help names the differences', () => {
  Object.assign(MODELS, { toy });
  expect(helpLines().filter((line) => line.startsWith('  --'))).toEqual([
    '  --layers N     Layers (1 to 48; default: 4 for gpt, 3 for toy)',
    '  --heads N      Heads, divides the width (1 to 32; default: 4)',
    '  --width N      Width, a multiple of the heads (8 to 2048; default: 128)',
    '  --context N    Context, in tokens (4 to 4096; default: 64)',
    '  --hidden N     Inner width of the feed-forward; for gpt and bert, 0 is four times the width (0 to 16384; default: 0 for gpt, 344 for toy)',
    '  --biases NAME  Biases, of linear layers and norms; only gpt (on, off; on without a value; default: on)',
    '  --kv-heads N   Heads of keys, divides the heads; only toy (1 to 32; default: 2)',
  ]);
  expect(architectureWords()).toEqual([
    'GPT, with --layers --heads --width --context --hidden --biases',
    'Toy, with --layers --heads --kv-heads --width --hidden --context',
  ]);
});

test('each architecture takes its own flags, and refuses those of another', () => {
  expect(typed('gpt', '--width 1600')).toMatchObject({ layers: 4, heads: 4, width: 1600, context: 64 });
  const given = '--kv-heads 1 --hidden 48 --width 64';
  expect(typed(TOY, given)).toEqual({ layers: 3, heads: 4, kvHeads: 1, width: 64, hidden: 48, context: 64 });
  const refused = (id: ModelId, line: string) => {
    expect(() => typed(id, line)).toThrow(UsageError);
    return expect(() => typed(id, line));
  };
  refused('gpt', '--kv-heads 2').toThrow("--kv-heads is only for toy; gpt doesn't have it.");
  refused(TOY, '--width 1600').toThrow(
    '--width with --model toy: Width must be a whole number from 8 to 1024, not 1600.',
  );
  refused('gpt', '--context 4000').toThrow('--context with --model gpt: Context must be a whole number from 4 to 2048');
  refused(TOY, '--hidden 9000').toThrow(
    '--hidden with --model toy: Inner width must be a whole number from 8 to 8192, not 9000.',
  );
  refused(TOY, '--biases off').toThrow("--biases is only for gpt; toy doesn't have it.");
});

test('missing sizes are derived from given ones', () => {
  without(TOY);
  Object.assign(MODELS, { llama });
  expect(helpLines()).toContain(
    '  --kv-heads N      Key-value heads, divides the heads; only llama (1 to 128; default: chosen to fit the others)',
  );
  expect(typed('llama', '--heads 3 --width 96')).toEqual({
    ...{ layers: 4, heads: 3, kvHeads: 3, width: 96, hidden: 256, context: 64 },
    ...{ theta: 10_000, headWidth: 0, normEpsilon: 1e-5, qkNorm: 'none', norm: 'before', window: 0 },
  });
  expect(typed('llama', '--qk-norm heads --window 16')).toMatchObject({ qkNorm: 'heads', window: 16 });
  expect(typed('llama', '--qk-norm rows --norm after')).toMatchObject({ qkNorm: 'rows', norm: 'after' });
  expect(helpLines()).toContain(
    '  --norm NAME       Norms, of attention and feed-forward; only llama (before, after; default: before)',
  );
  expect(() => typed('llama', '--qk-norm on')).toThrow("--qk-norm must be one of none, heads, rows, not 'on'.");
  expect(typed('llama', '--heads 8 --kv-heads 1 --hidden 50')).toMatchObject({ heads: 8, kvHeads: 1, hidden: 50 });
});

test('help of a size that differs in one architecture names it', () => {
  Object.assign(MODELS, { t5 });
  expect(helpLines()).toContain(
    '  --layers N        Layers; for t5 layers of the encoder and of the decoder, each (1 to 96; default: 4)',
  );
});
