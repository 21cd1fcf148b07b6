import { AutoModelForCausalLM, AutoTokenizer, pipeline, type PreTrainedModel, Tensor } from '@huggingface/transformers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBytes } from '../files/byteSource';
import { countParams } from '../models/spec';
import { modelSpec } from '../models';
import { transformersFolder } from '../testing/exportFolder';
import { emptyCaches, int64, onWasm } from '../testing/onnxruntime';
import { greedy, ourLogits, trainedModels } from '../testing/trainedModel';
import type { Exported, Format } from './format';
import { onnxF16, onnxF32 } from './formats/onnx';
import { settingsOf } from './homegrownJson';
import { onnxFile } from './onnx';

interface Output {
  logits: { data: Float32Array; dims: number[] };
  /** Under the names by which the next call takes it. */
  cache: Cache;
}
type Cache = Record<string, Tensor>;
interface Opened {
  model: PreTrainedModel;
  ids(text: string): bigint[];
  /** As the folder says, but always the likeliest token. */
  generate(inputs: object): Promise<number[][]>;
  forward(rows: Rows, mask?: Rows, cache?: Cache): Promise<Output>;
}
type Rows = readonly (readonly number[])[];
const integers = (rows: Rows): Tensor =>
  new Tensor('int64', BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0]!.length]);
const ones = (length: number): number[] => new Array<number>(length).fill(1);

const root = await transformersFolder();
let trained: Exported[];

/** Writes the folder, and opens it with transformers.js on onnxruntime. */
async function open(format: Format, exported: Exported, folder: string): Promise<Opened> {
  await root.write(format, exported, folder);
  const [model, tokenizer] = await Promise.all([
    AutoModelForCausalLM.from_pretrained(folder),
    AutoTokenizer.from_pretrained(folder),
  ]);
  return {
    model,
    ids: (text) => [...(tokenizer(text) as { input_ids: { data: BigInt64Array } }).input_ids.data],
    generate: async (inputs) => {
      const whole = (await model.generate({ ...inputs, do_sample: false })) as Tensor;
      return whole.tolist().map((row: bigint[]) => row.map(Number));
    },
    async forward(rows, mask = rows.map((row) => ones(row.length)), cache) {
      const inputs = {
        input_ids: integers(rows),
        attention_mask: integers(mask),
        ...(cache && { past_key_values: cache }),
      };
      const output = (await model.forward(inputs)) as Cache;
      const present = Object.entries(output).filter(([key]) => key.startsWith('present.'));
      const next = present.map(([key, value]) => [key.replace('present', 'past_key_values'), value] as const);
      return { logits: output['logits'] as unknown as Output['logits'], cache: Object.fromEntries(next) };
    },
  };
}

const furthest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length);
  let distance = 0;
  // Not a number is as far as can be.
  for (let i = 0; i < a.length; i++)
    distance = Math.max(distance, Math.abs(a[i]! - b[i]!) || (a[i] === b[i] ? 0 : Infinity));
  return distance;
};
const heldOut = async ({ tokens }: Exported, start: number, length: number): Promise<number[]> => [
  ...(await tokens!.validation.read(start, length)),
];

beforeAll(async () => {
  trained = await trainedModels();
}, 120_000);

/** Logits differ by at most so much. A half keeps 11 bits of each weight; these models' logits are of size 5. */
const BOUND = { f32: 1e-4, f16: 5e-3 };

