import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { initialValues } from '../../../base/field';
import { countCharacters } from '../../../base/utf8';
import { RULES, type RuleId, ruleOf } from '.';
import type { StartedRule } from './rule';
import { propertyRuns } from '../../../../testing/propertyRuns';

const NO_RULES = ['index', 'rule'];
const ids = Object.keys(RULES) as RuleId[];
const changing = ids.filter((id) => ruleOf(id).kind === 'changes');
const folder = new URL('.', import.meta.url);

test('the registry contains every rule file', () => {
  const files = readdirSync(folder).filter((name) => /(?<!\.test)\.ts$/.test(name));
  const names = files.map((name) => name.replace('.ts', '')).filter((name) => !NO_RULES.includes(name));
  expect([...ids].sort()).toEqual(names.sort());
});

/** Runs a document of one passage through one rule. */
function through(working: StartedRule, text: string): string {
  const survey = working.survey?.();
  survey?.see(text);
  survey?.end();
  const on = working.document({ title: '' });
  on.see?.(text);
  return on.changes?.()?.(text).text ?? text;
}

/** Examples in the comment of a rule: optional settings after `with`, a text, and the result. */
const EXAMPLE = /@example (?:with `(\{.*?\})` )?`(".*?")` becomes `(".*?")`/g;
const examplesOf = (id: RuleId) =>
  [
    ...readFileSync(new URL(`${id}.ts`, folder), 'utf8')
      .split('*/')[0]!
      .matchAll(EXAMPLE),
  ].map(([, settings = '{}', from, to]) => ({
    settings: { ...initialValues(ruleOf(id).fields), ...(JSON.parse(settings) as object) },
    from: JSON.parse(from!) as string,
    to: JSON.parse(to!) as string,
  }));

/** Starts the rule with its initial settings, and with those of its examples. */
async function workingsOf(id: RuleId): Promise<readonly StartedRule[]> {
  const used = [initialValues(ruleOf(id).fields), ...examplesOf(id).map(({ settings }) => settings)];
  const distinct = [...new Map(used.map((settings) => [JSON.stringify(settings), settings])).values()];
  return Promise.all(distinct.map(async (settings) => ruleOf(id).start(settings)));
}

test.each(changing)('%s: the examples in its comment hold', async (id) => {
  const examples = examplesOf(id);
  expect(examples.length).toBeGreaterThan(0);
  for (const { settings, from, to } of examples) expect(through(await ruleOf(id).start(settings), from)).toBe(to);
});

/** Text with many matches of the rules. */
const hardText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.constantFrom('\n', '\r\n', '\r', '\n\n', ' ', '  ', '\t', '\u00a0', '-\n', '\u00ad', '\u200b', '\ufeff', '\f'),
      fc.constantFrom('https://example.org/a?b=c', 'www.example.org', 'a@example.org', '<b>', '</p>', '&amp;', '&lt;'),
      fc.constantFrom(
        'gra-\ntude',
        '-\nund ',
        '-\n',
        'mother-in',
        '\u200d',
        '\u200c',
        'می',
        'が',
        '한',
        '\u1112\u1161',
      ),
      fc.constantFrom('Ã©', 'â€™', 'Ã', '1,234.5', '12', 'İ', 'ß', 'é', 'e\u0301', 'ﬁ', '①', 'whale', 'Whale', '* * *'),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join('').toWellFormed());

test.each(changing)(
  '%s gives well-formed text, counts only real changes, and is idempotent or says why not',
  async (id) => {
    const rule = ruleOf(id);
    const workings = await workingsOf(id);
    fc.assert(
      fc.property(hardText, fc.constantFrom(...workings), (before, working) => {
        const on = working.document({ title: '' });
        on.see?.(before);
        const { text: after, places, characters } = on.changes?.()?.(before) ?? { text: before, places: 0 };
        expect(after.isWellFormed()).toBe(true);
        expect(places > 0).toBe(after !== before);
        const came = countCharacters(after) - countCharacters(before);
        expect(characters ?? came).toBe(came);
        if (rule.notIdempotent === undefined) expect(through(working, after)).toBe(after);
      }),
      { numRuns: propertyRuns(300) },
    );
  },
);

/** Repeated pieces, on which a backtracking pattern would take hours. */
const HOSTILE = [
  ...[
    'a',
    ' ',
    '\n',
    '\r',
    '\f',
    '\t ',
    'a-\n',
    '9\n',
    '9\f',
    'x 9\n\n',
    '\u00ad',
    '\u0301',
    '\u200d',
    'é',
    'Ã',
    'Ã©',
    'â€',
    '\x85',
  ],
  ...[
    '<',
    '<a ',
    '<a b=',
    '<a b="',
    '<!--',
    '<script>',
    '<p',
    '&',
    '&amp',
    '(',
    ')',
    'http://',
    'www.',
    'www.a)',
    '.',
    '1.',
    '*',
    'Σ',
    '가',
  ],
];

test.each(changing)('%s takes linear time for any text', async (id) => {
  for (const working of await workingsOf(id))
    for (const piece of HOSTILE) through(working, piece.repeat(2 ** 17 / piece.length));
});
