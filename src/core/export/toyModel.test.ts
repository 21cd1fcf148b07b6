/**
 * What an architecture costs: a folder and its line in the list. A toy one reaches form, estimate, checkpoint, journal, card,
 * Hugging Face's folder and back, and GGUF; formats that it has no forward for say so.
 */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { memoryStore } from '../base/blobStore';
import { unwatched } from '../base/job';
import { z } from '../base/zod';
import { bytesSource, readBytes } from '../files/byteSource';
import type { ModelId } from '../models';
import type { Gguf, HuggingFace } from '../models/interop';
import { decode } from '../models/gpt/forward';
import { gpt } from '../models/gpt/spec';
import type { Layout } from '../models/layout';
import {
  type BaseConfig,
  countParams,
  defineModel,
  type Forward,
  type ModelSpec,
  type ParamTable,
} from '../models/spec';
import type { Format } from './format';
import { tokenSource } from '../testing/tokenSource';

// toy/forward.ts: a decoder with RMSNorm and a gated feed-forward, without biases.
const forward: Forward = {
  decode: (pass, ids) =>
    decode(pass, ids, { norm: { kind: 'rmsNorm', epsilon: 1e-5 }, feedForward: { activation: 'silu', gated: true } }),
};

// toy/spec.ts
const size = z.int().positive();
const huggingFace: HuggingFace = {
  type: 'toy',
  config: ({ config: { layers, heads, width, context }, vocabulary }) => ({
    ...{ model_type: 'toy', vocab_size: vocabulary, layers, heads, width, context },
  }),
  schema: z
    .object({ vocab_size: size, layers: size, heads: size, width: size, context: size })
    .transform(({ vocab_size: vocabulary, layers, heads, width, context }) => ({
      config: { layers, heads, width, context },
      vocabulary,
    })),
  layout: (config) => layout(config, 'model.layers.', 'self_attn.'),
};
const gguf: Gguf = {
  name: 'toy',
  sizes: ({ config }) => ({ block_count: { u32: config.layers } }),
  layout: (config) => layout(config, 'blk.', '', config.heads),
};
/** As Llama's: q, k and v apart, gate and up apart, [out, in]. */
function layout({ layers, width: C }: BaseConfig, block: string, attention: string, pairedHeads?: number): Layout {
  const paired = pairedHeads ? { pairedHeads } : {};
  const rows = Array.from({ length: layers }, (_, i): Layout => {
    const [h, l] = [`transformer.h.${i}`, `${block}${i}.`];
    const qkv = { of: `${h}.attn.c_attn.weight`, transposed: true };
    const gateUp = { of: `${h}.mlp.c_fc.weight`, transposed: true };
    return [
      { name: `${l}norm1.weight`, of: `${h}.ln_1.weight` },
      { name: `${l}${attention}q.weight`, ...qkv, ...paired, columns: [0, C] },
      { name: `${l}${attention}k.weight`, ...qkv, ...paired, columns: [C, 2 * C] },
      { name: `${l}${attention}v.weight`, ...qkv, columns: [2 * C, 3 * C] },
      { name: `${l}${attention}o.weight`, of: `${h}.attn.c_proj.weight`, transposed: true },
      { name: `${l}norm2.weight`, of: `${h}.ln_2.weight` },
      { name: `${l}gate.weight`, ...gateUp, columns: [0, 2 * C] },
      { name: `${l}up.weight`, ...gateUp, columns: [2 * C, 4 * C] },
      { name: `${l}down.weight`, of: `${h}.mlp.c_proj.weight`, transposed: true },
    ];
  });
  return [
    { name: 'tokens.weight', of: 'transformer.wte.weight' },
    { name: 'positions.weight', of: 'transformer.wpe.weight' },
    ...rows.flat(),
    { name: 'norm.weight', of: 'transformer.ln_f.weight' },
  ];
}
const { onnx: _, page: __, pytorch: ___, ...ofGpt } = gpt;
const toy: ModelSpec = defineModel<BaseConfig>({
  ...ofGpt,
  ...{ label: 'Toy', source: 'Here', huggingFace, gguf },
  params(config, vocabulary): ParamTable {
    const table = Object.entries(gpt.params(config, vocabulary)).filter(([name]) => !name.endsWith('.bias'));
    const halved = table.map(([name, parameter]) => {
      const [rows] = parameter.shape;
      return [
        name,
        name.endsWith('mlp.c_proj.weight') ? { ...parameter, shape: [rows! / 2, config.width] } : parameter,
      ];
    });
    return Object.fromEntries(halved) as ParamTable;
  },
  load: () => Promise.resolve({ forward }),
});

const ID = 'toy' as ModelId;
const config = { layers: 2, heads: 2, width: 8, context: 12 };
const asked = { withOptimizer: true, template: () => Promise.resolve('') };
beforeAll(async () => {
  // Its line.
  Object.assign((await import('../models')).MODELS, { toy });
  await tf.setBackend('cpu');
});

