import { expect, test } from 'vitest';
import { changeWords } from '../../core/runs/compare';
import { dataFacts } from '../../testing/runRecord';
import { runRows } from '../../testing/runRows';
import type { SavedStep } from '../../protocol/data';
import { curveRows, tableRows } from './csv';
import { runLine, yRange, ancestorLines, defaultMeasure } from './curves';
import { deletionWords } from './intermediateSteps';
import { columnsOf, filterRuns, sortRuns, toggleSort } from './runTable';
import { bestOf, comparable, tokensAt, viewOf } from './view';
import { formatGap, gapOf, verdictOf } from './verdict';
import { settingDifferences, comparisonWords, stateWords } from './words';

/** `baseline`, `dropout 0.3`, its fork `half width`, `hot rate`, `cooler`, and its fork `longer`; newest first. */
const views = runRows(6).map(viewOf);
const named = (name: string) => views.find((view) => view.name === name)!;
const none = () => false;
const names = (some: readonly { name: string }[]) => some.map(({ name }) => name);

test('bits per byte use the text that a step was evaluated on', () => {
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
  const line = runLine(view, 'bits', 'step')!;
  const [before, after] = [2000, 2050].map((step) => Array.from(line.x).indexOf(step));
  // 0.314 tokens per byte up to the change, and half a token per byte after it.
  expect(line.y[after!]! / line.y[before!]!).toBeCloseTo(0.5 / (38 / 121), 2);
  expect(line.starts).toEqual([after]);
  expect(view.best!.step).toBeGreaterThan(2000);
  expect(comparable([named('baseline'), view], view)).toEqual([view]);
});

test('runs are plotted in a measure that they have: bits per byte only if the objective has them', () => {
  expect(defaultMeasure('causal')).toBe('bits');
  expect(defaultMeasure('masked')).toBe('headline');
  expect(defaultMeasure('pairs')).toBe('headline');
  expect(runLine(named('baseline'), defaultMeasure('masked'), 'step')).toBeDefined();
});

