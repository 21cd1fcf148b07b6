/**
 * Estimates the time of a training step on GPUs that this machine lacks: the sum over its traced dispatches
 * (devices.ts), by the cost of each (src/core/gpu/cost.ts). Decision 27 describes the calibration.
 */
import type { Work } from '../src/core/gpu/cost';
import { type Device, DEVICES, M2, millisecondsOn } from './devices';
import { type Shape, SHAPES } from './step';
import { type Dispatched, tracedStep } from './tracedStep';

/** Times in milliseconds. */
export interface Estimate {
  device: string;
  config: keyof typeof SHAPES;
  ms: number;
  /** Parts of `ms`. */
  products: number;
  attention: number;
  attentionBackward: number;
  others: number;
  /** Share of the device's rate, 0 to 1. */
  mfu: number;
}

/** Total work of a step's dispatches, and their number. */
export interface Step extends Work {
  config: keyof typeof SHAPES;
  dispatches: number;
}

/** @returns `before`: estimates with the kernels that calibrated the model */
export async function estimateAll(): Promise<{ steps: Step[]; estimates: Estimate[]; before: Estimate[] }> {
  const steps: Step[] = [];
  const estimates: Estimate[] = [];
  const before: Estimate[] = [];
  for (const [config, shape] of Object.entries(SHAPES) as [keyof typeof SHAPES, Shape][]) {
    const dispatched = await tracedStep(shape);
    const sum = (of: 'flops' | 'words' | 'bytes') => dispatched.reduce((n, work) => n + work[of], 0);
    steps.push({
      config,
      dispatches: dispatched.length,
      flops: sum('flops'),
      words: sum('words'),
      bytes: sum('bytes'),
    });
    for (const device of DEVICES) estimates.push(estimate(device, config, dispatched));
    if (shape.model === undefined && !shape.lora) before.push(estimateBefore(config, dispatched));
  }
  return { steps, estimates, before };
}

/** Estimate with the old kernels, on the M2. */
export const estimateBefore = (config: keyof typeof SHAPES, dispatched: readonly Dispatched[]): Estimate =>
  estimate(M2, config, [...dispatched, addBefore(SHAPES[config])], (work) => millisecondsBefore(SHAPES[config], work));

export function estimate(
  device: Device,
  config: keyof typeof SHAPES,
  dispatched: readonly Dispatched[],
  milliseconds = (work: Dispatched): number => millisecondsOn(device, work),
): Estimate {
  const parts = { products: 0, attention: 0, attentionBackward: 0, others: 0 };
  for (const work of dispatched) parts[partOf(work.kernel)] += milliseconds(work);
  const ms = Object.values(parts).reduce((a, b) => a + b);
  const flops = dispatched.reduce((n, work) => n + work.flops, 0);
  return { device: device.name, config, ms, ...parts, mfu: flops / device.rate / (ms / 1000) };
}

function partOf(kernel: string): 'products' | 'attention' | 'attentionBackward' | 'others' {
  if (kernel.startsWith('product')) return 'products';
  if (kernel.startsWith('attention backward')) return 'attentionBackward';
  return kernel.startsWith('attention') ? 'attention' : 'others';
}

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

function millisecondsBefore({ batch, heads, context, width }: Shape, work: Dispatched): number {
  const passes = (batch * heads * context * (context + 1)) / 2 / 4;
  const spilled = Math.max(0, (WANTED[work.kernel]?.[width / heads] ?? 0) - REGISTERS);
  const uncached = spilled === 0 ? 0 : Math.max(0, 1 - CACHED / (4 * spilled * THREADS));
  return millisecondsOn(M2, { ...work, bytes: work.bytes + passes * spilled * TRAFFIC * uncached });
}

/** A separate dispatch added the gradients of a table; the embedding now reads a third of the bytes that it moved. */
const addBefore = ({ vocabulary, width }: Shape): Dispatched => ({
  kernel: 'Add',
  flops: 0,
  words: 0,
  bytes: 8 * vocabulary * width,
});
