import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { inductionModel } from '../../testing/inductionModel';
import { inspected, INSPECTED } from '../../testing/inspected';
import { untrainedGpt } from '../../testing/untrainedModels';
import { useSingleThreadWasm } from '../../testing/wasm';
import { network, type Values } from '../models/network';
import { createTokenizer } from '../tokenizer/byteLevel';
import { ablate, componentsOf, type Component } from './ablation';
import { forwardOf, kept } from './forward';
import { passageOf } from './passage';
import { tokenPredictions } from './tokenLoss';

beforeAll(useSingleThreadWasm);

const NAMES = Object.keys(INSPECTED) as (keyof typeof INSPECTED)[];
const textOf = (name: string) => (name === 'T5' ? { prompt: 'whale', target: 'fish' } : { prompt: 'the whale' });

test.each(NAMES)('%s: every component has a loss, highest first, and no tensor is left', async (name) => {
  const { network: net, tokenizer } = await inspected(name);
  const passage = await passageOf(net, tokenizer, textOf(name));
  const before = tf.memory().numTensors;
  const zero = await ablate(net, tokenizer, passage, { replacement: 'zero' });
  expect(tf.memory().numTensors).toBe(before);
  const plain = (await tokenPredictions(net, tokenizer, passage, { count: 0 })).flatMap(({ loss }) => loss ?? []);
  expect(zero.loss).toBeCloseTo(plain.reduce((a, b) => a + b) / plain.length, 4);
  expect(zero.components).toHaveLength(name === 'T5' ? 2 * 4 + 2 * 6 : 2 * 4);
  expect(new Set(zero.components.map(({ component }) => JSON.stringify(component))).size).toBe(zero.components.length);
  const losses = zero.components.map(({ loss }) => loss);
  expect(losses).toEqual(losses.toSorted((a, b) => b - a));
  for (const loss of losses) expect(loss).not.toBe(zero.loss);
  net.dispose();
});

test.each(['GPT', 'Llama', 'BERT'] as const)('%s: ablating nothing changes no bit', async (name) => {
  const { network: net, tokenizer } = await inspected(name);
  const expected = tokenizer.encode('h')[0]!;
  // The mean of one token is the token itself.
  const passage = { ...(await passageOf(net, tokenizer, { prompt: 'w' })), predictions: [{ position: 0, expected }] };
  const { loss, components } = await ablate(net, tokenizer, passage, { replacement: 'mean' });
  const same = components.filter(({ component }) => component.kind !== 'layer'); // a layer's is a difference
  expect(same.map((each) => each.loss)).toEqual(same.map(() => loss));
  const zero = await ablate(net, tokenizer, passage, { replacement: 'zero' });
  expect(zero.loss).toBe(loss);
  expect(zero.components.some((each) => each.loss !== loss)).toBe(true);
  net.dispose();
});

/** Weights of a GPT that has this component's output replaced: rows of projections are 0, and a bias adds the mean. */
function rewritten(values: Values, component: Component, means?: Float32Array): Values {
  const changed = new Map(values);
  const h = `transformer.h.${component.layer}`;
  const silence = (layer: string, from = 0, to = Infinity, bias?: Float32Array): void => {
    const { shape, data } = values.get(`${h}.${layer}.weight`)!;
    const columns = shape[1]!;
    const isIn = (row: number): boolean => row >= from && row < to;
    changed.set(`${h}.${layer}.weight`, { shape, data: data.map((x, at) => (isIn(Math.floor(at / columns)) ? 0 : x)) });
    const old = values.get(`${h}.${layer}.bias`)!;
    const kept = to === Infinity ? 0 : 1;
    changed.set(`${h}.${layer}.bias`, { shape: old.shape, data: old.data.map((x, column) => kept * x + (bias?.[column] ?? 0)) }); // prettier-ignore
  };
  const projection = values.get(`${h}.attn.c_proj.weight`)!;
  const width = projection.shape[1]!;
  if (component.kind === 'head') {
    const [from, to] = [component.head * (width / 2), (component.head + 1) * (width / 2)];
    const bias =
      means &&
      Float32Array.from({ length: width }, (_, column) => {
        let sum = 0;
        for (let row = from; row < to; row++) sum += means[row]! * projection.data[row * width + column]!;
        return sum;
      });
    silence('attn.c_proj', from, to, bias);
  }
  if (component.kind !== 'head') silence('mlp.c_proj', 0, Infinity, means);
  if (component.kind === 'layer') silence('attn.c_proj');
  return changed;
}

