/**
 * Adds a toy architecture with unique sizes, which takes a folder and a line in the list. It reaches training,
 * checkpoint, journal, record, card, Hugging Face's folder and back, and GGUF; formats without a forward pass for it
 * say so. Tests of the same name are in features/model for its form, and in cli for its flags.
 */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test, vi } from 'vitest';
import { template } from '../../../scripts/templates';
import { memoryStore } from '../base/blobStore';
import { unwatched } from '../base/job';
import { bytesSource, readBytes } from '../files/byteSource';
import type { ModelId } from '../models';
import { countParams } from '../models/spec';
import { layoutOf, toy, TOY_CONFIG as config, TOY_ID as ID, type ToyConfig } from '../../testing/toyModel/spec';
import { toyInput, toyRun } from '../../testing/toyRun';
import type { Snapshot } from '../train/run';
import type { Format } from './format';

const asked = { withOptimizer: true, template };
// Before code that depends on the list is loaded.
beforeAll(async () => {
  Object.assign((await import('../models')).MODELS, { toy });
  await tf.setBackend('cpu');
});

test('trains, stores, reports, exports by its layouts, and reads back a listed architecture bit for bit', async () => {
  const { store, record, events } = await toyRun();
  const { readRun } = await import('../runs/record');
  expect((await readRun(store, 'a'))!.model).toEqual({ ...record.model, config });
  const { readJournal } = await import('../runs/journal');
  const journal = await readJournal(store, 'a');
  expect(journal).toEqual(events.filter(({ kind }) => kind !== 'compiling' && kind !== 'shown'));
  const [first, last] = journal.filter((event) => event.kind === 'evaluated');
  expect(last!.loss).toBeLessThan(first!.loss);

  const { exportRun, importRun } = await import('./run');
  const { files } = await exportRun(store, 'a', 'latest', 'hf', asked);
  const written = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const file of files) written.set(file.name, await readBytes(file));
  const textOf = (name: string): string => new TextDecoder().decode(written.get(name));
  expect(textOf('README.md')).toContain(
    `A Toy language model with ${countParams(toy.params(config, 257)).toLocaleString('en')}`,
  );
  expect(textOf('README.md')).toContain('tags: [toy, homegrown]');
  expect(textOf('README.md')).toMatch(/\| Layers, heads, width +\| 2, 4, 16 +\|/);
  expect(textOf('README.md')).toMatch(/\| Heads of keys +\| 2 +\|\n\| Inner width +\| 24 +\|/);
  expect(JSON.parse(textOf('config.json'))).toMatchObject({ model_type: 'toy', layers: 2, kv_heads: 2, hidden: 24 });
  expect(JSON.parse(textOf('homegrown.json'))).toMatchObject({ model: { id: 'toy', config } });

  const { openSafetensors } = await import('../checkpoint/safetensors');
  const weights = await openSafetensors(bytesSource(written.get('model.safetensors')!), 'model.safetensors');
  const layout = layoutOf(config, 'model.layers.', 'self_attn.', false);
  expect([...weights.entries.keys()]).toEqual(layout.map(({ name }) => name));
  expect(weights.entries.get('model.layers.1.up.weight')!.shape).toEqual([24, 16]);
  const moments = await openSafetensors(bytesSource(written.get('optimizer.safetensors')!), 'optimizer.safetensors');
  expect(moments.entries.get('adam.m.model.layers.1.self_attn.k.weight')!.shape).toEqual([8, 16]);
  const { loadSnapshot } = await import('../checkpoint/checkpoint');
  const { snapshot } = await loadSnapshot(store, 'a', 'latest');
  const fused = snapshot.tensors.get('blocks.1.qkv.weight')!.data; // [16, 16 + 8 + 8]
  const k = (await weights.load('model.layers.1.self_attn.k.weight')).data; // [out, in]
  expect([...k.subarray(0, 16)]).toEqual(Array.from({ length: 16 }, (_row, i) => fused[i * 32 + 16]));

  const other = memoryStore();
  const sources = [...written].map(([name, bytes]) => ({ name, source: bytesSource(bytes) }));
  await importRun(other, { runId: 'b', projectId: 'first' }, sources, 9, unwatched);
  expect((await loadSnapshot(other, 'b', 'latest')).snapshot.tensors).toEqual(snapshot.tensors);
  expect((await readJournal(other, 'b')).filter(({ kind }) => kind === 'evaluated')).toMatchObject([
    { step: 0, loss: first!.loss },
    { step: 4, loss: last!.loss },
  ]);
  const again = await exportRun(other, 'b', 'latest', 'hf', asked);
  for (const file of again.files) {
    if (file.name.endsWith('.safetensors')) expect(await readBytes(file), file.name).toEqual(written.get(file.name));
  }
});

