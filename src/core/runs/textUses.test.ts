import { expect, test } from 'vitest';
import type { TextRecord } from '../documents/record';
import { dataFacts, runRecord } from '../../testing/runRecord';
import { usesOf, usesWords } from './textUses';
import type { Segments } from './segments';

const [SEA, REST, LAND] = ['a', 'b', 'c'].map((letter) => letter.repeat(64)) as [string, string, string];
const leftOut = { places: [1], characters: 5, bytes: 5, sha256: REST };
const text = { sha256: SEA, documents: 3, characters: 9, bytes: 9, leftOut } as unknown as TextRecord;
const factsOf = (...texts: [sha256: string, characters: number][]) =>
  dataFacts({ texts: texts.map(([sha256, characters]) => ({ name: sha256[0]!, sha256, characters })) });
const { recipe } = runRecord().segments[0];
const segments = (...of: [after: number, id: string | null, ...Parameters<typeof factsOf>][]): Segments =>
  of.map(([after, id, ...texts]) => ({ after, recipe, data: { id, facts: factsOf(...texts) } })) as unknown as Segments;

test('lists the runs trained on a text, with steps, share, and whether its tokens still exist', () => {
  const runs = [
    runRecord({ id: 'new', name: 'New', step: 40, segments: segments([0, 'd', [SEA, 300], [LAND, 700]]) }),
    runRecord({ id: 'left', name: 'Part', step: 8, segments: segments([0, 'd', [REST, 5]]) }),
    runRecord({
      id: 'went on',
      name: 'Went on',
      step: 90,
      segments: segments([0, null, [LAND, 1]], [10, null, [SEA, 1]], [30, 'e', [LAND, 1]]),
    }),
    runRecord({ id: 'not begun', step: 0, segments: segments([0, 'd', [SEA, 1]]) }),
    runRecord({ id: 'other', step: 9, segments: segments([0, 'd', [LAND, 1]]) }),
    runRecord({ id: 'stranger', step: 9 }),
    runRecord({ id: 'deleted', step: 9, removedAt: 1, segments: segments([0, 'd', [SEA, 1]]) }),
  ];
  expect(usesOf(runs, text)).toEqual([
    { runId: 'new', name: 'New', from: 1, to: 40, share: 0.3, hasTokens: true },
    { runId: 'left', name: 'Part', from: 1, to: 8, share: 1, hasTokens: true },
    { runId: 'went on', name: 'Went on', from: 11, to: 30, share: 1, hasTokens: false },
  ]);
  expect(usesWords(usesOf(runs, text))).toBe(
    'These runs trained on it: New (steps 1 to 40, 30 % of its text), Part (steps 1 to 8, 100 % of its text), ' +
      'Went on (steps 11 to 30, 100 % of its text). Their weights keep what they learned, and their data keeps its tokens, ' +
      'until you delete them.',
  );
  expect(usesWords(usesOf(runs.slice(2), text))).toBe(
    'This run trained on it: Went on (steps 11 to 30, 100 % of its text). Its weights keep what it learned, until you delete it.',
  );
  expect(usesWords(usesOf(runs.slice(3), text))).toBeUndefined();
  const old = { id: 'f', facts: factsOf([SEA, 1], [LAND, 3]) };
  const tuned = runRecord({ id: 'tuned', name: 'Tuned', step: 4, segments: segments([0, 'g', [LAND, 1]]), old });
  expect(usesOf([tuned], text)).toEqual([
    { ...{ runId: 'tuned', name: 'Tuned', from: 0, to: 0 }, share: 0.25, hasTokens: true },
  ]);
  expect(usesWords(usesOf([tuned], text))).toMatch(/^This run trained on it: Tuned \(before it was tuned, 25 % of/);
});
