/** Tests hooks against a network without hooks. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { compile } from '../core/gpu/program';
import { type ModelChoice, network, type Network } from '../core/models/network';
import type { BaseConfig, Hook, HookName } from '../core/models/spec';
import { norm } from '../core/nn/layers';
import { classify } from '../core/ops/classify';
import { softmaxCrossEntropy } from '../core/ops/softmaxCrossEntropy';
import { expectClose } from './checkOp';
import { decisive } from './decoding';

const [ROWS, TOKENS, WIDTH, SIZE] = [2, 5, 12, 4];
const SIZES = { layers: 2, heads: 3, width: WIDTH, context: 8 };
/** A model, widths of activations wider than the model, and the weight that projects the heads. */
interface HookedModel {
  choice: ModelChoice;
  columns: { 'attention.qkv': number; 'mlp.inner': number };
  projection: string;
  /** For norms after a block's two sums, which normalize the residual stream. */
  after?: readonly [middle: (block: number) => string, out: (block: number) => string];
}
export const LOOKED_AT: Readonly<Record<string, HookedModel>> = {
  GPT: {
    choice: { id: 'gpt', config: SIZES, vocabulary: 11 },
    columns: { 'attention.qkv': 3 * WIDTH, 'mlp.inner': 4 * WIDTH },
    projection: 'transformer.h.0.attn.c_proj.weight',
  },
  Llama: {
    choice: {
      id: 'llama',
      config: {
        ...SIZES,
        kvHeads: 1,
        hidden: 10,
        headWidth: 0,
        theta: 50,
        normEpsilon: 1e-5,
        qkNorm: 'heads',
        norm: 'before',
        window: 3,
      } as BaseConfig,
      vocabulary: 11,
    },
    columns: { 'attention.qkv': WIDTH + 2 * SIZE, 'mlp.inner': 10 },
    projection: 'model.layers.0.self_attn.o_proj.weight',
  },
  'OLMo 2': {
    choice: {
      id: 'llama',
      config: {
        ...{ ...SIZES, kvHeads: 1, hidden: 10, headWidth: 0, theta: 50, normEpsilon: 1e-5 },
        ...{ qkNorm: 'rows', norm: 'after', window: 0 },
      },
      vocabulary: 11,
    },
    columns: { 'attention.qkv': WIDTH + 2 * SIZE, 'mlp.inner': 10 },
    projection: 'model.layers.0.self_attn.o_proj.weight',
  },
  BERT: {
    choice: {
      id: 'bert',
      config: { ...SIZES, hidden: 10, tanh: false, tokenTypes: 2, normEpsilon: 1e-12 } as BaseConfig,
      vocabulary: 11,
    },
    columns: { 'attention.qkv': 3 * WIDTH, 'mlp.inner': 10 },
    projection: 'bert.encoder.layer.0.attention.output.dense.weight',
    after: [
      (block) => `bert.encoder.layer.${block}.attention.output.LayerNorm`,
      (block) => `bert.encoder.layer.${block}.output.LayerNorm`,
    ],
  },
};
const IDS = Int32Array.from([3, 1, 4, 1, 5, 9, 2, 6, 5, 3]);
const N = ROWS * TOKENS;
/** Shapes of activations by name, in the order of the calls. */
const shapesOf = ({ columns }: HookedModel): Readonly<Record<string, readonly number[]>> => ({
  embedding: [N, WIDTH],
  ...Object.fromEntries(
    [0, 1].flatMap((i) =>
      Object.entries({
        'attention.norm': WIDTH,
        'attention.qkv': columns['attention.qkv'],
        'attention.heads': WIDTH,
        'attention.out': WIDTH,
        middle: WIDTH,
        'mlp.norm': WIDTH,
        'mlp.inner': columns['mlp.inner'],
        'mlp.out': WIDTH,
        out: WIDTH,
      }).map(([site, columns]) => [`blocks.${i}.${site}`, [N, columns]]),
    ),
  ),
  norm: [N, WIDTH],
});

/** Scores of every token at each position, op by op. */
async function eager(net: Network, hook?: Hook): Promise<Float32Array> {
  const scores = tf.tidy(() => {
    const ids = tf.tensor2d(IDS, [ROWS, TOKENS], 'int32');
    return classify(net.forward(ids, { dropout: 0, ...(hook && { hook }) }));
  });
  const values = (await scores.data<'float32'>()).slice();
  scores.dispose();
  return values;
}
/** Scores as a program, with activations as further outputs. */
async function captured(net: Network, hook: (seen: Record<string, Tensor2D>) => Hook) {
  const program = compile({ ids: { shape: [ROWS, TOKENS], dtype: 'int32' } }, ({ ids }) => {
    const seen: Record<string, Tensor2D> = {};
    const scores = classify(net.forward(ids as Tensor2D, { dropout: 0, hook: hook(seen) }));
    return { ...(seen as Record<HookName, Tensor2D>), scores };
  });
  const results = await program.run({ ids: IDS });
  program.dispose();
  return results;
}

