import type { Tensor } from '@tensorflow/tfjs';
import { bindingElements, pieces } from '../gpu/arena';
import { dispatch, kernels, overElements, row } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import type { Embedding } from './embedding';

/** Processes a table that is larger than a binding, and its gradient, in ranges of rows. */
export const embeddingOnGpu: Embedding = {
  forward({ ids, tokens, positions, places }) {
    const [B, T] = ids.shape;
    const [V, C] = tokens.shape;
    const y = emptyTensor([B * T, C], 'float32');
    for (const range of ranges(V, C)) {
      const part = { tensor: tokens, from: range.first * C, length: range.count * C };
      const placed = positions ? (places ? 'by places' : 'in order') : undefined;
      dispatch(forward(B * T, T, C, placed, range), { ids, tokens: part, positions, places, y });
    }
    return { y, saved: { ids, places } };
  },
  backward(dy, { ids, places }, { vocabulary, places: positionRows }, needsGradient, residualGradient) {
    const [B, T] = ids.shape;
    const C = dy.shape[1]!;
    const tokens = needsGradient.tokens && emptyTensor([vocabulary, C], 'float32');
    const positions = needsGradient.positions ? emptyTensor([positionRows, C], 'float32') : undefined;
    if (positions && places) {
      // Position rows, summed by place like token rows by id.
      dispatch(backward(B, T, C, { first: 0, count: positionRows }, 0, false), { ids: places, dy, tokens: positions });
    }
    const inOrder = places ? undefined : positions;
    if (tokens) {
      for (const range of ranges(vocabulary, C)) {
        const partOf = (tensor: Tensor) => ({ tensor, from: range.first * C, length: range.count * C });
        const isLast = range.first + range.count === vocabulary;
        const kernel = backward(B, T, C, range, isLast && inOrder ? positionRows : 0, residualGradient !== undefined);
        dispatch(kernel, {
          ids,
          dy,
          residualGradient: residualGradient && partOf(residualGradient),
          tokens: partOf(tokens),
          positions: inOrder,
        });
      }
    } else if (inOrder) {
      dispatch(backwardOfPositions(B, T, C, positionRows), { dy, positions: inOrder });
    }
    return { tokens, positions };
  },
};

/** Rows `first...` of the table. */
interface Range {
  first: number;
  count: number;
}
const ranges = (V: number, C: number): Range[] =>
  pieces(V * C, bindingElements(), C).map(({ from, elements }) => ({ first: from / C, count: elements / C }));

/** How a token's position row is found. */
type Placed = 'in order' | 'by places';

/** Writes the rows of y whose ids are in the range. */
const forward = kernels((rows: number, T: number, C: number, placed: Placed | undefined, { first, count }: Range) => ({
  name: 'embedding',
  bindings: {
    ids: ['read', 'i32'],
    tokens: ['read', 'f32'],
    ...(placed && { positions: ['read', 'f32'] as const }),
    ...(placed === 'by places' && { places: ['read', 'i32'] as const }),
    y: ['write', 'f32'],
  } as const,
  ...overElements(
    rows * C,
    `let n = i / ${C}u;
  let c = i % ${C}u;
  let r = u32(ids[n]) - ${first}u;
  if (r >= ${count}u) { return; }
  y[i] = tokens[r * ${C}u + c]${placed ? ` + positions[${placed === 'in order' ? `(n % ${T}u)` : 'u32(places[n])'} * ${C}u + c]` : ''};`,
  ),
}));

/** Ids that a workgroup compares at once, as bits of words. */
const CHUNK = 1024;
const THREADS = 64;

/**
 * One workgroup per row of `tokens`: it marks its own ids, 1,024 at a time, then adds those rows of dy in order. Atomic
 * or makes the marks, so their order doesn't matter. One more workgroup per row of `positions`. `residualGradient` is
 * added to the sums.
 */
const backward = kernels((B: number, T: number, C: number, range: Range, places: number, residualGradient: boolean) => {
  const { first: row0, count } = range;
  return {
    name: 'embedding backward',
    bindings: {
      ids: ['read', 'i32'],
      dy: ['read', 'f32'],
      ...(residualGradient && { residualGradient: ['read', 'f32'] as const }),
      tokens: ['write', 'f32'],
      ...(places > 0 && { positions: ['write', 'f32'] as const }),
    } as const,
    workgroup: [THREADS, 1, 1] as const,
    grid: row(count + places),
    globals: `var<workgroup> marks: array<atomic<u32>, ${CHUNK / 32}>;`,
    body: `
  let share = ${Math.ceil(C / THREADS)}u;
  if (index >= ${count + places}u) { return; }
  ${
    places > 0
      ? `if (index >= ${count}u) {
    let t = index - ${count}u;
    for (var c = lane; c < ${C}u; c += ${THREADS}u) { ${sumOfPlace(B, T, C)} positions[t * ${C}u + c] = sum; }
    return;
  }`
      : ''
  }
  var sums: array<f32, ${Math.ceil(C / THREADS)}>;
  for (var first = 0u; first < ${B * T}u; first += ${CHUNK}u) {
    workgroupBarrier();
    if (lane < ${CHUNK / 32}u) { atomicStore(&marks[lane], 0u); }
    workgroupBarrier();
    for (var n = lane; n < min(${CHUNK}u, ${B * T}u - first); n += ${THREADS}u) {
      if (u32(ids[first + n]) == index + ${row0}u) { atomicOr(&marks[n / 32u], 1u << (n % 32u)); }
    }
    workgroupBarrier();
    for (var w = zero; w < ${CHUNK / 32}u; w++) {
      var left = atomicLoad(&marks[w]);
      while (left != 0u) {
        let n = first + w * 32u + countTrailingZeros(left);
        left &= left - 1u;
        for (var s = 0u; s < share; s++) {
          let c = s * ${THREADS}u + lane;
          if (c < ${C}u) { sums[s] += dy[n * ${C}u + c]; }
        }
      }
    }
  }
  for (var s = 0u; s < share; s++) {
    let c = s * ${THREADS}u + lane;
    if (c < ${C}u) { tokens[index * ${C}u + c] = ${residualGradient ? `residualGradient[index * ${C}u + c] + ` : ''}sums[s]; }
  }`,
  };
});

/** For a frozen token table. */
const backwardOfPositions = kernels((B: number, T: number, C: number, places: number) => ({
  name: 'embedding backward, positions',
  bindings: { dy: ['read', 'f32'], positions: ['write', 'f32'] } as const,
  ...overElements(places * C, `let t = i / ${C}u; let c = i % ${C}u; ${sumOfPlace(B, T, C)} positions[i] = sum;`),
}));

/** Sums column c of place t over the batch. */
const sumOfPlace = (B: number, T: number, C: number): string =>
  `var sum = 0.0; if (t < ${T}u) { for (var b = 0u; b < ${B}u; b++) { sum += dy[(b * ${T}u + t) * ${C}u + c]; } }`;
