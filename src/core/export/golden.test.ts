/** Exports of an older build's finished run, read by today's importer, or opened by their engine. */
import type { LlamaModel, Token } from 'node-llama-cpp';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unwatched } from '../base/job';
import { type ByteSource, bytesSource } from '../files/byteSource';
import { network } from '../models/network';
import { manifestOf } from '../runs/data';
import { listRuns, type RunRecord } from '../runs/record';
import { dataOf, recipeOf } from '../runs/segments';
import { readTokenizer } from '../runs/tokenizer';
import type { ShardManifest } from '../shards/manifest';
import { logits } from '../sample/logits';
import { openPart } from '../shards/read';
import { GOLDEN, goldenFile, goldenStore } from '../../testing/golden';
import { openLlama } from '../../testing/llama';
import { emptyCaches, int64, onWasm } from '../../testing/onnxruntime';
import { useSingleThreadWasm } from '../../testing/wasm';
import { openExported } from './exported';
import type { Exported } from './format';
import { importHuggingFace } from './formats/huggingFace/import';
import { openZip } from '../files/openZip';

const llama = await openLlama();
afterAll(() => llama?.dispose());

const store = await goldenStore();
let run: RunRecord;
let manifest: ShardManifest;
let stored: Exported;
/** Held-out ids for a full context, and our next-token distribution after each. */
let ids: number[];
let ours: number[][];
beforeAll(async () => {
  run = (await listRuns(store)).find((run) => run.status === 'finished' && dataOf(run).id !== null)!;
  manifest = (await manifestOf(store, run))!;
  stored = await openExported(store, run.id, 'latest', true);
  ids = [...(await openPart(store, manifest, 'validation').read(30, run.model.config.context))];
  await useSingleThreadWasm();
  const net = await network(run.model, stored.snapshot.tensors);
  ours = distributions(await logits(net, ids));
  net.dispose();
});

const zip = (name: string): Promise<ReadonlyMap<string, ByteSource>> =>
  openZip(bytesSource(goldenFile(`exports/${name}`)), name);
const whole = ({ read, size }: ByteSource): Promise<Uint8Array> => read(0, size);

/** Compares bit for bit, including optimizer state and loss curve. */
async function expectStored(files: readonly { name: string; source: ByteSource }[]): Promise<void> {
  const { model, tokenizer, snapshot, info, events } = await importHuggingFace(files, unwatched);
  expect(model).toEqual(run.model);
  expect(tokenizer.model).toEqual(await readTokenizer(store, run));
  expect(info).toMatchObject({ name: run.name, createdAt: run.createdAt });
  expect(recipeOf(info!)).toEqual(recipeOf(run));
  expect(dataOf(info!)).toEqual(dataOf(run).facts);
  expect(info!.result).toEqual(stored.info.result);
  expect(snapshot).toEqual(stored.snapshot);
  expect(losses(events)).toEqual(losses(stored.events));
}
const losses = (events: Exported['events']): unknown =>
  events.flatMap((event) => (event.kind === 'step' || event.kind === 'evaluated' ? [[event.step, event.loss]] : []));

test('the zip of a folder is the run that it was exported from', async () => {
  await expectStored([{ name: 'hf.zip', source: bytesSource(goldenFile('exports/hf.zip')) }]);
});

test("model.safetensors with the folder's other files has the run's weights", async () => {
  const folder = new Map(await zip('hf.zip')).set(
    'model.safetensors',
    bytesSource(goldenFile('exports/safetensors.safetensors')),
  );
  await expectStored([...folder].map(([name, source]) => ({ name, source })));
});

test('the PyTorch export has the run and its tokens', async () => {
  const files = [...(await zip('pytorch.zip'))];
  const model = files.filter(([name]) => name.startsWith('model/'));
  await expectStored(model.map(([name, source]) => ({ name, source })));
  for (const [name, part] of [
    ['data/train.bin', 'train'],
    ['data/val.bin', 'validation'],
  ] as const) {
    const tokens = await whole(new Map(files).get(name)!);
    expect(tokens).toEqual(await store.get(manifest.parts[part].shards[0]!.key));
  }
});

test.each([
  ['onnx-f32.zip', 1e-5],
  ['onnx-f16.zip', 1e-2],
] as const)('onnxruntime gives the same next-token distribution, %s', async (name, max) => {
  const [, source] = [...(await zip(name))].find(([path]) => path.endsWith('.onnx'))!;
  const session = await onWasm(await whole(source));
  const given = { input_ids: int64([ids]), attention_mask: int64([ids.map(() => 1)]), ...emptyCaches(session) };
  const { logits } = await session.run(given, ['logits']);
  expectClose(distributions((await logits!.getData()) as Float32Array), max);
});

test.skipIf(!llama).each([
  ['gguf-f32.gguf', 1e-3],
  ['gguf-f16.gguf', 1e-3],
  ['gguf-q8_0.gguf', 2e-2],
] as const)('llama.cpp gives the same next-token distribution, %s', async (name, max) => {
  const model = await llama!.loadModel({ modelPath: join(GOLDEN, 'exports', name) });
  try {
    expectClose(await theirs(model), max);
    const text = 'The harbour wakes — naïve 🍞';
    expect(model.tokenize(text)).toEqual([...stored.tokenizer.encode(text)]);
  } finally {
    await model.dispose();
  }
});

test('the service contains the file that llama.cpp opens', async () => {
  expect(await whole((await zip('service.zip')).get('model.gguf')!)).toEqual(goldenFile('exports/gguf-f16.gguf'));
});

async function theirs(model: LlamaModel): Promise<number[][]> {
  const sequence = (await model.createContext({ contextSize: 64, batchSize: 64, threads: 1 })).getSequence();
  const options = { temperature: 1, topK: 0, topP: 1, minP: 0 };
  const results = await sequence.controlledEvaluate(
    ids.map((id) => [id as Token, { generateNext: { probabilities: true, options } }]),
  );
  return results.map((result) =>
    Array.from({ length: stored.tokenizer.size }, (_, id) => result!.next.probabilities!.get(id as Token) ?? NaN),
  );
}

/** Converts scores [T, vocabulary] to probabilities after each token. */
function distributions(scores: Float32Array): number[][] {
  const { vocabulary } = run.model;
  return ids.map((_, at) => {
    const weights = Array.from(scores.subarray(at * vocabulary, (at + 1) * vocabulary), Math.exp);
    const total = weights.reduce((a, b) => a + b);
    return weights.map((weight) => weight / total);
  });
}

/** Requires a total variation, 0 to 1, below `max`. */
function expectClose(theirs: readonly number[][], max: number): void {
  for (const [at, distribution] of ours.entries()) {
    const apart = distribution.reduce((sum, p, id) => sum + Math.abs(p - theirs[at]![id]!), 0) / 2;
    expect(apart, `place ${at}`).toBeLessThan(max);
  }
}
