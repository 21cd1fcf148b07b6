import { beforeAll, expect, test } from 'vitest';
import type { Network } from '../models/network';
import { toyRelative } from '../../testing/toyRelative';
import { SINGLE_THREAD_BACKENDS } from '../../testing/wasm';
import { greedy } from './greedy';

/** The last of 33 tokens ends a text; the context is 16. */
const how = { end: 32, max: 12 };
const beginning = (length: number): readonly number[] => Array.from({ length }, (_, i) => (7 * i) % 32);

let net: Network;
beforeAll(async () => {
  await SINGLE_THREAD_BACKENDS[0][1]();
  net = await toyRelative('relative');
  return () => net.dispose();
});

test.each([16, 17, 40])(
  'a beginning of %i tokens has an empty result, and does not overwrite another row',
  async (length) => {
    const [short] = await greedy(net, [beginning(3)], how);
    expect(short).not.toHaveLength(0);
    expect(await greedy(net, [beginning(length)], how)).toEqual([[]]);
    expect(await greedy(net, [beginning(length), beginning(3)], how)).toEqual([[], short]);
    expect(await greedy(net, [beginning(3), beginning(length)], how)).toEqual([short, []]);
  },
);

test('a beginning one token shorter than the context gets one token', async () => {
  const [[next]] = (await greedy(net, [beginning(15)], { ...how, max: 1 })) as [number[]];
  expect(next).toBeDefined();
  expect(await greedy(net, [beginning(15), beginning(16)], how)).toEqual([[next], []]);
});
