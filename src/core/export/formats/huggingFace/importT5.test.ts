/** T5 folders: tied and scaled like T5, and with a separate output layer like T5 1.1. */
import { expect, test } from 'vitest';
import { unwatched } from '../../../base/job';
import type { HostTensor } from '../../../checkpoint/tensors';
import { writeSafetensors } from '../../../checkpoint/safetensors';
import { bytesSource, readBytes } from '../../../files/byteSource';
import { modelSpec } from '../../../models';
import type { ModelChoice } from '../../../models/network';
import type { T5Config } from '../../../models/t5/spec';
import { unigram } from '../../../../testing/appliedTokenizers';
import { decisive } from '../../../../testing/decoding';
import { T5_CONFIG } from '../../../../testing/t5';
import { answerStart, sourceIds } from '../../../tokenizer/prompt';
import { exportedFrom } from '../../exported';
import { type RunInfo } from '../../homegrownJson';
import { huggingFaceFiles } from './write';
import { importHuggingFace } from './import';
import { hubWeights } from '../../weights';

type Tensors = ReadonlyMap<string, HostTensor>;
type Files = Record<string, Uint8Array>;
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
/** Entries up to the minimum vocabulary of 257. */
const more = Array.from({ length: 245 }, (_, i): [string, number] => [`w${i}`, -9]);
const tokenizer = { ...unigram, model: { ...unigram.model, vocab: [...unigram.model.vocab, ...more] } };
const choice = (change: Partial<T5Config> = {}): ModelChoice => ({
  id: 't5',
  config: { ...T5_CONFIG, ...change },
  vocabulary: tokenizer.model.vocab.length,
});
const TIED = choice();
const UNTIED = choice({ untied: true, scaled: false });

function tensorsOf(model: ModelChoice): Map<string, HostTensor> {
  const snapshot = { state: { step: 0, tokensSeen: 0, activeMs: 0, best: null }, tensors: decisive(model, 3) };
  const tensors = new Map<string, HostTensor>();
  for (const [name, { shape, pieces }] of hubWeights({ info: { model } as RunInfo, snapshot }))
    tensors.set(name, { shape, data: Float32Array.from([...pieces()].flatMap((some) => [...some])) });
  return tensors;
}
const configOf = (model: ModelChoice, more: object = {}) => ({
  ...modelSpec('t5').huggingFace!.config(model, { begin: 1, end: 1, padding: 0 }),
  ...more,
});
const read = async (tensors: Tensors, config: object) => {
  const files: Files = {
    'config.json': encode(config),
    'tokenizer.json': encode(tokenizer),
    'model.safetensors': await readBytes(writeSafetensors('x', tensors)),
  };
  return importHuggingFace(given(files), unwatched);
};
const given = (files: Files) => Object.entries(files).map(([name, bytes]) => ({ name, source: bytesSource(bytes) }));

test('has the names and shapes of T5ForConditionalGeneration', () => {
  const names = [...tensorsOf(TIED)].map(([name, { shape }]) => `${name} ${shape.join('x')}`);
  expect(names).toHaveLength(1 + 2 * (5 + 4) + 2 + 2 * (5 + 5 + 4) + 2);
  expect(names).toContain('encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight 8x3');
  expect(names).toContain('decoder.block.1.layer.1.EncDecAttention.v.weight 15x12');
  expect(names).toContain('decoder.block.1.layer.2.DenseReluDense.wi_1.weight 10x12');
  expect([...tensorsOf(choice({ gated: false })).keys()]).toContain('encoder.block.0.layer.1.DenseReluDense.wi.weight');
});

test.each([
  ['tied', TIED],
  ['with a classifier of its own', UNTIED],
  ['tied, and not scaled', choice({ scaled: false, headWidth: 0 })],
])('%s survives an import, an export and another import bit for bit', async (_, model) => {
  const imported = await read(tensorsOf(model), configOf(model));
  expect(imported.model).toEqual(model);
  expect(imported.snapshot.tensors).toEqual(decisive(model, 3));
  const out: Files = {};
  for (const stream of huggingFaceFiles(await exportedFrom(imported, 'x', 5), { withOptimizer: false }))
    out[stream.name] = await readBytes(stream);
  const generation = JSON.parse(new TextDecoder().decode(out['generation_config.json'])) as object;
  expect(generation).toMatchObject({ decoder_start_token_id: 0, eos_token_id: 1, pad_token_id: 0 });
  const again = await importHuggingFace(given(out), unwatched);
  expect(again.model).toEqual(model);
  expect(again.snapshot.tensors).toEqual(imported.snapshot.tensors);
  expect(answerStart(again.tokenizer)).toBe(0);
  expect(sourceIds(again.tokenizer, 'a').at(-1)).toBe(1);
});

test('reads folders of transformers 4 and 5 as the same models', async () => {
  const { scale_decoder_outputs: _, ...before } = configOf(UNTIED);
  expect((await read(tensorsOf(UNTIED), before)).model).toEqual(UNTIED);
  expect((await read(tensorsOf(UNTIED), configOf(UNTIED, { tie_word_embeddings: true }))).model).toEqual(UNTIED);
  const { scale_decoder_outputs: __, ...old } = configOf(TIED);
  const tensors = tensorsOf(TIED);
  const shared = tensors.get('shared.weight')!;
  for (const name of ['lm_head', 'encoder.embed_tokens', 'decoder.embed_tokens']) tensors.set(`${name}.weight`, shared);
  tensors.set('decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight', {
    shape: [1],
    data: new Float32Array(1),
  });
  expect((await read(tensors, old)).model).toEqual(TIED);
  const other = new Map(tensors).set('encoder.embed_tokens.weight', { ...shared, data: shared.data.map((x) => x + 1) });
  await expect(read(other, old)).rejects.toThrow('encoder.embed_tokens.weight differs from shared.weight');
});

test.each<[object, string]>([
  [{ num_decoder_layers: 3 }, 'must be 2, as in the encoder, not 3'],
  [{ feed_forward_proj: 'gated-silu', dense_act_fn: undefined }, 'feed_forward_proj'],
  [{ dense_act_fn: 'silu' }, 'only gelu_new is supported'],
  [{ decoder_start_token_id: 3 }, 'must be the padding token, 0, not 3'],
])('refuses %j', async (change, reason) => {
  await expect(read(tensorsOf(TIED), configOf(TIED, change))).rejects.toThrow(reason);
});
