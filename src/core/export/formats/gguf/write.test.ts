import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HomegrownError } from '../../../base/errors';
import { readBytes } from '../../../files/byteSource';
import type { HostTensor } from '../../../checkpoint/tensors';
import { initialValues, type ModelChoice } from '../../../models/network';
import { dataFacts } from '../../../../testing/runRecord';
import { createTokenizer } from '../../../tokenizer/byteLevel';
import { DEFAULT_RECIPE } from '../../../train/recipe';
import type { Exported, Format } from '../../format';
import { ggufF16, ggufF32, ggufQ8 } from './format';
import { bool, f32, type GgufValue, i32s, string, strings, u32, writeHeader } from './header';
import { allFormats } from '..';

const tokenizer = await createTokenizer({
  kind: 'bpe',
  merges: [
    [39, 40],
    [256, 220],
  ],
});
const model: ModelChoice = { id: 'gpt', config: { layers: 2, heads: 2, width: 36, context: 8 }, vocabulary: 259 };
const exportedOf = (
  choice: ModelChoice = model,
  change: (tensors: Map<string, HostTensor>) => void = () => undefined,
) => {
  const tensors = new Map(initialValues(choice, 1));
  change(tensors);
  const state = { step: 3, tokensSeen: 30, activeMs: 5, best: null };
  const exported: Exported = {
    name: 'whale-step-3',
    info: {
      version: 2,
      id: 'wal',
      name: 'Wal für "x"',
      createdAt: 0,
      model: choice,
      tokenizer: 'bpe',
      state,
      device: null,
      result: null,
      segments: [
        {
          after: 0,
          recipe: DEFAULT_RECIPE,
          data: dataFacts({
            texts: [
              { name: 'a.txt', characters: 1200, sha256: 'a'.repeat(64), licence: 'CC0 1.0' },
              { name: 'b.txt', characters: 34, sha256: 'b'.repeat(64) },
            ],
          }),
        },
      ],
    },
    snapshot: { state, tensors },
    tokenizer,
    events: [],
    tokens: null,
    formats: allFormats(),
  };
  return exported;
};
const streamOf = async (format: Format, exported: Exported) => {
  const options = { withOptimizer: false, template: () => Promise.reject(new Error('none is needed')) };
  const [stream] = await format.files(exported, options);
  return stream!;
};
const written = async (format: Format, exported = exportedOf()) =>
  parse(await readBytes(await streamOf(format, exported)));

test('any keys and tensors are read back from a header unchanged', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 20 });
  const value = fc.oneof(
    fc.nat().map((x) => [u32(x), x] as const),
    fc.float({ noNaN: true }).map((x) => [f32(x), x] as const),
    fc.boolean().map((x) => [bool(x), x] as const),
    text.map((x) => [string(x), x] as const),
    fc.array(text).map((x) => [strings(x), x] as const),
    fc.array(fc.integer()).map((x) => [i32s(x), x] as const),
  );
  const tensor = fc.record({
    name: text,
    shape: fc.array(fc.integer({ min: 1, max: 2 ** 40 }), { minLength: 1, maxLength: 4 }),
    type: fc.constantFrom(0, 1, 8),
    offset: fc.nat({ max: 2 ** 50 }),
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, value)), fc.array(tensor), (pairs, tensors) => {
      const entries = new Map(pairs);
      const keys = Object.fromEntries([...entries].map(([key, [written_]]): [string, GgufValue] => [key, written_]));
      const bytes = writeHeader({ keys, tensors });
      expect(bytes.length % 32).toBe(0);
      const back = parse(bytes);
      expect(back.start).toBe(bytes.length);
      expect(back.keys).toEqual(new Map([...entries].map(([key, [, plain]]) => [key, plain])));
      expect(back.tensors).toEqual(tensors);
    }),
  );
});

test('writes a header of any length, whichever value makes the buffer grow', () => {
  const tensors = [{ name: 't', shape: [1], type: 0, offset: 0 }];
  for (const value of [u32(7), f32(0.5), bool(true), string('é'.repeat(9)), strings(['a', '']), i32s([-1, 2])]) {
    const keys = Object.fromEntries(Array.from({ length: 12_000 }, (_, i) => [String(i), value]));
    expect(parse(writeHeader({ keys, tensors })).keys.size).toBe(12_000);
  }
  const long = Array.from({ length: 100_000 }, (_, i) => i - 50_000);
  const back = parse(writeHeader({ keys: { long: i32s(long), words: strings(long.map(String)) }, tensors }));
  expect((back.keys.get('long') as number[]).findIndex((x, i) => x !== long[i])).toBe(-1);
  expect((back.keys.get('words') as string[]).findIndex((x, i) => x !== String(long[i]))).toBe(-1);
});

