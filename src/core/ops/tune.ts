/**
 * Finds the best tiling of matrix products for this GPU by measuring each once. The choice doesn't affect results: all
 * measured tilings sum in the same order (tiling.ts), so another choice doesn't change a run by one bit.
 */
import * as tf from '@tensorflow/tfjs';
import { z } from '../base/zod';
import { currentGpu, finished, type Gpu } from '../gpu/backend';
import { dispatch } from '../gpu/dispatch';
import { emptyTensor, freeReleasedBuffers } from '../gpu/tfjs';
import { candidates, setTiling, type Tiling, SHAPE_CLASSES, type ShapeClass } from './tiling';
import { productBy } from './matmul.wgsl';

/** Persists choices: names of tilings by adapter, class and candidates. Either method may fail. */
export interface TilingStore {
  read(): Promise<unknown>;
  write(choices: Readonly<Record<string, string>>): Promise<unknown>;
}

/**
 * Measures once for the current device; does nothing without a GPU. Call it before the first product. Choices that
 * can't be stored are measured again next time.
 * @param now milliseconds
 */
export async function tune(now: () => number, store?: TilingStore): Promise<void> {
  const gpu = currentGpu();
  if (!gpu) return;
  const tuning = tuned.get(gpu) ?? chooseTilings(gpu, now, store);
  tuned.set(gpu, tuning);
  await tuning;
}
const tuned = new WeakMap<Gpu, Promise<void>>();

async function chooseTilings(gpu: Gpu, now: () => number, store?: TilingStore): Promise<void> {
  const stored = choicesSchema.parse(await store?.read().catch(() => undefined));
  const measured: Record<string, string> = {};
  const { vendor, architecture, name: adapter, software } = gpu.adapter;
  // On a CPU, compiling costs more than separate classes gain: one stands for all.
  for (const name of software ? SHAPE_CLASSES.slice(0, 1) : SHAPE_CLASSES) {
    const tilings = candidates(gpu, name);
    const key = [vendor, architecture, adapter, name, 'of', ...Object.keys(tilings)].join(' ');
    let chosen = stored[key];
    if (chosen === undefined || !Object.hasOwn(tilings, chosen)) {
      measured[key] = chosen = await fastest(gpu, name, tilings, now);
    }
    for (const shapeClass of software ? SHAPE_CLASSES : [name]) setTiling(gpu, shapeClass, tilings[chosen]!);
  }
  if (Object.keys(measured).length > 0) await store?.write({ ...stored, ...measured }).catch(() => undefined);
}
/** Treats damaged data, or data of another version, as empty. */
const choicesSchema = z.record(z.string(), z.string()).catch({});

/** The first tiling stays unless another takes clearly less time: clocks are coarse and machines busy. */
const MAX_TIME_RATIO = 0.9;
const ROUNDS = 3;
/** Minimum milliseconds of a round, so that launch and readback don't count. */
const MIN_ROUND_MS = 8;

async function fastest(
  gpu: Gpu,
  name: ShapeClass,
  tilings: Readonly<Record<string, Tiling>>,
  now: () => number,
): Promise<string> {
  const [first] = Object.keys(tilings);
  if (Object.keys(tilings).length === 1) return first!;
  const { M, N, K, ...transposes } = sampleProduct(gpu, name);
  const [a, b, c] = [emptyTensor([M, K], 'float32'), emptyTensor([K, N], 'float32'), emptyTensor([M, N], 'float32')];
  const time = async (tiling: Tiling, times: number): Promise<number> => {
    const startMs = now();
    for (let i = 0; i < times; i++) dispatch(productBy({ M, N, K, ...transposes }, tiling), { a, b, c });
    await gpu.orFailed(finished(gpu));
    return now() - startMs;
  };
  /** Compiles the tiling, because refused work takes no time and would win. */
  const compiles = async (tiling: Tiling): Promise<boolean> => {
    const filters = ['validation', 'internal'] as const;
    for (const filter of filters) gpu.device.pushErrorScope(filter);
    let refusals: Promise<(GPUError | null)[]>;
    try {
      await time(tiling, 1);
    } finally {
      refusals = Promise.all(filters.map(() => gpu.device.popErrorScope()));
      refusals.catch(() => undefined); // The call that waits for a lost device reports it.
    }
    return (await gpu.orFailed(refusals)).every((refusal) => refusal === null);
  };
  try {
    const usable: { name: string; tiling: Tiling; best: number }[] = [];
    for (const [tilingName, tiling] of Object.entries(tilings)) {
      if (await compiles(tiling)) usable.push({ name: tilingName, tiling, best: Infinity });
    }
    if (usable.length < 2) return usable[0]?.name ?? first!;
    let times = 1;
    while ((await time(usable[0]!.tiling, times)) < MIN_ROUND_MS && times < 1024) times *= 4;
    for (let round = 0; round < ROUNDS; round++) {
      for (const candidate of usable) candidate.best = Math.min(candidate.best, await time(candidate.tiling, times));
    }
    const winner = usable.reduce((x, y) => (y.best < x.best ? y : x));
    return (winner.best < MAX_TIME_RATIO * usable[0]!.best ? winner : usable[0]!).name;
  } finally {
    tf.dispose([a, b, c]);
    freeReleasedBuffers(gpu.backend);
  }
}

/** Sample product of that class: a fraction of a millisecond on a GPU, a few on a CPU. */
function sampleProduct({ adapter }: Gpu, name: ShapeClass) {
  const transposes = { transposeA: name.startsWith('T'), transposeB: name.startsWith('NT') };
  if (adapter.software) return { M: 128, N: 128, K: 64, ...transposes };
  return name.endsWith('large')
    ? { M: 1024, N: 1024, K: 256, ...transposes }
    : { M: 256, N: 256, K: 256, ...transposes };
}
