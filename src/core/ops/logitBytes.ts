/** Maximum bytes of logits at once: half of the 128 MiB that every WebGPU device can bind. */
export const LOGIT_BYTES = 64 * 2 ** 20;
/** Maximum with a frozen classifier: blocks add no gradient to it, so smaller ones cost little. */
export const FROZEN_LOGIT_BYTES = 16 * 2 ** 20;
