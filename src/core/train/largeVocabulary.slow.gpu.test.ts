import { expect, test } from 'vitest';
import { stream } from '../base/rng';
import { type Gpu, openGpu } from '../gpu/backend';
import { initialValues } from '../models/network';
import { expectClose } from '../../testing/checkOp';
import { capBindings } from '../../testing/dawn';
import { causalBatch } from '../objectives/causal';
import { decoder } from '../sample/decoder';
import { learner } from './learner';
import { DEFAULT_RECIPE } from './recipe';

const model = { id: 'gpt' as const, config: { layers: 1, width: 64, heads: 2, context: 16 }, vocabulary: 5003 };
const recipe = { ...DEFAULT_RECIPE, batch: 2, warmup: 0, clip: 0.5 };

async function updated(gpu: Gpu) {
  const learning = await learner(model, recipe, initialValues(model, 1), () => 0);
  const at = stream(3, 'tokens', 0);
  const tokens = Int32Array.from({ length: 33 }, (_, i) => at(i) % model.vocabulary);
  tokens.set([0, 4095, 4096, model.vocabulary - 1]); // at borders of row ranges
  const losses: number[] = [];
  for (let n = 1; n <= 3; n++)
    losses.push((await learning.step(n, causalBatch(tokens.subarray(0, 32), tokens.subarray(1)))).loss);
  const weights = await learning.tensors();
  const decoding = decoder(learning.network);
  const scores = [await decoding.next([1, 2]), await decoding.next([1, 2, 3])];
  decoding.dispose();
  gpu.check();
  learning.dispose();
  return { losses, weights, scores };
}

test('trains and runs weights larger than a binding as on a device without that limit', async () => {
  const gpu = await openGpu();
  const want = await updated(gpu);
  const cap = capBindings(gpu.device, 2 ** 20); // the embedding table has 1.28 MB
  const got = await updated(gpu).finally(() => cap.undo());
  got.losses.forEach((loss, i) => expect(loss).toBeCloseTo(want.losses[i]!, 5));
  expect(got.losses[2]).toBeLessThan(got.losses[0]! - 0.1);
  for (const [name, { data }] of want.weights) {
    const other = got.weights.get(name)!.data;
    const worst = data.reduce((max, x, i) => Math.max(max, Math.abs(x - other[i]!)), 0);
    expect(worst, name).toBeLessThan(2e-5);
  }
  got.scores.forEach((scores, i) => expectClose(scores, want.scores[i]!, 1e-5, `scores ${i}`));
});

test('trains GPT-2’s vocabulary with bindings smaller than its table and a step’s scores', async () => {
  const gpu = await openGpu();
  const binding = 16 * 2 ** 20;
  const cap = capBindings(gpu.device, binding);
  const [width, tokens] = [96, 128];
  const large = { id: 'gpt' as const, config: { layers: 1, width, heads: 3, context: 64 }, vocabulary: 50_257 };
  expect(4 * large.vocabulary * width, 'bytes of the table').toBeGreaterThan(binding);
  expect(4 * large.vocabulary * tokens, 'bytes of the scores').toBeGreaterThan(binding);
  try {
    const learning = await learner(large, recipe, initialValues(large, 1), () => 0);
    const at = stream(3, 'tokens', 0);
    const ids = Int32Array.from({ length: tokens + 1 }, (_, i) => at(i) % large.vocabulary);
    const losses: number[] = [];
    for (let n = 1; n <= 2; n++)
      losses.push((await learning.step(n, causalBatch(ids.subarray(0, tokens), ids.subarray(1)))).loss);
    expect(Math.abs(losses[0]! - Math.log(large.vocabulary))).toBeLessThan(0.3);
    expect(losses[1]).toBeLessThan(losses[0]! - 0.05);
    const decoding = decoder(learning.network);
    expect((await decoding.next([50_256, 1])).every(Number.isFinite)).toBe(true);
    decoding.dispose();
    gpu.check();
    learning.dispose();
  } finally {
    cap.undo();
  }
});
