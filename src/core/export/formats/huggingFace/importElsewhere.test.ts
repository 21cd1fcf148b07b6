/** Models saved by other tools: in shards, with an untied output layer, with another token order. */
import { beforeAll, describe, expect, test } from 'vitest';
import { HomegrownError } from '../../../base/errors';
import { unwatched } from '../../../base/job';
import { bytesSource, readBytes } from '../../../files/byteSource';
import { writeSafetensors } from '../../../checkpoint/safetensors';
import type { HostTensor, NamedTensors } from '../../../checkpoint/tensors';
import { initialValues, network } from '../../../models/network';
import { logits } from '../../../sample/logits';
import { useSingleThreadWasm as onWasm } from '../../../../testing/wasm';
import { createTokenizer } from '../../../tokenizer/byteLevel';
import { writeTokenizerJson } from '../../../tokenizer/json';
import type { Tokenizer } from '../../../tokenizer/tokenizer';
import { exportedFrom } from '../../exported';
import { huggingFaceFiles } from './write';
import { importHuggingFace } from './import';
import type { ImportedModel } from '../../incoming';

type Files = Record<string, Uint8Array>;
const config = { layers: 1, heads: 2, width: 8, context: 8, hidden: 0, biases: true, untied: true as const };
const model = { id: 'gpt' as const, config, vocabulary: 259 };
const theirConfig = {
  model_type: 'gpt2',
  vocab_size: 259,
  n_positions: 8,
  n_embd: 8,
  n_layer: 1,
  n_head: 2,
  tie_word_embeddings: false,
};
const values = new Map(
  [...initialValues(model, 3)].map(([name, t]) => [name, { ...t, data: t.data.map((x) => 20 * x) }]),
);
const encode = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const safetensors = (tensors: Iterable<readonly [string, HostTensor]>): Promise<Uint8Array> =>
  readBytes(writeSafetensors('x', new Map(tensors)));
const read = (files: Files): Promise<ImportedModel> =>
  importHuggingFace(
    Object.entries(files).map(([name, bytes]) => ({ name, source: bytesSource(bytes) })),
    unwatched,
  );
async function refusal(files: Files): Promise<string> {
  const error: unknown = await read(files).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof HomegrownError && error.code === 'bad-file') return error.message;
  throw new Error(`it was not refused: ${String(error)}`);
}

let tokenizer: Tokenizer;
let small: Files;
let whole: Files;
beforeAll(async () => {
  tokenizer = await createTokenizer({ kind: 'bpe', merges: [[71, 72], [256, 73]] }); // prettier-ignore
  small = { 'config.json': encode(theirConfig), 'tokenizer.json': encode(writeTokenizerJson(tokenizer)) };
  whole = { ...small, 'model.safetensors': await safetensors(values) };
});

async function scores({ model: choice, snapshot }: Pick<ImportedModel, 'model' | 'snapshot'>, ids: readonly number[]) {
  await onWasm();
  const net = await network(choice, snapshot.tensors);
  const result = await logits(net, ids);
  net.dispose();
  return result;
}

test('keeps an untied output layer, computes with it, and returns it byte for byte from our own folder', async () => {
  const imported = await read(whole);
  expect(imported.model).toEqual(model);
  expect(imported.snapshot.tensors).toEqual(values);
  const tied = { ...model, config: { ...config, untied: undefined } };
  const other = new Map([...values, ['lm_head.weight', values.get('transformer.wte.weight')!]]);
  const [ours, swapped] = [
    await scores(imported, [1, 2, 3]),
    await scores({ model, snapshot: { ...imported.snapshot, tensors: other } }, [1, 2, 3]),
  ];
  expect(ours).not.toEqual(swapped);
  const { untied: _, ...sizes } = tied.config;
  expect(await scores({ model: { ...tied, config: sizes }, snapshot: imported.snapshot }, [1, 2, 3])).toEqual(swapped);

  const contents = async (from: ImportedModel): Promise<Files> => {
    const streams = huggingFaceFiles(await exportedFrom(from, 'x', 5), { withOptimizer: true });
    return Object.fromEntries(await Promise.all(streams.map(async (s) => [s.name, await readBytes(s)] as const)));
  };
  const first = await contents(imported);
  expect(await contents(await read(first))).toEqual(first);
});