test('an architecture in the list is trained, stored, told, written by its layouts and read back bit for bit', async () => {
  const { store, record, events } = await trained();
  const [first, last] = events.filter((event) => event.kind === 'evaluated');
  expect(last!.loss).toBeLessThan(first!.loss);
  const { readRun } = await import('../runs/record');
  expect((await readRun(store, 'a'))!.model).toEqual(record.model);

  const { exportRun, importRun } = await import('./run');
  const { files } = await exportRun(store, 'a', 'latest', 'hf', asked);
  const written = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const file of files) written.set(file.name, await readBytes(file));
  const told = (name: string): string => new TextDecoder().decode(written.get(name));
  expect(told('README.md')).toContain(
    `A Toy language model of ${countParams(toy.params(config, 257)).toLocaleString('en')}`,
  );
  expect(told('README.md')).toContain('tags: [toy, homegrown]');
  expect(JSON.parse(told('config.json'))).toMatchObject({ model_type: 'toy', layers: 2 });

  const { openSafetensors } = await import('../checkpoint/safetensors');
  const weights = await openSafetensors(bytesSource(written.get('model.safetensors')!), 'model.safetensors');
  expect([...weights.entries.keys()]).toEqual(layout(config, 'model.layers.', 'self_attn.').map(({ name }) => name));
  expect(weights.entries.get('model.layers.1.up.weight')!.shape).toEqual([16, 8]);
  const moments = await openSafetensors(bytesSource(written.get('optimizer.safetensors')!), 'optimizer.safetensors');
  expect(moments.entries.get('adam.m.model.layers.1.self_attn.k.weight')!.shape).toEqual([8, 8]);
  const { loadSnapshot } = await import('../checkpoint/checkpoint');
  const { snapshot } = await loadSnapshot(store, 'a', 'latest');
  const fused = snapshot.tensors.get('transformer.h.1.attn.c_attn.weight')!.data; // [8, 24]
  const k = (await weights.load('model.layers.1.self_attn.k.weight')).data; // [out, in]
  expect([...k.subarray(0, 8)]).toEqual(Array.from({ length: 8 }, (_row, i) => fused[i * 24 + 8]));

  const other = memoryStore();
  const sources = [...written].map(([name, bytes]) => ({ name, source: bytesSource(bytes) }));
  await importRun(other, 'b', sources, 9, unwatched);
  expect((await loadSnapshot(other, 'b', 'latest')).snapshot.tensors).toEqual(snapshot.tensors);
  const again = await exportRun(other, 'b', 'latest', 'hf', asked);
  for (const file of again.files) {
    if (file.name.endsWith('.safetensors')) expect(await readBytes(file), file.name).toEqual(written.get(file.name));
  }
});

test('GGUF is written by its layout, heads in pairs, and formats that it has no forward for say so', async () => {
  const { store } = await trained();
  const { exportRun } = await import('./run');
  const { files } = await exportRun(store, 'a', 'latest', 'gguf-f32', asked);
  const { openGguf } = await import('../../workers/ggufIn');
  const bytes = await readBytes(files[0]!);
  const opened = await openGguf(bytes);
  expect(opened.numbers.get('toy.block_count')).toBe(2);
  const { loadSnapshot } = await import('../checkpoint/checkpoint');
  const fused = (await loadSnapshot(store, 'a', 'latest')).snapshot.tensors.get('transformer.h.0.attn.c_attn.weight')!;
  const q = opened.tensors.find(({ name }) => name === 'blk.0.q.weight')!;
  expect(q.shape).toEqual([8, 8]);
  // The second row is the first of the head's second half.
  const second = Array.from({ length: 8 }, (_row, i) => opened.view.getFloat32(q.at + 4 * (8 + i), true));
  expect(second).toEqual(Array.from({ length: 8 }, (_row, i) => fused.data[i * 24 + 2]));

  const { FORMATS } = await import('./formats');
  const { DEFAULT_RECIPE } = await import('../train/recipe');
  const info = { model: { id: ID, config, vocabulary: 257 }, recipe: DEFAULT_RECIPE };
  const formats: [string, Format][] = Object.entries(FORMATS);
  const problems = formats.map(([id, format]) => [id, format.problem?.(info) ?? null]);
  expect(Object.fromEntries(problems)).toEqual({
    ...{ hf: null, safetensors: null, 'gguf-f32': null, 'gguf-f16': null, 'gguf-q8_0': null, service: null },
    'onnx-f32': 'A Toy model cannot be written as ONNX',
    'onnx-f16': 'A Toy model cannot be written as ONNX',
    html: 'The offline page cannot run Toy models yet.',
    pytorch: 'A Toy model cannot be handed over to PyTorch',
  });
  await expect(exportRun(store, 'a', 'latest', 'html', asked)).rejects.toMatchObject({ code: 'bad-settings' });
});

/** Four steps, kept as the app keeps them. */
async function trained() {
  const { createTokenizer } = await import('../tokenizer/byteLevel');
  const { DEFAULT_RECIPE } = await import('../train/recipe');
  const { modelSchema } = await import('../runs/settings');
  const { savedRun } = await import('../testing/savedRun');
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const ids = tokenizer.encode('The whale is the king of the sea, and the sea is the field of the whale. '.repeat(9));
  const part = (some: Uint32Array) => tokenSource(some, tokenizer.size);
  return savedRun({
    model: modelSchema.parse({ id: ID, config, vocabulary: tokenizer.size }),
    recipe: { ...DEFAULT_RECIPE, steps: 4, batch: 2, warmup: 0, learningRate: 0.01, evalEvery: 4 },
    tokenizer,
    train: part(ids.subarray(0, 500)),
    validation: part(ids.subarray(500)),
    now: () => 0,
  });
}
