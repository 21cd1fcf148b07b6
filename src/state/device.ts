/** Device that training runs on: chosen automatically, always shown, always changeable. */
import { toFailure } from '../core/base/errors';
import { readRecord } from '../core/base/record';
import { DEVICE, DEVICE_KEY, DEVICE_MEMORY, deviceMemoryKey } from '../core/train/remembered';
import type { DeviceInfo } from '../protocol/gpu';
import { explain } from './failures';
import type { DeviceSlice } from './slices/device';
import type { Slice } from './slices/studio';

export const createDeviceSlice: Slice<DeviceSlice> =
  ({ gpu, store, toasts }) =>
  (set, get) => ({
    device: { kind: 'opening' },
    measured: {},
    async useDevice(kind) {
      set({ device: { kind: 'opening' } });
      try {
        // An unreadable record must not keep a device from opening.
        const remembered =
          kind === 'auto' ? await readRecord(store, DEVICE_KEY, DEVICE).catch(() => undefined) : undefined;
        const requested = remembered ?? kind;
        const opened = await gpu.call('device', { kind: requested });
        const bound = await readRecord(store, deviceMemoryKey(opened.kind), DEVICE_MEMORY).catch(() => undefined);
        const info = withBound(opened, bound);
        set(({ measured }) => ({
          device: { kind: 'open', info },
          measured: { ...measured, [info.kind]: info.gigaflops },
        }));
        if (kind !== 'auto') await store.commit({ put: [[DEVICE_KEY, kind]] });
      } catch (error) {
        const failure = toFailure(error);
        set({ device: { kind: 'failed', failure } });
        toasts.show({ text: 'The device did not open', detail: explain(failure) });
      }
    },
    async allowMemory(bytes) {
      const { device } = get();
      if (device.kind !== 'open') return;
      const { kind } = device.info;
      set({ device: { kind: 'open', info: withBound(device.info, bytes) } });
      try {
        await store.commit(
          bytes === undefined ? { drop: [deviceMemoryKey(kind)] } : { put: [[deviceMemoryKey(kind), bytes]] },
        );
      } catch (error) {
        toasts.show({ text: 'The memory limit couldn’t be saved', detail: explain(toFailure(error)) });
      }
    },
  });

function withBound(
  { limits: { bound: _, ...limits } = {}, ...info }: DeviceInfo,
  bound: number | undefined,
): DeviceInfo {
  return { ...info, limits: { ...limits, ...(bound !== undefined && { bound }) } };
}