describe('in shards', () => {
  const names = [...values.keys()];
  const places = new Map(names.map((name, i) => [name, `model-0000${(i % 2) + 1}-of-00002.safetensors`]));
  const index = (weight_map: object): Uint8Array => encode({ metadata: { total_size: 1 }, weight_map });
  const pieces = async (): Promise<Files> => {
    const of = (file: string): NamedTensors => new Map([...values].filter(([name]) => places.get(name) === file));
    const [one, two] = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
    return { ...small, [one]: await safetensors(of(one)), [two]: await safetensors(of(two)) };
  };

  test('with an index and without', async () => {
    const all = await pieces();
    for (const files of [all, { ...all, 'model.safetensors.index.json': index(Object.fromEntries(places)) }]) {
      expect((await read(files)).snapshot.tensors).toEqual(values);
    }
  });

  test('names a missing, misplaced, duplicate or outside shard', async () => {
    const all = await pieces();
    const { 'model-00002-of-00002.safetensors': _, ...one } = all;
    const missing = /1 of 2 shards are missing: model-00002-of-00002\.safetensors/;
    expect(await refusal(one)).toMatch(missing);
    const map = Object.fromEntries(places);
    const indexed = (change: Record<string, unknown>): Files => ({
      ...all,
      'model.safetensors.index.json': index({ ...map, ...change }),
    });
    expect(await refusal({ ...one, 'model.safetensors.index.json': index(map) })).toMatch(missing);
    const [first] = names;
    expect(await refusal(indexed({ [first!]: 'model-00002-of-00002.safetensors' }))).toMatch(
      /in 1 places: transformer\.wte\.weight is in model-00001-of-00002\.safetensors, not model-00002/,
    );
    expect(await refusal(indexed({ other: 'model-00001-of-00002.safetensors' }))).toMatch(
      /other is not in model-00001/,
    );
    for (const file of ['../x.safetensors', '/x.safetensors', 'C:\\x.safetensors', 'a/b.safetensors', 'x.bin', 7])
      expect(await refusal(indexed({ [first!]: file }))).toMatch(/which is not a file of the folder/);
    expect(await refusal({ ...all, 'model.safetensors.index.json': encode('{}') })).toMatch(/no weight_map/);
    expect(await refusal({ ...all, 'model-00001-of-00003.safetensors': encode('x') })).toMatch(/several models/);
    const twice = { ...all, 'model-00002-of-00002.safetensors': all['model-00001-of-00002.safetensors']! };
    expect(await refusal(twice)).toMatch(/the same tensor/);
  });
});

describe('tokens in another order', () => {
  /** Maps our ids to theirs: the end of text first, the bytes backwards. */
  const moved = (id: number): number => (id === 258 ? 0 : id < 256 ? 256 - id : id + 1);
  const PADDED = 264;

  test('keep their ids, and rows without a token stay', async () => {
    const json = JSON.parse(writeTokenizerJson(tokenizer)) as {
      added_tokens: { id: number }[];
      model: { vocab: Record<string, number>; merges: string[] };
    };
    json.added_tokens[0]!.id = 0;
    const { vocab } = json.model;
    for (const [name, id] of Object.entries(vocab)) vocab[name] = moved(id);
    const padded = { ...model, vocabulary: PADDED };
    const tensors = initialValues(padded, 4);
    const config = encode({ ...theirConfig, vocab_size: PADDED });
    const weights = await safetensors(tensors);
    const files = { 'config.json': config, 'tokenizer.json': encode(json), 'model.safetensors': weights };
    const old = {
      'config.json': config,
      'model.safetensors': weights,
      'vocab.json': encode(vocab),
      'merges.txt': encode(`#version: 0.2\n${json.model.merges.join('\n')}\n`),
    };
    for (const imported of [await read(files), await read(old)]) {
      expect(imported.model).toEqual(padded);
      expect(imported.snapshot.tensors).toEqual(tensors);
      expect(imported.tokenizer).toMatchObject({ size: PADDED, endOfText: 0 });
      const ids = imported.tokenizer.encode('hello');
      expect([...ids]).toEqual([...tokenizer.encode('hello')].map(moved));
      expect(imported.tokenizer.decode([...ids, 263, 0])).toBe('hello');
    }
  });

  test("refuses a vocabulary that isn't just padded", async () => {
    expect(await refusal({ ...whole, 'config.json': encode({ ...theirConfig, vocab_size: 265 }) })).toMatch(
      /has 259 tokens, but config\.json says 265/,
    );
  });
});
