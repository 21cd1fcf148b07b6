import { expect, test } from 'vitest';
import { textSource } from '../../testing/tokenSource';
import { createTokenizer } from '../tokenizer/byteLevel';
import { baselineFacts, countOf } from './facts';
import { measureLabels, priorLoss } from './labelFacts';
import { labels } from './labels';

const noPause = (): Promise<void> => Promise.resolve();

test('counts labels of nonempty texts in each part, and the label-frequency loss matches its definition', async () => {
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const training = textSource(tokenizer, ['a', 'b', 'c', 'd', ''], ['x', 'x', 'y', null, 'y']);
  const held = textSource(tokenizer, ['a', 'b', 'c'], ['y', 'z', 'x|y']);
  const found = await measureLabels(training, held, tokenizer, true, noPause);
  expect(found.labels).toMatchObject({ train: { x: 2, y: 1 }, validation: { x: 1, y: 2, z: 1 } });
  expect(await measureLabels(textSource(tokenizer, ['a']), held, tokenizer, true, noPause)).toEqual({});
  const { labels: one } = await measureLabels(training, held, tokenizer, false, noPause);
  expect(one!.validation).toEqual({ 'x|y': 1, y: 1, z: 1 });
  const none = textSource(tokenizer, ['a', 'b', 'c'], ['|', 'x', '|']);
  expect((await measureLabels(none, held, tokenizer, true, noPause)).labels!.train).toEqual({ x: 1, '|': 2 });
  const { train, validation } = found.labels!;
  const nats = (Math.log(3 / 2) + 2 * Math.log(3) + Math.log(3)) / 4;
  expect(priorLoss(train, validation)).toBeCloseTo(nats, 12);
  const classes = { labels: ['x', 'y', 'z'], pooling: 'first' } as const;
  const data = { unigramLoss: 1, ...found };
  const baselines = labels.baselines({ vocabulary: 300, classes, data });
  expect(baselines.map(({ loss }) => loss)).toEqual([Math.log(3), priorLoss(train, validation)]);
  const several = labels.baselines({ vocabulary: 300, classes: { ...classes, several: true }, data });
  expect(several.map(({ loss }) => loss)).toEqual([Math.LN2]);
});

test('labels may have names of object properties', async () => {
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const training = textSource(tokenizer, ['a', 'b', 'c', 'd'], ['__proto__', '__proto__', 'x', 'x']);
  const held = textSource(tokenizer, ['a', 'b', 'c'], ['__proto__', 'constructor', 'x']);
  const measured = { unigramLoss: 1, ...(await measureLabels(training, held, tokenizer, false, noPause)) };
  const { labels: found } = baselineFacts(JSON.parse(JSON.stringify(measured)) as typeof measured);
  expect(Object.entries(found!.train)).toEqual([
    ['__proto__', 2],
    ['x', 2],
  ]);
  expect(['__proto__', 'constructor', 'x'].map((label) => countOf(found!.train, label))).toEqual([2, 0, 2]);
  expect(priorLoss(found!.train, found!.validation)).toBeCloseTo((2 * Math.log(2) + Math.log(4)) / 3, 12);
  for (const counts of [null, [], { x: 0 }, { x: 1.5 }, { x: '1' }])
    expect(() => baselineFacts({ ...measured, labels: { train: {}, validation: counts } } as never)).toThrow();
});

test('measures the majority class and naive Bayes on the validation set, as baselines of accuracy', async () => {
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const training = textSource(
    tokenizer,
    ['whale ship', 'whale sail', 'ship mast', 'horse cart', 'horse road', 'no label', ''],
    ['sea', 'sea', 'sea', 'land', 'land', null, 'land'],
  );
  const held = textSource(
    tokenizer,
    ['whale mast', 'horse', 'road cart', 'ship', '', 'x'],
    ['sea', 'land', 'land', 'land', 'sea', null],
  );
  const measured = await measureLabels(training, held, tokenizer, false, noPause);
  // Four texts have a label and a token. Naive Bayes mistakes the last, a ship on land, for the sea.
  expect(measured.labels!.accuracy).toEqual({ majority: 25, naiveBayes: 75 });
  expect(labels.measuredBaselines!({ unigramLoss: 1, ...measured })).toEqual([
    { id: 'majority', words: 'majority class', values: { accuracy: 25 } },
    { id: 'naiveBayes', words: 'naive Bayes', values: { accuracy: 75 } },
  ]);
  const { accuracy: _, ...old } = measured.labels!;
  expect(labels.measuredBaselines!(baselineFacts({ unigramLoss: 1, labels: old }))).toEqual([]);
});

test('with several labels, a text is correct only if all labels are', async () => {
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const training = textSource(tokenizer, ['aa', 'bb', 'aa bb', 'aa cc', 'cc'], ['x', 'y', 'y|x', 'x', '|']);
  const held = textSource(tokenizer, ['aa', 'bb aa', 'bb'], ['x', 'x|y', 'x']);
  const { labels: found } = await measureLabels(training, held, tokenizer, true, noPause);
  // More than half of the texts have x, and no other label.
  expect(found!.accuracy!.majority).toBeCloseTo(200 / 3, 10);
  expect(found!.accuracy!.naiveBayes).toBeCloseTo(200 / 3, 10);
});
