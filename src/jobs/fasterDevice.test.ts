/** Device that `auto` chooses without a GPU. */
import { expect, test } from 'vitest';
import { badSettings } from '../core/base/errors';
import { fasterDevice } from './fasterDevice';

/** Chosen device by the pace of WASM and of the adapter, in ms per hundred steps; undefined if it can't run there. */
async function chosen(wasm?: number, adapter?: number, max = Infinity) {
  const opened: string[] = [];
  const limits: number[] = [];
  const { device, why } = await fasterDevice({
    adapter: 'SoftPipe',
    open(kind) {
      opened.push(kind);
      return Promise.resolve({ kind });
    },
    measure(limit) {
      limits.push(limit);
      const step = opened.at(-1) === 'webgpu' ? adapter : wasm;
      if (step === undefined) throw badSettings('It does not fit.', 'Choose another.');
      return Promise.resolve({ start: 0, step, evaluate: 0, save: 0 });
    },
    time: ({ step }) => 100 * step,
    maxMs: max,
  });
  expect(device.kind).toBe(opened.at(-1) ?? 'wasm'); // The reported device is in use.
  return { kind: device.kind, why, opened, limit: limits[1] };
}

test('chooses the device with the shorter measured run, and reports both paces', async () => {
  expect(await chosen(400, 300)).toEqual({
    kind: 'webgpu',
    why: 'Using SoftPipe, which is faster: WASM takes 400 ms per step, SoftPipe takes 300 ms per step.',
    opened: ['webgpu'],
    limit: 10_000,
  });
  expect(await chosen(400, 500)).toMatchObject({
    kind: 'wasm',
    why: 'Using WASM, which is faster: WASM takes 400 ms per step, SoftPipe takes 500 ms per step.',
    opened: ['webgpu', 'wasm'],
  });
});

test('a device that cannot run it, or makes no steps in a share of the time, is not chosen', async () => {
  const { kind, why } = await chosen(400);
  expect(kind).toBe('wasm');
  expect(why).toMatch(/SoftPipe none finished in time/);
  expect(await chosen(undefined, 300)).toMatchObject({ kind: 'webgpu', limit: Infinity });
  expect(await chosen(undefined, 300, 60_000)).toMatchObject({ kind: 'webgpu', limit: 15_000 });
});

test('a run that ends before another device starts is on WASM, without measuring the other', async () => {
  expect(await chosen(10, 1)).toEqual({
    kind: 'wasm',
    why: 'Using WASM: the run takes about 1 s, too short for SoftPipe to pay off.',
    opened: [],
    limit: undefined,
  });
});
