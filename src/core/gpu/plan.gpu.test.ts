/**
 * Plans and replays random programs with NaN in all memory that no live tensor uses: before the replay, and between one
 * tensor's last use and the next one's first. The results must equal those of the same program run op by op.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { stream } from '../base/rng';
import { arena, BLOCK, write } from './arena';
import { type Gpu, openGpu } from './backend';
import { type Command, trace } from './capture';
import { dispatch, type Kernel } from './dispatch';
import { plan } from './plan';
import { encode, groupSegments } from './replay';
import { emptyTensor, encodeCopy, flush } from './tfjs';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await openGpu();
});

/** x <- x / 2 + y, in place. */
const mix = (n: number): Kernel<'x' | 'y'> => ({
  name: 'mix',
  bindings: { x: ['update', 'f32'], y: ['read', 'f32'] },
  workgroup: [64, 1, 1],
  grid: [Math.ceil(n / 64), 1, 1],
  body: `let i = index * 64u + lane; if (i < ${n}u) { x[i] = 0.5 * x[i] + y[i]; }`,
});

const SIZES = [36, 54, 130];
const OUTPUTS = 3;
const INPUT = 54;
const VARIABLES = [54, 130];

/** Tensors that outlive the program, which it reads and changes. */
function world() {
  const shapes = [INPUT, ...VARIABLES, ...Array.from({ length: OUTPUTS }, () => SIZES.at(-1)!)];
  const { tensors, buffers } = arena(shapes.map((size) => ({ shape: [size], dtype: 'float32' })));
  const [input, ...rest] = tensors as [Tensor, ...Tensor[]];
  return { input, variables: rest.slice(0, VARIABLES.length), outputs: rest.slice(VARIABLES.length), buffers };
}
type World = ReturnType<typeof world>;

/** Steps of a random program over flat tensors. All values stay within [-2, 2]. */
function program(seed: number) {
  return ({ input, variables, outputs }: World): void => {
    const at = stream(seed, 'program', 0);
    let drawn = 0;
    const pick = (n: number): number => at(drawn++) % n;
    const one = <T>(list: readonly T[]): T => list[pick(list.length)]!;
    /** Whether a kernel inside the step made it: may be changed in place. */
    const made: Tensor[] = [tf.tanh(input)];
    const constant = (size: number): Tensor => tf.tensor1d(Float32Array.from({ length: size }, () => pick(99) / 99));
    const any = (): Tensor => one([...made.slice(-4), ...made, input, ...variables, constant(one(SIZES))]);
    /** Changes the size: a view, a part or a repetition. */
    const fit = (x: Tensor, size: number): Tensor => {
      const flat = tf.reshape(x, [x.size]);
      if (size === x.size) return flat;
      if (size < x.size) return tf.slice(flat, pick(x.size - size + 1), size);
      return tf.slice(tf.concat(Array.from({ length: Math.ceil(size / x.size) }, () => flat)), 0, size);
    };
    const steps: (() => void)[] = [
      () => made.push(tf.tanh(any())),
      () => made.push(tf.neg(one(made))),
      () => {
        const a = any();
        made.push(tf.tanh(tf.add(a, fit(any(), a.size))));
      },
      () => {
        const [a, b] = [tf.reshape(fit(any(), 54), [6, 9]), tf.reshape(fit(any(), 54), [6, 9])];
        made.push(tf.reshape(tf.tanh(tf.matMul(a, b, false, true)), [36]));
      },
      () => made.push(tf.reshape(tf.softmax(tf.reshape(fit(any(), 130), [10, 13])), [130])),
      () => {
        // A view and its base, one of them changed.
        const x = one(made);
        const view = tf.reshape(x, [1, x.size]);
        dispatch(mix(x.size), { x: one([x, view]), y: tf.tanh(fit(any(), x.size)) });
        made.push(tf.tanh(one([x, view])));
      },
      () => {
        const x = one(variables);
        dispatch(mix(x.size), { x, y: tf.tanh(fit(any(), x.size)) });
      },
      () => {
        // Packed tensors: made in place if they aren't used again.
        const x = one([tf.tanh(any()), one(made)]);
        const parts = [x, one([x, one(made)]), one([x, tf.neg(any())])]; // may repeat one
        const offsets = parts.map((_, i) =>
          parts.slice(0, i).reduce((n, { size }) => n + Math.ceil(size / BLOCK) * BLOCK, 0),
        );
        const pack = emptyTensor([offsets.at(-1)! + parts.at(-1)!.size], 'float32');
        parts.forEach((part, i) => encodeCopy(part, pack, offsets[i]! * 4, part.size * 4));
        const i = pick(parts.length);
        made.push(tf.tanh(tf.slice(pack, offsets[i]!, parts[i]!.size)));
      },
    ];
    for (let i = 0; i < 24; i++) one(steps)();
    outputs.forEach((output, i) => {
      const result = [any(), one(made), one(made)][i]!;
      const flat = fit(result, output.size);
      encodeCopy(i === 0 ? tf.mul(flat, 1) : flat, output, 0, output.size * 4);
    });
  };
}

