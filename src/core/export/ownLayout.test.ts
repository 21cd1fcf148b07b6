/** A model that transformers has no class for: written in our own layout, read back, and refused by formats that need a mapping. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { template } from '../../../scripts/templates';
import { memoryStore } from '../base/blobStore';
import { unwatched } from '../base/job';
import { loadSnapshot } from '../checkpoint/checkpoint';
import { openSafetensors } from '../checkpoint/safetensors';
import { bytesSource, readBytes } from '../files/byteSource';
import { listToy, TOY_WITHOUT_LAYOUT } from '../../testing/ownLayout';
import { toy, TOY_CONFIG as config } from '../../testing/toyModel/spec';
import { toyRun } from '../../testing/toyRun';
import { uncheckable } from '../verify/check';
import type { Format } from './format';

type Files = Map<string, Uint8Array<ArrayBuffer>>;
const asked = { withOptimizer: true, template };
// Before code that depends on the list is loaded.
beforeAll(async () => {
  listToy(TOY_WITHOUT_LAYOUT);
  await tf.setBackend('cpu');
});
beforeEach(() => listToy(TOY_WITHOUT_LAYOUT));

async function written(
  id: 'hf' | 'safetensors' = 'hf',
): Promise<{ store: Awaited<ReturnType<typeof toyRun>>['store']; files: Files }> {
  const { store } = await toyRun();
  const { exportRun } = await import('./run');
  const files: Files = new Map();
  for (const file of (await exportRun(store, 'a', 'latest', id, asked)).files)
    files.set(file.name, await readBytes(file));
  return { store, files };
}
async function imported(files: Files) {
  const { importRun } = await import('./run');
  const store = memoryStore();
  const sources = [...files].map(([name, bytes]) => ({ name, source: bytesSource(bytes) }));
  await importRun(store, { runId: 'b', projectId: 'first' }, sources, 9, unwatched);
  return (await loadSnapshot(store, 'b', 'latest')).snapshot;
}
const textOf = (files: Files, name: string): string => new TextDecoder().decode(files.get(name));
const withConfig = (files: Files, change: object): Files => {
  const config = { ...(JSON.parse(textOf(files, 'config.json')) as object), ...change };
  return new Map(files).set('config.json', new TextEncoder().encode(JSON.stringify(config)));
};

test('the folder has our names, config.json our sizes, and the README says that only Homegrown opens it', async () => {
  const { files } = await written();
  expect(JSON.parse(textOf(files, 'config.json'))).toEqual({
    model_type: 'homegrown',
    architecture: 'toy',
    vocab_size: 257,
    config,
  });
  const names = Object.keys(toy.params(config, 257));
  const weights = await openSafetensors(bytesSource(files.get('model.safetensors')!), 'model.safetensors');
  expect([...weights.entries.keys()]).toEqual(names);
  const moments = await openSafetensors(bytesSource(files.get('optimizer.safetensors')!), 'optimizer.safetensors');
  expect(moments.entries.get('adam.m.blocks.1.qkv.weight')!.shape).toEqual([16, 32]);
  const readme = textOf(files, 'README.md');
  expect(readme).toContain('transformers has no Toy model. Only Homegrown opens the folder.');
  expect(readme).toMatch(/^library_name: homegrown$/m);
  expect(readme).toMatch(/^tags: \[homegrown\]$/m);
  expect(readme).not.toContain('from transformers import');
  const { store, files: alone } = await written('safetensors');
  const { snapshot } = await loadSnapshot(store, 'a', 'latest');
  const [[name, bytes]] = [...alone] as [[string, Uint8Array]];
  const file = await openSafetensors(bytesSource(bytes), name);
  expect([...file.entries.keys()]).toEqual(names);
  for (const each of names) expect((await file.load(each)).data).toEqual(snapshot.tensors.get(each)!.data);
});

test('is imported bit for bit with moments, also by a build in which the architecture has a layout', async () => {
  const { store, files } = await written();
  const { snapshot } = await loadSnapshot(store, 'a', 'latest');
  expect((await imported(files)).tensors).toEqual(snapshot.tensors);
  const alone = new Map([...files].filter(([name]) => name !== 'homegrown.json'));
  const weights = Object.keys(toy.params(config, 257)).map((name) => [name, snapshot.tensors.get(name)!] as const);
  expect((await imported(alone)).tensors).toEqual(new Map(weights));
  listToy(toy);
  expect((await imported(files)).tensors).toEqual(snapshot.tensors);
});

test('refuses a folder of an unknown architecture, or of other or invalid sizes, by name', async () => {
  const { files } = await written();
  await expect(imported(withConfig(files, { architecture: 'mamba' }))).rejects.toThrow(
    'config.json: the architecture "mamba" is not supported',
  );
  await expect(imported(withConfig(files, { config: { ...config, hidden: 32 } }))).rejects.toThrow(
    'homegrown.json and config.json describe models of different sizes',
  );
  await expect(imported(withConfig(files, { config: { ...config, kvHeads: 3 } }))).rejects.toThrow(
    '4 heads cannot share 3 heads of keys.',
  );
  const alone = new Map([...files].filter(([name]) => name !== 'homegrown.json'));
  await expect(imported(withConfig(alone, { config: { ...config, hidden: 32 } }))).rejects.toThrow(
    'model.safetensors does not fit config.json in 4 places',
  );
});

test('formats that need a mapping say so in one sentence, and nothing here verifies the others', async () => {
  const { record } = await toyRun();
  const { FORMATS } = await import('./formats');
  const formats: [string, Format][] = Object.entries(FORMATS);
  const settings = {
    model: record.model,
    recipe: record.segments[0].recipe,
    tokenizer: record.tokenizer.kind,
    trainable: { weights: [], adapter: { id: 'lora' } as never },
  };
  const problems = formats.map(([id, format]) => [id, format.problem?.(settings) ?? null]);
  expect(Object.fromEntries(problems)).toMatchObject({
    hf: null,
    safetensors: null,
    peft: 'transformers has no Toy model',
    'onnx-f32': 'The ONNX exporter doesn’t support Toy models',
    html: 'The offline page can’t run Toy models yet.',
    pytorch: 'The PyTorch bundle doesn’t support Toy models',
  });
  for (const id of ['hf', 'safetensors'] as const)
    expect(uncheckable(FORMATS[id].check, record.model)).toBe('No second engine here supports Toy models');
  expect(FORMATS.hf.card.opensThis!(record.model)).toBe('Homegrown; transformers has no class for this model');
});
