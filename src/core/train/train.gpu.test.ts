import { expect, test } from 'vitest';
import { gpuHasFailed, openGpu } from '../gpu/backend';
import { wasmFolder } from '../../testing/wasm';
import { createTokenizer } from '../tokenizer/byteLevel';
import { chooseDevice } from './device';
import { DEFAULT_RECIPE, type Recipe } from './recipe';
import type { Counted, DeviceKind, Snapshot } from './run';
import { train } from './train';
import { tokenSource } from '../../testing/tokenSource';

const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
const ids = tokenizer.encode('The whale is the king of the sea, and the sea is the field of the whale. '.repeat(20));
const source = (part: Uint32Array) => tokenSource(part, tokenizer.size);
const recipe: Recipe = {
  ...DEFAULT_RECIPE,
  steps: 20,
  batch: 4,
  warmup: 5,
  learningRate: 3e-3,
  evalEvery: 20,
  evalTokens: 200,
  saveEvery: 20,
};

/** Training losses up to `stopAt`, and the last snapshot. */
async function watch(
  kind: DeviceKind,
  change: Partial<Recipe>,
  { from, stopAt, counts = [] }: { from?: Snapshot; stopAt?: number; counts?: Counted[] } = {},
): Promise<{ losses: number[]; last: Snapshot }> {
  expect(await chooseDevice(kind, wasmFolder)).toMatchObject({ kind });
  const losses: number[] = [];
  const saved: Snapshot[] = [];
  const stop = new AbortController();
  await train(
    {
      model: { id: 'gpt', config: { layers: 2, heads: 2, width: 32, context: 16 }, vocabulary: tokenizer.size },
      recipe: { ...recipe, ...change },
      tokenizer,
      train: source(ids.subarray(0, 1200)),
      validation: source(ids.subarray(1200)),
      ...(from && { from }),
      save(snapshot) {
        saved.push(structuredClone(snapshot));
        return Promise.resolve({ bytes: 1 });
      },
      now: () => 0,
    },
    {
      signal: stop.signal,
      report(event) {
        if (event.kind === 'compiling' && event.kernels) counts.push(event.kernels);
        if (event.kind !== 'step') return;
        losses.push(event.loss);
        if (event.step === stopAt) stop.abort();
      },
    },
  );
  return { losses, last: saved.at(-1)! };
}

test('a run reports the number of compiled kernels, up to the last, before its first step', async () => {
  for (const accumulate of [1, 2]) {
    const counts: Counted[] = [];
    await watch('webgpu', { accumulate, batch: 3 + accumulate }, { stopAt: 1, counts });
    const of = counts[0]!.of;
    expect(of).toBeGreaterThan(10);
    expect(counts).toEqual(Array.from({ length: of + 1 }, (_, done) => ({ done, of })));
  }
});

test.each<[string, Partial<Recipe>]>([
  ['AdamW', {}],
  ['AdamW with dropout', { dropout: 0.2 }],
  ['SGD', { optimizer: 'sgd', learningRate: 0.1 }],
  ['Muon', { optimizer: 'muon' }],
])('%s: the same twenty losses to four digits on cpu, wasm and webgpu', async (_, change) => {
  const onHost: Counted[] = [];
  const cpu = (await watch('cpu', change, { counts: onHost })).losses;
  expect(cpu.length).toBe(20);
  for (const kind of ['wasm', 'webgpu'] as const) {
    const other = (await watch(kind, change, kind === 'wasm' ? { counts: onHost } : {})).losses;
    other.forEach((loss, i) => expect(Math.abs(loss / cpu[i]! - 1), `${kind}, step ${i + 1}`).toBeLessThan(5e-5));
  }
  expect(onHost, 'kernels compiled on cpu and wasm').toEqual([]);
});

test.each<[string, Partial<Recipe>]>([
  ['AdamW', {}],
  ['SGD', { optimizer: 'sgd' }],
  ['Muon, averaged', { optimizer: 'muon', emaDecay: 0.9 }],
  ['micro-batches', { batch: 2, accumulate: 2 }],
])('WebGPU, %s: resuming on another device gives the same bits as an uninterrupted run', async (_, change) => {
  const settings = { ...change, dropout: 0.1, evalEvery: 10 };
  const whole = await watch('webgpu', settings);
  const before = await watch('webgpu', settings, { stopAt: 7 });
  expect(before.last.state.step).toBe(before.losses.length);
  expect(before.losses.length).toBeLessThan(12);
  const gpu = await openGpu();
  gpu.device.destroy();
  await gpu.failed;
  const after = await watch('webgpu', settings, { from: before.last });
  expect([...before.losses, ...after.losses]).toEqual(whole.losses);
  expect(after.last).toEqual(whole.last);
});

test('WebGPU: a failed run with micro-batches leaves a usable device', async () => {
  const wild = { optimizer: 'sgd', learningRate: 10, momentum: 0.99, clip: 0, batch: 1, accumulate: 4 } as const;
  await expect(watch('webgpu', { ...wild, steps: 300, evalEvery: 300, saveEvery: 300 })).rejects.toMatchObject({
    code: 'diverged',
    message: expect.stringMatching(/^At step \d+ .* Step 0 is saved\.$/) as string,
  });
  expect(gpuHasFailed()).toBe(false);
  expect((await watch('webgpu', {})).losses.length).toBe(20);
});
