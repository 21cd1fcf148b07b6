import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose } from '../../../testing/checkOp';
import { decisive } from '../../../testing/decoding';
import { SINGLE_THREAD_BACKENDS } from '../../../testing/wasm';
import { softmaxCrossEntropy } from '../../ops/softmaxCrossEntropy';
import { logits } from '../../sample/logits';
import { initialValues, type ModelChoice, network, type Values } from '../network';
import { type BaseConfig, countParams, sizeOf } from '../spec';
import { gpt } from './spec';

const choice: ModelChoice = { id: 'gpt', config: { layers: 2, heads: 3, width: 12, context: 7 }, vocabulary: 11 };
const values = decisive(choice, 3);
const ids = [3, 1, 4, 1, 5, 9, 10];

test('GPT-2 small has the published number of parameters', () => {
  expect(countParams(gpt.params({ layers: 12, heads: 12, width: 768, context: 1024 }, 50_257))).toBe(124_439_808);
});
test('names and shapes equal those of GPT2LMHeadModel', () => {
  const table = gpt.params(choice.config, 11);
  expect(Object.keys(table).length).toBe(2 + 12 * 2 + 2);
  expect(table['transformer.h.1.attn.c_attn.weight']).toMatchObject({ shape: [12, 36], decay: true });
  expect(table['transformer.h.1.mlp.c_proj.weight']).toMatchObject({ shape: [48, 12], init: { std: 0.01 } });
  const decayed = Object.entries(table).filter(([, { decay }]) => decay);
  expect(decayed.every(([name]) => /(wte|c_attn|c_proj|c_fc)\.weight$/.test(name))).toBe(true);
});
const bare: ModelChoice = { ...choice, config: { ...choice.config, hidden: 10, biases: false } as BaseConfig };
test('without biases, only matrices, embeddings and scales remain; the inner width is as set', () => {
  const table = gpt.params(bare.config, 11);
  expect(Object.keys(table)).toEqual(
    Object.keys(gpt.params(choice.config, 11)).filter((name) => !name.endsWith('.bias')),
  );
  expect(table['transformer.h.1.mlp.c_fc.weight']).toMatchObject({ shape: [12, 10] });
  expect(table['transformer.h.1.mlp.c_proj.weight']).toMatchObject({ shape: [10, 12] });
  expect(gpt.problems(bare.config)).toEqual([]);
  const said = gpt.params({ ...choice.config, hidden: 48, biases: true } as BaseConfig, 11);
  expect(said).toEqual(gpt.params(choice.config, 11));
});
test('initial weights follow the table and the seed', () => {
  const wide: ModelChoice = { ...choice, config: { layers: 2, heads: 4, width: 64, context: 16 }, vocabulary: 300 };
  const drawn = initialValues(wide, 1);
  const deviation = (name: string): number => {
    const { data } = drawn.get(name)!;
    return Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length);
  };
  expect(deviation('transformer.wte.weight')).toBeCloseTo(0.02, 3);
  expect(deviation('transformer.h.0.mlp.c_proj.weight')).toBeCloseTo(0.01, 3);
  expect(drawn.get('transformer.ln_f.weight')!.data.every((x) => x === 1)).toBe(true);
  expect(drawn.get('transformer.h.1.attn.c_attn.bias')!.data.every((x) => x === 0)).toBe(true);
  expect(initialValues(wide, 2).get('transformer.wte.weight')).not.toEqual(drawn.get('transformer.wte.weight'));
  for (const [name, { shape, data }] of drawn) expect(data.length, name).toBe(sizeOf(shape));
});
test('unsupported sizes report why', () => {
  expect(gpt.problems({ layers: 2, heads: 3, width: 12, context: 8 })).toEqual([]);
  expect(gpt.problems({ layers: 2, heads: 5, width: 12, context: 8 })).toEqual([
    { field: 'heads', message: "The width of 12 isn't a multiple of 5 heads.", between: ['width', 'heads'] },
  ]);
  expect(gpt.problems({ layers: 0, heads: 1.5, width: NaN, context: 1e9 }).map(({ field }) => field)).toEqual([
    'layers',
    'heads',
    'width',
    'context',
  ]);
});
test('the size dial gives runnable configs that grow with it', () => {
  const counts = [1e4, 1e5, 1e6, 1e7, 1e8, 1e9].map((wanted) => {
    const config = gpt.sized(wanted, 4096);
    expect(gpt.problems(config)).toEqual([]);
    return countParams(gpt.params(config, 4096));
  });
  expect(counts).toEqual([...counts].sort((a, b) => a - b));
  expect(counts[3]! / 1e7).toBeGreaterThan(0.7);
  expect(counts[3]! / 1e7).toBeLessThan(1.4);
  expect(gpt.presets.flatMap(({ config }) => gpt.problems(config))).toEqual([]);
});

