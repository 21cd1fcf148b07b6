/**
 * WebGPU for kernels that are only compiled. Standard error tells which one is compiled next, and what the driver prints of it
 * follows that line; and which ones are used by what. Nothing is held or computed: a driver for a GPU that is not there has
 * 4 GB and no GPU.
 */
import { writeSync } from 'node:fs';
import { installDawn } from '../src/core/testing/dawn';
import { MARK, type Told } from './isa';

/** Standard error is a file, so that no write waits or is refused. */
const tell = (told: Told): void => void writeSync(2, `\n${MARK}${JSON.stringify(told)}\n`);

/** At the very end: who reads this knows that nothing is missing. */
export const tellTheEnd = (): void => tell({ end: true });

/** What uses the kernels from now on. */
export function usedBy(config: string, variant: string): void {
  user = { config, variant };
  told = new Set();
}
let user = { config: '', variant: '' };
let told = new Set<number>();

/** Call it once. */
export function installCompiler(): void {
  installDawn();
  const ids = announcePipelines();
  announceUses(ids);
  holdNothing();
}

function announcePipelines(): WeakMap<GPUComputePipeline, number> {
  const { prototype } = GPUDevice;
  const ids = new WeakMap<GPUComputePipeline, number>();
  let count = 0;
  const createComputePipeline = Reflect.get(prototype, 'createComputePipeline');
  prototype.createComputePipeline = function (descriptor) {
    const id = count++;
    tell({ id, kernel: descriptor.label ?? 'stock' });
    const pipeline = createComputePipeline.call(this, descriptor);
    ids.set(pipeline, id);
    return pipeline;
  };
  // One after the other: what the driver says must not mix.
  prototype.createComputePipelineAsync = function (descriptor) {
    return Promise.resolve(this.createComputePipeline(descriptor));
  };
  return ids;
}

function announceUses(ids: WeakMap<GPUComputePipeline, number>): void {
  const nothing = () => undefined;
  Object.assign(GPUComputePassEncoder.prototype, {
    setPipeline(pipeline: GPUComputePipeline) {
      const used = ids.get(pipeline)!;
      if (!told.has(used)) tell({ used, ...user });
      told.add(used);
    },
    setBindGroup: nothing,
    dispatchWorkgroups: nothing,
  });
  GPUDevice.prototype.createBindGroup = () => ({}) as GPUBindGroup;
  Object.assign(GPUCommandEncoder.prototype, { copyBufferToBuffer: nothing });
  Object.assign(GPUQueue.prototype, { writeBuffer: nothing });
}

/** Buffers say their size and have a page, but those that the host reads or fills. */
function holdNothing(): void {
  const { prototype } = GPUDevice;
  const createBuffer = Reflect.get(prototype, 'createBuffer');
  prototype.createBuffer = function (descriptor) {
    const { size, usage, mappedAtCreation } = descriptor;
    const isRead = (usage & GPUBufferUsage.MAP_READ) !== 0;
    const held = mappedAtCreation || isRead ? size : Math.min(size, 4096);
    return Object.defineProperty(createBuffer.call(this, { ...descriptor, size: held }), 'size', { value: size });
  };
}
