/** A classifier that is not the embedding, in every format that computes: random weights, so that nothing else is like it. */
import type { Token } from 'node-llama-cpp';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainKernels } from '../../page/kernels';
import { gpt } from '../models/gpt/page';
import { readBytes } from '../files/byteSource';
import { initialValues } from '../models/network';
import { openLlama } from '../testing/llama';
import { emptyCaches, int64, onWasm } from '../testing/onnxruntime';
import { ourLogits } from '../testing/trainedModel';
import { createTokenizer } from '../tokenizer/byteLevel';
import { exportedFrom } from './exported';
import type { Exported } from './format';
import { ggufFile } from './gguf';
import { onnxFile } from './onnx';
import { weightsOf } from './weights';

const llama = await openLlama();

const ids = [72, 101, 108, 108, 111, 7, 255, 0, 3, 99];
const VOCABULARY = 257;
let untied: Exported;
let ours: Float32Array;
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'untied-'));
  const config = { layers: 2, heads: 2, width: 32, context: 16, untied: true as const };
  const model = { id: 'gpt' as const, config, vocabulary: VOCABULARY };
  const drawn = [...initialValues(model, 5)].map(
    ([name, { shape, data }]) => [name, { shape, data: data.map((x) => 3 * x) }] as const,
  );
  const snapshot = { state: { step: 0, tokensSeen: 0, activeMs: 0, best: null }, tensors: new Map(drawn) };
  const tokenizer = await createTokenizer({ kind: 'bytes', merges: [] });
  untied = await exportedFrom({ model, tokenizer, snapshot, resumable: false, info: null, events: [] }, 'untied', 0);
  ours = await ourLogits(untied, ids);
});
afterAll(async () => {
  await llama?.dispose();
  await rm(root, { recursive: true });
});

function expectOurs(theirs: ArrayLike<number>, from = 0): void {
  expect(theirs.length).toBe(ours.length - from);
  expect(Math.max(...Array.from(theirs, (x, i) => Math.abs(x - ours[from + i]!)))).toBeLessThan(1e-4);
}

test('with the embedding as its classifier, it would say something else', async () => {
  const { untied: _, ...config } = untied.info.model.config;
  const tied = await ourLogits({ ...untied, info: { ...untied.info, model: { ...untied.info.model, config } } }, ids);
  expect(Math.max(...tied.map((x, i) => Math.abs(x - ours[i]!)))).toBeGreaterThan(0.5);
});

test.skipIf(!llama)('llama.cpp gives the same distribution after each token', async () => {
  const modelPath = join(root, 'model.gguf');
  await writeFile(modelPath, await readBytes(ggufFile(untied, 'F32')));
  const model = await llama!.loadModel({ modelPath });
  const context = await model.createContext({ contextSize: 64, batchSize: 64, threads: 1 });
  const options = { temperature: 1, topK: 0, topP: 1, minP: 0 };
  const seen = await context
    .getSequence()
    .controlledEvaluate(ids.map((id) => [id as Token, { generateNext: { probabilities: true, options } }]));
  for (const [at, after] of seen.entries()) {
    const weights = Array.from(ours.subarray(at * VOCABULARY, (at + 1) * VOCABULARY), Math.exp);
    const total = weights.reduce((a, b) => a + b);
    const { probabilities } = after!.next;
    expect(probabilities!.size).toBe(VOCABULARY);
    const distances = weights.map((weight, id) => Math.abs(weight / total - probabilities!.get(id as Token)!));
    expect(distances.reduce((a, b) => a + b) / 2).toBeLessThan(1e-3); // total variation
  }
  await model.dispose();
});

test('onnxruntime on wasm gives the same scores', async () => {
  const session = await onWasm(await readBytes(await onnxFile(untied, 'f32')));
  const inputs = { input_ids: int64([ids]), attention_mask: int64([ids.map(() => 1)]) };
  const { logits } = await session.run({ ...emptyCaches(session), ...inputs });
  expectOurs(logits!.data as Float32Array);
  await session.release();
});

test('the offline page gives the same scores', () => {
  const weights = weightsOf(untied);
  const reader = gpt(untied.info.model, (name) => weights.get(name)!.data, plainKernels);
  reader.read(ids, 0);
  expectOurs(reader.scores(), (ids.length - 1) * VOCABULARY);
});
