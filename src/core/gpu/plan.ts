/**
 * Turns a traced step into a replayable one: allocates memory for its tensors and makes its bind groups once.
 *
 * 1. If a tensor's last use is a copy of all of it into another, kernels write there directly, without the copy (for
 *    example gradients, into the one buffer that the optimizer reads).
 * 2. Tensors share buffers if their lifetimes allow: largest first, each into the smallest buffer that is free for its
 *    whole life ("greedy by size", Pisarchyk & Lee 2020, arXiv:2001.03288).
 * 3. Data that the host wrote (constants, TensorFlow.js's uniforms) is stored once per content.
 */
import { HomegrownError } from '../base/errors';
import { formatBytes } from '../base/units';
import { type Place, placeOf, type Placeholder } from './buffer';
import { type Binding, type Command, isUnplaced } from './capture';
import { expectedMs } from './cost';
import type { Pipeline } from './pipeline';

export interface Plan {
  commands: readonly PlannedCommand[];
  /** GPU memory that belongs to the plan. */
  buffers: readonly GPUBuffer[];
  bytes: number;
  /** Buffers that the commands use and the plan doesn't own. */
  outside: readonly GPUBuffer[];
  /** Bytes that the same tensors would take without sharing. */
  unsharedBytes: number;
}
/** `expectedMs`: on a slow GPU (cost.ts). */
export type PlannedCommand =
  | { pipeline: Pipeline; group: GPUBindGroup; grid: readonly [number, number, number]; expectedMs: number }
  | { from: Place; to: Place; bytes: number; expectedMs: number };

/**
 * Plans the memory and bind groups of traced commands.
 * `poisoned`, for tests: memory that no live tensor uses is NaN at every moment of a replay.
 * @throws {HomegrownError} 'out-of-memory' if a tensor exceeds the device's binding size; nothing is allocated then.
 */
export function plan(device: GPUDevice, traced: readonly Command[], poisoned = false): Plan {
  refuseTooLarge(device.limits, traced);
  const { homes, commands } = elideCopies(device, traced);
  const lives = lifetimes(commands, homes);
  const { sizes, slots } = shareBuffers(lives);
  const buffers = sizes.map((size) => device.createBuffer({ label: 'shared by tensors', size, usage: usage() }));
  const constants = placeConstants(device, constantsOf(commands));
  if (constants.buffer) buffers.push(constants.buffer);

  const outside = new Set<GPUBuffer>();
  const resolve = (buffer: GPUBuffer, offset: number): Place => {
    if (!isUnplaced(buffer)) {
      const place = placeOf(buffer, offset);
      outside.add(place.buffer);
      return place;
    }
    const constant = constants.offsets.get(buffer);
    if (constant !== undefined) return { buffer: constants.buffer!, offset: constant + offset };
    const home = homeOf(homes, buffer);
    return { buffer: buffers[slots.get(home.root)!]!, offset: home.offset + offset };
  };
  const planned = commands.map((command) => planCommand(device, command, resolve));
  return {
    commands: poisoned ? withPoison(device, planned, buffers, lives, slots) : planned,
    buffers,
    outside: [...outside],
    bytes: buffers.reduce((n, { size }) => n + size, 0),
    unsharedBytes: [...lives.keys()].reduce((n, { size }) => n + size, 0),
  };
}

function refuseTooLarge({ maxStorageBufferBindingSize: max }: GPUSupportedLimits, commands: readonly Command[]): void {
  let largest = 0;
  for (const command of commands) {
    if (command.kind === 'dispatch') for (const { size } of command.bindings) largest = Math.max(largest, size);
  }
  if (largest <= max) return;
  throw new HomegrownError(
    'out-of-memory',
    `A tensor needs ${formatBytes(largest)}; this GPU allows ${formatBytes(max)} per buffer.`,
  );
}

const usage = (): GPUBufferUsageFlags =>
  GPUBufferUsage.STORAGE | GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

