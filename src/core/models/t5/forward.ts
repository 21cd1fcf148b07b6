import * as tf from '@tensorflow/tfjs';
import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { attend, relativePositionsOf } from '../../nn/cache';
import { block, dense, mlp, norm, type Norm, preNorm } from '../../nn/layers';
import { attention } from '../../ops/attention';
import { embedding, embeddingTied } from '../../ops/embedding';
import { relativeBias } from '../../ops/relativeBias';
import { added, attentionDropped, dropped } from '../residual';
import { seenWeights } from '../seenWeights';
import type { BlockActivation, Forward, HookName, Memory, Params, Pass } from '../spec';
import {
  blockOf,
  CROSS,
  distancesOf,
  feedForwardKind,
  feedForwardLayer,
  SELF,
  type Side,
  type T5Config,
} from './sizes';

/**
 * Dropout is where T5 has it: after the embedding, on attention weights, inside the feed-forward, at the end of each
 * residual branch and after the last norm of each stack.
 */
export const forward: Forward<T5Config> = {
  encode(pass, ids) {
    const [rows, T] = ids.shape;
    const { config, params } = pass;
    const [embedded, classifier] = embeddingTied(ids, params['shared.weight'] as Tensor2D);
    const settings = { queries: T, keys: T, maxDistance: config.maxDistance, bidirectional: true };
    const bias = relativeBias(distances(pass, 'encoder'), settings);
    const within: Within = (qkv, shared, name, i) => {
      const settings = { ...how(pass, rows, name), ...seenWeights(pass, i), causal: false };
      return attention({ qkv, bias: shared, ...limits(pass, pass.lengths) }, settings);
    };
    return { hidden: stack(pass, 'encoder', embedded, bias, within), classifier };
  },

  decode(pass, ids, memory) {
    const [rows, T] = ids.shape;
    const { config, params, cache } = pass;
    const { classifier: shared } = memory!;
    const [embedded, classifier] = config.untied
      ? [embedding(ids, shared), params['lm_head.weight'] as Tensor2D]
      : embeddingTied(ids, shared);
    const bias = relativePositionsOf(distances(pass, 'decoder'), T, config.maxDistance, cache);
    const within: Within = (qkv, bias, name, i) =>
      attend(qkv, { ...how(pass, rows, name), ...seenWeights(pass, i) }, i, { ...pass, bias });
    const hidden = stack(pass, 'decoder', embedded, bias, within, { ...memory!, rows });
    return { hidden: config.scaled ? tf.mul(hidden, 1 / Math.sqrt(config.width)) : hidden, classifier };
  },

  keys: ({ config, params }, { hidden }) => Array.from({ length: config.layers }, (_, i) => keysOf(params, i, hidden)),
};

/** Self-attention of fused q | k | v, [B T, 3 K] -> [B T, K]. */
type Within = (qkv: Tensor2D, bias: Tensor3D, name: string, layer: number) => Tensor2D;
/** Encoded source of a decoder, and its number of rows. */
type Read = Memory & { rows: number };

const distances = ({ params }: Pass<T5Config>, side: Side): Tensor2D => params[distancesOf(side)] as Tensor2D;
/** hidden [B S, C] -> k | v, [B S, 2 K] */
const keysOf = (params: Params, layer: number, hidden: Tensor2D): Tensor2D =>
  dense(params, `${blockOf('decoder', layer)}.${CROSS}.kv`, hidden);
const normOf = ({ normEpsilon }: T5Config): Norm => ({ kind: 'rmsNorm', epsilon: normEpsilon });
/** Attention settings. Scores aren't scaled: the queries' initialization is smaller instead. */
const how = (pass: Pass<T5Config>, rows: number, name: string) => ({
  ...{ rows, heads: pass.config.heads, scale: 1 },
  ...attentionDropped(pass, name),
});
/** `lengths`: tokens in the rows of keys. */
const limits = ({ attentionDropout, counter }: Pass<T5Config>, lengths: Tensor1D | undefined) => ({
  ...(lengths && { lengths }),
  ...(attentionDropout && counter && { counter }),
});

