import { beforeAll, expect, test } from 'vitest';
import { type Gpu, openGpu } from '../gpu/backend';
import { limitDispatches } from '../gpu/dispatch';
import { initialValues } from '../models/network';
import { HARDWARE, pretend } from '../../testing/pretend';
import { causalBatch } from '../objectives/causal';
import { learner } from './learner';
import { DEFAULT_RECIPE } from './recipe';

let gpu: Gpu;
beforeAll(async () => void (gpu = await openGpu()));

const config = { context: 40, width: 16, heads: 1, layers: 1 };
const model = { id: 'gpt' as const, config, vocabulary: 40 };
const SPLIT = [
  'product NN',
  'product NT',
  'product TN',
  'attention',
  'attention backward, queries',
  'attention backward, keys',
  'embedding',
  'embedding backward',
  'layerNorm',
  'layerNorm backward',
  'softmaxCrossEntropy',
  'globalNorm',
  'adamw',
];

/** Makes two steps on a GPU, with dispatches of at most `longestMs` expected milliseconds. */
async function twoSteps(longestMs: number) {
  const pretending = pretend(gpu, HARDWARE);
  limitDispatches(gpu.backend, longestMs);
  const learning = await learner(model, { ...DEFAULT_RECIPE, batch: 1, warmup: 0 }, initialValues(model, 1), () => 0);
  const text = Int32Array.from({ length: 41 }, (_, i) => (i * i) % 40);
  const batch = causalBatch(text.subarray(0, 40), text.subarray(1));
  const losses = [];
  for (const step of [1, 2]) losses.push(await learning.step(step, batch));
  const weights = [...(await learning.tensors()).values()].map(({ data }) => data);
  const timings = await learning.profile!(3, batch);
  const runs = SPLIT.map((kernel) => timings.filter(({ name }) => name === kernel).length);
  learning.dispose();
  pretending.undo();
  return { losses, weights, runs };
}

test('a step with kernels split into ranges of workgroups gives the same bits as unsplit', async () => {
  const whole = await twoSteps(Infinity);
  const split = await twoSteps(8e-5);
  SPLIT.forEach((kernel, i) => expect(split.runs[i], kernel).toBeGreaterThan(whole.runs[i]!));
  expect(split.runs[SPLIT.indexOf('attention backward, keys')]).toBe(2); // one per workgroup
  expect(split.losses).toEqual(whole.losses);
  expect(split.weights).toEqual(whole.weights);
}, 480_000); // a software adapter compiles all kernels twice
