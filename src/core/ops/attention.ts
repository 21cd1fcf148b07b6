/**
 * Attention: each query's weighted mean of the values that it sees.
 *
 *   y[i] = sum over seen j of p[i, j] v[j]      p[i] = softmax over seen j of scale q[i] . k[j] + bias[i, j]
 *
 * A query sees all keys, limited by these options:
 * - `causal`: j <= i
 * - `lengths`: j < lengths[b]
 * - `window`: the last `window` of these (causal: i - window < j <= i, Mistral's sliding window)
 * - `places`, for rows of several documents: the query's own document (block-diagonal), i - places[b, i] <= j
 * The output is 0 for a query that sees no key. Groups of heads / kvHeads query heads share a key-value head.
 *
 * qkv [B T, C + 2 K]: columns are q | k | v, heads contiguous inside (GPT-2's c_attn), C = heads D, K = kvHeads D; or
 * q [B Tq, C] and kv [B Tk, 2 K]: columns are k | v      lengths [B] int32      y [B Tq, C]
 * places [B T] int32: position of each token in its document, from 0; gives the start of a query's keys
 * ends [B T] int32: index in the row of the first token after the token's document; gives the end of a key's queries
 * bias [heads, Tq, Tk]: the same for every sequence, 0 if absent (T5's relative positions, ALiBi)
 * counter [2] int32: seed and step. With `dropout`, weights are p[i, j] keep[i, j] / (1 - probability), keep as in
 * dropout.ts over p as [B, heads, Tq, Tk]; the softmax sum includes dropped weights.
 * Decoding uses the latter form: kv is the cache, filled up to `lengths`, and Tq = 1.
 * Source: Vaswani et al. 2017, arXiv:1706.03762, section 3.2; groups: Ainslie et al. 2023, arXiv:2305.13245; window:
 * Jiang et al. 2023, arXiv:2310.06825, section 2.
 */
