import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { useWasm } from '../testing/wasm';
import { accumulate, clear } from './accumulate';

test.each([['cpu', () => tf.setBackend('cpu')] as const, ['wasm', useWasm] as const])(
  'gradients add up until they are cleared, on %s',
  async (_, use) => {
    await use();
    const kept = tf.tidy(() => [tf.variable(tf.zeros([2])), tf.variable(tf.zeros([1, 2]))]);
    const before = tf.memory().numTensors;
    const once = (x: number) => {
      tf.tidy(() => accumulate(kept, [tf.tensor1d([x, -x]), tf.tensor2d([[1, x]])]));
    };
    once(8);
    once(-4);
    expect(kept.map((variable) => [...variable.dataSync()])).toEqual([
      [4, -4],
      [2, 4],
    ]);
    clear(kept);
    expect(kept.flatMap((variable) => [...variable.dataSync()])).toEqual([0, 0, 0, 0]);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose(kept);
  },
);
