import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StepEvent, TrainEvent } from '../core/train/run';
import { RunLog } from './runLog';

const stepped = (step: number, loss = 1 / step): StepEvent => ({
  kind: 'step',
  step,
  loss,
  learningRate: 0.1,
  gradientNorm: 1,
  tokensPerSecond: 100,
  activeMs: 10 * step,
  memoryBytes: 7,
});
const evaluated = (step: number, loss = 1): TrainEvent => ({
  kind: 'evaluated',
  step,
  loss,
  metrics: { bitsPerByte: { value: 2 } },
  activeMs: 10 * step,
  sample: `at ${step}`,
});
const saved = (step: number): TrainEvent => ({ kind: 'saved', step, bytes: 9 });
const kept = (step: number): TrainEvent => ({ kind: 'kept', step, bytes: 3 });
const filled = (...events: TrainEvent[]): RunLog => {
  const log = new RunLog();
  for (const event of events) log.append(event);
  return log;
};

test('columns grow together', () => {
  const log = filled(saved(0), evaluated(0), { kind: 'compiling' }, stepped(1), stepped(2), saved(2));
  expect(log.step).toEqual([1, 2]);
  expect(log.loss).toEqual([1, 0.5]);
  expect(log.activeMs).toEqual([10, 20]);
  expect(log.saves).toEqual([
    { step: 0, bytes: 9, activeMs: 0 },
    { step: 2, bytes: 9, activeMs: 20 },
  ]);
  expect(log.memoryBytes).toBe(7);
  expect(log.optional).toEqual({});
  log.append({ ...stepped(3), encodeMs: 0.5 });
  expect(log.optional).toEqual({ encodeMs: 0.5 });
});

test('an optional value has a column from the step that first measures it, with NaN for steps without it', () => {
  const log = filled(stepped(1), { ...stepped(2), encodeMs: 0.5 }, stepped(3));
  expect(log.columns.encodeMs).toEqual([NaN, 0.5, NaN]);
  expect(log.columns.gpuMs).toBeUndefined();
  expect(log.optional).toEqual({});
  log.truncate(2);
  expect(log.columns.encodeMs).toEqual([NaN, 0.5]);
  expect(log.optional).toEqual({ encodeMs: 0.5 });
});

test('unsaved steps are dropped when they repeat, with their evaluations and saves', () => {
  const log = filled(stepped(1), stepped(2), saved(2), stepped(3), evaluated(3), stepped(4), saved(4), stepped(3, 9));
  expect(log.step).toEqual([1, 2, 3]);
  expect(log.loss).toEqual([1, 0.5, 9]);
  expect(log.evaluations).toEqual([]);
  expect(log.saves.map(({ step }) => step)).toEqual([2]);
});

test('a sample shown before its evaluation stays until the evaluation arrives or its step is undone', () => {
  const shown = (step: number): TrainEvent => ({ kind: 'shown', step, sample: `at ${step}` });
  const log = filled(stepped(1), shown(1));
  expect(log.shown).toEqual({ step: 1, sample: 'at 1' });
  log.append(evaluated(1));
  expect(log.shown).toBeUndefined();
  for (const event of [stepped(2), shown(2), stepped(2)]) log.append(event);
  expect(log.shown).toBeUndefined();
  expect(log.evaluations).toHaveLength(1);
});

test('a repeated evaluation or save is stored once', () => {
  const log = filled(stepped(1), evaluated(1, 3), saved(1), evaluated(1, 2), saved(1));
  expect(log.evaluations.map(({ loss }) => loss)).toEqual([2]);
  expect(log.saves).toHaveLength(1);
});

test('the best step is the earliest with the lowest loss', () => {
  expect(filled().best).toBeUndefined();
  const log = filled(
    evaluated(0, 5),
    stepped(1),
    evaluated(1, 2),
    stepped(2),
    evaluated(2, 2),
    stepped(3),
    evaluated(3, 4),
  );
  expect(log.best?.step).toBe(1);
});

test('after any resume, the columns have equal lengths and ascending steps', () => {
  const event = fc
    .tuple(fc.constantFrom(stepped, evaluated, saved, kept), fc.integer({ min: 1, max: 30 }))
    .map(([make, step]) => make(step));
  fc.assert(
    fc.property(fc.array(event), fc.integer({ min: 0, max: 30 }), (events, cut) => {
      const log = filled(...events);
      log.truncate(cut);
      const columns = Object.values(log.columns);
      for (const column of columns) expect(column).toHaveLength(log.step.length);
      for (const steps of [log.step, ...[log.evaluations, log.saves].map((rows) => rows.map(({ step }) => step))]) {
        expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
        expect(Math.max(0, ...steps)).toBeLessThanOrEqual(cut);
      }
    }),
  );
});
