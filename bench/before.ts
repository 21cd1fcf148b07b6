/**
 * Estimates a step with the attention kernels of 7bac939 on the M2, which calibrated the model of devices.ts. A thread
 * held whole rows, more than its registers; the excess spilled to memory and back for every four rows.
 */
import { M2, millisecondsOn } from './devices';
import type { Shape } from './step';
import type { Dispatched } from './tracedStep';

/** Registers that a thread needed, by columns of a head, according to Mesa's ACO for gfx1150. */
const WANTED: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  attention: { 32: 110, 64: 206 },
  'attention backward, queries': { 32: 245, 64: 469 },
  'attention backward, keys': { 32: 398, 64: 798 },
};
/** Registers per thread; concurrent threads with so many: 10 cores with 384 KB each (philipturner/metal-benchmarks). */
const REGISTERS = 128;
const THREADS = (10 * 384 * 1024) / (4 * REGISTERS);

/**
 * Calibrated so that M takes 104 ms and GPT-2 small 28 s. Bytes that a spilled register moves for every four rows: one
 * write and two reads, for the products and for the sums, would be 12. And bytes of spilled registers that stay in
 * caches.
 */
const TRAFFIC = 12.6;
const CACHED = 2.8e6;

export function millisecondsBefore({ batch, heads, context, width }: Shape, work: Dispatched): number {
  const passes = (batch * heads * context * (context + 1)) / 2 / 4;
  const spilled = Math.max(0, (WANTED[work.kernel]?.[width / heads] ?? 0) - REGISTERS);
  const uncached = spilled === 0 ? 0 : Math.max(0, 1 - CACHED / (4 * spilled * THREADS));
  return millisecondsOn(M2, { ...work, bytes: work.bytes + passes * spilled * TRAFFIC * uncached });
}

/** A separate dispatch added the gradients of a table; the embedding now reads a third of the bytes that it moved. */
export const addBefore = ({ vocabulary, width }: Shape): Dispatched => ({
  kernel: 'Add',
  flops: 0,
  words: 0,
  bytes: 8 * vocabulary * width,
});
