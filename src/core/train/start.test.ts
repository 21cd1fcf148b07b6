import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { losses, watch } from '../../testing/watchedRun';

test.each([
  ['muon', 'adamw'],
  ['adamw', 'muon'],
] as const)(
  'the optimizer state of %s is not reused by %s, even if tensor names match',
  async (savedOptimizer, nextOptimizer) => {
    await tf.setBackend('cpu');
    const { saved } = await watch({ optimizer: savedOptimizer }, { stopAt: 4 });
    const { state, tensors } = saved.at(-1)!;
    // Without the optimizer state.
    const weights = new Map([...tensors].filter(([name]) => name.startsWith('transformer.')));
    const resumed = await watch({ optimizer: nextOptimizer }, { from: { state, tensors } });
    const fresh = await watch({ optimizer: nextOptimizer }, { from: { state, tensors: weights } });
    expect(resumed.outcome.state.momentsFrom).toBe(state.step);
    expect(losses(resumed.events)).toEqual(losses(fresh.events));
    expect(resumed.saved.at(-1)!.tensors).toEqual(fresh.saved.at(-1)!.tensors);
  },
);
