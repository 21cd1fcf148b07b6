import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { normals } from '../base/rng';
import { wasmThreads } from '../gpu/wasm';
import { nodeThreads } from '../../../node/threads';
import { useWasm } from '../../testing/wasm';
import { packedBytes, scratchBytes } from '../threads/product';
import { startThreads, type Threads } from '../threads/threads';
import { matMul } from './matMul';
import { openGpu } from '../gpu/backend';
import { dispatch } from '../gpu/dispatch';
import { emptyTensor } from '../gpu/tfjs';
import { ALL_ACTIVATIONS, SLOPES_IN_F64 } from '../../testing/activations';
import { expectClose, floats } from '../../testing/checkOp';
import { candidates, LARGE, SLICED, SMALL, SOFTWARE, type Tiling, WIDE } from './tiling';
import { productBy } from './matmul.wgsl';
import { type Product, strideOf } from './product.wgsl';
import { onGpu, onHosts } from '../../testing/devices';

onHosts(() => {
  beforeAll(useWasm);

  const values = (shape: [number, number], purpose: string): Float32Array => normals(1, purpose, shape[0] * shape[1]);
  const matrix = (shape: [number, number], purpose: string): tf.Tensor2D => tf.tensor2d(values(shape, purpose), shape);

  /** Whole and partial tiles on every side, one task and many, a long inner side, a right side in several parts. */
  const SIZES = [
    [64, 32, 64],
    [8, 8, 8],
    [13, 7, 21],
    [33, 129, 70],
    [9, 1, 9],
    [128, 300, 274],
    [64, 9001, 240],
  ] as const;

  describe.each(SIZES)('[%i, %i] [%i]', (M, K, N) => {
    test.each([
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ])('has the bits of TensorFlow.js; transposed: %s, %s', async (a, b) => {
      const left = matrix(a ? [K, M] : [M, K], 'left');
      const right = matrix(b ? [N, K] : [K, N], 'right');
      const ours = matMul(left, right, { a, b });
      const theirs = tf.matMul(a ? tf.transpose(left) : left, b ? tf.transpose(right) : right);
      expect(await ours.data()).toEqual(await theirs.data());
      tf.dispose([left, right, ours, theirs]);
    });
  });

  test("TensorFlow.js's memory is shared, and the threads start", async () => {
    expect(wasmThreads()?.count).toBe(2);
    await expect.poll(() => wasmThreads()?.ready(), { timeout: 60_000 }).toBe(2);
  });

  /** A product of [70, 90] by [90, 75] on separate threads. */
  function productOn(threads: Threads, memory: WebAssembly.Memory): Float32Array {
    const [M, K, N] = [70, 90, 75];
    const floats = new Float32Array(memory.buffer);
    const [a, b, c] = [1024, 1024 + 4 * M * K, 1024 + 4 * (M * K + K * N)];
    floats.set(values([M, K], 'left'), a / 4);
    floats.set(values([K, N], 'right'), b / 4);
    const packed = c + 4 * M * N;
    const scratch = packed + packedBytes(K, N);
    threads.run('pack', [b, 4 * N, 4, packed, K, N, 1], 10);
    threads.run('multiply', [a, 4 * K, 4, packed, c, 4 * N, K, M, N, 8, 3, scratch, scratchBytes(K, 8)], 9 * 4);
    return floats.slice(c / 4, c / 4 + M * N);
  }

  test("bits don't depend on the number of threads, and the caller waits for none to start", async () => {
    const made = [1, 2, 4].map((count) => {
      const memory = new WebAssembly.Memory({ initial: 16, maximum: 65_536, shared: true });
      return { memory, threads: startThreads(memory, nodeThreads(count)), count };
    });
    const alone = productOn(made[0]!.threads, made[0]!.memory);
    for (const { threads, memory, count } of made) {
      expect(productOn(threads, memory)).toEqual(alone); // before any has started
      await expect.poll(() => threads.ready(), { timeout: 60_000 }).toBe(count);
      for (let i = 0; i < 20; i++) {
        new Float32Array(memory.buffer).fill(NaN);
        expect(productOn(threads, memory)).toEqual(alone);
      }
      threads.end();
    }
  });
});

