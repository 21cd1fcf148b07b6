import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Network } from '../models/network';
import { CONTEXT, decisiveModel, DECODERS, expectSameAsUncached } from '../../testing/decoding';
import { SINGLE_THREAD_BACKENDS } from '../../testing/wasm';
import { decoder } from './decoder';
import { contextWindow } from './contextWindow';

const CASES = SINGLE_THREAD_BACKENDS.flatMap(([backend, use]) =>
  Object.entries(DECODERS).map(([name, choice]) => ({ backend, use, name, choice })),
);
describe.each(CASES)('$name on $backend', ({ use, choice }) => {
  let net: Network;
  beforeAll(async () => {
    await use();
    net = await decisiveModel(choice);
    return () => net.dispose();
  });

  test('incremental decoding matches reading the whole text, also after the context was full', async () => {
    const before = tf.memory().numTensors;
    await expectSameAsUncached(net, 3 * CONTEXT);
    expect(tf.memory().numTensors).toBe(before);
  });
  test('another text resets the cache', async () => {
    const decoding = decoder(net);
    const first = await decoding.next([1, 2, 3, 4]);
    await decoding.next([1, 2, 3, 4, 5]);
    expect(await decoding.next([1, 2, 9, 4, 5, 6])).not.toEqual(first);
    expect(await decoding.next([7])).not.toEqual(first);
    expect(await decoding.next([1, 2, 3, 4])).toEqual(first);
    decoding.dispose();
  });
});

test('a model sees all of a text that fits, else without another half context', () => {
  const seen = (length: number, context: number) => contextWindow([...Array(length).keys()], context);
  expect(seen(20, 20)).toHaveLength(20);
  expect(seen(21, 20)).toEqual(Array.from({ length: 11 }, (_, i) => 10 + i));
  expect(seen(30, 20)).toHaveLength(20);
  expect(seen(31, 20)).toHaveLength(11);
  for (let length = 1; length < 40; length++) {
    const ids = seen(length, 5);
    expect(ids.at(-1)).toBe(length - 1);
    expect(ids.length).toBeLessThanOrEqual(5);
    expect(ids.length).toBeGreaterThanOrEqual(Math.min(length, 4));
  }
});
