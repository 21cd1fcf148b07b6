import fc from 'fast-check';
import { expect, test } from 'vitest';
import { initialValues } from '../../../base/field';
import { RULES, type RuleId, ruleOf } from '../rules';
import type { Verdict, StartedRule } from '../rules/rule';
import { Words } from './words';
import { propertyRuns } from '../../../../testing/propertyRuns';

const working = (id: RuleId, settings: Readonly<Record<string, unknown>> = {}) =>
  ruleOf(id).start({ ...initialValues(ruleOf(id).fields), ...settings } as never);

function verdict(by: StartedRule, ...passages: readonly string[]): Verdict {
  const survey = by.survey?.();
  for (const passage of passages) survey?.see(passage);
  survey?.end();
  const on = by.document({ title: '' });
  for (const passage of passages) on.see?.(passage);
  return on.verdict!();
}

/** Settings with bounds so wide that nothing is removed. */
const WIDE = { shortest: 0, leastWords: 0, letters: 0, stopWords: 0, punctuated: 0, sentences: 0, words: 0 };
const wide = (id: RuleId) =>
  Object.fromEntries(
    Object.entries(ruleOf(id).fields).flatMap(([name, field]) =>
      field.kind === 'real' || field.kind === 'whole'
        ? [[name, (WIDE as Record<string, number>)[name] ?? field.max]]
        : [],
    ),
  );
/** Rule with only the published value of one threshold. */
const alone = (id: RuleId, field: string) => {
  const settings = { ...wide(id), [field]: ruleOf(id).fields[field]!.initial };
  return working(id, id === 'fineWeb' ? { ...settings, shortLength: 30 } : settings);
};

const prose = (words: number) =>
  Array.from({ length: words }, (_, i) => ['the', 'sea', 'of', 'whales'][i % 4]).join(' ');
const lines = (n: number, line: (i: number) => string) => Array.from({ length: n }, (_, i) => line(i)).join('\n');
/** Distinct words. */
const others = (n: number, from = 0) => Array.from({ length: n }, (_, i) => `w${String(1000 + from + i)}`);
/** Text of `all` characters with the piece at both ends. */
const twice = (piece: string, all: number, join = ' ') =>
  [piece, 'x'.repeat(all - 2 * piece.length - 2 * join.length), piece].join(join);
/** Maximum length at which `part` characters exceed the share. */
const justUnder = (part: number, share: number) => Math.ceil(part / share) - 1;

const WORDS_THAT_REPEAT = [5, 6, 7, 8, 9, 10].map((n) => {
  const limit = ruleOf('gopherRepetition').fields[`repeated${n}`]!.initial as number;
  const group = others(n).join(' ');
  const all = justUnder(5 * n, limit);
  return [
    'gopherRepetition',
    `repeated${n}`,
    twice(group, all + 1),
    twice(group, all),
    `in repeated ${n}-word phrases`,
  ];
});
const TOP_WORDS = [2, 3, 4].map((n) => {
  const limit = ruleOf('gopherRepetition').fields[`top${n}`]!.initial as number;
  const group = others(n).join(' ');
  const all = justUnder(2 * group.length, limit);
  return ['gopherRepetition', `top${n}`, twice(group, all + 1), twice(group, all), `in the top ${n}-word phrase`];
});

test.each([
  ['gopherQuality', 'leastWords', prose(50), prose(49), '49 words; the minimum is 50'],
  ['gopherQuality', 'mostWords', prose(100_000), prose(100_001), '100,001 words; the maximum is 100,000'],
  [
    'gopherQuality',
    'shortest',
    'the and '.repeat(9),
    'the and '.repeat(9) + 'of',
    '2.95 characters per word; the minimum is 3',
  ],
  ['gopherQuality', 'longest', 'tenletters', 'elevenchars', '11 characters per word; the maximum is 10'],
  [
    'gopherQuality',
    'symbols',
    prose(90) + ' #'.repeat(10),
    prose(90) + ' #'.repeat(11),
    '0.109 hash signs per word; the maximum is 0.1',
  ],
  ['gopherQuality', 'symbols', prose(90) + ' …'.repeat(10), prose(90) + ' ...'.repeat(11), '0.109 ellipses per word'],
  [
    'gopherQuality',
    'bullets',
    lines(10, (i) => (i < 9 ? ' - a' : 'a')),
    lines(10, () => '• a'),
    '100 % of lines start with a bullet; the maximum is 90 %',
  ],
  [
    'gopherQuality',
    'ellipses',
    lines(10, (i) => (i < 3 ? 'a…' : 'a')),
    lines(10, (i) => (i < 4 ? 'a... ' : 'a')),
    '40 % of lines end with an ellipsis; the maximum is 30 %',
  ],
  [
    'gopherQuality',
    'letters',
    prose(80) + ' 1851'.repeat(20),
    prose(80) + ' 1851'.repeat(21),
    '79.2 % of words have a letter; the minimum is 80 %',
  ],
  ['gopherQuality', 'stopWords', 'the sea of whales', 'the sea withheld whales The', '1 of the common words'],
  [
    'gopherRepetition',
    'paragraphs',
    lines(10, (i) => `p${i % 7}\n`),
    lines(10, (i) => `p${i % 6}\n`),
    '40 % of paragraphs are repeated; the maximum is 30 %',
  ],
  [
    'gopherRepetition',
    'paragraphCharacters',
    twice('a\nb', 15, '\n\n'),
    twice('a\nb', 14, '\n\n'),
    '21.4 % of characters are in repeated paragraphs',
  ],
  [
    'gopherRepetition',
    'lines',
    lines(10, (i) => `p${i % 7}`),
    lines(10, (i) => `p${i % 6}`),
    '40 % of lines are repeated; the maximum is 30 %',
  ],
  [
    'gopherRepetition',
    'lineCharacters',
    twice('a b', 15, '\n'),
    twice('a b', 14, '\n'),
    '21.4 % of characters are in repeated lines',
  ],
  ...WORDS_THAT_REPEAT,
  ...TOP_WORDS,
  [
    'fineWeb',
    'punctuated',
    lines(25, (i) => (i < 3 ? `${i}.` : `${i}`)),
    lines(25, (i) => (i < 2 ? `${i}。` : `${i}`)),
    '8 % of lines end a sentence; the minimum is 12 %',
  ],
  [
    'fineWeb',
    'short',
    lines(100, (i) => 'x'.repeat(i < 67 ? 30 : 31)),
    lines(100, (i) => '𝒳'.repeat(i < 68 ? 30 : 31)),
    '68 % of lines have 30 characters or fewer; the maximum is 67 %',
  ],
  [
    'fineWeb',
    'repeated',
    twice('a', 102, '\n'),
    twice('a', 101, '\n'),
    '1.01 % of characters are in repeated lines; the maximum is 1 %',
  ],
  [
    'fineWeb',
    'lineEnds',
    'a b c d\ne f\ng h\ni j',
    'a b c d\ne f\ng h\ni j\n',
    '0.4 line breaks per word; the maximum is 0.3',
  ],
  [
    'c4',
    'sentences',
    'It is so. '.repeat(5).trim(),
    'It is so. '.repeat(4).trim(),
    '4 sentences in lines that end a sentence; the minimum is 5',
  ],
] as [RuleId, string, string, string, string][])(
  '%s, %s: published threshold, from both sides',
  async (id, field, stays, goes, why) => {
    const by = await alone(id, field);
    expect(verdict(by, stays).out).toBeUndefined();
    expect(verdict(by, goes).out).toContain(why);
  },
);

