/**
 * Attention on WASM, by our own kernels on all threads; without WASM, by the same code on a copy. Slicing heads with
 * TensorFlow.js costs more than their products, so heads are read in place.
 */
import type { Tensor } from '@tensorflow/tfjs';
import { attentionScratchBytes } from '../threads/attention';
import { type AttentionJob, numbersOf } from '../threads/attentionJob';
import { columnsOfValues, type Form, formOf, gradientsOf, matrices, type Settings, type X } from './attentionForm';
import { dropoutScales } from './dropout';
import { type HostMemory, hostMemory } from './hostMemory';
import type { Differentiable } from './op';

/** p [B H, Tq, Tk]: each block of queries uses the first elements of its rows, as in threads/attention.ts. */
type Saved = X & { p: Tensor };

export const attentionOnHost: Differentiable<X, Settings, Saved> = {
  forward(x, settings) {
    const form = formOf(x, settings);
    const { B, Tq, Tk, H, D } = form;
    const memory = hostMemory();
    const y = memory.output([B * Tq, H * D], x.lengths !== undefined);
    const p = memory.output([B * H, Tq, Tk]);
    run('attend', memory, { ...jobOf(memory, x, form), p: p.address, y: y.address }, x, form);
    return { y: y.tensor(), saved: { ...x, p: p.tensor() } };
  },
  backward(dy, { p, ...x }, settings, needsGradient) {
    const form = formOf(x, settings);
    const [q, kv] = matrices(x);
    const memory = hostMemory();
    const [needsQ, needsKV] = [needsGradient.qkv || needsGradient.q, needsGradient.qkv || needsGradient.kv];
    const dq = needsQ ? memory.output(q.shape, true) : undefined;
    const dkv = q === kv ? dq : needsKV ? memory.output(kv.shape, true) : undefined;
    const dBias = needsGradient.bias ? memory.output(x.bias!.shape, true) : undefined;
    const gradients = {
      dq: dq?.address ?? 0,
      dk: dkv ? dkv.address + 4 * form.kv.start : 0,
      dv: dkv ? dkv.address + 4 * columnsOfValues(form).start : 0,
      dBias: dBias?.address ?? 0,
    };
    const job = { ...jobOf(memory, x, form), p: memory.input(p), y: memory.input(dy), ...gradients };
    run('attendBackward', memory, job, x, form);
    return gradientsOf(x, dq?.tensor() ?? false, q === kv ? false : (dkv?.tensor() ?? false), dBias?.tensor() ?? false);
  },
};

/** Starts a job for either direction; addresses of outputs are set later. */
function jobOf(memory: HostMemory, x: X, form: Form): PartialJob {
  const { B, Tq, Tk, H, KV, D, causal, window = 0, scale, q, kv } = form;
  const [qAddress, kvAddress] = matrices(x).map((matrix) => memory.input(matrix)) as [number, number];
  return {
    ...{ B, Tq, Tk, H, KV, D, causal: Number(causal), window, scale },
    q: qAddress + 4 * q.start,
    k: kvAddress + 4 * kv.start,
    v: kvAddress + 4 * columnsOfValues(form).start,
    rowOfQ: 4 * q.stride,
    rowOfKV: 4 * kv.stride,
    lengths: x.lengths ? memory.input(x.lengths) : 0,
    ends: x.ends ? memory.input(x.ends) : 0,
    bias: x.bias ? memory.input(x.bias) : 0,
    p: 0,
    y: 0,
    dq: 0,
    dk: 0,
    dv: 0,
    dBias: 0,
  };
}

function run(
  name: 'attend' | 'attendBackward',
  memory: HostMemory,
  job: PartialJob,
  { counter }: X,
  { dropout }: Form,
): void {
  const { B, KV, H, Tq, Tk, D } = job;
  // One thread sums all sequences of a head, so that the sum over sequences has a fixed order.
  const byHead = job.dBias > 0;
  const tasks = B * H * Tq * Tk * D < MIN_SHARED_WORK ? 1 : TASKS_PER_THREAD * memory.threads;
  const headsPerTask = byHead ? B * Math.ceil(KV / tasks) : Math.ceil((B * KV) / tasks);
  const scratchEach = attentionScratchBytes(job);
  const size = counter && dropout ? B * H * Tq * Tk : 0;
  const [scratch, kept] = memory.scratch(scratchEach * memory.threads, 4 * size);
  if (counter && dropout) memory.floats().set(dropoutScales(counter, size, dropout), kept / 4);
  const fullJob = { ...job, kept: size && kept, scratch, scratchEach, each: headsPerTask, byHead: Number(byHead) };
  memory.run(name, numbersOf(fullJob), Math.ceil((B * KV) / headsPerTask));
}
type PartialJob = Omit<AttentionJob, 'kept' | 'scratch' | 'scratchEach' | 'each' | 'byHead'>;
/** Multiplications that cost less than waking other threads. */
const MIN_SHARED_WORK = 2 ** 15;
const TASKS_PER_THREAD = 4;
