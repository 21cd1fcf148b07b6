/** Sums and maxima over a workgroup in a fixed order, so that the same numbers give the same bits. */

/**
 * Declares `reduce_<name>(value, lane)`, which returns `combine` of all `threads` values (a power of 2) to every
 * thread. Starts with a barrier: earlier reads may be overwritten after it.
 */
const overWorkgroup = (name: string, combine: string, threads: number, type: string): string => /* wgsl */ `
var<workgroup> of_${name}: array<${type}, ${threads}>;
fn reduce_${name}(value: ${type}, lane: u32, zero: u32) -> ${type} {
  workgroupBarrier();
  of_${name}[lane] = value;
  for (var half = ${threads / 2}u + zero; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      let a = of_${name}[lane];
      let b = of_${name}[lane + half];
      of_${name}[lane] = ${combine};
    }
  }
  workgroupBarrier();
  return of_${name}[0];
}
`;

export const sumOverWorkgroup = (threads: number, type: 'f32' | 'vec2f' | 'vec4f' = 'f32'): string =>
  overWorkgroup('sum', 'a + b', threads, type);
export const maxOverWorkgroup = (threads: number): string => overWorkgroup('max', 'max(a, b)', threads, 'f32');