describe.each([
  { name: 'f32', format: onnxF32 },
  { name: 'f16', format: onnxF16 },
] as const)('transformers.js opens the folder of $name', ({ name, format }) => {
  const bound = BOUND[name];
  let opened: Opened[];
  beforeAll(async () => {
    opened = await Promise.all(trained.map((exported, i) => open(format, exported, `${name}-${i}`)));
  });
  afterAll(() => Promise.all(opened.map(({ model }) => model.dispose())));

  test.each([0, 1, 2, 3, 4, 5])('20 of 20 greedy tokens are ours, model %i', async (which) => {
    const exported = trained[which]!;
    for (const words of ['Call me ', 'The whale', "'Tis naïve:\n\n 42"]) {
      const ids = exported.tokenizer.encode(words);
      expect(opened[which]!.ids(words)).toEqual(Array.from(ids, BigInt));
      const inputs = { input_ids: integers([[...ids]]), attention_mask: integers([ones(ids.length)]) };
      const [whole] = await opened[which]!.generate({ ...inputs, max_new_tokens: 20 });
      expect(whole!.slice(ids.length)).toEqual(await greedy(exported, ids, 20));
    }
  });

  test.each([0, 1, 2, 3, 4, 5])(
    'logits of a whole context, at once and in pieces with a cache, model %i',
    async (which) => {
      const exported = trained[which]!;
      const { config, vocabulary } = exported.info.model;
      const ids = await heldOut(exported, 11, config.context);
      const ours = await ourLogits(exported, ids);
      const { logits } = await opened[which]!.forward([ids]);
      expect(logits.dims).toEqual([1, config.context, vocabulary]);
      expect(furthest(logits.data, ours)).toBeLessThan(bound);

      let cache: Cache | undefined;
      let at = 0;
      const pieces: number[] = [];
      for (const length of [20, 1, 1, 1, 5, ...ones(config.context - 28)]) {
        const output: Output = await opened[which]!.forward([ids.slice(at, at + length)], [ones(at + length)], cache);
        pieces.push(...output.logits.data);
        ({ cache } = output);
        at += length;
      }
      expect(furthest(pieces, ours)).toBeLessThan(bound);
    },
  );

  test.each([0, 1, 2, 3, 4, 5])('a row that is padded on its left is as if alone, model %i', async (which) => {
    const exported = trained[which]!;
    const { vocabulary } = exported.info.model;
    const [long, short] = [await heldOut(exported, 11, 30), await heldOut(exported, 500, 13)];
    const padded = [...new Array<number>(17).fill(exported.tokenizer.endOfText), ...short];
    const mask = [ones(30), [...new Array<number>(17).fill(0), ...ones(13)]];
    // All but one token, then that one.
    const before = (rows: Rows): number[][] => rows.map((row) => row.slice(0, 29));
    const both = await opened[which]!.forward(before([long, padded]), before(mask));
    const last = await opened[which]!.forward([long.slice(29), padded.slice(29)], mask, both.cache);
    const row = ({ logits: { data, dims } }: Output, i: number): number[] => {
      const size = dims[1]! * vocabulary;
      return [...data.subarray(i * size, (i + 1) * size)];
    };
    expect(furthest([...row(both, 0), ...row(last, 0)], await ourLogits(exported, long))).toBeLessThan(bound);
    const tokens = row(both, 1).slice(17 * vocabulary);
    expect(furthest([...tokens, ...row(last, 1)], await ourLogits(exported, short))).toBeLessThan(bound);
  });

  test('a pipeline continues prompts of different lengths together as we do each alone', async () => {
    const [exported, prompts] = [trained[2]!, ['Call me Ishmael. Some', 'The', 'Whale\n']];
    const write = await pipeline('text-generation', `${name}-2`);
    const written = (await write(prompts, { max_new_tokens: 20, do_sample: false })) as { generated_text: string }[][];
    for (const [i, prompt] of prompts.entries()) {
      const ids = await greedy(exported, exported.tokenizer.encode(prompt), 20);
      expect(written[i]![0]!.generated_text).toBe(prompt + exported.tokenizer.decode(ids));
    }
    await write.dispose();
  });

  test('told no length, it ends where the context does', async () => {
    const [whole] = await opened[0]!.generate({ input_ids: integers([[5, 6, 7]]), eos_token_id: null });
    expect(whole).toHaveLength(trained[0]!.info.model.config.context);
  });
});

test.each(['f32', 'f16'] as const)(
  'onnxruntime on wasm, as browsers run it, computes the same: %s',
  async (precision) => {
    const exported = trained[2]!;
    const session = await onWasm(await readBytes(await onnxFile(exported, precision)));
    const ids = await heldOut(exported, 0, 40);
    const { logits } = await session.run({
      ...emptyCaches(session),
      input_ids: int64([ids]),
      attention_mask: int64([ones(40)]),
    });
    expect(furthest(logits!.data as Float32Array, await ourLogits(exported, ids))).toBeLessThan(BOUND[precision]);
    await session.release();
  },
);

describe('the file', () => {
  test('is as long as it says, comes in small pieces, and holds each weight once', async () => {
    for (const [precision, bytes] of [
      ['f32', 4],
      ['f16', 2],
    ] as const) {
      const exported = trained[1]!;
      const { id, config, vocabulary } = exported.info.model;
      const file = await onnxFile(exported, precision);
      let length = 0;
      for await (const chunk of file.chunks()) {
        expect(chunk.length).toBeLessThanOrEqual(1 << 20);
        length += chunk.length;
      }
      expect(length).toBe(file.size);
      const weights = bytes * countParams(modelSpec(id).params(config, vocabulary));
      expect(file.size).toBeLessThan(weights + 40_000);
      expect(file.size).toBeGreaterThan(weights);
    }
  });

  test('what would be too large is refused in words, and the way out is open', () => {
    const large = { layers: 48, heads: 16, width: 1024, context: 1024 };
    const own = settingsOf(trained[0]!.info);
    const info = { ...own, model: { id: 'gpt' as const, config: large, vocabulary: 4096 } };
    expect(onnxF32.problem!(info)).toBe(
      'As ONNX in f32 the weights take 2.44 GB, and such a file holds at most 2.15 GB',
    );
    expect(onnxF16.problem!(info)).toBeNull();
    expect(onnxF32.problem!(own)).toBeNull();
  });
});
