import * as tf from '@tensorflow/tfjs';
import type { Variable } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { onHosts } from '../../testing/devices';
import { HOST_BACKENDS } from '../../testing/wasm';
import { adamw } from './adamw';

onHosts(() => {
  describe.each(HOST_BACKENDS)('on %s', (_, use) => {
    test('leaves clones of the moments as they were', async () => {
      await use();
      tf.tidy(() => {
        const [parameter, m, v] = [1, 2, 3].map((value) => tf.variable(tf.fill([5], value))) as [
          Variable,
          Variable,
          Variable,
        ];
        const clones = [tf.clone(m), tf.clone(v)];
        const slot = { parameter, gradient: tf.ones([5]), m, v, decay: true };
        const settings = { beta1: 0.5, beta2: 0.5, epsilon: 1e-8, weightDecay: 0.1, clip: 0 };
        adamw([slot], tf.tensor1d([0.1, 0.5, 0.5]), tf.scalar(1), settings);
        expect(clones.map((clone) => [...clone.dataSync()])).toEqual([Array(5).fill(2), Array(5).fill(3)]);
        expect([[...m.dataSync()], [...v.dataSync()]]).toEqual([Array(5).fill(1.5), Array(5).fill(2)]);
        for (const variable of [parameter, m, v]) variable.dispose();
      });
    });
  });
});