test('the keys have what llama.cpp requires, and known facts on the model', async () => {
  const { keys } = await written(ggufQ8);
  expect(Object.fromEntries(keys)).toMatchObject({
    'general.architecture': 'gpt2',
    'general.name': 'Wal für "x"',
    'general.description':
      'A GPT language model, trained with Homegrown on 1,234 characters of text (CC0 1.0; license not recorded).',
    'general.size_label': '42K',
    'general.file_type': 7,
    'general.quantization_version': 2,
    'gpt2.block_count': 2,
    'gpt2.context_length': 8,
    'gpt2.embedding_length': 36,
    'gpt2.feed_forward_length': 144,
    'gpt2.attention.head_count': 2,
    'gpt2.attention.layer_norm_epsilon': Math.fround(1e-5),
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'gpt-2',
    'tokenizer.ggml.merges': ['H I', 'HI Ġ'],
    'tokenizer.ggml.bos_token_id': 258,
    'tokenizer.ggml.eos_token_id': 258,
    'tokenizer.ggml.add_bos_token': false,
  });
  const tokens = keys.get('tokenizer.ggml.tokens') as string[];
  expect([tokens.length, tokens[0], tokens[220], ...tokens.slice(256)]).toEqual([
    259,
    '!',
    'Ġ',
    'HI',
    'HIĠ',
    '<|endoftext|>',
  ]);
  expect(keys.get('tokenizer.ggml.token_type')).toEqual([...new Array<number>(258).fill(1), 3]);
  expect((await written(ggufF32)).keys.get('general.file_type')).toBe(0);
  expect((await written(ggufF16)).keys.has('general.quantization_version')).toBe(false);
});

test('special tokens are control tokens, with a key each where llama.cpp has one for the role', async () => {
  const roles = ['end', 'padding', 'mask', 'separator', 'sentinel', 'user'] as const;
  const special = await createTokenizer({ ...tokenizer.model, roles });
  const choice = { ...model, vocabulary: special.size };
  const { keys } = await written(ggufF32, { ...exportedOf(choice), tokenizer: special });
  const ids = [...keys].filter(([key]) => key.endsWith('_token_id'));
  expect(Object.fromEntries(ids)).toEqual({
    'tokenizer.ggml.bos_token_id': 258,
    'tokenizer.ggml.eos_token_id': 258,
    'tokenizer.ggml.padding_token_id': 259,
    'tokenizer.ggml.mask_token_id': 260,
    'tokenizer.ggml.seperator_token_id': 261,
  });
  const tokens = keys.get('tokenizer.ggml.tokens') as string[];
  expect(tokens.slice(257).join(' ')).toBe('HIĠ <|endoftext|> <pad> <mask> <sep> <extra_id_0> <|user|>');
  expect(keys.get('tokenizer.ggml.token_type')).toEqual([...new Array<number>(258).fill(1), 3, 3, 3, 3, 3, 3]);
});

test("tensors are consecutive at multiples of 32, with layers' matrices transposed, to the last byte", async () => {
  const exported = exportedOf();
  for (const format of [ggufF32, ggufF16, ggufQ8]) {
    const { bytes, start, tensors } = await written(format, exported);
    let expected = 0;
    for (const { shape, type, offset } of tensors) {
      expect(offset).toBe(expected);
      expected = Math.ceil((offset + bytesOfTensor(shape, type)) / 32) * 32;
    }
    expect(start + expected).toBe(bytes.length);
  }
  const file = await written(ggufF32, exported);
  const { tensors } = exported.snapshot;
  expect(file.values('token_embd.weight')).toEqual(tensors.get('transformer.wte.weight')!.data);
  expect(file.values('output_norm.bias')).toEqual(tensors.get('transformer.ln_f.bias')!.data);
  expect(file.info('blk.1.ffn_up.weight').shape).toEqual([144, 36]);
  expect(file.tensors.map(({ name }) => name).slice(0, 8)).toEqual([
    'token_embd.weight',
    'position_embd.weight',
    'blk.0.attn_norm.weight',
    'blk.0.attn_norm.bias',
    'blk.0.attn_qkv.weight',
    'blk.0.attn_qkv.bias',
    'blk.0.attn_output.weight',
    'blk.0.attn_output.bias',
  ]);
});

test('uses 8 bits only for rows of whole blocks; norms, biases and positions keep all bits', async () => {
  const file = await written(ggufQ8);
  const types = Object.fromEntries(file.tensors.map(({ name, type }) => [name, type]));
  // Rows of 36 are in f16.
  expect(types).toMatchObject({ 'token_embd.weight': 1, 'position_embd.weight': 0, 'blk.0.attn_qkv.weight': 1 });
  expect(types).toMatchObject({ 'blk.0.attn_qkv.bias': 0, 'blk.0.ffn_norm.weight': 0, 'output_norm.bias': 0 });
  const even = exportedOf({ ...model, config: { ...model.config, width: 64 } }, (tensors) => {
    tensors.get('transformer.wte.weight')!.data.fill(0, 0, 64);
  });
  const eight = await written(ggufQ8, even);
  const full = await written(ggufF32, even);
  for (const { name, type } of eight.tensors) {
    const [got, want] = [eight.values(name), full.values(name)];
    if (type !== 8) {
      expect(got).toEqual(want);
      continue;
    }
    for (let block = 0; block < want.length; block += 32) {
      const largest = Math.max(...want.subarray(block, block + 32).map(Math.abs));
      // Half a step of 1 / 127, and the rounding error of the f16 scale.
      const max = largest * (0.5 / 127 + 2 ** -11) + 2 ** -25 * 127;
      const worst = Math.max(...want.subarray(block, block + 32).map((x, i) => Math.abs(x - got[block + i]!)));
      expect(worst).toBeLessThanOrEqual(max);
    }
  }
  expect(eight.info('blk.1.ffn_down.weight').type).toBe(8);
});

