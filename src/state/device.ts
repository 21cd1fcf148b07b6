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
}

const KEY = 'device';

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
        const info = await gpu.call('device', { kind: asked });
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
  });

const isKind = (value: unknown): value is DeviceKind => value === 'webgpu' || value === 'wasm' || value === 'cpu';
