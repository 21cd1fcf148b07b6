/**
 * Attention without its [Tq, Tk] matrix: FlashAttention-2 (Dao 2023, arXiv:2307.08691, algorithms 1 and 2).
 *
 * Forward saves lse [B H, Tq] = log sum over seen j of exp(scale q[i] . k[j] + bias[i, j]), from which backward
 * recomputes p. Kernels read q, k and v in place, as columns of the given matrices.
 */
import type { Tensor } from '@tensorflow/tfjs';
import { dispatch, kernels } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import { keyGradient, queryGradient } from './attentionBackward.wgsl';
import { biasGradient, innerProducts } from './attentionBias.wgsl';
import { type Form, formOf, gradientsOf, matrices, type Settings, type X } from './attentionForm';
import { decodeForward, MAX_SPLITS } from './attentionDecode.wgsl';
import { loadStrategy, type LoadStrategy } from './attentionRows.wgsl';
import { joinNorms } from './attentionDropout.wgsl';
import { tiles, vectors } from './attentionTiles.wgsl';
import { place } from './dropout.wgsl';
import type { Differentiable } from './op';

type Saved = X & { y: Tensor; lse: Tensor };

export const attentionOnGpu: Differentiable<X, Settings, Saved> = {
  forward(x, settings) {
    const form = formOf(x, settings);
    const { B, Tq, H, D, dropout } = form;
    const [q, kv] = matrices(x);
    const y = emptyTensor([B * Tq, H * D], 'float32');
    const lse = emptyTensor([B * H, Tq], 'float32');
    const { lengths, places, bias, counter } = x;
    const buffers = { q, kv, lengths, places, bias, y, lse };
    if (Tq === 1 && !dropout && vectors(form).parts <= MAX_SPLITS) dispatch(decodeForward(form), buffers);
    else dispatch(forward(form, loadStrategy()), { ...buffers, counter, place: dropout && place(dropout.purpose) });
    return { y, saved: { ...x, y, lse } };
  },
  backward(dy, { y, lse, ...x }, settings, needsGradient) {
    const form = formOf(x, settings);
    const [q, kv] = matrices(x);
    const { lengths, places, ends, bias, counter } = x;
    const { dropout } = form;
    const needsKV = needsGradient.qkv || needsGradient.kv;
    // Otherwise the query kernel also computes the inputs of the key kernel.
    const isPrepared = bias !== undefined || dropout !== undefined;
    const dq = (needsGradient.qkv || needsGradient.q || (needsKV && !isPrepared)) && emptyTensor(q.shape, 'float32');
    const dkv = needsKV && (x.qkv ? (dq as Tensor) : emptyTensor(kv.shape, 'float32'));
    const inner = dropout ? undefined : emptyTensor(lse.shape, 'float32');
    const norms = dropout && emptyTensor([...lse.shape, 2], 'float32');
    const stream = dropout && emptyTensor([2], 'int32');
    const strategy = loadStrategy();
    if (dropout) {
      dispatch(joinNorms(form), { y, dy, lse, counter, place: place(dropout.purpose), norms, stream });
    } else if (bias) {
      dispatch(innerProducts(form), { y, dy, inner });
    }
    const buffers = { q, kv, lengths, places, ends, bias, y, dy, lse, inner, norms, stream };
    if (dq) dispatch(queryGradient(form, strategy), { ...buffers, dq });
    if (dkv) dispatch(keyGradient(form, strategy), { ...buffers, dkv });
    const dBias = needsGradient.bias && emptyTensor(bias!.shape, 'float32');
    if (dBias) dispatch(biasGradient(form), { ...buffers, dBias });
    for (const tensor of [inner, norms, stream]) tensor?.dispose();
    return gradientsOf(x, dq ?? false, dkv ?? false, dBias);
  },
};

const forward = kernels((form: Form, strategy: LoadStrategy) => {
  const { Tq, H, scale, dropout } = form;
  const tile = tiles(form, strategy);
  const { element, inputs, array, each, isFirst, plusBias, timesKept, q, y, shape, work, places, sees, pass } = tile;
  return {
    name: 'attention',
    bindings: {
      ...inputs,
      ...tile.ofQueries,
      ...(dropout && ({ counter: ['read', 'i32'], place: ['read', 'i32'] } as const)),
      y: ['write', element],
      lse: ['write', 'f32'],
    } as const,
    ...shape(Tq, H),
    ...work(2),
    body: `${places(Tq, H)}
  let at = ${q('own')};
  var q_t: ${array};
  var o: ${array};
  ${each(`q_t[e] = q[at + c] * ${scale};`, 'inside')}
  var highest = -1e30;
  var sum = 0.0;
  ${tile.seenKeys}${dropout ? '\n  let mask_key = rng_key(u32(counter[0]), u32(place[0]), u32(counter[1]));' : ''}
  ${pass({
    ...tile.keysThatPass,
    dots: { s: ['q_t', 'near'] },
    weigh: (rows, j) => `
      var next = highest;
      ${rows.map((i) => `s${i} = select(-1e30, s${i}${plusBias('own', j(i))}, ${sees(j(i))}); next = max(next, s${i});`).join('\n      ')}
      let shrink = exp(highest - next);
      highest = next;
      sum *= shrink;
      ${rows.map((i) => `let p${i} = select(0.0, exp(s${i} - next), ${sees(j(i))}); sum += p${i};${dropout ? ` let kept${i} = p${i}${timesKept('own', j(i))};` : ''}`).join('\n      ')}`,
    sums: { o: [dropout ? 'kept' : 'p', 'far', 'shrink'] },
  })}
  if (t < ${Tq}u) {
    let into = ${y('t')};
    let none = seen == 0u;
    ${each(`y[into + c] = select(o[e] / sum, ${element}(), none);`, 'inside')}
    if (${isFirst}) { lse[(b * ${H}u + h) * ${Tq}u + t] = select(highest + log(sum), 0.0, none); }
  }`,
  };
});
