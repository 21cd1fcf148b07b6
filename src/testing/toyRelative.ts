/**
 * A small architecture with features that GPT lacks: one relative position bias for all blocks, bidirectional
 * attention, and cross-attention to an encoder (Raffel et al. 2019, arXiv:1910.10683).
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { type ModelId, MODELS } from '../core/models';
import { gpt } from '../core/models/gpt/spec';
import { initialValues, type ModelChoice, type Network, network } from '../core/models/network';
import {
  type BaseConfig,
  type BlockActivation,
  defineModel,
  type Forward,
  type HookName,
  type Memory,
  type ModelKind,
  type ModelSpec,
  type Output,
  type Parameter,
  type ParamTable,
  type Pass,
} from '../core/models/spec';
import { attend, relativePositionsOf } from '../core/nn/cache';
import { block, dense, mlp, type Norm, norm, preNorm } from '../core/nn/layers';
import { attention } from '../core/ops/attention';
import { embeddingTied } from '../core/ops/embedding';
import { relativeBias } from '../core/ops/relativeBias';

const [BUCKETS, FARTHEST] = [8, 10];
const NORM: Norm = { kind: 'rmsNorm', epsilon: 1e-6 };
const matrix = ({ params }: Pass, name: string): Tensor2D => params[`${name}.weight`] as Tensor2D;
const settingsOf = ({ config }: Pass, rows: number) => ({ rows, heads: config.heads, scale: 1 });

/** Self-attention of fused q | k | v. */
type Within = (qkv: Tensor2D, bias: Tensor3D, layer: number) => Tensor2D;

function encode(pass: Pass, ids: Tensor2D): Output {
  const [rows, T] = ids.shape;
  const { lengths } = pass;
  const both = { queries: T, keys: T, maxDistance: FARTHEST, bidirectional: true };
  const within: Within = (qkv, bias) =>
    attention({ qkv, bias, ...(lengths && { lengths }) }, { ...settingsOf(pass, rows), causal: false });
  const bias = relativeBias(matrix(pass, 'encoder.positions'), both);
  return stack(pass, 'encoder', embeddingTied(ids, matrix(pass, 'tokens')), within, bias);
}

function decode(pass: Pass, ids: Tensor2D, memory?: Memory): Output {
  const [rows, T] = ids.shape;
  const within: Within = (qkv, bias, i) => attend(qkv, settingsOf(pass, rows), i, { ...pass, bias });
  const bias = relativePositionsOf(matrix(pass, 'decoder.positions'), T, FARTHEST, pass.cache);
  const embedded = embeddingTied(ids, memory?.classifier ?? matrix(pass, 'tokens'));
  return stack(pass, 'decoder', embedded, within, bias, memory && { ...memory, rows });
}

