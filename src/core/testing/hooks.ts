/** What hooks see and do, against a network that nobody looks into. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor2D } from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { compile } from '../gpu/program';
import { initialValues, type ModelChoice, network, type Network, type Values } from '../models/network';
import type { Hook, HookName } from '../models/spec';
import { classify } from '../ops/classify';
import { softmaxCrossEntropy } from '../ops/softmaxCrossEntropy';
import { expectClose } from './checkOp';

const [ROWS, TOKENS, WIDTH, SIZE] = [2, 5, 12, 4];
const choice: ModelChoice = { id: 'gpt', config: { layers: 2, heads: 3, width: WIDTH, context: 8 }, vocabulary: 11 };
const VALUES: Values = new Map(
  [...initialValues(choice, 3)].map(([name, { shape, data }], at) => [
    name,
    { shape, data: data.map((x, i) => (x === 0 || x === 1 ? x + 0.3 * Math.sin(i + at) : 12 * x)) },
  ]),
);
const IDS = Int32Array.from([3, 1, 4, 1, 5, 9, 2, 6, 5, 3]);
const N = ROWS * TOKENS;
/** By name, in the order in which they come. */
const SHAPES: Readonly<Record<string, readonly number[]>> = {
  embedding: [N, WIDTH],
  ...Object.fromEntries(
    [0, 1].flatMap((i) =>
      Object.entries({
        'attention.norm': WIDTH,
        'attention.qkv': 3 * WIDTH,
        'attention.heads': WIDTH,
        'attention.out': WIDTH,
        middle: WIDTH,
        'mlp.norm': WIDTH,
        'mlp.inner': 4 * WIDTH,
        'mlp.out': WIDTH,
        out: WIDTH,
      }).map(([site, columns]) => [`blocks.${i}.${site}`, [N, columns]]),
    ),
  ),
  norm: [N, WIDTH],
};

/** Scores of every token after each, op by op. */
async function eager(net: Network, hook?: Hook): Promise<Float32Array> {
  const scores = tf.tidy(() => {
    const ids = tf.tensor2d(IDS, [ROWS, TOKENS], 'int32');
    const { hidden, classifier } = net.forward(ids, { dropout: 0, ...(hook && { hook }) });
    return classify(hidden, classifier);
  });
  const values = (await scores.data<'float32'>()).slice();
  scores.dispose();
  return values;
}
/** The same as a program, with further outputs. */
async function captured(net: Network, hook: (seen: Record<string, Tensor2D>) => Hook) {
  const program = compile({ ids: { shape: [ROWS, TOKENS], dtype: 'int32' } }, ({ ids }) => {
    const seen: Record<string, Tensor2D> = {};
    const { hidden, classifier } = net.forward(ids as Tensor2D, { dropout: 0, hook: hook(seen) });
    return { ...(seen as Record<HookName, Tensor2D>), scores: classify(hidden, classifier) };
  });
  const results = await program.run({ ids: IDS });
  program.dispose();
  return results;
}

/** Every activation is seen under its name, in its shape, with the same values in a program; and seeing changes nothing. */
export async function expectSeen(): Promise<void> {
  const net = await network(choice, VALUES);
  const plain = await eager(net);
  const shapes: Record<string, readonly number[]> = {};
  const kept: Record<string, Tensor2D> = {};
  const looked = await eager(net, (name, x) => {
    shapes[name] = x.shape;
    return (kept[name] = tf.keep(x));
  });
  const values: Record<string, Float32Array> = {};
  for (const [name, x] of Object.entries(kept)) values[name] = (await x.data<'float32'>()).slice();
  tf.dispose(kept);
  expect(shapes).toEqual(SHAPES);
  expect(Object.keys(shapes)).toEqual(Object.keys(SHAPES));
  expectClose(looked, plain, 1e-6, 'scores while looking on');
  const { scores, ...seen } = await captured(net, (all) => (name, x) => (all[name] = x));
  expectClose(scores, plain, 1e-6, 'scores of a program that shows all');
  expect(Object.keys(seen).sort()).toEqual(Object.keys(SHAPES).sort());
  for (const [name, activation] of Object.entries(seen)) expectClose(activation, values[name]!, 1e-6, name);
  // What is seen is what it is called: the stream's parts add up, and the last norm is what is scored.
  for (const i of [0, 1]) {
    const part = (site: string): Float32Array => values[`blocks.${i}.${site}`]!;
    const before = i === 0 ? values['embedding']! : values['blocks.0.out']!;
    expectClose(
      part('middle'),
      before.map((x, n) => x + part('attention.out')[n]!),
      1e-6,
      `middle of ${i}`,
    );
    expectClose(
      part('out'),
      part('middle').map((x, n) => x + part('mlp.out')[n]!),
      1e-6,
      `end of ${i}`,
    );
  }
  net.dispose();
}

/** A head is silenced by a hook, and in another network by its rows of the projection; in a program it is the same. */
export async function expectReplaced(): Promise<void> {
  const head = 1;
  const silent = Float32Array.from({ length: WIDTH }, (_, c) => (Math.floor(c / SIZE) === head ? 0 : 1));
  const hook: Hook = (name, x) => (name === 'blocks.0.attention.heads' ? tf.mul(x, tf.tensor1d(silent)) : x);
  const projection = 'transformer.h.0.attn.c_proj.weight';
  const { shape, data } = VALUES.get(projection)!;
  const without = data.map((x, at) => x * silent[Math.floor(at / WIDTH)]!);
  const byHand = await network(choice, new Map([...VALUES, [projection, { shape, data: without }]]));
  const net = await network(choice, VALUES);
  const [want, whole] = [await eager(byHand), await eager(net)];
  expect(Math.max(...want.map((x, i) => Math.abs(x - whole[i]!)))).toBeGreaterThan(1e-2);
  expectClose(await eager(net, hook), want, 1e-5, 'op by op');
  expectClose((await captured(net, () => hook)).scores, want, 1e-5, 'as a program');
  for (const each of [net, byHand]) each.dispose();
}

/** Weights learn the same while somebody looks on, with what is kept and with what is computed again. */
export async function expectLearning(): Promise<void> {
  const net = await network(choice, VALUES);
  const gradients = async (how: { recompute?: boolean; hook?: Hook }) => {
    const found = tf.tidy(() => {
      const { grads } = tf.variableGrads(() => {
        const { hidden, classifier } = net.forward(tf.tensor2d(IDS, [ROWS, TOKENS], 'int32'), { dropout: 0, ...how });
        return softmaxCrossEntropy(hidden, classifier, tf.tensor1d(IDS, 'int32'), tf.tensor1d([N], 'int32'));
      });
      return Object.fromEntries(Object.entries(net.params).map(([name, { name: own }]) => [name, grads[own]!]));
    });
    const values = new Map<string, Float32Array>();
    for (const [name, gradient] of Object.entries(found)) values.set(name, (await gradient.data<'float32'>()).slice());
    tf.dispose(found);
    return values;
  };
  const plain = await gradients({});
  for (const recompute of [false, true]) {
    let calls = 0;
    const hook: Hook = (_, x) => {
      calls++;
      return x;
    };
    const seen = await gradients({ recompute, hook });
    for (const [name, values] of plain) expectClose(seen.get(name)!, values, 1e-5, name);
    expect(calls).toBe(recompute ? 2 + 2 * 18 : 2 + 18);
  }
  net.dispose();
}
