import { expect, test } from 'vitest';
import { modelSpec } from '../models';
import { drawn } from '../models/network';
import { expectClose } from '../../testing/checkOp';
import { type Trainable, linearWeights, merged, partsOf } from './trainable';

const own = modelSpec('gpt').params({ layers: 2, heads: 2, width: 8, context: 4 }, 20);
const h = 'transformer.h.0';
const trainable: Trainable = {
  weights: ['transformer.ln_f.bias', `${h}.ln_1.weight`],
  adapter: {
    id: 'lora',
    settings: { rank: 3, alpha: 6, dropout: 0, rankStabilised: false },
    beside: [`${h}.mlp.c_fc.weight`, `${h}.attn.c_attn.weight`],
  },
};

test('all weights are trainable by default', () => {
  expect(partsOf(own)).toEqual({ own, added: {}, trainableParams: own });
});

test('trainable parameters are the named ones and the adapter’s, in the model’s order', () => {
  const { added, trainableParams } = partsOf(own, trainable);
  expect(Object.entries(added).map(([name, { shape }]) => [name, shape])).toEqual([
    [`${h}.attn.c_attn.lora_A.weight`, [8, 3]],
    [`${h}.attn.c_attn.lora_B.weight`, [3, 24]],
    [`${h}.mlp.c_fc.lora_A.weight`, [8, 3]],
    [`${h}.mlp.c_fc.lora_B.weight`, [3, 32]],
  ]);
  expect(Object.keys(trainableParams)).toEqual([`${h}.ln_1.weight`, 'transformer.ln_f.bias', ...Object.keys(added)]);
});

test('an adapter can target the four matrices of each layer', () => {
  expect(linearWeights(own)).toEqual(
    [0, 1].flatMap((i) =>
      ['attn.c_attn', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj'].map((name) => `transformer.h.${i}.${name}.weight`),
    ),
  );
});

test('LoRA starts at 0, with its first matrix initialized as in PEFT', () => {
  const { added } = partsOf(own, trainable);
  const values = drawn({ ...added, wide: { ...added[`${h}.mlp.c_fc.lora_A.weight`]!, shape: [8, 5000] } }, 1);
  expect(new Set(values.get(`${h}.mlp.c_fc.lora_B.weight`)!.data)).toEqual(new Set([0]));
  // Uniform in +-1 / sqrt(8) has this variance.
  const { data } = values.get('wide')!;
  expect(data.reduce((sum, x) => sum + x * x, 0) / data.length).toBeCloseTo(1 / 24, 3);
});

test('a merged weight is W + alpha / rank A B, and the others are the same tensors', () => {
  const { added } = partsOf(own, trainable);
  const values = new Map([
    ...drawn(own, 1),
    ...drawn(Object.fromEntries(Object.entries(added).map(([name, each]) => [name, { ...each, init: { std: 1 } }])), 2),
  ]);
  const all = merged(own, values, trainable);
  expect([...all.keys()]).toEqual(Object.keys(own));
  for (const [name, { data, shape }] of all) {
    if (!trainable.adapter!.beside.includes(name)) {
      expect(data, name).toBe(values.get(name)!.data);
      continue;
    }
    const [down, up] = ['A', 'B'].map((part) => values.get(name.replace('weight', `lora_${part}.weight`))!.data);
    const [I, O] = shape as [number, number];
    const want = Array.from({ length: I * O }, (_, at) => {
      const [i, o] = [Math.floor(at / O), at % O];
      const product = [0, 1, 2].reduce((sum, r) => sum + down![i * 3 + r]! * up![r * O + o]!, 0);
      return values.get(name)!.data[at]! + 2 * product;
    });
    expectClose(data, want, 1e-7, name);
  }
});
