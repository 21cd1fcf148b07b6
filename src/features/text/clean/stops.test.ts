import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundsOf } from '../../../core/documents/clean/measures';
import { stepOf } from '../../../core/documents/clean/recipe';
import { type RuleId, ruleOf, RULES } from '../../../core/documents/clean/rules';
import { movablesOf } from './stops';
import { propertyRuns } from '../../../testing/propertyRuns';

const measured = (Object.keys(RULES) as RuleId[]).flatMap((id) =>
  Object.entries(ruleOf(id).measures ?? {}).map(([name, measure]) => [`${id}.${name}`, id, measure] as const),
);

test.each(measured)('%s: each place is where its setting cuts, and at one end all documents stay', (_, id, measure) => {
  const { fields } = ruleOf(id);
  const value = fc.integer({ min: 0, max: 1000 }).map((n) => {
    const x = n / 1000;
    if (measure.format === ruleOf('length').measures!['characters']!.format) return n;
    return id === 'relevance' ? x - 9 : x;
  });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 250 }), fc.boolean(), (values, isLog) => {
      const { settings } = stepOf(id);
      for (const { side, setting, stops, stop } of movablesOf(measure, fields, settings, values, isLog)) {
        const places = stops.map(({ at }) => at);
        expect(places).toEqual([...places].sort((a, b) => a - b));
        // The stop without a move is the current setting; for a share, the nearest that the documents allow.
        const now = boundsOf(measure, settings, values)[side];
        if (Number.isFinite(now)) expect(stops[stop]!.at).toBe(now);
        for (const { at, value } of stops) {
          const bound = boundsOf(measure, { ...settings, [setting]: value }, values)[side];
          if (Number.isFinite(bound)) expect(bound).toBe(at);
          expect(value).toBeGreaterThanOrEqual((fields[setting] as { min: number }).min);
        }
        const all = side === 'min' ? stops[0]! : stops.at(-1)!;
        const bounds = boundsOf(measure, { ...settings, [setting]: all.value }, values);
        expect(values.every((each) => (side === 'min' ? each >= bounds.min : each <= bounds.max))).toBe(true);
      }
    }),
    { numRuns: propertyRuns(60) },
  );
});
