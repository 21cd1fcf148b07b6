/** What the logits of one step may take at once: half of the 128 MiB that every WebGPU device can bind. */
export const LOGIT_BYTES = 64 * 2 ** 20;
/** The same where the classifier is frozen: blocks are then added up nowhere, so that smaller ones cost little. */
export const FROZEN_LOGIT_BYTES = 16 * 2 ** 20;
