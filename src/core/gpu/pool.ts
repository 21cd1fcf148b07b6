import type { BufferManager } from './tfjs';

/**
 * Pool of the buffers behind TensorFlow.js's tensors. Keeps up to `max` bytes of released buffers for reuse at the same
 * size and usage, and frees the oldest. TensorFlow.js's own pool frees nothing: memory of one large product would stay
 * allocated while the page is open.
 */
export function pool(device: GPUDevice, max = 16 * 2 ** 20): BufferManager {
  /** Free buffers by size and usage; each list, and `released`, in release order. */
  const free = new Map<string, GPUBuffer[]>();
  const released = new Set<GPUBuffer>();
  let freeBytes = 0;
  const kindOf = ({ size, usage }: Pick<GPUBuffer, 'size' | 'usage'>): string => `${size} ${usage}`;
  return {
    numBytesUsed: 0,
    numBytesAllocated: 0,
    acquireBuffer(size, usage, mappedAtCreation = false, reuse = true) {
      this.numBytesUsed += size;
      const reused = reuse ? free.get(kindOf({ size, usage }))?.pop() : undefined;
      if (!reused) {
        this.numBytesAllocated += size;
        return device.createBuffer({ size, usage, mappedAtCreation });
      }
      released.delete(reused);
      freeBytes -= size;
      return reused;
    },
    releaseBuffer(buffer, reuse = true) {
      this.numBytesUsed -= buffer.size;
      if (!reuse) {
        this.numBytesAllocated -= buffer.size;
        buffer.destroy();
        return;
      }
      const freeOfKind = free.get(kindOf(buffer));
      if (freeOfKind) freeOfKind.push(buffer);
      else free.set(kindOf(buffer), [buffer]);
      released.add(buffer);
      freeBytes += buffer.size;
      for (const oldest of released) {
        if (freeBytes <= max) break;
        released.delete(oldest);
        free.get(kindOf(oldest))!.shift();
        freeBytes -= oldest.size;
        this.numBytesAllocated -= oldest.size;
        oldest.destroy();
      }
    },
    dispose() {
      for (const buffer of released) buffer.destroy();
      this.numBytesAllocated -= freeBytes;
      freeBytes = 0;
      released.clear();
      free.clear();
    },
  };
}
