import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { unwatched } from '../base/job';
import { initialValues, network, type Network } from '../models/network';
import { createTokenizer } from '../tokenizer/byteLevel';
import { held, tokenised } from './blocks';
import { evaluate } from './evaluate';
import { evaluationSchema } from './evaluation';
import { identitySwaps } from './identitySwaps';

const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
const words = 'Call me Ishmael. Some years ago, in 1851, never mind how long precisely. ';
const documents = [held(tokenizer, words.repeat(9), 'moby'), held(tokenizer, words.slice(20), 'rest')];
let gpt: Network;
beforeAll(async () => {
  await tf.setBackend('cpu');
  const choice = { id: 'gpt', config: { layers: 1, heads: 1, width: 8, context: 32 }, vocabulary: 257 } as const;
  gpt = await network(choice, initialValues(choice, 1));
});

test('all that applies to a text is told as plain data, and what is left out for want of what was learnt from', async () => {
  const swaps = identitySwaps().slice(0, 4);
  const before = tf.memory().numTensors;
  const found = await evaluate(gpt, tokenizer, { documents, swaps }, unwatched);
  expect(tf.memory().numTensors).toBe(before);
  expect(evaluationSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
  expect(Object.keys(found.metrics)).toEqual(['loss', 'perplexity', 'bitsPerByte', 'top1', 'top5', 'calibrationError']);
  expect(found.leftOut.map(({ name }) => name)).toEqual(['unigram', 'bigram', 'trigram', 'loss by frequency']);
  expect(found.where!.source.map(({ name }) => name).sort()).toEqual(['moby', 'rest']);
  expect(found.where!.position.at(-1)).toMatchObject({ from: 17, to: 32 });
  expect(found.passages!.worst[0]!.loss).toBeGreaterThan(found.metrics['loss']!.value);
  expect(found.calibration!.bins.reduce((sum, { count }) => sum + count, 0)).toBe(found.tokens);
  expect(Object.keys(found.swaps!.kinds)).toHaveLength(1);
});

test('what is asked for by name is all that is told, in baselines too', async () => {
  const train = [tokenised(tokenizer, words)];
  const metrics = ['bitsPerByte', 'stridedPerplexity'] as const;
  const found = await evaluate(gpt, tokenizer, { documents, train, metrics }, unwatched);
  expect(Object.keys(found.metrics).sort()).toEqual([...metrics].sort());
  expect(found.baselines['trigram']).toEqual({ bitsPerByte: expect.any(Number) as number });
  expect(found.leftOut).toEqual([]);
});

test('it can be stopped, and tells how far it is', async () => {
  const abort = new AbortController();
  const told: number[] = [];
  const job = {
    signal: abort.signal,
    report: ({ done }: { done: number }) => {
      told.push(done);
      if (told.length === 2) abort.abort(new Error('enough'));
    },
  };
  await expect(evaluate(gpt, tokenizer, { documents }, job)).rejects.toThrow('enough');
  expect(told).toEqual([8 * 32, 16 * 32]);
});