describe('GPT: equals a model with other weights', () => {
  const lossOf = async (choice: Parameters<typeof network>[0], values: Values, prompt: string): Promise<number> => {
    const { tokenizer } = await untrainedGpt();
    const net = await network(choice, values);
    const found = await tokenPredictions(net, tokenizer, await passageOf(net, tokenizer, { prompt }), { count: 0 });
    net.dispose();
    return found.reduce((sum, { loss = 0 }) => sum + loss, 0) / (found.length - 1);
  };
  const PROMPT = 'the whale';

  test('replaced with zeros', async () => {
    const { info, snapshot, tokenizer } = await untrainedGpt();
    const net = await network(info.model, snapshot.tensors);
    const passage = await passageOf(net, tokenizer, { prompt: PROMPT });
    const { components } = await ablate(net, tokenizer, passage, { replacement: 'zero' });
    for (const { component, loss } of components)
      expect(loss).toBeCloseTo(await lossOf(info.model, rewritten(snapshot.tensors, component), PROMPT), 3);
    net.dispose();
  });

  test('replaced with their means', async () => {
    const { info, snapshot, tokenizer } = await untrainedGpt();
    const net = await network(info.model, snapshot.tensors);
    const passage = await passageOf(net, tokenizer, { prompt: PROMPT });
    const meanOf = async (name: string): Promise<Float32Array> => {
      const { all, hook } = kept((at, x) => (at === name ? tf.mean(x, 0, true) : undefined));
      tf.tidy(() => void forwardOf(net, passage, { hook }));
      const values = (await all[0]!.data<'float32'>()).slice();
      tf.dispose(all);
      return values;
    };
    const { components } = await ablate(net, tokenizer, passage, { replacement: 'mean' });
    for (const { component, loss } of components.filter((each) => each.component.kind !== 'layer')) {
      const site = component.kind === 'head' ? 'attention.heads' : 'mlp.out';
      const means = await meanOf(`blocks.${component.layer}.${site}`);
      expect(loss).toBeCloseTo(await lossOf(info.model, rewritten(snapshot.tensors, component, means), PROMPT), 3); // prettier-ignore
    }
    net.dispose();
  });
});

test('a layer or head chooses its components', async () => {
  const { network: net } = await inspected('T5');
  expect(componentsOf(net, { layer: 1, head: 0 })).toEqual([
    { site: 'encoder', kind: 'head', layer: 1, head: 0 },
    { site: 'self', kind: 'head', layer: 1, head: 0 },
    { site: 'cross', kind: 'head', layer: 1, head: 0 },
  ]);
  net.dispose();
});

test('a model made by hand: the second copy needs the induction head and the head that it reads', async () => {
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const { choice, values } = inductionModel(tokenizer.size, { predicts: true });
  const net = await network(choice, values);
  const passage = await passageOf(net, tokenizer, { prompt: 'qwertyuioqwertyuio' });
  // The first token has no token before it, so the head of layer 0 copies the token itself.
  const predictions = passage.predictions.slice(10, -1);
  const { loss, components } = await ablate(net, tokenizer, passage, { replacement: 'zero', predictions });
  expect(loss).toBeLessThan(0.1);
  const needed = components.filter((each) => each.component.kind === 'head' && each.loss > 1);
  expect(needed.map(({ component }) => [component.layer, 'head' in component && component.head]).sort()).toEqual([[0, 0], [1, 0]]); // prettier-ignore
  net.dispose();
});
