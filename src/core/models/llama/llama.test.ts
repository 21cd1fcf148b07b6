import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose } from '../../../testing/checkOp';
import { decisive } from '../../../testing/decoding';
import { SINGLE_THREAD_BACKENDS } from '../../../testing/wasm';
import { logits } from '../../sample/logits';
import { type ModelChoice, network, type Values } from '../network';
import { countParams } from '../spec';
import { modelSpec } from '..';
import type { LlamaConfig } from './spec';

const llama = modelSpec('llama');
const SMALL: LlamaConfig = {
  ...{ layers: 2, heads: 4, kvHeads: 2, width: 16, hidden: 10, context: 7 },
  ...{ theta: 50, headWidth: 0, normEpsilon: 1e-3, qkNorm: 'none', norm: 'before', window: 0 },
};
/** Variants of the first config. */
const CONFIGS: Readonly<Record<string, LlamaConfig>> = {
  'heads that are too narrow to be turned but in pairs': { ...SMALL, heads: 8, kvHeads: 8 },
  'heads that share keys, in twos': SMALL,
  'heads that all share one of keys': { ...SMALL, kvHeads: 1 },
  'heads that are wider together than the model': { ...SMALL, headWidth: 6 },
  'an odd inner width': { ...SMALL, hidden: 7 },
  'a classifier of its own': { ...SMALL, untied: true },
  'norms of queries and keys': { ...SMALL, qkNorm: 'heads' },
  'a window': { ...SMALL, window: 3 },
  'a window of a token, with norms': { ...SMALL, window: 1, qkNorm: 'heads' },
  'a window as long as the context': { ...SMALL, window: 7 },
  'norms of rows of queries and keys': { ...SMALL, headWidth: 6, qkNorm: 'rows' },
  'norms after the branches': { ...SMALL, norm: 'after' },
  'norms of heads, and after the branches': { ...SMALL, qkNorm: 'heads', norm: 'after', window: 3 },
  'norms of rows, and after the branches': { ...SMALL, kvHeads: 1, hidden: 7, qkNorm: 'rows', norm: 'after' },
};
const choiceOf = (config: LlamaConfig): ModelChoice => ({ id: 'llama', config, vocabulary: 11 });
const ids = [3, 1, 4, 1, 5, 9, 10];

