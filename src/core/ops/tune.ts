/**
 * Which cut of a matrix product suits this GPU, by measuring each once. Results do not depend on it: every cut that is
 * measured adds up in the same order (cut.ts), so a choice that differs between two days does not change a run by one bit.
 */
import * as tf from '@tensorflow/tfjs';
import { currentGpu, type Gpu } from '../gpu/backend';
import { dispatch } from '../gpu/dispatch';
import { emptyTensor, flush } from '../gpu/tfjs';
import { candidates, choose, type Cut, SHAPE_CLASSES, type ShapeClass } from './cut';
import { productBy } from './matmul.wgsl';

/** What was measured before, by adapter and class: a Map, or something that outlives the page. */
export interface Choices {
  get(key: string): string | undefined;
  set(key: string, name: string): unknown;
}

/**
 * Measures once for the device in use, and does nothing where there is none. Call it before the first product.
 * @param now milliseconds
 */
export async function tune(now: () => number, known: Choices = new Map<string, string>()): Promise<void> {
  const gpu = currentGpu();
  if (!gpu || tuned.has(gpu)) return;
  tuned.add(gpu);
  const { vendor, architecture, name: adapter, software } = gpu.adapter;
  // On a processor compiling costs more than is won by telling the classes apart: one stands for all.
  const measured = software ? SHAPE_CLASSES.slice(0, 1) : SHAPE_CLASSES;
  for (const name of measured) {
    const cuts = candidates(gpu, name);
    const key = `${vendor} ${architecture} ${adapter} ${name}`;
    const remembered = known.get(key);
    const chosen = remembered !== undefined && remembered in cuts ? remembered : await fastest(gpu, name, cuts, now);
    known.set(key, chosen);
    for (const each of software ? SHAPE_CLASSES : [name]) choose(gpu, each, cuts[chosen]!);
  }
}
const tuned = new WeakSet<Gpu>();

/** The first, unless another takes clearly less time: clocks are coarse and machines busy. */
const CLEARLY = 0.9;
const ROUNDS = 3;

async function fastest(
  gpu: Gpu,
  name: ShapeClass,
  cuts: Readonly<Record<string, Cut>>,
  now: () => number,
): Promise<string> {
  const names = Object.keys(cuts);
  if (names.length === 1) return names[0]!;
  const { M, N, K, ...lies } = standIn(gpu, name);
  const [a, b, c] = [emptyTensor([M, K], 'float32'), emptyTensor([K, N], 'float32'), emptyTensor([M, N], 'float32')];
  const time = async (cut: Cut, times: number): Promise<number> => {
    const began = now();
    for (let i = 0; i < times; i++) dispatch(productBy({ M, N, K, ...lies }, cut), { a, b, c });
    flush(gpu.backend);
    await gpu.device.queue.onSubmittedWorkDone();
    return now() - began;
  };
  for (const cut of Object.values(cuts)) await time(cut, 1); // compiles
  const best = names.map(() => Infinity);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, cut] of Object.values(cuts).entries()) best[i] = Math.min(best[i]!, await time(cut, 4));
  }
  tf.dispose([a, b, c]);
  const winner = best.indexOf(Math.min(...best));
  return names[best[winner]! < CLEARLY * best[0]! ? winner : 0]!;
}

/** A product of that class: a fraction of a millisecond on a GPU, a few on a processor. */
function standIn({ adapter }: Gpu, name: ShapeClass) {
  const lies = { transposeA: name.startsWith('T'), transposeB: name.startsWith('NT') };
  if (adapter.software) return { M: 128, N: 128, K: 64, ...lies };
  return name.endsWith('large') ? { M: 1024, N: 1024, K: 256, ...lies } : { M: 256, N: 256, K: 256, ...lies };
}
