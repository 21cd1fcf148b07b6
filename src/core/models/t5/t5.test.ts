import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { modelSpec } from '..';
import { classify } from '../../ops/classify';
import { bucketOf } from '../../ops/relativeBuckets';
import { expectClose } from '../../../testing/checkOp';
import { decisive } from '../../../testing/decoding';
import { expectUnseen } from '../../../testing/padding';
import { expectSameComputedAgain, expectSameWithCache, expectSlopes } from '../../../testing/relativePositions';
import { smallT5 } from '../../../testing/t5';
import { SINGLE_THREAD_BACKENDS } from '../../../testing/wasm';
import { initialValues, type ModelChoice, network, type Values } from '../network';
import { countParams } from '../spec';
import type { T5Config } from './spec';

const t5 = modelSpec('t5');
const SMALL: T5Config = {
  ...{ layers: 2, heads: 2, width: 8, hidden: 10, context: 9 },
  ...{ headWidth: 0, gated: true, buckets: 8, maxDistance: 6, scaled: true, normEpsilon: 1e-3 },
};
/** Variants of the first config. */
const CONFIGS: Readonly<Record<string, T5Config>> = {
  'a gate, and scores that are scaled': SMALL,
  'no gate': { ...SMALL, gated: false, hidden: 7 },
  'a classifier of its own': { ...SMALL, untied: true, scaled: false },
  'heads that are wider together than the model': { ...SMALL, headWidth: 5, heads: 3 },
};
const V = 11;
const choiceOf = (config: T5Config): ModelChoice => ({ id: 't5', config, vocabulary: V });
const [SOURCE, IDS] = [
  [3, 1, 4, 1, 5, 9, 2, 6],
  [0, 5, 3, 5, 8],
];

const PUBLISHED: readonly [string, number, T5Config][] = [
  ['t5-small', 60_506_624, { ...of(6, 8, 512, 2048), gated: false }],
  ['t5-base', 222_903_552, { ...of(12, 12, 768, 3072), gated: false }],
  ['t5-v1_1-small', 76_961_152, { ...of(8, 6, 512, 1024), headWidth: 64, scaled: false, untied: true }],
];
function of(layers: number, heads: number, width: number, hidden: number): T5Config {
  return { ...SMALL, layers, heads, width, hidden, context: 512, buckets: 32, maxDistance: 128 };
}
test.each(PUBLISHED)('%s has the published number of parameters', (_, count, config) => {
  expect(countParams(t5.params(config, 32_128))).toBe(count);
  expect(t5.problems(config)).toEqual([]);
});
test('only matrices have weight decay, not gains or relative positions; weights are initialized as in Mesh TensorFlow', () => {
  const table = t5.params(SMALL, V);
  for (const [name, { decay, shape }] of Object.entries(table))
    expect(decay, name).toBe(shape.length === 2 && !name.includes('relative'));
  const { shape, data } = initialValues({ ...choiceOf({ ...SMALL, width: 64 }) }, 3).get(
    'decoder.block.1.layer.0.SelfAttention.qkv.weight',
  )!;
  const deviation = (from: number, to: number): number => {
    const part = data.filter((_, at) => at % shape[1]! >= from && at % shape[1]! < to);
    return Math.sqrt(part.reduce((sum, x) => sum + x * x, 0) / part.length);
  };
  expect(deviation(0, 64) * Math.sqrt(64 * 32)).toBeCloseTo(1, 1);
  expect(deviation(64, 192) * 8).toBeCloseTo(1, 1);
});
test.each<[Partial<T5Config>, string, string]>([
  [{ heads: 3 }, 'heads', "The width of 8 isn't a multiple of 3 heads."],
  [{ buckets: 7 }, 'buckets', 'The number of distance buckets is 7; it must be even.'],
  [{ maxDistance: 4 }, 'maxDistance', 'The max distance is 4; with 8 buckets it must be over 4.'],
])("%j can't run and reports why", (change, field, message) => {
  expect(t5.problems({ ...SMALL, ...change })).toMatchObject([{ field, message }]);
});
test('the size dial gives runnable configs that grow with it, and default sizes run', () => {
  const counts = [1e4, 1e5, 1e6, 1e7, 1e8].map((wanted) => {
    const config = t5.sized(wanted, 4096);
    expect(t5.problems(config)).toEqual([]);
    return countParams(t5.params(config, 4096));
  });
  expect(counts).toEqual([...counts].sort((a, b) => a - b));
  expect(Math.abs(Math.log(counts[3]! / 1e7))).toBeLessThan(0.35);
  expect(t5.presets.flatMap(({ config }) => t5.problems(config))).toEqual([]);
});

describe.each(SINGLE_THREAD_BACKENDS)('on %s', (_, use) => {
  beforeAll(async () => {
    await use();
  });
  test.each(Object.entries(CONFIGS))('%s: logits equal an f64 implementation of T5', async (_name, config) => {
    const values = decisive(choiceOf(config), 3, 1.5); // its initial embeddings are as large as 1
    const net = await network(choiceOf(config), values);
    const got = tf.tidy(() => {
      const source = {
        ids: tf.tensor2d([[...SOURCE, 7]], undefined, 'int32'),
        lengths: tf.tensor1d([SOURCE.length], 'int32'),
      };
      const output = net.forward(tf.tensor2d([IDS], undefined, 'int32'), { dropout: 0 }, source);
      return classify(output).dataSync<'float32'>();
    });
    expectClose(got, reference(config, values), 1e-5, 'logits');
    net.dispose();
  });
});

