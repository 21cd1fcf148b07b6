import fc from 'fast-check';
import { expect, it } from 'vitest';
import { awkwardText, collect, cutAnywhere, stream } from '../../testing/texts';
import { checkedStep, MARKS, type Normalizer, normalization, NUMBER, runOf } from './normalizer';
import { normalizersSchema } from './normalizerSchema';

const ACCENTS: readonly Normalizer[] = [
  { type: 'NFD' },
  { type: 'Replace', pattern: { Regex: MARKS }, content: '' },
  { type: 'NFC' },
];
const LOWER: readonly Normalizer[] = [
  { type: 'Replace', pattern: { String: 'Σ' }, content: 'σ' },
  { type: 'Lowercase' },
];

it('applies the steps in order', () => {
  const { text } = normalization([{ type: 'NFKC' }, ...LOWER, ...ACCENTS]);
  expect(text('ﬁN İSTANBUL ΟΔΟΣ é\u0301 １２ ß ﬀ 你 가')).toBe('fin istanbul οδοσ e 12 ß ff 你 가');
  expect(normalization([{ type: 'StripAccents' }]).text('e\u0301 नि')).toBe('e न');
  expect(normalization([{ type: 'Replace', pattern: { String: 'a' }, content: '$&' }]).text('banana')).toBe(
    'b$&n$&n$&',
  );
  expect(normalization([]).text('As it is')).toBe('As it is');
});

it('gives the same result for any chunk boundaries', async () => {
  const marked = fc.constantFrom(
    'e',
    '\u0301',
    '\u0323',
    '\u1100',
    '\u1161',
    '*',
    '1',
    ',',
    '1',
    'Σ',
    ' ',
    'é',
    '*',
    '\n',
  );
  const pieces = fc.oneof(
    cutAnywhere.map(({ pieces }) => pieces),
    fc.array(fc.array(marked).map((parts) => parts.join(''))),
  );
  const each: readonly (readonly Normalizer[])[] = [
    [{ type: 'NFC' }],
    [{ type: 'NFKC' }, ...LOWER, ...ACCENTS],
    [{ type: 'Replace', pattern: { Regex: runOf('*é \n') }, content: ' ' }, { type: 'NFC' }],
    [{ type: 'NFC' }, { type: 'Replace', pattern: { Regex: runOf('*é') }, content: ' ' }],
    [{ type: 'NFKC' }, { type: 'Replace', pattern: { Regex: NUMBER }, content: '<number>' }],
  ];
  for (const steps of each) {
    const form = normalization(steps);
    await fc.assert(
      fc.asyncProperty(pieces, async (given) => {
        expect((await collect(form.chunks(stream(given)))).join('')).toBe(form.text(given.join('')));
      }),
    );
  }
});

it('matches a run of any given characters', () => {
  fc.assert(
    fc.property(awkwardText, awkwardText, (characters, text) => {
      const run = runOf(characters);
      if (run === '') return;
      const { text: normalise } = normalization([{ type: 'Replace', pattern: { Regex: run }, content: '' }]);
      expect(normalise(text)).toBe(
        Array.from(text, (each) => (Array.from(characters).includes(each) ? '' : each)).join(''),
      );
    }),
  );
});

it.each<[string, unknown]>([
  ['another type', { type: 'Nmt' }],
  ['another pattern', { type: 'Replace', pattern: { Regex: '(a+)+$' }, content: '' }],
  ['a class in a class', { type: 'Replace', pattern: { Regex: '[a&&b]+' }, content: '' }],
  ['an escape', { type: 'Replace', pattern: { Regex: '[\\w]+' }, content: '' }],
  ['no pattern', { type: 'Replace', pattern: {}, content: '' }],
  ['an empty string', { type: 'Replace', pattern: { String: '' }, content: '-' }],
])('refuses %s', (_, step) => {
  expect(() => checkedStep(step as Normalizer)).toThrow(/in an unsupported way.*\(at normalizer\)/);
  expect(normalizersSchema.safeParse([step]).success).toBe(false);
});

it('rejects replacements that lengthen the text too much', () => {
  const steps = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter, i): Normalizer => ({
    type: 'Replace',
    pattern: { String: letter },
    content: 'bcdefg'[i]!.repeat(40),
  }));
  const { text } = normalization(steps);
  expect(text('g'.repeat(9))).toBe('ggggggggg');
  expect(text('f')).toBe('g'.repeat(40));
  expect(() => text('a')).toThrow(
    expect.objectContaining({
      code: 'bad-file',
      message: 'The tokenizer’s normalizer expands the text from 1 to more than 1,100 characters.',
    }),
  );
});
