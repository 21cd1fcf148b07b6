import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { useWasm } from '../../testing/wasm';
import { accumulate, clear } from './accumulate';
import { currentGpu, openGpu } from '../gpu/backend';
import { compile } from '../gpu/program';
import { expectClose, floats } from '../../testing/checkOp';
import { globalNorm } from './globalNorm';
import { sgd } from './sgd';
import { allocate } from './variables';
import { onGpu, onHosts } from '../../testing/devices';

onHosts(() => {
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
});

onGpu(() => {
  beforeAll(openGpu);
  const shapes = [[3], [65, 2], [1], [127, 7], [70_000, 3]];
  const zeros = () =>
    allocate(shapes.map((shape) => ({ shape, data: new Float32Array(tf.util.sizeFromShape(shape)) })));

  test('micro-steps add up in one dispatch; the applying step reads them in place and clears them', async () => {
    const [weights, kept, moments] = [zeros(), zeros(), zeros()];
    const parameters = weights.variables;
    // loss = sum over weights of w . (x c): its gradient is x c.
    const factors = shapes.map((shape, i) => tf.tensor(floats(shape, 1, i).data, shape));
    const given = { x: { shape: [], dtype: 'float32' } } as const;
    const micro = compile(given, ({ x }) => {
      const lossOf = () => tf.addN<tf.Scalar>(parameters.map((w, i) => tf.sum(tf.mul(w, tf.mul(factors[i]!, x)))));
      const { value: loss, grads } = tf.variableGrads(lossOf, [...parameters]);
      accumulate(
        kept.variables,
        parameters.map(({ name }) => grads[name]!),
      );
      return { loss };
    });
    const apply = compile({ rates: { shape: [1], dtype: 'float32' } }, ({ rates }) => {
      const norm = globalNorm(kept.variables);
      const slots = parameters.map((parameter, i) => ({
        parameter,
        gradient: kept.variables[i]!,
        v: moments.variables[i]!,
        decay: false,
      }));
      sgd(slots, rates as tf.Tensor1D, norm, { momentum: 0, weightDecay: 0, clip: 0 });
      clear(kept.variables);
      return { norm };
    });
    expect(apply.cost.dispatches, 'norm, its root, update, clear: the accumulators are not copied').toBe(4);

    const flat = shapes.flatMap((shape, i) => [...floats(shape, 1, i).data]);
    for (const [first, second] of [
      [1, 2],
      [-3, 0.5],
    ] as const) {
      await micro.run({ x: Float32Array.of(first) });
      await micro.run({ x: Float32Array.of(second) });
      const want = flat.map((c) => c * (first + second));
      expectClose(await values(kept.variables), want, 1e-6, 'accumulated');
      const { norm } = await apply.run({ rates: Float32Array.of(1) });
      expectClose(norm, [Math.sqrt(want.reduce((sum, x) => sum + x * x, 0))], 1e-6, 'norm');
      expect((await values(kept.variables)).every((x) => x === 0)).toBe(true);
      expectClose(await values(moments.variables), want, 1e-6, 'what the update saw');
    }
    currentGpu()!.check();
  });

  async function values(variables: readonly tf.Variable[]): Promise<number[]> {
    const arrays = await Promise.all(variables.map((variable) => variable.data<'float32'>()));
    return arrays.flatMap((array) => [...array]);
  }
});
