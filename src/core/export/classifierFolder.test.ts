/** Classifiers as Hugging Face folders, ours and external ones. */
import { Tokenizer as Oracle } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unwatched } from '../base/job';
import { bytesSource, readBytes } from '../files/byteSource';
import { writeSafetensors } from '../checkpoint/safetensors';
import type { HostTensor } from '../checkpoint/tensors';
import type { Classes } from '../models/spec';
import { untrainedBert, untrainedClassifier } from '../../testing/untrainedModels';
import { aroundText } from '../tokenizer/prompt';
import { exportedFrom } from './exported';
import type { Exported } from './format';
import { FORMATS } from './formats';
import { settingsOf } from './formatSettings';
import { huggingFaceFiles } from './formats/huggingFace/write';
import { importHuggingFace, openHuggingFace } from './formats/huggingFace/import';
import { decisionInUse } from './temperature';
import { hubWeights } from './weights';
import { propertyRuns } from '../../testing/propertyRuns';

type Files = Record<string, Uint8Array>;
type Json = Record<string, unknown>;
async function filesOf(exported: Omit<Exported, 'name'>): Promise<Files> {
  const files: Files = {};
  for (const stream of huggingFaceFiles(exported, { withOptimizer: false }))
    files[stream.name] = await readBytes(stream);
  return files;
}
const json = (files: Files, name: string): Json => JSON.parse(new TextDecoder().decode(files[name])) as Json;
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const namedSources = (files: Files) =>
  Object.entries(files).map(([name, bytes]) => ({ name, source: bytesSource(bytes) }));
const read = (files: Files) => importHuggingFace(namedSources(files), unwatched);
const open = (files: Files) => openHuggingFace(new Map(namedSources(files).map(({ name, source }) => [name, source])));
/** An external folder: without our files, and with other fields in config.json. */
function externalFolder(
  { 'homegrown.json': _, ...files }: Files,
  overrides: Json = {},
  removed: readonly string[] = [],
): Files {
  const config = Object.entries({ ...json(files, 'config.json'), ...overrides }).filter(
    ([name]) => !removed.includes(name),
  );
  return { ...files, 'config.json': encode(Object.fromEntries(config)) };
}

const CLASSES = {
  bert: 'BertForSequenceClassification',
  gpt: 'GPT2ForSequenceClassification',
  llama: 'LlamaForSequenceClassification',
} as const;
const ids = ['bert', 'gpt', 'llama'] as const;

test.each(ids)("%s is exported in its class's layout, and imported bit for bit", async (id) => {
  const exported = await untrainedClassifier(id, { labels: ['ham', 'spam', 'für "andere"'] });
  const files = await filesOf(exported);
  expect(json(files, 'config.json')).toMatchObject({
    architectures: [CLASSES[id]],
    id2label: { 0: 'ham', 1: 'spam', 2: 'für "andere"' },
    label2id: { ham: 0, spam: 1, 'für "andere"': 2 },
    problem_type: 'single_label_classification',
    pad_token_id: exported.tokenizer.idOf('padding'),
  });
  expect(Object.keys(files)).not.toContain('generation_config.json');
  const names = [...hubWeights(exported).keys()];
  expect(names.filter((name) => /lm_head|cls\./.test(name))).toEqual([]);
  expect(names.slice(id === 'bert' ? -4 : -1)).toEqual(
    id === 'bert'
      ? ['bert.pooler.dense.weight', 'bert.pooler.dense.bias', 'classifier.weight', 'classifier.bias']
      : ['score.weight'],
  );
  for (const from of [files, externalFolder(files)]) {
    const back = await read(from);
    expect(back.model).toEqual(exported.info.model);
    expect(back.snapshot.tensors).toEqual(exported.snapshot.tensors);
    expect(back.tokenizer.hash).toBe(exported.tokenizer.hash);
    expect((await filesOf(await exportedFrom(back, exported.info.name, 5)))['config.json']).toEqual(
      files['config.json'],
    );
  }
});

test('variants of llama have their own classes', async () => {
  const variants = {
    MistralForSequenceClassification: { window: 8 },
    Qwen3ForSequenceClassification: { qkNorm: 'heads' },
    Olmo2ForSequenceClassification: { qkNorm: 'rows', norm: 'after' },
  };
  for (const [name, own] of Object.entries(variants)) {
    const exported = await untrainedClassifier('llama', {}, own);
    const files = await filesOf(exported);
    expect(json(files, 'config.json')).toMatchObject({
      architectures: [name],
      pad_token_id: exported.tokenizer.idOf('padding'),
    });
    expect((await read(externalFolder(files))).model).toEqual(exported.info.model);
  }
});

