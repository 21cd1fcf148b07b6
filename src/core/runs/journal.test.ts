import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Json, memoryStore } from '../base/blobStore';
import type { LabelCounts } from '../metrics/labels/counts';
import type { StepEvent, TrainEvent } from '../train/run';
import { stepValues } from '../train/stepValues';
import { journalKey, openJournal, readJournal, unreadableInJournal } from './journal';

test('reads back an early stop, waiting times and other events, and drops them with an undone step', async () => {
  const store = memoryStore();
  const labels: LabelCounts = { texts: 3, right: 2, cells: [[0, 0, 2], [1, 0, 1]] }; // prettier-ignore
  const metrics = { bitsPerByte: { value: 1.5 } };
  const events: TrainEvent[] = [
    { kind: 'evaluated', step: 2, loss: 3, metrics, activeMs: 9, sample: 'the' },
    { kind: 'evaluated', step: 4, loss: 3.1, metrics, activeMs: 19, sample: 'a', labels },
    { kind: 'early', step: 4, loss: 3, evaluations: 1 },
    { kind: 'saved', step: 4, bytes: 12 },
  ];
  await (await openJournal(store, 'r', 0)).append(events);
  expect(await readJournal(store, 'r')).toEqual(events);
  await openJournal(store, 'r', 3);
  expect(await readJournal(store, 'r')).toEqual(events.slice(0, 1));
});

const KEY = journalKey('r', 0);
const stored = async (batch: Json) => {
  const store = memoryStore();
  await store.commit({ put: [[KEY, batch]] });
  return store;
};
const step = (n: number, more: object = {}): StepEvent => ({
  ...{ kind: 'step', step: n, loss: 3 / n, learningRate: 1e-3, gradientNorm: 1.5, tokensPerSecond: 1e4 },
  ...{ activeMs: 9 * n, memoryBytes: 7 },
  ...more,
});

test('a batch of values that older builds know has the same bytes as theirs', async () => {
  const store = memoryStore();
  const costs = { plannedBytes: 8, encodeMs: 0.5 };
  await (await openJournal(store, 'r', 0)).append([step(1), step(2, costs), { kind: 'saved', step: 2, bytes: 12 }]);
  expect(JSON.stringify(await store.get(KEY))).toBe(
    '{"version":1,"steps":[[1,3,0.001,1.5,10000,9,7],[2,1.5,0.001,1.5,10000,18,7,8,0.5,null]],' +
      '"others":[{"kind":"saved","step":2,"bytes":12}]}',
  );
});

test('values of a newer build stay with their steps, also after this build rewrites the batch', async () => {
  const rows = [1, 2, 3].map((n) => [n, 3 / n, 1e-3, 1.5, 1e4, 9 * n, 7]);
  const store = await stored({ version: 1, steps: rows, others: [], named: { sharpness: [0.5, null, 2] } });
  const events = [step(1, { sharpness: 0.5 }), step(2), step(3, { sharpness: 2 })];
  expect(await readJournal(store, 'r')).toEqual(events);
  await (await openJournal(store, 'r', 2)).append([step(3)]);
  expect(await store.get(KEY)).toMatchObject({ named: { sharpness: [0.5, null, null] } });
  expect(await readJournal(store, 'r')).toEqual([...events.slice(0, 2), step(3)]);
});

test.each([
  ['shorter than the rows', { sharpness: [1] }],
  ['not numbers', { sharpness: ['1', {}] }],
  ['not a list', { sharpness: 3 }],
  ['under the name of a column', { loss: [8, 8], kind: [8, 8], step: [8, 8], gpuMs: [8, 8] }],
  ['under a name that is none', { ['__proto__']: [1, 2], 'a b': [1, 2] }],
  ['not by name', [[1, 2]]],
  ['missing', null],
])('skips named values that are %s', async (_, named) => {
  const rows = [1, 2].map((n) => [n, 3 / n, 1e-3, 1.5, 1e4, 9 * n, 7]);
  const store = await stored({ version: 1, steps: rows, others: [], named: named as Json });
  expect(await readJournal(store, 'r')).toEqual([step(1), step(2)]);
  expect(await unreadableInJournal(store, 'r')).toEqual([]);
});

test('reads back appended events with values of any name: a non-finite required value as NaN, another as absent', async () => {
  const names = stepValues();
  const isOptional = (name: string): boolean => !names.some(([each, value]) => each === name && !value.isOptional);
  const required = names.filter(([name]) => !isOptional(name)).map(([name]) => [name, fc.double()] as const);
  const optional = names.filter(([name]) => isOptional(name)).map(([name]) => [name, fc.double()] as const);
  const known = new Set<string>(['kind', 'step', ...names.map(([name]) => name)]);
  const unknown = fc.dictionary(
    fc.stringMatching(/^[a-zA-Z]\w{0,9}$/).filter((name) => !known.has(name)),
    fc.double(),
    { maxKeys: 3 },
  );
  const values = fc.tuple(
    fc.record(Object.fromEntries(required)),
    fc.record(Object.fromEntries(optional), { requiredKeys: [] }),
    unknown,
  );
  await fc.assert(
    fc.asyncProperty(fc.array(values, { maxLength: 6 }), async (all) => {
      const given = all.map(([must, may, other], i) => ({ kind: 'step', step: i + 1, ...must, ...may, ...other }));
      const store = memoryStore();
      await (await openJournal(store, 'r', 0)).append(given as unknown as StepEvent[]);
      const want = given.map((event) =>
        Object.fromEntries(
          Object.entries(event).flatMap(([name, value]) => {
            if (typeof value === 'string' || Number.isFinite(value)) return [[name, value]];
            return isOptional(name) ? [] : [[name, NaN]];
          }),
        ),
      );
      expect(await readJournal(store, 'r')).toEqual(want);
    }),
  );
});

test('reads or reports any value in place of a batch, and the run continues after it', async () => {
  const row = fc.array(fc.oneof(fc.double(), fc.constant(null), fc.string(), fc.jsonValue()), { maxLength: 12 });
  const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null));
  const whole = fc.tuple(fc.nat(50), fc.array(number, { minLength: 6, maxLength: 6 })).map(([n, rest]) => [n, ...rest]);
  const anything = fc.jsonValue() as fc.Arbitrary<Json>;
  const batch = fc.record(
    {
      version: fc.constantFrom<Json>(1, 1, 1, 2, 'x'),
      steps: fc.oneof(
        fc.array(whole, { maxLength: 4 }),
        fc.array(row as fc.Arbitrary<Json>, { maxLength: 4 }),
        anything,
      ),
      others: fc.oneof(fc.constant([]), fc.array(anything, { maxLength: 3 }), anything),
      named: fc.oneof(fc.dictionary(fc.string(), anything), anything),
    },
    { requiredKeys: [] },
  ) as unknown as fc.Arbitrary<Json>;
  await fc.assert(
    fc.asyncProperty(fc.oneof(batch, anything), async (given) => {
      const store = await stored(JSON.parse(JSON.stringify(given)) as Json);
      const before = await readJournal(store, 'r');
      const gaps = await unreadableInJournal(store, 'r');
      expect(gaps.length).toBeLessThanOrEqual(1);
      if (gaps.length > 0) expect(before).toEqual([]);
      const last = Math.max(0, ...before.flatMap((event) => ('step' in event ? [event.step] : [])));
      if (!Number.isSafeInteger(last)) return;
      await (await openJournal(store, 'r', last)).append([step(last + 1)]);
      expect((await readJournal(store, 'r')).at(-1)).toEqual(step(last + 1));
      expect(await unreadableInJournal(store, 'r')).toEqual(gaps);
    }),
  );
});
