/**
 * Attention's dropout without a stored mask: each kernel recomputes it per element.
 *
 * Before the backward pass, one dispatch joins some inputs of the gradients, which would otherwise exceed the eight
 * bindings that devices allow: `norms` [B H, Tq] of lse and inner, and the mask's `stream`.
 */
import { RNG_WGSL } from '../base/rng';
import { kernels, overElements } from '../gpu/dispatch';
import { innerSum } from './attentionBias.wgsl';
import type { Form } from './attentionForm';
import { vectors } from './attentionTiles.wgsl';

/** inner[i] = dy[i] . y[i]: the row sum of dp p, also with dropout. */
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
