import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { losses, watch } from '../../testing/watchedRun';

test.each([
  ['muon', 'adamw'],
  ['adamw', 'muon'],
] as const)('state of %s is not reused by %s, even if names are equal', async (before, next) => {
  await tf.setBackend('cpu');
  const { saved } = await watch({ optimizer: before }, { stopAt: 4 });
  const { state, tensors } = saved.at(-1)!;
  const weights = new Map([...tensors].filter(([name]) => name.startsWith('transformer.')));
  const on = await watch({ optimizer: next }, { from: { state, tensors } });
  const anew = await watch({ optimizer: next }, { from: { state, tensors: weights } });
  expect(on.outcome.state.momentsFrom).toBe(state.step);
  expect(losses(on.events)).toEqual(losses(anew.events));
  expect(on.saved.at(-1)!.tensors).toEqual(anew.saved.at(-1)!.tensors);
});
