import { expect, test } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import type { DeviceInfo } from '../protocol/gpu';
import { createDeviceSlice, type DeviceSlice } from './device';
import type { Services, Studio } from './studio';

const info: DeviceInfo = {
  ...{ kind: 'wasm', name: 'CPU', software: false, features: [], gigaflops: 1, choices: ['wasm'] },
  limits: { total: 2 ** 32 },
};

test('what a run may take is kept for the device, until all is allowed again', async () => {
  const store = memoryStore();
  const opened = async (): Promise<DeviceSlice> => {
    let state = {} as DeviceSlice;
    const gpu = { call: () => Promise.resolve(info) } as unknown as Services['gpu'];
    const set = (change: unknown) => {
      const changes =
        typeof change === 'function' ? (change as (s: DeviceSlice) => Partial<DeviceSlice>)(state) : change;
      state = Object.assign(state, changes);
    };
    const slice = createDeviceSlice({ gpu, store } as Services);
    state = Object.assign(
      state,
      slice(set as never, () => state as unknown as Studio, {} as never),
    );
    await state.useDevice('auto');
    return state;
  };
  const first = await opened();
  await first.allowMemory(6e9);
  expect(first.device).toMatchObject({ info: { limits: { bound: 6e9, total: 2 ** 32 } } });
  const later = await opened();
  expect(later.device).toMatchObject({ info: { limits: { bound: 6e9, total: 2 ** 32 } } });
  await later.allowMemory(undefined);
  expect(later.device).toEqual({ kind: 'open', info });
  expect(await store.keys('device-memory/')).toEqual([]);
});