import * as tf from '@tensorflow/tfjs';
import type { Rank, Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import { attentionOnGpu } from './attention.wgsl';
import { columnsOfValues, type Form, formOf, matrices, type Settings, type X } from './attentionForm';
import { attentionOnHost } from './attentionOnHost';
import { dropoutScales } from './dropout';
import { type Differentiable, run, type Implementations } from './op';

export const attention = (inputs: Source, settings: Settings): Tensor2D =>
  settings.weights ? unfused(inputs, settings, settings.weights) : (run(ATTENTION, inputs, settings) as Tensor2D);

type Source = { lengths?: Tensor1D; places?: Tensor1D; ends?: Tensor1D; bias?: Tensor3D; counter?: Tensor } & (
  | { qkv: Tensor2D }
  | { q: Tensor2D; kv: Tensor2D }
);

type Saved = X & { p: Tensor3D };

const reference: Differentiable<X, Settings, Saved> = {
  forward(x, settings) {
    const form = formOf(x, settings);
    const split = splitInputs(x, form);
    const p = weightsOf(x, form, split);
    return { y: weightedValues(p, x, form, split), saved: { ...x, p } };
  },
  /** ds = p (dp - rowsum(dp p)): the gradient through softmax. */
  backward(dy, { p, ...x }, settings, needsGradient) {
    const form = formOf(x, settings);
    const { B, Tq, H, D } = form;
    const { q, k, v } = splitInputs(x, form);
    const dY = splitHeads(dy as Tensor2D, B, Tq, { stride: H * D, start: 0 }, H, D);
    const dp = withDropout(tf.matMul(dY, transpose(v)), x, form);
    const centered = tf.sub(dp, tf.sum(tf.mul(dp, p), 2, true));
    const dScores = tf.mul<Tensor3D>(p, centered);
    const ds = tf.mul<Tensor3D>(dScores, form.scale);
    const dq = (needsGradient.qkv || needsGradient.q) && joinHeads(tf.matMul(ds, k), form);
    const keyValueGradients = (): Tensor2D[] => [
      joinHeads(sumGroups(tf.matMul(transpose(ds), q), form), form),
      joinHeads(sumGroups(tf.matMul(transpose(withDropout(p, x, form)), dY), form), form),
    ];
    const dkv = (needsGradient.qkv || needsGradient.kv) && keyValueGradients();
    const dBias = needsGradient.bias && tf.sum(tf.reshape<Rank.R4>(dScores, [B, H, Tq, form.Tk]), 0);
    if (x.qkv) return { qkv: dq && dkv && tf.concat([dq, ...dkv], 1), bias: dBias };
    return { q: dq, kv: dkv && tf.concat(dkv, 1), bias: dBias };
  },
};

export const ATTENTION: Implementations<Differentiable<X, Settings>> = {
  reference,
  host: attentionOnHost,
  webgpu: attentionOnGpu,
};

/** Attention by differentiable ops of TensorFlow.js; `see` may replace the weights. */
function unfused(x: X, settings: Settings, see: NonNullable<Settings['weights']>): Tensor2D {
  const form = formOf(x, settings);
  const split = splitInputs(x, form);
  const p = weightsOf(x, form, split);
  const seen = see(tf.reshape(p, [form.B * form.H * form.Tq, form.Tk]));
  return weightedValues(tf.reshape<Rank.R3>(seen, p.shape), x, form, split);
}

/** p [B H, Tq, Tk]: the softmax over seen keys; exactly 0 elsewhere. */
function weightsOf(x: X, form: Form, { q, k }: Split): Tensor3D {
  const mask = attentionMask(form, x);
  const scaled = tf.mul<Tensor3D>(tf.matMul(q, transpose(k)), form.scale);
  const scores = tf.add(x.bias ? plusBias(scaled, x.bias, form) : scaled, tf.mul(tf.sub(1, mask), -1e9));
  return tf.mul<Tensor3D>(tf.softmax(scores), mask);
}
/** p [B H, Tq, Tk] -> the output of attention, [B Tq, C]. */
const weightedValues = (p: Tensor3D, x: X, form: Form, { v }: Split): Tensor2D =>
  joinHeads(tf.matMul(withDropout(p, x, form), v), form);

interface Split {
  q: Tensor3D;
  k: Tensor3D;
  v: Tensor3D;
}
/** Queries, keys and values as [B H, T, D], with keys and values repeated for each query head. */
function splitInputs(x: X, form: Form): Split {
  const { B, Tq, Tk, H, KV, D } = form;
  const [q, kv] = matrices(x);
  const repeated = (columns: Form['kv']): Tensor3D => {
    const grouped = tf.reshape(splitHeads(kv, B, Tk, columns, KV, D), [B * KV, 1, Tk, D]);
    return tf.reshape<Rank.R3>(tf.tile(grouped, [1, H / KV, 1, 1]), [B * H, Tk, D]);
  };
  return { q: splitHeads(q, B, Tq, form.q, H, D), k: repeated(form.kv), v: repeated(columnsOfValues(form)) };
}
/** x [B T, stride] -> its `heads` heads from column `start` on, [B heads, T, D]. */
function splitHeads(x: Tensor2D, B: number, T: number, { start }: Form['kv'], heads: number, D: number): Tensor3D {
  const split = tf.reshape<Rank.R4>(tf.slice(x, [0, start], [B * T, heads * D]), [B, T, heads, D]);
  return tf.reshape<Rank.R3>(tf.transpose(split, [0, 2, 1, 3]), [B * heads, T, D]);
}
/** [B heads, T, D] -> [B T, heads D]. */
function joinHeads(x: Tensor3D, { B }: Form): Tensor2D {
  const [heads, T, D] = [x.shape[0] / B, x.shape[1], x.shape[2]];
  const split = tf.reshape<Rank.R4>(x, [B, heads, T, D]);
  return tf.reshape<Rank.R2>(tf.transpose(split, [0, 2, 1, 3]), [B * T, heads * D]);
}
/** [B H, Tk, D] -> [B KV, Tk, D]. */
const sumGroups = (x: Tensor3D, { B, H, KV, Tk, D }: Form): Tensor3D =>
  tf.sum<Tensor3D>(tf.reshape<Rank.R4>(x, [B * KV, H / KV, Tk, D]), 1);
/** scores [B H, Tq, Tk] + bias [H, Tq, Tk]. */
const plusBias = (scores: Tensor3D, bias: Tensor3D, { B, H, Tq, Tk }: Form): Tensor3D =>
  tf.reshape<Rank.R3>(tf.add(tf.reshape<Rank.R4>(scores, [B, H, Tq, Tk]), bias), [B * H, Tq, Tk]);
/** Applies dropout to x [B H, Tq, Tk]. */
const withDropout = (x: Tensor3D, { counter }: X, { dropout }: Form): Tensor3D =>
  counter && dropout ? tf.mul(x, tf.tensor(dropoutScales(counter, x.size, dropout), x.shape)) : x;
const transpose = (x: Tensor3D): Tensor3D => tf.transpose(x, [0, 2, 1]);

/** 1 if a query sees a key, else 0: [B H, Tq, Tk], or [1, Tq, Tk] if sequences don't differ. */
function attentionMask({ B, H, Tq, Tk, causal, window = Tk }: Form, { lengths, places }: X): Tensor {
  const keys = tf.range(0, Tk, 1, 'int32');
  const causalEnds = causal ? tf.reshape(tf.range(1, Tq + 1, 1, 'int32'), [Tq, 1]) : tf.fill([Tq, 1], Tk, 'int32');
  const ends = tf.minimum(causalEnds, lengths ? tf.reshape(lengths, [B, 1, 1, 1]) : Tk); // [B, 1, Tq, 1] or [Tq, 1]
  const windowStarts = tf.sub(ends, window);
  const documentStarts =
    places && tf.sub(tf.reshape(tf.range(0, Tq, 1, 'int32'), [Tq, 1]), tf.reshape(places, [B, 1, Tq, 1]));
  const isSeen = tf.logicalAnd(
    tf.less(keys, ends),
    tf.greaterEqual(keys, documentStarts ? tf.maximum(windowStarts, documentStarts) : windowStarts),
  );
  const mask = tf.cast(isSeen, 'float32');
  return lengths || places ? tf.reshape(tf.tile(mask, [1, H, 1, 1]), [B * H, Tq, Tk]) : tf.reshape(mask, [1, Tq, Tk]);
}
