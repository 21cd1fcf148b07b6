import type { BufferManager } from './tfjs';

/**
 * The buffers behind TensorFlow.js's tensors. What is released is kept for the next of its size and usage, up to `most`
 * bytes in all; the rest is given back. TensorFlow.js's own pool gives nothing back: what one large product took would stay
 * taken for as long as the page is open.
 */
export function pool(device: GPUDevice, most = 16 * 2 ** 20): BufferManager {
  const free = new Map<string, GPUBuffer[]>();
  let freeBytes = 0;
  const kind = (size: number, usage: GPUBufferUsageFlags): string => `${size} ${usage}`;
  return {
    numBytesUsed: 0,
    numBytesAllocated: 0,
    acquireBuffer(size, usage, mappedAtCreation = false, reuse = true) {
      this.numBytesUsed += size;
      const kept = reuse ? free.get(kind(size, usage))?.pop() : undefined;
      if (kept) freeBytes -= size;
      else this.numBytesAllocated += size;
      return kept ?? device.createBuffer({ size, usage, mappedAtCreation });
    },
    releaseBuffer(buffer, reuse = true) {
      const { size, usage } = buffer;
      this.numBytesUsed -= size;
      if (reuse && freeBytes + size <= most) {
        const key = kind(size, usage);
        free.set(key, [...(free.get(key) ?? []), buffer]);
        freeBytes += size;
      } else {
        buffer.destroy();
        this.numBytesAllocated -= size;
      }
    },
    dispose() {
      for (const buffers of free.values()) for (const buffer of buffers) buffer.destroy();
      free.clear();
      this.numBytesAllocated -= freeBytes;
      freeBytes = 0;
    },
  };
}
