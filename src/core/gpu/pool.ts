import type { BufferManager } from './tfjs';

/**
 * Pool of the buffers behind TensorFlow.js's tensors. Keeps up to `max` bytes of released buffers for reuse at the same
 * size and usage, and frees the oldest. TensorFlow.js's own pool frees nothing: memory of one large product would stay
 * allocated while the page is open.
 */
export function pool(device: GPUDevice, max = 16 * 2 ** 20): BufferManager {
  /** Free buffers by size and usage; each list, and `waiting`, in release order. */
  const free = new Map<string, GPUBuffer[]>();
  const waiting = new Set<GPUBuffer>();
  let freeBytes = 0;
  const kind = ({ size, usage }: Pick<GPUBuffer, 'size' | 'usage'>): string => `${size} ${usage}`;
  return {
    numBytesUsed: 0,
    numBytesAllocated: 0,
    acquireBuffer(size, usage, mappedAtCreation = false, reuse = true) {
      this.numBytesUsed += size;
      const kept = reuse ? free.get(kind({ size, usage }))?.pop() : undefined;
      if (!kept) {
        this.numBytesAllocated += size;
        return device.createBuffer({ size, usage, mappedAtCreation });
      }
      waiting.delete(kept);
      freeBytes -= size;
      return kept;
    },
    releaseBuffer(buffer, reuse = true) {
      this.numBytesUsed -= buffer.size;
      if (!reuse) {
        this.numBytesAllocated -= buffer.size;
        buffer.destroy();
        return;
      }
      const alike = free.get(kind(buffer));
      if (alike) alike.push(buffer);
      else free.set(kind(buffer), [buffer]);
      waiting.add(buffer);
      freeBytes += buffer.size;
      for (const oldest of waiting) {
        if (freeBytes <= max) break;
        waiting.delete(oldest);
        free.get(kind(oldest))!.shift();
        freeBytes -= oldest.size;
        this.numBytesAllocated -= oldest.size;
        oldest.destroy();
      }
    },
    dispose() {
      for (const buffer of waiting) buffer.destroy();
      this.numBytesAllocated -= freeBytes;
      freeBytes = 0;
      waiting.clear();
      free.clear();
    },
  };
}