test('its run resumes from a checkpoint bit for bit, and cached decoding matches a full forward pass', async () => {
  const input = await toyInput();
  const { train } = await import('../train/train');
  const [whole, resumed]: [Snapshot[], Snapshot[]] = [[], []];
  await train({ ...input, save: into(whole) }, unwatched);
  await train({ ...input, from: whole.find(({ state }) => state.step === 2)!, save: into(resumed) }, unwatched);
  expect(resumed.at(-1)!.tensors).toEqual(whole.at(-1)!.tensors);

  const { network } = await import('../models/network');
  const { decoder } = await import('../sample/decoder');
  const { logits } = await import('../sample/logits');
  const net = await network(input.model, whole.at(-1)!.tensors);
  const decoding = decoder(net);
  const ids = [...input.tokenizer.encode('The whale')];
  const all = await logits(net, ids);
  for (let length = 1; length <= ids.length; length++) {
    const next = await decoding.next(ids.slice(0, length));
    const row = all.subarray((length - 1) * 257, length * 257);
    expect(Math.max(...next.map((score, i) => Math.abs(score - row[i]!)))).toBeLessThan(1e-5);
  }
  decoding.dispose();
  net.dispose();
});
const into = (list: Snapshot[]) => (snapshot: Snapshot) => {
  list.push(structuredClone(snapshot));
  return Promise.resolve({ bytes: 0 });
};

test('writes GGUF by its layout, with paired heads, and reads it back by the same statement', async () => {
  const { store, record } = await toyRun();
  const { exportRun } = await import('./run');
  const { files } = await exportRun(store, 'a', 'latest', 'gguf-f32', asked);
  const { ggufIn, openGguf } = await import('../../workers/ggufIn');
  const opened = await openGguf(await readBytes(files[0]!));
  expect(opened.numbers.get('toy.block_count')).toBe(2);
  const { loadSnapshot } = await import('../checkpoint/checkpoint');
  const { snapshot } = await loadSnapshot(store, 'a', 'latest');
  const fused = snapshot.tensors.get('blocks.0.qkv.weight')!; // [16, 32]
  const q = opened.tensors.find(({ name }) => name === 'blk.0.q.weight')!;
  expect(q.shape).toEqual([16, 16]);
  // The second row is the first of the head's second half: heads of 4.
  const second = Array.from({ length: 16 }, (_row, i) => opened.view.getFloat32(q.at + 4 * (16 + i), true));
  expect(second).toEqual(Array.from({ length: 16 }, (_row, i) => fused.data[i * 32 + 2]));

  const { hubWeights } = await import('./weights');
  const { model, weights } = ggufIn(opened, record.model);
  expect(model).toBe(record.model);
  const hub = hubWeights({ info: record as never, snapshot });
  expect([...weights.keys()]).toEqual([...hub.keys()]);
  for (const [name, tensor] of hub)
    expect([...weights.get(name)!], name).toEqual([...tensor.pieces()].flatMap((p) => [...p]));

  const refused = (change: Partial<typeof opened>, size: Partial<ToyConfig> = {}) =>
    expect(() => ggufIn({ ...opened, ...change }, { ...record.model, config: { ...config, ...size } }));
  refused({}, { kvHeads: 1 }).toThrow('toy.attention.head_count_kv is 2, and the model has 1');
  refused({ numbers: new Map() }).toThrow('toy.block_count is missing, and the model has 2');
  refused({ tensors: opened.tensors.slice(1) }).toThrow('The tensor tokens.weight is missing');
  refused({ tensors: [...opened.tensors, { ...q, name: 'blk.7.q.weight' }] }).toThrow(
    'A Toy model has no tensor blk.7.q.weight',
  );
  refused({ tensors: [{ ...q, shape: [8, 32] }] }).toThrow('blk.0.q.weight has shape [8, 32]');
});

