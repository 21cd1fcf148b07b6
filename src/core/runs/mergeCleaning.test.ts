import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeCleaning } from './mergeCleaning';

interface Step {
  rule: string;
  isOn: boolean;
  settings: Record<string, number>;
}
const step = (rule: string, isOn = true, settings: Record<string, number> = { a: 1, b: 2 }): Step => ({
  rule,
  isOn,
  settings,
});
const recipe = (...steps: Step[]) => ({ version: 1, name: 'own', steps, kept: [] as string[] });
const rulesOf = (merged: unknown) => (merged as ReturnType<typeof recipe>).steps.map(({ rule }) => rule);
const [A, B, C] = [step('a'), step('b'), step('c')];
const BASE = recipe(A, B, C);

describe("keeps both tabs' changes of a recipe", () => {
  test.each<[string, Step[], Step[], Step[]]>([
    ['two rules', [step('a', false), B, C], [A, step('b', false), C], [step('a', false), step('b', false), C]],
    [
      'two settings of a rule',
      [step('a', true, { a: 5, b: 2 }), B, C],
      [step('a', false, { a: 1, b: 7 }), B, C],
      [step('a', false, { a: 5, b: 7 }), B, C],
    ],
    ['a rule and its removal', [A, B, step('c', false)], [B, C], [B, step('c', false)]],
    [
      'two additions of one rule',
      [A, step('a', true, { a: 8, b: 8 }), B, C],
      [A, B, C, step('a', true, { a: 9, b: 9 })],
      [A, step('a', true, { a: 8, b: 8 }), B, C, step('a', true, { a: 9, b: 9 })],
    ],
    ['the same addition', [A, B, C, step('d')], [A, B, C, step('d')], [A, B, C, step('d')]],
    ['an order and a rule', [C, B, A], [A, B, step('c', false)], [step('c', false), B, A]],
    ['an addition and an order', [A, step('d'), B, C], [C, A, B], [C, A, step('d'), B]],
  ])('%s', (_, mine, theirs, merged) => {
    expect(mergeCleaning(BASE, recipe(...mine), recipe(...theirs))).toEqual(recipe(...merged));
  });

  test('kept documents and the name', () => {
    const mine = { ...BASE, kept: ['x'], name: 'mine' };
    expect(mergeCleaning(BASE, mine, { ...BASE, kept: ['y'] })).toEqual({ ...BASE, kept: ['y', 'x'], name: 'mine' });
  });
});

test("keeps my value of a setting that both changed, and doesn't remove a rule that I changed", () => {
  const mine = recipe(step('a', true, { a: 5, b: 2 }), B, C);
  expect(mergeCleaning(BASE, mine, recipe(step('a', true, { a: 6, b: 2 }), B, C))).toEqual(mine);
  expect(mergeCleaning(BASE, mine, recipe(B, C))).toEqual(mine);
});

test('takes an unknown recipe as a whole', () => {
  const odd = { version: 9, rules: 'other' };
  expect(mergeCleaning(BASE, odd, recipe(B))).toEqual(odd);
  expect(mergeCleaning(null, null, BASE)).toEqual(BASE);
  expect(mergeCleaning(null, BASE, null)).toEqual(BASE);
});

test('merging gives theirs without changes of mine, mine without changes of theirs, and loses no addition', () => {
  const steps = fc.array(
    fc.record({
      rule: fc.constantFrom('a', 'b', 'c'),
      isOn: fc.boolean(),
      settings: fc.record({ a: fc.nat(2), b: fc.nat(2) }),
    }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(steps, steps, steps, (b, m, t) => {
      const [base, mine, theirs] = [recipe(...b), recipe(...m), recipe(...t)];
      expect(mergeCleaning(base, base, theirs)).toEqual(theirs);
      expect(mergeCleaning(base, mine, base)).toEqual(mine);
      expect(mergeCleaning(base, mine, mine)).toEqual(mine);
      const added = [...b.map(({ rule }) => rule)];
      for (const rule of ['d', 'e']) {
        const more = mergeCleaning(base, recipe(...m, step('d')), recipe(step('e'), ...t));
        expect(rulesOf(more)).toContain(rule);
        expect(added).not.toContain(rule);
      }
    }),
  );
});
