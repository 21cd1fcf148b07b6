import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { initialValues, network } from '../models/network';
import { logits } from '../sample/logits';
import { untrainedBert } from '../../testing/untrainedModels';
import { createTokenizer } from '../tokenizer/byteLevel';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { identitySwaps } from './identitySwaps';
import { minimalPairs } from './minimalPairs';
import { shareOf } from '../metrics/share';
import { preferences } from './sentencePairs';
import { tokenScores, targetNats } from './tokenScores';

test.each([
  ['minimal pairs', minimalPairs(), 10, 30],
  ['identity swaps', identitySwaps(), 5, 20],
] as const)('%s: has the stated kinds, no duplicates, and two sentences in each pair', (_, pairs, kinds, each) => {
  const counts = new Map<string, number>();
  for (const { kind, first, second } of pairs) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    expect(first).not.toBe(second);
  }
  expect([...counts.values()]).toEqual(new Array<number>(kinds).fill(each));
  expect(new Set(pairs.map(({ first, second }) => `${first}|${second}`)).size).toBe(pairs.length);
});

test('a sentence has the same likelihood in any batch, and preferences are counted by kind', async () => {
  await tf.setBackend('cpu');
  const choice = { id: 'gpt', config: { layers: 1, heads: 1, width: 8, context: 40 }, vocabulary: 257 } as const;
  const net = await network(choice, initialValues(choice, 3));
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const texts = ['a cat', 'the cat sat on it', 'x', 'the dog', 'another sentence of more letters'];
  const ids = texts.map((text) => tokenizer.encode(text));
  const before = tf.memory().numTensors;
  const nats = await targetNats(
    net,
    ids.map((own) => ({
      ids: [256, ...own.subarray(0, own.length - 1)],
      targets: Array.from(own, (token, position) => ({ position, token })),
    })),
  );
  expect(tf.memory().numTensors).toBe(before);
  for (const [i, own] of ids.entries()) {
    const [alone] = await tokenScores(net, [own], 256, { context: 40, stride: 40, rows: 1 });
    expect(nats[i]).toBeCloseTo(
      alone!.loss.reduce((a, b) => a + b, 0),
      3,
    );
  }
  const pairs = [
    { kind: 'one', first: texts[0]!, second: texts[1]! },
    { kind: 'one', first: texts[1]!, second: texts[0]! },
    { kind: 'two', first: texts[2]!, second: texts[4]! },
    { kind: 'two', first: texts[3]!, second: texts[3]! },
  ];
  const { all, kinds, missed } = await preferences(net, tokenizer, pairs, { objective: 'causal' });
  expect(missed).toEqual([pairs[1]]);
  expect([all.value, all.pairs]).toEqual([62.5, 4]);
  expect(kinds['one']).toMatchObject({ value: 50, pairs: 2 });
  expect(kinds['one']!.margin).toBeCloseTo(0);
  expect(kinds['two']!.value).toBe(75);
  await expect(
    preferences(net, tokenizer, [{ kind: 'x', first: 'short', second: 'long'.repeat(20) }], { objective: 'causal' }),
  ).rejects.toThrow(/long" has 80 tokens, but the model's context is 40/);
  net.dispose();
});

test('a sentence follows the start tokens of pretraining', async () => {
  const choice = { id: 'gpt', config: { layers: 1, heads: 1, width: 8, context: 16 }, vocabulary: 257 } as const;
  const net = await network(choice, initialValues(choice, 3));
  const own = await createTokenizer({ kind: 'bytes', merges: [] });
  const begin = 7;
  const theirs = {
    model: { ...own.model, elsewhere: { begin, names: {}, spellings: [] } },
    endOfText: own.endOfText,
    encode: (text: string) => own.encode(text),
  } as unknown as Tokenizer;
  const texts = ['a cat', 'the dog'] as const;
  const sums = await tokenScores(
    net,
    texts.map((text) => own.encode(text)),
    begin,
    { context: 16, stride: 16, rows: 1 },
  );
  const [first, second] = sums.map(({ loss }) => loss.reduce((a, b) => a + b, 0));
  const { all } = await preferences(net, theirs, [{ kind: 'x', first: texts[0], second: texts[1] }], {
    objective: 'causal',
  });
  expect(all.margin).toBeCloseTo(second! - first!, 4);
  net.dispose();
});

test('an encoder scores each token with only that one masked', async () => {
  const { tokenizer, info, snapshot } = await untrainedBert();
  const net = await network(info.model, snapshot.tensors);
  const costs = await Promise.all(
    ['a cat', 'abc'].map(async (text) => {
      const ids = [...tokenizer.encode(text)];
      let nats = 0;
      for (const [at, id] of ids.entries()) {
        const scores = await logits(net, ids.with(at, tokenizer.idOf('mask')), [at + 1]);
        nats += Math.log(scores.reduce((sum, z) => sum + Math.exp(z), 0)) - scores[id]!;
      }
      return nats;
    }),
  );
  const { all } = await preferences(net, tokenizer, [{ kind: 'x', first: 'a cat', second: 'abc' }], {
    objective: 'masked',
  });
  expect(all.margin).toBeCloseTo(costs[1]! - costs[0]!, 3);
  net.dispose();
});

test("the interval of a share is Wilson's, equal to scipy.stats.binomtest", () => {
  const rounded = (won: number, of: number) => Object.values<number>({ ...shareOf(won, of) }).map((x) => x.toFixed(2));
  expect(rounded(30, 30)).toEqual(['100.00', '88.65', '100.00']);
  expect(rounded(7, 30)).toEqual(['23.33', '11.79', '40.93']);
});
