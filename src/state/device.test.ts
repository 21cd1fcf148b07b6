import { afterEach, expect, test } from 'vitest';
import { memoryStore } from '../core/base/blobStore';
import { type TestStudio, testStudio } from '../testing/behindChannels';
import type { DeviceSlice } from './slices/device';

const open: TestStudio[] = [];
afterEach(() => open.splice(0).forEach((each) => each.close()));

test("keeps a run's memory limits for the device until they are reset", async () => {
  const store = memoryStore();
  /** Opens a separate page over the real worker implementation. */
  const opened = async (): Promise<() => DeviceSlice> => {
    const page = testStudio(store);
    open.push(page);
    await page.studio.getState().useDevice('auto');
    return page.studio.getState;
  };
  const first = await opened();
  const { device } = first();
  expect(device).toMatchObject({ kind: 'open', info: { kind: 'wasm', choices: ['wasm', 'cpu'] } });
  const total = device.kind === 'open' ? device.info.limits?.total : undefined;
  expect(total).toBeGreaterThan(2 ** 31);
  expect(first().measured.wasm).toBeGreaterThan(0);
  await first().allowMemory(6e9);
  expect(first().device).toMatchObject({ info: { limits: { bound: 6e9, total } } });
  const later = await opened();
  expect(later().device).toMatchObject({ info: { limits: { bound: 6e9, total } } });
  await later().allowMemory(undefined);
  expect(later().device).toMatchObject({ info: { limits: { total } } });
  expect(later().device).not.toHaveProperty('info.limits.bound');
  expect(await store.keys('device-memory/')).toEqual([]);
});

test('the selected device opens on the next page load, and a failure to open it is reported', async () => {
  const store = memoryStore();
  const page = testStudio(store);
  open.push(page);
  await page.studio.getState().useDevice('cpu');
  expect(page.studio.getState().device).toMatchObject({ kind: 'open', info: { kind: 'cpu' } });
  const next = testStudio(store);
  open.push(next);
  await next.studio.getState().useDevice('auto');
  expect(next.studio.getState().device).toMatchObject({ info: { kind: 'cpu' } });
  await next.studio.getState().useDevice('webgpu');
  expect(next.studio.getState().device).toMatchObject({ kind: 'failed', failure: { code: 'bad-settings' } });
  expect(next.studio.getState().toasts.at(-1)?.text).toBe('The device did not open');
});
