/** A classifier that is not the embedding, in every format that computes: random weights, so that nothing else is like it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plainKernels } from '../../page/kernels';
import { gpt } from '../models/gpt/page';
import { initialValues } from '../models/network';
import { openLlama } from '../testing/llama';
import { llamaDistances, onnxScores } from '../testing/otherEngines';
import { ourLogits } from '../testing/trainedModel';
import { createTokenizer } from '../tokenizer/byteLevel';
import { exportedFrom } from './exported';
import type { Exported } from './format';
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
  const distances = await llamaDistances(llama!, untied, ids, ours, root);
  expect(distances).toHaveLength(ids.length);
  for (const distance of distances) expect(distance).toBeLessThan(1e-3);
});
test('onnxruntime on wasm gives the same scores', async () => expectOurs(await onnxScores(untied, ids)));
test('the offline page gives the same scores', () => {
  const weights = weightsOf(untied);
  const reader = gpt(untied.info.model, (name) => weights.get(name)!.data, plainKernels);
  reader.read(ids, 0);
  expectOurs(reader.scores(), (ids.length - 1) * VOCABULARY);
});
