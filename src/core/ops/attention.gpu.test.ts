/** Tests attention on the GPU. attention.test.ts tests hosts, attention.slow.gpu.test.ts other load strategies. */
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apart, checkAttention, lengths, self } from '../../testing/checkAttention';
import { checkOp, floats } from '../../testing/checkOp';
import { attention, ATTENTION } from './attention';
import { openGpu } from '../gpu/backend';
import { limit } from '../../testing/dawn';
import { HARDWARE, pretend, PROCESSOR_WITHOUT_SUBGROUPS, WITHOUT_SUBGROUPS } from '../../testing/pretend';
import { loadStrategy, rowLoader } from './attentionRows.wgsl';

for (const [B, T, heads, D] of [
  [2, 65, 3, 18],
  [1, 33, 1, 128],
  [32_800, 2, 1, 4], // one group a row of heads: more than a grid has on one side (`row` in gpu/dispatch.ts)
] as const) {
  const settings = { rows: B, heads, causal: true };
  checkOp(`attention of ${B} x ${T}, ${heads} heads of ${D}`, ATTENTION, self(B, T, heads, D), settings);
}
checkOp(
  'one query over a cache of more than a block of keys',
  ATTENTION,
  { ...apart(3, 1, 300, 4, 32, 2), ...lengths(300, 0, 257) },
  { rows: 3, heads: 4, kvHeads: 2, causal: false },
);
checkOp(
  'one query over a cache, with a bias',
  ATTENTION,
  { ...apart(3, 1, 300, 4, 32, 2), ...lengths(300, 0, 257), bias: floats([4, 1, 300], 2, 3) },
  { rows: 3, heads: 4, kvHeads: 2, causal: false },
);
checkOp(
  'one query over a cache, in a window, with a bias',
  ATTENTION,
  { ...apart(3, 1, 300, 4, 32, 2), ...lengths(300, 7, 257), bias: floats([4, 1, 300], 2, 3) },
  { rows: 3, heads: 4, kvHeads: 2, causal: false, window: 100 },
);
checkOp('one query, 18 columns a head', ATTENTION, apart(2, 1, 9, 1, 18), { rows: 2, heads: 1, causal: false });

/** Whole rows through memory: only one size, because this code takes longest to compile. */
describe('as on a CPU without subgroups', () => {
  let pretending: { undo(): void };
  beforeAll(async () => (pretending = pretend(await openGpu(), PROCESSOR_WITHOUT_SUBGROUPS)));
  afterAll(() => pretending.undo());

  const settings = { rows: 2, heads: 4, kvHeads: 2, causal: true };
  checkOp('attention of 2 x 37, 4 heads of 20', ATTENTION, self(2, 37, 4, 20, 2), settings);
});

checkAttention('on this adapter', {});

test('threads share a row that exceeds their registers, except on a CPU', async () => {
  const gpu = await openGpu();
  const shareOn = (adapter: Parameters<typeof pretend>[1]) => {
    const pretending = pretend(gpu, adapter);
    const { share } = rowLoader({ element: 'vec4f', parts: 16, bytes: 256 }, loadStrategy());
    pretending.undo();
    return share;
  };
  expect([HARDWARE, WITHOUT_SUBGROUPS, PROCESSOR_WITHOUT_SUBGROUPS].map(shareOn)).toEqual([4, 4, 1]);
});

test('refuses a head that exceeds workgroup memory, by its size', async () => {
  const gpu = await openGpu();
  const pretending = pretend(gpu, HARDWARE);
  const limited = limit(gpu.device, 'maxComputeWorkgroupStorageSize', 1024);
  const act = (D: number) => () =>
    tf.tidy(() => void attention({ qkv: tf.zeros([2, 3 * D]) }, { rows: 1, heads: 1, causal: true }));
  try {
    expect(act(132)).toThrow(/1064 bytes .* has 1024/);
    expect(act(120)).not.toThrow();
  } finally {
    limited.undo();
    pretending.undo();
  }
});