test('pads with the end of text without a padding token', async () => {
  for (const id of ids) {
    const exported = await untrainedClassifier(id, {}, {}, ['end']);
    expect(json(await filesOf(exported), 'config.json')['pad_token_id']).toBe(exported.tokenizer.endOfText);
  }
});

test('supports multi-label classifiers, also with a single label', async () => {
  for (const labels of [['a', 'b'], ['spam']]) {
    const exported = await untrainedClassifier('bert', { labels, several: true });
    const files = await filesOf(exported);
    expect(json(files, 'config.json')['problem_type']).toBe('multi_label_classification');
    expect((await read(externalFolder(files))).model).toEqual(exported.info.model);
  }
});

test('any labels survive an export and import', async () => {
  const label = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
  const one = await untrainedClassifier('gpt');
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(label, { minLength: 3, maxLength: 3 }), async (labels) => {
      const { config, ...model } = one.info.model;
      const classes: Classes = { ...config.classes!, labels };
      const files = await filesOf({
        ...one,
        info: { ...one.info, model: { ...model, config: { ...config, classes } } },
      });
      for (const from of [files, externalFolder(files)])
        expect((await open(from)).model.config.classes).toEqual(classes);
    }),
    { numRuns: propertyRuns(20) },
  );
});

test('tokenizer.json adds the same special tokens as our tokenizer, and round-trips', async () => {
  const text = 'Call me Ishmael.';
  for (const id of ids) {
    const { tokenizer, ...exported } = await untrainedClassifier(id);
    const files = await filesOf({ ...exported, tokenizer });
    const [before, after] = aroundText(tokenizer, id === 'bert');
    expect(before).toEqual(id === 'bert' ? [tokenizer.endOfText] : []);
    const oracle = new Oracle(json(files, 'tokenizer.json'), json(files, 'tokenizer_config.json'));
    expect(oracle.encode(text).ids).toEqual([...before, ...tokenizer.encode(text), ...after]);
    expect(json(files, 'tokenizer_config.json')['add_bos_token']).toBe(id === 'bert');
    expect((await read(files)).tokenizer.model).toEqual(tokenizer.model);
  }
  // A model that fills blanks doesn't read such a token.
  const maskedModel = await untrainedBert();
  const maskedOracle = new Oracle(
    json(await filesOf(maskedModel), 'tokenizer.json'),
    json(await filesOf(maskedModel), 'tokenizer_config.json'),
  );
  expect(maskedOracle.encode(text).ids).toEqual([...maskedModel.tokenizer.encode(text)]);
});

test('unnamed labels get the names that transformers gives them, and the preview says so', async () => {
  const files = await filesOf(await untrainedClassifier('bert'));
  const unnamed = externalFolder(files, { num_labels: 3 }, ['id2label', 'label2id']);
  const { model, stated } = await open(unnamed);
  expect(model.config.classes!.labels).toEqual(['LABEL_0', 'LABEL_1', 'LABEL_2']);
  expect(stated.lacks).toBe('names for its 3 labels, which are called LABEL_0 to LABEL_2 by default');
  expect((await open(externalFolder(files))).stated.lacks).toBeUndefined();
  // transformers assumes two labels if the config states nothing.
  const two = await filesOf(await untrainedClassifier('gpt', { labels: ['x', 'y'] }));
  const none = externalFolder(two, {}, ['id2label', 'label2id', 'problem_type']);
  expect((await open(none)).model.config.classes).toEqual({ labels: ['LABEL_0', 'LABEL_1'], pooling: 'last' });
});

