import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkOp, floats, integers, results } from '../../testing/checkOp';
import type { InF64 } from '../../testing/finiteDifferences';
import { LOGIT_BYTES } from './logitBytes';
import { SOFTMAX_CROSS_ENTROPY, softmaxCrossEntropy } from './softmaxCrossEntropy';
import { stream } from '../base/rng';
import { openGpu } from '../gpu/backend';
import { capBindings } from '../../testing/dawn';
import { onGpu, onHosts } from '../../testing/devices';

onHosts(() => {
  const hidden = floats([7, 3], 2);
  const classifier = floats([5, 3], 1.5, 1);
  const targets = integers([7], [0, 4, 2, 2, 1, 3, 0]);
  /** Weight of a larger batch that contains these targets. */
  const weight = integers([1], [11]);
  const some = integers([7], [0, -1, 2, -1, -1, 3, 0]);
  const inOneBlock = { logitBytes: LOGIT_BYTES };
  const one = () => tf.tensor1d([1], 'int32');
  /** Two rows of five logits at a time: 7 rows make 4 blocks, the last one short. */
  const inBlocks = { logitBytes: 2 * 5 * 4 };
  /** Negative log-probabilities of the counted targets, summed and divided by the weight. */
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
  checkOp('softmaxCrossEntropy', SOFTMAX_CROSS_ENTROPY, { hidden, classifier, targets, weight }, inOneBlock, {
    inF64: byDefinition,
  });
  checkOp('softmaxCrossEntropy in blocks', SOFTMAX_CROSS_ENTROPY, { hidden, classifier, targets, weight }, inBlocks, {
    inF64: byDefinition,
  });
  checkOp(
    'softmaxCrossEntropy of some targets',
    SOFTMAX_CROSS_ENTROPY,
    { hidden, classifier, targets: some, weight },
    inBlocks,
    { inF64: byDefinition },
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
      { inF64: byDefinition },
    );
  }

  test('blocks give the loss of one block', async () => {
    await tf.setBackend('cpu');
    const sample = { hidden, classifier, targets: some, weight };
    const [whole, split] = [inOneBlock, inBlocks].map((settings) => results(SOFTMAX_CROSS_ENTROPY, sample, settings));
    expect(split!.y[0]).toBeCloseTo(whole!.y[0]!, 6);
  });
  test('a nearly impossible target costs its logit, not infinity', async () => {
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
  test('without counted targets the loss is 0', async () => {
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
});

onGpu(() => {
  for (const [N, C, V, logitBytes] of [
    [1, 3, 2, 1e9],
    [65, 16, 127, 1e9],
    [200, 8, 65, 64 * 65 * 4], // four blocks
    [130, 4, 700, 1], // at least 64 rows
    [3, 127, 33, 1e9],
    [127, 5, 64, 1e9],
    [32_800, 2, 3, 1e9], // one row per group: more workgroups than one grid dimension allows (`row` in gpu/dispatch.ts)
  ] as const) {
    const at = stream(V, 'targets', 0);
    const targets = integers(
      [N],
      Array.from({ length: N }, (_, n) => (n % 5 === 4 ? -1 : at(n) % V)),
    );
    const sample = {
      hidden: floats([N, C]),
      classifier: floats([V, C], 1, 1),
      targets,
      weight: integers([1], [N + 3]),
    };
    checkOp(`cross-entropy of ${N} rows, ${V} tokens, ${logitBytes} bytes`, SOFTMAX_CROSS_ENTROPY, sample, {
      logitBytes,
    });
    const biased = { ...sample, bias: floats([V], 1, 2) };
    if (N < 1000) {
      checkOp(`with a bias, ${N} rows, ${V} tokens, ${logitBytes} bytes`, SOFTMAX_CROSS_ENTROPY, biased, {
        logitBytes,
      });
    }
  }
  describe('when a binding holds a part of the classifier', () => {
    const bytes = 64 * 2 ** 10;
    let cap: { undo(): void } | undefined;
    beforeAll(async () => (cap = capBindings((await openGpu()).device, bytes)));
    afterAll(() => cap?.undo());
    const [N, C, V] = [70, 100, 250]; // 100 kB: two parts, for two blocks of rows
    const sample = {
      hidden: floats([N, C]),
      classifier: floats([V, C], 1, 1),
      bias: floats([V], 1, 2),
      targets: integers(
        [N],
        Array.from({ length: N }, (_, n) => (n % 5 === 4 ? -1 : (n * 97) % V)),
      ),
      weight: integers([1], [N]),
    };
    checkOp('cross-entropy of a classifier in two parts', SOFTMAX_CROSS_ENTROPY, sample, { logitBytes: 1e9 });
  });
});
