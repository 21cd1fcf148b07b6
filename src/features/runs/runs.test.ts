import { expect, test } from 'vitest';
import { changeWords } from '../../core/runs/compare';
import { dataFacts } from '../../core/testing/runRecord';
import { runRows } from '../../core/testing/runRows';
import { lineOf, ends, forebearLines } from './curves';
import { columnsOf, filtered, sorted, sortedBy } from './table';
import { bestOf, comparable, tokensAt, viewOf } from './view';
import { differWords, standing } from './words';

/** `baseline`, `dropout 0.3`, its fork `half width`, `hot rate`, `cooler`, and its fork `longer`; the newest first. */
const views = runRows(6).map(viewOf);
const named = (name: string) => views.find((view) => view.name === name)!;
const names = (some: readonly { name: string }[]) => some.map(({ name }) => name);

test('bits per byte are of the text that a step was measured on', () => {
  const { best, bits } = named('baseline');
  expect(bits).toBeCloseTo((best!.loss * 38_000) / (121_000 * Math.LN2), 12);
  const [row] = runRows(1);
  const [first] = row!.record.segments;
  const other = dataFacts({
    textHash: 'shark',
    parts: { ...first.data.facts!.parts, validation: { tokens: 10, bytes: 20 } },
  });
  const segments = [first, { ...first, after: 2000, data: { id: null, facts: other }, why: 'data' as const }] as const;
  const view = viewOf({ ...row!, record: { ...row!.record, segments } });
  const line = lineOf(view, 'bits', 'step')!;
  const [before, after] = [2000, 2050].map((step) => Array.from(line.x).indexOf(step));
  // 0.314 tokens a byte until then, and half a token a byte from there on.
  expect(line.y[after!]! / line.y[before!]!).toBeCloseTo(0.5 / (38 / 121), 2);
  expect(line.starts).toEqual([after]);
  expect(view.best!.step).toBeGreaterThan(2000);
  expect(comparable([named('baseline'), view], view)).toEqual([view]);
});

test('tokens are counted by the batch that each segment had', () => {
  const [row] = runRows(1);
  const [first] = row!.record.segments;
  const wide = { ...first.recipe, batch: 24 };
  const view = viewOf({
    ...row!,
    record: { ...row!.record, segments: [first, { ...first, after: 100, recipe: wide, why: 'recipe' }] },
  });
  expect(tokensAt(view, 100)).toBe(100 * 12 * 128);
  expect(tokensAt(view, 150)).toBe(100 * 12 * 128 + 50 * 24 * 128);
});

test('a column for each setting that differs, a count of those that do not, and every row in order', () => {
  const { columns, same } = columnsOf(views);
  expect(columns.filter(({ setting }) => setting).map(({ label }) => label)).toEqual([
    'Width',
    'Learning rate',
    'Dropout',
  ]);
  expect(same).toBeGreaterThan(20);
  const by = (column: string, order: 'ascending' | 'descending') => names(sorted(views, { column, order }, columns));
  expect(by('bits', 'ascending')[0]).toBe(bestOf(views)!.name);
  expect(by('run', 'descending')).toEqual(names(views).toSorted().reverse());
  expect(by('recipe.learningRate', 'descending')[0]).toBe('hot rate');
  // What is not known is last, either way.
  const stranger = { ...named('cooler'), bits: undefined };
  const all = [stranger, ...views.filter(({ name }) => name !== 'cooler')];
  for (const order of ['ascending', 'descending'] as const)
    expect(sorted(all, { column: 'bits', order }, columns).at(-1)).toBe(stranger);
  expect(sortedBy({ column: 'bits', order: 'ascending' }, 'bits').order).toBe('descending');
  expect(sortedBy({ column: 'bits', order: 'ascending' }, 'time')).toEqual({ column: 'time', order: 'ascending' });
});

test('a filter looks at names, tags, notes and what differs', () => {
  const { columns } = columnsOf(views);
  const found = (words: string) => names(filtered(views, words, columns)).toSorted();
  expect(found('HALF')).toEqual(['half width']);
  expect(found('memorises')).toEqual(['dropout 0.3']);
  expect(found('width 96')).toEqual(['half width']);
  expect(found('no such')).toEqual([]);
  expect(found(' ')).toHaveLength(6);
});

test('a fork’s forebear is drawn quietly up to where it left, and only where it is not shown itself', () => {
  const half = named('half width');
  const [before] = forebearLines([half], views, 'bits', 'step');
  expect(Array.from(before!.x).at(-1)).toBe(1000);
  expect(before).toMatchObject({ isQuiet: true, isSilent: true });
  expect(forebearLines([half, named('dropout 0.3')], views, 'bits', 'step')).toEqual([]);
  expect(lineOf(half, 'bits', 'time')!.x[0]).toBe(33);
  expect(lineOf(half, 'headline', 'tokens')!.x[0]).toBe(1000 * 12 * 128);
});

test('the axis leaves out what is worse than the reference, once something is better', () => {
  const lines = [lineOf(named('baseline'), 'bits', 'step')!];
  const y = ends(lines, 2.9)!;
  expect(y.max).toBeGreaterThan(2.9);
  expect(y.max).toBeLessThan(3.1);
  expect(ends(lines, 1.5)).toBeUndefined();
  expect(ends([], 2.9)).toBeUndefined();
});

test('two runs in words', () => {
  const [baseline, dropout, half] = [named('baseline'), named('dropout 0.3'), named('half width')];
  expect(differWords(baseline.made, dropout.made)).toEqual({
    count: 'One setting differs',
    which: 'dropout 0.3 for 0.1',
  });
  expect(changeWords(dropout.made, half.made)).toEqual(['width 96 for 192', 'dropout 0.1 for 0.3']);
  expect(differWords(baseline.made, baseline.made).count).toBe('No setting differs');
  expect(standing(dropout, baseline)).toMatch(/^At its best it is 0\.01\d bits a byte higher\.$/);
  expect(standing({ ...dropout, heldOut: 'other' }, baseline)).toMatch(/do not compare/);
  expect(standing({ ...dropout, bits: undefined }, baseline)).toMatch(/has not been measured/);
});
