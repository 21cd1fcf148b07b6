/** Devices for the tests of an op. Its file is in two projects of vitest: one for hosts, one for the GPU. */
import { describe, inject } from 'vitest';

type DeviceName = 'cpu' | 'wasm' | 'webgpu';
declare module 'vitest' {
  export interface ProvidedContext {
    devices: readonly DeviceName[];
  }
}

// Called when tests are declared, because scripts outside vitest import the other exports.
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
