/** T5 as ONNX, in transformers.js and on the build of onnxruntime that browsers run, against our own engine. */
import { AutoModelForSeq2SeqLM, pipeline, Tensor } from '@huggingface/transformers';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unwatched } from '../base/job';
import { writeSafetensors } from '../checkpoint/safetensors';
import { bytesSource, readBytes } from '../files/byteSource';
import { modelSpec } from '../models';
import { type ModelChoice, type Network, network } from '../models/network';
import { decoder } from '../sample/decoder';
import { logits } from '../sample/logits';
import { memory } from '../sample/memory';
import { unigram } from '../testing/appliedTokenizers';
import { decisive } from '../testing/decoding';
import { transformersFolder } from '../testing/exportFolder';
import { emptyCaches, int64, onWasm } from '../testing/onnxruntime';
import { T5_CONFIG } from '../testing/t5';
import { sourceIds } from '../tokenizer/prompt';
import { exportedFrom } from './exported';
import type { Exported } from './format';
import { onnxF16, onnxF32 } from './formats/onnx';
import type { RunInfo } from './homegrownJson';
import { importHuggingFace } from './importHuggingFace';
import { onnxFile } from './onnx';
import { hubWeights } from './weights';

const more = Array.from({ length: 245 }, (_, i): [string, number] => [`w${i}`, -9]);
const tokenizer = { ...unigram, model: { ...unigram.model, vocab: [...unigram.model.vocab, ...more] } };
const config = { ...T5_CONFIG, context: 32 };
const VARIANTS: Readonly<Record<string, ModelChoice>> = {
  t5: { id: 't5', config: { ...config, ...{ gated: false } }, vocabulary: 264 },
  't5-1.1': { id: 't5', config: { ...config, ...{ scaled: false, untied: true as const } }, vocabulary: 264 },
};
const root = await transformersFolder();
const made = new Map<string, Exported>();
const nets = new Map<string, Network>();

beforeAll(async () => {
  await tf.setBackend('cpu');
  for (const [name, model] of Object.entries(VARIANTS)) {
    const snapshot = { state: { step: 0, tokensSeen: 0, activeMs: 0, best: null }, tensors: decisive(model, 3, 1.3) };
    const weights = hubWeights({ info: { model } as RunInfo, snapshot });
    const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
    const files = {
      'config.json': json(modelSpec('t5').huggingFace!.config(model, { begin: 1, end: 1, padding: 0 })),
      'tokenizer.json': json(tokenizer),
      'tokenizer_config.json': json({
        tokenizer_class: 'T5Tokenizer',
        eos_token: '</s>',
        pad_token: '<pad>',
        unk_token: '<unk>',
      }),
      'model.safetensors': await readBytes(writeSafetensors('x', weights)),
    };
    const given = Object.entries(files).map(([file, bytes]) => ({ name: file, source: bytesSource(bytes) }));
    const exported = await exportedFrom(await importHuggingFace(given, unwatched), 'x', 5);
    made.set(name, exported);
    nets.set(name, await network(model, snapshot.tensors));
    for (const format of [onnxF32, onnxF16]) await root.write(format, exported, `${name}-${format.precision.label}`);
  }
}, 60_000);
afterAll(() => {
  for (const net of nets.values()) net.dispose();
});

const row = (values: readonly number[]): Tensor =>
  new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);

async function greedy(net: Network, source: readonly number[], most: number): Promise<number[]> {
  const decoding = decoder(net, source);
  const ids = [0];
  while (ids.length <= most && ids.at(-1) !== 1) {
    const scores = await decoding.next(ids);
    ids.push(scores.indexOf(Math.max(...scores)));
  }
  decoding.dispose();
  return ids;
}

test.each(Object.keys(VARIANTS))('%s answers in transformers.js token by token as here', async (name) => {
  const [net, exported] = [nets.get(name)!, made.get(name)!];
  const model = await AutoModelForSeq2SeqLM.from_pretrained(`${name}-F32`);
  for (const text of ['a the abc', 'b', 'the é/s abc bc a']) {
    const ids = sourceIds(exported.tokenizer, text);
    const whole = (await model.generate({
      ...{ input_ids: row(ids), attention_mask: row(ids.map(() => 1)) },
      ...{ do_sample: false, max_new_tokens: 20 },
    })) as Tensor;
    expect((whole.tolist() as bigint[][])[0]!.map(Number)).toEqual(await greedy(net, ids, 20));
  }
  await model.dispose();
});

test('a pipeline answers a text', async () => {
  const [net, exported] = [nets.get('t5')!, made.get('t5')!];
  const answers = await pipeline('text2text-generation', 't5-F32');
  const [answer] = (await answers('a the abc', { max_new_tokens: 8, do_sample: false })) as {
    generated_text: string;
  }[];
  const ids = await greedy(net, sourceIds(exported.tokenizer, 'a the abc'), 8);
  const written = ids.slice(1).filter((id) => id !== 1);
  expect(answer!.generated_text.trim()).toBe(exported.tokenizer.decode(written).trim());
  await answers.dispose();
});

test.each([
  ['f32', 1e-4],
  ['f16', 5e-2],
] as const)('on wasm, scores of a padded text are ours, at once and after a cache: %s', async (precision, bound) => {
  const [net, exported] = [nets.get('t5-1.1')!, made.get('t5-1.1')!];
  const open = async (file: string) => onWasm(await readBytes(await onnxFile(exported, precision, file)));
  const [encoder, decoding] = [await open('encoder_model'), await open('decoder_model_merged')];
  const [source, ids] = [
    [5, 9, 4, 30, 1],
    [0, 7, 88, 6, 19],
  ];
  const mask = int64([[1, 1, 1, 1, 1, 0, 0]]);
  const { last_hidden_state: hidden } = await encoder.run({
    ...{ input_ids: int64([[...source, 3, 77]]), attention_mask: mask },
  });
  const read = { encoder_hidden_states: hidden!, encoder_attention_mask: mask };
  const kept = memory(net, source);
  const want = await logits(net, ids, undefined, kept);
  kept.dispose();
  const scale = Math.max(...want.map(Math.abs));
  const furthest = (got: Float32Array, from: number): number =>
    Math.max(...got.map((x, i) => Math.abs(x - want[from + i]!))) / scale;
  const first = await decoding.run({ ...emptyCaches(decoding), ...read, input_ids: int64([ids.slice(0, 3)]) });
  expect(furthest(first['logits']!.data as Float32Array, 0)).toBeLessThan(bound);
  const past = Object.fromEntries(
    Object.entries(first)
      .filter(([key]) => key.startsWith('present.'))
      .map(([key, value]) => [key.replace('present', 'past_key_values'), value] as const),
  );
  const then = await decoding.run({ ...past, ...read, input_ids: int64([ids.slice(3)]) });
  expect(furthest(then['logits']!.data as Float32Array, 3 * 264)).toBeLessThan(bound);
  expect(then['present.1.encoder.key']!.dims).toEqual([1, 3, 7, 5]);
  await Promise.all([encoder.release(), decoding.release()]);
});
