import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unwatched } from '../base/job';
import { type Beam, beamSearch } from './beams';
import { propertyRuns } from '../../testing/propertyRuns';

const V = 3;
const END = 2;
const at = (ids: readonly number[]): number => ids.reduce((key, id) => key * V + id + 1, 0);
/** Models of 3 tokens with arbitrary scores after any prefix. */
const models = fc.array(fc.integer({ min: -400, max: 400 }), { minLength: 3 * 400, maxLength: 3 * 400 });
const scoresOf = (table: readonly number[]) => (answers: readonly (readonly number[])[]) =>
  Promise.resolve(Float32Array.from(answers.flatMap((ids) => [0, 1, 2].map((id) => table[3 * at(ids) + id]! / 100))));
const noPause = () => Promise.resolve();

/** All answers of at most `max` tokens, with their scores. */
async function all(
  table: readonly number[],
  max: number,
  penalty: number,
  ids: number[] = [],
  sum = 0,
): Promise<Beam[]> {
  const own = await scoresOf(table)([ids]);
  const total = Math.log([...own].reduce((n, z) => n + Math.exp(z), 0));
  const length = ids.length + 1;
  const found: Beam[] = [];
  for (let id = 0; id < V; id++) {
    const score = sum + own[id]! - total;
    if (id === END) found.push({ ids, score: score / length ** penalty });
    else if (length === max) found.push({ ids: [...ids, id], score: score / length ** penalty });
    else found.push(...(await all(table, max, penalty, [...ids, id], score)));
  }
  return found;
}
const best = (beams: readonly Beam[]): number => Math.max(...beams.map(({ score }) => score));

test('as many beams as possible answers find the best one', () =>
  fc.assert(
    fc.asyncProperty(models, fc.integer({ min: 1, max: 5 }), async (table, length) => {
      // Without a penalty a finished beam cannot be overtaken by a longer one, so stopping early loses nothing.
      const settings = { beams: 2 * V ** length, lengthPenalty: 0, length };
      const found = await beamSearch(scoresOf(table), END, settings, unwatched, noPause);
      expect(found[0]!.score).toBeCloseTo(best(await all(table, length, 0)), 5);
      for (const { ids } of found) expect(ids).not.toContain(END);
    }),
    { numRuns: propertyRuns(50) },
  ));

test('one beam is greedy', () =>
  fc.assert(
    fc.asyncProperty(models, async (table) => {
      const greedy: number[] = [];
      for (let i = 0; i < 5; i++) {
        const [scores] = [await scoresOf(table)([greedy])];
        const id = scores.indexOf(Math.max(...scores));
        if (id === END) break;
        greedy.push(id);
      }
      // Equal scores go to the lower id in both; a finished beam stops the search unless a running one is better.
      const found = await beamSearch(
        scoresOf(table),
        END,
        { beams: 1, lengthPenalty: 0, length: 5 },
        unwatched,
        noPause,
      );
      expect(found).toHaveLength(1);
      if (greedy.length === 5) expect(found[0]!.ids).toEqual(greedy);
    }),
    { numRuns: propertyRuns(50) },
  ));

test('a length penalty lets longer answers win', async () => {
  // The model ends at once with 0.5; otherwise it continues with tokens of probability 0.9.
  const scores = (answers: readonly (readonly number[])[]) =>
    Promise.resolve(
      Float32Array.from(
        answers.flatMap(({ length }) => (length === 0 ? [0.49, 0.01, 0.5] : [0.9, 0.05, 0.05]).map(Math.log)),
      ),
    );
  const run = async (lengthPenalty: number) =>
    (await beamSearch(scores, END, { beams: 2, lengthPenalty, length: 6 }, unwatched, noPause))[0]!;
  expect(await run(0)).toMatchObject({ ids: [] });
  expect((await run(1)).ids).toEqual([0, 0, 0, 0, 0, 0]);
});

test('a stop returns the best answers so far', async () => {
  const abort = new AbortController();
  let calls = 0;
  const scores = (answers: readonly unknown[]) => {
    if (++calls === 3) abort.abort();
    return Promise.resolve(Float32Array.from(answers.flatMap(() => [1, 0, -50])));
  };
  const [found] = await beamSearch(scores, END, { beams: 2, lengthPenalty: 1, length: 50 }, abort, noPause);
  expect(found!.ids).toEqual([0, 0, 0]);
  await expect(
    beamSearch(scores, END, { beams: 0, lengthPenalty: 1, length: 5 }, unwatched, noPause),
  ).rejects.toMatchObject({
    code: 'bad-settings',
  });
});

test('refuses scores that are not numbers', () =>
  expect(
    beamSearch(
      () => Promise.resolve(Float32Array.of(0, NaN, 1)),
      END,
      { beams: 2, lengthPenalty: 1, length: 3 },
      unwatched,
      noPause,
    ),
  ).rejects.toMatchObject({ code: 'diverged' }));
