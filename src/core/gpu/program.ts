/** Makes a step repeatable: traced once and replayed on WebGPU, or called directly on wasm and cpu. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { HomegrownError, toFailure } from '../base/errors';
import { arena } from './arena';
import { currentGpu, explained, type Gpu } from './backend';
import { placeOf } from './buffer';
import { trace } from './capture';
import { trackProgram } from './memory';
import type { Pipeline } from './pipeline';
import { type Plan, plan } from './plan';
import { Clock, elapsed, encode, inSubmits, type Submit, profile, type Timing, TIMES } from './replay';
import { bufferOf, type Cached, encodeCopy, flush, clearingTapeOnError } from './tfjs';

export interface InputSpec {
  shape: readonly number[];
  dtype: 'float32' | 'int32';
}
export type Values<Name extends string> = Readonly<Record<Name, Float32Array | Int32Array>>;
export type Results<Name extends string> = Readonly<Record<Name, Float32Array>>;

export interface Program<In extends string, Out extends string> {
  /**
   * Compiles all new kernels at once and reports how many are done; wasm and cpu have none. Otherwise the first `run`
   * compiles them.
   * @throws {HomegrownError} 'bug' with the kernel's name if it doesn't compile; if the device failed, its own error
   */
  prepare(report?: Compiling): Promise<void>;
  /**
   * Starts one step with these inputs; the promise settles when its outputs have been read. On WebGPU, calls may
   * overlap: start the next step before the last one's outputs arrive, and the GPU never waits. Limit: `MAX_IN_FLIGHT`.
   */
  run(values: Values<In>): Promise<Results<Out>>;
  readonly cost: Cost;
  /** Runs a step and times each kernel. Absent if the GPU has no timestamps. */
  profile?: ((values: Values<In>) => Promise<readonly Timing[]>) | undefined;
  dispose(): void;
}

/** Reports how many of the new kernels are compiled: starts with 0 done, and isn't called if there are none. */
export type Compiling = (done: number, of: number) => void;

/** All 0 if nothing is traced. */
export interface Cost {
  /** Time for tracing and planning. */
  traceMs: number;
  /** Time for encoding and submitting the last step. */
  encodeMs: number;
  /** GPU time of the last step that was read; absent without timestamps. */
  gpuMs?: number;
  dispatches: number;
  /** GPU memory that a step uses in total: its tensors' shared buffers, inputs, outputs and variables. */
  plannedBytes: number;
  /** Buffers of the variables, included in `plannedBytes`: other programs may use the same ones. */
  variables: readonly Pick<GPUBuffer, 'size'>[];
  /** Bytes that its tensors would take without sharing. */
  unsharedBytes: number;
}

export const bytesOf = (buffers: Iterable<Pick<GPUBuffer, 'size'>>): number =>
  [...buffers].reduce((n, { size }) => n + size, 0);

/** Prepares programs that run one after the other. */
export async function prepareAll(
  programs: readonly Pick<Program<string, string>, 'prepare'>[],
  report: Compiling = () => undefined,
): Promise<void> {
  const counts = programs.map(() => ({ done: 0, of: 0 }));
  const sum = (key: 'done' | 'of'): number => counts.reduce((n, count) => n + count[key], 0);
  let hasStarted = false;
  const notify = (): void => {
    if (hasStarted && sum('of') > 0) report(sum('done'), sum('of'));
  };
  const preparations = programs.map((program, i) =>
    program.prepare((done, of) => {
      counts[i] = { done, of };
      notify();
    }),
  );
  hasStarted = true;
  notify();
  await Promise.all(preparations);
}

/** Milliseconds on the GPU. Software adapters have no limit: they draw no page, and no OS watchdog watches them. */
export const MAX_SUBMIT_MS = 200;

/** Maximum number of steps of a program in flight. */
const MAX_IN_FLIGHT = 3;

/**
 * Makes a program of `step`, which gets a tensor for each input and returns float32 tensors. Anything else that the
 * step reads must outlive the program (variables). Any change must be in place (as optimizers do).
 * @param now milliseconds, for `cost`
 * @throws {HomegrownError} on WebGPU, as `plan` does, and 'bug' if the step reads a tensor; frees its buffers then
 */
