/** Encodes planned commands and measures their GPU time. */
import type { PlannedCommand } from './plan';

type Pass = Extract<PlannedCommand, { pipeline: unknown }>[];
type Copy = Extract<PlannedCommand, { from: unknown }>;

/** One pass, or a copy between passes. */
export type Segment = Pass | Copy;

export function groupSegments(commands: readonly PlannedCommand[]): Segment[] {
  const result: Segment[] = [];
  for (const command of commands) {
    const last = result.at(-1);
    if ('from' in command) result.push(command);
    else if (Array.isArray(last)) last.push(command);
    else result.push([command]);
  }
  return result;
}

/** Commands of one submit. */
export interface Submit {
  segments: readonly Segment[];
  /** Whether this submit contains the step's first pass (`begins`) and its last (`ends`). */
  begins: boolean;
  ends: boolean;
}

/** Splits commands into as few submits as possible with an `expectedMs` of at most `max`; longer ones go alone. */
export function inSubmits(commands: readonly PlannedCommand[], max: number): Submit[] {
  const submits: PlannedCommand[][] = [];
  let remainingMs = -1;
  for (const command of commands) {
    remainingMs -= command.expectedMs;
    if (remainingMs < 0) {
      submits.push([]);
      remainingMs = max - command.expectedMs;
    }
    submits.at(-1)!.push(command);
  }
  const segmentsBySubmit = submits.map(groupSegments);
  const hasPass = (submit: readonly Segment[]): boolean => submit.some(Array.isArray);
  const [first, last] = [segmentsBySubmit.findIndex(hasPass), segmentsBySubmit.findLastIndex(hasPass)];
  return segmentsBySubmit.map((submit, i) => ({ segments: submit, begins: i === first, ends: i === last }));
}

/** Query indices for the time at which the first pass begins and the last pass ends. */
interface Stamps {
  queries: GPUQuerySet;
  begin?: number;
  end?: number;
}

export function encode(encoder: GPUCommandEncoder, segments: readonly Segment[], stamps?: Stamps): void {
  const first = stamps?.begin === undefined ? -1 : segments.findIndex(Array.isArray);
  const last = stamps?.end === undefined ? -1 : segments.findLastIndex(Array.isArray);
  segments.forEach((segment, i) => {
    if (!Array.isArray(segment)) {
      const { from, to, bytes } = segment;
      encoder.copyBufferToBuffer(from.buffer, from.offset, to.buffer, to.offset, bytes);
      return;
    }
    const pass = encoder.beginComputePass(
      stamps && (i === first || i === last)
        ? {
            timestampWrites: {
              querySet: stamps.queries,
              ...(i === first && { beginningOfPassWriteIndex: stamps.begin }),
              ...(i === last && { endOfPassWriteIndex: stamps.end }),
            },
          }
        : undefined,
    );
    let pipeline: GPUComputePipeline | undefined;
    for (const command of segment) {
      if (command.pipeline !== pipeline) pass.setPipeline((pipeline = command.pipeline));
      pass.setBindGroup(0, command.group);
      pass.dispatchWorkgroups(...command.grid);
    }
    pass.end();
  });
}

/** Two queries and their readback location, for each of `n` replays that may be in flight. */
export class Clock {
  readonly bytes: number;
  private readonly queries: GPUQuerySet;
  private readonly resolved: GPUBuffer;

  constructor(device: GPUDevice, n: number) {
    this.bytes = n * STRIDE;
    this.queries = device.createQuerySet({ type: 'timestamp', count: 2 * n });
    this.resolved = device.createBuffer({
      label: 'timestamps',
      size: this.bytes,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    });
  }

  /** Returns the queries of replay `i` for the submit that begins it and the one that ends it. */
  stamps(i: number, { begins, ends }: Pick<Submit, 'begins' | 'ends'>): Stamps {
    return { queries: this.queries, ...(begins && { begin: 2 * i }), ...(ends && { end: 2 * i + 1 }) };
  }
  /** Copies the two timestamps of replay `i` to `into`, 16 bytes. */
  read(encoder: GPUCommandEncoder, i: number, into: { buffer: GPUBuffer; offset: number }): void {
    encoder.resolveQuerySet(this.queries, 2 * i, 2, this.resolved, i * STRIDE);
    encoder.copyBufferToBuffer(this.resolved, i * STRIDE, into.buffer, into.offset, TIMES);
  }

  destroy(): void {
    this.queries.destroy();
    this.resolved.destroy();
  }
}
/** Bytes of two timestamps; `STRIDE` is the alignment of a resolve. */
export const TIMES = 16;
const STRIDE = 256;

/** Milliseconds between two timestamps in nanoseconds. */
export function elapsed(bytes: ArrayBuffer, offset: number): number {
  const [began, ended] = new BigUint64Array(bytes, offset, 2) as unknown as [bigint, bigint];
  return Number(ended - began) / 1e6;
}

export interface Timing {
  /** Name of the kernel. */
  name: string;
  grid: readonly [number, number, number];
  /** GPU time in milliseconds. */
  ms: number;
}

/**
 * Runs the commands once, with a timed pass for each dispatch. Browsers may round times to 0.1 ms against timing
 * attacks, so times of short kernels mean little.
 */
export async function profile(device: GPUDevice, submits: readonly Submit[]): Promise<Timing[]> {
  const dispatches = submits.flatMap((submit) =>
    submit.segments.flatMap((segment) => (Array.isArray(segment) ? segment : [])),
  );
  const timings: Timing[] = [];
  const clock = new Clock(device, 1);
  const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
  const staging = device.createBuffer({ label: 'timings', size: dispatches.length * TIMES, usage });
  try {
    for (const { segments } of submits) {
      const encoder = device.createCommandEncoder();
      for (const command of segments.flat()) {
        if (!('group' in command)) {
          encode(encoder, [command]);
          continue;
        }
        const { pipeline, grid } = command;
        encode(encoder, [[command]], clock.stamps(0, { begins: true, ends: true }));
        clock.read(encoder, 0, { buffer: staging, offset: timings.length * TIMES });
        timings.push({ name: pipeline.label, grid, ms: 0 });
      }
      device.queue.submit([encoder.finish()]);
    }
    await staging.mapAsync(GPUMapMode.READ);
    const bytes = staging.getMappedRange();
    timings.forEach((timing, i) => (timing.ms = elapsed(bytes, i * TIMES)));
  } finally {
    staging.destroy();
    clock.destroy();
  }
  return timings;
}
