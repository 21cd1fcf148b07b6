import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { initialValues } from '../../../base/field';
import { RULES, type RuleId, ruleOf } from '.';
import type { Working } from './rule';

const NO_RULES = ['index', 'rule'];
const ids = Object.keys(RULES) as RuleId[];
const changing = ids.filter((id) => ruleOf(id).kind === 'changes');
const folder = new URL('.', import.meta.url);

test('every file of a rule is in the list', () => {
  const files = readdirSync(folder).filter((name) => /(?<!\.test)\.ts$/.test(name));
  const names = files.map((name) => name.replace('.ts', '')).filter((name) => !NO_RULES.includes(name));
  expect([...ids].sort()).toEqual(names.sort());
});

/** A document of one passage through one rule. */
function through(working: Working, text: string): string {
  const survey = working.survey?.();
  survey?.see(text);
  survey?.end();
  const on = working.document({ title: '' });
  on.see?.(text);
  return on.change?.(text).text ?? text;
}

test.each(changing)('%s: what its comment gives as examples holds', async (id) => {
  const working = await ruleOf(id).start(initialValues(ruleOf(id).fields));
  const comment = readFileSync(new URL(`${id}.ts`, folder), 'utf8').split('*/')[0]!;
  const examples = [...comment.matchAll(/@example `(".*?")` becomes `(".*?")`/g)];
  expect(examples.length).toBeGreaterThan(0);
  for (const [, from, to] of examples) expect(through(working, JSON.parse(from!) as string)).toBe(JSON.parse(to!));
});

/** Text with much in it that rules look for. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.constantFrom('\n', '\r\n', '\r', '\n\n', ' ', '  ', '\t', '\u00a0', '-\n', '\u00ad', '\u200b', '\ufeff', '\f'),
      fc.constantFrom('https://example.org/a?b=c', 'www.example.org', 'a@example.org', '<b>', '</p>', '&amp;', '&lt;'),
      fc.constantFrom('Ã©', 'â€™', 'Ã', '1,234.5', '12', 'İ', 'ß', 'é', 'e\u0301', 'ﬁ', '①', 'whale', 'Whale', '* * *'),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join('').toWellFormed());

test.each(changing)(
  '%s gives well-formed text, counts no change where there is none, and is idempotent or says why not',
  async (id) => {
    const rule = ruleOf(id);
    const working = await rule.start(initialValues(rule.fields));
    fc.assert(
      fc.property(text, (before) => {
        const on = working.document({ title: '' });
        on.see?.(before);
        const { text: after, places } = on.change?.(before) ?? { text: before, places: 0 };
        expect(after.isWellFormed()).toBe(true);
        expect(places > 0).toBe(after !== before);
        if (rule.notIdempotent === undefined) expect(through(working, after)).toBe(after);
      }),
      { numRuns: 300 },
    );
  },
);
