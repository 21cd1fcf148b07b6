/** Saved steps for storage tests: their content identifies the step, and their store can fail or be damaged. */
import type { BlobStore } from '../core/base/blobStore';
import { HomegrownError } from '../core/base/errors';
import { listSnapshots } from '../core/checkpoint/checkpoint';
import type { Snapshot } from '../core/checkpoint/snapshot';

/** Three tensors whose values identify the step; the last two aren't aligned to the chunks of 64 bytes. */
export function snapshotAt(step: number, bestStep = 0): Snapshot {
  const tensor = (...shape: number[]): { shape: number[]; data: Float32Array } => ({
    shape,
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)).map((_, i) => step + i / 7),
  });
  return {
    state: { step, tokensSeen: step * 10, activeMs: step, best: { step: bestStep, loss: 1.5 } },
    tensors: new Map([
      ['transformer.wte.weight', tensor(8, 4)],
      ['__proto__', tensor(3)],
      ['empty', tensor(0)],
      ['adam.m.transformer.wte.weight', tensor(11)],
    ]),
  };
}
export const CHUNK = 64;
export const steps = async (store: BlobStore): Promise<number[]> =>
  (await listSnapshots(store, 'r')).map(({ step }) => step);

/** Fails at operation `n` (counted from 0): either nothing of it happens, or all of it and then the tab dies. */
export function failingAt(store: BlobStore, n: number, when: 'before' | 'after'): BlobStore {
  let count = 0;
  const operation = async <T>(run: () => Promise<T>): Promise<T> => {
    const index = count++;
    if (index > n || (index === n && when === 'before')) throw new HomegrownError('storage-full', 'injected');
    const result = await run();
    if (index === n) throw new HomegrownError('storage-full', 'injected');
    return result;
  };
  return {
    get: (key) => operation(() => store.get(key)),
    getMany: (keys) => operation(() => store.getMany(keys)),
    entries: (prefix) => operation(() => store.entries(prefix)),
    keys: (prefix) => operation(() => store.keys(prefix)),
    commit: (change) => operation(() => store.commit(change)),
  };
}

/** Flips one bit in a middle chunk of a step. */
export async function damage(store: BlobStore, step: number): Promise<void> {
  const key = (await store.keys(`runs/r/${step}.`))[1]!;
  const chunk = (await store.get(key)) as Uint8Array;
  await store.commit({ put: [[key, chunk.map((byte, i) => (i === 5 ? byte ^ 4 : byte))]] });
}
