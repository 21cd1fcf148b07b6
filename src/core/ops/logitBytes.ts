/** What the logits of one step may take at once: half of the 128 MiB that every WebGPU device can bind. */
export const LOGIT_BYTES = 64 * 2 ** 20;
