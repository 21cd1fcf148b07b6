import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { checkOp, floats, integers, results } from '../testing/checkOp';
import type { InF64 } from '../testing/finiteDifferences';
import { LOGIT_BYTES } from './logitBytes';
import { softmaxCrossEntropy, SOFTMAX_CROSS_ENTROPY } from './softmaxCrossEntropy';

const hidden = floats([7, 3], 2);
const classifier = floats([5, 3], 1.5, 1);
const targets = integers([7], [0, 4, 2, 2, 1, 3, 0]);
/** Of more than the targets here: of a whole of which they are a part. */
const weight = integers([1], [11]);
const some = integers([7], [0, -1, 2, -1, -1, 3, 0]);
const inOneBlock = { logitBytes: LOGIT_BYTES };
const one = () => tf.tensor1d([1], 'int32');
/** Two rows of five logits at a time: 7 rows are 4 blocks, the last one short. */
const inBlocks = { logitBytes: 2 * 5 * 4 };
/** Minus the logs of the probabilities of the targets that count, divided by the weight. */
const byDefinition: InF64 = (x) => {
  const of = (n: number) => x['hidden']!.subarray(3 * n).subarray(0, 3);
  const losses = [...x['targets']!].flatMap((target, n) => {
    const logits = Array.from({ length: 5 }, (_, v) =>
      of(n).reduce((sum, value, c) => sum + value * x['classifier']![3 * v + c]!, x['bias']?.[v] ?? 0),
    );
    return target < 0 ? [] : [Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0)) - logits[target]!];
  });
  return [losses.reduce((sum, loss) => sum + loss, 0) / x['weight']![0]!];
};
checkOp(
  'softmaxCrossEntropy',
  SOFTMAX_CROSS_ENTROPY,
  { hidden, classifier, targets, weight },
  inOneBlock,
  byDefinition,
);
checkOp(
  'softmaxCrossEntropy in blocks',
  SOFTMAX_CROSS_ENTROPY,
  { hidden, classifier, targets, weight },
  inBlocks,
  byDefinition,
);
checkOp(
  'softmaxCrossEntropy of some targets',
  SOFTMAX_CROSS_ENTROPY,
  { hidden, classifier, targets: some, weight },
  inBlocks,
  byDefinition,
);
for (const [how, settings] of [
  ['', inOneBlock],
  [' in blocks', inBlocks],
] as const) {
  checkOp(
    `softmaxCrossEntropy with a bias${how}`,
    SOFTMAX_CROSS_ENTROPY,
    { hidden, classifier, bias: floats([5], 1, 2), targets: some, weight },
    settings,
    byDefinition,
  );
}

test('blocks give the loss of one block', async () => {
  await tf.setBackend('cpu');
  const sample = { hidden, classifier, targets: some, weight };
  const [whole, split] = [inOneBlock, inBlocks].map((settings) => results(SOFTMAX_CROSS_ENTROPY, sample, settings));
  expect(split!.y[0]).toBeCloseTo(whole!.y[0]!, 6);
});
test('a target that is nearly impossible costs its logit, not infinity', async () => {
  await tf.setBackend('cpu');
  const loss = tf.tidy(
    () =>
      softmaxCrossEntropy(
        { hidden: tf.tensor2d([[200]]), classifier: tf.tensor2d([[1], [-1]]) },
        tf.tensor1d([1], 'int32'),
        one(),
      ).dataSync()[0],
  );
  expect(loss).toBeCloseTo(400, 3);
});
test('no counted target is a loss of 0', async () => {
  await tf.setBackend('cpu');
  const loss = tf.tidy(
    () =>
      softmaxCrossEntropy(
        { hidden: tf.ones([2, 3]), classifier: tf.ones([4, 3]) },
        tf.tensor1d([-1, -1], 'int32'),
        one(),
      ).dataSync()[0],
  );
  expect(loss).toBe(0);
});
