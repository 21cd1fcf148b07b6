/** BERT folders of different contents: with its head, with more, and without. */
import { expect, test } from 'vitest';
import { unwatched } from '../../../base/job';
import type { HostTensor } from '../../../checkpoint/tensors';
import { writeSafetensors } from '../../../checkpoint/safetensors';
import { bytesSource, readBytes } from '../../../files/byteSource';
import { modelSpec } from '../../../models';
import { initialValues, type ModelChoice } from '../../../models/network';
import { wordPiece } from '../../../../testing/appliedTokenizers';
import { decisive } from '../../../../testing/decoding';
import { exportedFrom } from '../../exported';
import { FORMATS } from '..';
import { settingsOf } from '../../formatSettings';
import type { RunInfo } from '../../homegrownJson';
import { huggingFaceFiles } from './write';
import { importHuggingFace, openHuggingFace } from './import';
import { cardOf } from '../../../../testing/cardOf';
import { previewOf, previewRows } from '../../preview';
import { hubWeights } from '../../weights';

type Tensors = ReadonlyMap<string, HostTensor>;
type Files = Record<string, Uint8Array>;
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const config = {
  ...{ layers: 2, heads: 2, width: 8, context: 16 },
  ...{ hidden: 12, tanh: true, tokenTypes: 3, normEpsilon: 1e-7 },
};
const model: RunInfo['model'] = { id: 'bert', config, vocabulary: 264 };
const untied: ModelChoice = { ...model, config: { ...config, untied: true } };
const values = decisive(model, 3);
const vocabulary = Object.fromEntries(Array.from({ length: 243 }, (_, i) => [`w${i}`, 21 + i]));
const tokenizer = { ...wordPiece, model: { ...wordPiece.model, vocab: { ...wordPiece.model.vocab, ...vocabulary } } };

function tensorsOf(of: ModelChoice, own: typeof values): Map<string, HostTensor> {
  const snapshot = { state: { step: 0, tokensSeen: 0, activeMs: 0, best: null }, tensors: own };
  const tensors = new Map<string, HostTensor>();
  for (const [name, { shape, pieces }] of hubWeights({ info: { model: of } as RunInfo, snapshot }))
    tensors.set(name, { shape, data: Float32Array.from([...pieces()].flatMap((some) => [...some])) });
  return tensors;
}
async function folder(tensors: Tensors, of: ModelChoice = model, more: object = {}): Promise<Files> {
  return {
    'config.json': encode({ ...modelSpec('bert').huggingFace!.config(of, { begin: 2, end: 3, padding: 0 }), ...more }),
    'tokenizer.json': encode(tokenizer),
    'model.safetensors': await readBytes(writeSafetensors('x', tensors)),
  };
}
const given = (files: Files) => Object.entries(files).map(([name, bytes]) => ({ name, source: bytesSource(bytes) }));
const read = (files: Files) => importHuggingFace(given(files), unwatched);
const open = (files: Files) => openHuggingFace(new Map(given(files).map(({ name, source }) => [name, source])));

const whole = tensorsOf(model, values);

test('has the names and shapes of BertForMaskedLM, with the tied matrix and its bias stored once', () => {
  const names = [...whole].map(([name, { shape }]) => `${name} ${shape.join('x')}`);
  expect(names).toHaveLength(5 + 2 * 16 + 5);
  for (const name of ['query', 'key', 'value'])
    expect(names).toContain(`bert.encoder.layer.1.attention.self.${name}.weight 8x8`);
  expect(names).toContain('bert.encoder.layer.0.intermediate.dense.weight 12x8');
  expect(names).toContain('bert.embeddings.token_type_embeddings.weight 3x8');
  expect(names).toContain('cls.predictions.bias 264');
  expect(names.join()).not.toContain('decoder');
});

test('survives an import, an export and another import bit for bit', async () => {
  const imported = await read(await folder(whole));
  expect(imported.model).toEqual(model);
  expect(imported.snapshot.tensors).toEqual(values);
  expect(imported.tokenizer.idOf('mask')).toBe(4);
  const files = huggingFaceFiles(await exportedFrom(imported, 'x', 5), { withOptimizer: false });
  expect(files.map(({ name }) => name)).not.toContain('generation_config.json');
  const out: Files = {};
  for (const stream of files) out[stream.name] = await readBytes(stream);
  expect(JSON.parse(new TextDecoder().decode(out['config.json']))).toMatchObject({
    ...{ architectures: ['BertForMaskedLM'], hidden_act: 'gelu_new', layer_norm_eps: 1e-7, pad_token_id: 0 },
  });
  expect((await read(out)).snapshot.tensors).toEqual(values);
});

