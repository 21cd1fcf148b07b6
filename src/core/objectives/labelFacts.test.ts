import { expect, test } from 'vitest';
import { textSource } from '../testing/tokenSource';
import { createTokenizer } from '../tokenizer/byteLevel';
import { measureLabels, priorLoss } from './labelFacts';
import { labels } from './labels';

test('labels are counted in each part, of texts that have tokens, and guessing by them is what it is by definition', async () => {
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const learnt = textSource(tokenizer, ['a', 'b', 'c', 'd', ''], ['x', 'x', 'y', null, 'y']);
  const held = textSource(tokenizer, ['a', 'b', 'c'], ['y', 'z', 'x|y']);
  const found = await measureLabels(learnt, held, true);
  expect(found).toEqual({ labels: { train: { x: 2, y: 1 }, validation: { x: 1, y: 2, z: 1 } } });
  expect(await measureLabels(textSource(tokenizer, ['a']), held, true)).toEqual({});
  const { labels: one } = await measureLabels(learnt, held, false);
  expect(one!.validation).toEqual({ 'x|y': 1, y: 1, z: 1 });
  const none = textSource(tokenizer, ['a', 'b', 'c'], ['|', 'x', '|']);
  expect((await measureLabels(none, held, true)).labels!.train).toEqual({ x: 1, '|': 2 });
  const { train, validation } = found.labels!;
  const nats = (Math.log(3 / 2) + 2 * Math.log(3) + Math.log(3)) / 4;
  expect(priorLoss(train, validation)).toBeCloseTo(nats, 12);
  const classes = { labels: ['x', 'y', 'z'], pooling: 'first' } as const;
  const data = { unigramLoss: 1, ...found };
  const told = labels.baselines({ vocabulary: 300, classes, data });
  expect(told.map(({ loss }) => loss)).toEqual([Math.log(3), priorLoss(train, validation)]);
  const several = labels.baselines({ vocabulary: 300, classes: { ...classes, several: true }, data });
  expect(several.map(({ loss }) => loss)).toEqual([Math.LN2]);
});