describe.each(SINGLE_THREAD_BACKENDS)('a small one on %s', (_, use) => {
  beforeAll(async () => {
    await use();
  });
  test('recomputation and incremental decoding give equal bits', async () => {
    const net = await smallT5();
    await expectSameComputedAgain(net);
    await expectSameWithCache(net);
    net.dispose();
  });
  test("outputs don't depend on padding, also with dropout", async () => {
    const net = await smallT5({ gated: false });
    await expectUnseen(net, { dropout: 0.2, attentionDropout: 0.1, recompute: true });
    net.dispose();
  });
  test('precomputed cross-attention keys and values give equal bits', async () => {
    const net = await smallT5();
    const both = tf.tidy(() => {
      const source = {
        ids: tf.tensor2d([[4, 5, 6, 0]], undefined, 'int32'),
        lengths: tf.tensor1d([3], 'int32'),
      };
      const memory = net.encode(source);
      expect(memory.keys!.map(({ shape }) => shape)).toEqual([
        [4, 30],
        [4, 30],
      ]);
      const ids = tf.tensor2d([[1, 2, 3]], undefined, 'int32');
      return [{ memory }, source].map((from) => [...net.forward(ids, { dropout: 0 }, from).hidden.dataSync()]);
    });
    expect(both[0]).toEqual(both[1]);
    net.dispose();
  });
});
test("gradients equal numeric slopes, through both relative position tables and the encoder's output", async () => {
  await tf.setBackend('cpu');
  const net = await smallT5();
  await expectSlopes(net);
  net.dispose();
});

/** T5 (Raffel et al. 2019) as loops over f64: logits [T, V]. */
function reference(config: T5Config, values: Values): number[] {
  const { layers, heads, width: C, hidden, gated, normEpsilon, untied, scaled } = config;
  const D = config.headWidth || C / heads;
  const w = (name: string): Float32Array => values.get(`${name}.weight`)!.data;
  const times = (x: number[][], name: string): number[][] => {
    const weight = w(name);
    const O = weight.length / x[0]!.length;
    return x.map((row) =>
      Array.from({ length: O }, (__, o) => row.reduce((sum, v, i) => sum + v * weight[i * O + o]!, 0)),
    );
  };
  const normed = (x: number[][], name: string): number[][] =>
    x.map((row) => {
      const squares = row.reduce((sum, v) => sum + v * v, 0) / row.length;
      return row.map((v, c) => (v / Math.sqrt(squares + normEpsilon)) * w(name)[c]!);
    });
  const add = (a: number[][], b: number[][]): number[][] => a.map((row, t) => row.map((v, c) => v + b[t]![c]!));
  const columns = (x: number[][], part: number): number[][] =>
    x.map((row) => row.slice(part * heads * D, (part + 1) * heads * D));
  const attended = (q: number[][], k: number[][], v: number[][], bias: (h: number, i: number, j: number) => number) =>
    q.map((row, i) =>
      Array.from({ length: heads }, (__, h) => {
        const scores = k.map((key, j) => {
          let score = bias(h, i, j);
          for (let d = h * D; d < (h + 1) * D; d++) score += row[d]! * key[d]!;
          return Math.exp(score);
        });
        const total = scores.reduce((a, b) => a + b);
        return Array.from({ length: D }, (___, d) =>
          scores.reduce((sum, score, j) => sum + (score / total) * v[j]![h * D + d]!, 0),
        );
      }).flat(),
    );
  const gelu = (v: number): number => (v / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3)));
  const fed = (x: number[][], name: string): number[][] => {
    const pre = times(normed(x, `${name}.layer_norm`), `${name}.DenseReluDense.wi`);
    const inner = pre.map((row) =>
      row.slice(0, hidden).map((v, i) => (gated ? gelu(v) * row[hidden + i]! : Math.max(v, 0))),
    );
    return add(x, times(inner, `${name}.DenseReluDense.wo`));
  };
  const stack = (side: 'encoder' | 'decoder', tokens: readonly number[], memory?: number[][]): number[][] => {
    const bidirectional = side === 'encoder';
    const table = w(`${side}.block.0.layer.0.SelfAttention.relative_attention_bias`);
    const bias = (h: number, i: number, j: number): number =>
      !bidirectional && j > i
        ? -Infinity
        : table[
            bucketOf(j - i, { buckets: config.buckets, maxDistance: config.maxDistance, bidirectional }) * heads + h
          ]!;
    let x = tokens.map((id) => [...w('shared').subarray(id * C, (id + 1) * C)]);
    for (let layer = 0; layer < layers; layer++) {
      const b = `${side}.block.${layer}`;
      const qkv = times(normed(x, `${b}.layer.0.layer_norm`), `${b}.layer.0.SelfAttention.qkv`);
      const within = attended(columns(qkv, 0), columns(qkv, 1), columns(qkv, 2), bias);
      x = add(x, times(within, `${b}.layer.0.SelfAttention.o`));
      if (memory) {
        const q = times(normed(x, `${b}.layer.1.layer_norm`), `${b}.layer.1.EncDecAttention.q`);
        const kv = times(memory, `${b}.layer.1.EncDecAttention.kv`);
        const across = attended(q, columns(kv, 0), columns(kv, 1), () => 0);
        x = add(x, times(across, `${b}.layer.1.EncDecAttention.o`));
      }
      x = fed(x, `${b}.layer.${memory ? 2 : 1}`);
    }
    return normed(x, `${side}.final_layer_norm`);
  };
  const last = stack('decoder', IDS, stack('encoder', SOURCE));
  const table = w(untied ? 'lm_head' : 'shared');
  return last.flatMap((row) =>
    Array.from({ length: V }, (__, v) =>
      row.reduce((sum, value, c) => sum + value * (scaled ? 1 / Math.sqrt(C) : 1) * table[v * C + c]!, 0),
    ),
  );
}
