/**
 * Attention's dropout, whose mask no memory holds: each kernel makes it again, element by element.
 *
 * Its backward pass has a dispatch before it that joins what the gradients read, or they would bind more than the eight arrays
 * that devices allow: `norms` [B H, Tq] of lse and inner, and the mask's `stream`.
 */
import { RNG_WGSL } from '../base/rng';
import { kernels, overElements } from '../gpu/dispatch';
import { innerSum } from './attentionBias.wgsl';
import type { Form } from './attentionForm';
import { vectors } from './attentionTiles.wgsl';

/** inner[i] = dy[i] . y[i]: the row sum of dp p also where weights are dropped. */
export const joinNorms = kernels((form: Form) => {
  const { B, Tq, H } = form;
  const { element } = vectors(form);
  return {
    name: 'attention backward, norms',
    bindings: {
      y: ['read', element],
      dy: ['read', element],
      lse: ['read', 'f32'],
      counter: ['read', 'i32'],
      place: ['read', 'i32'],
      norms: ['write', 'vec2f'],
      stream: ['write', 'u32'],
    } as const,
    globals: RNG_WGSL,
    ...overElements(
      B * H * Tq,
      `${innerSum(form)}
  norms[i] = vec2f(lse[i], sum);
  if (i == 0u) {
    let key = rng_key(u32(counter[0]), u32(place[0]), u32(counter[1]));
    stream[0] = key.x;
    stream[1] = key.y;
  }`,
    ),
  };
});