test('counts tokens by the batch size of each segment', () => {
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

test('has a column per differing setting, a count of equal ones, and every row in order', () => {
  const { columns, sameCount: same } = columnsOf(views, none);
  expect(columns.filter(({ setting }) => setting).map(({ label }) => label)).toEqual([
    'Width',
    'Learning rate',
    'Dropout',
  ]);
  expect(same).toBeGreaterThan(20);
  const by = (column: string, order: 'ascending' | 'descending') => names(sortRuns(views, { column, order }, columns));
  expect(by('bits', 'ascending')[0]).toBe(bestOf(views)!.name);
  expect(by('run', 'descending')).toEqual(names(views).toSorted().reverse());
  expect(by('recipe.learningRate', 'descending')[0]).toBe('hot rate');
  // Unknown values come last in either order.
  const stranger = { ...named('cooler'), bits: undefined };
  const all = [stranger, ...views.filter(({ name }) => name !== 'cooler')];
  for (const order of ['ascending', 'descending'] as const)
    expect(sortRuns(all, { column: 'bits', order }, columns).at(-1)).toBe(stranger);
  expect(toggleSort({ column: 'bits', order: 'ascending' }, 'bits').order).toBe('descending');
  expect(toggleSort({ column: 'bits', order: 'ascending' }, 'time')).toEqual({ column: 'time', order: 'ascending' });
});

test('a filter searches names, tags, notes and differing settings', () => {
  const { columns } = columnsOf(views, none);
  const found = (words: string) => names(filterRuns(views, words, columns)).toSorted();
  expect(found('HALF')).toEqual(['half width']);
  expect(found('memorises')).toEqual(['dropout 0.3']);
  expect(found('width 96')).toEqual(['half width']);
  expect(found('no such')).toEqual([]);
  expect(found(' ')).toHaveLength(6);
});

test('a fork’s hidden ancestor is drawn quietly up to the fork', () => {
  const half = named('half width');
  const [before] = ancestorLines([half], views, 'bits', 'step');
  expect(Array.from(before!.x).at(-1)).toBe(1000);
  expect(before).toMatchObject({ isQuiet: true, isSilent: true });
  expect(ancestorLines([half, named('dropout 0.3')], views, 'bits', 'step')).toEqual([]);
  expect(runLine(half, 'bits', 'time')!.x[0]).toBe(33);
  expect(runLine(half, 'headline', 'tokens')!.x[0]).toBe(1000 * 12 * 128);
});

test('a fork’s line leads from its parent’s value at the fork to its own first evaluation', () => {
  const [half, parent] = [named('half width'), named('dropout 0.3')];
  /** Returns the fork with its start between two evaluations of its parent, without its own first evaluation. */
  const { evaluations } = half.row.curve!;
  const later = Object.fromEntries(Object.entries(evaluations).map(([name, column]) => [name, column.slice(1)]));
  const curve = { ...half.row.curve!, evaluations: later as typeof evaluations };
  const forkOf = (change: Partial<typeof half.row.record>) =>
    viewOf({
      ...half.row,
      curve,
      record: { ...half.row.record, parent: { ...half.row.record.parent!, step: 1025 }, ...change },
    });
  const fork = forkOf({});
  const line = runLine(fork, 'bits', 'step', [fork, parent])!;
  expect(Array.from(line.x).slice(0, 2)).toEqual([1025, 1050]);
  const [quiet] = ancestorLines([fork], [fork, parent], 'bits', 'step');
  // Halfway between the parent's evaluations at 1,000 and 1,050, where the quiet line ends.
  const drawn = runLine(parent, 'bits', 'step')!;
  const at = Array.from(drawn.x).indexOf(1000);
  expect(line.y[0]).toBeCloseTo((drawn.y[at]! + drawn.y[at + 1]!) / 2, 12);
  expect([quiet!.x, quiet!.y].map((column) => Array.from(column).at(-1))).toEqual([1025, line.y[0]]);
  expect(runLine(fork, 'bits', 'time', [fork, parent])!.x[0]).toBeCloseTo(0.033 * 1025, 9);
  // Settings changed at the fork keep the line connected; other data or a deleted parent break it.
  const [segment] = half.segments;
  const changed = (data: typeof segment.data, why: 'recipe' | 'data') =>
    forkOf({ segments: [segment, { ...segment, data, after: 1025, why }] });
  expect(runLine(changed(segment.data, 'recipe'), 'bits', 'step', [parent])!).toMatchObject({ x: line.x, starts: [] });
  const other = { id: null, facts: dataFacts({ textHash: 'shark' }) };
  expect(runLine(changed(other, 'data'), 'bits', 'step', [parent])!.x[0]).toBe(1050);
  expect(runLine(fork, 'bits', 'step', [fork])!.x[0]).toBe(1050);
});

test('the axis omits what is worse than the reference, once something is better', () => {
  const lines = [runLine(named('baseline'), 'bits', 'step')!];
  const y = yRange(lines, 2.9)!;
  expect(y.max).toBeGreaterThan(2.9);
  expect(y.max).toBeLessThan(3.1);
  expect(yRange(lines, 1.5)).toBeUndefined();
  expect(yRange([], 2.9)).toBeUndefined();
});

test('the axis includes the rise of an overfitted run, but not the fall before it', () => {
  const overfitted = { ...runLine(named('baseline'), 'bits', 'step')!, y: [8, 4, 2.2, 2.6, 3.9] };
  const y = yRange([overfitted], 2.3)!;
  expect(y.max).toBeGreaterThan(3.9);
  expect(y.max).toBeLessThan(4.1);
});

test('describes two runs', () => {
  const [baseline, dropout, half] = [named('baseline'), named('dropout 0.3'), named('half width')];
  expect(settingDifferences(baseline.made, dropout.made)).toEqual({
    count: '1 setting differs',
    list: 'dropout 0.1 → 0.3',
  });
  expect(changeWords(dropout.made, half.made)).toEqual(['width 192 → 96', 'dropout 0.3 → 0.1']);
  expect(settingDifferences(baseline.made, baseline.made).count).toBe('Same settings');
  expect(comparisonWords(dropout, baseline)).toMatch(/^Its best step has 0\.01\d bits per byte more\.$/);
  expect(comparisonWords({ ...dropout, heldOut: 'other' }, baseline)).toMatch(/don't compare/);
  expect(comparisonWords({ ...dropout, bits: undefined }, baseline)).toMatch(/has no evaluation yet/);
});

test('a run is judged by its own evaluations, finished or in training, with the gap at its best step', () => {
  const dropout = named('dropout 0.3');
  // Its training loss is 0.15 nats lower at every step; the mean includes earlier steps.
  expect(gapOf(dropout)).toBeGreaterThan(0.1);
  expect(gapOf(dropout)).toBeLessThan(0.15);
  expect(gapOf({ ...dropout, row: { ...dropout.row, curve: null } })).toBeUndefined();
  const [segment] = dropout.row.record.segments;
  const segments = [{ ...segment, recipe: { ...segment.recipe, objective: 'masked' as const } }] as const;
  expect(gapOf({ ...dropout, row: { ...dropout.row, record: { ...dropout.row.record, segments } } })).toBeUndefined();
  expect([0.314, -0.2].map(formatGap)).toEqual(['0.31', '−0.20']);
  expect(verdictOf(dropout, true).judgement).not.toBe(verdictOf({ ...dropout }, false).judgement);
  expect(verdictOf(dropout, false).evidence).toMatch(/Perplexity on text it never saw .* nats below/);
  expect(verdictOf({ ...dropout, row: { ...dropout.row, curve: null } }, false).judgement).toBe('Not judged yet');
  const { evaluations } = dropout.row.curve!;
  const gap = evaluations.trained.map((trained) => trained && trained + 0.5);
  const trained = { ...dropout.row.curve!, evaluations: { ...evaluations, trained: gap } };
  expect(comparisonWords({ ...dropout, row: { ...dropout.row, curve: trained } }, named('baseline'))).toMatch(
    / more, gap −0\.\d\d instead of 0\.1\d nats\.$/,
  );
});

test('a run whose tab closed during training reads as interrupted, and one that the user stopped as paused', () => {
  const view = named('hot rate');
  const left = { ...view, row: { ...view.row, record: { ...view.row.record, status: 'running' as const } } };
  const stopped = { ...view, row: { ...view.row, record: { ...view.row.record, status: 'stopped' as const } } };
  expect([stateWords(left, true), stateWords(left, false), stateWords(stopped, false)]).toEqual([
    'running, 150 of 4,000',
    'interrupted at 150 of 4,000',
    'paused at 150 of 4,000',
  ]);
});

test('a lower storage limit says which checkpoints it deletes', () => {
  const step = (n: number, kept: Partial<SavedStep> = {}): SavedStep => ({
    step: n,
    bytes: 1e6,
    latest: false,
    best: false,
    pinned: false,
    light: true,
    loss: null,
    holds: 'weights',
    precision: 'f16',
    ...kept,
  });
  const whole = { bytes: 6e6, holds: 'all', precision: 'f32', light: false, latest: true } as const;
  const steps = [step(1), step(2), step(4, { pinned: true, light: false }), step(8), step(16, whole)];
  expect(deletionWords(steps, 22e6)).toBe('');
  expect(deletionWords(steps, 21e6)).toBe('This deletes the checkpoint of step 1 now (1 MB). ');
  expect(deletionWords(steps, 0)).toBe('This deletes 3 checkpoints from step 1 to 8 now (3 MB). ');
});

test('the table and the curves as CSV have the visible content at full precision with units', () => {
  const { columns } = columnsOf(views, none);
  const [head, ...rows] = tableRows(views, columns, named('baseline'));
  expect(head).toEqual(expect.arrayContaining(['Run', 'Note', 'Gap (nats)', 'Time (ms)', 'Width', 'Verdict']));
  const cell = (name: string, column: string) => rows.find(([run]) => run === name)![head!.indexOf(column)];
  expect(cell('half width', 'Width')).toBe(96);
  expect(cell('dropout 0.3', 'Difference')).toBe(named('dropout 0.3').bits! - named('baseline').bits!);
  expect(cell('dropout 0.3', 'Tags')).toBe('dropout');
  expect(cell('hot rate', 'Started')).toBe('2026-11-24T09:03:00.000Z');
  expect(new Set([head!, ...rows].map(({ length }) => length)).size).toBe(1);

  const [first, second] = [named('half width'), named('baseline')];
  const [of, ...points] = curveRows([first, second]);
  const { evaluations, training } = first.row.curve!;
  expect(points.filter(([run]) => run === 'half width')).toHaveLength(evaluations.step.length + training.step.length);
  expect(points[0]).toEqual([
    'half width',
    'validation',
    1000,
    1000 * 12 * 128,
    33_000,
    evaluations.loss[0],
    undefined,
    undefined,
    (evaluations.loss[0]! * 38_000) / (121_000 * Math.LN2),
    Math.exp(evaluations.loss[0]!),
  ]);
  expect(new Set([of!, ...points].map(({ length }) => length)).size).toBe(1);
});
