/**
 * Attention without its [Tq, Tk] matrix: FlashAttention-2 (Dao 2023, arXiv:2307.08691, algorithms 1 and 2).
 *
 * Forward keeps lse [B H, Tq] = log sum over seen j of exp(scale q[i] . k[j] + bias[i, j]), with which backward makes p again. q, k and v
 * are read where they lie, columns of the matrices given.
 */
import type { Tensor } from '@tensorflow/tfjs';
import { dispatch, kernels } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import { keyGradient, queryGradient } from './attentionBackward.wgsl';
import { biasGradient, innerProducts } from './attentionBias.wgsl';
import { type Form, formOf, gradientsOf, matrices, type Settings, type X } from './attentionForm';
import { decodeForward, MOST_PARTS } from './attentionDecode.wgsl';
import { loadStrategy, type LoadStrategy } from './attentionRows.wgsl';
import { tiles, vectors } from './attentionTiles.wgsl';
import type { Differentiable } from './op';

type Saved = X & { y: Tensor; lse: Tensor };

export const attentionOnGpu: Differentiable<X, Settings, Saved> = {
  forward(x, settings) {
    const form = formOf(x, settings);
    const { B, Tq, H, D } = form;
    const [q, kv] = matrices(x);
    const y = emptyTensor([B * Tq, H * D], 'float32');
    const lse = emptyTensor([B * H, Tq], 'float32');
    const kernel = Tq === 1 && vectors(form).parts <= MOST_PARTS ? decodeForward(form) : forward(form, loadStrategy());
    dispatch(kernel, { q, kv, lengths: x.lengths, bias: x.bias, y, lse });
    return { y, saved: { ...x, y, lse } };
  },
  backward(dy, { y, lse, ...x }, settings, needsGradient) {
    const form = formOf(x, settings);
    const [q, kv] = matrices(x);
    const { lengths, bias } = x;
    const ofKeys = needsGradient.qkv || needsGradient.kv;
    // Without a bias the kernel of queries also makes what that of keys needs.
    const dq = (needsGradient.qkv || needsGradient.q || (ofKeys && !bias)) && emptyTensor(q.shape, 'float32');
    const dkv = ofKeys && (x.qkv ? (dq as Tensor) : emptyTensor(kv.shape, 'float32'));
    const inner = emptyTensor(lse.shape, 'float32');
    const strategy = loadStrategy();
    if (bias) dispatch(innerProducts(form), { y, dy, inner });
    if (dq) dispatch(queryGradient(form, strategy), { q, kv, lengths, bias, y, dy, lse, inner, dq });
    if (dkv) dispatch(keyGradient(form, strategy), { q, kv, lengths, bias, dy, lse, inner, dkv });
    const dBias = needsGradient.bias && emptyTensor(bias!.shape, 'float32');
    if (dBias) dispatch(biasGradient(form), { q, kv, lengths, bias, dy, lse, inner, dBias });
    inner.dispose();
    return gradientsOf(x, dq ?? false, dkv ?? false, dBias);
  },
};

const forward = kernels((form: Form, strategy: LoadStrategy) => {
  const { Tq, H, scale } = form;
  const { element, inputs, array, each, isFirst, plusBias, q, y, shape, work, places, seenKeys, keysThatPass, pass } =
    tiles(form, strategy);
  return {
    name: 'attention',
    bindings: {
      ...inputs,
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
  ${seenKeys}
  ${pass({
    ...keysThatPass,
    dots: { s: ['q_t', 'near'] },
    weigh: (rows, j) => `
      var next = highest;
      ${rows.map((i) => `s${i} = select(-1e30, s${i}${plusBias('own', j(i))}, ${j(i)} < seen); next = max(next, s${i});`).join('\n      ')}
      let shrink = exp(highest - next);
      highest = next;
      sum *= shrink;
      ${rows.map((i) => `let p${i} = select(0.0, exp(s${i} - next), ${j(i)} < seen); sum += p${i};`).join('\n      ')}`,
    sums: { o: ['p', 'far', 'shrink'] },
  })}
  if (t < ${Tq}u) {
    let into = ${y('t')};
    let none = seen == 0u;
    ${each(`y[into + c] = select(o[e] / sum, ${element}(), none);`, 'inside')}
    if (${isFirst}) { lse[(b * ${H}u + h) * ${Tq}u + t] = select(highest + log(sum), 0.0, none); }
  }`,
  };
});
