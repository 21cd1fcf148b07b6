import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_RECIPE } from '../train/recipe';
import type { RunRecord } from './record';
import { continued, isMeasuredAlike, segmentAt, segmentsOf } from './segments';
import type { DataFacts } from './settings';

const facts = (textHash: string): DataFacts => ({
  texts: [],
  textHash,
  validationShare: 0.1,
  unigramLoss: 5,
  trainTokens: 90,
  trainBytes: 90,
  validationTokens: 10,
  validationBytes: 10,
});
const record: RunRecord = {
  version: 1,
  id: 'a',
  name: 'Whale',
  createdAt: 1,
  status: 'stopped',
  step: 100,
  model: { id: 'gpt', config: { layers: 1, heads: 1, width: 8, context: 8 }, vocabulary: 257 },
  recipe: DEFAULT_RECIPE,
  tokenizer: { kind: 'bytes', merges: [] },
  device: null,
  manifest: null,
  data: facts('english'),
};
const on = (from: RunRecord, step: number, text: string) =>
  continued(from, step, { manifest: null, data: facts(text) });
const told = ({ earlier = [], data }: RunRecord) => [
  ...earlier.map(({ until, data: before }) => `${before?.textHash ?? 'unknown'} until ${until}`),
  data?.textHash,
];

test('a run that goes on with its own text has had one, and one that goes on with another keeps word of both', () => {
  expect(on(record, 100, 'english')).toEqual(record);
  const changed = on(record, 100, 'japanese');
  expect(told(changed)).toEqual(['english until 100', 'japanese']);
  const alike = [0, 100, 101, 150].map((step) => isMeasuredAlike(changed, 101)({ step }));
  expect(alike).toEqual([false, false, true, true]);
  expect(isMeasuredAlike(record, 101)({ step: 0 })).toBe(true);
  expect(told(on(changed, 200, 'german'))).toEqual(['english until 100', 'japanese until 200', 'german']);
});

test('the same text cut otherwise is held out otherwise, so it is other data', () => {
  const recut = { ...facts('english'), eachText: true as const };
  expect(continued(record, 100, { manifest: null, data: recut }).earlier).toHaveLength(1);
});

test('data that no step was saved on is not spoken of', () => {
  const tried = on(record, 100, 'japanese');
  expect(told(on(tried, 100, 'german'))).toEqual(['english until 100', 'german']);
  expect(on(tried, 100, 'english')).toEqual(record);
  // What was saved after the change could not be read, so the run goes on from before it.
  expect(told(on(tried, 60, 'japanese'))).toEqual(['english until 60', 'japanese']);
  const unknown = { ...record, data: null };
  expect(told(on(unknown, 0, 'english'))).toEqual(['english']);
  expect(told(on(unknown, 5, 'english'))).toEqual(['unknown until 5', 'english']);
});

test('every step belongs to one segment, the one it was trained in', () => {
  const step = fc.integer({ min: 1, max: 50 });
  fc.assert(
    fc.property(fc.array(fc.tuple(step, fc.constantFrom('a', 'b', 'c')), { maxLength: 8 }), (moves) => {
      let run: RunRecord = { ...record, data: facts('a') };
      const trainedOn = ['a'];
      let at = 0;
      for (const [steps, text] of moves) {
        run = on(run, at, text);
        for (let i = 0; i < steps; i++) trainedOn[++at] = text;
      }
      const segments = segmentsOf(run);
      for (let n = 1; n <= at; n++) expect(segments[segmentAt(segments, n)]!.data!.textHash).toBe(trainedOn[n]);
      expect(segmentAt(segments, 0)).toBe(0);
    }),
  );
});
