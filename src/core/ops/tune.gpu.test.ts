import { expect, test } from 'vitest';
import { openGpu } from '../gpu/backend';
import { countCalls } from '../testing/dawn';
import { candidates, chosenCut, SHAPE_CLASSES } from './cut';
import { tune } from './tune';

const SHAPE = { M: 100, N: 100, K: 100 };

test('a device is measured once; the default stays unless another cut is clearly faster; what is known is not measured', async () => {
  const calls = countCalls();
  let gpu = await openGpu();
  const cuts = Object.entries(candidates(gpu, 'NN small'));
  const [usual] = cuts[0]!;
  const [other, otherCut] = cuts.at(-1)!;
  /** A clock by which the i-th measurement takes as long as its turn says: one compiles for each cut, then rounds. */
  const clock = (last: number) => {
    let [reads, at] = [0, 0];
    return () => {
      const measurement = reads++ >> 1;
      if (reads % 2 === 0) at += measurement % cuts.length === cuts.length - 1 ? last : 100;
      return at;
    };
  };
  /** The same adapter, on a device that nothing is known of. */
  const again = async () => {
    gpu.device.destroy();
    await gpu.failed;
    gpu = await openGpu();
    calls.reset();
  };

  /** Something that outlives a device. */
  const memory = (kept?: unknown) => {
    const self = {
      kept,
      read: () => Promise.resolve(self.kept),
      write: (choices: unknown) => Promise.resolve((self.kept = choices)),
    };
    return self;
  };
  const names = ({ kept }: { kept: unknown }) => new Set(Object.values(kept as Record<string, string>));

  const slightly = memory();
  await tune(clock(95), slightly);
  expect(names(slightly)).toEqual(new Set([usual]));
  calls.reset();
  await tune(clock(1), slightly);
  expect(calls.dispatches).toBe(0);

  await again();
  const clearly = memory();
  await tune(clock(50), clearly);
  expect(calls.dispatches).toBeGreaterThan(0);
  expect(names(clearly)).toEqual(new Set([other]));
  for (const name of SHAPE_CLASSES) {
    const lies = { transposeA: name.startsWith('T'), transposeB: name.startsWith('NT') };
    expect(chosenCut({ ...SHAPE, ...lies })).toEqual(otherCut);
  }

  await again();
  await tune(clock(100), clearly);
  expect(calls.dispatches).toBe(0);
  expect(chosenCut(SHAPE)).toEqual(otherCut);

  const renamed = Object.keys(clearly.kept as object).map((key) => [key, 'no such cut']);
  const broken = { read: () => Promise.reject(new Error('no')), write: () => Promise.reject(new Error('no')) };
  for (const useless of [memory(Object.fromEntries(renamed)), memory('damaged'), memory([1]), broken]) {
    await again();
    await tune(clock(100), useless);
    expect(calls.dispatches).toBeGreaterThan(0);
    expect(chosenCut(SHAPE)).toEqual(cuts[0]![1]);
  }
});