export function compile<In extends string, Out extends string>(
  inputs: Readonly<Record<In, InputSpec>>,
  step: (inputs: Readonly<Record<In, Tensor>>) => Readonly<Record<Out, Tensor>>,
  now: () => number = () => 0,
): Program<In, Out> {
  const gpu = currentGpu();
  return gpu ? new Replay(gpu, inputs, step, now) : new Eager(inputs, step);
}

class Eager<In extends string, Out extends string> implements Program<In, Out> {
  readonly cost: Cost = { traceMs: 0, encodeMs: 0, dispatches: 0, plannedBytes: 0, variables: [], unsharedBytes: 0 };
  constructor(
    private readonly inputs: Readonly<Record<In, InputSpec>>,
    private readonly step: (inputs: Readonly<Record<In, Tensor>>) => Readonly<Record<Out, Tensor>>,
  ) {}

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  async run(values: Values<In>): Promise<Results<Out>> {
    const outputs = clearingTapeOnError(() =>
      tf.tidy(() => {
        const tensors = mapValues(this.inputs, ({ shape, dtype }, name) => tf.tensor(values[name], [...shape], dtype));
        return { ...this.step(tensors) };
      }),
    );
    const results = mapValues(outputs, (tensor) => tensor.dataSync<'float32'>());
    tf.dispose(outputs);
    return Promise.resolve(results);
  }
  dispose(): void {
    // Nothing is kept between steps.
  }
}

/** Buffer in which a replay's outputs and timestamps can be read. */
interface Staging {
  buffer: GPUBuffer;
  /** Index among the replays in flight. */
  replay: number;
}

class Replay<In extends string, Out extends string> implements Program<In, Out> {
  readonly cost: Cost;
  readonly profile?: (values: Values<In>) => Promise<readonly Timing[]>;
  private readonly plan: Plan;
  private readonly pipelines: ReadonlySet<Pipeline>;
  private readonly written: ReadonlySet<Cached>;
  private readonly input: PackedTensors<In>;
  private readonly output: PackedTensors<Out>;
  /** Parts of a step, each submitted on its own; a single one unless the step takes long. */
  private submits: readonly Submit[];
  /** Expected milliseconds of a step on a slow GPU (cost.ts). */
  private readonly expectedMs: number;
  /** Duration of the last step that was read, from when the GPU could start it. */
  private wallMs: number | undefined;
  private lastRead = -Infinity;
  private readonly clock: Clock | undefined;
  private readonly freeStaging: Staging[];
  private readonly untrack: () => void;
  private readonly waiting: (() => void)[] = [];
  /** Promise of the last run that waits for kernels. */
  private preparing: Promise<void> | undefined;
  private isDisposed = false;

  constructor(
    private readonly gpu: Gpu,
    private readonly inputs: Readonly<Record<In, InputSpec>>,
    step: (inputs: Readonly<Record<In, Tensor>>) => Readonly<Record<Out, Tensor>>,
    private readonly now: () => number,
  ) {
    const startMs = now();
    const input = packTensors(gpu.device, inputs);
    let output: PackedTensors<Out> | undefined;
    try {
      const { commands, written } = trace(() =>
        tf.tidy(() => {
          const results = step(input.tensors);
          const specs = mapValues(results, ({ shape }) => ({ shape, dtype: 'float32' as const }));
          output = packTensors(gpu.device, specs);
          for (const name of keys(results)) encodeCopy(results[name], output.tensors[name], 0, results[name].size * 4);
        }),
      );
      this.written = written;
      this.plan = plan(gpu.device, commands);
    } catch (error) {
      for (const each of [input, output]) if (each) destroy(each);
      throw error;
    }
    this.pipelines = new Set(this.plan.commands.flatMap((c) => ('pipeline' in c ? [c.pipeline] : [])));
    this.input = input;
    this.output = output!;
    this.submits = inSubmits(this.plan.commands, Infinity);
    this.expectedMs = this.plan.commands.reduce((sum, { expectedMs }) => sum + expectedMs, 0);
    this.clock = gpu.adapter.timestamps ? new Clock(gpu.device, MAX_IN_FLIGHT) : undefined;
    if (gpu.adapter.timestamps) this.profile = (values) => this.profileStep(values);
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const size = this.output.bytes + (this.clock ? TIMES : 0);
    this.freeStaging = Array.from({ length: MAX_IN_FLIGHT }, (_, i) => ({
      buffer: gpu.device.createBuffer({ label: 'results', size, usage }),
      replay: i,
    }));
    const ownBuffers = new Set([this.input.buffer, this.output.buffer]);
    const variables = this.plan.outside.filter((buffer) => !ownBuffers.has(buffer));
    const ownBytes =
      this.plan.bytes + this.input.bytes + this.output.bytes + MAX_IN_FLIGHT * size + (this.clock?.bytes ?? 0);
    this.untrack = trackProgram({ ownBytes, variables });
    this.cost = {
      traceMs: now() - startMs,
      encodeMs: 0,
      dispatches: this.plan.commands.filter((command) => 'group' in command).length,
      plannedBytes: ownBytes + bytesOf(variables),
      variables,
      unsharedBytes: this.plan.unsharedBytes,
    };
  }

