/** Where training runs: chosen by itself, always shown, always changeable. */
import { toFailure, type Failure } from '../core/base/errors';
import type { DeviceKind } from '../core/train/run';
import type { DeviceInfo } from '../protocol/gpu';
import { explain } from './failures';
import type { Slice } from './studio';

export interface DeviceSlice {
  device: { kind: 'opening' } | { kind: 'open'; info: DeviceInfo } | { kind: 'failed'; failure: Failure };
  /** GFLOP/s of each device that was opened in this session. */
  measured: Partial<Record<DeviceKind, number>>;
  useDevice(kind: DeviceKind | 'auto'): Promise<void>;
  /** What a run may take of the memory of the device in use, in bytes, kept for each kind in this browser; undefined = all. */
  allowMemory(bytes: number | undefined): Promise<void>;
}

const KEY = 'device';
const boundKey = (kind: DeviceKind): string => `device-memory/${kind}`;

export const createDeviceSlice: Slice<DeviceSlice> =
  ({ gpu, store }) =>
  (set, get) => ({
    device: { kind: 'opening' },
    measured: {},
    async useDevice(kind) {
      set({ device: { kind: 'opening' } });
      try {
        // One that cannot be read is no reason to open none.
        const remembered = kind === 'auto' ? await store.get(KEY).catch(() => undefined) : undefined;
        const asked = isKind(remembered) ? remembered : kind;
        const opened = await gpu.call('device', { kind: asked });
        const bound = await store.get(boundKey(opened.kind)).catch(() => undefined);
        const info = withBound(opened, isBytes(bound) ? bound : undefined);
        set(({ measured }) => ({
          device: { kind: 'open', info },
          measured: { ...measured, [info.kind]: info.gigaflops },
        }));
        if (kind !== 'auto') await store.commit({ put: [[KEY, kind]] });
      } catch (error) {
        const failure = toFailure(error);
        set({ device: { kind: 'failed', failure } });
        get().toast({ text: 'The device did not open', detail: explain(failure) });
      }
    },
    async allowMemory(bytes) {
      const { device } = get();
      if (device.kind !== 'open') return;
      const { kind } = device.info;
      set({ device: { kind: 'open', info: withBound(device.info, bytes) } });
      try {
        await store.commit(bytes === undefined ? { drop: [boundKey(kind)] } : { put: [[boundKey(kind), bytes]] });
      } catch (error) {
        get().toast({ text: 'The memory allowed is not kept for next time', detail: explain(toFailure(error)) });
      }
    },
  });

function withBound(
  { limits: { bound: _, ...limits } = {}, ...info }: DeviceInfo,
  bound: number | undefined,
): DeviceInfo {
  return { ...info, limits: { ...limits, ...(bound !== undefined && { bound }) } };
}
const isBytes = (value: unknown): value is number => typeof value === 'number' && value > 0 && value < Infinity;

const isKind = (value: unknown): value is DeviceKind => value === 'webgpu' || value === 'wasm' || value === 'cpu';