function planCommand(
  device: GPUDevice,
  command: Command,
  resolve: (b: GPUBuffer, offset: number) => Place,
): PlannedCommand {
  if (command.kind === 'copy') {
    const { from, fromOffset, to, toOffset, bytes } = command;
    return copy(resolve(from, fromOffset), resolve(to, toOffset), bytes);
  }
  const { pipeline, layout, bindings, grid, work } = command;
  const entries = bindings.map(({ binding, buffer, offset, size }) => ({
    binding,
    resource: { ...resolve(buffer, offset), size },
  }));
  return { pipeline, grid, group: device.createBindGroup({ layout, entries }), expectedMs: expectedMs(work) };
}
const copy = (from: Place, to: Place, bytes: number): PlannedCommand => ({
  from,
  to,
  bytes,
  expectedMs: expectedMs({ flops: 0, bytes: 2 * bytes }),
});

/** Location of a tensor's bytes inside another tensor; `homeOf` follows the chain to its end. */
type Homes = ReadonlyMap<Placeholder, { root: Placeholder; offset: number }>;
function homeOf(homes: Homes, buffer: Placeholder): { root: Placeholder; offset: number } {
  const home = homes.get(buffer);
  if (!home) return { root: buffer, offset: 0 };
  const parent = homeOf(homes, home.root);
  return { root: parent.root, offset: home.offset + parent.offset };
}

/** Removes copies whose source kernels can write to the target directly: step 1 above. */
function elideCopies(device: GPUDevice, commands: readonly Command[]): { homes: Homes; commands: readonly Command[] } {
  const lastUse = new Map<GPUBuffer, number>();
  const writtenByKernels = new Set<GPUBuffer>(); // copy targets that a kernel also writes
  commands.forEach((command, i) => {
    for (const { buffer, writes } of usesOf(command)) {
      lastUse.set(buffer, i);
      if (writes && command.kind === 'dispatch') writtenByKernels.add(buffer);
    }
  });
  const homes = new Map<Placeholder, { root: Placeholder; offset: number }>();
  const copyOf = new Map<Placeholder, Command>();
  const align = device.limits.minStorageBufferOffsetAlignment;
  commands.forEach((command, i) => {
    if (command.kind !== 'copy') return;
    const { from, to, fromOffset, toOffset, bytes } = command;
    if (!isUnplaced(from) || !isUnplaced(to) || from.initial || to.initial || writtenByKernels.has(to)) return;
    const isWholeTensor = fromOffset === 0 && bytes === from.size && toOffset % align === 0;
    if (!isWholeTensor || lastUse.get(from) !== i || homes.has(from)) return;
    homes.set(from, { root: to, offset: toOffset });
    copyOf.set(from, command);
  });
  // A command may not read and write one buffer: in that case, the tensor keeps its own buffer.
  for (let hasChanged = true; hasChanged;) {
    hasChanged = false;
    for (const command of commands) {
      if (command.kind === 'copy') {
        const { from, to } = command;
        if (!isUnplaced(from) || !isUnplaced(to) || (homes.has(from) && copyOf.get(from) === command)) continue;
        // A tensor copied into one pack twice, or a part of one tensor copied into another.
        const isInside = from !== to && homeOf(homes, from).root === homeOf(homes, to).root;
        if (isInside && homes.delete(homes.has(from) ? from : to)) hasChanged = true;
        continue;
      }
      const unplaced = command.bindings.filter((b): b is Binding & { buffer: Placeholder } => isUnplaced(b.buffer));
      for (const binding of unplaced) {
        const clashes = unplaced.some(
          (other) =>
            other.writes !== binding.writes &&
            other.buffer !== binding.buffer &&
            homeOf(homes, other.buffer).root === homeOf(homes, binding.buffer).root,
        );
        if (clashes && homes.delete(binding.buffer)) hasChanged = true;
      }
    }
  }
  const elided = new Set([...homes.keys()].map((buffer) => copyOf.get(buffer)));
  return { homes, commands: commands.filter((command) => !elided.has(command)) };
}

interface Life {
  first: number;
  last: number;
}
/** Returns the first and last command that touches each tensor; tensors inside another count for that one. */
function lifetimes(commands: readonly Command[], homes: Homes): Map<Placeholder, Life> {
  const lives = new Map<Placeholder, Life>();
  commands.forEach((command, i) => {
    for (const { buffer, writes } of usesOf(command)) {
      if (!isUnplaced(buffer)) continue;
      if (buffer.initial) {
        if (writes) throw new HomegrownError('bug', 'A traced step writes a tensor that came from the host.');
        continue;
      }
      const { root } = homeOf(homes, buffer);
      const life = lives.get(root);
      if (life) life.last = i;
      else lives.set(root, { first: i, last: i });
    }
  });
  return lives;
}