describe.each(SINGLE_THREAD_BACKENDS)('on %s', (_, use) => {
  beforeAll(async () => {
    await use();
  });
  test('logits equal an f64 implementation of GPT-2', async () => {
    const net = await network(choice, values);
    expectClose(await logits(net, ids), reference(ids), 5e-6, 'logits');
    net.dispose();
  });
  test('logits also match without biases and with another inner width', async () => {
    const drawn = decisive(bare, 3);
    const net = await network(bare, drawn);
    expectClose(await logits(net, ids), reference(ids, drawn), 5e-6, 'logits');
    net.dispose();
  });
  test("a later token doesn't change an earlier prediction", async () => {
    const net = await network(choice, values);
    const [a, b] = [await logits(net, ids), await logits(net, [...ids.slice(0, 4), 0, 0, 0])];
    expect(a.subarray(0, 4 * 11)).toEqual(b.subarray(0, 4 * 11));
    expect(a.subarray(4 * 11)).not.toEqual(b.subarray(4 * 11));
    net.dispose();
  });
  test.each([
    ['plain', { dropout: 0 }],
    ['recomputed, with dropout', { dropout: 0.2, recompute: true }],
  ] as const)('a tied table has the gradients of both tables of an untied model, %s', async (_, how) => {
    const table = 'transformer.wte.weight';
    const twice = new Map([...values, ['lm_head.weight', values.get(table)!]]);
    const tied = await gradients(choice, values, how);
    const untied = await gradients({ ...choice, config: { ...choice.config, untied: true } }, twice, how);
    const [looked, scored] = [untied.get(table)!, untied.get('lm_head.weight')!];
    expect(Math.max(...looked)).toBeGreaterThan(1e-3);
    expect(Math.max(...scored)).toBeGreaterThan(1e-3);
    expect(tied.get(table)).toEqual(scored.map((x, i) => x + looked[i]!));
    for (const [name, values] of tied) if (name !== table) expect(values, name).toEqual(untied.get(name));
  });
});

/** Gradients of the loss of one row, by weight. */
async function gradients(
  model: ModelChoice,
  weights: Values,
  how: { dropout: number; recompute?: boolean },
): Promise<Map<string, Float32Array>> {
  const net = await network(model, weights);
  const found = tf.tidy(() => {
    const counter = tf.tensor1d([1, 1], 'int32');
    const { grads } = tf.variableGrads(() => {
      const output = net.forward(tf.tensor2d([ids], undefined, 'int32'), { ...how, counter });
      return softmaxCrossEntropy(output, tf.tensor1d([1, 4, 1, 5, 9, -1, 2], 'int32'), tf.tensor1d([6], 'int32'));
    });
    return Object.entries(net.params).map(
      ([name, { name: own }]) => [name, grads[own]!.dataSync<'float32'>().slice()] as const,
    );
  });
  net.dispose();
  return new Map(found);
}

/** GPT-2 (Radford et al. 2019) as loops over f64: ids -> logits [T, V]. Missing biases are 0. */
function reference(tokens: number[], weights: Values = values): number[] {
  const { layers, heads, width: C } = choice.config;
  const D = C / heads;
  const w = (name: string): Float32Array => weights.get(`transformer.${name}`)!.data;
  const b = (name: string, size: number): Float32Array =>
    weights.get(`transformer.${name}.bias`)?.data ?? new Float32Array(size);
  const affine = (x: number[][], name: string, O: number): number[][] => {
    const [weight, bias] = [w(`${name}.weight`), b(name, O)];
    return x.map((row) =>
      Array.from({ length: O }, (__, o) => row.reduce((sum, v, i) => sum + v * weight[i * O + o]!, bias[o]!)),
    );
  };
  const normed = (x: number[][], name: string): number[][] =>
    x.map((row) => {
      const mean = row.reduce((a, b) => a + b) / C;
      const variance = row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / C;
      return row.map((v, c) => ((v - mean) / Math.sqrt(variance + 1e-5)) * w(`${name}.weight`)[c]! + b(name, C)[c]!);
    });
  const add = (a: number[][], b: number[][]): number[][] => a.map((row, t) => row.map((v, c) => v + b[t]![c]!));
  const gelu = (v: number): number => (v / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3)));

  let x = tokens.map((id, t) =>
    Array.from({ length: C }, (__, c) => w('wte.weight')[id * C + c]! + w('wpe.weight')[t * C + c]!),
  );
  for (let layer = 0; layer < layers; layer++) {
    const h = `h.${layer}`;
    const qkv = affine(normed(x, `${h}.ln_1`), `${h}.attn.c_attn`, 3 * C);
    const attended = qkv.map((row, i) =>
      Array.from({ length: C }, (__, c) => {
        const head = Math.floor(c / D) * D;
        const scores = qkv.slice(0, i + 1).map((other) => {
          let dot = 0;
          for (let d = 0; d < D; d++) dot += row[head + d]! * other[C + head + d]!;
          return Math.exp(dot / Math.sqrt(D));
        });
        const total = scores.reduce((a, b) => a + b);
        return scores.reduce((sum, score, j) => sum + (score / total) * qkv[j]![2 * C + c]!, 0);
      }),
    );
    x = add(x, affine(attended, `${h}.attn.c_proj`, C));
    const inner = affine(normed(x, `${h}.ln_2`), `${h}.mlp.c_fc`, w(`${h}.mlp.c_proj.weight`).length / C).map((row) =>
      row.map(gelu),
    );
    x = add(x, affine(inner, `${h}.mlp.c_proj`, C));
  }
  return normed(x, 'ln_f').flatMap((row) =>
    Array.from({ length: choice.vocabulary }, (__, v) =>
      row.reduce((sum, value, c) => sum + value * w('wte.weight')[v * C + c]!, 0),
    ),
  );
}
