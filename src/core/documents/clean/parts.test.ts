import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type RuleChange, applyRules } from './parts';
import { stepOf } from './recipe';
import { type RuleId, ruleOf } from './rules';
import { propertyRuns } from '../../../testing/propertyRuns';

const MADE_IN_PARTS = ['unicode', 'lineEnds', 'controls', 'whiteSpace', 'urls', 'markup', 'specialCharacters'] as const;
const SETTINGS: Partial<Record<RuleId, readonly object[]>> = {
  unicode: [{ form: 'NFKC' }],
  whiteSpace: [{ indents: true }],
  urls: [{ to: 'nothing' }],
  specialCharacters: [{ characters: '\n' }, { characters: 'AaFl1\n', to: 'space' }, { characters: '-]^\\😀' }],
};
const steps = MADE_IN_PARTS.flatMap((rule) =>
  [{}, ...(SETTINGS[rule] ?? [])].map((settings) => stepOf(rule, { ...settings })),
);

/** Lines without matches, some longer than a part, and many matches. */
const line = fc
  .constantFrom('All the whales of the sea, and “no one” – saw them', 'A', '12', 'e', '', ' ', '\t')
  .chain((start) => fc.constantFrom(0, 1, 40).map((times) => `${start}${' so they said'.repeat(times)}`));
const found = fc.constantFrom(
  ...'\u0301 ﬁ \u200b \u0007 \u2028 * 😀 \ufeff \u200d https://a.org/b www. https://a.org/b <url> <scr\u200bipt> < >'.split(
    ' ',
  ),
  ...['\u00a0', '  ', ' ', '\r', ' \r\n', '\r\n\r\n\r\n', '\f', '\n\n\n', '\n'],
);
const tags = fc.constantFrom(
  ...'<b> <!-- --> <script> </script> <p class="x" > &amp; &lt;b&gt; <!--\nA\nB--> <script>\nA\n</script> <p\nclass="x">'.split(
    ' ',
  ),
);
const end = fc.constant('\n');
const text = fc
  .array(fc.oneof(line, { weight: 2, arbitrary: found }, tags, { weight: 3, arbitrary: end }), {
    maxLength: 30,
    size: 'max',
  })
  .map((pieces) => pieces.join(''));

test('applying rules to parts gives the same text and counts as to the whole passage', async () => {
  const rules = await Promise.all(
    steps.map(async ({ rule, settings }) => (await ruleOf(rule).start(settings as never)).document({ title: '' })),
  );
  const through = (passage: string, row: readonly number[], min: number | null) => {
    const sums = row.map(() => ({ places: 0, characters: 0 }));
    const all = row.map((i, n): RuleChange => {
      const { changes, searchPattern: finds } = rules[i]!;
      return { change: changes!()!, counts: sums[n]!, ...(min !== null && { searchPattern: finds }) };
    });
    return [applyRules(all, passage, min ?? 0), sums];
  };
  const row = fc.array(fc.constantFrom(...rules.keys()), { minLength: 2, maxLength: 4 });
  fc.assert(
    fc.property(text, row, fc.constantFrom(1, 30, 1000), (passage, each, min) => {
      expect(through(passage, each, min)).toEqual(through(passage, each, null));
    }),
    { numRuns: propertyRuns(5000) },
  );
});
