import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { HomegrownError } from '../base/errors';
import { unwatched } from '../base/job';
import { WRITTEN_METRIC_IDS } from '../metrics/written';
import { initialValues, network, type Network } from '../models/network';
import { createTokenizer } from '../tokenizer/byteLevel';
import { held, tokenised } from './blocks';
import { evaluate } from './evaluate';
import { evaluationSchema } from './evaluation';
import { identitySwaps } from './identitySwaps';
import { limitWriting } from '../../testing/writingLength';

await limitWriting({ texts: 16, tokens: 24 });

const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
const words = 'Call me Ishmael. Some years ago, in 1851, never mind how long precisely. ';
const documents = [held(tokenizer, words.repeat(9), 'moby'), held(tokenizer, words.slice(20), 'rest')];
/** Text whose mean loss by `farFromSure`, 328 nats, is not far from the overflow of exp. */
const mostlyKnown = `${'aaaaaaaaab'.repeat(20)}${'bbbb'.repeat(200)}`;
const farFromSure: Network['forward'] = (ids) => ({
  hidden: tf.ones([ids.size, 1]),
  classifier: tf.tensor2d(
    Array.from({ length: 257 }, (_, id) => (id === tokenizer.encode('a')[0] ? 400 : 0)),
    [257, 1],
  ),
});
let gpt: Network;
beforeAll(async () => {
  await tf.setBackend('cpu');
  const choice = { id: 'gpt', config: { layers: 1, heads: 1, width: 8, context: 32 }, vocabulary: 257 } as const;
  gpt = await network(choice, initialValues(choice, 1));
});

