import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { unwatched } from '../../base/job';
import { initialValues } from '../../models/initial';
import { type Network, network } from '../../models/network';
import { createTokenizer } from '../../tokenizer/byteLevel';
import { held } from '../blocks';
import { evaluate } from '../evaluate';
import { sampleContinuations } from '../written';
import { WRITING } from '../writing';
import { limitWriting } from '../../../testing/writingLength';

await limitWriting({ texts: 16, tokens: 64 });

const words = 'the cat sat on the mat and the dog ran to the sea and ';
const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
const documents = [held(tokenizer, words.repeat(4), 'one'), held(tokenizer, 'ab', 'two')];
let net: Network;
beforeAll(async () => {
  await tf.setBackend('cpu');
  const choice = { id: 'gpt', config: { layers: 1, heads: 1, width: 8, context: 24 }, vocabulary: 257 } as const;
  net = await network(choice, initialValues(choice, 1));
});

test('samples follow from the seed, and each comes with a real continuation of the same length', async () => {
  const before = tf.memory().numTensors;
  const texts = await sampleContinuations(net, tokenizer, documents, 5);
  expect(tf.memory().numTensors).toBe(before);
  expect(texts).toHaveLength(WRITING.texts);
  expect(await sampleContinuations(net, tokenizer, documents, 5)).toEqual(texts);
  expect((await sampleContinuations(net, tokenizer, documents, 6)).map(({ generated }) => generated)).not.toEqual(texts.map(({ generated }) => generated)); // prettier-ignore
  expect(new Set(texts.map(({ generated }) => generated)).size).toBeGreaterThan(WRITING.texts - 3);
  const sea = texts.filter(({ original }) => words.repeat(4).includes(original) && original.length > 40);
  expect(sea.length).toBeGreaterThan(WRITING.texts / 2);
  for (const { original } of sea) expect(original).toMatch(/\S$/);
}, 240_000);

test('a model that repeats itself loops, and the held-out text does not', async () => {
  /** Each byte is followed by its first successor in `a b `, in any context. */
  const cycle = [...tokenizer.encode('a b ')];
  const table = tf.buffer([257, 257]);
  for (let id = 0; id < 257; id++) {
    const at = cycle.indexOf(id);
    table.set(90, id, at === 0 || at === 2 ? cycle[1]! : cycle[0]!);
  }
  const rows = table.toTensor();
  const looped = {
    ...net,
    forward: (ids: tf.Tensor2D) => ({
      hidden: tf.gather(rows, tf.reshape(ids, [-1])) as tf.Tensor2D,
      classifier: tf.eye(257),
    }),
  };
  const asked = { documents, metrics: ['distinct1', 'distinct2', 'repetition', 'loops'] as const };
  const { metrics, baselines, leftOut } = await evaluate(
    looped,
    tokenizer,
    { ...asked, objective: 'causal' },
    unwatched,
  );
  // All samples have the same two words, so leaving one out changes nothing.
  expect(leftOut.map(({ name }) => name)).toEqual(['interval of distinct1', 'interval of distinct2']);
  expect(metrics['loops']!.value).toBe(100);
  expect(metrics['loops']!.low).toBeGreaterThan(75);
  expect(metrics['repetition']!.value).toBeGreaterThan(90);
  expect(metrics['distinct1']!.value).toBeLessThan(2);
  expect(baselines['heldOut']!['loops']).toBe(0);
  expect(baselines['heldOut']!['repetition']).toBeLessThan(20);
  rows.dispose();
}, 240_000);