  async prepare(report: Compiling = () => undefined): Promise<void> {
    const uncompiled = this.uncompiled();
    if (uncompiled.length === 0) return;
    let done = 0;
    report(done, uncompiled.length);
    const compilations = uncompiled.map(async (pipeline) => {
      await pipeline.compiled();
      report(++done, uncompiled.length);
    });
    try {
      // Waits for all, so that no work continues after a failure.
      for (const outcome of await this.gpu.orFailed(Promise.allSettled(compilations))) {
        if (outcome.status === 'rejected') throw outcome.reason;
      }
    } catch (error) {
      const explanation = await explained(error);
      throw explanation instanceof HomegrownError
        ? explanation
        : new HomegrownError('bug', toFailure(explanation).message);
    }
  }
  private readonly uncompiled = (): Pipeline[] => [...this.pipelines].filter((pipeline) => !pipeline.isCompiled);

  async run(values: Values<In>): Promise<Results<Out>> {
    if (this.preparing || this.uncompiled().length > 0) {
      const preparing = (this.preparing = this.prepareAfter(this.preparing));
      try {
        await preparing;
      } finally {
        if (this.preparing === preparing) this.preparing = undefined;
      }
    }
    let staging: Staging | undefined;
    try {
      while (!(staging = this.takeStaging())) await new Promise<void>((resolve) => this.waiting.push(resolve));
      this.submit(values, staging);
      const submitted = this.now();
      await this.gpu.orFailed(staging.buffer.mapAsync(GPUMapMode.READ));
      this.recordDuration(submitted);
      const bytes = staging.buffer.getMappedRange().slice(0);
      staging.buffer.unmap();
      if (this.clock) this.cost.gpuMs = elapsed(bytes, this.output.bytes);
      return mapValues(this.output.offsets, (offset, name) =>
        new Float32Array(bytes, offset, this.output.tensors[name].size).slice(),
      );
    } finally {
      if (this.isDisposed) staging?.buffer.destroy();
      else if (staging) this.freeStaging.push(staging);
      this.waiting.shift()?.();
    }
  }

  /** Keeps a run that starts right after compilation from overtaking runs that wait for it. */
  private async prepareAfter(preparing: Promise<void> | undefined): Promise<void> {
    await preparing?.catch(() => undefined);
    return this.prepare();
  }

  private takeStaging(): Staging | undefined {
    this.gpu.check();
    if (this.isDisposed) throw new HomegrownError('bug', 'A program was disposed before this run of it began.');
    return this.freeStaging.pop();
  }

