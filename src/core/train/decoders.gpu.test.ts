import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { type Gpu, openGpu } from '../gpu/backend';
import { initialValues } from '../models/network';
import { DECODERS } from '../../testing/decoding';
import { sixSteps } from '../../testing/sameBits';
import { learner } from './learner';
import { DEFAULT_RECIPE } from './recipe';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});

test.each(Object.entries(DECODERS))('%s: the losses of six steps equal those on the processor', async (_, choice) => {
  const dropping = { dropout: 0.1, attentionDropout: 0.2 };
  const { losses } = await sixSteps(choice, dropping);
  gpu.check();
  await tf.setBackend('cpu');
  const { losses: expected } = await sixSteps(choice, dropping);
  await tf.setBackend('webgpu');
  losses.forEach((loss, i) => expect(Math.abs(loss / expected[i]! - 1), `step ${i + 1}`).toBeLessThan(5e-5));
});

test.each([
  ['GPT', 1], // the gradient of positions, which a stream computes with that of tokens
  ['Llama', 0],
] as const)('%s: a step of whole documents has %i more dispatches than a step of a stream', async (name, more) => {
  const choice = DECODERS[name]!;
  const count = async (packing: 'stream' | 'documents'): Promise<number> => {
    const learning = await learner(choice, { ...DEFAULT_RECIPE, packing, batch: 2 }, initialValues(choice, 1), () => 0);
    const { dispatches } = learning.cost;
    learning.dispose();
    return dispatches;
  };
  expect((await count('documents')) - (await count('stream'))).toBe(more);
});