const PUBLISHED: readonly [string, number, number, LlamaConfig][] = [
  [
    'SmolLM2-135M',
    134_515_008,
    49_152,
    {
      ...{ layers: 30, heads: 9, kvHeads: 3, width: 576, hidden: 1536, context: 8192 },
      ...{ theta: 100_000, headWidth: 0, normEpsilon: 1e-5, qkNorm: 'none', norm: 'before', window: 0 },
    },
  ],
  [
    'Qwen3-0.6B',
    596_049_920,
    151_936,
    {
      ...{ layers: 28, heads: 16, kvHeads: 8, width: 1024, hidden: 3072, context: 40_960 },
      ...{ theta: 1_000_000, headWidth: 128, normEpsilon: 1e-6, qkNorm: 'heads', norm: 'before', window: 0 },
    },
  ],
  [
    'OLMo-2-0425-1B',
    1_484_916_736,
    100_352,
    {
      ...{ layers: 16, heads: 16, kvHeads: 16, width: 2048, hidden: 8192, context: 4096 },
      ...{ theta: 500_000, headWidth: 0, normEpsilon: 1e-6, qkNorm: 'rows', norm: 'after', window: 0, untied: true },
    },
  ],
  [
    'TinyLlama-1.1B',
    1_100_048_384,
    32_000,
    {
      ...{ layers: 22, heads: 32, kvHeads: 4, width: 2048, hidden: 5632, context: 2048 },
      ...{ theta: 10_000, headWidth: 0, normEpsilon: 1e-5, qkNorm: 'none', norm: 'before', window: 0, untied: true },
    },
  ],
];
test.each(PUBLISHED)('%s has the published number of parameters', (_, count, vocabulary, config) => {
  expect(countParams(llama.params(config, vocabulary))).toBe(count);
  expect(llama.problems(config)).toEqual([]);
});
test('only matrices have weight decay; adapters can target linear layers', () => {
  const table = llama.params(SMALL, 11);
  expect(Object.keys(table).length).toBe(1 + 6 * 2 + 1);
  expect(table['model.layers.1.self_attn.qkv_proj.weight']).toMatchObject({ shape: [16, 32], linear: true });
  expect(table['model.layers.1.mlp.down_proj.weight']).toMatchObject({ shape: [10, 16], init: { std: 0.01 } });
  for (const [name, { decay, shape }] of Object.entries(table)) expect(decay, name).toBe(shape.length === 2);
});
test.each<[Partial<LlamaConfig>, string, string]>([
  [{ heads: 5 }, 'heads', "The width of 16 isn't a multiple of 5 heads."],
  [{ heads: 16, kvHeads: 16 }, 'heads', 'The head width is 1; rotary embeddings need an even number.'],
  [{ headWidth: 5 }, 'headWidth', 'The head width is 5; rotary embeddings need an even number.'],
  [{ kvHeads: 3 }, 'kvHeads', "4 heads can't be divided evenly among 3 key-value heads."],
  [{ qkNorm: 'all' as 'rows' }, 'qkNorm', 'QK-norm must be one of none, heads, rows, not all.'],
  [{ norm: 'both' as 'after' }, 'norm', 'Norms must be one of before, after, not both.'],
  [{ theta: 1 }, 'theta', 'Rotary base must be a number from 10 to 1000000000, not 1.'],
])("%j can't run and reports why", (change, field, message) => {
  expect(llama.problems({ ...SMALL, ...change })).toMatchObject([{ field, message }]);
});
test('refuses scaled rotary positions by their kind, and names models with unscaled ones', () => {
  const { schema } = llama.huggingFace!;
  const stated = { rope_type: 'llama3', factor: 8, low_freq_factor: 1, high_freq_factor: 4, rope_theta: 500_000 };
  for (const key of ['rope_scaling', 'rope_parameters']) {
    const { error } = schema.safeParse({ model_type: 'llama', [key]: stated });
    expect(error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual([
      `${key}: rotary embeddings of the type "llama3" are not supported; Llama 3, SmolLM2, Mistral and Qwen3 have unscaled ones`,
    ]);
  }
  const plain = { model_type: 'llama', rope_parameters: { rope_type: 'default', rope_theta: 500_000 } };
  expect(schema.parse(plain)).toMatchObject({ config: { theta: 500_000 } });
});

test('the size dial gives runnable configs that grow with it, and default sizes run', () => {
  const counts = [1e4, 1e5, 1e6, 1e7, 1e8, 1e9].map((wanted) => {
    const config = llama.sized(wanted, 4096);
    expect(llama.problems(config)).toEqual([]);
    return countParams(llama.params(config, 4096));
  });
  expect(counts).toEqual([...counts].sort((a, b) => a - b));
  expect(Math.abs(Math.log(counts[3]! / 1e7))).toBeLessThan(0.35);
  expect(llama.presets.flatMap(({ config }) => llama.problems(config))).toEqual([]);
  for (const heads of [1, 3, 8]) {
    const config = { layers: 1, heads, width: 16 * heads, context: 8 };
    expect(llama.problems({ ...SMALL, ...config, ...llama.usual!(config) })).toEqual([]);
  }
});

describe.each(SINGLE_THREAD_BACKENDS)('on %s', (_, use) => {
  beforeAll(async () => {
    await use();
  });
  test.each(Object.entries(CONFIGS))('%s: logits equal an f64 implementation of Llama', async (_name, config) => {
    const values = decisive(choiceOf(config), 3);
    const net = await network(choiceOf(config), values);
    expectClose(await logits(net, ids), reference(config, values, ids), 1e-5, 'logits');
    net.dispose();
  });
});

/** Llama (Touvron et al. 2023) as loops over f64: ids -> logits [T, V]. */
function reference(config: LlamaConfig, values: Values, tokens: number[]): number[] {
  const { layers, heads, kvHeads, width: C, hidden, theta, normEpsilon, qkNorm, norm, window, untied } = config;
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
  /** Head as complex numbers, each rotated by its own angle. */
  const turned = (head: number[], t: number): number[] =>
    head.map((v, c) => {
      const half = D / 2;
      const angle = t * theta ** (-(c % half) / half);
      const other = c < half ? -head[c + half]! : head[c - half]!;
      return v * Math.cos(angle) + other * Math.sin(angle);
    });
  const silu = (v: number): number => v / (1 + Math.exp(-v));

  let x = tokens.map((id) => [...w('model.embed_tokens').subarray(id * C, (id + 1) * C)]);
  for (let layer = 0; layer < layers; layer++) {
    const h = `model.layers.${layer}`;
    const before = (name: string): number[][] => (norm === 'before' ? normed(x, `${h}.${name}`) : x);
    const after = (y: number[][], name: string): number[][] => (norm === 'after' ? normed(y, `${h}.${name}`) : y);
    let qkv = times(before('input_layernorm'), `${h}.self_attn.qkv_proj`);
    if (qkNorm === 'rows')
      qkv = qkv.map((row) => [
        ...normed([row.slice(0, heads * D)], `${h}.self_attn.q_norm`)[0]!,
        ...normed([row.slice(heads * D, (heads + kvHeads) * D)], `${h}.self_attn.k_norm`)[0]!,
        ...row.slice((heads + kvHeads) * D),
      ]);
    const headOf = (t: number, at: number): number[] => qkv[t]!.slice(at * D, (at + 1) * D);
    const attended = qkv.map((__, i) =>
      Array.from({ length: heads }, (___, head) => {
        const shared = heads + Math.floor((head * kvHeads) / heads);
        const placed = (t: number, at: number, norm: string): number[] =>
          turned(qkNorm === 'heads' ? normed([headOf(t, at)], `${h}.self_attn.${norm}`)[0]! : headOf(t, at), t);
        const q = placed(i, head, 'q_norm');
        const scores = Array.from({ length: i + 1 }, (____, j) => {
          const k = placed(j, shared, 'k_norm');
          if (window > 0 && i - j >= window) return 0;
          return Math.exp(q.reduce((sum, v, d) => sum + v * k[d]!, 0) / Math.sqrt(D));
        });
        const total = scores.reduce((a, b) => a + b);
        return Array.from({ length: D }, (____, d) =>
          scores.reduce((sum, score, j) => sum + (score / total) * headOf(j, shared + kvHeads)[d]!, 0),
        );
      }).flat(),
    );
    x = add(x, after(times(attended, `${h}.self_attn.o_proj`), 'post_attention_layernorm'));
    const gateUp = times(before('post_attention_layernorm'), `${h}.mlp.gate_up_proj`);
    const inner = gateUp.map((row) => row.slice(0, hidden).map((gate, i) => silu(gate) * row[hidden + i]!));
    x = add(x, after(times(inner, `${h}.mlp.down_proj`), 'post_feedforward_layernorm'));
  }
  const table = w(untied ? 'lm_head' : 'model.embed_tokens');
  return normed(x, 'model.norm').flatMap((row) =>
    Array.from({ length: 11 }, (__, v) => row.reduce((sum, value, c) => sum + value * table[v * C + c]!, 0)),
  );
}
