/** Facts about devices that a browser stores next to texts and runs. An unreadable one is measured again. */
import type { Kind } from '../base/record';
import { z } from '../base/zod';
import type { DeviceKind } from './run';

/** The device that was chosen by hand. */
export const DEVICE_KEY = 'device';
export const DEVICE: Kind<DeviceKind> = {
  what: () => 'The device that was chosen',
  version: 1,
  schema: z.enum(['webgpu', 'wasm', 'cpu']),
  upgrades: [],
};

/** Bytes that a run may take of the memory of a kind of device. */
export const DEVICE_MEMORIES = 'device-memory/';
export const deviceMemoryKey = (kind: DeviceKind): string => `${DEVICE_MEMORIES}${kind}`;
export const DEVICE_MEMORY: Kind<number> = {
  what: (key) => `The memory limit of ${key.slice(DEVICE_MEMORIES.length)}`,
  version: 1,
  schema: z.number().positive(),
  upgrades: [],
};

/** Which tiling of a matrix product suits which of this machine's GPUs, as it was measured. */
export const TILINGS_KEY = 'cuts';
export const TILINGS: Kind<Readonly<Record<string, string>>> = {
  what: () => 'The measurement of this machine’s GPUs',
  version: 1,
  schema: z.record(z.string(), z.string()),
  upgrades: [],
};
