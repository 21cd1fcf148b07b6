/** Devices for tests of an op. Its file is in two vitest projects: one for hosts, one for the GPU. */
import { describe, inject } from 'vitest';

type DeviceName = 'cpu' | 'wasm' | 'webgpu';
declare module 'vitest' {
  export interface ProvidedContext {
    devices: readonly DeviceName[];
  }
}

// Read when tests are declared, because scripts outside vitest import the other exports.
export const hasHosts = (): boolean => inject('devices').includes('cpu');
export const hasGpu = (): boolean => inject('devices').includes('webgpu');

/** Tests for hosts only. Samples are small, because finite differences move each number several times. */
export function onHosts(tests: () => void): void {
  if (hasHosts()) describe('on cpu and wasm', tests);
}
/** Tests for the GPU only. Samples exceed tile and dispatch sizes. */
export function onGpu(tests: () => void): void {
  if (hasGpu()) describe('on the GPU', tests);
}
