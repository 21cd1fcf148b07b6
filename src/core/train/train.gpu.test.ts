import { expect, test } from 'vitest';
import { unwatched } from '../base/job';
import type { TokenSource } from '../shards/manifest';
import { wasmFolder } from '../testing/wasm';
import { createTokenizer } from '../tokenizer/byteLevel';
import { chooseDevice } from './device';
import { DEFAULT_RECIPE, type Recipe } from './recipe';
import type { DeviceKind } from './run';
import { train } from './train';

const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
const ids = tokenizer.encode('The whale is the king of the sea, and the sea is the field of the whale. '.repeat(20));
const source = (part: Uint32Array): TokenSource => ({
  ...{ tokens: part.length, bytes: part.length, vocabulary: tokenizer.size },
  read: (start, length) => Promise.resolve(part.slice(start, start + length)),
});
const recipe: Recipe = {
  ...DEFAULT_RECIPE,
  ...{ steps: 20, batch: 4, warmup: 5, learningRate: 3e-3, evalEvery: 20, evalTokens: 200, saveEvery: 20 },
};

/** Twenty training losses, and the bits of the weights at the end. */
async function losses(
  kind: DeviceKind,
  change: Partial<Recipe>,
): Promise<{ losses: number[]; weights: Float32Array[] }> {
  expect(await chooseDevice(kind, wasmFolder)).toMatchObject({ kind });
  const found: number[] = [];
  let weights: Float32Array[] = [];
  await train(
    {
      model: { id: 'gpt', config: { layers: 2, heads: 2, width: 32, context: 16 }, vocabulary: tokenizer.size },
      recipe: { ...recipe, ...change },
      tokenizer,
      train: source(ids.subarray(0, 1200)),
      validation: source(ids.subarray(1200)),
      save({ tensors }) {
        weights = [...tensors.values()].map(({ data }) => data);
        return Promise.resolve({ bytes: 1 });
      },
      now: () => performance.now(),
    },
    { ...unwatched, report: (event) => event.kind === 'step' && found.push(event.loss) },
  );
  return { losses: found, weights };
}

test.each<[string, Partial<Recipe>]>([
  ['AdamW', {}],
  ['AdamW with dropout', { dropout: 0.2 }],
  ['SGD', { optimizer: 'sgd', learningRate: 0.1 }],
])('%s: the same twenty losses to four digits on cpu, wasm and webgpu', async (_, change) => {
  const cpu = (await losses('cpu', change)).losses;
  expect(cpu.length).toBe(20);
  for (const kind of ['wasm', 'webgpu'] as const) {
    const other = (await losses(kind, change)).losses;
    other.forEach((loss, i) => expect(Math.abs(loss / cpu[i]! - 1), `${kind}, step ${i + 1}`).toBeLessThan(5e-5));
  }
});

test('WebGPU: the same seed makes the same bits twice', async () => {
  const [first, again] = [await losses('webgpu', { dropout: 0.1 }), await losses('webgpu', { dropout: 0.1 })];
  expect(again).toEqual(first);
});
