import { expect, test } from 'vitest';
import { dataState, hasOtherTexts, isSplitAsOne } from './preparation';
import { initialProject } from './project';

const texts = [{ id: 'a' }, { id: 'b' }] as never;
const data = (ids: readonly string[], manifest: object) =>
  ({ texts: ids, tokenizerHash: 'h', validationShare: 0.1, unigramLoss: 1, manifest }) as never;
const studio = (ids: readonly string[], manifest: object, held: never = texts) => ({
  texts: held,
  project: {
    ...initialProject(),
    tokenizer: { hash: 'h', asked: 1024, texts: ids, model: { kind: 'bpe', merges: [] } } as never,
    data: data(ids, manifest),
  },
});

test('several texts of which an older build held out the last end alone are to be built again; a single one is not', () => {
  expect(dataState(studio(['a', 'b'], { eachText: true }))).toBe('done');
  expect(dataState(studio(['a', 'b'], {}))).toBe('stale');
  expect(dataState(studio(['a'], {}, [{ id: 'a' }] as never))).toBe('done');
  expect([isSplitAsOne(data(['a', 'b'], {})), isSplitAsOne(data(['a'], {}))]).toEqual([true, false]);
});

test('a run learns from other texts once one was added, removed or changed, whatever their order', () => {
  const of = (...hashes: string[]) => hashes.map((sha256) => ({ sha256 })) as never;
  const run = (...hashes: string[]) => ({ data: { texts: of(...hashes) } as never });
  expect(hasOtherTexts(run('a', 'b'), { texts: of('b', 'a') })).toBe(false);
  expect(hasOtherTexts(run('a'), { texts: of('a', 'b') })).toBe(true);
  expect(hasOtherTexts(run('a', 'b'), { texts: of('a') })).toBe(true);
  expect(hasOtherTexts(run('a'), { texts: of('c') })).toBe(true);
  expect(hasOtherTexts(run(), { texts: of('a') })).toBe(false);
  expect(hasOtherTexts({ data: null }, { texts: of('a') })).toBe(false);
});
