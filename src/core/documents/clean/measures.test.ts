import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unwatched } from '../../base/job';
import { boundsOf, leastOf, ranked } from './measures';
import { Preview } from './preview';
import { type Recipe, stepOf } from './recipe';
import { type RuleId, ruleOf, RULES } from './rules';
import { propertyRuns } from '../../../testing/propertyRuns';

const values = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { maxLength: 60 });

test('the threshold for a share keeps that share of the values', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1 }),
      fc.double({ min: 0.001, max: 1, noNaN: true }),
      (all, share) => {
        const min = leastOf(share, all);
        expect(all.filter((value) => value >= min)).toHaveLength(Math.max(1, Math.round(share * all.length)));
      },
    ),
  );
  expect(leastOf(0.5, [])).toBe(-Infinity);
});

test('ranks both ends and both sides of each bound, in descending order', () => {
  fc.assert(
    fc.property(values, fc.double({ min: -10, max: 10 }), fc.integer({ min: 1, max: 6 }), (all, min, rows) => {
      const ranks = ranked(all, { min, max: 8 }, rows);
      const sorted = [...all].sort((a, b) => b - a);
      for (const { i, before } of ranks) expect(all[i]).toBe(sorted[before]);
      const places = ranks.map(({ before }) => before);
      const stay = sorted.findIndex((value) => value < min);
      const wanted = [0, sorted.length - 1, stay - 1, stay, sorted.findIndex((value) => value <= 8)];
      for (const place of wanted) if (place >= 0 && place < all.length) expect(places).toContain(place);
      expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
      expect(ranks.length).toBeLessThanOrEqual(rows * 6);
    }),
  );
});

const leaving = (Object.keys(RULES) as RuleId[]).filter((id) => ruleOf(id).kind === 'leaves out');
const SAMPLE = 'The whale swam. The ship followed the whale, and that was the end of it.';
const document = fc
  .array(
    fc.constantFrom(
      'The whale swam with the ship to the end of the sea, and that was all of it.',
      'Der Wal schwamm im Meer, und das Schiff fuhr ihm nach.',
      '- one',
      'a…',
      '#',
      'menu menu menu menu',
      '12 34 56',
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((lines) => lines.join('\n'));

test.each(leaving)('%s declares its measures, and removes documents outside of the declared bounds', async (id) => {
  const { fields, measures = {} } = ruleOf(id);
  for (const measure of Object.values(measures))
    for (const name of [measure.min, measure.max, measure.share])
      if (name !== undefined) expect(fields).toHaveProperty(name);
  await fc.assert(
    fc.asyncProperty(fc.array(document, { minLength: 1, maxLength: 8 }), fc.integer({ max: 9 }), async (texts, at) => {
      const step = stepOf(id, id === 'relevance' ? { sample: SAMPLE, share: (1 + Math.abs(at % 10)) / 10 } : {});
      const documents = texts.map((text, place) => ({
        facts: { title: `${place}` },
        sha256: `${place}`,
        text: place % 2 === 0 ? 'a' : 'b',
        place,
        characters: text.length,
        passages: [text],
      }));
      const of = { documents: texts.length, characters: 0 };
      const recipe: Recipe = { version: 1, name: 'own', steps: [step], kept: [] };
      const preview = new Preview({ documents, of });
      for (const text of ['a', 'b']) {
        const { measured, out } = await preview.of(recipe, { step: 0, at: 0, text, rows: 100 }, unwatched);
        const gone = new Set(out.map(({ place }) => place));
        for (const { scores } of out)
          expect(Object.keys(measures)).toEqual(expect.arrayContaining(Object.keys(scores)));
        for (const [name, { bounds, values, ranked: rows }] of Object.entries(measured.scores)) {
          expect(bounds).toEqual(boundsOf(measures[name]!, step.settings, values));
          for (const { value, place, stays } of rows) {
            expect(stays).toBe(!gone.has(place));
            if (value < bounds.min || value > bounds.max) expect(stays).toBe(false);
            else if (Object.keys(measures).length === 1 && id !== 'c4') expect(stays).toBe(true);
          }
        }
        expect(measured.texts).toEqual(id === 'relevance' ? ['a', 'b'].slice(0, Math.min(2, texts.length)) : []);
      }
    }),
    { numRuns: propertyRuns(40) },
  );
});