function stack(
  pass: Pass,
  side: Side,
  [embedded, classifier]: [Tensor2D, Tensor2D],
  within: Within,
  bias: Tensor3D,
  memory?: Memory & { rows: number },
): Output {
  const see = (name: HookName, x: Tensor2D): Tensor2D => pass.hook?.(name, x) ?? x;
  let x = see('embedding', embedded);
  for (let i = 0; i < pass.config.layers; i++) {
    const at = (site: BlockActivation) => (value: Tensor2D) => see(`blocks.${i}.${site}`, value);
    const h = `${side}.${i}`;
    const attending = (input: Tensor2D, shared: Tensor3D): Tensor2D => {
      const [normed, past] = preNorm(pass.params, `${h}.attention.norm`, input, NORM);
      const qkv = at('attention.qkv')(dense(pass.params, `${h}.attention.in`, at('attention.norm')(normed)));
      const heads = at('attention.heads')(within(qkv, shared, i));
      return at('middle')(tf.add(past, at('attention.out')(dense(pass.params, `${h}.attention.out`, heads))));
    };
    const crossing = (input: Tensor2D, hidden: Tensor2D): Tensor2D => {
      const [normed, past] = preNorm(pass.params, `${h}.cross.norm`, input, NORM);
      const q = at('cross.q')(dense(pass.params, `${h}.cross.q`, at('cross.norm')(normed)));
      const kv = at('cross.kv')(dense(pass.params, `${h}.cross.kv`, hidden));
      const { rows, lengths } = memory!;
      const settings = { ...settingsOf(pass, rows), causal: false };
      const heads = at('cross.heads')(attention({ q, kv, ...(lengths && { lengths }) }, settings));
      return at('cross.middle')(tf.add(past, at('cross.out')(dense(pass.params, `${h}.cross.out`, heads))));
    };
    const feeding = (input: Tensor2D): Tensor2D => {
      const [normed, past] = preNorm(pass.params, `${h}.mlp.norm`, input, NORM);
      const inner = pass.hook && at('mlp.inner');
      const y = mlp(
        pass.params,
        [`${h}.mlp.c_fc`, `${h}.mlp.c_proj`],
        at('mlp.norm')(normed),
        { activation: 'gelu-tanh' },
        { inner },
      );
      return at('out')(tf.add(past, at('mlp.out')(y)));
    };
    const { recompute } = pass;
    x = memory
      ? block(x, (y, shared, read) => feeding(crossing(attending(y, shared), read)), recompute, bias, memory.hidden)
      : block(x, (y, shared) => feeding(attending(y, shared)), recompute, bias);
  }
  return { hidden: see('norm', norm(pass.params, `${side}.norm`, x, NORM)), classifier };
}

type Side = 'encoder' | 'decoder';

function params(sides: readonly Side[], { layers, width: C, heads }: BaseConfig, vocabulary: number): ParamTable {
  const weight = (...shape: number[]): Parameter => ({ shape, init: { std: 0.3 }, group: 'All', decay: true });
  const gain: Parameter = { shape: [C], init: 'ones', group: 'All', decay: false };
  const table: Record<string, Parameter> = { 'tokens.weight': { ...weight(vocabulary, C), perToken: true } };
  for (const side of sides) {
    table[`${side}.positions.weight`] = { ...weight(BUCKETS, heads), init: { std: 1.5 } };
    for (let i = 0; i < layers; i++) {
      const h = `${side}.${i}`;
      const isCrossing = side === 'decoder' && sides.includes('encoder');
      Object.assign(table, {
        [`${h}.attention.norm.weight`]: gain,
        [`${h}.mlp.norm.weight`]: gain,
        [`${h}.attention.in.weight`]: weight(C, 3 * C),
        [`${h}.attention.out.weight`]: weight(C, C),
        ...(isCrossing && {
          [`${h}.cross.norm.weight`]: gain,
          [`${h}.cross.q.weight`]: weight(C, C),
          [`${h}.cross.kv.weight`]: weight(C, 2 * C),
          [`${h}.cross.out.weight`]: weight(C, C),
        }),
        [`${h}.mlp.c_fc.weight`]: weight(C, 4 * C),
        [`${h}.mlp.c_proj.weight`]: weight(4 * C, C),
      });
    }
    table[`${side}.norm.weight`] = gain;
  }
  return table;
}

const specOf = (kind: ModelKind, sides: readonly Side[], forward: Forward) =>
  defineModel({
    ...gpt,
    kind,
    params: (config, vocabulary) => params(sides, config, vocabulary),
    classifier: () => 'tokens.weight',
    load: () => Promise.resolve({ forward }),
  });

/** The last one is bidirectional but claims to be a decoder: it sees all padding that lengths don't hide. */
type ToyRelative = 'relative' | 'relative-pair' | 'relative-both-ways';
Object.assign(MODELS, {
  relative: specOf('decoder', ['decoder'], { decode }),
  'relative-pair': specOf('encoder-decoder', ['encoder', 'decoder'], { encode, decode }),
  'relative-both-ways': specOf('decoder', ['encoder'], { decode: encode }),
} satisfies Record<ToyRelative, ModelSpec>);

export function toyRelative(id: ToyRelative): Promise<Network> {
  const config = { layers: 2, heads: 3, width: 12, context: 16 };
  const choice: ModelChoice = { id: id as ModelId, config, vocabulary: 33 };
  return network(choice, initialValues(choice, 1));
}
