import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { bindingElements, pieces } from '../gpu/arena';
import { dispatch, kernels, row } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import type { IsLikeliest } from './likeliest';
import { LOGIT_BYTES } from './logitBytes';
import { product } from './matmul.wgsl';
import { maxOverWorkgroup } from './reduce.wgsl';
import { rowChunks } from './softmaxCrossEntropy.wgsl';

/** Compares a block of rows with one part of the classifier at a time, and keeps the best score so far. */
export const likeliestOnGpu: IsLikeliest = ({ hidden, classifier, bias }, targets, logitBytes = LOGIT_BYTES) => {
  const [N, C] = hidden.shape;
  const V = classifier.shape[0];
  const y = emptyTensor([N], 'float32') as Tensor1D;
  const parts = pieces(V * C, bindingElements(), C);
  for (const { start, length } of rowChunks(N, V, Math.min(logitBytes, 4 * bindingElements()))) {
    const rowsOf = <T extends Tensor2D | Tensor1D>(tensor: T, width = 1) => ({
      tensor,
      from: start * width,
      length: length * width,
    });
    const best = emptyTensor([length, 2], 'float32') as Tensor2D;
    parts.forEach(({ from, elements }, i) => {
      const [first, size] = [from / C, elements / C];
      const z = emptyTensor([length, size], 'float32') as Tensor2D;
      dispatch(product({ M: length, N: size, K: C, transposeB: true, bias: bias !== undefined }), {
        a: rowsOf(hidden, C),
        b: { tensor: classifier, from, length: elements },
        bias: bias && { tensor: bias, from: first, length: size },
        c: z,
      });
      const isLast = i === parts.length - 1;
      dispatch(compared(length, first, size, isLast), { z, targets: rowsOf(targets), best, y: rowsOf(y) });
      z.dispose();
    });
    best.dispose();
  }
  return y;
};

/** best [N, 2]: the highest score so far, and 1 if it is the target's. */
const compared = kernels((N: number, first: number, size: number, isLast: boolean) => {
  const threads = size <= 512 ? 64 : 256;
  return {
    name: 'isLikeliest',
    bindings: {
      z: ['read', 'f32'],
      targets: ['read', 'i32'],
      best: [first === 0 ? 'write' : 'update', 'f32'],
      ...(isLast && { y: ['write', 'f32'] as const }),
    } as const,
    workgroup: [threads, 1, 1] as const,
    grid: row(N),
    globals: maxOverWorkgroup(threads),
    body: `
  if (index >= ${N}u) { return; }
  let label = targets[index] - ${first};
  var highest = -3.4e38;
  for (var v = lane; v < ${size}u; v += ${threads}u) { highest = max(highest, z[index * ${size}u + v]); }
  let all = reduce_max(highest, lane, zero);
  // Before the target a token of the same score comes first.
  var rival = -3.4e38;
  let here = label >= 0 && label < ${size};
  let own = z[index * ${size}u + u32(clamp(label, 0, ${size - 1}))];
  for (var v = lane; v < ${size}u; v += ${threads}u) {
    if (i32(v) < label) { rival = max(rival, z[index * ${size}u + v]); }
  }
  let earlier = reduce_max(rival, lane, zero);
  if (lane == 0u) {
    var high = all;
    var right = select(0.0, 1.0, here && own == all && earlier < own);
    ${first === 0 ? '' : `if (best[2u * index] >= all) { high = best[2u * index]; right = best[2u * index + 1u]; }`}
    best[2u * index] = high;
    best[2u * index + 1u] = right;
    ${isLast ? 'y[index] = right;' : ''}
  }`,
  };
});
