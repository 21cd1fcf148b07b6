import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { initialValues, type Network, network } from '../models/network';
import { logits } from '../sample/logits';
import { tokenScores } from './tokenScores';

const choice = { id: 'gpt', config: { layers: 1, heads: 1, width: 8, context: 5 }, vocabulary: 9 } as const;
const ids = Uint32Array.from({ length: 23 }, (_, i) => (i * i + 3) % 9);
const BEGIN = 8;
let net: Network;
beforeAll(async () => {
  await tf.setBackend('cpu');
  net = await network(choice, initialValues(choice, 1));
});

/** Scores of the token at `at`, read with `before` tokens of context. */
async function byHand(at: number, before: number) {
  const all = [BEGIN, ...ids];
  const scores = await logits(net, all.slice(at - before + 1, at + 1), [before]);
  const sum = scores.reduce((total, z) => total + Math.exp(z), 0);
  const own = scores[ids[at]!]!;
  return {
    loss: Math.log(sum) - own,
    rank: scores.filter((z) => z > own).length,
    confidence: Math.max(...scores.map((z) => Math.exp(z) / sum)),
  };
}

test.each([
  ['end to end', 5, (at: number) => (at % 5) + 1],
  // Each new token of a window is predicted from at least the overlap.
  ['moved on by 2', 2, (at: number) => (at < 5 ? at + 1 : Math.min(5, 4 + ((at - 5) % 2)))],
  ['moved on by 1', 1, (at: number) => Math.min(5, at + 1)],
] as const)('windows %s', async (_, stride, before) => {
  const LAST = ids.length - 1;
  const before0 = tf.memory().numTensors;
  for (const rows of [1, 3]) {
    const [scores, short] = await tokenScores(net, [ids, ids.subarray(0, 3)], BEGIN, { context: 5, stride, rows });
    for (let at = 0; at < ids.length; at++) {
      // The last window ends with the text.
      const shared = stride === 2 && at === LAST && (ids.length - 5) % 2 === 1 ? 5 : before(at);
      const want = await byHand(at, shared);
      if (at < 3) expect(short!.loss[at]).toBeCloseTo(want.loss, 5);
      expect(scores!.loss[at], `token ${at}`).toBeCloseTo(want.loss, 5);
      expect(scores!.rank[at]).toBe(want.rank);
      expect(scores!.confidence[at]).toBeCloseTo(want.confidence, 5);
    }
  }
  expect(tf.memory().numTensors).toBe(before0);
});

test('scores a text of one token, and of none', async () => {
  const [one, none] = await tokenScores(net, [ids.subarray(0, 1), []], BEGIN, { context: 5, stride: 5, rows: 2 });
  expect(one!.loss[0]).toBeCloseTo((await byHand(0, 1)).loss, 5);
  expect(none!.loss).toHaveLength(0);
});

test('a model with NaN weights is never right', async () => {
  const values = new Map(
    [...initialValues(choice, 1)].map(([name, { shape, data }]) => [name, { shape, data: data.map(() => NaN) }]),
  );
  const none = await network(choice, values);
  const [scores] = await tokenScores(none, [ids], BEGIN, { context: 5, stride: 5, rows: 1 });
  expect(Math.min(...scores!.rank)).toBe(choice.vocabulary);
  expect([...new Set(scores!.confidence)]).toEqual([0]);
});

test('overflowing outputs do not count as a uniform guess', async () => {
  const huge = new Map(
    [...initialValues(choice, 1)].map(([name, { shape, data }]) => [name, { shape, data: data.map((x) => 1e30 * x) }]),
  );
  const broken = await network(choice, huge);
  const measured = tokenScores(broken, [ids], BEGIN, { context: 5, stride: 5, rows: 1 });
  await expect(measured).rejects.toMatchObject({ code: 'diverged' });
});