test('reports all applicable figures as plain data, and names those that need the training data', async () => {
  const swaps = identitySwaps().slice(0, 4);
  const before = tf.memory().numTensors;
  const found = await evaluate(gpt, tokenizer, { objective: 'causal', documents, swaps }, unwatched);
  expect(tf.memory().numTensors).toBe(before);
  expect(evaluationSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
  const likelihoods = ['loss', 'perplexity', 'bitsPerByte', 'top1', 'top5', 'calibrationError'];
  // The generated texts never have four words in a row, and hardly two of them have a word.
  const freely = ['distinct1', 'distinct2', 'loops'];
  expect(Object.keys(found.metrics)).toEqual([...likelihoods, ...freely]);
  expect(found.leftOut.map(({ name }) => name)).toEqual([
    ...['unigram', 'bigram', 'trigram', 'loss by frequency'],
    ...['interval of distinct1', 'interval of distinct2', 'repetition'],
  ]);
  expect(found.where!.source.map(({ name }) => name).sort()).toEqual(['moby', 'rest']);
  expect(found.where!.position.at(-1)).toMatchObject({ from: 17, to: 32 });
  expect(found.passages!.worst[0]!.loss).toBeGreaterThan(found.metrics['loss']!.value);
  expect(found.calibration!.bins.reduce((sum, { count }) => sum + count, 0)).toBe(found.tokens);
  expect(Object.keys(found.swaps!.kinds)).toHaveLength(1);
  expect(Object.keys(found.baselines['heldOut']!)).toEqual([...WRITTEN_METRIC_IDS]);
}, 240_000);

test('reports only the requested figures, in baselines too', async () => {
  const train = [tokenised(tokenizer, words)];
  const metrics = ['bitsPerByte', 'stridedPerplexity'] as const;
  const found = await evaluate(gpt, tokenizer, { objective: 'causal', documents, train, metrics }, unwatched);
  expect(Object.keys(found.metrics).sort()).toEqual([...metrics].sort());
  expect(found.baselines['trigram']).toEqual({ bitsPerByte: expect.any(Number) as number });
  expect(found.leftOut).toEqual([]);
});

test('measures slow figures in addition to the others if requested', async () => {
  const all = await evaluate(gpt, tokenizer, { objective: 'causal', documents }, unwatched);
  const found = await evaluate(
    gpt,
    tokenizer,
    { objective: 'causal', documents, besides: ['stridedPerplexity'] },
    unwatched,
  );
  const { stridedPerplexity, ...others } = found.metrics;
  expect(others).toEqual(all.metrics);
  const alone = await evaluate(
    gpt,
    tokenizer,
    { objective: 'causal', documents, metrics: ['stridedPerplexity'] },
    unwatched,
  );
  expect(stridedPerplexity).toEqual(alone.metrics['stridedPerplexity']);
  expect(found.leftOut).toEqual(all.leftOut);
});

test('reports a list that cannot be scored with its reason, and scores the others', async () => {
  const short = [{ kind: 'all', first: 'a b', second: 'b a' }];
  const long = [{ kind: 'all', first: words, second: 'b a' }];
  const tasks = [
    { name: 'long.csv', items: [{ line: 2, prompt: 'It is', answer: words }] },
    { name: 'short.csv', items: [{ line: 2, prompt: 'It is', answer: 'a' }] },
  ] as const;
  const lists = { minimalPairs: long, swaps: short, tasks };
  const found = await evaluate(
    gpt,
    tokenizer,
    { objective: 'causal', documents, ...lists, metrics: ['loss'] },
    unwatched,
  );
  expect([Object.keys(found.metrics), Object.keys(found.swaps!.kinds)]).toEqual([['loss'], ['all']]);
  expect(found.tasks!.map(({ name }) => name)).toEqual(['short.csv']);
  const reasons = found.leftOut.filter(({ name }) => ['minimalPairs', 'long.csv'].includes(name));
  expect(reasons).toEqual([
    { name: 'minimalPairs', reason: `"${words}" has 73 tokens, but the model's context is 32. Remove that sentence.` },
    { name: 'long.csv', reason: expect.stringMatching(/^Line 2 of the task: .* has 74 tokens/) as string },
  ]);
  const alone = { minimalPairs: long, metrics: [] };
  await expect(evaluate(gpt, tokenizer, { ...alone, objective: 'causal' }, unwatched)).rejects.toThrow(
    "has 73 tokens, but the model's context is 32",
  );
});

test('a failure of the device ends the evaluation', async () => {
  const job = { ...unwatched, pause: () => Promise.reject(new HomegrownError('device-gone', 'The GPU was lost')) };
  await expect(
    evaluate(gpt, tokenizer, { objective: 'causal', documents, swaps: identitySwaps() }, job),
  ).rejects.toThrow('was lost');
});

test('rejects empty text with a message', async () => {
  const none = [held(tokenizer, '', 'empty')];
  await expect(evaluate(gpt, tokenizer, { objective: 'causal', documents: none }, unwatched)).rejects.toMatchObject({
    code: 'bad-settings',
    message: 'There is no text to evaluate on.',
  });
});

test('reports a figure without finite bounds without an interval', async () => {
  // exp(328) is finite; the upper bound from few pieces overflows.
  const far = { ...gpt, forward: farFromSure };
  const found = await evaluate(
    far,
    tokenizer,
    { objective: 'causal', documents: [held(tokenizer, mostlyKnown, 'x')], metrics: ['loss', 'perplexity'] },
    unwatched,
  );
  expect(Number.isFinite(found.metrics['perplexity']!.value)).toBe(true);
  expect(found.metrics['perplexity']).not.toHaveProperty('high');
  expect(found.metrics['loss']).toHaveProperty('high');
  expect(found.leftOut).toContainEqual({ name: 'interval of perplexity', reason: 'It has no finite bounds.' });
});

test('reports progress and stops on abort', async () => {
  const abort = new AbortController();
  const reports: number[] = [];
  const job = {
    signal: abort.signal,
    report: ({ done }: { done: number }) => {
      reports.push(done);
      if (reports.length === 2) abort.abort(new Error('enough'));
    },
  };
  await expect(evaluate(gpt, tokenizer, { objective: 'causal', documents }, job)).rejects.toThrow('enough');
  expect(reports).toEqual([8 * 32, 16 * 32]);
});