onGpu(() => {
  beforeAll(openGpu);

  /** A B by definition, in f64. */
  function product({ M, N, K, transposeA, transposeB }: Product, a: Float32Array, b: Float32Array): Float64Array {
    const c = new Float64Array(M * N);
    for (let m = 0; m < M; m++) {
      for (let n = 0; n < N; n++) {
        for (let k = 0; k < K; k++) {
          c[m * N + n]! += a[transposeA ? k * M + m : m * K + k]! * b[transposeB ? n * K + k : k * N + n]!;
        }
      }
    }
    return c;
  }
  async function run(
    p: Product,
    tiling: Tiling,
    a: Float32Array,
    b: Float32Array,
    pre = floats([p.M * p.N], 2, 2).data,
  ) {
    const c = emptyTensor([p.M * p.N], 'float32');
    const columns = emptyTensor([p.N], 'float32');
    const operands = { a: tf.tensor1d(a), b: tf.tensor1d(b), c, columns, pre: tf.tensor1d(pre) };
    dispatch(productBy({ ...p, accumulate: false }, tiling), operands);
    const once = await c.data<'float32'>();
    if (p.accumulate) dispatch(productBy(p, tiling), operands);
    return { c: once, twice: await c.data<'float32'>(), columns: await columns.data<'float32'>() };
  }

  const KINDS = { NN: {}, NT: { transposeB: true }, TN: { transposeA: true, columns: true } };
  /** Tilings by name. Broadcast only if the adapter has subgroups of one size. */
  async function tilings(): Promise<Record<string, Tiling>> {
    const { broadcast } = candidates(await openGpu(), 'NN small');
    return { SMALL, ...(broadcast && { broadcast }), SLICED, LARGE, WIDE, SOFTWARE };
  }
  /** Limits compile time: the slowest tilings run odd sizes in only one or two kinds of product. */
  const SHAPES = [
    { kinds: ['NN', 'NT', 'TN'], sizes: [67, 65, 33], by: ['broadcast', 'SMALL', 'SLICED', 'LARGE'] },
    { kinds: ['NN', 'NT', 'TN'], sizes: [64, 128, 32], by: ['broadcast', 'LARGE'] },
    { kinds: ['NN'], sizes: [67, 12, 33], by: ['broadcast', 'WIDE', 'SOFTWARE'] },
    { kinds: ['TN'], sizes: [70, 130, 17], by: ['broadcast', 'WIDE'] },
  ] as const;

  test.each(Object.entries(KINDS))('%s by every tiling, with the same bits unless K is split', async (kind, flags) => {
    const gpu = await openGpu();
    const all = await tilings();
    for (const { kinds, sizes, by } of SHAPES) {
      if (!kinds.some((each) => each === kind)) continue;
      const [M, N, K] = sizes;
      const [a, b] = [floats([M * K]).data, floats([K * N], 1, 1).data];
      const p: Product = { M, N, K, ...flags };
      const want = product(p, a, b);
      const sums = Float64Array.from({ length: N }, (_, n) => b.reduce((s, x, i) => (i % N === n ? s + x : s), 0));
      let bits: Float32Array | undefined;
      for (const name of by) {
        const tiling = all[name];
        if (!tiling) continue;
        const got = await run(p, tiling, a, b);
        gpu.check();
        expectClose(got.c, want, 1e-5, `${kind} by ${name}`);
        if (p.columns) expectClose(got.columns, sums, 1e-5, `sums of B by ${name}`);
        if (name === 'SLICED') continue;
        bits ??= got.c;
        expect(got.c, `bits by ${name}`).toEqual(bits);
      }
    }
  });

  test.each(Object.entries(KINDS))(
    '%s, several in one tensor, have the bits of each alone',
    async (_, { ...flags }) => {
      const gpu = await openGpu();
      const count = 3;
      for (const [M, N, K] of [
        [35, 70, 33],
        [64, 32, 48],
      ] as const) {
        const p: Product = { M, N, K, ...flags, scale: 0.5, residual: true };
        if ('columns' in p) delete p.columns;
        const strides = [strideOf(M, K), strideOf(K, N), strideOf(M, N)] as const;
        const [a, b, r] = strides.map((stride, i) => floats([count * stride], 1, i).data) as [
          Float32Array,
          Float32Array,
          Float32Array,
        ];
        const part = (all: Float32Array, stride: number, i: number, size: number) =>
          tf.tensor1d(all.slice(i * stride, i * stride + size));
        const { SMALL: small, SLICED: sliced, broadcast } = await tilings();
        for (const [name, tiling] of Object.entries({ small, sliced, broadcast })) {
          if (!tiling) continue;
          const c = emptyTensor([count * strides[2]], 'float32');
          const all = { a: tf.tensor1d(a), b: tf.tensor1d(b), residual: tf.tensor1d(r), c };
          dispatch(productBy({ ...p, count }, tiling), all);
          const got = await c.data<'float32'>();
          for (let i = 0; i < count; i++) {
            const one = emptyTensor([M * N], 'float32');
            const [ofA, ofB] = [part(a, strides[0], i, M * K), part(b, strides[1], i, K * N)];
            dispatch(productBy(p, tiling), { a: ofA, b: ofB, residual: part(r, strides[2], i, M * N), c: one });
            const begin = i * strides[2];
            expect(got.slice(begin, begin + M * N), `${name}, ${M} x ${N}, ${i}`).toEqual(await one.data<'float32'>());
          }
          gpu.check();
        }
      }
    },
  );

  test('accumulates a product into existing values', async () => {
    const p: Product = { M: 20, N: 9, K: 7, accumulate: true };
    const [a, b] = [floats([140]).data, floats([63], 1, 1).data];
    const all = await tilings();
    for (const name of ['SMALL', 'broadcast']) {
      const got = all[name] && (await run(p, all[name], a, b));
      if (got)
        expectClose(
          got.twice,
          product(p, a, b).map((x) => 2 * x),
          1e-5,
          name,
        );
    }
  });

  test.each(Object.entries({ NN: {}, NT: { transposeB: true } }))(
    '%s plus a narrow product equals their sum, also through a slope',
    async (kind, flags) => {
      const gpu = await openGpu();
      const all = await tilings();
      for (const [name, M, N, K, secondInner, slope] of [
        ['SMALL', 67, 65, 33, 3, undefined],
        ['broadcast', 35, 64, 48, 8, undefined],
        ['SLICED', 5, 12, 600, 17, 'silu'],
      ] as const) {
        const tiling = all[name];
        if (!tiling) continue;
        const p: Product = { M, N, K, ...flags };
        const [a, b] = [floats([M * K]).data, floats([K * N], 1, 1).data];
        const [a2, b2] = [floats([M * secondInner], 1, 2).data, floats([secondInner * N], 1, 3).data];
        const pre = floats([M * N], 2, 2).data;
        const narrow = product({ ...p, K: secondInner }, a2, b2);
        const sums = product(p, a, b).map((x, i) => x + narrow[i]!);
        const [c, again] = [emptyTensor([M * N], 'float32'), emptyTensor([M * N], 'float32')];
        const factors = { a: tf.tensor1d(a), b: tf.tensor1d(b), aSecond: tf.tensor1d(a2), bSecond: tf.tensor1d(b2) };
        const through = slope && { slope, again: true };
        dispatch(productBy({ ...p, secondInner, ...through }, tiling), { ...factors, c, again, pre: tf.tensor1d(pre) });
        gpu.check();
        const want = slope ? sums.map((x, i) => x * SLOPES_IN_F64[slope](pre[i]!)) : sums;
        expectClose(await c.data<'float32'>(), want, 1e-5, `${kind} by ${name}`);
        if (!slope) continue;
        const silu = pre.map((x) => x / (1 + Math.exp(-x)));
        expectClose(await again.data<'float32'>(), silu, 1e-5, `${kind} by ${name}, again`);
      }
    },
  );

  test('splits a long K, with a shorter last share', async () => {
    const p: Product = { M: 3, N: 5, K: 1000, transposeA: true, columns: true };
    const [a, b] = [floats([3000]).data, floats([5000], 1, 1).data];
    const got = await run(p, SLICED, a, b);
    expectClose(got.c, product(p, a, b), 1e-5, 'C');
  });

  test.each(ALL_ACTIVATIONS)(
    'rows and columns from 1 to 127, and the slope of %s in the preceding product',
    async (kind) => {
      const all = await tilings();
      for (const [M, N, K] of [
        [1, 127, 3],
        [3, 1, 65],
        [127, 12, 4],
      ] as const) {
        const p: Product = { M, N, K, transposeB: true, slope: kind };
        const [a, b, pre] = [floats([M * K]).data, floats([K * N], 1, 1).data, floats([M * N], 3, 2).data];
        const want = product(p, a, b).map((x, i) => x * SLOPES_IN_F64[kind](pre[i]!));
        for (const name of ['SMALL', 'broadcast'].filter((each) => each in all)) {
          expectClose((await run(p, all[name]!, a, b, pre)).c, want, 1e-5, `[${M}, ${N}] by ${name}`);
        }
      }
    },
  );
});
