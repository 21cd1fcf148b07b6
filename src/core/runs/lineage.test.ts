import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ancestors, type How, type Kin, lanesOf, newestFirst } from './lineage';

const run = (id: string, createdAt: number, step: number, parent?: [runId: string, step: number, how?: How]): Kin => ({
  id,
  createdAt,
  step,
  ...(parent && { parent: { runId: parent[0], step: parent[1], how: parent[2] ?? 'fork' } }),
});
const described = (runs: readonly Kin[]): readonly string[] =>
  lanesOf(runs).map(({ run: { id }, depth, from, until, how }) => `${'> '.repeat(depth)}${id} ${how} ${from} ${until}`);

test('each run is below its parent, at the step where it left it', () => {
  const runs = [
    run('alone', 9, 7379),
    run('chat', 5, 180, ['harbour', 7379, 'fine-tune']),
    run('voice', 6, 400, ['cooler', 9000, 'fine-tune']),
    run('cooler', 4, 9000, ['harbour', 5000]),
    run('harbour', 1, 7379),
    run('pocket', 7, 7379, ['harbour', 7379, 'distil']),
    run('colder', 8, 9500, ['voice', 200]),
    { ...run('smol', 8, 60), origin: { name: 'smol.zip' } },
  ];
  expect(described(runs)).toEqual([
    'harbour nothing 0 7379',
    '> cooler fork 5000 9000',
    '> > voice fine-tune 9000 9400',
    '> > > colder fork 9200 18500',
    '> chat fine-tune 7379 7559',
    '> pocket distil 0 7379',
    'smol import 0 60',
    'alone nothing 0 7379',
  ]);
  expect(ancestors(runs, 'voice').map(({ id }) => id)).toEqual(['harbour', 'cooler', 'voice']);
});

test('a fork of a missing run has its own lane from the forked step on', () => {
  expect(described([run('child', 2, 80, ['gone', 50])])).toEqual(['child fork 50 80']);
  expect(ancestors([run('child', 2, 80, ['gone', 50])], 'child')).toHaveLength(1);
});

test('each run has one lane below its parent, however records name each other', () => {
  const kin = fc
    .tuple(fc.nat(9), fc.nat(50), fc.nat(50), fc.constantFrom<How>('fork', 'fine-tune', 'distil', 'import'))
    .map(([parent, at, step, how]) => ({ parent, at, step, how }));
  fc.assert(
    fc.property(fc.array(kin, { minLength: 1, maxLength: 10 }), (all) => {
      const runs = all.map(({ parent, at, step, how }, i) =>
        run(String(i), i, step, parent === 9 ? undefined : [String(parent), at, how]),
      );
      const lanes = lanesOf(runs);
      expect(lanes.map((lane) => lane.run.id).toSorted()).toEqual(runs.map(({ id }) => id).toSorted());
      for (const [i, { parent, run: own, from, until }] of lanes.entries()) {
        if (parent !== null) {
          expect(parent).toBeLessThan(i);
          expect(lanes[parent]!.run.id).toBe(own.parent?.runId);
        }
        expect(until).toBeGreaterThanOrEqual(from);
      }
      for (const { id } of runs) expect(ancestors(runs, id).at(-1)!.id).toBe(id);
    }),
  );
});

test('runs of the same time have a fixed order, independent of the reading order', () => {
  const runs = ['b', 'a', 'c'].map((id) => ({
    id,
    createdAt: 1,
    step: 0,
    parent: { runId: 'x', step: 1, how: 'import' as const },
  }));
  for (const read of [runs, runs.toReversed(), [runs[2]!, runs[0]!, runs[1]!]])
    expect(newestFirst(read).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
});
