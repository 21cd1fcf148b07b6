/** A classifier's output equals that with every token passed through the last layer. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { modelSpec } from '../models';
import { withClasses } from '../models/classes';
import { initialValues, network } from '../models/network';
import { type Pooling, POOLINGS, sizeOf, usualConfig } from '../models/spec';
import { SINGLE_THREAD_BACKENDS } from '../../testing/wasm';
import { labelScores } from './labelScores';
import { rowArrays } from './textRows';

const [ROWS, WIDTH, LABELS] = [5, 11, ['a', 'b', 'c']];
const texts = [[7], [3, 1, 4, 1, 5], [2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4], [9, 9, 9], [6, 2, 8, 3, 1, 8, 5]];

describe.each(SINGLE_THREAD_BACKENDS)('on %s', (_, use) => {
  beforeAll(async () => {
    await use();
  });

  test.each((['bert', 'gpt', 'llama'] as const).flatMap((id) => POOLINGS.map((pooling) => [id, pooling] as const)))(
    '%s, %s token: scores and every gradient',
    async (id, pooling) => {
      const config = usualConfig(modelSpec(id), { layers: 2, heads: 2, width: 16, context: WIDTH });
      const model = withClasses({ id, config, vocabulary: 12 }, { labels: LABELS, pooling });
      const net = await network(model, new Map([...initialValues(model, 4)]));
      const { ids, lengths, pool } = rowArrays(texts, WIDTH, pooling, 10);
      const batch = {
        ids: tf.tensor2d(ids, [ROWS, WIDTH], 'int32'),
        lengths: tf.tensor1d(lengths, 'int32'),
        pool: tf.tensor2d(pool, [ROWS, WIDTH]),
      };
      /** Scores and gradients; with a hook, the last layer's feed-forward runs for all tokens. */
      const computed = async (how: { recompute?: boolean; looksOn?: true }): Promise<Record<string, Float32Array>> => {
        const seen: number[] = [];
        const hook = (name: string, x: tf.Tensor2D): tf.Tensor2D => {
          if (name === 'blocks.1.mlp.out') seen.push(x.shape[0]);
          return x;
        };
        const { value, grads } = tf.variableGrads(() =>
          labelScores(net, batch, { dropout: 0, ...how, ...(how.looksOn && { hook }) })
            .square()
            .sum(),
        );
        expect(new Set(seen)).toEqual(new Set(how.looksOn ? [ROWS * WIDTH] : []));
        const all = { value: value as Tensor, ...grads };
        const read = Object.entries(all).map(async ([name, tensor]) => [name, await tensor.data<'float32'>()] as const);
        const values = Object.fromEntries(await Promise.all(read));
        tf.dispose(all);
        return values;
      };
      const whole = await computed({ looksOn: true });
      expect(Object.keys(whole)).toHaveLength(Object.keys(net.params).length + 1);
      for (const how of [{}, { recompute: true }]) {
        const own = await computed(how);
        for (const [name, values] of Object.entries(whole)) {
          const far = own[name]!.reduce((max, x, i) => Math.max(max, Math.abs(x - values[i]!)), 0);
          const large = values.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
          expect(far, `${name} of ${JSON.stringify(how)}`).toBeLessThan(2e-5 * large + 1e-9);
          expect(large, name).toBeGreaterThan(0);
        }
      }
      tf.dispose(batch);
      net.dispose();
    },
  );
});

test.each(['bert', 'gpt', 'llama'] as const)(
  '%s: counts work of a single token in the last layer once per text',
  (id) => {
    const flopsOf = (pooling: Pooling, layers: number): number => {
      const config = usualConfig(modelSpec(id), { layers, heads: 2, width: 16, context: 64 });
      const { config: classifies } = withClasses({ id, config, vocabulary: 12 }, { labels: LABELS, pooling });
      return modelSpec(id).flops(classifies, 12);
    };
    const layer = flopsOf('mean', 3) - flopsOf('mean', 2);
    expect(flopsOf('last', 3) - flopsOf('last', 2)).toBeCloseTo(layer, 6);
    // At most 3 of 12 C^2 or more weights are queries, keys and values; the others apply to one token of 64.
    const spared = flopsOf('mean', 2) - flopsOf('last', 2);
    const table = modelSpec(id).params(usualConfig(modelSpec(id), { layers: 1, heads: 2, width: 16, context: 64 }), 12);
    const after = Object.entries(table).filter(([name]) =>
      /\.0\..*(output|intermediate|proj\.|c_proj|ln_2|mlp|post_)/.test(name),
    );
    const weights = after.filter(([name]) => !/qkv/.test(name)).reduce((sum, [, { shape }]) => sum + sizeOf(shape), 0);
    expect(spared).toBeCloseTo(2 * weights * (1 - 1 / 64), 6);
  },
);
