import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { unwatched } from '../base/job';
import { type Network, network } from '../models/network';
import { classify } from '../ops/classify';
import { untrainedBert } from '../../testing/untrainedModels';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { held, tokenised } from './blocks';
import { evaluate } from './evaluate';
import { evaluationSchema } from './evaluation';
import { maskedScores } from './maskedScores';
import { NOT_PREDICTED } from './scores';

let net: Network;
let tokenizer: Tokenizer;
beforeAll(async () => {
  await tf.setBackend('cpu');
  const bert = await untrainedBert();
  ({ tokenizer } = bert);
  net = await network({ ...bert.info.model, vocabulary: tokenizer.size }, bert.snapshot.tensors);
});
const words = 'Some years ago, never mind how long precisely, having little money in my purse. ';

test('losses are those of the masked tokens, given the others', async () => {
  const document = tokenised(tokenizer, words.slice(0, 29));
  const short = tokenised(tokenizer, 'purse');
  const [scores, others] = await maskedScores(net, tokenizer, [document, short], 7);
  const places = [...document.ids.keys()].filter((at) => scores!.loss[at] !== NOT_PREDICTED);
  expect(places).toHaveLength(4); // 15 % of 29
  expect(others!.loss.filter((nats) => nats !== NOT_PREDICTED)).toHaveLength(1);
  const shown = Int32Array.from(document.ids, (id, at) => (places.includes(at) ? tokenizer.idOf('mask') : id));
  const chances = tf.tidy(() => tf.softmax(classify(net.forward(tf.tensor2d(shown, [1, 29], 'int32')))).arraySync());
  for (const at of places) {
    const own = chances[at]!;
    const chance = own[document.ids[at]!]!;
    expect(scores!.loss[at]).toBeCloseTo(-Math.log(chance), 4);
    expect(scores!.rank[at]).toBe(own.filter((other) => other > chance).length);
  }
  expect((await maskedScores(net, tokenizer, [document, short], 7))[0]).toEqual(scores);
  expect((await maskedScores(net, tokenizer, [document, short], 8))[0]).not.toEqual(scores);
});

test('rejects a text without a token to mask, with the reason', async () => {
  const marks = { ids: Uint32Array.of(tokenizer.endOfText, tokenizer.endOfText), bytes: 0, source: 'marks' };
  const asked = { documents: [marks], metrics: ['maskedAccuracy'] as const };
  await expect(evaluate(net, tokenizer, { ...asked, objective: 'masked' }, unwatched)).rejects.toMatchObject({
    code: 'bad-settings',
    message: expect.stringMatching(/^None of the 2 tokens can be masked/) as string,
  });
});

test('evaluates an encoder on masked tokens, with the most frequent token as a baseline', async () => {
  const documents = [held(tokenizer, words.repeat(16), 'moby')];
  const train = [tokenised(tokenizer, words)];
  const before = tf.memory().numTensors;
  const found = await evaluate(net, tokenizer, { objective: 'masked', documents, train }, unwatched);
  expect(tf.memory().numTensors).toBe(before);
  expect(evaluationSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
  const { metrics, baselines, passages, calibration } = found;
  expect(Object.keys(metrics)).toEqual(['loss', 'calibrationError', 'pseudoPerplexity', 'maskedAccuracy']);
  expect(metrics['pseudoPerplexity']!.low).toBeLessThan(metrics['pseudoPerplexity']!.high!);
  expect(Object.keys(baselines)).toEqual(['uniform', 'unigram']);
  expect(baselines['unigram']!['maskedAccuracy']).toBeGreaterThan(baselines['uniform']!['maskedAccuracy']!);
  const hidden = calibration!.bins.reduce((sum, { count }) => sum + count, 0);
  expect(hidden / found.tokens).toBeCloseTo(0.15, 1);
  expect(passages!.worst[0]!.tokens.some(({ loss }) => loss === undefined)).toBe(true);
  await expect(
    evaluate(net, tokenizer, { objective: 'masked', documents, metrics: ['perplexity'] }, unwatched),
  ).rejects.toThrow(/not a causal model/);
});
