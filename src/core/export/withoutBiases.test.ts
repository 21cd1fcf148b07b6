/** A model without biases, with its own hidden size: formats with biases get zeros. Scores: everyModel.test.ts. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { unwatched } from '../base/job';
import { bytesSource, readBytes } from '../files/byteSource';
import { writeSafetensors } from '../checkpoint/safetensors';
import { initialValues, type ModelChoice } from '../models/network';
import type { BaseConfig } from '../models/spec';
import { DEFAULT_RECIPE } from '../train/recipe';
import { learning } from '../../testing/runInfo';
import { ourLogits } from '../../testing/trainedModel';
import { createTokenizer } from '../tokenizer/byteLevel';
import { exportedFrom } from './exported';
import type { Exported } from './format';
import { pytorch } from './formats/pytorch/format';
import { huggingFaceFiles } from './formats/huggingFace/write';
import { importHuggingFace } from './formats/huggingFace/import';
import { cardOf } from '../../testing/cardOf';
import { hubWeights } from './weights';

const ids = [72, 101, 108, 108, 111, 7, 255, 0, 3, 99];
const VOCABULARY = 257;
const config = { layers: 2, heads: 2, width: 32, context: 16, hidden: 40, biases: false } as BaseConfig;
const model: ModelChoice = { id: 'gpt', config, vocabulary: VOCABULARY };
const isBias = (name: string): boolean => name.endsWith('.bias');
const withOptimizer = true;
const template = (path: string) =>
  readFile(fileURLToPath(new URL(`../../../public/templates/${path}`, import.meta.url)), 'utf8');

let bare: Exported;
let ours: Float32Array;
beforeAll(async () => {
  const drawn = [...initialValues(model, 5)].map(([name, { shape, data }]) => {
    const weight = { shape, data: data.map((x) => (x === 1 ? 1 + 0.1 * Math.sin(shape[0]!) : 3 * x)) };
    return [name, weight] as const;
  });
  const moments = drawn.flatMap(([name, { shape, data }]) =>
    ['m', 'v'].map((slot) => [`adam.${slot}.${name}`, { shape, data: data.map(Math.abs) }] as const),
  );
  const snapshot = {
    state: { step: 4, tokensSeen: 9, activeMs: 1, best: null },
    tensors: new Map([...drawn, ...moments]),
  };
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  const given = await exportedFrom({ model, tokenizer, snapshot, resumable: true, info: null, events: [] }, 'bare', 0);
  bare = { ...given, info: learning(given.info, { recipe: { ...DEFAULT_RECIPE, attentionDropout: 0.2 } }) };
  ours = await ourLogits(bare, ids);
});

const folder = async () =>
  Promise.all(
    huggingFaceFiles(bare, { withOptimizer }).map(async (file) => ({ name: file.name, bytes: await readBytes(file) })),
  );
const given = (files: Awaited<ReturnType<typeof folder>>) =>
  files.map(({ name, bytes }) => ({ name, source: bytesSource(bytes) }));

test('a Hugging Face folder has biases of 0, and is imported without biases', async () => {
  const files = await folder();
  const config = JSON.parse(
    new TextDecoder().decode(files.find(({ name }) => name === 'config.json')!.bytes),
  ) as object;
  expect(config).toMatchObject({ model_type: 'gpt2', n_inner: 40, attn_pdrop: 0.2, resid_pdrop: 0 });
  const weights = [...hubWeights(bare)];
  expect(weights.filter(([name]) => isBias(name)).length).toBe(2 * 6 + 1);
  for (const [name, { pieces }] of weights)
    expect(
      [...pieces()].every((piece) => piece.every((x) => x === 0)),
      name,
    ).toBe(isBias(name));
  const back = await importHuggingFace(given(files), unwatched);
  expect(back.model).toEqual(model);
  expect(back.snapshot).toEqual(bare.snapshot);
  expect(back.resumable).toBe(true);
});
test("without homegrown.json the model has the folder's biases", async () => {
  const files = (await folder()).filter(({ name }) => !['homegrown.json', 'optimizer.safetensors'].includes(name));
  const back = await importHuggingFace(given(files), unwatched);
  expect(back.model.config).toEqual({ ...config, biases: true });
  const other = { ...bare, snapshot: back.snapshot, info: { ...bare.info, model: back.model } };
  expect(await ourLogits(other, ids)).toEqual(ours);
});
test('biases other than 0 are reported if homegrown.json says that there are none', async () => {
  const name = 'transformer.h.1.mlp.c_fc.bias';
  const half = { shape: [40], pieces: () => [new Float32Array(40).fill(0.5)] };
  const other = writeSafetensors('model.safetensors', new Map([...hubWeights(bare), [name, half]]));
  const files = (await folder()).filter((file) => file.name !== other.name);
  files.push({ name: other.name, bytes: await readBytes(other) });
  const read = importHuggingFace(given(files), unwatched);
  await expect(read).rejects.toThrow(/c_fc\.bias is not 0, but homegrown\.json says/);
});
test('the PyTorch export names the weights that stay 0, and the trainable ones', async () => {
  const files = await pytorch.files(bare, { withOptimizer, template });
  const stated = JSON.parse(
    new TextDecoder().decode(await readBytes(files.find(({ name }) => name === 'architecture.json')!)),
  ) as { zeros: string[]; decay: string[] };
  expect(stated.zeros.length).toBe(2 * 6 + 1);
  expect(stated.zeros.every(isBias)).toBe(true);
  expect(stated.decay.some(isBias)).toBe(false);
});
test('the card states the missing biases', () => {
  const card = cardOf(bare.info);
  expect(card).toMatch(/Inner width\s*\|\s*40/);
  expect(card).toMatch(/Biases\s*\|\s*no/);
  expect(card).toMatch(/Attention dropout\s*\|\s*0\.2/);
});
