import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dataFacts } from '../../testing/runRecord';
import { DEFAULT_RECIPE, type Recipe } from '../train/recipe';
import { continued, dataOf, isMeasuredAlike, isSameData, recipeOf, segmentAt, type Segments } from './segments';
import type { DataFacts } from './settings';

const facts = (textHash: string): DataFacts => dataFacts({ textHash });
const of = (known: DataFacts | null, recipe: Recipe = DEFAULT_RECIPE): Segments => [
  { after: 0, recipe, data: { id: known && 'd', facts: known } },
];
const english = of(facts('english'));
const on = (from: Segments, step: number, text: string) =>
  continued(from, step, { recipe: DEFAULT_RECIPE, data: { id: 'd', facts: facts(text) } });
const described = (segments: Segments) =>
  segments.map(({ after, data }) => `${data.facts?.textHash ?? 'unknown'} after ${after}`);

test('a run that resumes with its own text has one segment, and one with another text keeps both', () => {
  expect(on(english, 100, 'english')).toEqual(english);
  const changed = on(english, 100, 'japanese');
  expect(described(changed)).toEqual(['english after 0', 'japanese after 100']);
  expect(changed[1]!.why).toBe('data');
  const alike = [0, 100, 101, 150].map((step) => isMeasuredAlike({ segments: changed }, 101)({ step }));
  expect(alike).toEqual([false, false, true, true]);
  expect(isMeasuredAlike({ segments: english }, 101)({ step: 0 })).toBe(true);
  const third = ['english after 0', 'japanese after 100', 'german after 200'];
  expect(described(on(changed, 200, 'german'))).toEqual(third);
});

test('the same text with another split is different data', () => {
  const { split, parts } = facts('english');
  const otherwise: Partial<DataFacts>[] = [
    { split: { ...split, rule: 'documents' } },
    { parts: { ...parts, test: { tokens: 1, bytes: 1 } } },
    { parts: { ...parts, validation: { tokens: 11, bytes: 10 } } },
  ];
  const [one, end] = [facts('english'), { ...facts('english'), split: { ...split, rule: 'end' as const } }];
  expect(isSameData(one, end)).toBe(true);
  const texts = ['a', 'b'].map((name) => ({ name, characters: 1, sha256: '' }));
  expect(isSameData({ ...one, texts }, { ...end, texts })).toBe(false);
  for (const change of otherwise) {
    const recut = { id: 'd', facts: { ...facts('english'), ...change } };
    expect(continued(english, 100, { recipe: DEFAULT_RECIPE, data: recut })).toHaveLength(2);
  }
});

test('omits data without a saved step', () => {
  const tried = on(english, 100, 'japanese');
  expect(described(on(tried, 100, 'german'))).toEqual(['english after 0', 'german after 100']);
  expect(on(tried, 100, 'english')).toEqual(english);
  // Steps saved after the change are unreadable, so the run resumes from before it.
  expect(described(on(tried, 60, 'japanese'))).toEqual(['english after 0', 'japanese after 60']);
  expect(described(on(of(null), 0, 'english'))).toEqual(['english after 0']);
  expect(described(on(of(null), 5, 'english'))).toEqual(['unknown after 0', 'english after 5']);
});

test('every step belongs to the one segment that it was trained in', () => {
  const step = fc.integer({ min: 1, max: 50 });
  fc.assert(
    fc.property(fc.array(fc.tuple(step, fc.constantFrom('a', 'b', 'c')), { maxLength: 8 }), (moves) => {
      let segments = of(facts('a'));
      const trainedOn = ['a'];
      let at = 0;
      for (const [steps, text] of moves) {
        segments = on(segments, at, text);
        for (let i = 0; i < steps; i++) trainedOn[++at] = text;
      }
      for (let n = 1; n <= at; n++) expect(segments[segmentAt(segments, n)]!.data.facts!.textHash).toBe(trainedOn[n]);
      expect(segmentAt(segments, 0)).toBe(0);
    }),
  );
});

test('new settings begin a segment, unless they are equivalent; unused settings change nothing', () => {
  const same = dataOf({ segments: english });
  const after = (change: Partial<Recipe>) =>
    continued(english, 50, { recipe: { ...DEFAULT_RECIPE, ...change }, data: same });
  const alike = { steps: 9000, saveEvery: 7, evalEvery: 7, samplePrompt: 'A', recompute: true };
  expect(after(alike)).toEqual([{ ...english[0], recipe: { ...DEFAULT_RECIPE, ...alike } }]);
  expect(after({ momentum: 0.5 })).toHaveLength(1); // a field of another optimizer
  for (const change of [{ learningRate: 0.5 }, { batch: 3 }, { seed: 9 }, { evalTokens: 7 }, { dropout: 0.5 }]) {
    const segments = after(change);
    expect(segments).toMatchObject([
      { after: 0, recipe: DEFAULT_RECIPE },
      { after: 50, why: 'recipe', recipe: change },
    ]);
    expect(recipeOf({ segments })).toMatchObject(change);
  }
  const both = { recipe: { ...DEFAULT_RECIPE, batch: 3 }, data: { id: 'e', facts: facts('german') } };
  expect(continued(english, 50, both)[1]!.why).toBe('both');
  // Leaves out settings that were tried but never saved, and continues the previous segment.
  expect(continued(after({ batch: 3 }), 50, english[0])).toEqual(english);
});
