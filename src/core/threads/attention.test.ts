import { expect, test } from 'vitest';
import { normals } from '../base/rng';
import { nodeThreads } from '../../../node/threads';
import { attend, attendBackward, attentionScratchBytes } from './attention';
import { numbersOf } from './attentionJob';
import { startThreads } from './threads';

const [B, T, H, KV, D] = [3, 37, 6, 2, 10];
const WIDTH = (H + 2 * KV) * D;

/** Addresses and sizes of the matrices. */
const PLACES = (() => {
  const sizes = {
    qkv: B * T * WIDTH,
    bias: H * T * T,
    p: B * H * T * T,
    y: B * T * H * D,
    d: B * T * WIDTH,
    dBias: H * T * T,
  };
  let at = 64;
  return Object.fromEntries(
    Object.entries(sizes).map(([name, size]) => [name, { size, at: (at += 4 * size) - 4 * size }]),
  ) as Record<keyof typeof sizes, { size: number; at: number }>;
})();
const scratchEach = attentionScratchBytes({ Tq: T, Tk: T, D });

/** `each`: heads per task. */
const job = (each: number): number[] =>
  numbersOf({
    ...{ B, Tq: T, Tk: T, H, KV, D, causal: 1, window: 0, scale: 1 / Math.sqrt(D), each, byHead: 1 },
    ...{ q: PLACES.qkv.at, k: PLACES.qkv.at + 4 * H * D, v: PLACES.qkv.at + 4 * (H + KV) * D },
    ...{ rowOfQ: 4 * WIDTH, rowOfKV: 4 * WIDTH, lengths: 0, ends: 0, kept: 0 },
    ...{ bias: PLACES.bias.at, p: PLACES.p.at, y: PLACES.y.at, dBias: PLACES.dBias.at },
    ...{ dq: PLACES.d.at, dk: PLACES.d.at + 4 * H * D, dv: PLACES.d.at + 4 * (H + KV) * D },
    scratch: 2 ** 20,
    scratchEach,
  });

/** Returns y and, with y as its own gradient, the gradients of q, k, v and the bias. */
function results(floats: Float32Array, run: (name: 'attend' | 'attendBackward') => void): Float32Array[] {
  for (const name of ['qkv', 'bias'] as const) floats.set(normals(1, name, PLACES[name].size), PLACES[name].at / 4);
  for (const name of ['d', 'dBias'] as const)
    floats.fill(0, PLACES[name].at / 4, PLACES[name].at / 4 + PLACES[name].size);
  run('attend');
  run('attendBackward');
  return (['y', 'd', 'dBias'] as const).map((name) =>
    floats.slice(PLACES[name].at / 4, PLACES[name].at / 4 + PLACES[name].size),
  );
}

test('one and two threads compute equal bits for any task split; without kernels, equal up to rounding', async () => {
  expect(PLACES.dBias.at + 4 * PLACES.dBias.size).toBeLessThan(2 ** 20);
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 65_536, shared: true });
  const [one, two] = [startThreads(memory, nodeThreads(1)), startThreads(memory, nodeThreads(2))];
  await expect.poll(() => two.ready(), { timeout: 60_000 }).toBe(2);
  const floats = two.heap.floats();
  const alone = results(floats, (name) => one.run(name, job(B * KV), 1));
  expect(alone.every((values) => values.some((value) => value !== 0))).toBe(true);
  for (let time = 0; time < 5; time++) expect(results(floats, (name) => two.run(name, job(B), KV))).toEqual(alone);
  two.end();

  const copy = new Float32Array(2 ** 20);
  const tasks = { attend, attendBackward };
  const byNumbers = results(copy, (name) => tasks[name]({ floats: () => copy }, Int32Array.from(job(B * KV)), 0, 0));
  byNumbers.forEach((values, n) => values.forEach((value, i) => expect(value).toBeCloseTo(alone[n]![i]!, 5)));
});
