/** Dropout of LoRA's input, and its scale. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { fieldProblem, initialValues } from '../base/field';
import { expectClose, floats } from '../../testing/checkOp';
import { dropout } from '../ops/dropout';
import { lora } from './lora';

beforeAll(() => tf.setBackend('cpu'));

const settings = { ...initialValues(lora.fields), rank: 4, alpha: 6 };
const host = {
  weight: floats([6, 5], 1, 1),
  'lora_A.weight': floats([6, 4], 1, 2),
  'lora_B.weight': floats([4, 5], 1, 3),
};
const onDevice = ({ shape, data }: ReturnType<typeof floats>) => tf.tensor<tf.Rank.R2>(data, shape as [number, number]);
const counterOf = (step: number) => tf.tensor1d([7, step], 'int32');

/** Output of the layer, at a training step or in inference. */
async function given(change: Partial<typeof settings>, step?: number, layer = 'a.b'): Promise<Float32Array> {
  const { adapted } = await lora.load();
  return tf.tidy(() => {
    const [weight, ...own] = Object.values(host).map(onDevice) as [Tensor2D, Tensor2D, Tensor2D];
    const its = { 'lora_A.weight': own[0], 'lora_B.weight': own[1] };
    const place = { layer, ...(step !== undefined && { counter: counterOf(step) }) };
    const x = onDevice(floats([9, 6]));
    return adapted(weight, its, { ...settings, ...change }, place)
      .linear(x, {})
      .dataSync<'float32'>()
      .slice();
  });
}
/** Output by definition: x W + scale (d A) B. */
const wanted = (scale: number, drop: (x: Tensor2D) => Tensor2D = (x) => x): Float32Array =>
  tf.tidy(() => {
    const [weight, down, up] = Object.values(host).map(onDevice) as [Tensor2D, Tensor2D, Tensor2D];
    const x = onDevice(floats([9, 6]));
    const targets = tf.matMul(tf.matMul(drop(x), down), up);
    return tf.add(tf.matMul(x, weight), tf.mul(targets, scale)).dataSync<'float32'>().slice();
  });

test('scales by alpha / rank, or rank-stabilized by alpha / sqrt(rank), applied and merged', async () => {
  const { weight, ...own } = host;
  for (const [rankStabilised, scale] of [
    [false, 1.5],
    [true, 3],
  ] as const) {
    const y = await given({ rankStabilised });
    expectClose(y, wanted(scale), 1e-6, 'applied');
    const merged = lora.merged(weight, new Map(Object.entries(own)), { ...settings, rankStabilised });
    const whole = tf.tidy(() =>
      tf
        .matMul(onDevice(floats([9, 6])), tf.tensor2d(merged.data, [6, 5]))
        .dataSync<'float32'>()
        .slice(),
    );
    expectClose(whole, y, 1e-5, 'merged');
  }
});

test('applies dropout to the adapter input only, by step and layer, and in training only', async () => {
  const dropped = (step: number, layer = 'a.b') =>
    wanted(1.5, (x) => {
      const purpose = `${layer}.lora_dropout`;
      return dropout(x, counterOf(step), { probability: 0.5, purpose }) as Tensor2D;
    });
  expectClose(await given({ dropout: 0.5 }, 3), dropped(3), 1e-6, 'step 3');
  expectClose(await given({ dropout: 0.5 }, 4, 'a.c'), dropped(4, 'a.c'), 1e-6, 'step 4, another layer');
  expect(await given({ dropout: 0.5 }, 3)).not.toEqual(await given({ dropout: 0.5 }, 4));
  expect(await given({ dropout: 0.5 }, 3)).not.toEqual(await given({ dropout: 0.5 }, 3, 'a.c'));
  expect(await given({ dropout: 0.5 })).toEqual(await given({}));
  expect(await given({}, 3)).toEqual(await given({}));
});

test('with dropout, stores as many additional columns as the input has', () => {
  const weight = { shape: [6, 5], init: 'zeros', group: 'Attention', decay: true, linear: true } as const;
  expect(lora.columns(weight, settings)).toBe(4);
  expect(lora.columns(weight, { ...settings, dropout: 0.1 })).toBe(10);
  expect(fieldProblem(lora.fields.dropout, 0.95)).toBe('LoRA dropout must be a number from 0 to 0.9, not 0.95.');
});