/** x [B T, C] -> [B T, C] after the last norm. */
function stack(
  pass: Pass<T5Config>,
  side: Side,
  embedded: Tensor2D,
  bias: Tensor3D,
  within: Within,
  read?: Read,
): Tensor2D {
  const { config, params, recompute, hook } = pass;
  const see = (name: HookName, x: Tensor2D): Tensor2D => (hook ? hook(name, x) : x);
  const drop = (x: Tensor2D, place: string): Tensor2D => (pass.dropout > 0 ? dropped(pass, x, `${side} ${place}`) : x);
  let x = see('embedding', drop(embedded, 'embedding'));
  for (let i = 0; i < config.layers; i++) {
    const layer = (y: Tensor2D, shared: Tensor3D, hidden?: Tensor2D): Tensor2D => {
      const attended = selfAttention(pass, side, i, y, (qkv, name) => within(qkv, shared, name, i));
      return feedForward(pass, side, i, hidden ? crossAttention(pass, i, attended, { ...read!, hidden }) : attended);
    };
    x = read ? block(x, layer, recompute, bias, read.hidden) : block(x, layer, recompute, bias);
  }
  return see('norm', drop(norm(params, `${side}.final_layer_norm`, x, normOf(config)), 'norm'));
}

/** Passes an activation of a block to the hook. */
const seeing =
  ({ hook }: Pass<T5Config>, i: number) =>
  (site: BlockActivation) =>
  (x: Tensor2D): Tensor2D =>
    hook ? hook(`blocks.${i}.${site}`, x) : x;

function selfAttention(
  pass: Pass<T5Config>,
  side: Side,
  i: number,
  x: Tensor2D,
  within: (qkv: Tensor2D, name: string) => Tensor2D,
): Tensor2D {
  const { config, params } = pass;
  const [at, b] = [seeing(pass, i), blockOf(side, i)];
  const [before, past] = preNorm(params, `${b}.layer.0.layer_norm`, x, normOf(config));
  const qkv = at('attention.qkv')(dense(params, `${b}.${SELF}.qkv`, at('attention.norm')(before))); // [B T, 3 K]
  const mixed = at('attention.heads')(within(qkv, `${b}.${SELF}`)); // [B T, K]
  const attended = added(pass, past, `${b}.${SELF}.o`, at('attention.out'), (to) =>
    dense(params, `${b}.${SELF}.o`, mixed, to),
  );
  return at('middle')(attended);
}

function crossAttention(pass: Pass<T5Config>, i: number, x: Tensor2D, { rows, hidden, keys, lengths }: Read): Tensor2D {
  const { config, params } = pass;
  const [at, b] = [seeing(pass, i), blockOf('decoder', i)];
  const [before, past] = preNorm(params, `${b}.layer.1.layer_norm`, x, normOf(config));
  const q = at('cross.q')(dense(params, `${b}.${CROSS}.q`, at('cross.norm')(before))); // [B T, K]
  const kv = at('cross.kv')(keys?.[i] ?? keysOf(params, i, hidden)); // [B S, 2 K]
  const settings = { ...how(pass, rows, `${b}.${CROSS}`), ...seenWeights(pass, i, 'cross'), causal: false };
  const mixed = at('cross.heads')(attention({ q, kv, ...limits(pass, lengths) }, settings));
  const attended = added(pass, past, `${b}.${CROSS}.o`, at('cross.out'), (to) =>
    dense(params, `${b}.${CROSS}.o`, mixed, to),
  );
  return at('cross.middle')(attended);
}

function feedForward(pass: Pass<T5Config>, side: Side, i: number, x: Tensor2D): Tensor2D {
  const { config, params, hook } = pass;
  const [at, name] = [seeing(pass, i), `${blockOf(side, i)}.${feedForwardLayer(side)}`];
  const layers = [`${name}.DenseReluDense.wi`, `${name}.DenseReluDense.wo`] as const;
  const [between, residual] = preNorm(params, `${name}.layer_norm`, x, normOf(config));
  const normed = at('mlp.norm')(between);
  const isDropping = pass.dropout > 0;
  const drop = (inner: Tensor2D): Tensor2D => (isDropping ? dropped(pass, inner, layers[0]) : inner);
  const inner = hook || isDropping ? (y: Tensor2D) => at('mlp.inner')(drop(y)) : undefined;
  const y = added(pass, residual, layers[1], at('mlp.out'), (to) =>
    mlp(params, layers, normed, feedForwardKind(config), { ...to, inner }),
  );
  return at('out')(y);
}
