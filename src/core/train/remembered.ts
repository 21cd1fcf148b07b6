/** Device facts that a browser stores alongside texts and runs. An unreadable record is measured again. */
import type { Kind } from '../base/record';
import { z } from '../base/zod';
import type { DeviceKind } from './run';

/** Device that the person chose. */
export const DEVICE_KEY = 'device';
export const DEVICE: Kind<DeviceKind> = {
  what: () => 'The device that was chosen',
  version: 1,
  schema: z.enum(['webgpu', 'wasm', 'cpu']),
  upgrades: [],
};

/** Memory limit of a run on a kind of device, in bytes. */
export const DEVICE_MEMORIES = 'device-memory/';
export const deviceMemoryKey = (kind: DeviceKind): string => `${DEVICE_MEMORIES}${kind}`;
export const DEVICE_MEMORY: Kind<number> = {
  what: (key) => `The memory limit of ${key.slice(DEVICE_MEMORIES.length)}`,
  version: 1,
  schema: z.number().positive(),
  upgrades: [],
};

/** Fastest measured tiling of a matrix product, by GPU of this machine. */
export const TILINGS_KEY = 'cuts';
export const TILINGS: Kind<Readonly<Record<string, string>>> = {
  what: () => 'The measurement of this machine’s GPUs',
  version: 1,
  schema: z.record(z.string(), z.string()),
  upgrades: [],
};