test('transposes large matrices in pieces of about a megabyte, each time that the stream is read', async () => {
  const wide = exportedOf({ ...model, config: { layers: 1, heads: 1, width: 320, context: 8 } });
  const up = wide.snapshot.tensors.get('transformer.h.0.mlp.c_fc.weight')!.data; // [320, 1280]
  const transposed = Float32Array.from({ length: up.length }, (_, i) => up[(i % 320) * 1280 + Math.floor(i / 320)]!);
  const got = (await written(ggufF32, wide)).values('blk.0.ffn_up.weight');
  expect(got.findIndex((x, i) => x !== transposed[i])).toBe(-1);
  for (const format of [ggufF32, ggufF16, ggufQ8]) {
    const stream = await streamOf(format, wide);
    expect(Buffer.compare(await readBytes(stream), await readBytes(stream))).toBe(0);
    for await (const chunk of stream.chunks()) expect(chunk.length).toBeLessThanOrEqual(1.1 * 2 ** 20);
  }
});

test('refuses a weight beyond f16 by name, and accepts it in f32', async () => {
  const large = exportedOf(model, (tensors) => {
    tensors.get('transformer.h.0.mlp.c_fc.weight')!.data[7] = 70_000;
  });
  const failure = await written(ggufF16, large).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(HomegrownError);
  expect(failure).toMatchObject({
    code: 'bad-settings',
    message: expect.stringMatching(/blk\.0\.ffn_up.*70000/) as unknown,
  });
  expect((await written(ggufF32, large)).values('blk.0.ffn_up.weight')).toContain(70_000);
});

test('the Modelfile names the file and keeps Ollama within the context', async () => {
  const [stream] = await ggufF16.sidecar!.files(exportedOf().info, 'whale.gguf');
  const text = new TextDecoder().decode(await readBytes(stream!));
  expect(stream!.name).toBe('whale.Modelfile');
  for (const line of ['FROM ./whale.gguf', 'PARAMETER num_ctx 8', 'PARAMETER stop "<|endoftext|>"'])
    expect(text.split('\n')).toContain(line);
  expect((await streamOf(ggufQ8, exportedOf())).name).toBe('whale-step-3-Q8_0.gguf');
});

const bytesOfTensor = (shape: readonly number[], type: number): number => {
  const values = shape.reduce((a, b) => a * b, 1);
  return type === 8 ? (values / 32) * 34 : values * (type === 1 ? 2 : 4);
};

/** An independent reader, written from gguf.md; throws a RangeError if the bytes end too early. */
function parse(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const u32At = (): number => view.getUint32((at += 4) - 4, true);
  const u64 = (): number => Number(view.getBigUint64((at += 8) - 8, true));
  const text = (): string => {
    const length = u64();
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(at, (at += length)));
  };
  const readers: Readonly<Record<number, () => unknown>> = {
    4: u32At,
    5: () => view.getInt32((at += 4) - 4, true),
    6: () => view.getFloat32((at += 4) - 4, true),
    7: () => view.getUint8(at++) === 1,
    8: text,
    9: () => {
      const [type, length] = [u32At(), u64()];
      return Array.from({ length }, () => readers[type]!());
    },
  };
  expect([new TextDecoder().decode(bytes.subarray(0, 4)), view.getUint32((at = 4), true)]).toEqual(['GGUF', 3]);
  at = 8;
  const [tensorCount, keyCount] = [u64(), u64()];
  const keys = new Map(
    Array.from({ length: keyCount }, (): [string, unknown] => {
      const key = text();
      return [key, readers[u32At()]!()];
    }),
  );
  const tensors = Array.from({ length: tensorCount }, () => {
    const name = text();
    const shape = Array.from({ length: u32At() }, u64).reverse();
    return { name, shape, type: u32At(), offset: u64() };
  });
  const start = Math.ceil(at / 32) * 32;
  const info = (name: string) => tensors.find((tensor) => tensor.name === name)!;
  const values = (name: string): Float32Array => {
    const { shape, type, offset } = info(name);
    const from = start + offset;
    return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => {
      if (type === 0) return view.getFloat32(from + 4 * i, true);
      if (type === 1) return halfValue(view.getUint16(from + 2 * i, true));
      const block = from + Math.floor(i / 32) * 34;
      return halfValue(view.getUint16(block, true)) * view.getInt8(block + 2 + (i % 32));
    });
  };
  return { bytes, start, keys, tensors, info, values };
}

/** Value of a finite f16. */
function halfValue(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  return (bits & 0x8000 ? -1 : 1) * (exponent ? 2 ** (exponent - 25) * (1024 + fraction) : 2 ** -24 * fraction);
}
