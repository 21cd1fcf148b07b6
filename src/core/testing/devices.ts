/** Where the tests of an op run: its file is in two projects of vitest, of which one has the hosts and the other the GPU. */
import { describe, inject } from 'vitest';

type DeviceName = 'cpu' | 'wasm' | 'webgpu';
declare module 'vitest' {
  export interface ProvidedContext {
    devices: readonly DeviceName[];
  }
}

// Asked when tests are declared, as scripts outside vitest import what stands beside them.
export const hasHosts = (): boolean => inject('devices').includes('cpu');
export const hasGpu = (): boolean => inject('devices').includes('webgpu');

/** Tests for the hosts alone. Samples are small: finite differences take each number several times. */
export function onHosts(tests: () => void): void {
  if (hasHosts()) describe('on cpu and wasm', tests);
}
/** Tests for the GPU alone. Samples pass the edges of tiles and of dispatches. */
export function onGpu(tests: () => void): void {
  if (hasGpu()) describe('on the GPU', tests);
}