test.each([
  [{}, ['id2label', 'label2id'], 'does not fit config.json in 2 places: classifier.weight is [3, 32], not [2, 32]'],
  [{ id2label: { 0: 'a', 1: 'b' } }, [], 'classifier.weight is [3, 32], not [2, 32]'],
  [{ id2label: { 1: 'a', 2: 'b', 3: 'c' } }, [], "id2label has 3 labels that aren't numbered from 0"],
  [{ id2label: { 0: 'a', 1: 'b', 2: 'a' } }, [], 'a label appears twice'],
  [{ id2label: { 0: 'a', 1: '', 2: 'c' } }, [], 'labels.1'],
  [{ id2label: { 0: 'a' } }, [], 'there is only one label'],
  [{ problem_type: 'regression' }, [], 'it predicts a number, not labels (problem_type: regression)'],
  [{ id2label: { 0: 'a' } }, ['problem_type'], 'it predicts a number, not labels'],
  [{ problem_type: 'other' }, [], 'problem_type other is not supported'],
  [{ id2label: ['a', 'b', 'c'] }, [], 'id2label'],
  [{ id2label: null, num_labels: 1e9 }, [], 'num_labels'],
] as const)('refuses a config.json with wrong labels: %j without %j', async (overrides, removed, words) => {
  const files = externalFolder(await filesOf(await untrainedClassifier('bert')), overrides, removed);
  await expect(read(files)).rejects.toMatchObject({
    code: 'bad-file',
    message: expect.stringContaining(words) as string,
  });
});

test('reports a missing tensor of the head by name', async () => {
  const exported = await untrainedClassifier('bert');
  const files = externalFolder(await filesOf(exported));
  const tensors = new Map<string, HostTensor>();
  for (const [name, { shape, pieces }] of hubWeights(exported))
    tensors.set(name, { shape, data: Float32Array.from([...pieces()].flatMap((some) => [...some])) });
  tensors.delete('classifier.bias');
  const headless = { ...files, 'model.safetensors': await readBytes(writeSafetensors('x', tensors)) };
  await expect(read(headless)).rejects.toThrow('classifier.bias is missing');
});

test('a folder with a pooling that transformers lacks gets our own type, and says that only Homegrown opens it', async () => {
  const exported = await untrainedClassifier('bert', { pooling: 'mean' });
  const files = await filesOf(exported);
  expect(json(files, 'config.json')).toMatchObject({ model_type: 'homegrown-bert', pooling: 'mean' });
  for (const from of [files, externalFolder(files)]) expect((await open(from)).model).toEqual(exported.info.model);
  const settings = settingsOf(exported.info);
  const sentence =
    'transformers has no class that classifies by the mean of a text here: it would use the first token of a text. ONNX, the web service and the offline page support it';
  expect(FORMATS.hf.warning!(settings)).toBe(`${sentence}. Only Homegrown opens the folder.`);
  const readme = new TextDecoder().decode(files['README.md']);
  expect(readme).toContain(`${sentence}. Only Homegrown opens the folder.`);
  expect(readme).toContain('library_name: homegrown');
  expect(readme).not.toContain('from transformers import');
  expect(FORMATS['onnx-f32'].problem!(settings)).toBeNull();
  const usual = settingsOf((await untrainedClassifier('bert')).info);
  expect(FORMATS.hf.warning!(usual)).toBeNull();
});

test('the temperature is merged into the head’s weights, except in exports with optimizer state, which list it separately', async () => {
  for (const id of ids) {
    const exported = await untrainedClassifier(id);
    const { info, snapshot } = exported;
    const decision = { temperature: 2, atLeast: 0.75 };
    const back = { ...(await read(await filesOf({ ...exported, info: { ...info, decision } }))), resumable: true };
    expect(back.info!.decision).toEqual(decision);
    expect(decisionInUse(back.info!.decision!)).toEqual(decision);
    expect((await exportedFrom(back, 'x', 5, true)).snapshot.tensors).toEqual(snapshot.tensors);
    const written = await exportedFrom(back, 'x', 5);
    expect(written.info.decision).toEqual({ ...decision, step: written.info.state.step, inWeights: true });
    expect(decisionInUse(written.info.decision!)).toEqual({ temperature: 1, atLeast: 0.75 });
    const head = id === 'bert' ? ['classifier.weight', 'classifier.bias'] : ['score.weight'];
    for (const [name, { data }] of snapshot.tensors)
      expect(written.snapshot.tensors.get(name)!.data).toEqual(head.includes(name) ? data.map((x) => x / 2) : data);
    // A merged temperature isn't merged again.
    const again = await read(await filesOf(written));
    expect((await exportedFrom(again, 'x', 5)).snapshot.tensors).toEqual(written.snapshot.tensors);
  }
});