test('each format accepts or refuses in one sentence, and the service accepts wherever GGUF does', async () => {
  const { store, record } = await toyRun();
  const { FORMATS } = await import('./formats');
  const { exportRun } = await import('./run');
  const formats: [string, Format][] = Object.entries(FORMATS);
  const settings = { model: record.model, recipe: record.segments[0].recipe, tokenizer: record.tokenizer.kind };
  const problems = formats.map(([id, format]) => [id, format.problem?.(settings) ?? null]);
  expect(Object.fromEntries(problems)).toMatchObject({
    hf: null,
    safetensors: null,
    peft: 'This model has no adapter',
    'gguf-f32': null,
    'gguf-f16': null,
    'gguf-q8_0': null,
    'gguf-lora': 'This model has no adapter',
    service: null,
    'onnx-f32': 'The ONNX exporter doesn’t support Toy models',
    'onnx-f16': 'The ONNX exporter doesn’t support Toy models',
    html: 'The offline page can’t run Toy models yet.',
    pytorch: 'The PyTorch bundle doesn’t support Toy models',
  });
  for (const [id, problem] of problems as [keyof typeof FORMATS, string | null][]) {
    const writing = exportRun(store, 'a', 'latest', id, asked);
    if (problem !== null) {
      await expect(writing, id).rejects.toMatchObject({ code: 'bad-settings', message: problem });
      continue;
    }
    const { files } = await writing;
    for (const file of files) expect((await readBytes(file)).length, `${id}: ${file.name}`).toBe(file.size);
  }
  const service = await exportRun(store, 'a', 'latest', 'service', asked);
  const readme = new TextDecoder().decode(await readBytes(service.files.find(({ name }) => name === 'README.md')!));
  expect(readme).not.toContain('{{');
});

test('names formats without a second engine beforehand, in a sentence, and llama.cpp checks GGUF except in Safari', async () => {
  const { FORMATS } = await import('./formats');
  const { uncheckable } = await import('../verify/check');
  const refusals = (id: ModelId) =>
    Object.entries(FORMATS).flatMap(([name, { check }]) => {
      const reason = check && uncheckable(check, { id });
      return reason === null ? [] : [[name, reason] as const];
    });
  const sentence = 'No second engine here supports Toy models';
  const by = (engine: string) =>
    Object.entries(FORMATS).flatMap(([name, { check }]) => (check?.engine === engine ? [name] : []));
  const ofPage = by('page').map((name) => [name, sentence]);
  expect(ofPage.map(([name]) => name)).toEqual(expect.arrayContaining(['hf', 'safetensors', 'html', 'pytorch']));
  const validate = vi.spyOn(WebAssembly, 'validate').mockReturnValue(true); // Node 20 behaves like Safari
  expect(refusals(ID)).toEqual(ofPage);
  expect(refusals('gpt')).toEqual([]);
  validate.mockReturnValue(false);
  expect(
    refusals(ID)
      .map(([name]) => name)
      .toSorted(),
  ).toEqual([...by('page'), ...by('llama')].toSorted());
  expect(by('llama')).toEqual(expect.arrayContaining(['gguf-f32', 'gguf-f16', 'gguf-q8_0', 'service']));
  expect(refusals('gpt')).toEqual([]);
  expect(uncheckable(null, { id: 'gpt' })).toBe('An adapter without its base can’t be verified here');
  vi.restoreAllMocks();
});