/** Assigns each tensor to a shared buffer: step 2 above. */
function shareBuffers(lives: ReadonlyMap<Placeholder, Life>): { sizes: number[]; slots: Map<Placeholder, number> } {
  const shared: { size: number; lives: Life[] }[] = [];
  const slots = new Map<Placeholder, number>();
  for (const [buffer, life] of [...lives].sort(([a], [b]) => b.size - a.size)) {
    const free = (slot: { lives: Life[] }) => slot.lives.every((l) => l.last < life.first || l.first > life.last);
    // Sizes only decrease, so the last free slot is the smallest.
    let slot = shared.findLastIndex(free);
    if (slot < 0) slot = shared.push({ size: Math.ceil(buffer.size / 16) * 16, lives: [] }) - 1;
    shared[slot]!.lives.push(life);
    slots.set(buffer, slot);
  }
  return { sizes: shared.map(({ size }) => size), slots };
}

/** Writes NaN over every shared buffer before the first command, and over each tensor's bytes after its last use. */
function withPoison(
  device: GPUDevice,
  commands: readonly PlannedCommand[],
  buffers: GPUBuffer[],
  lives: ReadonlyMap<Placeholder, Life>,
  slots: ReadonlyMap<Placeholder, number>,
): PlannedCommand[] {
  const shared = buffers.slice(0, new Set(slots.values()).size);
  const size = Math.max(16, ...shared.map((buffer) => buffer.size));
  const poison = device.createBuffer({ label: 'poison', size, usage: usage() });
  device.queue.writeBuffer(poison, 0, new Uint32Array(size / 4).fill(0x7fc00000));
  buffers.push(poison);
  const poisonOver = (buffer: GPUBuffer, bytes: number): PlannedCommand =>
    copy({ buffer: poison, offset: 0 }, { buffer, offset: 0 }, bytes);
  const poisonAfter = commands.map((): PlannedCommand[] => []);
  for (const [buffer, { last }] of lives) poisonAfter[last]!.push(poisonOver(shared[slots.get(buffer)!]!, buffer.size));
  return [
    ...shared.map((buffer) => poisonOver(buffer, buffer.size)),
    ...commands.flatMap((command, i) => [command, ...poisonAfter[i]!]),
  ];
}

function constantsOf(commands: readonly Command[]): Set<Placeholder> {
  const constants = new Set<Placeholder>();
  for (const command of commands) {
    for (const { buffer } of usesOf(command)) if (isUnplaced(buffer) && buffer.initial) constants.add(buffer);
  }
  return constants;
}

/** Uploads host data to one buffer, equal contents once: step 3 above. */
function placeConstants(device: GPUDevice, constants: ReadonlySet<Placeholder>) {
  const align = Math.max(device.limits.minStorageBufferOffsetAlignment, device.limits.minUniformBufferOffsetAlignment);
  const byContent = new Map<string, number>();
  const offsets = new Map<Placeholder, number>();
  const writes: { offset: number; bytes: ArrayBuffer }[] = [];
  let end = 0;
  for (const buffer of constants) {
    const bytes = buffer.initial!;
    // Large contents aren't worth comparing.
    const content = bytes.byteLength <= 1024 ? new Uint32Array(bytes).join() : `only ${writes.length}`;
    let offset = byContent.get(content);
    if (offset === undefined) {
      offset = end;
      byContent.set(content, offset);
      writes.push({ offset, bytes });
      end = Math.ceil((end + bytes.byteLength) / align) * align;
    }
    offsets.set(buffer, offset);
  }
  if (end === 0) return { buffer: undefined, offsets };
  const buffer = device.createBuffer({ label: 'constants', size: end, usage: usage() });
  for (const { offset, bytes } of writes) device.queue.writeBuffer(buffer, offset, bytes);
  return { buffer, offsets };
}

function usesOf(command: Command): readonly { buffer: GPUBuffer; writes: boolean }[] {
  if (command.kind === 'dispatch') return command.bindings;
  return [
    { buffer: command.from, writes: false },
    { buffer: command.to, writes: true },
  ];
}