const values = (seed: number, n: number, size: number): Float32Array<ArrayBuffer> => {
  const at = stream(seed, 'values', n);
  return Float32Array.from({ length: size }, (_, i) => at(i) / 2 ** 31 - 1);
};

/** Returns outputs and variables after each of two steps. */
async function after({ input, variables, outputs, buffers }: World, seed: number, step: () => void) {
  variables.forEach((variable, i) => write(variable, values(seed, 100 + i, variable.size)));
  const seen: Float32Array[] = [];
  for (let n = 0; n < 2; n++) {
    write(input, values(seed, n, input.size));
    step();
    for (const tensor of [...outputs, ...variables]) {
      // Read as a copy: the tensor itself may have stale cached values.
      const copy = tf.tidy(() => tf.mul(tensor, 1));
      seen.push(await copy.data<'float32'>());
      copy.dispose();
    }
  }
  gpu.check();
  return { seen, free: () => buffers.forEach((buffer) => buffer.destroy()) };
}

async function eager(seed: number) {
  const there = world();
  const { seen, free } = await after(there, seed, () => tf.tidy(() => program(seed)(there)));
  free();
  return seen;
}
async function replayed(seed: number, change: (commands: readonly Command[]) => readonly Command[] = (same) => same) {
  const there = world();
  const { commands } = trace(() => tf.tidy(() => program(seed)(there)));
  const { commands: ready, buffers, bytes, unsharedBytes } = plan(gpu.device, change(commands), true);
  const all = groupSegments(ready);
  const { seen, free } = await after(there, seed, () => {
    flush(gpu.backend);
    const encoder = gpu.device.createCommandEncoder();
    encode(encoder, all);
    gpu.device.queue.submit([encoder.finish()]);
  });
  free();
  buffers.forEach((buffer) => buffer.destroy());
  return { seen, bytes, unsharedBytes };
}

test("no tensor sees another's leftovers or loses its own values", async () => {
  for (let seed = 0; seed < 40; seed++) {
    const { seen, bytes, unsharedBytes } = await replayed(seed);
    expect(seen, `program ${seed}`).toEqual(await eager(seed));
    expect(seen.flatMap((array) => [...array]).every(Number.isFinite)).toBe(true);
    expect(bytes).toBeLessThan(unsharedBytes + 4096);
  }
});

test('detects a value that is read but never written', async () => {
  let found = 0;
  for (let seed = 0; seed < 8; seed++) {
    const { seen } = await replayed(seed, (commands) => commands.slice(1)); // the first makes tanh(input)
    if (seen.some((array) => array.some(Number.isNaN))) found++;
  }
  expect(found).toBeGreaterThan(4);
});