  private submit(values: Values<In>, { buffer, replay }: Staging): void {
    const startMs = this.now();
    const { device } = this.gpu;
    this.writeInputs(values);
    this.splitSubmits();
    for (const [i, submit] of this.submits.entries()) {
      const encoder = device.createCommandEncoder();
      encode(encoder, submit.segments, this.clock?.stamps(replay, submit));
      if (i === this.submits.length - 1) {
        this.clock?.read(encoder, replay, { buffer, offset: this.output.bytes });
        encoder.copyBufferToBuffer(this.output.buffer, 0, buffer, 0, this.output.bytes);
      }
      device.queue.submit([encoder.finish()]);
    }
    for (const data of this.written) data.values = null;
    this.cost.encodeMs = this.now() - startMs;
  }

  /** Splits long submits: a submit can't be interrupted, so the page freezes and an OS may consider the GPU hung. */
  private splitSubmits(): void {
    const { gpuMs = this.wallMs ?? this.expectedMs } = this.cost;
    const max = this.gpu.adapter.software ? Infinity : (MAX_SUBMIT_MS / gpuMs) * this.expectedMs;
    if (this.submits.length > 1 || max < this.expectedMs) this.submits = inSubmits(this.plan.commands, max);
  }

  /** Measures a step's duration. Steps may overlap in flight: the GPU starts one after the previous one ends. */
  private recordDuration(submitted: number): void {
    const now = this.now();
    const ms = now - Math.max(submitted, this.lastRead);
    this.lastRead = now;
    if (ms > 0) this.wallMs = ms; // 0 if there is no clock here either
  }

  private writeInputs(values: Values<In>): void {
    const { device, backend } = this.gpu;
    flush(backend);
    const bytes = new ArrayBuffer(this.input.bytes);
    for (const name of keys(this.inputs)) {
      const { size } = this.input.tensors[name];
      if (values[name].length !== size) {
        throw new HomegrownError('bug', `Input ${name} has ${values[name].length} numbers instead of ${size}.`);
      }
      const Target = this.inputs[name].dtype === 'int32' ? Int32Array : Float32Array;
      new Target(bytes, this.input.offsets[name], size).set(values[name]);
    }
    device.queue.writeBuffer(this.input.buffer, 0, bytes);
  }

  private async profileStep(values: Values<In>): Promise<readonly Timing[]> {
    await this.prepare();
    this.writeInputs(values);
    this.splitSubmits();
    const timings = await profile(this.gpu.device, this.submits);
    for (const data of this.written) data.values = null;
    this.gpu.check();
    return timings;
  }

  dispose(): void {
    this.isDisposed = true;
    for (const wake of this.waiting.splice(0)) wake();
    for (const each of [this.input, this.output]) destroy(each);
    for (const buffer of [...this.plan.buffers, ...this.freeStaging.map((staging) => staging.buffer)]) buffer.destroy();
    this.clock?.destroy();
    this.untrack();
  }
}

/** All inputs, or all outputs, in one buffer. */
interface PackedTensors<Name extends string> {
  tensors: Readonly<Record<Name, Tensor>>;
  /** Bytes. */
  offsets: Readonly<Record<Name, number>>;
  buffer: GPUBuffer;
  bytes: number;
}
function packTensors<Name extends string>(
  device: GPUDevice,
  specs: Readonly<Record<Name, InputSpec>>,
): PackedTensors<Name> {
  const names = keys(specs);
  const { tensors, buffers } = arena(
    names.map((name) => specs[name]),
    device,
  );
  const byName = Object.fromEntries(names.map((name, i) => [name, tf.keep(tensors[i]!)])) as Record<Name, Tensor>;
  const offsets = mapValues(byName, (tensor) => placeOf(bufferOf(tensor)).offset);
  return { tensors: byName, offsets, buffer: buffers[0]!, bytes: buffers[0]!.size };
}

function destroy({ tensors, buffer }: PackedTensors<string>): void {
  tf.dispose(tensors);
  buffer.destroy();
}

const keys = <Name extends string>(record: Readonly<Record<Name, unknown>>): Name[] => Object.keys(record) as Name[];
function mapValues<Name extends string, A, B>(
  record: Readonly<Record<Name, A>>,
  map: (value: A, name: Name) => B,
): Record<Name, B> {
  return Object.fromEntries(keys(record).map((name) => [name, map(record[name], name)])) as Record<Name, B>;
}