test('C4 removes a whole document for one line, and counts only kept lines', async () => {
  const five = 'He said: “Call me Ishmael.”\nIt is so. It was so. Mr. Starbuck knew it. '.replaceAll('”', '"').trim();
  const by = await working('c4', { sentences: 4 });
  expect(verdict(by, five)).toEqual({ scores: { sentences: 4 } });
  expect(verdict(by, `${five}\nLorem Ipsum is a text.`).out).toMatch(/^it contains “lorem ipsum”/);
  expect(verdict(by, `${five}\nA { stands in it.`).out).toMatch(/^it contains a curly bracket/);
  // Other filters remove these lines before the check, as with code that isn't a sentence.
  expect(verdict(by, `${five}\nfunction () {`).out).toBeUndefined();
  const gone = [
    'Two words.',
    'It ends as it…',
    'It ends so...',
    'We use cookies on it.',
    'JavaScript is asked for.',
    `It is ${'x'.repeat(1001)}.`,
  ];
  for (const line of gone) expect(verdict(by, `${five}\n${line}`).scores).toEqual({ sentences: 4 });
  expect(verdict(by, `${five}\nIt is ${'x'.repeat(999)}.`).scores).toEqual({ sentences: 5 });
});

test('splits words as spaCy does', () => {
  const words = (text: string) => {
    const { count, starts, ends } = new Words(text);
    return Array.from({ length: count }, (_, i) => text.slice(starts[i], ends[i])).join(' ');
  };
  // Output of spaCy 3.8, spacy.blank("en").
  const made = [
    [
      '“Don’t,” said Mr. Dee’s (3rd) wife—“wait...” or well-known',
      '“ Do n’t , ” said Mr. Dee ’s ( 3rd ) wife—“wait ... ” or well - known',
    ],
    [
      'See https://example.org/c-d?e=f, a@b.org, 1,000.5% or $5.',
      'See https://example.org/c-d?e=f , a@b.org , 1,000.5 % or $ 5 .',
    ],
    ['oh--what cats/dogs U.S.A. end.Next one…two', 'oh -- what cats / dogs U.S.A. end . Next one … two'],
    ['© 2020 *bold* _it_ a🐋b 鲸鱼。 🐋🐋.', '© 2020 * bold * _ it _ a 🐋 b 鲸鱼 。 🐋 🐋 .'],
  ];
  for (const [text, cut] of made) expect(words(text!)).toBe(cut);
});

const leaving = (Object.keys(RULES) as RuleId[]).filter((id) => ruleOf(id).kind === 'leaves out');
const someText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.constantFrom(
        'the sea. ',
        'of the whale ',
        'It is so.\n',
        '...',
        '…',
        '#',
        '- a\n',
        '{',
        '[1]',
        '\n',
        '\n\n',
        '\r\n',
        ' ',
        '\u2028',
        '鲸鱼。',
        '𝒳',
        "n't",
        '--',
      ),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join('').toWellFormed());

test.each(leaving)('%s judges any text, also an empty one, and the same for any passages', async (id) => {
  const field = ruleOf(id).fields['sample'];
  const settings = field ? { sample: 'the whale of the sea' } : {};
  await fc.assert(
    fc.asyncProperty(someText, async (text) => {
      const whole = verdict(await working(id, settings), text);
      expect(whole.out ?? '').not.toMatch(/NaN|undefined|Infinity|–/);
      for (const score of Object.values(whole.scores!)) expect(score).not.toBeNaN();
      expect(verdict(await working(id, settings), ...text.split(/(?<=\n)/))).toEqual(whole);
    }),
    { numRuns: propertyRuns(300) },
  );
  expect(verdict(await working(id, settings), '').scores).toBeDefined();
});
