/** A classifier that is not the embedding, in every format that computes: random weights, so that nothing else is like it. */
import type { Token } from 'node-llama-cpp';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
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
import type { Exported, Format } from './format';
import { ggufF32 } from './formats/gguf';
import { onnxFile } from './onnx';
import { pytorch } from './formats/pytorch';
import { weightsOf } from './weights';

const templates = (path: string): string =>
  fileURLToPath(new URL(`../../../public/templates/${path}`, import.meta.url));
const PYTHON = '/usr/bin/python3';
const run = promisify(execFile);
const hasTorch = await run(PYTHON, [
  '-c',
  'from importlib.metadata import version as v; v("torch"), v("safetensors")',
]).then(
  () => true,
  () => false,
);
if (!hasTorch) console.warn(`Skipped: PyTorch reads a classifier of its own, because ${PYTHON} has no torch.`);
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
  untied = exportedFrom({ model, tokenizer, snapshot, resumable: false, info: null, events: [] }, 'untied', 0);
  ours = await ourLogits(untied, ids);
});
afterAll(async () => {
  await llama?.dispose();
  await rm(root, { recursive: true });
});

async function write(format: Format): Promise<readonly string[]> {
  const template = (path: string): Promise<string> => readFile(templates(path), 'utf8');
  const files = await format.files(untied, { withOptimizer: false, template });
  return Promise.all(
    files.map(async (file) => {
      const path = join(root, file.name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, await readBytes(file));
      return path;
    }),
  );
}

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
  const model = await llama!.loadModel({ modelPath: (await write(ggufF32))[0]! });
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

test.skipIf(!hasTorch)('PyTorch gives the same scores', async () => {
  await write(pytorch);
  const script = fileURLToPath(new URL('../testing/torchReads.py', import.meta.url));
  const { stdout } = await run(PYTHON, [script, root, JSON.stringify(ids), join(root, 'model')], {
    maxBuffer: 2 ** 24,
  });
  const [theirs] = JSON.parse(stdout) as number[][];
  expectOurs(theirs!);
});