test('skips extra tensors of external files, or accepts them as copies', async () => {
  const square: HostTensor = { shape: [8, 8], data: new Float32Array(64).fill(1) };
  const more = new Map<string, HostTensor>();
  for (const [name, tensor] of whole)
    more.set(name.replace('LayerNorm.weight', 'LayerNorm.gamma').replace('LayerNorm.bias', 'LayerNorm.beta'), tensor);
  more.set('bert.pooler.dense.weight', square);
  more.set('cls.seq_relationship.weight', square);
  more.set('bert.embeddings.position_ids', square);
  more.set('cls.predictions.decoder.weight', whole.get('bert.embeddings.word_embeddings.weight')!);
  more.set('cls.predictions.decoder.bias', whole.get('cls.predictions.bias')!);
  expect((await read(await folder(more))).snapshot.tensors).toEqual(values);
  more.set('cls.predictions.decoder.bias', { shape: [264], data: new Float32Array(264) });
  await expect(read(await folder(more))).rejects.toThrow(
    'cls.predictions.decoder.bias differs from cls.predictions.bias',
  );
});

test('reads the bias of an untied output layer once, although the file has it under two names', async () => {
  const own = decisive(untied, 4);
  const tensors = tensorsOf(untied, own);
  expect(tensors.get('cls.predictions.bias')).toEqual(tensors.get('cls.predictions.decoder.bias'));
  tensors.set('cls.predictions.bias', { shape: [264], data: new Float32Array(264) });
  const imported = await read(await folder(tensors, untied));
  expect(imported.model).toEqual(untied);
  expect(imported.snapshot.tensors).toEqual(own);
});

test('adds a random head to BertModel, and reports that before and after', async () => {
  const body = [...whole].filter(([name]) => name.startsWith('bert.'));
  const bare = new Map(body.map(([name, tensor]) => [name.slice('bert.'.length), tensor]));
  bare.set('pooler.dense.bias', { shape: [8], data: new Float32Array(8) });
  const files = await folder(bare, model, { architectures: ['BertModel'] });
  const preview = Object.fromEntries(previewRows(previewOf(await open(files))));
  expect(preview['Missing']).toMatch(/^a head for masked tokens/);
  expect(Object.keys(preview)).toContain('Memory for filling blanks');
  const imported = await read(files);
  const drawn = initialValues(model, 0);
  for (const [name, value] of imported.snapshot.tensors)
    expect(value, name).toEqual((name.startsWith('cls.') ? drawn : values).get(name));
  expect([...imported.snapshot.tensors.keys()].sort()).toEqual([...values.keys()].sort());
  const { stated } = await open(files);
  const card = cardOf((await exportedFrom({ ...imported, stated }, 'x', 5)).info);
  expect(card).toContain('It was imported without a head for masked tokens');
  bare.delete('encoder.layer.0.output.dense.bias');
  await expect(read(await folder(bare))).rejects.toThrow('bert.encoder.layer.0.output.dense.bias is missing');
});

test.each([
  [{ hidden_act: 'relu' }, 'hidden_act'],
  [{ position_embedding_type: 'relative_key' }, 'position_embedding_type'],
  [{ is_decoder: true }, 'is_decoder'],
])('refuses unsupported settings: %j', async (more, field) => {
  await expect(read(await folder(whole, model, more))).rejects.toThrow(field);
});

test("formats that can't contain the model say so", async () => {
  const settings = settingsOf((await exportedFrom(await read(await folder(whole)), 'x', 5)).info);
  const problems = Object.values(FORMATS).map(({ card, problem }) => [card.name, problem?.(settings) ?? null]);
  expect(problems).toContainEqual(['GGUF', 'GGUF doesn’t support BERT models']);
  expect(problems).toContainEqual(['Hugging Face folder', null]);
});
