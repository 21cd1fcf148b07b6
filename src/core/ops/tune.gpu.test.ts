import { expect, test } from 'vitest';
import { type Gpu, openGpu } from '../gpu/backend';
import { gpuMemory } from '../gpu/memory';
import { countCalls } from '../../testing/dawn';
import { candidates, tilingFor, SHAPE_CLASSES, type ShapeClass } from './tiling';
import { type TilingStore, tune } from './tune';

const calls = countCalls();

/** The same adapter, as a device without any stored measurement. */
async function freshGpu(): Promise<Gpu> {
  const old = await openGpu();
  old.device.destroy();
  await old.failed;
  const gpu = await openGpu();
  calls.reset();
  return gpu;
}

/** A store that outlives a device. */
const memory = (kept?: unknown) => {
  const self = {
    kept,
    read: () => Promise.resolve(self.kept),
    write: (choices: unknown) => Promise.resolve((self.kept = choices)),
  };
  return self;
};
const names = ({ kept }: { kept?: unknown }) => Object.values(kept as Record<string, string>);

/** A clock on which all tilings of these classes take 100 ms, except the last of each. */
function clock(gpu: Gpu, classes: readonly ShapeClass[], last: number): () => number {
  const takes = classes.flatMap((name) => {
    const round = Object.keys(candidates(gpu, name)).map((_, i, all) => (i === all.length - 1 ? last : 100));
    return [...round, 100, ...round, ...round, ...round]; // compiles, one to see whether it is long enough, rounds
  });
  let [reads, at] = [0, 0];
  return () => {
    const measurement = reads++ >> 1;
    if (reads % 2 === 0) at += takes[measurement] ?? NaN;
    return at;
  };
}
const firstOf = (gpu: Gpu, name: ShapeClass) => Object.keys(candidates(gpu, name))[0]!;
const lastOf = (gpu: Gpu, name: ShapeClass) => Object.keys(candidates(gpu, name)).at(-1)!;
/** Returns the tiling of that class's products, with a K too short to split. */
function tilingOf(name: ShapeClass) {
  const size = name.endsWith('large') ? 1024 : 100;
  return tilingFor({ M: size, N: size, K: 100, transposeA: name.startsWith('T'), transposeB: name.startsWith('NT') });
}

test('measures a device once; keeps the default unless another tiling is clearly faster; reuses stored choices', async () => {
  let gpu = await freshGpu();
  const measured = gpu.adapter.software ? SHAPE_CLASSES.slice(0, 1) : SHAPE_CLASSES;
  const slightly = memory();
  const used = gpuMemory().usedBytes;
  await tune(clock(gpu, measured, 95), slightly);
  expect(names(slightly)).toEqual(measured.map((name) => firstOf(gpu, name)));
  expect(gpuMemory().usedBytes, 'memory is given back').toBe(used);
  calls.reset();
  await tune(clock(gpu, measured, 1), slightly);
  expect(calls.dispatches).toBe(0);

  gpu = await freshGpu();
  const clearly = memory();
  await tune(clock(gpu, measured, 50), clearly);
  expect(calls.dispatches).toBeGreaterThan(0);
  expect(names(clearly)).toEqual(measured.map((name) => lastOf(gpu, name)));
  for (const name of SHAPE_CLASSES) expect(tilingOf(name)).toEqual(candidates(gpu, name)[lastOf(gpu, name)]);

  gpu = await freshGpu();
  await tune(clock(gpu, measured, 100), clearly);
  expect(calls.dispatches).toBe(0);
  for (const name of SHAPE_CLASSES) expect(tilingOf(name)).toEqual(candidates(gpu, name)[lastOf(gpu, name)]);

  const renamed = Object.keys(clearly.kept as object).map((key) => [key, 'no such tiling']);
  const broken = { read: () => Promise.reject(new Error('no')), write: () => Promise.reject(new Error('no')) };
  for (const useless of [memory(Object.fromEntries(renamed)), memory('damaged'), memory([1]), broken]) {
    gpu = await freshGpu();
    await tune(clock(gpu, measured, 100), useless satisfies TilingStore);
    expect(calls.dispatches).toBeGreaterThan(0);
    for (const name of SHAPE_CLASSES) expect(tilingOf(name)).toEqual(candidates(gpu, name)[firstOf(gpu, name)]);
  }
});

test('measures classes separately on a GPU', async () => {
  const gpu = await freshGpu();
  gpu.adapter.software = false;
  const { vendor, architecture, name: adapter } = gpu.adapter;
  const tilingNames = (name: ShapeClass) => Object.keys(candidates(gpu, name));
  const [measured, ...known] = SHAPE_CLASSES;
  const entries = known.map((name) => {
    const key = [vendor, architecture, adapter, name, 'of', ...tilingNames(name)].join(' ');
    return [key, tilingNames(name)[1]!] as const;
  });
  const kept = memory(Object.fromEntries(entries));
  await tune(clock(gpu, [measured], 50), kept);
  const n = tilingNames(measured).length;
  expect(calls.dispatches, 'each compiled, one to see how long it takes, three rounds').toBe(n + 1 + 3 * n);
  expect(Object.keys(kept.kept as object)).toHaveLength(SHAPE_CLASSES.length);
  expect(tilingOf(measured)).toEqual(candidates(gpu, measured)[lastOf(gpu, measured)]);
  for (const name of known) expect(tilingOf(name)).toEqual(candidates(gpu, name)[tilingNames(name)[1]!]);
});

test("lengthens rounds until the launch time doesn't count", async () => {
  const gpu = await freshGpu();
  const classes = gpu.adapter.software ? 1 : SHAPE_CLASSES.length;
  await tune(() => calls.dispatches); // one millisecond each
  const all = SHAPE_CLASSES.slice(0, classes).map((name) => Object.keys(candidates(gpu, name)).length);
  // Tries 1, 4 and 16 at a time; 16 take long enough.
  expect(calls.dispatches).toBe(all.reduce((sum, n) => sum + n + 21 + 3 * n * 16, 0));
});

test("doesn't choose a tiling that this GPU refuses, however fast it seems", async () => {
  const gpu = await freshGpu();
  const names = Object.keys(candidates(gpu, SHAPE_CLASSES[0]));
  const { createComputePipeline } = GPUDevice.prototype;
  let made = 0;
  GPUDevice.prototype.createComputePipeline = function (descriptor) {
    const refused = made++ === 0; // for the first candidate
    return createComputePipeline.call(
      this,
      refused ? { ...descriptor, compute: { ...descriptor.compute, entryPoint: 'none' } } : descriptor,
    );
  };
  const kept = memory();
  try {
    await tune(() => calls.dispatches, kept); // all take the same time
  } finally {
    GPUDevice.prototype.createComputePipeline = createComputePipeline;
  }
  gpu.check();
  const [name] = SHAPE_CLASSES;
  expect(tilingOf(name)).toEqual(candidates(gpu, name)[names[1]!]);
});

test('failed tuning leaves no error scope: later refusals are reported', async () => {
  const gpu = await freshGpu();
  const broken = () => {
    if (calls.dispatches > 0) throw new Error('The clock stopped.');
    return 0;
  };
  await expect(tune(broken)).rejects.toThrow('The clock stopped.');
  await expect(gpu.device.popErrorScope()).rejects.toThrow();
});
