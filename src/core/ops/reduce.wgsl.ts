/** Sums over a workgroup in a fixed order, so that the same numbers give the same bits. */

/** `reduce(value, lane)` gives every thread the sum over `threads` of them (a power of 2); it holds three barriers or more. */
export const sumOverWorkgroup = (threads: number, type: 'f32' | 'vec2f' = 'f32'): string => /* wgsl */ `
var<workgroup> reduced: array<${type}, ${threads}>;
fn reduce(value: ${type}, lane: u32) -> ${type} {
  workgroupBarrier();
  reduced[lane] = value;
  for (var half = ${threads / 2}u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { reduced[lane] += reduced[lane + half]; }
  }
  workgroupBarrier();
  return reduced[0];
}
`;