/** Hooks see every activation by name and shape, with equal values in a program; observation changes nothing. */
export async function expectSeen(hooked: HookedModel): Promise<void> {
  const net = await network(hooked.choice, decisive(hooked.choice, 3));
  const expected = shapesOf(hooked);
  const plainScores = await eager(net);
  const shapes: Record<string, readonly number[]> = {};
  const activations: Record<string, Tensor2D> = {};
  const hookedScores = await eager(net, (name, x) => {
    shapes[name] = x.shape;
    return (activations[name] = tf.keep(x));
  });
  const values: Record<string, Float32Array> = {};
  for (const [name, x] of Object.entries(activations)) values[name] = (await x.data<'float32'>()).slice();
  tf.dispose(activations);
  expect(shapes).toEqual(expected);
  expect(Object.keys(shapes)).toEqual(Object.keys(expected));
  expectClose(hookedScores, plainScores, 1e-6, 'scores while looking on');
  const { scores, ...seen } = await captured(net, (all) => (name, x) => (all[name] = x));
  expectClose(scores, plainScores, 1e-6, 'scores of a program that shows all');
  expect(Object.keys(seen).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, activation] of Object.entries(seen)) expectClose(activation, values[name]!, 1e-6, name);
  // Activations match their names: the residual stream is the sum of its parts, and the scores come from the last norm.
  for (const i of [0, 1]) {
    const part = (site: string): Float32Array => values[`blocks.${i}.${site}`]!;
    const before = i === 0 ? values['embedding']! : values['blocks.0.out']!;
    const sums = {
      middle: before.map((x, n) => x + part('attention.out')[n]!),
      out: part('middle').map((x, n) => x + part('mlp.out')[n]!),
    };
    for (const [at, site] of (['middle', 'out'] as const).entries()) {
      const layer = hooked.after?.[at]!(i);
      const want = layer === undefined ? sums[site] : await normalised(net, layer, sums[site]);
      expectClose(part(site), want, layer === undefined ? 1e-6 : 1e-5, `${site} of ${i}`);
    }
  }
  net.dispose();
}

async function normalised({ params }: Network, layer: string, sum: Float32Array): Promise<Float32Array> {
  const y = tf.tidy(() => norm(params, layer, tf.tensor2d(sum, [N, WIDTH]), { kind: 'layerNorm', epsilon: 1e-12 }));
  const values = (await y.data<'float32'>()).slice();
  y.dispose();
  return values;
}

/** Silencing a head by a hook equals zeroing its rows of the projection, also in a program. */
export async function expectReplaced({ choice, projection }: HookedModel): Promise<void> {
  const values = decisive(choice, 3);
  const head = 1;
  const headMask = Float32Array.from({ length: WIDTH }, (_, c) => (Math.floor(c / SIZE) === head ? 0 : 1));
  const hook: Hook = (name, x) => (name === 'blocks.0.attention.heads' ? tf.mul(x, tf.tensor1d(headMask)) : x);
  const { shape, data } = values.get(projection)!;
  const maskedWeights = data.map((x, at) => x * headMask[Math.floor(at / WIDTH)]!);
  const maskedNet = await network(choice, new Map([...values, [projection, { shape, data: maskedWeights }]]));
  const net = await network(choice, values);
  const [want, unchanged] = [await eager(maskedNet), await eager(net)];
  expect(Math.max(...want.map((x, i) => Math.abs(x - unchanged[i]!)))).toBeGreaterThan(1e-2);
  expectClose(await eager(net, hook), want, 1e-5, 'op by op');
  expectClose((await captured(net, () => hook)).scores, want, 1e-5, 'as a program');
  for (const each of [net, maskedNet]) each.dispose();
}

/** Gradients stay equal while a hook observes, with saved and with recomputed activations. */
export async function expectLearning({ choice }: HookedModel): Promise<void> {
  const net = await network(choice, decisive(choice, 3));
  const gradients = async (options: { recompute?: boolean; hook?: Hook }) => {
    const gradientTensors = tf.tidy(() => {
      const { grads } = tf.variableGrads(() => {
        const output = net.forward(tf.tensor2d(IDS, [ROWS, TOKENS], 'int32'), { dropout: 0, ...options });
        return softmaxCrossEntropy(output, tf.tensor1d(IDS, 'int32'), tf.tensor1d([N], 'int32'));
      });
      return Object.fromEntries(
        Object.entries(net.params).map(([name, { name: variableName }]) => [name, grads[variableName]!]),
      );
    });
    const values = new Map<string, Float32Array>();
    for (const [name, gradient] of Object.entries(gradientTensors))
      values.set(name, (await gradient.data<'float32'>()).slice());
    tf.dispose(gradientTensors);
    return values;
  };
  const plainScores = await gradients({});
  for (const recompute of [false, true]) {
    let calls = 0;
    const hook: Hook = (_, x) => {
      calls++;
      return x;
    };
    const seen = await gradients({ recompute, hook });
    for (const [name, values] of plainScores) expectClose(seen.get(name)!, values, 1e-5, name);
    expect(calls).toBe(recompute ? 2 + 2 * 18 : 2 + 18);
  }
  net.dispose();
}
